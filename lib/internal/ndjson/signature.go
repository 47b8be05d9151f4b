package ndjson

import (
	"bytes"

	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/texts"
)

// kindsSeen says what a signature calls the kinds of values.
var kindsSeen = [...]infer.Kind{isNull: infer.Null, isTrue: infer.Bool, isFalse: infer.Bool, isNumber: infer.Number, isText: infer.String, isArray: infer.JSON,
	isObject: infer.Object, isMembers: infer.Object}

// Matching counts the lines of a sample that are objects which fit the signature: for detection.
func Matching(sample []byte, s *infer.Signature) (matched int) {
	t := &tape{tree: s.Root, input: input{depth: DefaultDepth, white: whiteLine}, seen: make([]uint32, s.Nodes), last: make([]int32, s.Nodes)}
	data := append(append(make([]byte, 0, len(sample)+1+scan.Slack), sample...), '\n')
	look := s.Look()
	for i, n := 0, len(data); i < n; {
		stop := i + bytes.IndexByte(data[i:n], '\n')
		if t.read(data, i, texts.Trim(data, i, stop)) && t.looks(look, data[i:stop]) {
			matched++
		}
		i = stop + 1
	}
	return matched
}

// looks tells whether the record on the tape fits.
func (t *tape) looks(look *infer.Look, line []byte) bool {
	look.Begin(line)
	for i := range t.members {
		m := &t.members[i]
		if m.dead || m.node == nil || m.kind == isNull {
			continue
		}
		text := t.data[m.at:m.end]
		if m.kind == isText {
			text = t.text(m)
		}
		look.Value(m.node, kindsSeen[m.kind], text)
	}
	return look.Fits()
}
