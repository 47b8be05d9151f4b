package mine

import "bytes"

// whole settles a token that needs no trimming and no splitting.
func (z *scanner) whole(start, end int, c counts) bool {
	line := z.line
	if first := line[start]; !digit(first) && !letter(first) && first != '/' && first != '_' {
		return false
	}
	if bytes.IndexByte([]byte(".:!?%-+*"), line[end-1]) >= 0 || c.of(laneDot) > 1 && bytes.Contains(line[start:end], []byte("..")) {
		return false
	}
	z.classify(start, end, c)
	return true
}

// atom settles any token: URLs, values with colons, several tokens joined by colons.
func (z *scanner) atom(start, end, digits, colons int) {
	line := z.line
	if colons == 0 {
		z.split(start, end)
		return
	}
	if p := bytes.Index(line[start:end], []byte("://")); p > 0 && start+p+3 < end {
		head := p + 3
		if plainSchemes[string(line[start:start+p])] {
			head = 0
		}
		z.emit(start, trimMarks(line, start+p+3, end), kindValue, head)
		return
	}
	if colons == end-start {
		return
	}
	end = trimMarks(line, start, end)
	switch {
	case start > 0 && line[start-1] == '=' && end > start: // an assigned value keeps its colons
		k := kindSoft
		if digits > 0 {
			k = kindValue
		}
		z.emit(start, end, k, 0)
	case digits > 0 && numbersAndColons(line[start:end]),
		end-start > 3 && line[start+1] == ':' && (line[start+2] == '\\' || line[start+2] == '/') && letter(line[start]):
		z.emit(start, end, kindValue, 0)
	case digits > 0 && colons >= 3 && z.nameAndAddress(start, end):
	default:
		for from := start; from < end; {
			to := from
			for to < end && line[to] != ':' {
				to++
			}
			z.split(from, to)
			from = to + 1
		}
	}
}

// nameAndAddress splits name:00:1b:44:11:3a:b7 once.
func (z *scanner) nameAndAddress(start, end int) bool {
	i := start + bytes.IndexByte(z.line[start:end], ':')
	if i <= start || !numbersAndColons(z.line[i+1:end]) {
		return false
	}
	z.split(start, i)
	z.emit(i+1, end, kindValue, 0)
	return true
}

// numbersAndColons tells a time, a MAC or IPv6 address, or digits:digits.
func numbersAndColons(token []byte) bool {
	colons, digits, hex := 0, 0, false
	for _, c := range token {
		switch {
		case digit(c):
			digits++
		case class[c]&isHexLet != 0:
			hex = true
		case c == ':':
			colons++
		case c != '.' && c != '-' && c != '/' && c != '+':
			return false
		}
	}
	return colons >= 2 || colons == 1 && !hex && digits >= 2 && digit(token[0])
}

// trimMarks leaves out the marks that close a sentence.
func trimMarks(line []byte, start, end int) int {
	for end > start && bytes.IndexByte([]byte(".:!?%"), line[end-1]) >= 0 {
		end--
	}
	return end
}

// trimToken leaves out signs at the end too. A path keeps a dot that closes no sentence.
func trimToken(line []byte, start, end int) int {
	if end-start > 2 && line[start] == '/' && line[end-1] == '.' && line[end-2] != '.' && end+1 < len(line) && line[end] == ' ' && class[line[end+1]]&isLower != 0 {
		return end
	}
	for {
		k := trimMarks(line, start, end)
		for k > start && (line[k-1] == '-' || line[k-1] == '+' || line[k-1] == '*') {
			k--
		}
		if k == end {
			return end
		}
		end = k
	}
}

// split settles a piece without colons: marks at its ends and runs of dots become glue.
func (z *scanner) split(start, end int) {
	line := z.line
	for {
		for start < end && !z.begins(start, end) {
			start++
		}
		end := trimToken(line, start, end)
		if start >= end {
			return
		}
		dots := doubleDot(line, start, end)
		if dots < 0 {
			z.classify(start, end, count(line[start:end]))
			return
		}
		z.split(start, dots)
		for start = dots; start < end && line[start] == '.'; start++ {
		}
	}
}

// doubleDot is where two dots stand inside line[start:end] that no slash follows, -1 for nowhere.
func doubleDot(line []byte, start, end int) int {
	for i := start + 1; i+1 < end; i++ {
		if line[i] == '.' && line[i+1] == '.' && !(i+2 < end && line[i+2] == '/') {
			return i
		}
	}
	return -1
}

// begins tells whether a token may begin with the byte at i: other marks are glue.
func (z *scanner) begins(i, end int) bool {
	line, c := z.line, z.line[i]
	switch {
	case digit(c), letter(c), c == '/', c == '_', c == '~', c == '\\', c == '$':
		return true
	case c == '-' || c == '+':
		return i+1 < end && digit(line[i+1])
	case c == '.' && i+1 < end:
		return line[i+1] == '/' || digit(line[i+1]) && (i == 0 || line[i-1] != '.') || line[i+1] == '.' && i+2 < end && line[i+2] == '/'
	}
	return false
}
