package syslog

import (
	"math/bits"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
)

// Lines of RFC 5424 whose time looks as the last one, whose names stand within 64 bytes and whose structured data are familiar:
//
//	<132>1  2026-03-02T07:59:58.015921Z  web-1 shop  39161  ORD7   [request@32473 user="2726416"]  stock level read
//	pri     time                         origin      pid    msgid  structured data                 message

// stately reads lines from i on that are such, up to n or until there is no room for more, and returns where the first one begins that is not.
func (w *worker) stately(i, n int) int {
	s, b, data, clock := &w.swift, w.b, w.data, w.clocks[layoutISO]
	buffer := b.Buffer
	s.from, s.kind = b.Row, rfc5424
	for i < n && b.Row < b.Cap && data[i] == '<' {
		pri, d := scan.Short(mem.Load64(data, i+1))
		at := i + d + 2
		if uint(d-1) > 2 || pri > 191 || mem.Load32(data, at-1)&0xffffff != '>'|'1'<<8|' '<<16 || d > 1 && data[i+1] == '0' {
			break
		}
		ns, end, ok := clock.Soon(data, at+2)
		if !ok || mem.At(data, end) != ' ' || w.p.o.Strict && !s.strictly(w, at+2, end) {
			break
		}
		host := end + 1
		blanks, odd := uint64(0), uint64(0)
		if s.wider {
			blanks, odd = scan.Words64(data, host)
		} else {
			blanks, odd = scan.Words(data, host)
		}
		rest := blanks & (blanks - 1)
		app := bits.TrailingZeros64(rest) // where the names end, from the host on
		rest &= rest - 1
		pid := bits.TrailingZeros64(rest)
		rest &= rest - 1
		msgid := bits.TrailingZeros64(rest)
		// The blanks up to the last one end names; no name is empty, and none too long.
		if upTo := uint64(1)<<msgid<<1 - 1; msgid > 63 || (odd|blanks&(blanks<<1|1))&upTo != 0 || msgid-pid > 33 {
			break
		}
		from := s.stately.known(data, host, app)
		if from == nil {
			if from = w.greet(host, app); from == nil {
				break
			}
		}
		row := uint(b.Row)
		after := host + msgid + 1
		if mem.At(data, after) == '-' {
			after++
		} else if w.seams.habit.Lost() {
			break
		} else if after, ok = w.familiar(after); !ok {
			break
		}
		last := scan.LineEnd(data, after)
		stop := last
		if mem.At(data, last-1) == '\r' {
			last--
		}
		message := after + 1
		if mem.At(data, after) != ' ' || message >= last || mem.At(data, message) == 0xef || last-i > s.longest {
			b.Undo()
			break
		}
		if row < uint(len(s.time)) {
			s.time[row] = uint64(ns)
		}
		if row < uint(len(s.facility)) {
			s.facility[row] = pri >> 3
		}
		if row < uint(len(s.severity)) {
			s.severity[row] = pri & 7
		}
		if row < uint(len(s.version)) {
			s.version[row] = 1
		}
		if row < uint(len(s.host)) {
			s.host[row] = from.host
		}
		if row < uint(len(s.app)) {
			s.app[row] = from.app
		}
		word, bit := row>>6, uint64(1)<<(row&63)
		if at := host + app + 1; row < uint(len(s.pid)) && (pid-app > 2 || data[at] != '-') {
			s.pid[row].Set(data, at, pid-app-1, buffer)
			s.pids[word] |= bit
		}
		if at := host + pid + 1; row < uint(len(s.msgid)) && (msgid-pid > 2 || data[at] != '-') {
			s.msgid[row].Set(data, at, msgid-pid-1, buffer)
			s.msgids[word] |= bit
		}
		if row < uint(len(s.message)) {
			s.message[row].Set(data, message, last-message, buffer)
			s.messages[word] |= bit
		}
		b.Row++
		i = stop + 1
	}
	scan.Settle()
	s.mark(w, b.Row, s.kind)
	return i
}

// likely is how the line at i may be written, by what is behind its priority. ok is false where neither stately nor swiftly would read it.
func (w *worker) likely(i int) (k kind, ok bool) {
	if w.data[i] == '<' {
		_, d := scan.Short(mem.Load64(w.data, i+1))
		i += d + 2
		if mem.Load32(w.data, i-1)&0xffffff == '>'|'1'<<8|' '<<16 {
			return rfc5424, true
		}
	}
	return rfc3164, mem.At(w.data, i)-'A' <= 'Z'-'A' && !w.p.o.Strict
}

// strictly tells whether RFC 5424 has such stamps as the one that the clock has just read, data[i:end].
func (s *swift) strictly(w *worker, i, end int) bool {
	if form := w.clocks[layoutISO].Form(); form != s.form {
		s.form, s.strict = form, strictTime(w.data[i:end])
	}
	return s.strict
}

// greet looks up the origin data[i:i+n] of a line whose names are right, and remembers it if it is short. nil: it is not what stately reads.
func (w *worker) greet(i, n int) *origin {
	end := scan.Find(w.data, i, ' ', '\n')
	if end == i+1 && w.data[i] == '-' || n-(end-i) == 2 && w.data[end+1] == '-' || n-(end-i) > 49 {
		return nil
	}
	return w.swift.stately.learn(w, i, end, n)
}
