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

// What pattern.Reading asks for: values that are padded, quoted, may be missing with their brackets, are written in parts or mean
// something beside themselves.

// extent is where a value was found.
type extent struct {
	start, end int
	next       int // behind the constant
	escaped    bool
	quoted     bool // start and end are the quotes
	inQuotes   bool // it stands between quotes: nothing is the empty text
	timed      bool // it is a time, which is ns
	wrong      bool // it should be one
	ns         int64
}

// odd reads the field at i by the rules of its element.
func (w *worker) odd(b *record.Builder, data []byte, e *step, i int) (int, record.Fault) {
	x := e.element
	switch {
	case x.Whole:
		return w.whole(b, data, e, i)
	case e.cells && e.after.at(data, i): // most cells are empty
		return w.null(b, e, i+e.after.n)
	}
	if x.Open != "" && !prefixed(data, i, x.Open) {
		if e.nulls && e.null.at(data, i) {
			return w.null(b, e, i+e.null.n)
		}
		return w.missing(b, data, e, i)
	}
	var at extent
	ok := w.extent(&at, e, data, i)
	switch {
	case at.wrong:
		return i, record.BadValue
	case !ok:
		return at.end, record.NoMatch
	case x.Part:
		return w.part(b, data, e, &at)
	case at.quoted:
		return w.unquoted(b, data, e, &at)
	}
	return w.assign(b, data, e, &at)
}

// isStamp tells whether the step reads a time and has no other wish than that the blank behind it may be several.
func (e *step) isStamp() bool {
	r := e.element.Reading
	r.Repeat = false
	return e.repeat && !r.Unusual() && !e.peek && !e.optional && !e.cut && !e.last && !e.element.Word && e.element.Width == 0 && e.element.Skip == 0 && e.element.List == pattern.NoList
}

// isCell tells whether the step reads a cell, with nothing more to it: an empty one is null.
func (e *step) isCell() bool {
	r := e.element.Reading
	r.Cell, r.Severity, r.MayBeEmpty, r.Level, r.Known, r.AnyLevel, r.Levels, r.Full = false, "", false, false, false, false, nil, false
	return e.element.Cell && e.element.EmptyNull && !r.Unusual() && !e.peek && !e.repeat && !e.optional && !e.cut && !e.last && e.after.n > 0
}

// stamped is odd for a time behind which one blank or several stand. Forms of a line differ in their times, so that most of them are read
// in vain: once, not once more when it is known where the value ends.
func (w *worker) stamped(b *record.Builder, data []byte, e *step, i int) (int, record.Fault) {
	ns, end, ok := w.timeAt(e, data, i)
	if ok {
		if !e.after.at(data, end) {
			return w.odd(b, data, e, i)
		}
		word(uint64(ns), b, e)
		next, _ := e.behind(data, end)
		return next, record.NoFault
	}
	if e.must {
		return i, record.BadValue
	}
	end, _, _, ok = e.field(data, i)
	switch {
	case !ok:
		return end, record.NoMatch
	case end == i || e.isNull(data, i, end):
		return w.odd(b, data, e, i)
	}
	return i, record.BadValue
}

// missing is for a value that is not there, with its brackets, nor the blank behind it.
func (w *worker) missing(b *record.Builder, data []byte, e *step, i int) (int, record.Fault) {
	if e.peek {
		return w.null(b, e, i)
	}
	behind := strings.TrimSuffix(e.after.text, "\n")
	if e.after.n > 0 && e.stop == ' ' {
		behind = behind[1:]
	}
	if !prefixed(data, i, behind) {
		return i, record.NoMatch
	}
	i += len(behind)
	if e.last {
		next, ok := newline(data, i)
		if !ok {
			return i, record.NoMatch
		}
		return w.null(b, e, next)
	}
	return w.null(b, e, i)
}

