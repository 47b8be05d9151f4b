package mine

import (
	"slices"
	"strings"
)

// Patterns of different shape may be one template all the same. They are not merged but joined: their lines get one id.

// joinLimit is how many patterns of one key a new one is compared with, the newest: older ones are joined to these already. Of a line with
// fourteen values that may be empty there are as many patterns as a miner has room for, all with one key.
const joinLimit = 32

// rivals are the patterns of a key that i is compared with.
func (m *Miner) rivals(list []int32) []int32 {
	return slices.DeleteFunc(list, func(x int32) bool { return m.patterns[x].dead })
}

// among is the list with i in it, the newest at the end and no more than are compared.
func among(list []int32, i int32) []int32 {
	if slices.Contains(list, i) {
		return list
	}
	list = append(list, i)
	return list[max(0, len(list)-joinLimit):]
}

// joinOptional joins i with patterns that differ from it by an empty value in brackets, quotes or behind a =, or by the length of a list.
func (m *Miner) joinOptional(i int32) {
	key, optional, run := m.patterns[i].optionalKey()
	if !optional && run < 2 && !strings.ContainsAny(key, `=(["`) && !strings.Contains(key, Wildcard) {
		return
	}
	rivals, a := m.rivals(m.optional[key]), m.patterns[i].text()
	for _, x := range rivals {
		if x == i {
			continue
		}
		_, _, other := m.patterns[x].optionalKey()
		b := m.patterns[x].text()
		long := max(run, other) >= 3
		switch {
		case a == b:
			m.union(i, x)
		case collapse(a) == collapse(b): // the same apart from the length of lists
			if long || commaList(a) || commaList(b) {
				m.shorter[m.union(i, x)] = true
			}
		default:
			if root := m.union(i, x); long && run != other {
				m.shorter[root] = true
			}
		}
	}
	m.optional[key] = among(rivals, i)
}

func commaList(text string) bool {
	return strings.Contains(text, "<*>,<*>") || strings.Contains(text, "<*>, <*>")
}

// collapse shortens runs of wildcards between blanks or commas to one.
func collapse(text string) string {
	for {
		shorter := text
		for _, pair := range []string{"<*>, <*>", "<*>,<*>", "<*> <*>"} {
			shorter = strings.ReplaceAll(shorter, pair, Wildcard)
		}
		if shorter == text {
			return text
		}
		text = shorter
	}
}

// item is a token as optionalKey sees it.
type item struct {
	glue, text string
	wild       bool
}

// items lists the tokens, values in brackets or behind a = left out.
func (p *pattern) items() (list []item, optional bool) {
	carry := ""
	for i := range p.tokens {
		t := &p.tokens[i]
		glue := carry + t.glue
		carry = ""
		switch {
		case t.free() && mayBeEmpty(glue, p.glueBehind(i)):
			optional, carry = true, glue
		case t.free():
			list = append(list, item{glue, Wildcard, true})
		case t.wild:
			list = append(list, item{glue, t.text[:t.head] + Wildcard, false})
		default:
			list = append(list, item{glue, t.text, false})
		}
	}
	return append(list, item{carry + p.tail, "", false}), optional
}

// mayBeEmpty tells whether a value with these neighbours is one that may be left empty: (x) and (), k=v and k=.
func mayBeEmpty(glue, next string) bool {
	switch lastByte(glue) {
	case '(':
		return strings.HasPrefix(next, ")") && (len(glue) == 1 || glue[len(glue)-2] == ' ')
	case '[':
		return strings.HasPrefix(next, "]")
	case '"':
		return strings.HasPrefix(next, `"`)
	case '=':
		return next == "" || strings.IndexByte(" ,;)}]", next[0]) >= 0
	}
	return false
}

func lastByte(text string) byte {
	if text == "" {
		return 0
	}
	return text[len(text)-1]
}

