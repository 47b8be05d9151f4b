package mine

import (
	"slices"
	"strings"
)

// Wildcard stands for a value in the text of a template.
const Wildcard = "<*>"

// token is one token of a pattern.
type token struct {
	glue, text          string
	glueHash, tokenHash uint64
	head                int32 // of a wildcard: bytes of text that are constant
	kind                kind
	assigned            bool
	wild                bool
	opened              bool  // a value by sight: a name behind "user"
	prior               uint8 // how likely it is a value, in hundredths
}

// free tells whether the token is a value from its first byte.
func (t *token) free() bool { return t.wild && t.head == 0 }

// same tells whether two tokens at one place of a shape agree.
func (t *token) same(o *token) bool { return t.wild == o.wild && t.tokenHash == o.tokenHash }

// wordy tells whether the token is a constant with at least two letters.
func (t *token) wordy() bool {
	if t.wild {
		return false
	}
	n := 0
	for i := range len(t.text) {
		if letter(t.text[i]) {
			if n++; n == 2 {
				return true
			}
		}
	}
	return false
}

func (t *token) open() {
	t.wild, t.head, t.tokenHash, t.prior = true, 0, wild, 100
}

// pattern is a line with its values blanked. Those that more general ones cover are dead, but stay until the miner is tidied.
type pattern struct {
	tokens   []token
	tail     string
	tailHash uint64
	shape    uint64 // hash of count and glue: patterns of one shape can be compared token by token
	id       int64
	opened   []int // the positions that learning has opened, in order
	words    int   // wordy constants
	count    int64 // lines
	seen     int64 // the number of the line that was seen last and missed the cache
	dead     bool
	cover    int32 // of a dead pattern: the one that covers it, which may be dead too
}

// newPattern makes a pattern of the line that was scanned last.
func newPattern(z *scanner) pattern {
	p := pattern{tailHash: z.tail, tail: squeeze(z.line[z.glue:]), tokens: make([]token, len(z.spans))}
	for i, s := range z.spans {
		p.tokens[i] = token{glue: squeeze(z.line[s.glue:s.start]), text: string(z.line[s.start:s.end]), glueHash: z.hashes[i].glue,
			tokenHash: z.hashes[i].token, head: s.head, kind: s.kind, assigned: s.assigned, wild: s.kind == kindValue}
	}
	return p
}

// squeeze is glue with each run of blanks made one blank.
func squeeze(glue []byte) string {
	if len(glue) == 1 && !space(glue[0]) || len(glue) == 0 {
		return string(glue)
	}
	out := make([]byte, 0, len(glue))
	for i, c := range glue {
		switch {
		case !space(c):
			out = append(out, c)
		case i == 0 || !space(glue[i-1]):
			out = append(out, ' ')
		}
	}
	return string(out)
}

// fold is the hash of the pattern, its tokens at the positions that blank names taken for values.
func (p *pattern) fold(blank func(i int) bool) uint64 {
	h := uint64(0)
	for i := range p.tokens {
		t := &p.tokens[i]
		word := t.tokenHash
		if t.free() || blank != nil && blank(i) {
			word = wild
		}
		h = mix(h^t.glueHash, word)
	}
	return mix(h+uint64(len(p.tokens))*prime2, p.tailHash)
}

// foldAt is fold with sorted positions.
func (p *pattern) foldAt(positions []int) uint64 {
	return p.fold(func(i int) bool { _, found := slices.BinarySearch(positions, i); return found })
}

func (p *pattern) foldShape() uint64 {
	h := uint64(len(p.tokens)) + 991
	for i := range p.tokens {
		h = mix(h, p.tokens[i].glueHash)
	}
	return mix(h, p.tailHash)
}

func (p *pattern) countWords() {
	p.words = 0
	for i := range p.tokens {
		if p.tokens[i].wordy() {
			p.words++
		}
	}
}

// glueBehind is the glue that follows token i.
func (p *pattern) glueBehind(i int) string {
	if i+1 < len(p.tokens) {
		return p.tokens[i+1].glue
	}
	return p.tail
}

// covers tells whether every line of o is one of p, which has o's shape.
func (p *pattern) covers(o *pattern) bool {
	for i := range p.tokens {
		if t := &p.tokens[i]; !t.free() && !t.same(&o.tokens[i]) {
			return false
		}
	}
	return true
}

// text is the template: the line with <*> for its values.
func (p *pattern) text() string {
	var b strings.Builder
	for i := range p.tokens {
		t := &p.tokens[i]
		b.WriteString(t.glue)
		if t.wild {
			b.WriteString(t.text[:t.head])
			b.WriteString(Wildcard)
		} else {
			b.WriteString(t.text)
		}
	}
	b.WriteString(p.tail)
	return strings.TrimSpace(b.String())
}

func (p *pattern) wildcards() int {
	n := 0
	for i := range p.tokens {
		if p.tokens[i].wild {
			n++
		}
	}
	return n
}

// insert gives the sorted list with x in it; the list itself stays as it is.
func insert(list []int, x int) []int {
	i, found := slices.BinarySearch(list, x)
	if found {
		return list
	}
	return slices.Insert(slices.Clone(list), i, x)
}