// extent finds the value at i. When there is none, end is where the line stopped to fit.
func (w *worker) extent(at *extent, e *step, data []byte, i int) (ok bool) {
	x := e.element
	at.start = i
	if x.Pad == pattern.PadLeft || x.Trim {
		for mem.At(data, at.start) == ' ' {
			at.start++
		}
		if e.blanks(at, data, i) {
			return true
		}
	}
	if x.Quoted {
		if end := quotedEnd(data, i); end > 0 {
			at.end, at.quoted = end, true
			if at.next, ok = e.behind(data, end); !ok && (x.Loose || e.last && e.after.n == 1) {
				at.next, ok = end+bytes.IndexByte(data[end:], '\n')+1, true
			}
			return ok
		}
	}
	if x.Cell && mem.At(data, at.start) == '"' {
		return e.cell(at, data)
	}
	if e.layout != nil {
		ok := w.stamp(at, e, data)
		if ok || at.timed && x.Full && x.Null == "" {
			return ok
		}
		if e.must && !at.timed {
			at.wrong = true
			return false
		}
		at.timed = false
	}
	if x.Open != "" {
		return e.bracketed(at, data)
	}
	if x.Pad == pattern.PadRight || x.Pad == pattern.PadLeft && e.text { // a number ends at the first blank behind it
		if from := padded(data, i, x); from > at.start {
			if e.upTo(at, data, from) {
				return true
			} // the writer, or who copied the line, did not fill up
		}
	}
	if x.Called {
		if from := called(data, at.start); from > at.start && e.upTo(at, data, from) {
			return true
		}
	}
	return e.upTo(at, data, at.start)
}

// blanks finds a value of nothing but the blanks in front that fill it up. Where it may be missing at all, the constant behind it may begin with
// a blank too.
func (e *step) blanks(at *extent, data []byte, i int) (ok bool) {
	x := e.element
	if x.Pad != pattern.PadLeft || x.NoBlank || at.start <= i+x.PadWidth || !x.EmptyNull && !x.MayBeEmpty {
		return false
	}
	if at.next, ok = e.behind(data, i+x.PadWidth); ok {
		at.start, at.end = i+x.PadWidth, i+x.PadWidth
	}
	return ok
}

// cell finds what stands between the quotes, the first of which stands at its start.
func (e *step) cell(at *extent, data []byte) (ok bool) {
	at.start, at.inQuotes = at.start+1, true
	for i := at.start; ; i++ {
		i = scan.Find(data, i, '"', '\n')
		switch {
		case mem.At(data, i) == '\n':
			at.end = i
			return false
		case mem.At(data, i+1) == '"':
			at.escaped = true
			i++
		default:
			at.end = i
			at.next, ok = e.behind(data, i+1)
			return ok
		}
	}
}

// upTo finds the end of the value at at.start, which goes on at least up to from.
func (e *step) upTo(at *extent, data []byte, from int) (ok bool) {
	if e.element.Last {
		at.end, at.next, ok = e.lastOf(data, at.start)
	} else {
		at.end, at.next, at.escaped, ok = e.fieldFrom(data, at.start, from)
	}
	return ok && e.bare(at, data)
}

// bare takes the blanks off a value that do not belong to it, and tells whether what is left is one.
func (e *step) bare(at *extent, data []byte) bool {
	x := e.element
	if x.Pad == pattern.PadRight || x.Trim {
		for at.end > at.start && (data[at.end-1] == ' ' || x.TrimFeeds && data[at.end-1] == pattern.LineFeed[0]) {
			at.end--
		}
	}
	if x.NoBlank {
		if blank := bytes.IndexByte(data[at.start:at.end], ' '); blank >= 0 {
			at.end = at.start + blank
			return false
		}
	}
	if x.Exact && at.end-at.start != x.Width {
		return false
	}
	if x.Has != "" && !e.has.holds(data, at.start, at.end) {
		return false
	}
	return e.not == nil || !e.not.holds(data, at.start, at.end)
}

// whole stores everything from i to the end of the line and goes on at i, where the constant must stand.
func (w *worker) whole(b *record.Builder, data []byte, e *step, i int) (int, record.Fault) {
	next, ok := e.behind(data, i)
	if !ok {
		return i, record.NoMatch
	}
	end := i + bytes.IndexByte(data[i:], '\n')
	if end > i && data[end-1] == '\r' {
		end--
	}
	if e.col >= 0 {
		b.SetText(&b.Cols[e.col], data, i, end-i)
	}
	return next, record.NoFault
}

// lastOf finds the end of a value that goes on up to the last place in the line where the constant stands.
func (e *step) lastOf(data []byte, i int) (end, next int, ok bool) {
	stop := i + bytes.IndexByte(data[i:], '\n')
	for j := stop; j >= i; j-- {
		if mem.At(data, j) != e.stop {
			continue
		}
		if next, ok := e.behind(data, j); ok {
			return trimCR(data, i, j), next, true
		}
	}
	return stop, stop, false
}

