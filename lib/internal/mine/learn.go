package mine

import "slices"

const (
	need      = 200 // evidence that opens a position, in hundredths: two values that are surely some
	valueSeen = 50  // less, where one of them was a value by its form
	pairLimit = 64  // patterns of a shape that a new one is compared with, the newest
	pairPrior = 70  // mean prior of the tokens in which such a pair differs
)

// ladder says how many patterns must agree in all but their likely values to become one: the less likely, the more.
var ladder = [...]struct {
	prior   uint8
	members int
}{{90, 2}, {69, 4}, {50, 16}, {34, 64}}

// learn finds or makes the pattern for a line that none covers; h is its hash.
func (m *Miner) learn(p pattern, h uint64) int32 {
	p.setPriors()
	p.shape = p.foldShape()
	opened := []int(nil)
	for i := range p.tokens {
		if p.tokens[i].opened {
			opened = append(opened, i)
		}
	}
	if len(opened) > 0 {
		for _, i := range opened {
			p.tokens[i].open()
		}
		p.opened, h = opened, p.fold(nil)
		m.addMask(len(p.tokens), opened)
		if g, ok := m.exact[h]; ok && !m.patterns[g].dead {
			if len(m.patterns[g].opened) == 0 {
				m.patterns[g].opened = opened
			}
			return g
		}
	}
	p.countWords()
	return m.place(p, h)
}

// place adds a pattern that is not there, unless a more general one covers it.
func (m *Miner) place(p pattern, h uint64) int32 {
	for _, positions := range m.masks[len(p.tokens)] {
		if g, ok := m.general(p.foldAt(positions)); ok {
			return g
		}
	}
	i := m.append(p, h)
	m.exact[h] = i
	return m.settle(i)
}

// settle generalises while there is evidence for it, and gives the pattern that covers i at the end.
func (m *Miner) settle(i int32) int32 {
	for {
		g := m.climb(i)
		for k := 0; g < 0 && k < len(m.patterns[i].tokens); k++ {
			if !slices.Contains(m.patterns[i].opened, k) {
				g = m.tryOpen(i, k)
			}
		}
		if g < 0 {
			g = m.pair(i)
		}
		if g < 0 || g == i {
			m.joinOptional(i)
			m.joinCoarse(i)
			return i
		}
		i = g
	}
}

// climb merges patterns that differ in likely values only. It gives the pattern that covers them, -1 for none.
func (m *Miner) climb(i int32) int32 {
	for rung := range ladder {
		if g := m.climbTo(i, rung); g >= 0 {
			return g
		}
	}
	return -1
}

func (m *Miner) climbTo(i int32, rung int) int32 {
	p, prior := &m.patterns[i], ladder[rung].prior
	likely := func(k int) bool { t := &p.tokens[k]; return t.free() || t.prior >= prior }
	soft, words := 0, 0
	for k := range p.tokens {
		t := &p.tokens[k]
		if !likely(k) {
			if t.wordy() {
				words++
			}
		} else if !t.wild {
			soft++
		}
	}
	if words < 1 || soft == 0 && len(p.opened) == 0 && rung > 0 {
		return -1
	}
	key := mix(p.fold(likely), 0x50F7+uint64(rung))
	members := slices.DeleteFunc(m.ladder[key], func(x int32) bool { return m.patterns[x].dead })
	if !slices.Contains(members, i) {
		if len(members) >= ladder[len(ladder)-1].members {
			members = members[1:]
		}
		members = append(members, i)
	}
	m.ladder[key] = members
	if len(members) < ladder[rung].members {
		return -1
	}
	var positions []int
	for _, x := range members {
		positions = m.differences(positions, i, x)
	}
	if len(positions) == len(p.opened) && len(members) == 1 {
		return -1
	}
	return m.generalise(i, positions, slices.Clone(members))
}

// differences adds to positions where x is opened or differs from i.
func (m *Miner) differences(positions []int, i, x int32) []int {
	p, o := &m.patterns[i], &m.patterns[x]
	for _, k := range o.opened {
		positions = insert(positions, k)
	}
	for k := range p.tokens {
		if !p.tokens[k].same(&o.tokens[k]) {
			positions = insert(positions, k)
		}
	}
	return positions
}

// tryOpen looks for patterns that differ from i at position k only. A value that stands in the line twice may be one.
func (m *Miner) tryOpen(i int32, k int) int32 {
	p := &m.patterns[i]
	t := &p.tokens[k]
	if !t.wild && t.prior >= 50 {
		if twins := p.twins(k); twins != nil {
			if g := m.openAt(i, k, twins); g >= 0 {
				return g
			}
		}
	}
	return m.openAt(i, k, nil)
}

