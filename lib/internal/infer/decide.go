package infer

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sawlog/sawlog/lib/record"
)

// Decide settles the tree and makes the schema. It is called once; nothing may be added afterwards.
func (k *Keys) Decide() (*Layout, error) {
	d := &decision{Keys: k, declared: map[string]*Declared{}, used: map[string]bool{}}
	for i := range k.options.Fields {
		f := &k.options.Fields[i]
		if f.Name == OverflowName {
			return nil, fmt.Errorf("field %q: this name is taken by the overflow column", f.Name)
		} else if (f.Type == record.Timestamp || f.Type == record.Duration) && f.Words == nil {
			return nil, fmt.Errorf("field %q: type %s needs a layout", f.Name, f.Type)
		} else if f.Elem == nil && (f.Type == record.Invalid || f.Type > record.Bytes) {
			return nil, fmt.Errorf("field %q: a value cannot be read as %s", f.Name, f.Type)
		}
		d.declared[f.Name] = f
	}
	d.claim()
	d.settle(k.Root)
	d.addDeclared()
	overflow := d.project()
	return d.layout(overflow)
}

type decision struct {
	*Keys
	declared map[string]*Declared
	used     map[string]bool // declared names that a node has
	claims   map[*Node]*Alias
	reserved map[string]bool // names of what was claimed, and of the columns beside
}

// settle names the nodes below n and says what they hold.
func (d *decision) settle(n *Node) {
	for _, kid := range n.Kids {
		d.name(kid)
		if d.entry(kid) {
			kid.Entry, kid.Kids, kid.index = true, nil, nil
			continue
		}
		kid.Holds = d.holds(kid)
		if a := d.claims[kid]; a != nil {
			d.adopt(kid, a)
		} else if f := d.declared[kid.name]; f != nil && !d.used[kid.name] && !d.reserved[kid.name] {
			d.declare(kid, f)
		}
		if kid.Holds == Members {
			d.settle(kid)
		} else {
			kid.Kids, kid.index = nil, nil
		}
	}
}

func (d *decision) declare(n *Node, f *Declared) {
	n.Holds, n.Declared = Given, f
	d.used[f.Name] = true
}

// name gives n its dotted name: its key behind the name of the object that holds it, or what Rename or an alias makes of it.
func (d *decision) name(n *Node) {
	key := repaired(n.Key)
	n.name, n.from, n.path = key, key, []string{key}
	if n.Level > 1 {
		n.name, n.from = n.Parent.name+"."+key, n.Parent.from+"."+key
		n.path = append(slices.Clone(n.Parent.path), key)
	}
	to, renamed := d.options.Rename[n.from]
	if a := d.claims[n]; a != nil {
		to, renamed = a.Name, true
	}
	if renamed {
		n.name, n.path = to, []string{to}
	}
}

// holds is what the column of a node takes: the most frequent kind of value wins, on a tie texts.
func (d *decision) holds(n *Node) Holds {
	if len(n.Kids) == 0 && n.counts[Object] > 0 {
		// Objects that were always empty make no column: anything else is better.
		n.counts[Object], n.Holds = 0, Members
	}
	best, sorts := Null, 0
	for _, kind := range [...]Kind{String, Object, Number, Bool, JSON} {
		if n.counts[kind] > n.counts[best] || best == Null && n.counts[kind] > 0 {
			best = kind
		}
		if n.counts[kind] > 0 {
			sorts++
		}
	}
	if d.options.Texts && sorts > 1 {
		best = String
	}
	switch best {
	case String:
		return Texts
	case Object:
		return Members
	case Number:
		return n.numbers.holds()
	case Bool:
		return Bools
	case JSON:
		if d.Open(n) {
			return Arrays
		}
		return JSONTexts
	}
	return n.Holds
}

// addDeclared makes nodes for the declared fields that the sample does not have: they may still come.
func (d *decision) addDeclared() {
	for i := range d.options.Fields {
		if f := &d.options.Fields[i]; !d.used[f.Name] {
			if n := d.make(f.Name); n != nil {
				d.declare(n, f)
			}
		}
	}
}

// origin is the dotted path in the records of what is called name after renaming.
func (d *decision) origin(name string) string {
	for _, from := range slices.Sorted(maps.Keys(d.options.Rename)) {
		to := d.options.Rename[from]
		if rest, ok := strings.CutPrefix(name, to); ok && (rest == "" || rest[0] == '.') {
			return from + rest
		}
	}
	return name
}

// make is a new node for a name that no node has: inside the objects that its dots name, else as a key with dots. It is nil when such
// a key is there already, under another name.
func (d *decision) make(name string) *Node {
	from := d.origin(name)
	at, rest := d.Root, strings.Split(from, ".")
	for ; len(rest) > 1 && at != nil; rest = rest[1:] {
		kid := at.Find([]byte(rest[0]))
		if kid == nil {
			break
		}
		if kid.Holds == Nothing {
			kid.Holds = Members // only nulls so far
		}
		if at = kid; at.Holds != Members {
			at = nil // a value stands where the object would be
		}
	}
	if at == nil || at.Find([]byte(rest[0])) != nil || at.Level+len(rest) > d.options.Depth {
		at, rest = d.Root, []string{from}
		if at.Find([]byte(from)) != nil {
			return nil
		}
	}
	for i, key := range rest {
		at = at.add(key)
		d.name(at)
		if i < len(rest)-1 {
			at.Holds = Members
		}
	}
	return at
}