// padded is the place that a padded value reaches at least: behind so many characters, or bytes, or at the end of the line. A character has four
// bytes at most, whatever stands there, and where it has four Java counts two.
func padded(data []byte, i int, x *pattern.Element) int {
	width := x.PadWidth
	for most := i + utf8.UTFMax*width; mem.At(data, i) != '\n' && i < most; i++ {
		c := mem.At(data, i)
		if !x.PadBytes && !utf8.RuneStart(c) {
			continue
		}
		if width <= 0 {
			break
		}
		if width--; x.PadPairs && c >= 0xf0 {
			width--
		}
	}
	return i
}

// called is the place behind the name of a thread that says what it runs, Thread-1 (run); i: there is none.
func called(data []byte, i int) int {
	at := i + len("Thread-")
	if !prefixed(data, i, "Thread-") || mem.At(data, at)-'0' > 9 {
		return i
	}
	for mem.At(data, at)-'0' <= 9 {
		at++
	}
	if !prefixed(data, at, " (") {
		return i
	}
	shut := scan.Find3(data, at+len(" ("), ')', ' ', '\n')
	if mem.At(data, shut) != ')' {
		return i
	}
	return shut + 1
}

// stamp finds a time by reading it: what stands behind it may also stand in it. Blanks that fill it up go with it.
func (w *worker) stamp(at *extent, e *step, data []byte) bool {
	ns, end, ok := w.timeAt(e, data, at.start)
	if !ok {
		return false
	}
	at.end, at.ns, at.timed = end, ns, true
	for (e.element.Pad == pattern.PadRight || e.element.Trim) && mem.At(data, end) == ' ' {
		if _, ok := e.behind(data, end); ok && end-at.start >= e.element.PadWidth {
			break
		}
		end++
	}
	at.next, ok = e.behind(data, end)
	return ok
}

// bracketed finds a value between Open, which stands at its start, and the first Close that the constant follows.
func (e *step) bracketed(at *extent, data []byte) bool {
	if !e.element.Brackets {
		at.start += len(e.element.Open)
	}
	closing := e.element.Close
	for j := at.start; ; j++ {
		j = scan.Find(data, j, closing[0], '\n')
		if mem.At(data, j) == '\n' {
			at.end = j
			return false
		}
		if !prefixed(data, j, closing) {
			continue
		}
		if next, ok := e.behind(data, j+len(closing)); ok {
			if at.end, at.next = j, next; e.element.Brackets {
				at.end += len(closing)
			}
			return true
		}
	}
}

// prefixed tells whether text, which holds no newline, stands at i.
func prefixed(data []byte, i int, text string) bool {
	for k := range len(text) {
		if mem.At(data, i+k) != text[k] {
			return false
		}
	}
	return true
}

// assign makes of data[start:end] the value of the field.
func (w *worker) assign(b *record.Builder, data []byte, e *step, at *extent) (int, record.Fault) {
	i, end := at.start, at.end
	switch {
	case at.timed:
		word(uint64(at.ns), b, e)
		return at.next, record.NoFault
	case !at.inQuotes && e.isNull(data, i, end):
		return w.null(b, e, at.next)
	case i == end && !e.textual() && (!e.element.Full || e.element.EmptyNull):
		return w.null(b, e, at.next)
	case i == end && !e.empty && !at.inQuotes, e.element.Begins != "" && !prefixed(data, i, e.element.Begins):
		return i, record.NoMatch
	}
	if e.layout != nil {
		ns, stop, ok := w.clocks[e.clock].Parse(data, i)
		if !ok || stop != end {
			return i, record.BadValue
		}
		word(uint64(ns), b, e)
		return at.next, record.NoFault
	}
	if values := e.element.Values; values != nil && !slices.Contains(values, mem.String(data[i:end])) {
		return i, record.NoMatch
	}
	if !e.convert(b, e, data, i, end, at.escaped) {
		return i, record.BadValue
	}
	return at.next, record.NoFault
}

// textual tells whether the value is a text, so that no text at all is the empty one.
func (e *step) textual() bool { return e.layout == nil && e.text }
