package logfmt

import (
	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/texts"
	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

// tape takes lines apart, one at a time, into the values of a store.
type tape struct {
	*texts.Store
	tree *infer.Node

	loose bool // a line of bare keys alone is a record

	fault record.Fault // why the last line is no record, at at
	at    int
	want  string
}

// newTape makes one that keeps nothing: to look at samples.
func newTape(tree *infer.Node) *tape { return &tape{Store: &texts.Store{}, tree: tree} }

// keyEnd is the end of the key of a value.
func (t *tape) keyEnd(v *texts.Value) int {
	switch {
	case v.Bare:
		return v.At
	case t.quotes(v):
		return v.At - 2
	}
	return v.At - 1
}

// quotes tells whether a value stands between quotes.
func (t *tape) quotes(v *texts.Value) bool { return !v.Bare && t.Data[v.At-1] == '"' }

// ends marks the bytes that end a key.
var ends = [256]bool{' ': true, '\t': true, '\n': true, '=': true}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' }

// read takes the line data[i:end] apart. A newline and slack stand at or behind end.
func (t *tape) read(data []byte, i, end int) bool {
	t.Data, t.Values = data, t.Values[:0]
	start, full := i, false // has a pair a value?
	for {
		for i < end && blank(data[i]) {
			i++
		}
		if i == end {
			break
		}
		from := i
		for i < end && !ends[data[i]] {
			i++
		}
		v := texts.Value{Key: data[from:i], At: i, End: i, Kind: texts.True, Bare: true}
		if i < end && data[i] == '=' {
			v.Bare, full = false, true
			i = t.value(&v, i+1, end)
		}
		v.Node = t.tree.Find(v.Key)
		if t.Values = append(t.Values, v); i < 0 {
			return false
		}
	}
	switch {
	case len(t.Values) == 0:
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
func (t *tape) blankAt(i, end int) int { return min(scan.Find3(t.Data, i, ' ', '\t', '\n'), end) }

// value reads the value at i and gives the position behind it, -1 for a broken one.
func (t *tape) value(v *texts.Value, i, end int) int {
	if i < end && t.Data[i] == '"' {
		return t.quoted(v, i+1, end)
	}
	v.At, v.End, v.Kind = i, t.blankAt(i, end), texts.Unknown
	return v.End
}

// quoted reads the value that begins behind its quote at i.
func (t *tape) quoted(v *texts.Value, i, end int) int {
	v.At, v.Kind = i, texts.Text
	for ; ; i++ {
		i = scan.Find3(t.Data, i, '"', '\\', '\n')
		if i >= end {
			t.fail(record.NoMatch, end, "a closing quote")
			return -1
		}
		switch t.Data[i] {
		case '\\':
			v.Escaped = true
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
	v.End = i
	if i == v.At {
		v.Kind = texts.Empty
	}
	if i++; i < end && !blank(t.Data[i]) {
		t.fail(record.NoMatch, i, "a blank")
		return -1
	}
	return i
}

// text is a value, unescaped.
func (t *tape) text(v *texts.Value) []byte {
	if v.Escaped {
		return value.Unquote(nil, t.Data[v.At:v.End])
	}
	return t.Data[v.At:v.End]
}
