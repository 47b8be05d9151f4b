package cef

import (
	"bytes"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
)

// Jan  2 15:04:05 and Jan 2 2006 15:04:05, each with or without a fraction, with or without a zone or an offset: an index of four bits.
const (
	withYear = 1 << iota
	withFraction
	withZone
	withOffset
	auto // numbers and ISO 8601
	layouts
)

var compiled = func() (all [layouts]*timestamp.Layout) {
	for i := range auto {
		spelling := "%b %e "
		if i&withYear != 0 {
			spelling += "%Y "
		}
		if spelling += "%H:%M:%S"; i&withFraction != 0 {
			spelling += "%.f"
		}
		switch i & (withZone | withOffset) {
		case withZone:
			spelling += " %Z"
		case withOffset:
			spelling += " %z"
		}
		all[i] = timestamp.MustCompile(spelling)
	}
	all[auto] = timestamp.MustCompile("auto")
	return all
}()

// maxFormats is how many layouts of devTimeFormat are remembered.
const maxFormats = 64

// times reads times for one goroutine.
type times struct {
	options timestamp.Options
	clocks  [layouts]*timestamp.Clock
	formats map[string]*timestamp.Clock // by devTimeFormat; nil: it means nothing
}

func newTimes(o timestamp.Options) *times {
	t := &times{options: o, formats: map[string]*timestamp.Clock{}}
	for i, layout := range compiled {
		if layout != nil {
			t.clocks[i] = layout.NewClock(o)
		}
	}
	return t
}

// header reads the time at the beginning of data[i:end] and gives the position behind it and its blank; false: there is none.
func (t *times) header(data []byte, i, end int) (ns int64, next int, ok bool) {
	layout := auto
	switch c := mem.At(data, i); {
	case c|0x20 >= 'a' && c|0x20 <= 'z':
		layout = shape(data, i, end)
	case c-'0' > 9 || mem.At(data, i+4) != '-':
		return 0, i, false
	}
	ns, next, ok = t.clocks[layout].Parse(data, i)
	if !ok || next > end || next < end && data[next] != ' ' {
		return 0, i, false
	}
	return ns, min(next+1, end), true
}

// shape is the layout of a time that begins with a month, but for its zone.
func shape(data []byte, i, end int) (layout int) {
	seconds := i + 15
	if mem.At(data, i+5) == ' ' && mem.At(data, i+4) != ' ' {
		seconds-- // a day of one digit
	}
	if mem.At(data, seconds-4) == ' ' && mem.At(data, seconds-6) != ':' { // a blank behind the year
		layout |= withYear
		seconds += 5
	}
	if c := mem.At(data, seconds); seconds < end && (c == '.' || c == ',') {
		layout |= withFraction
	}
	return layout
}

// inPlace is value for data[i:end]. A number is read where it stands, when nothing behind it can belong to it.
func (t *times) inPlace(data []byte, i, end int) (int64, bool) {
	const shortest = 5 // further on, a - would make it a date
	if _, stop := scan.Digits(data, i); stop == end && end-i >= shortest && mem.At(data, end) <= ' ' {
		ns, stop, ok := t.clocks[auto].Parse(data, i)
		return ns, ok && stop == end
	}
	return t.value(data[i:end])
}

// value reads a text that is a time. It is copied where something stands in line behind it that a layout could take for its own.
func (t *times) value(text []byte) (int64, bool) {
	if len(text) == 0 {
		return 0, false
	}
	if c := text[0] | 0x20; c < 'a' || c > 'z' {
		return t.clocks[auto].Text(text)
	}
	var room [64 + scan.Slack]byte
	if len(text) > 63 {
		return 0, false
	}
	room[copy(room[:], text)] = '\n'
	layout := shape(room[:], 0, len(text))
	if ns, ok := t.clocks[layout].Text(text); ok {
		return ns, true
	}
	if ns, ok := t.clocks[layout|withZone].Text(text); ok {
		return ns, true
	}
	// "GMT+02:00", as Java's z writes an offset, or the offset alone.
	k := bytes.LastIndexAny(text, "+-")
	if k < 0 {
		return 0, false
	}
	clock := bytes.TrimRight(text[:k], " ")
	for _, name := range []string{"GMT", "UTC"} {
		clock = bytes.TrimRight(bytes.TrimSuffix(clock, mem.Bytes(name)), " ")
	}
	n := copy(room[:], clock)
	room[n] = ' '
	n += 1 + copy(room[n+1:], text[k:])
	room[n] = '\n'
	return t.clocks[layout|withOffset].Text(room[:n])
}

// format reads a time whose layout is written as in Java.
func (t *times) format(text, format []byte) (int64, bool) {
	clock, known := t.formats[string(format)]
	if !known {
		if spelling, err := timestamp.FromJava(string(format)); err == nil {
			if layout, err := timestamp.Compile(spelling); err == nil {
				clock = layout.NewClock(t.options)
			}
		}
		if len(t.formats) == maxFormats {
			clear(t.formats)
		}
		t.formats[string(format)] = clock
	}
	if clock == nil {
		return 0, false
	}
	return clock.Text(text)
}
