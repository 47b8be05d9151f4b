package match

import (
	"bytes"

	"github.com/sawlog/sawlog/lib/record"
)

// pairs reads KEY=VALUE up to the line's end, between blanks. Of a key that is there twice the first counts. What stands in square brackets
// (the packet that an ICMP error is about) is passed over.
type pairs struct {
	keys  []step
	names names // of keys
	fills []int // the columns of keys
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
	byField := map[string]int{}
	for i := range e.Pairs.Keys {
		if k, shared := byField[e.Pairs.Keys[i].Field]; shared { // two keys for one column
			p.names.add(e.Pairs.Keys[i].Key, k)
			continue
		}
		byField[e.Pairs.Keys[i].Field] = len(p.keys)
		key := step{col: -1, more: none, element: &e.Pairs.Keys[i].Element}
		key.nulls = key.element.Null != ""
		kind, unquote := c.declared(&key)
		if err := c.typed(&key, kind, unquote); err != nil {
			return err
		}
		if key.convert == nil {
			key.convert = convertText
		}
		p.names.add(e.Pairs.Keys[i].Key, len(p.keys))
		p.keys = append(p.keys, key)
		if key.col >= 0 {
			p.fills = append(p.fills, key.col)
		}
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

// pair takes over one pair.
func (p *pairs) pair(b *record.Builder, data []byte, t pair) {
	if k := p.names.find(data, t.start, t.keyEnd); k >= 0 {
		e := &p.keys[k]
		if e.col < 0 || b.IsPresent(&b.Cols[e.col]) || e.isNull(data, t.value, t.end) || t.value == t.end && !e.text {
			return
		}
		if e.convert(b, e, data, t.value, t.end, false) {
			b.Present(&b.Cols[e.col])
		}
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
