package pattern

import "strings"

// haproxyWay is how a value is written.
type haproxyWay struct {
	quoted  bool // +Q: with quotes around it
	hex     bool // +X: as a hexadecimal number
	escaped bool // +E: with a backslash before quotes, backslashes and brackets
}

// flagged is the way with +Q,-X read.
func (way haproxyWay) flagged(flags string, pos int) (haproxyWay, *Error) {
	for _, flag := range strings.FieldsFunc(flags, func(r rune) bool { return r == ',' || r == ' ' }) {
		switch flag {
		case "+Q", "-Q":
			way.quoted = flag[0] == '+'
		case "+X", "-X":
			way.hex = flag[0] == '+'
		case "+E", "-E":
			way.escaped = flag[0] == '+'
		case "+M", "-M":
		default:
			return way, &Error{pos, "unknown flag " + shorten(flag), "known are +Q (quotes), +X (hexadecimal), +E (escapes), +M (a dash for nothing)"}
		}
	}
	return way, nil
}
