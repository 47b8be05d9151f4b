package match

import (
	"bytes"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/pattern"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

// What the fast cases of walk leave over: values with escapes, null texts, long numbers, the end of the line in its two forms. Each
// function reads the field at i and the constant behind it and returns the position behind both; or, with a fault, where it stopped.

// behind is the position behind the constant at i. The newline that ends the last constant may be CR LF, and where what follows is
// optional the line may end in its place.
func (e *step) behind(data []byte, i int) (int, bool) {
	if e.after.at(data, i) {
		if e.peek {
			return i, true
		}
		for i += e.after.n; e.repeat && e.after.at(data, i); {
			i += e.after.n
		}
		return i, true
	}
	if e.cut {
		for k := 0; k < e.after.n && mem.At(data, i) == e.after.text[k] && e.after.text[k] != '\n'; k++ {
			i++
		}
		return newline(data, i)
	}
	if e.optional {
		for k := range e.keep {
			if mem.At(data, i+k) != e.after.text[k] {
				return i, false
			}
		}
		return newline(data, i+e.keep)
	}
	if !e.last {
		return i, false
	}
	m := e.after.n - 1
	for k := range m {
		if mem.At(data, i+k) != e.after.text[k] {
			return i, false
		}
	}
	return newline(data, i+m)
}

// newline is the position behind the line ending at i, in either form.
func newline(data []byte, i int) (int, bool) {
	if mem.At(data, i) == '\r' {
		i++
	}
	return i + 1, mem.At(data, i) == '\n'
}

// field finds the end of the value at i: the first place where the constant follows, escapes skipped where the writer uses them.
func (e *step) field(data []byte, i int) (end, next int, escaped, ok bool) {
	return e.fieldFrom(data, i, i)
}

// fieldFrom is field where the value goes on at least up to from.
func (e *step) fieldFrom(data []byte, i, from int) (end, next int, escaped, ok bool) {
	if w := e.element.Width; w > 0 && (e.peek || e.after.n == 0) {
		return e.fixed(data, i, i+w)
	}
	slash, skip := byte('\n'), e.element.Skip
	if e.element.Escape != pattern.EscapeNone {
		slash = '\\'
	}
	for j := from; ; j++ {
		if e.strict {
			j = scan.FindPair(data, j, e.stop, e.second, '\n')
		} else {
			j = scan.Find3(data, j, e.stop, slash, '\n')
		}
		if slash == '\\' && mem.At(data, j) == '\\' {
			escaped = true
			if mem.At(data, j+1) != '\n' {
				j++
			}
			continue
		}
		if next, ok = e.behind(data, j); ok && !e.inside(data, i, j) {
			if skip == 0 || mem.At(data, next-1) == '\n' {
				return trimCR(data, i, j), next, escaped, true
			}
			skip--
			continue
		}
		if c := mem.At(data, j); c == '\n' || (c == ' ' && e.element.Word) {
			return j, j, escaped, false
		}
	}
}

// trimCR leaves the CR of a line ending out of the value that the line ends with.
func trimCR(data []byte, i, end int) int {
	if mem.At(data, end) == '\n' && end > i && mem.At(data, end-1) == '\r' {
		return end - 1
	}
	return end
}

// fixed is field for a value of known width.
func (e *step) fixed(data []byte, i, end int) (int, int, bool, bool) {
	for j := i; j < end; j++ {
		if c := mem.At(data, j); c == '\n' || c == '\r' && mem.At(data, j+1) == '\n' {
			return j, j, false, false
		}
	}
	next, ok := e.behind(data, end)
	return end, next, false, ok
}

// inside tells whether the constant found at j, a blank, belongs to the list that the value is: "10.0.0.1, 10.0.0.2", "1 : 2".
func (e *step) inside(data []byte, i, j int) bool {
	if e.element.List == pattern.NoList || e.stop != ' ' || j == i || mem.At(data, j) != ' ' {
		return false
	}
	switch before := mem.At(data, j-1); e.element.List {
	case pattern.CommaList:
		return before == ','
	case pattern.UpstreamList:
		return before == ',' || (before == ':' && j > i+1 && mem.At(data, j-2) == ' ') || (mem.At(data, j+1) == ':' && mem.At(data, j+2) == ' ')
	}
	return false
}

// isNull tells whether the value data[i:end] stands for null.
func (e *step) isNull(data []byte, i, end int) bool {
	if i == end {
		return e.element.EmptyNull
	}
	return e.nulls && string(data[i:end]) == e.element.Null
}

// null marks the field as null and goes on behind the constant.
func (w *worker) null(b *record.Builder, e *step, next int) (int, record.Fault) {
	if e.col >= 0 {
		b.Null(&b.Cols[e.col])
	}
	for _, c := range e.more {
		if c >= 0 {
			b.Null(&b.Cols[c])
		}
	}
	return next, record.NoFault
}

func (w *worker) text(b *record.Builder, data []byte, e *step, i int) (int, record.Fault) {
	end, next, escaped, ok := e.field(data, i)
	if !ok || (end == i && !e.empty && !e.element.EmptyNull) {
		return end, record.NoMatch
	}
	if e.isNull(data, i, end) {
		return w.null(b, e, next)
	}
	if e.element.Empty != "" && string(data[i:end]) == e.element.Empty {
		end = i
	}
	if e.col >= 0 {
		e.store(b, &b.Cols[e.col], data, i, end, escaped)
	}
	return next, record.NoFault
}

// store writes a text, unescaped where it has escapes.
func (e *step) store(b *record.Builder, c *record.Col, data []byte, i, end int, escaped bool) {
	if !escaped || e.element.Escape == pattern.EscapeNone && !e.element.Cell {
		b.SetText(c, data, i, end-i)
		return
	}
	start := len(b.Side)
	if e.element.Cell {
		b.Side = undouble(b.Side, data[i:end])
	} else if e.element.Escape == pattern.EscapeJSON {
		b.Side = value.Unquote(b.Side, data[i:end])
	} else {
		b.Side = value.Unescape(b.Side, data[i:end])
	}
	b.SetSide(c, start)
}

// undouble appends text with one quote for two.
func undouble(to, text []byte) []byte {
	for i := 0; i < len(text); i++ {
		if to = append(to, text[i]); text[i] == '"' {
			i++
		}
	}
	return to
}

func (w *worker) integer(b *record.Builder, data []byte, e *step, i int) (int, record.Fault) {
	end, next, _, ok := e.field(data, i)
	switch {
	case !ok || end == i && e.element.Full && !e.element.EmptyNull:
		w.dash = i // whatever stands there, no other program comes further than the line's end
		return end, record.NoMatch
	case end == i || e.isNull(data, i, end):
		w.dash = i
		return w.null(b, e, next)
	}
	v, ok := value.Int(data, i, end-i)
	if !ok {
		if e.last {
			w.dash = i
			if steps := w.p.steps; e == &steps[len(steps)-1] {
				w.dash = passed(i)
			}
		}
		return i, record.BadValue
	}
	if e.col >= 0 {
		b.Cols[e.col].Words[b.Row] = uint64(v)
	}
	return next, record.NoFault
}

// time reads on where the time of a step, which has been looked for at i, is not simply followed by the constant.
func (w *worker) time(b *record.Builder, data []byte, e *step, i int, ns int64, end int, ok bool) (int, record.Fault) {
	if ok {
		if next, ok := e.behind(data, end); ok {
			if e.col >= 0 {
				b.Cols[e.col].Words[b.Row] = uint64(ns)
			}
			return next, record.NoFault
		}
		if e.element.Full && e.element.Null == "" { // no longer text is a time either
			return end, record.NoMatch
		}
	} else if e.must {
		return i, record.BadValue
	}
	end, next, _, found := e.field(data, i)
	switch {
	case !found || end == i && e.element.Full && !e.element.EmptyNull:
		return end, record.NoMatch
	case end == i || e.isNull(data, i, end):
		return w.null(b, e, next)
	}
	return i, record.BadValue
}

func (w *worker) number(b *record.Builder, data []byte, e *step, i int) (int, record.Fault) {
	if e.unit > 0 { // a duration is mostly a short number
		if v, d := scan.Short(mem.Load64(data, i)); d > 0 && d < 8 && e.after.at(data, i+d) && e.unit <= 1e9 {
			word(v*uint64(e.unit), b, e)
			return i + d + e.after.n, record.NoFault
		}
	}
	end, next, escaped, ok := e.field(data, i)
	switch {
	case !ok || end == i && e.element.Full && !e.element.EmptyNull:
		return end, record.NoMatch
	case e.isNull(data, i, end), end == i:
		return w.null(b, e, next)
	}
	if !e.convert(b, e, data, i, end, escaped) {
		return i, record.BadValue
	}
	return next, record.NoFault
}

// rest is what may follow the last field: nothing, or a blank and text. It is always the last step.
func (w *worker) rest(b *record.Builder, data []byte, e *step, i int) (int, record.Fault) {
	end := i + bytes.IndexByte(data[i:], '\n')
	next := end + 1
	if end > i && data[end-1] == '\r' {
		end--
	}
	if end == i {
		return w.null(b, e, next)
	}
	if data[i] != ' ' {
		return i, record.NoMatch
	}
	if e.col >= 0 {
		b.SetText(&b.Cols[e.col], data, i+1, end-i-1)
	}
	return next, record.NoFault
}
