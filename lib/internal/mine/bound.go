package mine

import (
	"cmp"
	"slices"
)

// aliases remember what became of ids: joined to another template, or gone. They are bounded: the oldest are forgotten.
type aliases struct {
	to    map[int64]int64 // 0: the template is gone
	order []int64
}

func (a *aliases) set(id, to int64, limit int) {
	if a.to == nil {
		a.to = map[int64]int64{}
	}
	if _, known := a.to[id]; !known {
		a.order = append(a.order, id)
	}
	a.to[id] = to
	if len(a.order) > limit {
		drop := len(a.order) / 2
		for _, id := range a.order[:drop] {
			delete(a.to, id)
		}
		a.order = slices.Clone(a.order[drop:])
	}
}

// Resolve is the id of the template that an id stands for now; false where it never was one or is forgotten.
func (m *Miner) Resolve(id int64) (int64, bool) {
	for range 64 { // aliases of aliases are few
		if i, ok := m.byID[id]; ok {
			return m.patterns[m.find(i)].id, true
		}
		to, ok := m.alias.to[id]
		if !ok || to == 0 {
			return 0, false
		}
		id = to
	}
	return 0, false
}

// tidy forgets dead patterns and, if there are too many, those with the fewest lines; opened ones and those seen last stay longer. All
// indexes are made anew by learning from what is left, in the order in which it was born.
func (m *Miner) tidy() {
	live := m.live()
	if len(live) > m.max/2 {
		slices.SortFunc(live, func(x, y int32) int {
			a, b := &m.patterns[x], &m.patterns[y]
			return cmp.Or(cmp.Compare(min(len(b.opened), 1), min(len(a.opened), 1)), cmp.Compare(b.count, a.count), cmp.Compare(b.seen, a.seen), cmp.Compare(x, y))
		})
		live = live[:m.max/2]
		slices.Sort(live)
	}
	m.keep(live)
}

// live are the patterns that no other covers.
func (m *Miner) live() []int32 {
	live := make([]int32, 0, len(m.patterns))
	for i := range m.patterns {
		if !m.patterns[i].dead {
			live = append(live, int32(i))
		}
	}
	return live
}

// keep makes the miner anew with these patterns only.
func (m *Miner) keep(live []int32) {
	old := *m
	m.reset()
	to := m.adopt(&old, live)
	for i := range old.patterns {
		id := old.patterns[i].id
		if m.taken(id) {
			continue
		}
		target := int64(0)
		if here, ok := to[old.find(int32(i))]; ok {
			target = m.patterns[m.find(here)].id
		}
		m.alias.set(id, target, 4*m.max)
	}
}

// Merge takes over what another miner has learnt, which stays as it is.
func (m *Miner) Merge(o *Miner) {
	to := m.adopt(o, o.live())
	m.lines += o.lines
	for i := range o.patterns {
		if here, ok := to[o.find(int32(i))]; ok && !m.taken(o.patterns[i].id) {
			m.alias.set(o.patterns[i].id, m.patterns[m.find(here)].id, 4*m.max)
		}
	}
	for _, id := range o.alias.order {
		if !m.taken(id) {
			m.alias.set(id, o.alias.to[id], 4*m.max)
		}
	}
	if len(m.patterns) >= 2*m.max {
		m.tidy()
	}
}

// adopt learns the patterns live of o and gives for each template there a pattern here. What was joined there is joined here.
func (m *Miner) adopt(o *Miner, live []int32) map[int32]int32 {
	to := map[int32]int32{} // root there -> pattern here
	for _, x := range live {
		root := o.find(x)
		if other, ok := to[root]; ok {
			m.union(other, m.adoptOne(&o.patterns[x], o.patterns[x].id))
		} else { // the first of its template keeps the template's id
			to[root] = m.adoptOne(&o.patterns[x], o.patterns[root].id)
		}
	}
	for i := range o.shorter {
		if here, ok := to[o.find(i)]; ok {
			m.shorter[m.find(here)] = true
		}
	}
	for i, text := range o.rendered {
		if here, ok := to[o.find(i)]; ok {
			m.rendered[m.find(here)] = text
		}
	}
	return to
}

// adoptOne learns a pattern of another miner, with this id if it is free.
func (m *Miner) adoptOne(p *pattern, id int64) int32 {
	h := p.fold(nil)
	i, ok := m.exact[h]
	switch {
	case ok && !m.patterns[i].dead:
		if len(p.opened) > len(m.patterns[i].opened) {
			m.patterns[i].opened = p.opened
			m.addMask(len(p.tokens), p.opened)
			m.absorb(i)
		}
	default:
		m.addMask(len(p.tokens), p.opened)
		copied := pattern{tokens: slices.Clone(p.tokens), tail: p.tail, tailHash: p.tailHash, shape: p.shape, opened: p.opened, words: p.words, seen: p.seen}
		if !m.taken(id) {
			copied.id = id
		}
		if i = m.place(copied, h); len(p.opened) > 0 {
			m.absorb(i)
		}
	}
	m.patterns[i].count += p.count
	m.patterns[i].seen = max(m.patterns[i].seen, p.seen)
	return i
}

// Clone is a miner with the same templates that shares nothing with m.
func (m *Miner) Clone() *Miner {
	c := New(Options{Max: m.max})
	c.Merge(m)
	return c
}
