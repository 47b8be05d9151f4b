package frame

import "bytes"

const escape = 0x1b

// Strip copies text to to, which is large enough, without the control sequences of terminals (ECMA-48): colours, cursor moves, titles,
// hyperlinks. It returns how many bytes are left. An escape that begins no sequence stays.
func Strip(to, text []byte) int {
	n := 0
	for {
		k := bytes.IndexByte(text, escape)
		if k < 0 {
			return n + copy(to[n:], text)
		}
		n += copy(to[n:], text[:k])
		if end := sequence(text, k); end > k {
			text = text[end:]
			continue
		}
		to[n] = escape
		n++
		text = text[k+1:]
	}
}

// sequence is the end of the control sequence at the escape text[i]; i when there is none.
func sequence(text []byte, i int) int {
	if i+1 >= len(text) {
		return i
	}
	switch c := text[i+1]; {
	case c == '[': // CSI: parameters, intermediate bytes, a final byte
		k := i + 2
		for k < len(text) && text[k] >= 0x20 && text[k] <= 0x3f {
			k++
		}
		if k < len(text) && text[k] >= 0x40 && text[k] <= 0x7e {
			return k + 1
		}
	case c == ']' || c == 'P' || c == '^' || c == '_' || c == 'X': // a string, up to BEL or ESC \
		const longest = 4096
		for k := i + 2; k < len(text) && k-i < longest; k++ {
			if text[k] == 0x07 {
				return k + 1
			} else if text[k] == escape && k+1 < len(text) && text[k+1] == '\\' {
				return k + 2
			}
		}
	case c >= 0x20 && c <= 0x2f: // a character set
		k := i + 2
		for k < len(text) && text[k] >= 0x20 && text[k] <= 0x2f {
			k++
		}
		if k < len(text) && text[k] >= 0x30 && text[k] <= 0x7e {
			return k + 1
		}
	case c >= 0x30 && c <= 0x7e:
		return i + 2
	}
	return i
}
