// Package mine finds the templates that lines were made from: "user <*> logged in from <*>". It reads lines one by one, in one pass and
// in bounded memory, and gives each line the id of its template at once.
//
//	recall or scan -> hash of the skeleton -> cache -> lookup among the patterns -> (rarely) learning
//
// A line is split into tokens; numbers, addresses, paths and what else is a value by its form are blanked (scan.go, atom.go, classify.go,
// compound.go). The hash of what is left is nearly always that of a pattern known already: no text is made then, and nothing allocated.
// Only a skeleton that no pattern covers is learnt from (learn.go): it becomes a pattern, and where several patterns differ at places
// that are likely values (prior.go), a more general one takes their place. Patterns of different shape that are one template all the
// same, an optional value or a list of another length, are joined (join.go).
//
// Nothing depends on time, randomness or the order of a map: the same lines give the same ids. The order of lines, and how they are dealt
// to several miners that are merged, matters for rare templates only.
package mine

import "slices"

// Limits of a miner: what one input can cost.
const (
	defaultMax = 16384 // templates
	cacheBits  = 14
	largestMax = 1 << 28 // patterns have numbers of 32 bits
	maxMasks   = 512     // sets of opened positions for one number of tokens
	maxShape   = 1024    // patterns of one shape that learning compares
)

// Options bound a miner. Zero values mean the defaults.
type Options struct {
	// Max is how many patterns are kept: 16,384. When there are more, half of them go, those with the fewest lines first.
	Max int
}

// Miner finds templates. It is for one goroutine at a time.
type Miner struct {
	max      int
	scanner  scanner
	cache    *[1 << cacheBits]cached
	recall   *[1 << recallBits]recalled
	patterns []pattern
	parent   []int32          // of a union-find forest over patterns: the roots are the templates
	exact    map[uint64]int32 // hash of a pattern -> where it is
	masks    map[int][][]int  // number of tokens -> sets of opened positions
	shapes   map[uint64][]int32
	single   buckets // patterns with one position blanked
	ladder   map[uint64][]int32
	optional map[string][]int32 // join.go
	coarse   map[string][]int32
	shorter  map[int32]bool   // templates whose lists are collapsed
	rendered map[int32]string // templates with a text that is no pattern's
	byID     map[int64]int32
	alias    aliases
	lines    int64
}

type cached struct {
	hash    uint64
	pattern int32
}

// New makes a miner.
func New(o Options) *Miner {
	m := &Miner{max: min(o.Max, largestMax), cache: new([1 << cacheBits]cached), recall: new([1 << recallBits]recalled)}
	if m.max <= 0 {
		m.max = defaultMax
	}
	m.reset()
	return m
}

// reset forgets all patterns, but not the aliases of their ids.
func (m *Miner) reset() {
	*m.cache = [1 << cacheBits]cached{}
	for i := range m.cache {
		m.cache[i].pattern = -1
	}
	m.patterns, m.parent = nil, nil
	m.exact, m.masks, m.shapes, m.ladder = map[uint64]int32{}, map[int][][]int{}, map[uint64][]int32{}, map[uint64][]int32{}
	m.single = buckets{at: map[uint64]int32{}}
	m.optional, m.coarse = map[string][]int32{}, map[string][]int32{}
	m.shorter, m.rendered, m.byID = map[int32]bool{}, map[int32]string{}, map[int64]int32{}
}

// Add gives the id of the line's template, and learns from the line. Ids are positive; the id of a template may become that of another
// one, more general or older: Resolve follows.
func (m *Miner) Add(line []byte) int64 {
	z := &m.scanner
	blanked, digits := blankedHash(line)
	r := &m.recall[blanked>>(64-recallBits)]
	h, scanned := r.skeleton, !r.fits(line, blanked)
	if scanned {
		z.scan(line)
		h = z.skeleton()
		z.recall(r, blanked, h, digits)
	}
	m.lines++
	c := &m.cache[h>>(64-cacheBits)]
	if c.hash != h || c.pattern < 0 || m.patterns[c.pattern].dead {
		if !scanned {
			z.scan(line)
		}
		p := m.lookup()
		if p < 0 {
			p = m.learn(newPattern(z), h)
		}
		m.patterns[p].seen = m.lines
		*c = cached{h, p}
	}
	m.patterns[c.pattern].count++
	id := m.patterns[m.find(c.pattern)].id
	if len(m.patterns) >= 2*m.max {
		m.tidy()
	}
	return id
}

// lookup is the pattern of the line that was scanned last, -1 where none covers it. It allocates nothing.
func (m *Miner) lookup() int32 {
	z := &m.scanner
	if p, ok := m.exact[z.skeleton()]; ok {
		return m.alive(p)
	}
	for _, positions := range m.masks[len(z.hashes)] {
		h, k := uint64(0), 0
		for i, t := range z.hashes {
			if k < len(positions) && positions[k] == i {
				k++
				t.token = wild
			}
			h = mix(h^t.glue, t.token)
		}
		if p, ok := m.general(mix(h+uint64(len(z.hashes))*prime2, z.tail)); ok {
			return m.alive(p)
		}
	}
	return -1
}

// alive is p, or the pattern that covers it now.
func (m *Miner) alive(p int32) int32 {
	for m.patterns[p].dead {
		p = m.patterns[p].cover
	}
	return p
}

// general is the opened pattern of this hash.
func (m *Miner) general(h uint64) (int32, bool) {
	p, ok := m.exact[h]
	return p, ok && len(m.patterns[p].opened) > 0
}

// addMask makes lookup try these positions for lines with n tokens.
func (m *Miner) addMask(n int, positions []int) {
	masks := m.masks[n]
	if len(positions) == 0 || len(masks) >= maxMasks || slices.ContainsFunc(masks, func(o []int) bool { return slices.Equal(o, positions) }) {
		return
	}
	m.masks[n] = append(masks, slices.Clone(positions))
}

// append adds a pattern with an id of its own.
func (m *Miner) append(p pattern, h uint64) int32 {
	i := int32(len(m.patterns))
	if p.id == 0 {
		p.id = idOf(h)
		for m.taken(p.id) {
			h = mix(h, prime1)
			p.id = idOf(h)
		}
	}
	m.patterns = append(m.patterns, p)
	m.parent = append(m.parent, i)
	m.byID[p.id] = i
	shape := append(m.shapes[p.shape], i)
	if len(shape) > maxShape {
		shape = shape[len(shape)-maxShape/2:]
	}
	m.shapes[p.shape] = shape
	return i
}

// idOf makes an id of a hash: positive, of 53 bits so that JavaScript and JSON keep it, and the same in every miner that sees the line first.
func idOf(h uint64) int64 { return int64(h>>11 | 1) }

func (m *Miner) taken(id int64) bool {
	_, ok := m.byID[id]
	return ok
}

// find is the root of a pattern's template.
func (m *Miner) find(i int32) int32 {
	for m.parent[i] != i {
		m.parent[i] = m.parent[m.parent[i]]
		i = m.parent[i]
	}
	return i
}

// union joins two templates. The one that was there first stays.
func (m *Miner) union(a, b int32) int32 {
	a, b = m.find(a), m.find(b)
	if b < a {
		a, b = b, a
	}
	m.parent[b] = a
	return a
}
