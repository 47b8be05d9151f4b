package match

import (
	"bytes"

	"github.com/sawlog/sawlog/lib/internal/pattern"
	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

// pairs reads KEY=VALUE up to the line's end, between blanks. Of a key that is there twice the first counts. What stands in square brackets
// (the packet that an ICMP error is about) is passed over.
type pairs struct {
	keys  []step
	names names   // of routes
	parts [][]int // the keys that the value of a name goes to: one, or one for each part of it
	fills []int   // the columns of keys
	flags names
	list  int // the column of flags, -1: none
	rest  int // the column of the map, -1: none
	words []byte
	audit bool
	args  bool
}

// pairs compiles the pairs of an element.
func (c *compiler) pairs(s *step) error {
	e := s.element
	p := &pairs{list: -1, rest: -1, words: []byte(e.Pairs.Words), audit: e.Pairs.Audit, args: e.Pairs.Arguments}
	if e.Field != "" {
		if err := c.add(&p.rest, e, record.Field{Name: e.Field, Type: record.Map, Elem: &record.Field{Name: "value", Type: c.text()}}); err != nil {
			return err
		}
	}
	byField := map[string]int{} // two names for one column share the key
	for i := range e.Pairs.Keys {
		pair := &e.Pairs.Keys[i]
		var parts []int
		for k := range pair.Parts {
			part := &pair.Parts[k]
			if _, shared := byField[part.Field]; !shared {
				byField[part.Field] = len(p.keys)
				if err := c.pairKey(p, part); err != nil {
					return err
				}
			}
			parts = append(parts, byField[part.Field])
		}
		p.names.add(pair.Key, len(p.parts))
		p.parts = append(p.parts, parts)
	}
	if e.Pairs.FlagList != "" {
		if err := c.add(&p.list, e, record.Field{Name: e.Pairs.FlagList, Type: record.List, Elem: &record.Field{Name: "item", Type: c.text()}}); err != nil {
			return err
		}
	}
	for k, flag := range e.Pairs.Flags {
		p.flags.add(flag, k)
	}
	s.pairs = p
	return nil
}

// pairKey compiles what the value of a key becomes.
func (c *compiler) pairKey(p *pairs, e *pattern.Element) error {
	key := step{col: -1, more: none, element: e}
	key.nulls = key.element.Null != ""
	kind, unquote := c.declared(&key)
	if err := c.typed(&key, kind, unquote); err != nil {
		return err
	}
	if key.convert == nil {
		key.convert = convertText
	}
	p.keys = append(p.keys, key)
	if key.col >= 0 {
		p.fills = append(p.fills, key.col)
	}
	return nil
}

// names finds a short text among few: by its first eight bytes as a number.
type names []name

type name struct {
	constant
	index int
}

func (n *names) add(text string, index int) { *n = append(*n, name{makeConstant(text), index}) }

// find is the index that data[i:end] was added with, -1: it was not.
func (n names) find(data []byte, i, end int) int {
	for k := range n {
		if c := &n[k]; c.n == end-i && c.at(data, i) {
			return c.index
		}
	}
	return -1
}

// omit marks all columns as null.
func (p *pairs) omit(b *record.Builder) {
	omit(b, p.fills)
	for _, c := range [...]int{p.list, p.rest} {
		if c >= 0 {
			b.Null(&b.Cols[c])
		}
	}
}

// pair is a piece of the line: key and value, or a word.
type pair struct {
	start, keyEnd int
	value, end    int // of a word: the same
	quoted        bool
	next          int
}

// readPairs reads the pairs at i.
func (w *worker) readPairs(b *record.Builder, data []byte, e *step, i int) (int, record.Fault) {
	p := e.pairs
	end := lineEndAt(data, i)
	if end > i && data[end-1] == '\r' {
		end--
	}
	p.omit(b)
	w.words = p.read(b, data, i, end, w.words[:0])
	if p.rest >= 0 && len(w.words) > 0 {
		n := b.Cols[p.rest].Nested
		n.Keys.Text(b.Text(p.words))
		n.Items.Text(b.Text(w.words[1:]))
	}
	for _, c := range [...]int{p.list, p.rest} {
		if c >= 0 {
			b.EndList(&b.Cols[c])
		}
	}
	return end, record.NoFault
}

// read takes over what stands in data[i:end]. Words are appended to words, a blank before each.
func (p *pairs) read(b *record.Builder, data []byte, i, end int, words []byte) []byte {
	depth, open := 0, false
	for i = skipSpaces(data, i, end); i < end; {
		if data[i] == '[' && !p.audit {
			depth++
		}
		t := p.next(data, i, end)
		switch {
		case depth > 0:
			if data[t.next-1] == ']' {
				depth--
			}
		case t.value > t.keyEnd && p.audit && t.quoted && data[t.value-1] == '\'': // what a program has put into its message
			words = p.read(b, data, t.value, t.end, words)
		case p.audit && !t.quoted && t.value > t.keyEnd && string(data[t.value:t.end]) == "{": // "SADDR={ saddr_fam=inet laddr=192.0.2.7 }": the parts stand for themselves
			open = true
		case open && t.value == t.keyEnd && string(data[t.start:t.end]) == "}":
			open = false
		case t.value > t.keyEnd:
			p.pair(b, data, t)
		case p.list >= 0 && p.flags.find(data, i, t.next) >= 0:
			b.Cols[p.list].Nested.Items.Slot().Set(data, i, t.next-i, b.Buffer)
		case len(p.words) > 0:
			words = append(append(words, ' '), data[i:t.next]...)
		}
		i = skipSpaces(data, t.next, end)
	}
	return words
}

// skipSpaces passes blanks and the sign that audit's interpreted fields stand behind.
func skipSpaces(data []byte, i, end int) int {
	for i < end && space[data[i]] {
		i++
	}
	return i
}

// next reads the piece at i.
func (p *pairs) next(data []byte, i, end int) pair {
	t := pair{start: i}
	k := i
	for k < end && !ends[data[k]] {
		k++
	}
	if k == end || data[k] != '=' || k == i {
		for k < end && !space[data[k]] {
			k++
		}
		t.keyEnd, t.value, t.end, t.next = k, k, k, k
		return t
	}
	t.keyEnd, t.value = k, k+1
	k++
	if k < end && (data[k] == '"' || data[k] == '\'') {
		if j := p.closing(data, k, end); j < end {
			t.value, t.end, t.next, t.quoted = k+1, j, j+1, true
			return t
		}
	}
	for k < end && !space[data[k]] {
		k++
	}
	t.end, t.next = k, k
	return t
}

// closing is where the quote at k is closed, end: nowhere. One behind a backslash is part of the value, unless what would close it then is
// the quote that opens another value: user="CORP\" group="staff".
func (p *pairs) closing(data []byte, k, end int) int {
	first := end
	for j := k + 1; j < end; j++ {
		switch {
		case data[j] == '\\' && !p.audit:
			if j++; j < end && data[j] == data[k] && first == end {
				first = j
			}
		case data[j] == data[k]:
			if first < end && j+1 < end && !space[data[j+1]] {
				return first
			}
			return j
		}
	}
	return first
}

// space are the bytes between pairs, ends those that end a key.
var space, ends = [256]bool{' ': true, 0x1d: true, '\t': true}, [256]bool{' ': true, 0x1d: true, '\t': true, '=': true, '"': true}

// pair takes over one pair. A value that is none of its column's type goes to the map, as those do that have no column.
func (p *pairs) pair(b *record.Builder, data []byte, t pair) {
	if k := p.names.find(data, t.start, t.keyEnd); k >= 0 && p.value(b, p.parts[k], data, t.value, t.end) {
		return
	}
	if p.rest < 0 {
		return
	}
	n := b.Cols[p.rest].Nested
	n.Keys.Slot().Set(data, t.start, t.keyEnd-t.start, b.Buffer)
	switch text := data[t.value:t.end]; {
	case p.audit && !t.quoted && (string(text) == "?" || string(text) == "(null)" || string(text) == "(none)"):
		n.Items.Null()
	case p.audit && !t.quoted && isHex(text) && p.isText(data[t.start:t.keyEnd]):
		n.Items.Text(b.Text(unhex(text)))
	default:
		n.Items.Slot().Set(data, t.value, t.end-t.value, b.Buffer)
	}
}

// value puts data[i:end] into its column, or its parts into theirs: those between colons, of which the last goes on to the end.
func (p *pairs) value(b *record.Builder, parts []int, data []byte, i, end int) bool {
	first := &p.keys[parts[0]]
	if len(parts) == 1 {
		return p.take(b, first, data, i, end)
	}
	if first.address && value.IP(data[i:end]) { // one of IPv6 has colons of its own
		return p.take(b, first, data, i, end)
	}
	fits := true
	for k, part := range parts {
		stop := end
		if c := bytes.IndexByte(data[i:end], ':'); c >= 0 && k < len(parts)-1 {
			stop = i + c
		}
		if i < stop && !p.take(b, &p.keys[part], data, i, stop) {
			fits = false // the others are what they are, whichever columns are asked for
		}
		i = min(stop+1, end)
	}
	return fits
}

// take puts data[i:end] into the column of e. False: it is not of its type.
func (p *pairs) take(b *record.Builder, e *step, data []byte, i, end int) bool {
	if e.col < 0 || b.IsPresent(&b.Cols[e.col]) || e.isNull(data, i, end) || i == end && !e.text {
		return true
	}
	ok := e.convert(b, e, data, i, end, false)
	if ok {
		b.Present(&b.Cols[e.col])
	}
	return ok
}

// isText tells whether the value of the key may be in hexadecimal digits.
func (p *pairs) isText(key []byte) bool {
	return auditTexts[string(key)] || p.args && len(key) > 1 && key[0] == 'a' && key[1]-'0' <= 9
}

// auditTexts are the fields that the kernel writes in hexadecimal digits where the text has quotes, blanks or bytes beyond ASCII
// (https://github.com/linux-audit/audit-documentation/wiki/SPEC-Writing-Good-Events).
var auditTexts = map[string]bool{"acct": true, "cgroup": true, "cmd": true, "comm": true, "cwd": true, "data": true, "device": true, "dir": true, "exe": true, "file": true,
	"invalid_context": true, "key": true, "name": true, "new": true, "ocomm": true, "old": true, "path": true, "proctitle": true, "sw": true, "vm": true, "watch": true}

func isHex(text []byte) bool {
	for _, c := range text {
		if c-'0' > 9 && c-'A' > 5 {
			return false
		}
	}
	return len(text) > 0 && len(text)%2 == 0
}

// unhex undoes hexadecimal digits. The zeros that end the words of a command line become blanks.
func unhex(text []byte) []byte {
	digit := func(c byte) byte {
		if c <= '9' {
			return c - '0'
		}
		return c - 'A' + 10
	}
	out := make([]byte, len(text)/2)
	for i := range out {
		out[i] = digit(text[2*i])<<4 | digit(text[2*i+1])
	}
	out = bytes.TrimRight(out, "\x00")
	return bytes.ReplaceAll(out, []byte{0}, []byte{' '})
}
