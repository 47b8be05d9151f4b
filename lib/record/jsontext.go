package record

import (
	"encoding/binary"
	"slices"
	"unicode/utf8"
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
	if n < 8 || n > 64 {
		if !plain(text) {
			return appendOdd(dst, text)
		}
		copy(to, text)
	} else { // looked at and copied in one go; the last word may overlap the one before
		for i := 0; i < n-8; i += 8 {
			w := binary.LittleEndian.Uint64(text[i:])
			if !plain8(w) {
				return appendOdd(dst, text)
			}
			binary.LittleEndian.PutUint64(to[i:], w)
		}
		w := binary.LittleEndian.Uint64(text[n-8:])
		if !plain8(w) {
			return appendOdd(dst, text)
		}
		binary.LittleEndian.PutUint64(to[n-8:], w)
	}
	to[n] = '"'
	return dst[:at+n+1]
}

// plain tells whether text is ASCII and needs no escape.
func plain(text []byte) bool {
	n := len(text)
	if n >= 8 {
		for i := 0; i+8 < n; i += 8 {
			if !plain8(binary.LittleEndian.Uint64(text[i:])) {
				return false
			}
		}
		return plain8(binary.LittleEndian.Uint64(text[n-8:]))
	}
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
		if i+8 <= len(text) && plain8(binary.LittleEndian.Uint64(text[i:])) {
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

// plain8 tells whether eight bytes are ASCII and need no escape.
func plain8(w uint64) bool {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	q, s := w^(ones*'"'), w^(ones*'\\')
	return (w|(w-ones*0x20)|(q-ones)|(s-ones))&highs == 0
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