// twins are the positions behind k where the same token stands; nil where one stands before k.
func (p *pattern) twins(k int) (list []int) {
	for j := range p.tokens {
		if j == k || p.tokens[j].wild || p.tokens[j].tokenHash != p.tokens[k].tokenHash {
			continue
		}
		if j < k {
			return nil
		}
		list = append(list, j)
	}
	return list
}

// openAt opens position k, and those of twins with it, where enough different values have stood there.
func (m *Miner) openAt(i int32, k int, twins []int) int32 {
	p := &m.patterns[i]
	t := &p.tokens[k]
	key := p.fold(func(j int) bool { return j == k || slices.Contains(twins, j) })
	value := t.tokenHash
	if t.free() {
		value = wild
	}
	first := m.single.add(mix(key, uint64(k)+77+uint64(len(twins))<<20), value, t.prior, i)
	words := p.words
	if t.wordy() {
		words--
	}
	if words < 1 {
		return -1
	}
	sum, wanted, live := 0, need, 0
	for e := first; e >= 0; e = m.single.entries[e].next {
		entry := &m.single.entries[e]
		if m.patterns[entry.pattern].dead {
			continue
		}
		live++
		sum += int(entry.prior)
		if entry.value == wild {
			wanted -= valueSeen
		}
	}
	if words == 1 {
		wanted += wanted / 2
	}
	if live < 2 || sum < wanted {
		return -1
	}
	positions := insert(p.opened, k)
	for _, j := range twins {
		positions = insert(positions, j)
	}
	return m.generalise(i, positions, m.single.live(first, m.patterns))
}

// pair merges i with the pattern of its shape that is most like it, where most constants agree and the rest are likely values.
func (m *Miner) pair(i int32) int32 {
	p, list := &m.patterns[i], m.shapes[m.patterns[i].shape]
	best, bestSum, bestCount := int32(-1), 0, 1
	for _, x := range list[max(0, len(list)-pairLimit):] {
		if o := &m.patterns[x]; x != i && !o.dead {
			if sum, n := p.likeness(o); n > 0 && sum >= pairPrior*n && sum*bestCount > bestSum*n {
				best, bestSum, bestCount = x, sum, n
			}
		}
	}
	if best < 0 {
		return -1
	}
	return m.generalise(i, m.differences(slices.Clone(p.opened), i, best), []int32{best})
}

// likeness is in how many tokens two patterns of a shape differ, and the sum of the lower priors there; 0 where they are too unlike.
func (p *pattern) likeness(o *pattern) (sum, different int) {
	words := 0
	for k := range p.tokens {
		a, b := &p.tokens[k], &o.tokens[k]
		switch {
		case a.free() && b.free():
		case a.same(b):
			if a.wordy() {
				words++
			}
		case k == 0:
			return 0, 0
		default:
			different++
			sum += int(min(a.prior, b.prior))
		}
	}
	if words < different || words < 2 {
		return 0, 0
	}
	return sum, different
}

// generalise finds or makes the pattern of i with these positions opened. It takes the place of the members, of i and of what else it covers.
func (m *Miner) generalise(i int32, positions []int, members []int32) int32 {
	key := m.patterns[i].foldAt(positions)
	g, ok := m.exact[key]
	if !ok || m.patterns[g].dead {
		p := m.patterns[i]
		p = pattern{tokens: slices.Clone(p.tokens), tail: p.tail, tailHash: p.tailHash, shape: p.shape, opened: positions, seen: m.lines}
		for _, k := range positions {
			p.tokens[k].open()
		}
		p.countWords()
		g = m.append(p, key)
		m.exact[key] = g
	} else if len(m.patterns[g].opened) < len(positions) {
		m.patterns[g].opened = positions // values by their form become opened ones
	}
	m.addMask(len(m.patterns[g].tokens), m.patterns[g].opened)
	for _, x := range members {
		if x != g {
			m.bury(x, g)
		}
	}
	if i != g {
		m.bury(i, g)
	}
	m.absorb(g)
	return g
}

// bury makes pattern x a part of g.
func (m *Miner) bury(x, g int32) {
	if !m.patterns[x].dead {
		m.patterns[x].dead, m.patterns[x].cover = true, g
		m.patterns[g].count += m.patterns[x].count
	}
	m.union(x, g)
}

// absorb buries every pattern that g covers.
func (m *Miner) absorb(g int32) {
	p := &m.patterns[g]
	m.shapes[p.shape] = slices.DeleteFunc(m.shapes[p.shape], func(x int32) bool {
		if x == g {
			return false
		}
		if o := &m.patterns[x]; !o.dead {
			if !p.covers(o) {
				return false
			}
			m.bury(x, g)
		}
		return true
	})
}
