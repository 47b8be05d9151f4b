package detect

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/formats"
)

func TestLikelyValues(t *testing.T) {
	for _, c := range []struct {
		form string
		v    any
		want bool
	}{
		{"any", "", true}, {"any", int64(0), true},
		{"host", "192.0.2.1", true}, {"host", "2001:db8::1", true}, {"host", "www.example.com", true}, {"host", "localhost", true},
		{"host", "-", false}, {"host", "frank", false}, {"host", ".x", false}, {"host", int64(1), false},
		{"no number", "192.0.2.1", true}, {"no number", "2.41", false}, {"no number", int64(7), false}, {"no number", 2.5, false},
		{"no number", []any{"2.41"}, false}, {"no number", []any{"1", "2"}, true}, {"no number", []any{}, true}, {"no number", "", true},
		{"no offset", "+01:00 x", false}, {"no offset", "-0100", false}, {"no offset", "+01:0x x", true}, {"no offset", "-1 x", true}, {"no offset", "x +01:00", true}, {"no offset", "", true},
		{"natural", int64(0), true}, {"natural", int64(-700), false}, {"natural", "7", false},
		{"several", []any{"a", "b"}, true}, {"several", []any{"a"}, false}, {"several", "a, b", false},
		{"words", "a b", true}, {"words", "ab", false}, {"words", int64(1), false},
		{`without ":`, "", true}, {`without ":`, "a;b", true}, {`without ":`, "a:b", false}, {`without ":`, `"`, false}, {`without ":`, int64(1), false},
	} {
		assert.Equal(t, c.want, likelyForm(c.form)(c.v), "%s: %v", c.form, c.v)
	}
	_, err := CompileLikely([]map[string]string{{"client": "a host"}})
	assert.EqualError(t, err, `"client": a value cannot be "a host": known are any, host, natural, no number, no offset, several, words, without CHARACTERS`)
}

func TestWhatIsLikelyCompiles(t *testing.T) {
	all, err := formats.All()
	require.NoError(t, err)
	n := 0
	for _, f := range all {
		_, err := CompileLikely(f.Likely)
		assert.NoError(t, err, f.Name)
		n += len(f.Likely)
	}
	assert.NotZero(t, n)
}
