package ndjson

import (
	"bytes"
	"hash/maphash"
	"math/bits"

	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/record"
)

// kind is what a value is.
type kind uint8

const (
	isNull kind = iota
	isTrue
	isFalse
	isNumber
	isText
	isArray
	isObject  // an object that is not taken apart
	isMembers // an object whose members follow
)

// member is a key and its value, as positions in the data.
type member struct {
	node        *infer.Node // nil: a key that the tree does not have
	parent      int32       // index of the member that holds it, -1 for the record itself
	next        int32       // index behind the last member inside it
	key, keyEnd int         // the key between its quotes, as it stands
	at, end     int         // the value; of a text with its quotes
	name        int32       // where in tape.names the key stands unescaped, -1: it has no escapes
	nameEnd     int32
	kind        kind
	escaped     bool // a text with escapes
	dead        bool // a later member of the same object has the same key
	spills      bool // it, or something inside it, goes to the overflow column
	renamed     bool // ... under another name
	moved       bool // ... and beside the object that holds it, not inside it
}

// tape is the plain parser: it reads one record into a list of members, in their order, objects that the tree takes apart followed by
// what is in them. All that JSON demands is checked here. It is what the fast walk is measured against.
type tape struct {
	input
	tree    *infer.Node
	collect *infer.Keys // not nil: keys become nodes
	members []member
	names   []byte

	// Keys that occur twice: by node, the number of the record and the member that had it last; for keys without a node a hash table
	// of the record's own.
	record uint32
	seen   []uint32
	last   []int32
	table  []slot
	strays int
	twins  bool // a key occurred twice in this record
}

type slot struct {
	record uint32
	member int32
}

var seed = maphash.MakeSeed()

// read reads the record in data[i:end]; false: see fault, at and want.
func (t *tape) read(data []byte, i, end int) bool {
	t.data, t.end = data, end
	t.begin()
	if i = t.space(i); i >= end {
		t.fault, t.at, t.want = record.Empty, i, "a JSON object"
		return false
	}
	if mem.At(data, i) != '{' {
		return t.foreign(i)
	}
	i = t.object(i+1, t.tree, -1, 1)
	return i >= 0 && t.closed(i)
}

// begin forgets what was read before.
func (t *tape) begin() {
	t.members, t.names, t.strays, t.twins = t.members[:0], t.names[:0], 0, false
	if t.record++; t.record == 0 {
		clear(t.seen)
		clear(t.table)
		t.record = 1
	}
}

// closed tells whether nothing but white space follows.
func (t *tape) closed(i int) bool {
	if i = t.space(i); i < t.end {
		t.fail(i, "the end of the line")
		return false
	}
	return true
}

// foreign finds the fault of a record that is no object.
func (t *tape) foreign(i int) bool {
	if _, end, _ := t.value(i, 0); end >= 0 && t.closed(end) {
		t.fault, t.at, t.want = record.NotObject, i, "a JSON object"
	}
	return false
}

// scalar reads a document that is no object, as if it were the member "value" of one.
func (t *tape) scalar(i int) bool {
	k, end, escaped := t.value(i, 0)
	if end < 0 || !t.closed(end) {
		return false
	}
	t.names = append(t.names, valueName...)
	t.members = append(t.members, member{parent: -1, next: 1, key: -1, at: i, end: end, nameEnd: int32(len(valueName)), kind: k, escaped: escaped})
	if t.collect != nil {
		t.members[0].node = t.collect.Child(t.tree, t.names)
	} else {
		t.members[0].node = t.tree.Find(t.names)
	}
	return true
}

// valueName is the column of a document that is no object.
const valueName = "value"

