// Package texts is what engines have in common whose lines are texts under names (logfmt, csv, keyvalue and their kin): the schema inferred from
// a sample, values stored in typed columns, what does not fit one put into the overflow column, and the way through the lines of a block.
//
// An engine takes a line apart into values. What a value is, its text tells: true and false are bools; JSON's numbers, without zeros in
// front of other digits, are numbers; all else is text. A column is of numbers or bools where all of the sample was and every digit
// survives, else of texts, which take any value as it is written. An empty text is null in a column that is not of texts.
package texts

import (
	"bytes"

	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// Kind is what a value is.
type Kind uint8

const (
	Unknown Kind = iota // its text tells
	Text
	Empty
	Number
	True
	False
	Null // written as none: in no column, not in the overflow column either
)

// Value is one value of a record: Store.Data[At:End], without quotes.
type Value struct {
	Node    *infer.Node // nil: no column knows the key
	Key     []byte      // what the record calls it; needed only where it can have no column
	At, End int
	Kind    Kind
	Escaped bool // it is not to be taken as it is written: see Store.Unescape
	Bare    bool // a key without a value, which is true

	next   int32 // the value with the same key that comes next, -1: none
	again  bool  // a value with the same key came before
	idle   bool  // a bare key beside the same key: it says nothing more
	spills bool
}

// Spilled tells whether the value went to the overflow column when its record was written.
func (v *Value) Spilled() bool { return v.spills }

// Classify is what a value is whose text tells.
func Classify(text []byte) Kind {
	switch {
	case len(text) == 0:
		return Empty
	case text[0]-'0' > 9 && text[0] != '-':
		if string(text) == "true" {
			return True
		} else if string(text) == "false" {
			return False
		}
	case number(text):
		return Number
	}
	return Text
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

// Sample collects what the records of a stream's beginning have.
type Sample struct {
	*infer.Keys
	valued map[*infer.Node]bool
}

// NewSample makes an empty sample.
func NewSample(options infer.Options) *Sample {
	return &Sample{infer.New(Settle(options)), map[*infer.Node]bool{}}
}

// Settle sets the options that are the same for all engines of this kind.
func Settle(options infer.Options) infer.Options {
	options.Depth, options.Texts = 1, true // keys with dots are plain keys
	return options
}

// Add shows a value of this key, unescaped, to the sample.
func (s *Sample) Add(key []byte, kind Kind, text []byte) {
	n := s.Child(s.Root, key)
	if kind == Unknown {
		kind = Classify(text)
	}
	if n == nil || kind == Empty || kind == Null {
		return
	}
	s.valued[n] = true
	switch kind {
	case True, False:
		n.Add(infer.Bool)
	case Number:
		n.AddNumber(text)
	default:
		n.AddText(text)
	}
}

// Decide settles the columns. bytes: what is not declared and not of numbers is a column of bytes, not of texts.
func (s *Sample) Decide(bytes bool) (*infer.Layout, error) {
	for _, n := range s.Root.Kids {
		if !s.valued[n] {
			n.Add(infer.String) // only empty texts were seen
		}
	}
	layout, err := s.Keys.Decide()
	if err != nil || !bytes {
		return layout, err
	}
	err = layout.Retype(func(n *infer.Node, f *record.Field) {
		if n.Declared == nil && f.Type == record.String {
			f.Type = record.Bytes
		}
	})
	return layout, err
}

// EachLine calls do for every line of a sample: data[i:end] without its ending, slack behind it. It stops when do says false. Lines are shown
// where they stand; only the last ones, behind which there is no slack, are copied.
func EachLine(sample []byte, do func(data []byte, i, end int) bool) {
	cut := bytes.LastIndexByte(sample[:max(len(sample)-scan.Slack, 0)], '\n') + 1
	for i := 0; i < cut; {
		stop := scan.LineEnd(sample, i)
		if !do(sample, i, Trim(sample, i, stop)) {
			return
		}
		i = stop + 1
	}
	rest := sample[cut:]
	data := append(append(make([]byte, 0, len(rest)+1+scan.Slack), rest...), '\n')
	for i, n := 0, len(data); i < n; {
		stop := scan.LineEnd(data, i)
		if !do(data, i, Trim(data, i, stop)) {
			return
		}
		if i = stop + 1; i == n-1 && len(sample) > 0 && sample[len(sample)-1] == '\n' {
			return // the sample's last line has its ending
		}
	}
}

// Trim is the end of the line data[i:stop] without a carriage return.
func Trim(data []byte, i, stop int) int {
	if stop > i && data[stop-1] == '\r' {
		return stop - 1
	}
	return stop
}
