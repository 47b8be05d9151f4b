package syslog

import (
	"bytes"
	"slices"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
)

// What Cisco's devices put in front of a message, alone or behind the header of a relay. Every part may be missing:
//
//	29:      sw01:  000028:   *     Mar  1 2026 18:48:50.483  UTC:  %SYS-5-CONFIG_I: Configured from console
//	counter  name   counter   mark  time or uptime            zone  mnemonic
//
// In NX-OS and on the ASA the counter is a colon alone. IOS XR has the node instead of a name: "RP/0/RP0/CPU0:Mar  5 ...".

// kiwi reads what Kiwi Syslog Server writes to disk, between tabs: time, facility and level, host, message. The message may begin as it came.
//
//	2026-03-05 07:09:10	Local4.Info	192.0.2.1	%ASA-6-302013: Built outbound TCP connection
func (w *worker) kiwi(i int) bool {
	if mem.At(w.data, i+19) != '\t' || mem.At(w.data, i+4) != '-' {
		return false
	}
	ns, end, ok := w.clocks[layoutISO].Parse(w.data, i)
	if !ok || end != i+19 || end >= w.end {
		return false
	}
	level := end + 1
	host := bytes.IndexByte(w.data[level:w.end], '\t') + level + 1
	stop := bytes.IndexByte(w.data[host:w.end], '\t') + host
	if host == level || stop <= host || host-level > 24 {
		return false
	}
	var words [24]byte
	n := copy(words[:], bytes.ToLower(w.data[level:host-1]))
	facility, severity, _ := bytes.Cut(words[:n], []byte{'.'})
	f, s := kiwis(facilities, facility), kiwis(severities, severity)
	if f < 0 || s < 0 {
		return false
	}
	w.keep(stamp{ns: ns, own: true, stated: true})
	w.word(colFacility, uint64(f))
	w.word(colSeverity, uint64(s))
	w.text(colHost, host, stop)
	stop++
	if next, ok := w.device(stop, true); ok {
		w.said(next)
	} else {
		w.tag(stop, timestamp.Looks(w.data, stop, w.end, false) || w.mnemonic(stop)) // else it may be any text
	}
	return true
}

// kiwis is the place of a word in a list, or of what Kiwi has instead.
func kiwis(words []string, word []byte) int {
	switch string(word) {
	case "kernel":
		word = []byte("kern")
	case "critical":
		word = []byte("crit")
	case "error":
		word = []byte("err")
	}
	return slices.Index(words, string(word))
}

// device goes behind all of that, stores the time and, unless there is one already, the name. False: nothing of that stands there, or what
// does may be anything, and nothing is stored.
func (w *worker) device(i int, named bool) (next int, ok bool) {
	at := w.counter(i)
	name, colon := at, at
	if w.uptime(at) == at {
		colon = w.deviceName(at)
	}
	node := colon > name && mem.At(w.data, colon+1) != ' '
	if named && !node { // a name with a colon behind it is that of a program
		colon = name
	}
	switch {
	case node:
		at = colon + 1
	case colon > name:
		at = w.task(w.counter(colon + 2))
	}
	if at == i && at < w.end && w.data[at]-'0' > 9 && w.data[at]&0x20 != 0 { // most lines
		return i, false
	}
	t, after, timed := w.stamp(at, true)
	if !timed {
		after = w.uptime(at)
	}
	sure := w.mnemonic(after) && (after > i || !named) || timed && (node || at > i && (colon == name || name > i))
	if !sure || after > w.end || node && !timed {
		return i, false
	}
	if timed {
		w.keep(t)
	}
	if !named && colon > name && !node {
		w.text(colHost, name, colon)
	}
	return after, true
}

// task goes behind the name of a task of AireOS, whose star counter has passed and which may have blanks: "*spamApTask1: ", "*SISF BT Process: ".
func (w *worker) task(i int) int {
	if i == 0 || w.data[i-1] != '*' || mem.At(w.data, i) < 'A' || mem.At(w.data, i+3) == ' ' && mem.At(w.data, i+4) < 'A' { // Mar  5, Mar 15
		return i
	}
	for j, most := i, min(w.end-1, i+longestName); j < most; j++ {
		switch c := w.data[j]; {
		case c == ':' && w.data[j+1] == ' ':
			return j + 2
		case c == '%':
			return i
		}
	}
	return i
}

