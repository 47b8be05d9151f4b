package syslog

import (
	"bytes"
	"slices"

	"github.com/sawlog/sawlog/lib/internal/explain"
	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/texts"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
	"github.com/sawlog/sawlog/lib/record"
)

// worker parses lines for one goroutine. Its clocks remember the last time seen, which is all its state.
type worker struct {
	p      *Plan
	clocks [layouts]*timestamp.Clock
	whole  bool // all that is given is one record
	stated bool // the time of the record says its year

	b    *record.Builder
	data []byte
	end  int // of the line under way: data[end] is its CR or newline
	// The names of the line's elements, for Strict: where the first ones stand, and all where there are many, which point into data.
	names [][2]int
	seen  map[string]bool
	seams seams
	swift swift
	plain bool // nothing is taken for usual: what tests compare with
	// What tells the line under way from those of other programs: a priority or a time that only syslog has, a host, a tag, a host that
	// sends none.
	own, hosted, tagged, sender bool
	counting                    bool // by Surely: else nobody asks for hosted
	loose                       looseness
	// Where the line under way stopped to fit, and what should have stood there.
	at       int
	element  string
	expected string
}

// NewWorker makes a worker for one goroutine.
func (p *Plan) NewWorker() record.Worker { return p.newWorker(false) }

// NewRecordWorker makes a worker that takes all it is given as exactly one record: line feeds may stand in its message.
func (p *Plan) NewRecordWorker() record.Worker { return p.newWorker(true) }

func (p *Plan) newWorker(whole bool) *worker {
	w := &worker{p: p, whole: whole}
	for i := range w.clocks {
		w.clocks[i] = p.times[i].NewClock(p.o.Clock)
	}
	return w
}

// Parse implements record.Worker.
func (w *worker) Parse(b *record.Builder, data []byte, n int) {
	w.b, w.data = b, data
	check := w.p.o.Reject && !scan.Valid(data[b.From:n])
	w.swift.bind(w, b)
	for i := b.From; i < n; {
		if !w.swift.off && !check {
			if k, ok := w.likely(i); ok && w.swift.habit.Worth() {
				start := i
				if k == rfc5424 {
					i = w.stately(i, n)
				} else {
					i = w.swiftly(i, n)
				}
				w.swift.habit.Count(i > start)
				if i == n {
					break
				}
			}
		}
		stop := n - 1
		if !w.whole {
			stop = scan.LineEnd(data, i)
		}
		w.end = stop
		if stop > i && data[stop-1] == '\r' {
			w.end--
		}
		if b.Row == b.Cap {
			b.Grow()
			w.swift.bind(w, b)
		}
		w.line(i, check)
		i = stop + 1
	}
}

// line parses one line.
func (w *worker) line(i int, check bool) {
	fault := record.NoFault
	switch {
	case w.end == i:
		fault = record.Empty
	case w.p.o.Line > 0 && w.end-i > w.p.o.Line:
		w.b.RejectCut(record.TooLong, i, i+w.p.o.Line, int64(w.end-i))
		return
	case check && !scan.Valid(w.data[i:w.end]):
		fault = record.BadUTF8
	default:
		fault = w.record(i)
	}
	if fault != record.NoFault {
		if w.aside(i) {
			w.b.Undo()
			w.b.Continue(1)
			return
		}
		w.b.Reject(fault, i, w.end)
		return
	}
	if k := w.p.index[colTime]; w.stated && k >= 0 {
		w.b.Stated(k)
	}
	w.b.Next()
}

// aside tells whether the line is what journalctl puts between records.
func (w *worker) aside(i int) bool {
	line := w.data[i:w.end]
	if w.whole || w.p.o.Strict || !bytes.HasPrefix(line, []byte("-- ")) || !bytes.HasSuffix(line, []byte(" --")) {
		return false
	}
	return slices.ContainsFunc(asides, func(mark string) bool { return bytes.HasPrefix(line[len("-- "):], mem.Bytes(mark)) })
}

var asides = []string{"Boot ", "Reboot --", "Logs begin at ", "Journal begins at ", "No entries --"}

