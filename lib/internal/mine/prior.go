package mine

import "strings"

// weights are how likely a token of a kind is a value, in hundredths, before its neighbours are looked at.
var weights = [kinds]uint8{kindValue: 100, kindSoft: 100, kindDigits: 50, kindQuoted: 50, kindName: 60, kindWord: 35}

const (
	uncommon     = 70 // a word outside the vocabulary
	headed       = 35 // a value with a constant head: the head may be one of several words
	behindColon  = 95 // glued behind name:
	slotBonus    = 15 // behind a word or a mark that introduces values
	closingBonus = 15 // behind "name: ", closed by a comma or the end
)

// setPriors gives every token its chance of being a value.
func (p *pattern) setPriors() {
	for i := range p.tokens {
		p.tokens[i].prior, p.tokens[i].opened = p.priorOf(i)
	}
}

func (p *pattern) priorOf(i int) (prior uint8, opened bool) {
	t := &p.tokens[i]
	if t.wild {
		if t.head > 0 {
			return headed, false
		}
		return 100, false
	}
	before := p.wordBefore(i)
	v, isWord := t.weight()
	boolean := booleans[t.text]
	switch {
	case t.assigned && !boolean:
		v = 100
	case i > 0 && t.glue == ":" && !boolean && !p.tokens[i-1].wild:
		v = max(v, behindColon)
	case strongSlots[before] && !boolean && (!isWord || v > weights[kindWord] || !stateWords[strings.ToLower(t.text)]):
		v = 100
	case weakSlots[before] || t.glue != "" && strings.ContainsAny(t.glue, `=:"'[({|`):
		v = p.slot(i, v)
	}
	if t.text == "null" {
		v = 100
	}
	if i == 0 && t.glue == "" {
		v = v * 2 / 5
	}
	v = min(v, 100)
	return uint8(v), t.kind == kindWord && isGiven(t.text, before, v)
}

// wordBefore is the constant in front of token i with one blank between, in small letters; else "".
func (p *pattern) wordBefore(i int) string {
	if i == 0 || p.tokens[i].glue != " " || p.tokens[i-1].wild {
		return ""
	}
	return strings.ToLower(p.tokens[i-1].text)
}

// weight is what the token alone tells.
func (t *token) weight() (v uint8, isWord bool) {
	switch t.kind {
	case kindWord, kindQuoted:
		if !common(t.text) && !knownWords[t.text] && !sourceFile(t.text) {
			return uncommon, true
		}
		return weights[t.kind], true
	case kindName:
		if commonParts(t.text) {
			return weights[kindWord], true
		}
		return weights[kindName], true
	}
	return weights[t.kind], false
}

// slot adds what a place where values often stand is worth.
func (p *pattern) slot(i int, v uint8) uint8 {
	v += slotBonus
	if p.tokens[i].glue == ": " {
		if next := p.glueBehind(i); next == "" || next[0] == ',' || next[0] == ';' || next == "." {
			v += closingBonus
		}
	}
	return v
}

// isGiven tells whether a word is a name by what stands before it: user anna, for root.
func isGiven(text, before string, v uint8) bool {
	switch {
	case nameSlots[before]:
		return v >= 100 && !stateWords[strings.ToLower(text)] && (!common(text) || accounts[text])
	case givenSlots[before]:
		return accounts[text]
	}
	return false
}