// optionalKey is the pattern's text with optional values left out and with lists and repeated groups shortened to one of their kind; run
// is how long the longest of them was.
func (p *pattern) optionalKey() (key string, optional bool, run int) {
	const longestGroup = 8
	list, optional := p.items()
	var b strings.Builder
	for i := 0; i < len(list); {
		size, times := 0, 1
		for n := 1; n <= longestGroup && i+2*n <= len(list); n++ {
			if n == 1 && !list[i].wild {
				continue
			}
			if r := repeats(list, i, n); r > 1 && (size == 0 || r*n > times*size) {
				size, times = n, r
			}
		}
		if size == 0 {
			b.WriteString(list[i].glue)
			b.WriteString(list[i].text)
			if list[i].wild && run == 0 {
				run = 1
			}
			i++
			continue
		}
		writeGroup(&b, list[i:i+size*times], size)
		if size > 1 {
			run = max(run, 3)
		}
		run = max(run, times)
		i += size * times
	}
	return strings.TrimSpace(b.String()), optional, run
}

// writeGroup writes the first size items of a repetition, what differs in the others as a wildcard.
func writeGroup(b *strings.Builder, list []item, size int) {
	for k := range size {
		b.WriteString(list[k].glue)
		text := list[k].text
		for j := k + size; j < len(list); j += size {
			if list[j].text != list[k].text {
				text = Wildcard
			}
		}
		b.WriteString(text)
	}
}

// repeats is how often the n items at i stand there one after the other.
func repeats(list []item, i, n int) int {
	times := 1
	for j := i + n; j+n <= len(list); j += n {
		for k := range n {
			a, b := &list[i+k], &list[j+k]
			if k == 0 && !joinsGroups(list, a, b, i, j, n) || k > 0 && a.glue != b.glue {
				return times
			}
			if a.wild && b.wild || !a.wild && !b.wild && a.text == b.text {
				continue
			}
			if n > 1 && !a.wild && !b.wild && strings.IndexByte("[(={>", lastByte(b.glue)) >= 0 && b.glue != "" {
				continue
			}
			return times
		}
		times++
	}
	return times
}

// joinsGroups tells whether the glue in front of the group at j is one that groups are repeated with; a and b are the groups' first items.
func joinsGroups(list []item, a, b *item, i, j, n int) bool {
	if n == 1 && b.glue != " " && b.glue != "," && b.glue != ", " || j > i+n && b.glue != list[i+n].glue {
		return false
	}
	if n > 1 {
		return lastByte(a.glue) == lastByte(b.glue) && (strings.ContainsAny(b.glue, ",;|]})") || a.text == b.text && !a.wild)
	}
	return true
}

// joinCoarse joins i with patterns that agree word by word, where of a word with a value in it only the beginning counts: the same value
// may be split into different tokens.
func (m *Miner) joinCoarse(i int32) {
	key, words := m.patterns[i].coarseKey()
	if words < 2 || !strings.Contains(key, Wildcard) {
		return
	}
	rivals := m.rivals(m.coarse[key])
	for _, x := range rivals {
		if x == i || m.patterns[x].shape == m.patterns[i].shape || m.find(x) == m.find(i) {
			continue
		}
		m.rendered[m.union(i, x)] = key
	}
	m.coarse[key] = among(rivals, i)
}

// coarseKey is the pattern's text with each word cut off where a value begins in it, and how many constant words there are.
func (p *pattern) coarseKey() (key string, words int) {
	const surely = 90
	var b strings.Builder
	for i := 0; i < len(p.tokens); {
		end := i + 1
		for end < len(p.tokens) && !strings.ContainsAny(p.tokens[end].glue, " ,;|") {
			end++
		}
		value := -1
		for k := i; k < end; k++ {
			if t := &p.tokens[k]; t.wild || t.prior >= surely {
				value = k
				break
			}
		}
		if value >= 0 {
			for k := i + 1; k <= value; k++ {
				if strings.HasSuffix(p.tokens[k].glue, "=") {
					value = k
				}
			}
		}
		for k := i; k < end && k != value; k++ {
			b.WriteString(p.tokens[k].glue)
			b.WriteString(p.tokens[k].text)
			if value < 0 && p.tokens[k].wordy() {
				words++
			}
		}
		if value >= 0 {
			t := &p.tokens[value]
			b.WriteString(t.glue)
			b.WriteString(t.text[:t.head])
			b.WriteString(Wildcard)
		}
		i = end
	}
	b.WriteString(p.tail)
	return strings.TrimSpace(b.String()), words
}
