package ndjson

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/sawlog/sawlog/lib/internal/mem"
)

var plainEscapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// unescape appends the string content b[i:end], whose escapes are known to be right, to dst. A surrogate that has no partner becomes
// U+FFFD.
func unescape(dst, b []byte, i, end int) []byte {
	for {
		k := bytes.IndexByte(b[i:end], '\\')
		if k < 0 {
			return append(dst, b[i:end]...)
		}
		dst = append(dst, b[i:i+k]...)
		i += k + 2
		c := b[i-1]
		if c != 'u' {
			dst = append(dst, plainEscapes[c])
			continue
		}
		r, _ := hex4(b, i)
		i += 4
		if utf16.IsSurrogate(r) {
			pair := rune(utf8.RuneError)
			if i+6 <= end && mem.At(b, i) == '\\' && mem.At(b, i+1) == 'u' {
				low, _ := hex4(b, i+2)
				pair = utf16.DecodeRune(r, low)
			}
			if pair != utf8.RuneError {
				i += 6
			}
			r = pair
		}
		dst = utf8.AppendRune(dst, r)
	}
}