// object reads the members of the object node from behind its brace. depth containers are open, this one counted.
func (t *tape) object(i int, node *infer.Node, parent int32, depth int) int {
	if depth > t.depth {
		return t.deep(i - 1)
	}
	if i = t.space(i); mem.At(t.data, i) == '}' {
		return i + 1
	}
	hint := 0
	for {
		if mem.At(t.data, i) != '"' {
			return t.fail(i, "a key in quotes")
		}
		end, escaped := i+1+bits.TrailingZeros64(stops(mem.Load64(t.data, i+1)))>>3, false
		if mem.At(t.data, end) != '"' || end == i+9 { // not a short key
			if end, escaped = t.closing(i + 1); end < 0 {
				return -1
			}
		}
		at := int32(len(t.members))
		t.members = append(t.members, member{parent: parent, key: i + 1, keyEnd: end, name: -1})
		kid := t.enter(at, node, hint, escaped)
		if kid != nil {
			hint = kid.Place + 1
		}
		if i = t.colon(end + 1); i < 0 {
			return -1
		}
		if i = t.inside(i, at, kid, depth); i < 0 {
			return -1
		}
		t.members[at].next = int32(len(t.members))
		if mem.At(t.data, i) <= ' ' {
			i = t.space(i)
		}
		switch mem.At(t.data, i) {
		case ',':
			if i++; mem.At(t.data, i) <= ' ' {
				i = t.space(i)
			}
		case '}':
			return i + 1
		default:
			return t.fail(i, "a comma or }")
		}
	}
}

// enter finds the node of a new member and the member that had the same key before.
func (t *tape) enter(at int32, node *infer.Node, hint int, escaped bool) *infer.Node {
	m := &t.members[at]
	key := t.data[m.key:m.keyEnd]
	if escaped {
		m.name = int32(len(t.names))
		t.names = unescape(t.names, t.data, m.key, m.keyEnd)
		m.nameEnd = int32(len(t.names))
		key = t.names[m.name:]
	}
	if kids := node.Kids; hint < len(kids) && kids[hint].Key == string(key) {
		m.node = kids[hint]
	} else if t.collect != nil {
		m.node = t.collect.Child(node, key)
	} else {
		m.node = node.Find(key)
	}
	if m.node == nil {
		t.stray(at, key)
		return nil
	}
	id := m.node.ID
	if id >= len(t.seen) { // of a key that has just been collected
		t.seen, t.last = append(t.seen, make([]uint32, id+1)...), append(t.last, make([]int32, id+1)...)
	}
	if t.seen[id] == t.record {
		t.members[t.last[id]].dead, t.twins = true, true
	}
	t.seen[id], t.last[id] = t.record, at
	return m.node
}

// inside reads the value of the member at.
func (t *tape) inside(i int, at int32, node *infer.Node, depth int) int {
	m := &t.members[at]
	m.at = i
	if mem.At(t.data, i) == '{' && node != nil && (t.collect != nil && t.collect.Open(node) || t.collect == nil && node.Holds == infer.Members) {
		m.kind = isMembers
		i = t.object(i+1, node, at, depth+1)
		t.members[at].end = i // the list may have moved
		return i
	}
	k, end, escaped := t.value(i, depth)
	m.kind, m.end, m.escaped = k, end, escaped
	return end
}

// name is the unescaped key of a member.
func (t *tape) name(m *member) []byte {
	if m.name >= 0 {
		return t.names[m.name:m.nameEnd]
	}
	return t.data[m.key:m.keyEnd]
}

// text is the content of a text.
func (t *tape) text(m *member) []byte {
	if !m.escaped {
		return t.data[m.at+1 : m.end-1]
	}
	return unescape(nil, t.data, m.at+1, m.end-1)
}

// stray looks for a member of the same object with the same key among the keys that have no node.
func (t *tape) stray(at int32, key []byte) {
	if t.strays++; 2*t.strays > len(t.table) {
		t.grow()
	}
	m := &t.members[at]
	for h := t.hash(m.parent, key); ; h++ {
		s := &t.table[h&uint64(len(t.table)-1)]
		if s.record == t.record {
			if old := &t.members[s.member]; old.parent != m.parent || !bytes.Equal(t.name(old), key) {
				continue
			}
			t.members[s.member].dead, t.twins = true, true
		}
		*s = slot{t.record, at}
		return
	}
}

func (t *tape) hash(parent int32, key []byte) uint64 {
	return maphash.Bytes(seed, key) + uint64(parent)*0x9E3779B97F4A7C15
}

func (t *tape) grow() {
	old := t.table
	t.table = make([]slot, max(64, 2*len(old)))
	for _, s := range old {
		if s.record != t.record {
			continue
		}
		m := &t.members[s.member]
		for h := t.hash(m.parent, t.name(m)); ; h++ {
			if to := &t.table[h&uint64(len(t.table)-1)]; to.record != t.record {
				*to = s
				break
			}
		}
	}
}
