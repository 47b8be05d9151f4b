package infer

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Signature is what the records of a format have in common, by which it is told from others: shapes, of which one must fit. A parser
// that looks at records by it walks the tree Root, whose nodes are numbered below Nodes.
type Signature struct {
	Root   *Node
	Nodes  int
	shapes []uint64 // the keys that each needs, as bits
	rules  [][]rule // by node
	lines  []line   // by shape
}

// mostKeys is how many keys a shape can have: each is a bit, and one bit more says that the shape cannot fit.
const mostKeys = 63

const misfits = uint64(1) << mostKeys

// rule is what a shape says of the value of a key.
type rule struct {
	shape int
	key   uint64 // its bit
	form  string
	text  string // of a given text or number
}

// forms are what a signature can say of a value.
var forms = []string{"any", "string", "number", "int", "bool", "object", "array", "time", "lower", "upper", "none"}

// CompileSignature makes a signature of shapes: dotted paths of keys, and what stands there. A ? behind that lets the key be missing.
//
//	any string number int bool object array   a value of this kind (any: but null)
//	time          a text that begins with a date and a time of day, or a number
//	lower, upper  a text of small letters or of capitals, with what may follow in a level
//	none          the key is not there
//	=TEXT         this text or number
//
// Instead of a path may stand what is said of the record as a whole: see line.
func CompileSignature(shapes []map[string]string) (*Signature, error) {
	s := &Signature{}
	keys := New(Options{})
	type located struct {
		node *Node
		rule
	}
	var all []located
	for n, shape := range shapes {
		need, bit := uint64(0), uint64(1)
		if len(shape) > mostKeys {
			return nil, fmt.Errorf("%d keys, but at most %d are possible", len(shape), mostKeys)
		}
		var whole line
		for _, path := range slices.Sorted(maps.Keys(shape)) {
			if known, err := whole.take(path, shape[path]); err != nil {
				return nil, err
			} else if known {
				continue
			}
			form, optional := strings.CutSuffix(shape[path], "?")
			r := rule{shape: n, key: bit}
			if r.form, r.text, _ = strings.Cut(form, "="); r.form == "" && r.text != "" {
				r.form = "="
			} else if !slices.Contains(forms, r.form) || r.text != "" {
				return nil, fmt.Errorf("%q: a value cannot be %q: known are %s, and =TEXT", path, shape[path], strings.Join(forms, ", "))
			}
			if !optional && r.form != "none" {
				need |= bit
			}
			bit <<= 1
			for _, node := range places(keys, path) {
				all = append(all, located{node, r})
			}
		}
		s.shapes, s.lines = append(s.shapes, need), append(s.lines, whole)
	}
	layout, err := keys.Decide()
	if err != nil {
		return nil, err
	}
	s.Root, s.Nodes = layout.Root, len(layout.Nodes)
	s.rules = make([][]rule, s.Nodes)
	for _, l := range all {
		s.rules[l.node.ID] = append(s.rules[l.node.ID], l.rule)
	}
	return s, nil
}

// places are the nodes of a path: one key with dots in it, and members of members.
func places(keys *Keys, path string) []*Node {
	nodes := []*Node{keys.Child(keys.Root, []byte(path))}
	parts := strings.Split(path, ".")
	if len(parts) == 1 {
		return nodes
	}
	n := keys.Root
	for i, key := range parts {
		if n = keys.Child(n, []byte(key)); i < len(parts)-1 {
			n.Holds = Members
		}
	}
	return append(nodes, n)
}

// Look is how one record after the other is looked at.
type Look struct {
	signature *Signature
	met       []uint64 // by shape: the keys that it has found
	record    []byte
}

// Look begins to look at records.
func (s *Signature) Look() *Look { return &Look{signature: s, met: make([]uint64, len(s.shapes))} }

// Begin begins a record, which is this text.
func (l *Look) Begin(record []byte) {
	clear(l.met)
	l.record = record
}

// Value shows a value of the record that is not null: the node of its key, its kind (an array is JSON) and its text, without quotes.
func (l *Look) Value(n *Node, kind Kind, text []byte) {
	rules := l.signature.rules[n.ID]
	for i := range rules {
		if r := &rules[i]; r.fits(kind, text) {
			l.met[r.shape] |= r.key
		} else {
			l.met[r.shape] |= misfits
		}
	}
}

// Fits tells whether the record fits a shape.
func (l *Look) Fits() bool {
	for i, need := range l.signature.shapes {
		if l.met[i]&(need|misfits) == need && l.signature.lines[i].fits(l.record) {
			return true
		}
	}
	return false
}

func (r *rule) fits(kind Kind, text []byte) bool {
	switch r.form {
	case "any":
		return true
	case "string":
		return kind == String
	case "number":
		return kind == Number
	case "int":
		_, ok := Int(text)
		return kind == Number && ok
	case "bool":
		return kind == Bool
	case "object":
		return kind == Object
	case "array":
		return kind == JSON
	case "time":
		return kind == Number || kind == String && dated(text)
	case "lower":
		return kind == String && letters(text, 'a')
	case "upper":
		return kind == String && letters(text, 'A')
	case "=":
		return (kind == String || kind == Number) && string(text) == r.text
	}
	return false
}

// dated tells whether text begins with a date and a time of day: 2026-03-05T07:09
func dated(text []byte) bool {
	const form = "0000-00-00T00:00"
	if len(text) < len(form) {
		return false
	}
	for i := range form {
		c, ok := text[i], false
		switch form[i] {
		case '0':
			ok = c-'0' <= 9
		case 'T':
			ok = c == 'T' || c == ' ' || c == 't'
		case '-':
			ok = c == '-' || c == '/'
		default:
			ok = c == form[i]
		}
		if !ok {
			return false
		}
	}
	return true
}

// letters tells whether text is letters from first on, of one case, perhaps with a number and its sign behind them: INFO+2.
func letters(text []byte, first byte) bool {
	end := len(text)
	for end > 0 && (text[end-1]-'0' <= 9 || text[end-1] == '+' || text[end-1] == '-') {
		end--
	}
	for _, c := range text[:end] {
		if c-first >= 26 {
			return false
		}
	}
	return end > 0
}
