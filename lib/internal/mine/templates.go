package mine

import (
	"cmp"
	"slices"
)

// Template is what many lines have in common.
type Template struct {
	ID    int64
	Text  string // with <*> for values
	Count int64  // lines
}

// Templates lists the templates, those with the most lines first.
func (m *Miner) Templates() []Template {
	texts := m.texts()
	counts := map[int32]int64{}
	for i := range m.patterns {
		if p := &m.patterns[i]; !p.dead {
			counts[m.find(int32(i))] += p.count
		}
	}
	list := make([]Template, 0, len(counts))
	for root, n := range counts {
		list = append(list, Template{m.patterns[root].id, texts[root], n})
	}
	slices.SortFunc(list, func(a, b Template) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Text, b.Text), cmp.Compare(a.ID, b.ID))
	})
	return list
}

// texts renders every template, by its root: as its most general pattern, unless a join has said more.
func (m *Miner) texts() map[int32]string {
	shorter, rendered := m.joined()
	best := map[int32]int32{}
	for i := range m.patterns {
		root := m.find(int32(i))
		if other, ok := best[root]; !ok || m.moreGeneral(int32(i), other) {
			best[root] = int32(i)
		}
	}
	texts := make(map[int32]string, len(best))
	for root, i := range best {
		text, ok := rendered[root]
		if !ok {
			if text = m.patterns[i].text(); shorter[root] {
				text = collapse(text)
			}
		}
		texts[root] = text
	}
	return texts
}

// joined is what joins have said of templates, by their roots: that lists are collapsed, and another text. Of several texts it is the one
// that sorts first.
func (m *Miner) joined() (shorter map[int32]bool, rendered map[int32]string) {
	shorter, rendered = map[int32]bool{}, map[int32]string{}
	for i := range m.shorter {
		shorter[m.find(i)] = true
	}
	for i, text := range m.rendered {
		if other, ok := rendered[m.find(i)]; !ok || text < other {
			rendered[m.find(i)] = text
		}
	}
	return shorter, rendered
}

func (m *Miner) moreGeneral(i, other int32) bool {
	a, b := &m.patterns[i], &m.patterns[other]
	if a.dead != b.dead {
		return b.dead
	}
	return a.wildcards() > b.wildcards()
}

// Match is the template of a line, without learning from it; false where none covers it.
func (m *Miner) Match(line []byte) (id int64, ok bool) {
	m.scanner.scan(line)
	p := m.lookup()
	if p < 0 {
		return 0, false
	}
	return m.patterns[m.find(p)].id, true
}

// Parameters appends the values of a line at the wildcards of the pattern that covers it, and that pattern's text; nothing where none does.
// The pattern may be one of several that were joined to a template. The values are parts of the line.
func (m *Miner) Parameters(values [][]byte, line []byte) (_ [][]byte, text string) {
	m.scanner.scan(line)
	i := m.lookup()
	if i < 0 {
		return values, ""
	}
	p := &m.patterns[i]
	for k, s := range m.scanner.spans {
		if t := &p.tokens[k]; t.wild {
			values = append(values, m.scanner.line[s.start+t.head:s.end])
		}
	}
	return values, p.text()
}
