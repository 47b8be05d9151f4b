package mine

import "bytes"

// kind is what the look of a token says about it.
type kind uint8

const (
	kindValue  kind = iota // a value by its form: number, address, path ...
	kindSoft               // looks like a value, needs little evidence: a dotted or slashed name
	kindDigits             // a word with one or two digits: en0, ssh2
	kindQuoted             // a short word in quotes
	kindName               // a CamelCase or under_score name
	kindWord               // a plain word
	kinds
)

// maxTokens is how many tokens of a line count; what follows them is one value. maxBytes bounds the line likewise.
const (
	maxTokens = 256
	maxBytes  = 16 << 10
)

// span is a token and the glue in front of it, as positions in the line.
type span struct {
	glue, start, end int32
	head             int32 // kindValue: bytes at its beginning that are constant: "core." of core.2275
	kind             kind
	assigned         bool // a = stands before it
}

// tokenHash is what a span is worth in hashes.
type tokenHash struct{ glue, token uint64 }

// scanner takes a line apart and hashes it. It is used again and again and allocates nothing.
type scanner struct {
	line   []byte
	spans  []span
	hashes []tokenHash
	glue   int    // where the glue under way begins
	hash   uint64 // of all so far
	tail   uint64 // hash of the glue behind the last token
	odd    bool   // which digits the line has may count ...
	year   int    // ... other than the one here; 0: there is no such
}

// skeleton is the hash of the line with its values blanked.
func (z *scanner) skeleton() uint64 {
	return mix(z.hash+uint64(len(z.spans))*prime2, z.tail)
}

// scan splits a line.
func (z *scanner) scan(line []byte) {
	n := min(len(line), maxBytes)
	for n > 0 && space(line[n-1]) {
		n--
	}
	z.line, z.spans, z.hashes, z.glue, z.hash, z.odd, z.year = line[:n], z.spans[:0], z.hashes[:0], 0, 0, false, 0
	for i := 0; i < n; {
		if len(z.spans) >= maxTokens {
			z.rest()
			break
		}
		if stop(line[i]) {
			i = z.delimiter(i)
		} else {
			i = z.run(i)
		}
	}
	z.tail = hashGlue(z.line[z.glue:])
}

// rest makes one value of what is left of a line that has too many tokens.
func (z *scanner) rest() {
	start := z.glue
	for start < len(z.line) && stop(z.line[start]) {
		start++
	}
	if start < len(z.line) {
		z.emit(start, len(z.line), kindValue, 0)
	}
}

// delimiter handles the delimiter at i: most are glue, some open a value of several words.
func (z *scanner) delimiter(i int) int {
	line := z.line
	c := line[i]
	if (c == '[' || c == '{') && i > 0 && line[i-1] == '=' && i+1 < len(line) && line[i+1] != ']' && line[i+1] != '}' {
		if end := z.compound(i, i); end > 0 {
			return end
		}
		if c == '[' {
			if end := z.list(i); end > 0 {
				return end
			}
		}
	}
	if (c == '"' || c == '\'') && (i == 0 || class[line[i-1]]&(isSpace|isDelim|isColon) != 0) {
		if end := z.quoted(i, c); end > 0 {
			return end
		}
	}
	return i + 1
}

// run handles the bytes from start up to the next delimiter. Plain words and plain numbers, most of all, need one look.
func (z *scanner) run(start int) int {
	line, i := z.line, start
	var c counts
	for i < len(line) {
		m := mark[line[i]]
		if m&markStop != 0 {
			break
		}
		c.lanes += lane[line[i]]
		c.marks |= m
		i++
	}
	assigned := start > 0 && line[start-1] == '='
	if i-start < 256 && c.marks&^(markColon|markDot|markPercent) == 0 && !assigned && z.plain(start, i, c) {
		return i
	}
	return z.token(start, i, c)
}

// plain emits a token that is all letters or all digits, maybe closed by one mark.
func (z *scanner) plain(start, end int, c counts) bool {
	line, last := z.line, end
	if c.marks != 0 && (line[end-1] == ':' || line[end-1] == '.') {
		last--
	}
	n := last - start
	if n == 0 || c.marks != 0 && last == end {
		return false
	}
	switch n {
	case c.letters():
		if last == end && (n == 3 && (weekday(line[start:]) || month(line[start:])) || n == 4 && start > 0 && line[start-1] == '(') {
			return false // a date, or (null)
		}
		z.emit(start, last, wordKind(line[start], c), 0)
	case c.of(laneDigit):
		z.emit(start, last, kindValue, 0)
	default:
		return false
	}
	return true
}

