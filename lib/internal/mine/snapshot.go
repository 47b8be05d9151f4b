package mine

import (
	"fmt"
	"slices"

	"github.com/goccy/go-json"
)

// version is that of the form of snapshots.
const version = 1

// snapshot is what a miner knows, as JSON. Indexes are not in it: they are made anew by learning the patterns in their order.
type snapshot struct {
	Version  int            `json:"sawlog_templates"`
	Max      int            `json:"max"`
	Lines    int64          `json:"lines"`
	Patterns []savedPattern `json:"patterns"`
	Aliases  [][2]int64     `json:"aliases"`
}

type savedPattern struct {
	ID      int64        `json:"id"`
	Root    int          `json:"root"` // the first pattern of the same template, by its place in the list
	Count   int64        `json:"count"`
	Seen    int64        `json:"seen"`
	Tokens  []savedToken `json:"tokens"`
	Tail    string       `json:"tail,omitempty"`
	Opened  []int        `json:"opened,omitempty"`
	Shorter bool         `json:"shorter,omitempty"`
	Text    string       `json:"text,omitempty"`
}

type savedToken struct {
	Glue  string `json:"g,omitempty"`
	Text  string `json:"t"`
	Prior uint8  `json:"p"`
	Wild  bool   `json:"w,omitempty"`
	Head  int32  `json:"h,omitempty"`
}

// Snapshot is the miner as JSON, for Restore. Texts that are no UTF-8 lose what JSON cannot hold.
func (m *Miner) Snapshot() ([]byte, error) {
	s := snapshot{Version: version, Max: m.max, Lines: m.lines}
	shorter, rendered := m.joined()
	first := map[int32]int{}
	for i := range m.patterns {
		p, root := &m.patterns[i], m.find(int32(i))
		if p.dead {
			continue
		}
		saved := p.saved(first[root], shorter[root], rendered[root])
		if _, seen := first[root]; !seen { // the first of its template keeps the template's id
			first[root] = len(s.Patterns)
			saved.Root, saved.ID = first[root], m.patterns[root].id
		}
		s.Patterns = append(s.Patterns, saved)
	}
	for i := range m.patterns {
		if root := m.find(int32(i)); root != int32(i) {
			s.Aliases = append(s.Aliases, [2]int64{m.patterns[i].id, m.patterns[root].id})
		}
	}
	for _, id := range m.alias.order {
		s.Aliases = append(s.Aliases, [2]int64{id, m.alias.to[id]})
	}
	return json.MarshalWithOption(s, json.DisableHTMLEscape())
}

func (p *pattern) saved(root int, shorter bool, text string) savedPattern {
	saved := savedPattern{ID: p.id, Root: root, Count: p.count, Seen: p.seen, Tail: p.tail, Opened: p.opened, Shorter: shorter, Text: text}
	for i := range p.tokens {
		t := &p.tokens[i]
		saved.Tokens = append(saved.Tokens, savedToken{t.glue, t.text, t.prior, t.wild, t.head})
	}
	return saved
}

// Restore makes a miner of a snapshot. What is no snapshot is refused.
func Restore(text []byte) (*Miner, error) {
	var s snapshot
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, fmt.Errorf("no snapshot of templates: %w", err)
	}
	if s.Version != version {
		return nil, fmt.Errorf("no snapshot of templates of version %d", version)
	}
	from := &Miner{shorter: map[int32]bool{}, rendered: map[int32]string{}}
	live := make([]int32, len(s.Patterns))
	for i := range s.Patterns {
		p, err := s.Patterns[i].pattern(i)
		if err != nil {
			return nil, fmt.Errorf("a snapshot of templates that is broken: pattern %d: %w", i, err)
		}
		live[i] = int32(i)
		from.patterns, from.parent = append(from.patterns, p), append(from.parent, int32(s.Patterns[i].Root))
		if s.Patterns[i].Shorter {
			from.shorter[int32(i)] = true
		}
		if s.Patterns[i].Text != "" {
			from.rendered[int32(i)] = s.Patterns[i].Text
		}
	}
	m := New(Options{Max: s.Max})
	m.adopt(from, live)
	m.lines = s.Lines
	for _, a := range s.Aliases {
		if !m.taken(a[0]) {
			m.alias.set(a[0], a[1], 4*m.max)
		}
	}
	if len(m.patterns) >= 2*m.max {
		m.tidy()
	}
	return m, nil
}

// pattern is the pattern at place i, checked: a snapshot may come from anywhere.
func (s *savedPattern) pattern(i int) (pattern, error) {
	switch {
	case s.ID <= 0 || s.Count < 0 || s.Seen < 0:
		return pattern{}, fmt.Errorf("a number is out of range")
	case s.Root < 0 || s.Root > i:
		return pattern{}, fmt.Errorf("its template is not in front of it")
	case len(s.Tokens) > maxTokens+1:
		return pattern{}, fmt.Errorf("more than %d tokens", maxTokens)
	}
	p := pattern{id: s.ID, count: s.Count, seen: s.Seen, tail: s.Tail, tailHash: hashGlue([]byte(s.Tail)), opened: s.Opened, tokens: make([]token, len(s.Tokens))}
	for k, t := range s.Tokens {
		if t.Head < 0 || int(t.Head) > len(t.Text) || t.Head > 0 && !t.Wild || t.Prior > 100 {
			return pattern{}, fmt.Errorf("token %d is out of range", k)
		}
		to := token{glue: t.Glue, text: t.Text, prior: t.Prior, wild: t.Wild, head: t.Head, glueHash: hashGlue([]byte(t.Glue)), tokenHash: hashBytes([]byte(t.Text))}
		if t.Wild {
			to.tokenHash = wildHash([]byte(t.Text[:t.Head]))
		}
		p.tokens[k] = to
	}
	for k, at := range s.Opened {
		if at < 0 || at >= len(p.tokens) || k > 0 && at <= s.Opened[k-1] || !p.tokens[at].free() {
			return pattern{}, fmt.Errorf("an opened position is out of range")
		}
	}
	p.opened = slices.Clone(s.Opened)
	p.shape = p.foldShape()
	p.countWords()
	return p, nil
}
