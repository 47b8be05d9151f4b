package infer

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// Alias is a field that writers call by several names. The first of the keys that the sample has becomes the field, unless only arrays
// and objects stand there; the others keep their names.
type Alias struct {
	Declared          // the field: name and type, after Rename. Soft is set by this package
	Keys     []string // dotted paths in the records; of a Map also the beginning of the keys that it takes, and a *
	Role     Role
	Beside   []string // the names of the columns that Role makes, after Rename
	Lists    bool     // of a Map: its values are lists of texts
}

// Role is what values give beside their own column.
type Role uint8

const (
	Plain    Role = iota
	Level         // what the word means, 0 to 7: a Uint
	Caller        // FILE and LINE, a String and an Int, instead of FILE:LINE
	Request       // METHOD, TARGET and PROTOCOL, instead of a request line that has the three
	HostPort      // the port behind a host, an Int
)

// beside is what the columns beside a field of this role hold.
var beside = [...][]record.Type{Plain: nil, Level: {record.Uint}, Caller: {record.String, record.Int}, Request: {record.String, record.String, record.String}, HostPort: {record.Int}}

// Map is a column that takes what has no field of its own: the members of Node or, without one, the record's keys that begin with Prefix.
type Map struct {
	Column int
	Node   *Node
	Prefix string
}

// evidence is what the sample says about the values of a key that may be an alias.
type evidence struct {
	read         Read // nil: of the alias' type by itself
	kind         record.Type
	caller       bool
	fits, misses int
}

// watch gives a new node what it needs to judge its values, where its key is one of an alias.
func (k *Keys) watch(n *Node) {
	if len(k.options.Aliases) == 0 {
		return
	}
	path := repaired(n.Key)
	for at := n.Parent; at.Level > 0; at = at.Parent {
		path = repaired(at.Key) + "." + path
	}
	to, renamed := k.options.Rename[path]
	for i := range k.options.Aliases {
		a := &k.options.Aliases[i]
		if renamed && to != a.Name || !renamed && !slices.Contains(a.Keys, path) {
			continue
		}
		n.evidence = &evidence{kind: a.Type, caller: a.Role == Caller}
		if a.Words != nil {
			n.evidence.read = a.Words()
		}
		return
	}
}

// repaired is a key as names show it: each invalid byte becomes U+FFFD.
func repaired(key string) string {
	if utf8.ValidString(key) {
		return key
	}
	return string([]rune(key))
}

// look takes a value, a text without quotes and escapes or a number, as evidence. An empty text says nothing.
func (e *evidence) look(text []byte) {
	if len(text) == 0 {
		return
	}
	if e.fit(text) {
		e.fits++
	} else {
		e.misses++
	}
}

func (e *evidence) fit(text []byte) bool {
	if e.caller {
		_, _, ok := FileLine(text, 0, len(text))
		return ok
	}
	if e.read != nil {
		room := append(append(make([]byte, 0, len(text)+1+scan.Slack), text...), '\n')
		_, end, ok := e.read(room[:cap(room)], 0)
		return ok && end == len(text)
	}
	if e.kind == record.Int {
		_, ok := Int(text)
		return ok
	}
	return true
}

// claim finds for each alias the node that becomes the field.
func (d *decision) claim() {
	d.claims, d.reserved = map[*Node]*Alias{}, map[string]bool{}
	if len(d.options.Aliases) == 0 {
		return
	}
	nodes := map[string]*Node{}
	d.each(d.Root, func(n *Node) {
		if n.from = repaired(n.Key); n.Level > 1 {
			n.from = n.Parent.from + "." + n.from
		}
		if nodes[n.from] == nil {
			nodes[n.from] = n
		}
	})
	for i := range d.options.Aliases {
		a := &d.options.Aliases[i]
		if a.prefix() != "" {
			d.reserved[a.Name] = true
		}
		d.take(a, d.find(a, nodes))
	}
	if d.options.Fixed {
		besides := d.besides()
		for i := range d.options.Aliases {
			if a := &d.options.Aliases[i]; !d.reserved[a.Name] && !besides[a.Name] {
				d.take(a, d.expect(a, nodes))
			}
		}
	}
	for n, a := range d.claims {
		n.Role = d.role(n, a)
		n.others, _ = d.others(a)
		n.Whole = n.others != [3]bool{}
	}
	for n, a := range d.claims {
		for i := range beside[n.Role] {
			d.reserved[a.Beside[i]] = true
		}
	}
}

