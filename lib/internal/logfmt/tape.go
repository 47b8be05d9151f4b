package logfmt

import (
	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

// kind is what a value is.
type kind uint8

const (
	isText kind = iota
	isEmpty
	isNumber
	isTrue
	isFalse
)

// pair is a key and its value in the data: data[key:keyEnd], and data[at:end] without quotes. A bare key has no text of its own.
type pair struct {
	node        *infer.Node // nil: no column knows the key
	key, keyEnd int
	at, end     int
	next        int32 // the pair with the same key that comes next, -1: none
	again       bool  // a pair with the same key came before
	idle        bool  // a bare key beside the same key: it says nothing more
	kind        kind
	quoted      bool
	escaped     bool
	bare        bool
	spills      bool
}

// tape takes lines apart, one at a time.
type tape struct {
	tree  *infer.Node
	data  []byte
	pairs []pair

	loose bool // a line of bare keys alone is a record

	fault record.Fault // why the last line is no record, at at
	at    int
	want  string
}

// ends marks the bytes that end a key.
var ends = [256]bool{' ': true, '\t': true, '\n': true, '=': true}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' }

// read takes the line data[i:end] apart. A newline and slack stand at or behind end.
func (t *tape) read(data []byte, i, end int) bool {
	t.data, t.pairs = data, t.pairs[:0]
	start, full := i, false // has a pair a value?
	for {
		for i < end && blank(data[i]) {
			i++
		}
		if i == end {
			break
		}
		p := pair{key: i, next: -1, kind: isTrue}
		for i < end && !ends[data[i]] {
			i++
		}
		p.keyEnd, p.at, p.end, p.bare = i, i, i, true
		if i < end && data[i] == '=' {
			p.bare, full = false, true
			if i = t.value(&p, i+1, end); i < 0 {
				t.pairs = append(t.pairs, p)
				return false
			}
		}
		t.add(&p)
	}
	switch {
	case len(t.pairs) == 0:
		t.fail(record.Empty, end, "a pair of key=value")
	case full || t.loose:
		return true
	default:
		t.fail(record.NoMatch, start, "a pair of key=value")
	}
	return false
}

func (t *tape) fail(fault record.Fault, at int, want string) { t.fault, t.at, t.want = fault, at, want }

// blankAt is the position of the next blank, end where there is none.
func (t *tape) blankAt(i, end int) int { return min(scan.Find3(t.data, i, ' ', '\t', '\n'), end) }

// value reads the value at i and gives the position behind it, -1 for a broken one.
func (t *tape) value(p *pair, i, end int) int {
	if i < end && t.data[i] == '"' {
		return t.quoted(p, i+1, end)
	}
	p.at, p.end = i, t.blankAt(i, end)
	p.kind = classify(t.data[p.at:p.end])
	return p.end
}

// quoted reads the value that begins behind its quote at i.
func (t *tape) quoted(p *pair, i, end int) int {
	p.at, p.quoted, p.kind = i, true, isText
	for ; ; i++ {
		i = scan.Find3(t.data, i, '"', '\\', '\n')
		if i >= end {
			t.fail(record.NoMatch, end, "a closing quote")
			return -1
		}
		switch t.data[i] {
		case '\\':
			p.escaped = true
			if i++; i >= end {
				t.fail(record.NoMatch, end, "a closing quote")
				return -1
			}
			continue
		case '\n':
			continue
		}
		break
	}
	p.end = i
	if i == p.at {
		p.kind = isEmpty
	}
	if i++; i < end && !blank(t.data[i]) {
		t.fail(record.NoMatch, i, "a blank")
		return -1
	}
	return i
}

func (t *tape) add(p *pair) {
	p.node = t.tree.Find(t.data[p.key:p.keyEnd])
	t.pairs = append(t.pairs, *p)
}

// text is the value of a pair, unescaped.
func (t *tape) text(p *pair) []byte {
	if p.escaped {
		return value.Unquote(nil, t.data[p.at:p.end])
	}
	return t.data[p.at:p.end]
}

// classify is what an unquoted value is.
func classify(text []byte) kind {
	switch {
	case len(text) == 0:
		return isEmpty
	case string(text) == "true":
		return isTrue
	case string(text) == "false":
		return isFalse
	case number(text):
		return isNumber
	}
	return isText
}

// number tells whether text is a number in JSON's grammar. -0 is none: no integer keeps its sign.
func number(text []byte) bool {
	digits := text
	if digits[0] == '-' {
		digits = digits[1:]
	}
	if len(digits) == 0 || digits[0]-'0' > 9 || digits[0] == '0' && len(digits) > 1 && digits[1]-'0' <= 9 {
		return false
	}
	return infer.IsNumber(text) && string(text) != "-0"
}
