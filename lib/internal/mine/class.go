package mine

// Classes of bytes.
const (
	isSpace  = 1 << iota // a blank, a tab, a line ending
	isDelim              // always glue: , ; = ( ) [ ] { } < > " ' | `
	isDigit              //
	isLower              // also every byte beyond ASCII
	isUpper              //
	isHexLet             // a-f A-F
	isColon              //
)

// A lane counts how often a kind of byte stands in a token: eight counters of eight bits in one word, so that a token costs one addition a
// byte. Tokens of 256 bytes and more are counted otherwise.
const (
	laneDigit = iota * 8
	laneUpper
	laneLower
	laneHex
	laneDot
	laneSlash
	laneHyphen
	laneUnder
)

// Marks of the rarer bytes, or-ed over a token.
const (
	markColon = 1 << iota
	markAt
	markBackslash
	markOther
	markDot
	markPercent
	markStop // a blank or delimiter: the token ends before it
)

var (
	class = classes()
	lane  = lanes()
	mark  = marks()
)

func classes() (t [256]uint8) {
	set := func(bytes string, class uint8) {
		for i := range len(bytes) {
			t[bytes[i]] |= class
		}
	}
	set(" \t\r\n", isSpace)
	set(",;=()[]{}<>\"'|`", isDelim)
	set("0123456789", isDigit)
	set("abcdefABCDEF", isHexLet)
	set(":", isColon)
	for c := range 26 {
		t['a'+c] |= isLower
		t['A'+c] |= isUpper
	}
	for c := 128; c < 256; c++ {
		t[c] |= isLower
	}
	return t
}

func lanes() (t [256]uint64) {
	of := classes()
	for c := range t {
		switch {
		case of[c]&isDigit != 0:
			t[c] = 1 << laneDigit
		case of[c]&isUpper != 0:
			t[c] = 1 << laneUpper
		case of[c]&isLower != 0:
			t[c] = 1 << laneLower
		}
		if of[c]&isHexLet != 0 {
			t[c] |= 1 << laneHex
		}
	}
	t['.'], t['/'], t['-'], t['_'] = 1<<laneDot, 1<<laneSlash, 1<<laneHyphen, 1<<laneUnder
	return t
}

func marks() (t [256]uint8) {
	of := classes()
	for c := range t {
		switch {
		case of[c]&(isSpace|isDelim) != 0:
			t[c] = markStop
		case of[c]&(isDigit|isUpper|isLower) == 0:
			t[c] = markOther
		}
	}
	t['.'], t[':'], t['@'], t['\\'], t['%'] = markDot, markColon, markAt, markBackslash, markPercent
	return t
}

// counts are what lanes and marks say of a token.
type counts struct {
	lanes uint64
	marks uint8
}

func count(token []byte) (c counts) {
	for _, b := range token {
		c.lanes += lane[b]
		c.marks |= mark[b]
	}
	return c
}

func (c counts) of(lane int) int { return int(c.lanes >> lane & 255) }
func (c counts) letters() int    { return c.of(laneUpper) + c.of(laneLower) }

func digit(c byte) bool  { return c-'0' < 10 }
func letter(c byte) bool { return class[c]&(isLower|isUpper) != 0 }
func space(c byte) bool  { return class[c]&isSpace != 0 }
func stop(c byte) bool   { return class[c]&(isSpace|isDelim) != 0 }
