package syslog

import (
	"bytes"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
	"github.com/sawlog/sawlog/lib/internal/value"
)

// tag stores app, pid and message of "app[pid]: message". Behind a time a bare word is an app too ("syslogd 1.4.1: restart."); without
// one only a tag that ends like one is.
func (w *worker) tag(i int, bare bool) {
	for i < w.end && w.data[i] == ' ' {
		i++
	}
	if bare && timestamp.Looks(w.data, i, w.end, false) { // what a relay has put its own header before
		w.message(i)
		return
	}
	end := i
	for ; end < w.end; end++ {
		if c := w.data[end]; c == '[' || c == ':' || c == ' ' || c == '\t' {
			break
		}
	}
	switch {
	case end == i && end < w.end && w.data[i] == '[':
		if next := w.ontap(i); next > i {
			w.message(next)
			return
		}
	case end < w.end && w.data[i] == '#' && w.data[end] == ' ' && w.number(end+1, w.digits(end+1)): // "#ILO 5: " is HPE's
		end = w.digits(end + 1)
	case bare && end > i && end < w.end && w.data[end] == ' ':
		end = w.spaced(end)
	}
	stop := byte(0)
	if end < w.end {
		stop = w.data[end]
	} else if w.p.o.Partial {
		stop = ' '
	}
	if stop == '\t' {
		stop = ' '
	}
	if stop == ':' && w.firstPair(i, end) { // "date=2026-03-05,time=07:09:10,"
		stop = 0
	}
	if bare && stop == ' ' && w.digits(i) == end && w.tagAt(end+1) { // "00077 ports: " of HPE's ArubaOS-Switch is the number of the event
		w.text(colMsgid, i, end)
		w.tag(end+1, false)
		return
	}
	if w.data[i] == '(' && mem.At(w.data, i+1)-'0' <= 9 { // WatchGuard's own time: "(2026-03-05T06:09:10) firewall: "
		w.message(i)
		return
	}
	if end == i || (stop != '[' && stop != ':' && !(bare && stop == ' ' && w.bareName(i, end))) || end-i > 128 || (bare && w.repeated(i)) {
		w.message(i)
		return
	}
	after := end
	if stop == ' ' && w.stated && w.behindApp(end+1) {
		w.text(colApp, i, end)
		w.tagged = true
		return
	}
	if stop == '[' {
		close := bytes.IndexByte(w.data[end:w.end], ']')
		if blank := bytes.IndexByte(w.data[end:w.end], ' '); close < 0 || (blank >= 0 && blank < close) {
			w.message(i)
			return
		}
		if close > 1 {
			w.text(colPid, end+1, end+close)
		}
		after = end + close + 1
	}
	for end > i+1 && w.data[end-1] == ' ' {
		end--
	}
	w.text(colApp, i, end)
	w.tagged = stop == '[' || stop == ':' && (end+1 >= w.end || mem.At(w.data, end+1) == ' ') && w.data[i] != '(' && w.data[i] != '+' // "zlib:amd64" and "(notice):" are none
	if after < w.end && w.data[after] == ':' {
		after++
	}
	if after < w.end && (w.data[after] == ' ' || w.data[after] == '\t') {
		after++
	}
	if stop == ' ' && mem.At(w.data, after) == ':' && mem.At(w.data, after+1) == ' ' && after < w.end { // IOS XR and NetScaler have a blank in front of the colon too
		after += 2
	}
	w.message(after)
}

// ontap reads what NetApp's ONTAP has for a tag, "[node-1:callhome.spares.low:error]: " or without the node, and goes behind it; i where it is something else.
func (w *worker) ontap(i int) int {
	end := i + 1
	for ; end < w.end; end++ {
		if c := w.data[end]; c == ' ' || c == ']' {
			break
		}
	}
	if end+1 >= w.end || w.data[end] != ']' || w.data[end+1] != ':' {
		return i
	}
	event := bytes.LastIndexByte(w.data[i+1:end], ':') + i + 1
	if _, level := value.Severity(w.data, event+1, end-event-1); event == i || !level {
		return i
	}
	name := bytes.LastIndexByte(w.data[i+1:event], ':') + i + 1
	if name+1 == event || event == i+1 {
		return i
	}
	if name > i+1 {
		w.text(colHost, i+1, name)
	}
	w.text(colApp, name+1, event)
	w.tagged = true
	next := end + 2
	if next < w.end && w.data[next] == ' ' {
		next++
	}
	return next
}

// firstPair tells whether the word data[i:end] is the first of many values: it has an equals sign, and not in parentheses as "polkitd(authority=local)".
func (w *worker) firstPair(i, end int) bool {
	equals, open := bytes.IndexByte(w.data[i:end], '='), bytes.IndexByte(w.data[i:end], '(')
	return equals >= 0 && (open < 0 || equals < open)
}

// bareName tells whether a word without a colon behind it can be the name of a program: not the first of many key=value, nor the beginning
// of a line of CSV ("1,2026/03/05 ...", as firewalls send them).
func (w *worker) bareName(i, end int) bool {
	word := w.data[i:end]
	return bytes.IndexByte(word, '=') < 0 && (word[0]-'0' > 9 || bytes.IndexByte(word, ',') < 0)
}

// spaced is the place of the bracket where the first word, which ends at i, is not yet the whole name: "Microsoft Word[14463]: ", as macOS
// writes it. Only a number in brackets with a colon behind it says so; else the name ends at i.
func (w *worker) spaced(i int) int {
	end := i
	for ; end < w.end && end < i+longestName; end++ {
		if c := w.data[end]; c == '[' || c == ':' {
			break
		}
	}
	if !w.pidAt(end) {
		return i
	}
	return end
}

// pidAt tells whether "[7]:" stands at i.
func (w *worker) pidAt(i int) bool {
	end := w.digits(i + 1)
	return end > i+1 && end+1 < w.end && w.data[i] == '[' && w.data[end] == ']' && w.data[end+1] == ':'
}

// longestName is how far behind its first word a name may go on.
const longestName = 64
