package sawlog

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// No header makes a stream cost more than its length: not one that is the same name again and again, nor many that differ.
func TestHeadersTakeLinearTime(t *testing.T) {
	const n = 16_000
	var w3c, zeek strings.Builder
	for i := range n {
		fmt.Fprintf(&w3c, "#Fields: a%d\n", i)
		fmt.Fprintf(&zeek, "#fields\ta%d\n#types\tstring\n", i)
	}
	for _, c := range []struct{ name, definition, header string }{
		{"csv, one name", `{"csv": {"header": true}}`, strings.Repeat("a,", n) + "a\n"},
		{"w3c, one name", `{"w3c": {}}`, "#Fields:" + strings.Repeat(" a", n) + "\n"},
		{"zeek, one name", `{"zeek": {}}`, "#fields" + strings.Repeat("\ta", n) + "\n#types" + strings.Repeat("\tint", n) + "\n"},
		{"w3c, many headers", `{"w3c": {}}`, w3c.String()},
		{"zeek, many headers", `{"zeek": {}}`, zeek.String()},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := NewParser(c.definition)
			require.NoError(t, err)
			start := time.Now()
			p.Parse([]byte(c.header + "b\n")).Release()
			assert.Less(t, time.Since(start), 10*time.Second)
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