// record tells the RFCs apart.
func (w *worker) record(i int) record.Fault {
	w.stated = false
	pri, j, ok := w.priority(i)
	if w.own = ok; ok {
		if version, k, is := w.version(j); is || w.p.o.Strict {
			if !is {
				return w.misfit(j, "version", "a version, 1 to 999, and a blank")
			}
			if fault := w.rfc5424(k); fault == record.NoFault {
				w.word(colFacility, pri>>3)
				w.word(colSeverity, pri&7)
				w.word(colVersion, version)
				return record.NoFault
			} else if w.p.o.Strict {
				return fault
			}
			w.b.Undo()
			if w.lenient(k) {
				w.word(colFacility, pri>>3)
				w.word(colSeverity, pri&7)
				w.word(colVersion, version)
				return record.NoFault
			}
			w.b.Undo()
			// A version in front of what is RFC 3164 otherwise: "<34>1 2003-10-11T22:14:15Z host su[7]: failed".
			_, is := w.time3164(k)
			if !is {
				_, is = w.epoch(k)
			}
			if is {
				j = k
			}
			w.b.Undo()
		}
		w.word(colFacility, pri>>3)
		w.word(colSeverity, pri&7)
	} else if w.p.o.Strict {
		return w.misfit(i, "pri", "a priority, <0> to <191>")
	} else if w.versioned(i) {
		return record.NoFault
	}
	return w.rfc3164(j, ok)
}

func (w *worker) misfit(at int, element, expected string) record.Fault {
	w.at, w.element, w.expected = at, element, expected
	return record.NoMatch
}

// priority reads <0> to <191>; without one the position stays.
func (w *worker) priority(i int) (pri uint64, next int, ok bool) {
	if w.data[i] != '<' {
		return 0, i, false
	}
	v, n := scan.Short(mem.Load64(w.data, i+1))
	if n == 0 || n > 3 || v > 191 || mem.At(w.data, i+1+n) != '>' || (n > 1 && w.data[i+1] == '0' && w.p.o.Strict) {
		return 0, i, false
	}
	return v, i + n + 2, true
}

// version reads 1 to 999 and a blank.
func (w *worker) version(i int) (version uint64, next int, ok bool) {
	if mem.At(w.data, i)-'1' > 8 {
		return 0, i, false
	}
	v, n := scan.Short(mem.Load64(w.data, i))
	if n > 3 || mem.At(w.data, i+n) != ' ' {
		return 0, i, false
	}
	return v, i + n + 1, true
}

// word stores a number.
func (w *worker) word(column int, v uint64) {
	if k := w.p.index[column]; k >= 0 {
		w.b.Cols[k].Words[w.b.Row] = v
		w.b.Present(&w.b.Cols[k])
	}
}

// text stores the text data[i:end].
func (w *worker) text(column, i, end int) {
	w.b.PutText(w.p.index[column], w.data, i, end-i)
}

// message stores the rest of the line; none is null, and a byte order mark in front is dropped, but to the letter it is part of the text.
func (w *worker) message(i int) {
	if !w.p.o.Strict && w.end-i >= 3 && w.data[i] == 0xef && w.data[i+1] == 0xbb && w.data[i+2] == 0xbf {
		i += 3
	}
	if i < w.end {
		w.b.PutLong(w.p.index[colMessage], w.data, i, w.end-i)
	}
}

// Explain implements record.Worker.
func (w *worker) Explain(line []byte) record.Check {
	if len(line) == 0 {
		return record.Check{Fault: record.Empty.String(), Expected: "a line that is not blank"}
	}
	if check, ok := explain.Line(line, w.p.o.Line, w.p.o.Reject); !ok {
		return check
	}
	w.b, w.data = texts.Alone(w.p.schema, Present, line)
	w.end = len(line)
	if fault := w.record(0); fault != record.NoFault && !w.aside(0) {
		at := min(w.at, len(line))
		return record.Check{Fault: fault.String(), Offset: at, Element: w.element, Column: w.element, Expected: w.expected, Seen: explain.Seen(line, at)}
	}
	return record.Check{OK: true}
}
