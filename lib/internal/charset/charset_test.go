package charset

import (
	"encoding/binary"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func encode(text string, big bool) (out []byte) {
	for _, u := range utf16.Encode([]rune(text)) {
		if big {
			out = binary.BigEndian.AppendUint16(out, u)
		} else {
			out = binary.LittleEndian.AppendUint16(out, u)
		}
	}
	return out
}

func TestDecode(t *testing.T) {
	text := "a\nä€😀\x00z"
	for _, c := range []struct {
		encoding Encoding
		text     []byte
		want     string
	}{
		{UTF16LE, encode(text, false), text},
		{UTF16BE, encode(text, true), text},
		{UTF16LE, []byte{'a', 0, 0x3d, 0xd8, 'b', 0}, "a\uFFFDb"},
		{UTF16LE, []byte{'a', 0, 0x00, 0xde, 'b', 0}, "a\uFFFDb"},
		{UTF16LE, []byte{'a', 0, 0x3d, 0xd8}, "a\uFFFD"},
		{UTF16LE, []byte{'a', 0, 'b'}, "a\uFFFD"},
		{Latin1, []byte("gr\xfc\xdfe \x80"), "grüße \u0080"},
		{Windows1252, []byte("\x80 \x93x\x94 \xe9"), "€ “x” é"},
		{UTF8, []byte("ä\xff"), "ä\xff"},
	} {
		assert.Equal(t, c.want, string(c.encoding.Decode(c.text)))
		for cut := range c.text {
			d := Decoder{Encoding: c.encoding}
			got := d.Append(nil, c.text[:cut], false)
			require.Equal(t, c.want, string(d.Append(got, c.text[cut:], true)), "cut at %d", cut)
		}
	}
}

func TestNames(t *testing.T) {
	for _, name := range Names {
		_, ok := Parse(name)
		assert.True(t, ok, name)
	}
	e, ok := Parse("UTF_16LE")
	assert.True(t, ok)
	assert.Equal(t, UTF16LE, e)
	_, ok = Parse("ebcdic")
	assert.False(t, ok)
}

func TestSniff(t *testing.T) {
	for _, c := range []struct {
		text string
		want Encoding
		ok   bool
	}{{"\xff\xfea", UTF16LE, true}, {"\xfe\xff", UTF16BE, true}, {"\xff", UTF8, false}, {"ab", UTF8, false}, {"", UTF8, false}} {
		e, ok := Sniff([]byte(c.text))
		assert.Equal(t, c.want, e)
		assert.Equal(t, c.ok, ok)
	}
}
