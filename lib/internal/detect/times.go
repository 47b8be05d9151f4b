package detect

import (
	"bytes"

	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
)

// haveTimes tells whether nearly all lines begin with a time, perhaps behind a bracket or a word; or half of them, behind a first line that is no
// header of theirs: it has not as many cells as most of them. Where the first line begins with a time, those do not count that have other
// numbers of cells than it: they are traces and the like.
func haveTimes(lines [][]byte) bool {
	n, alike, foreign := 0, 0, 0
	for _, line := range lines {
		as := asManyCells(lines[0], line)
		switch {
		case beginsWithTime(line):
			n++
			if as {
				alike++
			}
		case !as:
			foreign++
		}
	}
	if n > 0 && beginsWithTime(lines[0]) {
		return n*10 >= (len(lines)-foreign)*9 && n*2 >= len(lines)
	}
	return n*2 >= len(lines) && n > 0 && alike*2 < n
}

// asManyCells tells whether a delimiter stands in both lines as often, outside of quotes.
func asManyCells(a, b []byte) bool {
	for _, delimiter := range []byte(",;\t|") {
		if n := cells(b, delimiter); n > 1 && cells(a, delimiter) == n {
			return true
		}
	}
	return false
}

func cells(line []byte, delimiter byte) int {
	n, quoted := 1, false
	for _, c := range line {
		switch {
		case c == '"':
			quoted = !quoted
		case c == delimiter && !quoted:
			n++
		}
	}
	return n
}

// beginsWithTime tells whether a time stands at the beginning of the line, perhaps behind a bracket, or behind a word or a group in brackets
// which is no cell of its own.
func beginsWithTime(line []byte) bool {
	line = bytes.TrimLeft(line, "[(<")
	text, n := readable(line)
	if timestamp.Looks(text[:], 0, n, true) {
		return true
	}
	at := bytes.IndexByte(line, ' ') + 1
	if at == 0 || bytes.ContainsAny(line[:at], ",;\t|") {
		return false
	}
	text, n = readable(bytes.TrimLeft(line[at:], "[(<"))
	return timestamp.Looks(text[:], 0, n, false)
}

// readable is the beginning of a line with what must be readable behind it.
func readable(line []byte) (text [192]byte, n int) {
	n = copy(text[:len(text)-scan.Slack-1], line)
	for i := n; i < len(text); i++ {
		text[i] = '\n'
	}
	return text, n
}

// dated tells whether the line begins with a time, or has one behind a few words.
func dated(line []byte) bool {
	if len(line) == 0 || line[0] == ' ' || line[0] == '\t' {
		return false
	}
	text, n := readable(line)
	return timestamp.Near(text[:], 0, n)
}
