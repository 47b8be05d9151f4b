package ndjson

import (
	"bytes"
	"math/bits"
	"slices"
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

// hexes are what hexadecimal digits stand for, more than four of them can say for other bytes.
var hexes = func() (t [256]uint32) {
	for c, v := range nibbles {
		if t[c] = uint32(v); v > 15 {
			t[c] = 1 << 16
		}
	}
	return t
}()

// unescapeMarked appends the content of a text from data[i] on to dst, and gives the place of the closing quote; -1 where an escape is
// none, or no quote closes. It knows all escapes of the next 57 bytes or more from the marks of stops, so that going from one to the next
// is a shift, and copies what lies between without looking at it.
func unescapeMarked(dst, data, marks []byte, i int) ([]byte, int) {
	const room = 160 // for what a window holds, and for what is copied beyond its end
	out, o := dst[:cap(dst)], len(dst)
	for {
		if len(out)-o < room {
			out = slices.Grow(out[:o], 2*room)
			out = out[:cap(out)]
		}
		stops, left := scan.Window(marks, i), 64-i&7
		for stops != 0 {
			n := bits.TrailingZeros64(stops)
			if mem.Copy32(out, o, data, i); n > 32 {
				mem.Copy32(out, o+32, data, i+32)
			}
			i, o = i+n, o+n
			if c := mem.At(data, i); c != '\\' {
				if c == '"' {
					return out[:o], i
				}
				return out[:o], -1
			}
			size := 2
			if c := mem.At(data, i+1); c != 'u' {
				out[o] = plainEscapes[c]
				if out[o] == 0 {
					return out[:o], -1
				}
				o++
			} else {
				r := hexes[mem.At(data, i+2)]<<12 | hexes[mem.At(data, i+3)]<<8 | hexes[mem.At(data, i+4)]<<4 | hexes[mem.At(data, i+5)]
				switch size = 6; {
				case r < utf8.RuneSelf:
					out[o] = byte(r)
					o++
				case r < 0x800:
					out[o], out[o+1] = 0xc0|byte(r>>6), 0x80|byte(r)&0x3f
					o += 2
				case r>>11 != 0xd800>>11 && r <= 0xffff:
					out[o], out[o+1], out[o+2] = 0xe0|byte(r>>12), 0x80|byte(r>>6)&0x3f, 0x80|byte(r)&0x3f
					o += 3
				default: // a surrogate, or no digits
					to, end, ok := appendUnicode(out[:o], data, i+2)
					if !ok {
						return to, -1
					}
					o, size = len(to), end-i
				}
			}
			i += size
			if left -= n + size; left <= 0 {
				break
			}
			stops >>= uint(n+size) & 63
		}
		if left > 0 {
			mem.Copy32(out, o, data, i)
			mem.Copy32(out, o+32, data, i+32)
			i, o = i+left, o+left
		}
	}
}