func (d *decision) take(a *Alias, n *Node) {
	if n != nil {
		d.claims[n] = a
		d.reserved[a.Name] = true
	}
}

// besides are the columns that values of the sample give beside their own, where no key of the sample gives them: a request line has the
// method, an address the port.
func (d *decision) besides() map[string]bool {
	names := map[string]bool{}
	for _, a := range d.claims {
		if _, gives := d.others(a); !gives || a.Role != Request && a.Role != HostPort {
			continue
		}
		for _, name := range a.Beside {
			names[name] = true
		}
	}
	return names
}

// find is the node of the first key that has values other than arrays and objects; without one, of the first that has none at all.
func (d *decision) find(a *Alias, nodes map[string]*Node) *Node {
	var empty *Node
	for _, key := range d.candidates(a) {
		n := nodes[key]
		if n == nil || d.claims[n] != nil {
			continue
		}
		if a.Type == record.Map {
			if n.counts[Object] > 0 {
				return n
			}
			continue
		}
		if n.scalars() > 0 || a.First && n.counts[JSON] > 0 || a.Type == record.Timestamp && n.instant() {
			return n
		}
		if empty == nil && n.counts[JSON]+n.counts[Object] == 0 {
			empty = n
		}
	}
	return empty
}

// instant tells whether n holds times as log4j writes them: {"epochSecond": 1, "nanoOfSecond": 2}.
func (n *Node) instant() bool {
	return n.counts[Object] > 0 && n.Find([]byte(InstantSecond)) != nil
}

// The members of a time as log4j writes it.
const (
	InstantSecond = "epochSecond"
	InstantNanos  = "nanoOfSecond"
)

// expect makes the node of an alias that the sample does not have: inside the objects that its first key names, else as a key with dots.
// It is nil where the sample has something else in that place.
func (d *decision) expect(a *Alias, nodes map[string]*Node) *Node {
	if len(a.Keys) == 0 || strings.HasSuffix(a.Keys[0], "*") || nodes[a.Keys[0]] != nil || d.reserved[a.Name] {
		return nil
	}
	at, parts := d.Root, strings.Split(a.Keys[0], ".")
	for i, key := range parts[:len(parts)-1] {
		kid := at.Find([]byte(key))
		if kid != nil && (kid.scalars() > 0 || kid.counts[JSON] > 0 || d.claims[kid] != nil && d.claims[kid].Type != record.Map) {
			at, parts = d.Root, []string{a.Keys[0]}
			break
		}
		if kid == nil {
			if kid = d.Child(at, []byte(key)); kid == nil {
				return nil
			}
			kid.from = strings.Join(parts[:i+1], ".")
			nodes[kid.from] = kid
		}
		kid.Holds = Members
		at = kid
	}
	key := parts[len(parts)-1]
	if at.Find([]byte(key)) != nil {
		return nil
	}
	n := d.Child(at, []byte(key))
	if n == nil || n.evidence == nil {
		return nil
	}
	n.from = a.Keys[0]
	nodes[n.from] = n
	return n
}

// adoptMap makes a node whose members a map takes.
func (d *decision) adoptMap(n *Node, a *Alias) {
	n.claimed, n.Entries, n.Lists, n.Holds = true, true, a.Lists, Members
}

// scalars counts the values that a column of their own can have.
func (n *Node) scalars() int { return n.counts[Bool] + n.counts[Number] + n.counts[String] }

// candidates are the keys that may become the field: first those that the user renames to it, then its aliases. A key that the user
// calls by its own name keeps that.
func (d *decision) candidates(a *Alias) (keys []string) {
	for from, to := range d.options.Rename {
		if to == a.Name {
			keys = append(keys, from)
		}
	}
	slices.Sort(keys)
	for _, key := range a.Keys {
		if _, renamed := d.options.Rename[key]; !renamed && (key == a.Name || !d.named(key)) {
			keys = append(keys, key)
		}
	}
	return keys
}

