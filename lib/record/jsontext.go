package record

import (
	"encoding/binary"
	"slices"
	"unicode/utf8"

	"github.com/sawlog/sawlog/lib/internal/scan"
)

const hexDigits = "0123456789abcdef"

// appendString writes text as a JSON string. Invalid UTF-8 (only in columns of bytes) becomes U+FFFD.
func appendString(dst, text []byte) []byte { return appendRest(append(dst, '"'), text) }

// appendRest is appendString behind the first quote. Room is made once for all of it.
func appendRest(dst, text []byte) []byte {
	at, n := len(dst), len(text)
	if cap(dst)-at <= n {
		dst = slices.Grow(dst, n+1)
	}
	to := dst[at : at+n+1]
	switch {
	case n < 8:
		if !plain(text) {
			return appendOdd(dst, text)
		}
		copy(to, text)
	case n < 16: // looked at and copied in one go; the words may overlap
		first, last := binary.LittleEndian.Uint64(text), binary.LittleEndian.Uint64(text[n-8:])
		if !scan.Plain8(first) || !scan.Plain8(last) {
			return appendOdd(dst, text)
		}
		binary.LittleEndian.PutUint64(to, first)
		binary.LittleEndian.PutUint64(to[n-8:], last)
	case n < 32:
		first, second := binary.LittleEndian.Uint64(text), binary.LittleEndian.Uint64(text[8:])
		third, last := binary.LittleEndian.Uint64(text[n-16:]), binary.LittleEndian.Uint64(text[n-8:])
		if !scan.Plain8(first) || !scan.Plain8(second) || !scan.Plain8(third) || !scan.Plain8(last) {
			return appendOdd(dst, text)
		}
		binary.LittleEndian.PutUint64(to, first)
		binary.LittleEndian.PutUint64(to[8:], second)
		binary.LittleEndian.PutUint64(to[n-16:], third)
		binary.LittleEndian.PutUint64(to[n-8:], last)
	case !scan.CopyPlain(to[:n], text):
		return appendOdd(dst, text)
	}
	to[n] = '"'
	return dst[:at+n+1]
}

// plain is for short texts.
func plain(text []byte) bool {
	for _, c := range text {
		if c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// appendOdd is appendRest for texts with escapes in them.
func appendOdd(dst, text []byte) []byte {
	start, i := 0, 0
	for i < len(text) {
		if i+8 <= len(text) && scan.Plain8(binary.LittleEndian.Uint64(text[i:])) {
			i += 8
			continue
		}
		c := text[i]
		if c >= utf8.RuneSelf {
			_, n := utf8.DecodeRune(text[i:])
			if n == 1 {
				dst = append(append(dst, text[start:i]...), "\ufffd"...)
				start = i + 1
			}
			i += n
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' {
			i++
			continue
		}
		dst = append(dst, text[start:i]...)
		dst = appendEscape(dst, c)
		i++
		start = i
	}
	return append(append(dst, text[start:]...), '"')
}

func appendEscape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}
