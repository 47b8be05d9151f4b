package syslog

import (
	"bytes"
	"math/bits"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// rfc3164 reads what is behind the PRI: [counter:] [time] [host] [app[pid]:] message. Without a PRI there must be a time, or any text
// would be syslog.
func (w *worker) rfc3164(i int, hasPRI bool) record.Fault {
	if w.usual(i) {
		return record.NoFault
	}
	start := i
	if hasPRI && i < w.end && (mem.At(w.data, i) == ' ' || mem.At(w.data, i) == ':' && mem.At(w.data, i+1) > ' ') { // the ASA's EMBLEM has the colon
		i++
	}
	origin := i
	i = w.counter(i)
	counted := i
	i, hasTime := w.time3164(i)
	if w.data[i] == '[' && !hasPRI { // a level or the like: the line of a program that writes its own log
		w.own = false
	}
	if !hasTime && hasPRI {
		if next, ok := w.device(origin, false); ok {
			w.said(next)
			return record.NoFault
		}
		i, hasTime = w.epoch(counted)
	}
	if !hasTime && !hasPRI {
		i, hasTime = w.microseconds(start)
	}
	if !hasTime {
		i = start
		if !hasPRI && w.kiwi(i) {
			return record.NoFault
		}
		if !hasPRI && !w.p.o.Partial {
			return w.misfit(i, "time", "a priority or a time")
		}
	}
	if !hasTime && !hasPRI {
		w.message(i)
		return record.NoFault
	}
	if hasTime {
		i = w.beforeTag(i, hasPRI)
		if i < 0 {
			return record.NoFault
		}
	}
	w.tag(i, hasTime)
	return record.NoFault
}

// beforeTag reads what stands between the time and the tag: the host, and what some daemons and devices write around it. -1: it has read all.
func (w *worker) beforeTag(i int, hasPRI bool) int {
	at := i
	if mem.At(w.data, i) == '%' {
		return i
	}
	if i = w.host(at); i == at { // a host that is none
		at = w.marked(at, hasPRI)
		i = w.host(at)
	}
	named := i > at
	c := mem.At(w.data, i)
	if named {
		if !hasPRI || c >= 'a' || c == '<' {
			i = w.level(i, hasPRI)
		}
		if i = w.inner(i); c >= 'a' || c >= 'A' && mem.At(w.data, i+3) != ' ' && mem.At(w.data, i+2) != '/' { // no month and no node
			return i
		}
	}
	if next, ok := w.device(i, named); ok {
		w.said(next)
		return -1
	}
	return i
}

// said reads what stands behind the header of a device.
func (w *worker) said(i int) {
	if w.repeated(i) {
		w.message(i)
	} else {
		w.tag(i, w.mnemonic(i))
	}
}

// epoch reads "1772694550.123456789 host ...", as Cisco's Meraki writes it, and goes behind the time and its blank.
func (w *worker) epoch(i int) (int, bool) {
	end := w.digits(i)
	if end-i != len("1772694550") || w.data[i] != '1' || mem.At(w.data, end) != '.' && mem.At(w.data, end) != ' ' {
		return i, false
	}
	ns, end, ok := w.clocks[layoutISO].Parse(w.data, i)
	if !ok || end >= w.end || w.data[end] != ' ' {
		return i, false
	}
	w.word(colTime, uint64(ns))
	w.stated = true
	return end + 1, true
}

// microseconds reads the time of "1772694550.123456 host app[pid]: message", which is journalctl -o short-unix. Without a priority seconds alone, or
// other fractions, are anybody's.
func (w *worker) microseconds(i int) (int, bool) {
	point := i + len("1772694550")
	if mem.At(w.data, point) != '.' || w.digits(point+1) != point+1+len("123456") {
		return i, false
	}
	return w.epoch(i)
}

// usual reads what most lines are from their time on, "Jan  2 15:04:05 host app[pid]: message" or with an ISO time, with the searches that are
// quick. False: nothing is stored, and the line is read from its beginning as any other.
func (w *worker) usual(i int) bool {
	data, layout, end := w.data, layoutISO, 0
	bsd := mem.At(data, i+3) == ' '
	switch {
	case bsd && mem.At(data, i+6) == ' ' && mem.At(data, i+9) == ':' && mem.At(data, i+15) == ' ':
		layout = layoutBSD
	case bsd || mem.At(data, i+4) != '-' || mem.At(data, i)-'0' > 9:
		return false
	}
	if w.counting || w.plain || i+16 >= w.end {
		return false
	}
	ns, end, ok := w.clocks[layout].Parse(data, i)
	if !ok || bsd && end != i+15 || end+1 >= w.end || data[end] != ' ' || !w.usually(end+1) {
		return false
	}
	w.word(colTime, uint64(ns))
	w.own, w.tagged, w.stated = bsd, true, !bsd
	return true
}

// usually reads "host app[pid]: message".
func (w *worker) usually(host int) bool {
	data := w.data
	// A year, "UTC: %", "%ASA-...", "last message repeated" and the like are for the others.
	if first := mem.At(data, host); first == '%' || first == '<' || first-'0' <= 9 && w.year(host) || w.repeated(host) {
		return false
	}
	blanks, opens, colons, equals := scan.Masks4(data, host, ' ', '[', ':', '=')
	hostEnd := bits.TrailingZeros64(blanks)
	before := uint64(1)<<hostEnd - 1
	if hostEnd == 0 || hostEnd > 60 || host+hostEnd >= w.end || (opens|equals)&before != 0 || mem.At(data, host+hostEnd-1) == ':' || w.repeated(host+hostEnd+1) || w.levelled(host, host+hostEnd) {
		return false
	}
	behind := ^before & (^before - 1) // without the blank itself
	appEnd := bits.TrailingZeros64((blanks | opens | colons) & behind)
	if equals&(uint64(1)<<appEnd-1) != 0 {
		return false
	}
	last, pid := appEnd, host+appEnd
	if mem.At(data, pid) == '[' {
		pid += 1 + scan.DigitRun(mem.Load64(data, pid+1))
		last = pid + 1 - host
		if mem.At(data, pid) != ']' {
			return false
		}
	}
	app, message := host+hostEnd+1, host+last
	if appEnd == hostEnd+1 || last >= 64 || message >= w.end || mem.At(data, message) != ':' || mem.At(data, message+1) != ' ' ||
		w.number(app, host+appEnd) || bytes.IndexByte(data[app:host+appEnd], '\t') >= 0 {
		return false
	}
	// From here on places are those in the block.
	hostEnd, appEnd = host+hostEnd, host+appEnd
	w.text(colHost, host, hostEnd)
	w.text(colApp, app, appEnd)
	if pid > appEnd+1 {
		w.b.PutLong(w.p.index[colPid], data, appEnd+1, pid-appEnd-1)
	}
	w.message(message + 2)
	return true
}

// counter goes behind the numbers that Cisco's devices write, that of all messages and that of those sent: "29: 000123: ". NX-OS has the
// colon alone.
func (w *worker) counter(i int) int {
	for range 2 {
		j := w.digits(i)
		if j-i > 10 || mem.At(w.data, j) != ':' || mem.At(w.data, j+1) != ' ' {
			break
		}
		i = j + 2
	}
	// A clock that is not synchronised is marked.
	if c := mem.At(w.data, i); (c == '*' || c == '.') && i < w.end {
		return i + 1
	}
	return i
}

// host stores the next word, unless it is the tag already: that ends with a colon or has brackets.
func (w *worker) host(i int) int {
	end := i
	other := false
	for ; end < w.end && w.data[end] != ' '; end++ {
		other = other || w.data[end] == '[' || w.data[end] == '='
	}
	if w.data[max(end-1, i)] == ':' && w.unifi(i, end) {
		w.text(colHost, i, end-1)
		return end + 1
	}
	if end == i || end == w.end && !w.p.o.Partial || other || w.data[end-1] == ':' || w.data[i] == '%' || w.data[i] == '<' || w.repeated(i) || w.levelled(i, end) {
		return i
	}
	w.text(colHost, i, end)
	if w.counting {
		w.hosted = w.isHost(i, end)
		w.sender = w.hosted && w.sends(i, end)
	}
	return min(end+1, w.end)
}

// unifi tells whether data[i:end] is what UniFi's devices have for a name, "U7PG2,788a20000000,v4.0.66:": a tag stands behind it, which is sure with a
// number or where all three parts are there.
func (w *worker) unifi(i, end int) bool {
	_, behind, found := bytes.Cut(w.data[i:end], []byte{','})
	return found && (w.numbered(end+1) || bytes.IndexByte(behind, ',') >= 0 && w.tagAt(end+1))
}

var repetitions = [...]string{"last message repeated ", "--- last message repeated ", "message repeated "}

// repeated tells whether the daemon itself speaks here, without a tag.
func (w *worker) repeated(i int) bool {
	switch mem.Load32(w.data, i) {
	case 'l' | 'a'<<8 | 's'<<16 | 't'<<24, '-' | '-'<<8 | '-'<<16 | ' '<<24, 'm' | 'e'<<8 | 's'<<16 | 's'<<24:
		for _, text := range repetitions {
			if bytes.HasPrefix(w.data[i:w.end], mem.Bytes(text)) {
				return true
			}
		}
	}
	return false
}

// digits goes behind the decimal digits at i.
func (w *worker) digits(i int) int {
	for mem.At(w.data, i)-'0' <= 9 {
		i++
	}
	return i
}