// wordKind tells a name in capitals and small letters from a word.
func wordKind(first byte, c counts) kind {
	upper, lower := c.of(laneUpper), c.of(laneLower)
	if upper > 0 && lower > 0 && !(upper == 1 && class[first]&isUpper != 0) {
		return kindName
	}
	return kindWord
}

// token handles a run that is not plain. It gives the position behind what it took.
func (z *scanner) token(start, end int, c counts) int {
	line := z.line
	digits, letters, colons := c.of(laneDigit), c.letters(), 0
	if c.marks&markColon != 0 {
		colons = bytes.Count(line[start:end], []byte(":"))
	}
	if end-start >= 256 {
		digits, letters = longCounts(line[start:end])
	}
	if digits+letters == 0 {
		if end-start == 1 && line[start] == '/' && z.afterMethod() {
			z.emit(start, end, kindValue, 0)
		}
		return end // punctuation only: glue
	}
	if colons > 0 && end < len(line) && class[line[end]]&isDelim != 0 && bytes.Contains(line[start:end], []byte("://")) {
		end = urlEnd(line, start, end)
	}
	if end < len(line) && (line[end] == '[' || line[end] == '{' || line[end] == '(' || line[end] == '=') && (line[start] == '/' || start > 0 && line[start-1] == '=') {
		if behind := z.compound(start, end); behind > 0 {
			return behind
		}
	}
	if digits == 0 && end-start == 4 && start > 0 && line[start-1] == '(' && end < len(line) && line[end] == ')' && nothing(line[start:end]) {
		z.emit(start, end, kindValue, 0)
		return end
	}
	if digits == 0 && end-start == 3 {
		if n, year := ctime(line[start:]); n > 0 {
			z.dated(start, year)
			z.emit(start, start+n, kindValue, 0)
			return start + n
		}
	}
	if colons == 0 && end-start < 256 && z.whole(start, end, c) {
		return end
	}
	z.atom(start, end, digits, colons)
	return end
}

func longCounts(token []byte) (digits, letters int) {
	for _, b := range token {
		if digit(b) {
			digits++
		} else if letter(b) {
			letters++
		}
	}
	return digits, letters
}

// urlEnd is where a URL ends that goes over delimiters.
func urlEnd(line []byte, start, end int) int {
	for end < len(line) && !space(line[end]) && bytes.IndexByte([]byte(`"'><|`), line[end]) < 0 {
		end++
	}
	for end > start && bytes.IndexByte([]byte(`)]},;`), line[end-1]) >= 0 {
		end--
	}
	return end
}

// afterMethod tells whether the last token is a method of HTTP.
func (z *scanner) afterMethod() bool {
	if len(z.spans) == 0 {
		return false
	}
	last := &z.spans[len(z.spans)-1]
	return methods[string(z.line[last.start:last.end])]
}

// emit adds a token, or makes it part of the value before it: address:port is one value, and so is a number with its unit of bytes.
func (z *scanner) emit(start, end int, k kind, head int) {
	line := z.line
	glue := line[z.glue:start]
	if len(z.spans) == 0 {
		for len(glue) > 0 && space(glue[0]) {
			glue = glue[1:]
			z.glue++
		}
	} else if last := &z.spans[len(z.spans)-1]; last.kind == kindValue && (k == kindValue && head == 0 && joint(glue) ||
		k == kindWord && end-start <= 3 && last.head == 0 && string(glue) == " " && byteUnits[string(line[start:end])] && digit(line[last.end-1])) {
		last.end, z.glue = int32(end), end
		return
	}
	s := span{glue: int32(z.glue), start: int32(start), end: int32(end), kind: k, head: int32(head)}
	if n := len(glue); n > 0 {
		s.assigned = glue[n-1] == '=' || n > 1 && glue[n-1] == ' ' && glue[n-2] == '='
	}
	h := tokenHash{glue: hashGlue(glue)}
	if k == kindValue {
		h.token = wildHash(line[start : start+head])
	} else {
		h.token = hashToken(line, start, end)
	}
	z.hash = mix(z.hash^h.glue, h.token)
	z.hashes = append(z.hashes, h)
	z.spans = append(z.spans, s)
	z.glue = end
}

// joint tells whether two values with that between them are one.
func joint(glue []byte) bool {
	return len(glue) == 0 || len(glue) == 1 && (glue[0] == ':' || glue[0] == '.' || glue[0] == '/' || glue[0] == '#' || glue[0] == '@')
}
