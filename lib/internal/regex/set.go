package regex

import (
	"slices"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Set is a set of characters: ranges in order that do not touch. It is immutable.
type Set struct {
	ranges []rune // low, high, low, high ...
	ascii  [2]uint64
	wide   bool // all characters beyond ASCII are in it
	narrow bool // none is
}

const lastRune = unicode.MaxRune

// newSet makes a set of pairs in any order.
func newSet(pairs []rune) *Set {
	n := len(pairs) / 2
	order := make([][2]rune, n)
	for i := range order {
		order[i] = [2]rune{pairs[2*i], pairs[2*i+1]}
	}
	slices.SortFunc(order, func(a, b [2]rune) int { return int(a[0]) - int(b[0]) })
	s := &Set{}
	for _, r := range order {
		if k := len(s.ranges); k > 0 && r[0] <= s.ranges[k-1]+1 {
			s.ranges[k-1] = max(s.ranges[k-1], r[1])
			continue
		}
		s.ranges = append(s.ranges, r[0], r[1])
	}
	for c := rune(0); c < utf8.RuneSelf; c++ {
		if s.search(c) {
			s.ascii[c>>6] |= 1 << (c & 63)
		}
	}
	if k := len(s.ranges); k == 0 || s.ranges[k-1] < utf8.RuneSelf {
		s.narrow = true
	} else {
		s.wide = s.ranges[k-1] == lastRune && s.ranges[k-2] <= utf8.RuneSelf
	}
	return s
}

func runeSet(c rune) *Set { return newSet([]rune{c, c}) }

// search tells by bisection whether c is in the set.
func (s *Set) search(c rune) bool {
	lo, hi := 0, len(s.ranges)/2
	for lo < hi {
		mid := (lo + hi) / 2
		switch {
		case c < s.ranges[2*mid]:
			hi = mid
		case c > s.ranges[2*mid+1]:
			lo = mid + 1
		default:
			return true
		}
	}
	return false
}

// has tells whether c is in the set.
func (s *Set) has(c rune) bool {
	if c < utf8.RuneSelf {
		return s.ascii[c>>6]>>(c&63)&1 == 1
	}
	if s.wide {
		return true
	}
	return !s.narrow && s.search(c)
}

func (s *Set) negated() *Set {
	var pairs []rune
	next := rune(0)
	for i := 0; i < len(s.ranges); i += 2 {
		if s.ranges[i] > next {
			pairs = append(pairs, next, s.ranges[i]-1)
		}
		next = s.ranges[i+1] + 1
	}
	if next <= lastRune {
		pairs = append(pairs, next, lastRune)
	}
	return newSet(pairs)
}

func (s *Set) with(t *Set) *Set { return newSet(append(slices.Clone(s.ranges), t.ranges...)) }

// both is what is in s and in t.
func (s *Set) both(t *Set) *Set { return s.negated().with(t.negated()).negated() }

// meets tells whether s and t have a character in common.
func (s *Set) meets(t *Set) bool {
	for i, k := 0, 0; i < len(s.ranges) && k < len(t.ranges); {
		switch {
		case s.ranges[i+1] < t.ranges[k]:
			i += 2
		case t.ranges[k+1] < s.ranges[i]:
			k += 2
		default:
			return true
		}
	}
	return false
}

// within tells whether all of s is in t.
func (s *Set) within(t *Set) bool { return !s.meets(t.negated()) }

// one is the only character of the set.
func (s *Set) one() (rune, bool) {
	if len(s.ranges) == 2 && s.ranges[0] == s.ranges[1] {
		return s.ranges[0], true
	}
	return 0, false
}

// folded adds the other cases of all characters.
func (s *Set) folded() *Set {
	pairs := slices.Clone(s.ranges)
	for i := 0; i < len(s.ranges); i += 2 {
		lo, hi := s.ranges[i], s.ranges[i+1]
		if lo <= 'A' && hi >= 0x1e943 { // all that has a case
			continue
		}
		for c := lo; c <= hi; c++ {
			for f := unicode.SimpleFold(c); f != c; f = unicode.SimpleFold(f) {
				pairs = append(pairs, f, f)
			}
		}
	}
	return newSet(pairs)
}

func tableSet(tables ...*unicode.RangeTable) *Set {
	var pairs []rune
	add := func(lo, hi, stride rune) {
		if stride == 1 {
			pairs = append(pairs, lo, hi)
			return
		}
		for c := lo; c <= hi; c += stride {
			pairs = append(pairs, c, c)
		}
	}
	for _, t := range tables {
		for _, r := range t.R16 {
			add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
		for _, r := range t.R32 {
			add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
	}
	return newSet(pairs)
}

var (
	digits  = newSet([]rune("09"))
	words   = newSet([]rune("09AZaz__"))
	spaces  = newSet([]rune{0x9, 0xa, 0xc, 0xd, 0x20, 0x20}) // RE2: without the vertical tab
	hex     = newSet([]rune("09AFaf"))
	anyRune = newSet([]rune{0, lastRune})
	notLine = newSet([]rune{'\n', '\n'}).negated()
	space1  = newSet([]rune{0x9, 0xd, 0x20, 0x20}) // Ruby and POSIX: with it
	breaks  = newSet([]rune{'\n', '\r', 0x85, 0x85, 0x2028, 0x2029})
)

// wideWord and posix are made when a pattern first asks for them: that takes longer than loading all the rest.
var wideWord = sync.OnceValue(func() *Set { return tableSet(unicode.L, unicode.M, unicode.Nd, unicode.Pc) })

// posix are the names between [: and :], in ASCII and in Unicode.
var posix = sync.OnceValue(func() map[string][2]*Set {
	return map[string][2]*Set{
		"alnum":  {newSet([]rune("09AZaz")), tableSet(unicode.L, unicode.M, unicode.Nd)},
		"alpha":  {newSet([]rune("AZaz")), tableSet(unicode.L, unicode.M)},
		"ascii":  {newSet([]rune{0, 0x7f}), newSet([]rune{0, 0x7f})},
		"blank":  {newSet([]rune("\t\t  ")), tableSet(unicode.Zs).with(runeSet('\t'))},
		"cntrl":  {newSet([]rune{0, 0x1f, 0x7f, 0x7f}), tableSet(unicode.Cc)},
		"digit":  {digits, tableSet(unicode.Nd)},
		"graph":  {newSet([]rune("!~")), tableSet(unicode.L, unicode.M, unicode.N, unicode.P, unicode.S)},
		"lower":  {newSet([]rune("az")), tableSet(unicode.Ll)},
		"print":  {newSet([]rune(" ~")), tableSet(unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Zs)},
		"punct":  {newSet([]rune("!/:@[`{~")), tableSet(unicode.P).with(newSet([]rune("$$++<>^^``||~~")))},
		"space":  {space1, tableSet(unicode.White_Space)},
		"upper":  {newSet([]rune("AZ")), tableSet(unicode.Lu)},
		"word":   {words, wideWord()},
		"xdigit": {hex, hex},
	}
})
