// Package charset turns texts of other encodings into UTF-8, piece by piece.
package charset

import (
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Encoding is how characters are written.
type Encoding uint8

const (
	UTF8 Encoding = iota
	UTF16LE
	UTF16BE
	Latin1      // ISO 8859-1: every byte is the character of its number
	Windows1252 // the same, with printable characters from 0x80 to 0x9f
)

// Names are what encodings are called, the first of each encoding foremost.
var Names = []string{"utf-8", "utf-16le", "utf-16be", "latin1", "windows-1252", "iso-8859-1", "cp1252"}

// Parse is the encoding of a name; small and capital letters, hyphens and underscores are all the same.
func Parse(name string) (Encoding, bool) {
	if name == "" {
		return UTF8, true // asked for every record
	}
	plain := strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(name))
	switch plain {
	case "", "utf8":
		return UTF8, true
	case "utf16le":
		return UTF16LE, true
	case "utf16be":
		return UTF16BE, true
	case "latin1", "iso88591":
		return Latin1, true
	case "windows1252", "cp1252":
		return Windows1252, true
	}
	return UTF8, false
}

// Sniff tells UTF-16 by the byte order mark that a text begins with, which takes two bytes.
func Sniff(text []byte) (Encoding, bool) {
	switch {
	case len(text) < 2:
	case text[0] == 0xff && text[1] == 0xfe:
		return UTF16LE, true
	case text[0] == 0xfe && text[1] == 0xff:
		return UTF16BE, true
	}
	return UTF8, false
}

// MarkSize is how long the byte order mark of UTF-16 is.
const MarkSize = 2

// Decoder decodes one text. What cannot be decoded becomes U+FFFD.
type Decoder struct {
	Encoding Encoding
	half     byte // the first byte of a pair whose second is to come
	odd      bool
	high     rune // a surrogate whose partner is to come, 0: none
}

// Append appends what src, the next piece of the text, means. final: it is the last.
func (d *Decoder) Append(dst, src []byte, final bool) []byte {
	switch d.Encoding {
	case Latin1, Windows1252:
		return d.single(dst, src)
	case UTF16LE, UTF16BE:
		return d.pairs(dst, src, final)
	}
	return append(dst, src...)
}

func (d *Decoder) single(dst, src []byte) []byte {
	dst = slices.Grow(dst, len(src))
	for len(src) > 0 {
		n := 0
		for n < len(src) && src[n] < utf8.RuneSelf {
			n++
		}
		dst, src = append(dst, src[:n]...), src[n:]
		if len(src) > 0 {
			c := rune(src[0])
			if d.Encoding == Windows1252 && c < 0xa0 {
				c = windows[c-0x80]
			}
			dst, src = utf8.AppendRune(dst, c), src[1:]
		}
	}
	return dst
}

func (d *Decoder) pairs(dst, src []byte, final bool) []byte {
	dst = slices.Grow(dst, len(src)/2)
	for _, c := range src {
		if !d.odd {
			d.half, d.odd = c, true
			continue
		}
		d.odd = false
		unit := rune(d.half) | rune(c)<<8
		if d.Encoding == UTF16BE {
			unit = rune(d.half)<<8 | rune(c)
		}
		dst = d.unit(dst, unit)
	}
	if final {
		if d.high != 0 {
			dst = utf8.AppendRune(dst, utf8.RuneError)
		}
		if d.odd {
			dst = utf8.AppendRune(dst, utf8.RuneError)
		}
		d.high, d.odd = 0, false
	}
	return dst
}

// unit appends one unit of UTF-16.
func (d *Decoder) unit(dst []byte, unit rune) []byte {
	if d.high != 0 {
		both := utf16.DecodeRune(d.high, unit)
		if d.high = 0; both != utf8.RuneError {
			return utf8.AppendRune(dst, both)
		}
		dst = utf8.AppendRune(dst, utf8.RuneError)
	}
	const highs, lows = 0xd800, 0xdc00
	if unit >= highs && unit < lows {
		d.high = unit
		return dst
	}
	return utf8.AppendRune(dst, unit) // a lone surrogate becomes U+FFFD
}

// Decode is a whole text.
func (e Encoding) Decode(text []byte) []byte {
	d := Decoder{Encoding: e}
	return d.Append(nil, text, true)
}

// windows is what Windows-1252 has from 0x80 on; what it has not is as in Latin-1.
var windows = [32]rune{0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d, 0x17d, 0x8f,
	0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0x9d, 0x17e, 0x178}
