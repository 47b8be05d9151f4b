package syslog

import (
	"math"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/texts"
	"github.com/sawlog/sawlog/lib/record"
)

// swift is what a worker knows to read lines that are written as those before them: swiftly those of RFC 3164, stately those of RFC 5424.
// Where a line is anything else, they leave it to the others, which read these lines too.
type swift struct {
	off          bool // the options ask for something else
	habit        texts.Habit
	wider        bool // scan.Wider
	longest      int  // line
	from         int  // the first row that is not yet marked as present ...
	kind         kind // ... and what those are
	form         int  // of the stamp that strict is about
	strict       bool // whether strictTime says yes
	bsd, stately *origins

	// Where in the batch under way the values go; nothing where they are not kept.
	bound                             *record.Builder
	moved                             uint32
	time, facility, severity, version []uint64
	host, app                         []int32
	pid, msgid, message               []record.View
	pids, msgids, messages            []uint64 // their bitmaps
}

// kind is how lines are written.
type kind uint8

const (
	bare    kind = iota // RFC 3164 without a priority
	rfc3164             // and with one
	rfc5424
)

// always are the columns that every line of a kind has.
var always = [...][]int{bare: {colTime, colHost, colApp, colMessage}, rfc3164: {colTime, colHost, colApp, colMessage, colFacility, colSeverity},
	rfc5424: {colTime, colHost, colApp, colVersion, colFacility, colSeverity}}

// origins are hosts and programs that lines have come from, and what they are in the dictionaries of a batch.
type origins struct {
	list   [512]origin // two places each, side by side
	epoch  uint64      // counts the batches that have dictionaries of their own, from the second byte on
	longer origin      // one that is too long for the list
}

// origin is a host and a program, up to 32 bytes: "db-3 sshd".
type origin struct {
	text      [4]uint64
	key       uint64 // origins.epoch, and how long the text is
	host, app int32
	_         uint64 // 64 bytes in all
}

// longestOrigin is how many bytes an origin has at most that is remembered.
const longestOrigin = 32

// originMasks are the bytes of a text by its length.
var originMasks = func() (masks [longestOrigin + 1][4]uint64) {
	for n := range masks {
		for at := range n {
			masks[n][at/8] |= 0xff << (at % 8 * 8)
		}
	}
	return masks
}()

// bind finds where in the batch under way the values go.
func (s *swift) bind(w *worker, b *record.Builder) {
	if s.bound == nil {
		if s.longest = w.p.o.Line; s.longest <= 0 {
			s.longest = math.MaxInt
		}
		s.wider = scan.Wider()
		if s.off = w.whole || w.plain || w.p.o.Bytes; !s.off {
			s.bsd, s.stately = new(origins), new(origins)
		}
	}
	if s.off || s.bound == b && s.moved == b.Moved {
		return
	}
	s.bound, s.moved = b, b.Moved
	at := func(column int) *record.Col {
		if k := w.p.index[column]; k >= 0 {
			return &b.Cols[k]
		}
		return &record.Col{}
	}
	s.time, s.facility, s.severity, s.version = at(colTime).Words, at(colFacility).Words, at(colSeverity).Words, at(colVersion).Words
	s.host, s.app = at(colHost).Index, at(colApp).Index
	s.pid, s.msgid, s.message = at(colPid).Views, at(colMsgid).Views, at(colMessage).Views
	s.pids, s.msgids, s.messages = at(colPid).Valid, at(colMsgid).Valid, at(colMessage).Valid
	// What has an index stays what it was until the dictionaries begin anew.
	s.bsd.epoch += 1 << 8
	s.stately.epoch += 1 << 8
}

// mark marks what the rows have that have been read since the last time, which are before row: by whole words. Those behind are of the kind k.
func (s *swift) mark(w *worker, row int, k kind) {
	if row == s.from {
		s.kind = k
		return
	}
	for _, column := range always[s.kind] {
		w.b.PresentRows(w.p.index[column], s.from, row)
	}
	w.b.Row, s.from, s.kind = row, row, k
}

// known is the origin data[i:i+n], nil where it is not remembered.
func (o *origins) known(data []byte, i, n int) *origin {
	if n > longestOrigin {
		return nil
	}
	mask := &originMasks[n]
	first, second, third, fourth := mem.Load64(data, i)&mask[0], mem.Load64(data, i+8)&mask[1], mem.Load64(data, i+16)&mask[2], mem.Load64(data, i+24)&mask[3]
	at, key := place(first, second, third, fourth), o.epoch|uint64(n)
	for range 2 {
		from := &o.list[at]
		if (first^from.text[0])|(second^from.text[1])|(third^from.text[2])|(fourth^from.text[3])|key^from.key == 0 {
			return from
		}
		at ^= 1
	}
	return nil
}

// place is where an origin would be; else it is beside that.
func place(first, second, third, fourth uint64) uint64 {
	return (first*0x9E3779B97F4A7C15 ^ second*0xD6E8FEB86659FD93 ^ third*0xA0761D6478BD642F ^ fourth*0xE7037ED1A0B428DB) >> 55
}

// learn looks up the host data[i:end] and the program behind it, up to i+n, and remembers them if they are short.
func (o *origins) learn(w *worker, i, end, n int) *origin {
	from := &o.longer
	if n <= longestOrigin {
		mask, text := &originMasks[n], [4]uint64{}
		for k := range text {
			text[k] = mem.Load64(w.data, i+8*k) & mask[k]
		}
		at := place(text[0], text[1], text[2], text[3])
		from = &o.list[at]
		o.list[at^1] = *from
		from.text, from.key = text, o.epoch|uint64(n)
	}
	from.host, from.app = w.index(colHost, i, end), w.index(colApp, end+1, i+n)
	return from
}

// index is what the text data[i:end] is in the dictionary of a column.
func (w *worker) index(column, i, end int) int32 {
	if k := w.p.index[column]; k >= 0 {
		return w.b.Cols[k].Dict.Lookup(w.data, i, end-i)
	}
	return 0
}
