package mine

import "bytes"

// quoted emits a short value in quotes, which open at i, and gives the position of the closing quote; 0 where it is none: longer texts
// are read word by word.
func (z *scanner) quoted(i int, quote byte) int {
	const longest = 96
	line := z.line
	blanks, digits, letters := 0, 0, 0
	for j := i + 1; j < min(i+1+longest, len(line)); j++ {
		c := line[j]
		switch {
		case c == quote:
			return z.closeQuote(i, j, blanks, digits, letters)
		case space(c):
			blanks++
		case stop(c):
			return 0
		case digit(c):
			digits++
		case letter(c):
			letters++
		}
	}
	return 0
}

func (z *scanner) closeQuote(open, end, blanks, digits, letters int) int {
	line, inner := z.line, z.line[open+1:end]
	behind := line[end+1:]
	if len(behind) > 0 && (digit(behind[0]) || letter(behind[0])) {
		return 0
	}
	if string(inner) == "-" && line[open] == '"' {
		z.emit(open+1, end, kindValue, 0)
		return end
	}
	key := bytes.HasPrefix(behind, []byte(":")) || len(behind) > 1 && behind[0] == ' ' && behind[1] == ':'
	if len(inner) == 0 || letters+digits == 0 || blanks > 1 || key {
		return 0
	}
	k := kindSoft
	if digits > 0 || blanks == 0 && (inner[0] == '/' || bytes.Index(inner, []byte("://")) > 0) {
		k = kindValue
	} else if letters == len(inner) {
		k = kindQuoted
	}
	z.emit(open+1, end, k, 0)
	return end
}

// list emits [1, 2, 3] behind a =, and gives the position behind it; 0 where it is none.
func (z *scanner) list(start int) int {
	const longest = 512
	digits := 0
	for j := start + 1; j < min(start+longest, len(z.line)); j++ {
		c := z.line[j]
		switch {
		case c == ']':
			if digits == 0 {
				return 0
			}
			z.emit(start, j+1, kindValue, 0)
			return j + 1
		case digit(c):
			digits++
		case !letter(c) && bytes.IndexByte([]byte(", ._-:/"), c) < 0:
			return 0
		}
	}
	return 0
}

// compound emits a path with brackets inside, or Name{123} and [1,2][3,4] behind a =. The bracket stands at i. It gives the position behind
// the value, 0 where it is none.
func (z *scanner) compound(start, i int) int {
	line := z.line
	depth, digits, end := 0, 0, start
scan:
	for ; end < len(line); end++ {
		c := line[end]
		switch {
		case space(c) || c == '"' || c == ';' || c == ',' && depth == 0:
			break scan
		case c == '[' || c == '{' || c == '(':
			depth++
		case c == ']' || c == '}' || c == ')':
			if depth--; depth < 0 {
				break scan
			}
		case digit(c):
			digits++
		}
	}
	if depth > 0 || end <= i || digits == 0 && line[start] != '/' {
		return 0
	}
	end = trimMarks(line, start, end)
	z.emit(start, end, kindValue, 0)
	return end
}

// ctime is the length of a date of several words that text begins with: [Mon ]Jul 10 03:55:22[.123][ UTC][ 2005]; 0 for none. Where
// four digits follow the time, year is where they begin: whether they are one, the first of them tells.
func ctime(text []byte) (end, year int) {
	at := 0
	if weekday(text) {
		if len(text) < 4 || text[3] != ' ' {
			return 0, 0
		}
		at = 4
	}
	if len(text) < at+15 || !month(text[at:]) || text[at+3] != ' ' {
		return 0, 0
	}
	at += 4
	for at < len(text) && text[at] == ' ' {
		at++
	}
	day := at
	for at < len(text) && digit(text[at]) {
		at++
	}
	if at == day || at > day+2 || at >= len(text) || text[at] != ' ' || !clock(text[at+1:]) {
		return 0, 0
	}
	for at += 9; at < len(text) && (digit(text[at]) || text[at] == '.'); {
		at++
	}
	at += zone(text[at:])
	if t := text[at:]; len(t) >= 5 && t[0] == ' ' && digit(t[1]) && digit(t[2]) && digit(t[3]) && digit(t[4]) && (len(t) == 5 || !digit(t[5])) {
		if year = at + 1; beginsYear(t[1]) {
			at += 5
		}
	}
	return at, year
}

// beginsYear tells whether four digits that begin with c are a year.
func beginsYear(c byte) bool { return c == '1' || c == '2' }

// clock tells whether text begins with 03:55:22.
func clock(text []byte) bool {
	if len(text) < 8 {
		return false
	}
	for i, c := range text[:8] {
		if i%3 == 2 && c != ':' || i%3 != 2 && !digit(c) {
			return false
		}
	}
	return true
}

// zone is the length of a blank and the name of a zone, in three or four capitals, that text begins with.
func zone(text []byte) int {
	if len(text) < 4 || text[0] != ' ' {
		return 0
	}
	end := 1
	for end < len(text) && 'A' <= text[end] && text[end] <= 'Z' {
		end++
	}
	if n := end - 1; n < 3 || n > 4 || end < len(text) && text[end] != ' ' {
		return 0
	}
	return end
}
