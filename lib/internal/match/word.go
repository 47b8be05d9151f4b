package match

import (
	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/pattern"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// Words are what headers are made of: a value without blanks, a level among them, and the blanks behind it.

// isWord tells whether the step reads a word and has no other wish that a walk by words does not know.
func (s *step) isWord(unquote bool) bool {
	r := s.element.Reading
	r.NoBlank, r.Repeat, r.Severity, r.Level, r.AnyLevel, r.Known, r.Levels, r.MayBeEmpty = false, false, "", false, false, false, nil, false
	return s.element.NoBlank && !unquote && !r.Unusual() && !s.peek && s.after.n > 0 && !s.last && !s.ends && s.element.Null == "" && s.element.Empty == "" &&
		s.element.Escape == pattern.EscapeNone && s.element.Skip == 0 && s.element.List == pattern.NoList && s.element.Width == 0
}

// word reads a word at i and goes behind the constant. Where that is not all there is to it, ok is false and nothing has happened.
func (e *step) word(b *record.Builder, data []byte, i int) (next int, ok bool) {
	end := i
	if e.stop == ' ' {
		end = scan.Find(data, end, ' ', '\n')
	} else {
		end = scan.Find3(data, end, e.stop, ' ', '\n')
	}
	if end == i || !e.after.at(data, end) {
		return i, false
	}
	if e.levels != nil {
		if !convertLevel(b, e, data, i, end, false) {
			return i, false
		}
	} else if e.more[0] >= 0 {
		convertText(b, e, data, i, end, false)
	} else if e.col >= 0 {
		if c := &b.Cols[e.col]; c.Dict == nil {
			c.Views[b.Row] = record.MakeView(data, i, end-i, b.Buffer)
		} else {
			c.Index[b.Row] = c.Dict.Lookup(data, i, end-i)
		}
	}
	end += e.after.n
	if e.repeat { // the constant is a blank
		for mem.At(data, end) == ' ' {
			end++
		}
	}
	return end, true
}
