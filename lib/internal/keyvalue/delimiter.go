package keyvalue

import "github.com/sawlog/sawlog/lib/internal/texts"

// Auto as a FieldDelimiter stands for whichever of these stands between most pairs at the beginning of a stream.
const Auto = "auto"

var delimiters = [...]string{" ", ",", ";", "|"}

// enough lines tell which.
const enough = 200

// chosen is the plan with the delimiter that sample has; p itself where it is not to be chosen.
func (p *Plan) chosen(sample []byte) *Plan {
	if p.options.FieldDelimiter != Auto {
		return p
	}
	var counts [len(delimiters)]int
	lines := 0
	texts.EachLine(sample, func(data []byte, i, end int) bool {
		count(&counts, data[i:end], p.grammar.kv[0])
		lines++
		return lines < enough
	})
	best := 0
	for k, n := range counts {
		if n > counts[best] {
			best = k
		}
	}
	return p.choices[best]
}

// count adds how often each delimiter stands in front of a key, outside of quotes. A blank behind another delimiter belongs to that.
func count(counts *[len(delimiters)]int, line []byte, kv byte) {
	quoted := false
	behind := -1 // the delimiter that the key under way stands behind, -1: none
	for i, c := range line {
		switch {
		case c == '"':
			quoted, behind = !quoted, -1
		case quoted:
		case c == kv:
			if behind >= 0 && i > 0 && nameByte(line[i-1]) {
				counts[behind]++
			}
			behind = -1
		case c == ' ':
			if i == 0 || nameByte(line[i-1]) || behind < 0 {
				behind = 0
			}
		case c == ',', c == ';', c == '|':
			for k := range delimiters {
				if delimiters[k][0] == c {
					behind = k
				}
			}
		case !nameByte(c):
			behind = -1
		}
	}
}

// nameByte tells whether c may stand in a key.
func nameByte(c byte) bool {
	return c|0x20-'a' <= 'z'-'a' || c-'0' <= 9 || c == '_' || c == '.' || c == '-' || c == '@' || c == '/' || c >= 0x80
}
