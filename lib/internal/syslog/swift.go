package syslog

import (
	"math"
	"math/bits"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// Most lines of RFC 3164 are written alike, and by few programs of few hosts:
//
//	<38>  Mar  2 08:01:19   db-3 sshd  [4519]: Accepted publickey for deploy from 192.0.2.19 port 8883 ssh2
//	pri   time              origin     pid     message
//
// They are read here, many in a row, without asking anything twice: the time looks as the last one, and what the origin is has been looked up
// when it came first. Any other line is left to rfc3164, which reads these too.

// swift is what a worker knows for that.
type swift struct {
	off     bool // the options ask for something else
	wider   bool // scan.Wider
	origins [256]origin
	epoch   uint64 // of the origins, without the lowest byte
	texts   uint64 // what it was found by

	longer  origin // one that is too long for them
	longest int    // line
	marked  bool   // the rows that are not yet marked as present have a priority

	// Where in the batch under way the values go; nothing where they are not kept.
	bound                    *record.Builder
	moved                    uint32
	time, facility, severity []uint64
	host, app                []int32
	pid, message             []record.View
	numbered                 []uint64 // the bitmap of pid
}

// origin is a host and a program that a line has come from, up to 24 bytes: "db-3 sshd".
type origin struct {
	text      [3]uint64
	key       uint64 // swift.epoch, and how long the text is
	host, app int32
}

// longestOrigin is how many bytes an origin has at most that is remembered.
const longestOrigin = 24

// originMasks are the bytes of a text by its length.
var originMasks = func() (masks [longestOrigin + 1][3]uint64) {
	for n := range masks {
		for at := range n {
			masks[n][at/8] |= 0xff << (at % 8 * 8)
		}
	}
	return masks
}()

// originEnds are the bytes that end a host or a program, or say that it is none.
var originEnds, _ = scan.NewSet(' ', '[', ':', '=')

// bind finds where in the batch under way the values go.
func (s *swift) bind(w *worker, b *record.Builder) {
	at := func(column int) *record.Col {
		if k := w.p.index[column]; k >= 0 {
			return &b.Cols[k]
		}
		return &record.Col{}
	}
	if s.bound == nil {
		if s.longest = w.p.o.Line; s.longest <= 0 {
			s.longest = math.MaxInt
		}
		s.wider = scan.Wider()
		s.off = w.whole || w.plain || w.p.o.Strict || w.p.o.Bytes
	}
	if s.off {
		return
	}
	host, app, texts := at(colHost), at(colApp), uint64(0)
	if s.bound != b || s.moved != b.Moved {
		s.bound, s.moved, s.texts = b, b.Moved, 0
		s.time, s.facility, s.severity = at(colTime).Words, at(colFacility).Words, at(colSeverity).Words
		s.host, s.app, s.pid, s.message, s.numbered = host.Index, app.Index, at(colPid).Views, at(colMessage).Views, at(colPid).Valid
	}
	// What has an index stays what it was until its dictionary begins anew.
	for _, c := range []*record.Col{host, app} {
		if c.Dict != nil {
			texts += 1 + uint64(c.Dict.Epoch)
		}
	}
	if s.texts != texts+1 {
		s.texts = texts + 1
		s.epoch += 1 << 8
	}
}

// swiftly reads lines from i on that are such, up to n or until there is no room for more, and returns where the first one begins that is not.
func (w *worker) swiftly(i, n int) int {
	s, b, data, clock := &w.swift, w.b, w.data, w.clocks[layoutBSD]
	row, buffer, wider := uint(b.Row), b.Buffer, s.wider
	for i < n && row < uint(b.Cap) {
		j, pri, has := i, uint64(0), data[i] == '<'
		if has {
			v, d := scan.Short(mem.Load64(data, i+1))
			if pri, j = v, i+d+2; uint(d-1) > 2 || pri > 191 || mem.At(data, j-1) != '>' {
				break
			}
		}
		ns, end, ok := clock.Soon(data, j)
		if !ok || end != j+15 || mem.At(data, end) != ' ' {
			break
		}
		host := end + 1
		stop, m := host, uint64(0)
		if wider {
			feeds := scan.Feeds64(data, stop)
			for ; feeds == 0; feeds = scan.Feeds64(data, stop) {
				stop += 64
			}
			stop += bits.TrailingZeros64(feeds)
			m = originEnds.Mask64(data, host)
		} else {
			stop = scan.LineEnd(data, host)
			m = originEnds.Mask(data, host)
		}
		app := bits.TrailingZeros64(m & (m - 1)) // where it ends, from the host on
		from := s.known(data, host, app)
		if from == nil {
			if from = w.meet(host, app, stop); from == nil {
				break
			}
		}
		at, digits := host+app, 0
		if mem.At(data, at) == '[' {
			digits = scan.DigitRun(mem.Load64(data, at+1))
			if at += 2 + digits; mem.At(data, at-1) != ']' {
				break
			}
		}
		message, last := at+2, stop
		if mem.At(data, stop-1) == '\r' {
			last--
		}
		if mem.Load32(data, at)&0xffff != ':'|' '<<8 || message >= last || mem.At(data, message) == 0xef || last-i > s.longest {
			break
		}
		if row < uint(len(s.time)) {
			s.time[row] = uint64(ns)
		}
		if row < uint(len(s.host)) {
			s.host[row] = from.host
		}
		if row < uint(len(s.app)) {
			s.app[row] = from.app
		}
		if row < uint(len(s.message)) {
			s.message[row].Set(data, message, last-message, buffer)
		}
		if digits > 0 && row < uint(len(s.pid)) {
			s.pid[row].Set(data, at-1-digits, digits, buffer)
			s.numbered[row>>6] |= 1 << (row & 63)
		}
		if has != s.marked {
			s.mark(w, int(row))
			s.marked = has
		}
		if row < uint(len(s.facility)) {
			s.facility[row] = pri >> 3
		}
		if row < uint(len(s.severity)) {
			s.severity[row] = pri & 7
		}
		row++
		i = stop + 1
	}
	scan.Settle()
	s.mark(w, int(row))
	return i
}

// mark marks what the rows have that have been read since the last time, which are before row: so it is done by whole words.
func (s *swift) mark(w *worker, row int) {
	for _, column := range [...]int{colTime, colHost, colApp, colMessage} {
		w.b.PresentRows(w.p.index[column], w.b.Row, row)
	}
	if s.marked {
		w.b.PresentRows(w.p.index[colFacility], w.b.Row, row)
		w.b.PresentRows(w.p.index[colSeverity], w.b.Row, row)
	}
	w.b.Row = row
}

// known is the origin data[i:i+n], nil where it is not remembered.
func (s *swift) known(data []byte, i, n int) *origin {
	if n > longestOrigin {
		return nil
	}
	mask := &originMasks[n]
	first, second, third := mem.Load64(data, i)&mask[0], mem.Load64(data, i+8)&mask[1], mem.Load64(data, i+16)&mask[2]
	from := s.place(first, second, third)
	if (first^from.text[0])|(second^from.text[1])|(third^from.text[2])|(s.epoch|uint64(n))^from.key != 0 {
		return nil
	}
	return from
}

// place is where an origin would be.
func (s *swift) place(first, second, third uint64) *origin {
	const spread, other = 0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93
	return &s.origins[((first^second*spread^third*other)*spread)>>56]
}

// meet looks up the origin data[i:i+n] of the line that ends at stop, and remembers it if it is short. nil: the line is not what swiftly reads.
func (w *worker) meet(i, n, stop int) *origin {
	w.end = stop
	end := i
	for w.data[end] != ' ' && end < stop {
		end++
	}
	// A host is not empty, no year, and no message of Cisco's. What ends the program is the second of originEnds, so there is none in either. What
	// is not read here should not be in the dictionaries.
	if i+n >= stop || end == i || end+1 >= i+n || w.data[i] == '%' || w.year(i) || w.data[i+n] != '[' && w.data[i+n] != ':' || w.repeated(i) || w.repeated(end+1) {
		return nil
	}
	from, key := &w.swift.longer, w.swift.epoch|uint64(n)
	if n <= longestOrigin {
		mask := &originMasks[n]
		text := [3]uint64{mem.Load64(w.data, i) & mask[0], mem.Load64(w.data, i+8) & mask[1], mem.Load64(w.data, i+16) & mask[2]}
		from = w.swift.place(text[0], text[1], text[2])
		from.text, from.key = text, key
	}
	from.host, from.app = w.swift.index(w.b, w.p.index[colHost], w.data, i, end), w.swift.index(w.b, w.p.index[colApp], w.data, end+1, i+n)
	return from
}

// index is what a text is in the dictionary of the column k.
func (s *swift) index(b *record.Builder, k int, data []byte, i, end int) int32 {
	if k < 0 {
		return 0
	}
	return b.Cols[k].Dict.Lookup(data, i, end-i)
}
