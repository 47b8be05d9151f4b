package match

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/pattern"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// Words are what headers are made of: a value without blanks, a level among them, and the blanks behind it.

// isWord tells whether the step reads a word and has no other wish that a walk by words does not know.
func (e *step) isWord(unquote bool) bool {
	r := e.element.Reading
	r.NoBlank, r.Pad, r.Repeat, r.Severity, r.Level, r.AnyLevel, r.Known, r.Levels, r.MayBeEmpty, r.Not, r.Values = false, pattern.NoPad, false, "", false, false, false, nil, false, "", nil
	if e.after.text == " " { // else a word that has none of them would end elsewhere
		r.Has = ""
	}
	return e.element.NoBlank && !unquote && !r.Unusual() && !e.peek && e.after.n > 0 && !e.last && !e.ends && (e.element.Null == "" && e.element.Pad == pattern.NoPad || !e.repeat) && e.element.Empty == "" &&
		e.element.Escape == pattern.EscapeNone && e.element.Skip == 0 && e.element.List == pattern.NoList && e.element.Width == 0
}

// nothing marks the value as null.
func (e *step) nothing(b *record.Builder) {
	if e.col >= 0 {
		b.Null(&b.Cols[e.col])
	}
	if e.more[0] >= 0 {
		b.Null(&b.Cols[e.more[0]])
	}
}

// sought are bytes that are looked for in a value.
type sought struct {
	only byte        // one ...
	rest *scan.Class // ... or all that are not in here; nil where any are beyond ASCII, for which there is text
	text string
}

// newSought is nil for no bytes.
func newSought(text string) *sought {
	if text == "" {
		return nil
	}
	return &sought{only: text[0], rest: scan.NewClass(func(c byte) bool { return strings.IndexByte(text, c) < 0 }), text: text}
}

// holds tells whether data[i:end] has one of the bytes.
func (s *sought) holds(data []byte, i, end int) bool {
	switch {
	case s == nil:
		return false
	case len(s.text) == 1:
		return bytes.IndexByte(data[i:end], s.only) >= 0
	case s.rest != nil:
		return s.rest.End(data, i, end) < end
	}
	return bytes.ContainsAny(data[i:end], s.text)
}

// word reads a word at i and goes behind the constant. Where that is not all there is to it, ok is false and nothing has happened; where none
// stands, whatever one may try, fault says why and next is where the line stops to fit.
func (w *worker) word(b *record.Builder, data []byte, e *step, i int) (next int, ok bool, fault record.Fault) {
	from := i
	if e.element.Pad == pattern.PadLeft {
		for mem.At(data, i) == ' ' {
			i++
		}
	}
	end := i
	if e.stop == ' ' {
		end = scan.Find(data, end, ' ', '\n')
	} else {
		end = scan.Find3(data, end, e.stop, ' ', '\n')
	}
	next = end
	if e.element.Pad != pattern.NoPad {
		if next = e.padding(data, from, end); next < 0 || end == i || !e.after.at(data, next) {
			return from, false, record.NoFault
		}
	} else if !e.after.at(data, end) {
		if c := mem.At(data, end); end > i && (c == ' ' || c == '\n') {
			return end, false, record.NoMatch
		}
		if end, ok = e.goesOn(data, end); !ok {
			return end, false, record.NoMatch
		}
		next = end
	} else if end == i {
		return end, false, record.NoFault
	}
	next += e.after.n
	if e.nulls && e.isNull(data, i, end) {
		e.nothing(b)
		return next, true, record.NoFault
	}
	if e.element.Values != nil && !slices.Contains(e.element.Values, mem.String(data[i:end])) {
		return i, false, record.NoFault
	}
	if e.has != nil && !e.has.holds(data, i, end) || e.not != nil && e.not.holds(data, i, end) {
		return end, false, record.NoMatch
	}
	if e.levels != nil || e.more[0] >= 0 {
		if !w.level(b, e, data, i, end) {
			if e.element.Pad == pattern.NoPad { // it ends there and nowhere else
				return i, false, record.BadValue
			}
			return i, false, record.NoFault
		}
	} else if e.col >= 0 {
		if c := &b.Cols[e.col]; c.Dict == nil {
			c.Views[b.Row].Set(data, i, end-i, b.Buffer)
		} else {
			c.Index[b.Row] = c.Dict.Lookup(data, i, end-i)
		}
	}
	if e.repeat { // the constant is a blank
		for mem.At(data, next) == ' ' {
			next++
		}
	}
	return next, true, record.NoFault
}

// padding is the place behind the word that ends at end and the blanks that fill it up, from where its place begins; -1: they do not.
func (e *step) padding(data []byte, from, end int) int {
	full := from + e.element.PadWidth
	if !e.element.PadBytes {
		most := from + utf8.UTFMax*e.element.PadWidth
		full = min(full+followers(data, from, min(end, most)), most)
	}
	if end >= full {
		return end
	}
	if e.element.Pad == pattern.PadLeft {
		return -1
	}
	for ; end < full; end++ {
		if mem.At(data, end) != ' ' {
			return -1
		}
	}
	return full
}

// followers is how many bytes of data[i:end] are not the first of a character.
func followers(data []byte, i, end int) (n int) {
	for ; i < end; i++ {
		if !utf8.RuneStart(mem.At(data, i)) {
			n++
		}
	}
	return n
}

// goesOn finds the end of a word that goes on at i with the first byte of the constant, or is empty so far. A word ends before a blank: where the
// constant does not stand before that, ok is false and the line stops to fit at end, which is where the value would have been found to have a blank.
func (e *step) goesOn(data []byte, i int) (end int, ok bool) {
	j := i
	for mem.At(data, j) != ' ' && mem.At(data, j) != '\n' {
		if j = scan.Find3(data, j+1, e.stop, ' ', '\n'); e.after.at(data, j) {
			return j, true
		}
	}
	blank := j
	for ; ; j++ {
		j = scan.Find(data, j, e.stop, '\n')
		if mem.At(data, j) == '\n' {
			return j, false
		}
		if e.after.at(data, j) {
			return blank, false
		}
	}
}