// deviceName is where the colon stands behind a name with a blank behind it, or behind that of a node with a time behind it; i where there is none.
func (w *worker) deviceName(i int) int {
	end := i
	for ; end < w.end; end++ {
		switch c := w.data[end]; c {
		case '[', '=', '%', '(', '"':
			return i
		case ' ':
			if end-1 > i && w.data[end-1] == ':' {
				return end - 1
			}
			// RP/0/RP0/CPU0:Mar
			if month := end - 3; month-1 > i && w.data[month-1] == ':' && w.slash(i, month) {
				return month - 1
			}
			return i
		}
	}
	return i
}

func (w *worker) slash(i, end int) bool {
	for ; i < end; i++ {
		if w.data[i] == '/' {
			return true
		}
	}
	return false
}

// uptime goes behind how long a device without a clock has been up: "00:00:46: ", "1d02h: ", "2y10w: ".
func (w *worker) uptime(i int) int {
	j := i
	for parts := 0; parts < 3; parts++ {
		next := w.digits(j)
		if next == j || next-j > 3 {
			return i
		}
		j = next + 1
		switch mem.At(w.data, next) {
		case 'y', 'w', 'd', 'h', ':':
		default:
			return i
		}
		if parts > 0 && w.data[next] != ':' && mem.At(w.data, j) == ':' {
			j++
		}
		if w.data[j-1] == ':' && mem.At(w.data, j) == ' ' {
			return j + 1
		}
	}
	return i
}

// mnemonic tells whether "%SYS-5-CONFIG_I" stands at i: with a severity between dashes.
func (w *worker) mnemonic(i int) bool {
	if mem.At(w.data, i) != '%' || i >= w.end {
		return false
	}
	for end := min(w.end, i+longestName); i < end; i++ {
		switch c := w.data[i]; {
		case c == ' ' || c == ':':
			return false
		case c == '-' && mem.At(w.data, i+1)-'0' <= 7 && mem.At(w.data, i+2) == '-':
			return true
		}
	}
	return false
}

// zone is where the colon stands behind a zone with a blank behind it: "UTC: ", "METDST: ", "UTC+5:30: ", and where spaced "UTC : ", which a host may be
// too. 0: there is none.
func (w *worker) zone(i int, spaced bool) int {
	j := i
	for mem.At(w.data, j)|0x20-'a' <= 'z'-'a' {
		j++
	}
	if n := j - i; n < 2 || n > 7 {
		return 0
	}
	if c := mem.At(w.data, j); c == '+' || c == '-' {
		j = w.digits(j + 1)
		if mem.At(w.data, j) == ':' && mem.At(w.data, j+1)-'0' <= 9 {
			j = w.digits(j + 1)
		}
	}
	if spaced && mem.At(w.data, j) == ' ' { // UCS and Unified CM leave one
		j++
	}
	if j >= w.end || w.data[j] != ':' || mem.At(w.data, j+1) != ' ' {
		return 0
	}
	return j
}

// inner reads what stands behind a relay's header and is nearer to what happened than that: the time and the name of a device of Cisco's Meraki
// ("1 1772694550.123456789 MX84 ") or Citrix ("03/05/2026:07:09:10 GMT ns1 ").
func (w *worker) inner(i int) int {
	at, ok := i, false
	switch {
	case mem.At(w.data, i) == '1' && mem.At(w.data, i+1) == ' ':
		at, ok = w.epoch(i + 2)
	case mem.At(w.data, i+2) == '/' && mem.At(w.data, i+10) == ':':
		at, ok = w.time3164(i)
	}
	if !ok {
		return i
	}
	end := scan.Find4(w.data, at, ' ', '\n', '=', ':')
	if end < w.end && w.data[end] == ' ' {
		w.text(colHost, at, end)
		return end + 1
	}
	return at
}
