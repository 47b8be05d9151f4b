package value

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// simple is what a letter behind a backslash stands for, 0 for what stands for nothing.
var simple = [256]byte{'"': '"', '\\': '\\', 'n': '\n', 't': '\t', 'r': '\r', 'b': '\b', 'f': '\f', 'v': '\v', 'a': '\a'}

// Unescape appends text to dst with the escapes of nginx and Apache undone: \xHH, \" \\ \n \t \r \b \f \v \a. A backslash before
// anything else stands for itself. Callers ask only when there is a backslash.
func Unescape(dst, text []byte) []byte { return unescape(dst, text, plain) }

// Unquote appends text, which stood between quotes, to dst with the escapes of JSON and of Go undone: those of Unescape, \/ \' \uHHHH
// \UHHHHHHHH and surrogate pairs. A backslash before anything else, and a half of a pair alone, stand for themselves.
func Unquote(dst, text []byte) []byte { return unescape(dst, text, quoted) }

// Literal is Unquote for a text that someone has said to be a literal, of C or of SQL: \0 is the byte 0, \ooo that of three octal digits,
// and \Z is 0x1a, as MySQL has it. In other texts these are more often a part of a path.
func Literal(dst, text []byte) []byte { return unescape(dst, text, literal) }

type escapes uint8

const (
	plain escapes = iota
	quoted
	literal
)

func unescape(dst, text []byte, level escapes) []byte {
	all := level >= quoted
	for {
		k := bytes.IndexByte(text, '\\')
		if k < 0 || k+1 == len(text) {
			return append(dst, text...)
		}
		dst = append(dst, text[:k]...)
		text = text[k:]
		n := 2
		switch c := text[1]; {
		case simple[c] != 0:
			dst = append(dst, simple[c])
		case c == 'x' && len(text) >= 4 && nibble[text[2]]|nibble[text[3]] <= 15:
			dst = append(dst, nibble[text[2]]<<4|nibble[text[3]])
			n = 4
		case all && (c == '/' || c == '\''):
			dst = append(dst, c)
		case level == literal && c == 'Z':
			dst = append(dst, 0x1a)
		case level == literal && c >= '0' && c <= '3' && len(text) >= 4 && text[2]&^7 == '0' && text[3]&^7 == '0':
			dst = append(dst, (c-'0')<<6|(text[2]-'0')<<3|(text[3]-'0'))
			n = 4
		case level == literal && c == '0' && (len(text) == 2 || text[2]-'0' > 9):
			dst = append(dst, 0)
		case all && (c == 'u' || c == 'U'):
			var r rune
			if r, n = character(text); n > 0 {
				dst = utf8.AppendRune(dst, r)
				break
			}
			fallthrough
		default:
			dst = append(dst, '\\') // what follows is looked at anew: it may be plain text only
			n = 1
		}
		text = text[n:]
	}
}

// character is the character that \uHHHH, a surrogate pair of these, or \UHHHHHHHH at the beginning of text stands for, and the bytes
// of the escape; 0 for none.
func character(text []byte) (rune, int) {
	if text[1] == 'U' {
		r, ok := hexRune(text, 2, 8)
		if !ok || !utf8.ValidRune(r) {
			return 0, 0
		}
		return r, 10
	}
	r, ok := hexRune(text, 2, 4)
	switch {
	case !ok:
		return 0, 0
	case !utf16.IsSurrogate(r):
		return r, 6
	case len(text) < 12 || text[6] != '\\' || text[7] != 'u':
		return 0, 0
	}
	low, ok := hexRune(text, 8, 4)
	if r = utf16.DecodeRune(r, low); !ok || r == utf8.RuneError {
		return 0, 0
	}
	return r, 12
}

func hexRune(text []byte, i, n int) (rune, bool) {
	if len(text) < i+n {
		return 0, false
	}
	v, ok := Hex(text, i, n)
	return rune(v), ok && v <= 0x7fffffff && text[i+1]|0x20 != 'x'
}