// project marks the nodes that are asked for, makes those that are missing, and tells whether the overflow column is wanted.
func (d *decision) project() (overflow bool) {
	if d.options.Project == nil {
		d.Root.wanted = true
		return true
	}
	named, besides := map[string]*Node{}, map[string]*bool{}
	d.each(d.Root, func(n *Node) {
		if named[n.name] == nil || n.claimed {
			named[n.name] = n
		}
		for i := range n.also {
			if !n.others[i] {
				besides[d.claims[n].Beside[i]] = &n.also[i]
			}
		}
	})
	for _, name := range d.options.Project {
		n := named[name]
		if name == OverflowName {
			overflow = true
			continue
		}
		if wanted := besides[name]; wanted != nil {
			*wanted = true
			continue
		}
		if n == nil && d.prefixed(name) {
			continue
		}
		if n == nil {
			if n = d.make(name); n == nil {
				continue
			}
			named[name] = n
		}
		if n.Holds == Nothing {
			f := d.standard(name)
			if f != nil && f.Type == record.Map { // of an object that no record of the sample has
				n.Entries, n.Lists, n.Holds, n.wanted = true, d.ofLists(name), Members, true
				continue
			}
			if f == nil {
				f = &Declared{Name: name, Type: record.String}
			}
			d.declare(n, f)
		}
		n.wanted, n.Only = true, false
	}
	return overflow
}

// each calls do for the nodes below n, parents first and in order.
func (d *decision) each(n *Node, do func(*Node)) {
	for _, kid := range n.Kids {
		do(kid)
		d.each(kid, do)
	}
}

// layout numbers the nodes and hands out the columns: first to the declared fields, then to the others as they stand, up to the limit.
func (d *decision) layout(overflow bool) (*Layout, error) {
	l := &Layout{Root: d.Root, Nodes: []*Node{d.Root}, Overflow: -1}
	taken := map[string]bool{OverflowName: true}
	for _, names := range []map[string]bool{d.used, d.reserved} {
		maps.Copy(taken, names)
	}
	room := max(0, d.options.Columns-len(taken)+1)
	var fields []record.Field
	d.each(d.Root, func(n *Node) {
		n.ID = len(l.Nodes)
		l.Nodes = append(l.Nodes, n)
		n.wanted = n.wanted || n.Parent.wanted
		some := n.wanted
		for i := range n.also {
			n.also[i] = !n.others[i] && (n.also[i] || n.Parent.wanted)
			some = some || n.also[i]
		}
		n.Skipped = !some && n.Holds != Members
		if n.Entries && n.wanted {
			l.Maps = append(l.Maps, Map{Column: len(fields), Node: n})
			fields = append(fields, mapField(n.name, n.Lists))
			return
		}
		if n.Skipped && n.Holds == Given && n.Declared.refuses() {
			// Whether a record fits must not depend on the columns that are wanted.
			n.Skipped, n.Column = false, len(fields)
			fields = append(fields, d.field(n).Hidden())
			return
		}
		if n.Skipped || n.Holds == Nothing || n.Holds == Members {
			return
		}
		if n.Declared == nil && !n.claimed {
			if taken[n.name] || room == 0 {
				return // two paths with one dotted name, or too many: the overflow column takes it
			}
			room--
			taken[n.name] = true
		}
		if n.wanted && !n.Only {
			n.Column = len(fields)
			fields = append(fields, d.field(n))
		}
		for i, wanted := range n.also {
			if wanted {
				n.Also[i] = len(fields)
				fields = append(fields, record.Field{Name: d.claims[n].Beside[i], Type: beside[n.Role][i]})
			}
		}
	})
	fields = d.prefixMaps(l, fields)
	if overflow {
		l.Overflow = len(fields)
		fields = append(fields, record.Field{Name: OverflowName, Type: record.String, Overflow: true})
	}
	l.show(fields)
	return l, l.setSchema(fields)
}

var types = [...]record.Type{Bools: record.Bool, Ints: record.Int, Uints: record.Uint, Floats: record.Float,
	Numbers: record.String, Texts: record.String, Arrays: record.String, JSONTexts: record.String}

func (d *decision) field(n *Node) record.Field {
	f := record.Field{Name: n.name}
	if n.Declared != nil {
		if n.Declared.Guess != nil {
			n.Declared.Guess(&f)
		}
		f.Type, f.Dictionary = n.Declared.Type, n.Declared.Dictionary && n.Declared.Type == record.String
		if e := n.Declared.Elem; e != nil {
			f.Elem = &record.Field{Name: "item", Type: e.Type}
		}
	} else {
		f.Type = types[n.Holds]
	}
	if len(n.path) > 1 && !d.options.Flatten {
		f.Path = n.path
	}
	return f
}

// Name is the node's column name: its dotted path after renaming.
func (n *Node) Name() string { return n.name }

// From is the node's dotted path as the records have it.
func (n *Node) From() string { return n.from }
