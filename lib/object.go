package sawlog

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-json"
)

// member is a key of a JSON object and where it and its value stand.
type member struct {
	key               string
	keyAt             int
	valueAt, valueEnd int
}

// scanObject lists the members of the JSON object that text is. The values themselves are only bracketed, not checked: whoever decodes
// them does that.
func scanObject(text string) ([]member, *FormatError) {
	s := objectScanner{text: text}
	s.blank()
	if !s.take('{') {
		return nil, s.fail("a JSON object begins with {")
	}
	s.blank()
	if s.take('}') {
		return s.members, s.end()
	}
	for {
		s.blank()
		m := member{keyAt: s.i}
		if s.i >= len(text) || text[s.i] != '"' || !s.skipString() {
			return nil, s.fail("expected a key in quotes")
		}
		if json.Unmarshal([]byte(text[m.keyAt:s.i]), &m.key) != nil {
			return nil, s.fail("expected a key in quotes")
		}
		s.blank()
		if !s.take(':') {
			return nil, s.fail("expected a colon behind " + quote(m.key))
		}
		s.blank()
		m.valueAt = s.i
		if !s.skipValue() {
			return nil, s.fail("expected a value for " + quote(m.key))
		}
		m.valueEnd = s.i
		s.members = append(s.members, m)
		s.blank()
		if s.take('}') {
			return s.members, s.end()
		}
		if !s.take(',') {
			return nil, s.fail("expected a comma or }")
		}
	}
}

type objectScanner struct {
	text    string
	i       int
	members []member
}

func (s *objectScanner) fail(message string) *FormatError {
	return &FormatError{Kind: KindOption, Message: message, Offset: min(s.i, len(s.text))}
}

func (s *objectScanner) end() *FormatError {
	if s.blank(); s.i < len(s.text) {
		return s.fail("nothing may follow the object")
	}
	return nil
}

func (s *objectScanner) blank() {
	for s.i < len(s.text) && strings.IndexByte(" \t\r\n", s.text[s.i]) >= 0 {
		s.i++
	}
}

func (s *objectScanner) take(c byte) bool {
	if s.i < len(s.text) && s.text[s.i] == c {
		s.i++
		return true
	}
	return false
}

func (s *objectScanner) skipString() bool {
	for s.i++; s.i < len(s.text); s.i++ {
		switch s.text[s.i] {
		case '\\':
			s.i++
		case '"':
			s.i++
			return true
		}
	}
	return false
}

// skipValue goes behind a value: to the next comma or bracket that closes, outside of strings and brackets of its own.
func (s *objectScanner) skipValue() bool {
	start, depth := s.i, 0
	for s.i < len(s.text) {
		switch c := s.text[s.i]; {
		case c == '"':
			if !s.skipString() {
				return false
			}
			continue
		case c == '{' || c == '[':
			depth++
		case depth == 0 && (c == ',' || c == '}' || c == ']'):
			for s.i > start && strings.IndexByte(" \t\r\n", s.text[s.i-1]) >= 0 {
				s.i--
			}
			return s.i > start
		case c == '}' || c == ']':
			depth--
		}
		s.i++
	}
	return depth == 0 && s.i > start
}

func quote(s string) string { return fmt.Sprintf("%q", s) }

// shorten makes a value fit into a message.
func shorten(value string) string {
	if len(value) <= 40 {
		return value
	}
	cut := 37
	for cut > 0 && !utf8.RuneStart(value[cut]) {
		cut--
	}
	return value[:cut] + "..."
}

// nearest proposes the names that are like name, or lists them all when they are few.
func nearest(name string, names []string) string {
	type ranked struct {
		name string
		far  int
	}
	var near []ranked
	for _, n := range names {
		d := distance(strings.ToLower(name), n)
		if close := d <= max(2, len(n)/3) && d < max(len(name), len(n)); close || len(name) > 2 && strings.Contains(n, name) {
			near = append(near, ranked{n, d})
		}
	}
	sort.SliceStable(near, func(i, j int) bool { return near[i].far < near[j].far })
	near = slices.CompactFunc(near, func(a, b ranked) bool { return a.name == b.name })
	if len(near) > 3 {
		near = near[:3]
	}
	if len(near) == 0 {
		sorted := append([]string(nil), names...)
		sort.Strings(sorted)
		if len(sorted) > 24 {
			return ""
		}
		return "known: " + strings.Join(sorted, ", ")
	}
	list := make([]string, len(near))
	for i := range near {
		list[i] = near[i].name
	}
	return "did you mean " + strings.Join(list, ", ") + "?"
}

// distance is how many letters must be changed, added, dropped or swapped with their neighbour to get from a to b.
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	before, row, next := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			next[j] = min(row[j]+1, next[j-1]+1, row[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, row, next = row, next, before
	}
	return row[len(b)]
}
