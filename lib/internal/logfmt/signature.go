package logfmt

import (
	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/texts"
)

// Matching counts the lines of a sample that are logfmt beyond doubt and fit the signature: for detection.
func Matching(sample []byte, s *infer.Signature) (matched int) {
	t := newTape(s.Root)
	look := s.Look()
	texts.EachLine(sample, func(data []byte, i, end int) bool {
		if t.read(data, i, end) && t.plausible() && t.looks(look, data[i:end]) {
			matched++
		}
		return true
	})
	return matched
}

// looks tells whether the record on the tape fits. All its values are texts; a number is a text that is one.
func (t *tape) looks(look *infer.Look, line []byte) bool {
	look.Begin(line)
	for i := range t.Values {
		v := &t.Values[i]
		if v.Node == nil {
			continue
		}
		text := t.Data[v.At:v.End]
		kind := infer.String
		if !t.quotes(v) && len(text) > 0 {
			if _, _, ok := infer.Float(text); ok {
				kind = infer.Number
			}
		}
		look.Value(v.Node, kind, text)
	}
	return look.Fits()
}