// named tells whether the user's types or columns speak of a field by this name, and mean the key by it.
func (d *decision) named(key string) bool {
	if d.declared[key] != nil {
		return true
	}
	return slices.Contains(d.options.Project, key) && d.standard(key) == nil
}

// role is what the values of the node that was claimed give: nothing beside it where the user gave it another type, or where other keys
// have the names already.
func (d *decision) role(n *Node, a *Alias) Role {
	if f := d.declared[a.Name]; a.Role == Plain || f != nil && !(f.Type == record.String && f.Check == nil && f.Rewrite == nil) {
		return Plain
	}
	if _, gives := d.others(a); !gives {
		return Plain
	}
	if a.Role == Caller && n.evidence.fits == 0 {
		return Plain
	}
	return a.Role
}

// others are the columns beside the alias that keys of the sample are, and whether values may still give the rest: a request line does where
// nothing else is the target, which it alone may have whole.
func (d *decision) others(a *Alias) (others [3]bool, gives bool) {
	gives = true
	for i, name := range a.Beside {
		others[i] = d.reserved[name]
		if d.declared[name] != nil || others[i] && (a.Role != Request || i == 1) {
			gives = false
		}
	}
	return others, gives
}

// adopt makes a node the field of its alias. A field whose type the values do not fit more often than not keeps the type that they have.
func (d *decision) adopt(n *Node, a *Alias) {
	if a.Type == record.Map {
		d.adoptMap(n, a)
		return
	}
	n.claimed = true
	if f := d.declared[a.Name]; f != nil {
		d.declare(n, f)
	} else if e := n.evidence; e.caller || a.Type == record.String || d.options.Fixed || e.fits > e.misses || e.misses == 0 {
		n.Holds, n.Declared = Given, soft(a.Declared)
		n.Both = a.First && n.Level > 1
		d.used[a.Name] = true
	}
	// Texts that are no FILE:LINE have a column of their own only where the sample has any.
	n.Only = n.Role == Caller && n.evidence.misses == 0
	if n.Role != Plain {
		n.Also = make([]int, len(beside[n.Role]))
		n.also = make([]bool, len(n.Also))
		for i := range n.Also {
			n.Also[i] = -1
		}
	}
}

func soft(f Declared) *Declared {
	f.Soft = true
	return &f
}

// standard is the type of a field that the aliases know, nil for others.
func (d *decision) standard(name string) *Declared {
	for i := range d.options.Aliases {
		a := &d.options.Aliases[i]
		if a.Name == name {
			return soft(a.Declared)
		}
		for k, other := range a.Beside {
			if other == name {
				return soft(Declared{Name: name, Type: beside[a.Role][k]})
			}
		}
	}
	return nil
}

// Kept tells whether values of n have a column, of their own or beside.
func (n *Node) Kept() bool { return n.Column >= 0 || n.Role != Plain }

// Hides tells whether rows show what is inside the object n beside it, under dotted names: a field has the object's name.
func (n *Node) Hides() bool { return n.hides }

// Moved tells whether rows show the values of n beside the object that holds them in the records, not inside it.
func (n *Node) Moved() bool { return n.Level > 1 && len(n.shown) == 1 }

// Shown is what rows call the values of n: the last key of their path there.
func (n *Node) Shown() string { return n.shown[len(n.shown)-1] }

// show decides what rows call the values of each node: a row has one value under one name.
func (l *Layout) show(fields []record.Field) {
	names, leaves := map[string]bool{}, map[string]bool{}
	for i := range fields {
		names[fields[i].Name] = true
		leaves[fields[i].Name] = leaves[fields[i].Name] || len(fields[i].Path) < 2
	}
	for _, n := range l.Nodes[1:] {
		n.hides = n.Holds == Members && leaves[n.path[0]]
		n.shown = n.path
		if n.Column < 0 && n.Holds != Members && !n.claimed && n.name != n.from && names[n.name] {
			n.shown = append(slices.Clone(n.Parent.shown), repaired(n.Key)) // the new name is another field's
		}
		if len(n.shown) < 2 || !leaves[n.shown[0]] {
			continue
		}
		n.shown = []string{strings.Join(n.shown, ".")}
		if n.Column >= 0 {
			fields[n.Column].Path = nil
		}
	}
}
