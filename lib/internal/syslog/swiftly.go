package syslog

import (
	"bytes"
	"math/bits"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
)

// Most lines of RFC 3164 are written alike, and by few programs of few hosts:
//
//	<38>  Mar  2 08:01:19   db-3 sshd  [4519]: Accepted publickey for deploy from 192.0.2.19 port 8883 ssh2
//	pri   time              origin     pid     message
//
// They are read here, many in a row, without asking anything twice: the time looks as the last one, and what the origin is has been looked up
// when it came first.

// originEnds are the bytes that end a host or a program, or say that it is none.
var originEnds, _ = scan.NewSet(' ', '[', ':', '=')

// swiftly reads lines from i on that are such, up to n or until there is no room for more, and returns where the first one begins that is not.
func (w *worker) swiftly(i, n int) int {
	s, b, data, clock := &w.swift, w.b, w.data, w.clocks[layoutBSD]
	row, buffer, wider := uint(b.Row), b.Buffer, s.wider
	s.from, s.kind = b.Row, bare
	for i < n && row < uint(b.Cap) {
		j, pri, k := i, uint64(0), bare
		if data[i] == '<' {
			k = rfc3164
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
		from := s.bsd.known(data, host, app)
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
			s.pids[row>>6] |= 1 << (row & 63)
		}
		if k != s.kind {
			s.mark(w, int(row), k)
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
	s.mark(w, int(row), s.kind)
	return i
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
	if i+n >= stop || end == i || end+1 >= i+n || w.data[i] == '%' || w.year(i) || w.data[i+n] != '[' && w.data[i+n] != ':' || w.repeated(i) || w.repeated(end+1) ||
		w.data[i] == '<' || w.number(end+1, i+n) || w.levelled(i, end) || bytes.IndexByte(w.data[end:i+n], '\t') >= 0 {
		return nil
	}
	return w.swift.bsd.learn(w, i, end, n)
}
