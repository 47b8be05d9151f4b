package regex

import "unicode/utf8"

// text is what is matched: data[from:to]. Nothing outside of it is looked at.
type text struct {
	data     []byte
	from, to int
}

// rune is the character at i and its length. A byte that is not UTF-8 is U+FFFD of length 1.
func (t *text) rune(i int) (rune, int) {
	if c := t.data[i]; c < utf8.RuneSelf {
		return rune(c), 1
	}
	return utf8.DecodeRune(t.data[i:t.to])
}

// boundary tells whether a character begins at i, which is not before from.
func (t *text) boundary(i int) bool {
	if i == t.to || t.data[i]&0xc0 != 0x80 {
		return true
	}
	for k := i - 1; k >= t.from && k >= i-3; k-- {
		if t.data[k]&0xc0 != 0x80 {
			_, n := utf8.DecodeRune(t.data[k:t.to])
			return k+n <= i
		}
	}
	return true
}

// before is the character that ends at i, and where it begins; i is behind from.
func (t *text) before(i int) (rune, int) {
	if c := t.data[i-1]; c < utf8.RuneSelf {
		return rune(c), i - 1
	}
	for k := i - 2; k >= t.from && k >= i-4; k-- {
		if t.data[k]&0xc0 != 0x80 {
			if c, n := utf8.DecodeRune(t.data[k:t.to]); k+n == i {
				return c, k
			}
			break
		}
	}
	return utf8.RuneError, i - 1
}

// holds tells whether the place i is as p says.
func (t *text) holds(p Place, i int) bool {
	switch p {
	case LineStart:
		return i == t.from || t.data[i-1] == '\n'
	case LineEnd:
		return i == t.to || t.data[i] == '\n'
	case TextStart:
		return i == t.from
	case TextEnd:
		return i == t.to
	case LastEnd:
		return i == t.to || i == t.to-1 && t.data[i] == '\n'
	}
	if edge, ok := t.plainEdge(i); ok {
		return edge == (p == Word || p == WideWord)
	}
	if p == Word || p == NotWord {
		return t.edge(i, words) == (p == Word)
	}
	return t.edge(i, wideWord()) == (p == WideWord)
}

// plainEdge is edge where the characters around i are ASCII, ok is false where they are not.
func (t *text) plainEdge(i int) (edge, ok bool) {
	left, right := byte(' '), byte(' ')
	if i > t.from {
		left = t.data[i-1]
	}
	if i < t.to {
		right = t.data[i]
	}
	return wordBytes[left] != wordBytes[right], left|right < utf8.RuneSelf
}

var wordBytes = *words.firstBytes().table()

// edge tells whether of the characters around i one is in s and the other is not.
func (t *text) edge(i int, s *Set) bool {
	left, right := false, false
	if i > t.from {
		c, _ := t.before(i)
		left = s.has(c)
	}
	if i < t.to {
		c, _ := t.rune(i)
		right = s.has(c)
	}
	return left != right
}

// stands tells whether one of the rows stands at i, or before it.
func (n *near) stands(t *text, i int) bool {
	for _, row := range n.rows {
		if n.behind && endsAt(t, row, i) || !n.behind && beginsAt(t, row, i) {
			return !n.negate
		}
	}
	return n.negate
}

func beginsAt(t *text, row []*Set, i int) bool {
	for _, s := range row {
		if i >= t.to {
			return false
		}
		c, n := t.rune(i)
		if !s.has(c) {
			return false
		}
		i += n
	}
	return true
}

func endsAt(t *text, row []*Set, i int) bool {
	for k := len(row) - 1; k >= 0; k-- {
		if i <= t.from {
			return false
		}
		c, at := t.before(i)
		if !row[k].has(c) {
			return false
		}
		i = at
	}
	return true
}

// WordAt tells whether a character that words have (\w) begins at i, in a text that ends at to.
func WordAt(data []byte, i, to int) bool {
	c, _ := utf8.DecodeRune(data[i:to])
	return c != utf8.RuneError && wideWord().has(c)
}

// WordBefore tells whether a character that words have ends at i, which is behind from.
func WordBefore(data []byte, from, i, to int) bool {
	t := text{data, from, to}
	c, _ := t.before(i)
	return c != utf8.RuneError && wideWord().has(c)
}
