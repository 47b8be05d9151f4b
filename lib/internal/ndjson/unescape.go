package ndjson

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
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
		dst, i, _ = appendUnicode(dst, b, i)
	}
}

// appendUnicode appends what the digits at b[i], behind a \u, stand for, with those of the surrogate's partner, and gives the place behind;
// false where they are no four digits.
func appendUnicode(dst, b []byte, i int) ([]byte, int, bool) {
	r, ok := hex4(b, i)
	if !ok {
		return dst, i, false
	}
	i += 4
	if utf16.IsSurrogate(r) {
		pair := rune(utf8.RuneError)
		if mem.At(b, i) == '\\' && mem.At(b, i+1) == 'u' {
			if low, ok := hex4(b, i+2); ok {
				pair = utf16.DecodeRune(r, low)
			}
		}
		if pair != utf8.RuneError {
			i += 6
		}
		r = pair
	}
	return utf8.AppendRune(dst, r), i, true
}

// unescapeText appends the content of a text from data[from] on, whose first escape is at i, to dst, and gives the place of the closing
// quote; -1 where an escape is none, or no quote closes.
func unescapeText(dst, data []byte, from, i int) ([]byte, int) {
	dst = append(dst, data[from:i]...)
	for {
		switch mem.At(data, i) {
		case '"':
			return dst, i
		case '\\':
		default:
			return dst, -1
		}
		c := mem.At(data, i+1)
		if from = i + 2; c == 'u' {
			ok := true
			if dst, from, ok = appendUnicode(dst, data, from); !ok {
				return dst, -1
			}
		} else if plain := plainEscapes[c]; plain != 0 {
			dst = append(dst, plain)
		} else {
			return dst, -1
		}
		dst, i = scan.AppendString(dst, data, from)
	}
}
