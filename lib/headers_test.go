package sawlog

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/linetest"
)

// No header makes a stream cost more than its length: not one that is the same name again and again, nor many that differ.
func TestHeadersTakeLinearTime(t *testing.T) {
	many := func(n int, header string) string {
		var text strings.Builder
		for i := range n {
			text.WriteString(strings.ReplaceAll(header, "1", strconv.Itoa(i)))
		}
		return text.String()
	}
	for _, c := range []struct {
		name, definition string
		header           func(n int) string
	}{
		{"csv, one name", `{"csv": {"header": true}}`, func(n int) string { return strings.Repeat("a,", n) + "a\n" }},
		{"w3c, one name", `{"w3c": {}}`, func(n int) string { return "#Fields:" + strings.Repeat(" a", n) + "\n" }},
		{"zeek, one name", `{"zeek": {}}`, func(n int) string {
			return "#fields" + strings.Repeat("\ta", n) + "\n#types" + strings.Repeat("\tint", n) + "\n"
		}},
		{"w3c, many headers", `{"w3c": {}}`, func(n int) string { return many(n, "#Fields: a1\n") }},
		{"zeek, many headers", `{"zeek": {}}`, func(n int) string { return many(n, "#fields\ta1\n#types\tstring\n") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := NewParser(c.definition)
			require.NoError(t, err)
			linetest.Linear(t, 1000, func(n int) { p.Parse([]byte(c.header(n) + "b\n")).Release() })
		})
	}
}

// Of many different headers the first 256 are read by; what follows another is no record, as if the sample had not had it.
func TestHeadersBehindTheFirstOnesAreNone(t *testing.T) {
	for _, c := range []struct{ definition, header, line string }{
		{`{"w3c": {}}`, "#Fields: a%d b\n", "1 x\n"},
		{`{"zeek": {}}`, "#fields\ta%d\tb\n#types\tstring\tstring\n", "1\tx\n"},
	} {
		p, err := NewParser(c.definition)
		require.NoError(t, err)
		var text strings.Builder
		for i := range 300 {
			fmt.Fprintf(&text, c.header, i)
			text.WriteString(c.line)
		}
		batch := p.Parse([]byte(text.String()))
		assert.Equal(t, 256, batch.Len(), c.definition)
		assert.Equal(t, int64(strings.Count(text.String(), "\n")), int64(batch.Len())+int64(batch.Rejects())+batch.Continuations())
		batch.Release()
	}
}
