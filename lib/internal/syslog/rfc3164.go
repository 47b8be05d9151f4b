package syslog

import (
	"bytes"
	"math/bits"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
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
	if w.data[i] == '[' { // a level or the like: the line of a program that writes its own log
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

// stamp is a time that has been read.
type stamp struct {
	ns          int64
	own, stated bool // only syslog has such a time; it says its year
}

// keep stores the time.
func (w *worker) keep(t stamp) {
	w.word(colTime, uint64(t.ns))
	w.own, w.stated = w.own || t.own, t.stated
}

// time3164 reads and stores a time in one of the forms in use and goes behind it: behind a zone's name, a colon and the blank.
func (w *worker) time3164(i int) (int, bool) {
	t, end, ok := w.stamp(i, false)
	if !ok {
		return i, false
	}
	w.keep(t)
	return end, true
}

// stamp reads such a time. device: a colon may stand behind any zone; else one only in front of what Cisco's devices write.
func (w *worker) stamp(i int, device bool) (t stamp, next int, ok bool) {
	c := mem.At(w.data, i)
	layout := layoutISO
	switch {
	case c|0x20 >= 'a' && c|0x20 <= 'z' && w.weekday(i):
		return w.afterWeekday(i + 4)
	case c|0x20 >= 'a' && c|0x20 <= 'z':
		layout, t.own = w.monthLayout(i), true
	case c-'0' <= 9 && mem.At(w.data, i+4) == ' ':
		layout, t.own = layoutYearFirst, true
	case c-'0' <= 9 && mem.At(w.data, i+4) == ':' && mem.At(w.data, i+10) == '-':
		layout, t.own = layoutColons, true
	case c-'0' <= 9 && mem.At(w.data, i+2) == '/' && mem.At(w.data, i+5) == '/' && mem.At(w.data, i+10) == ':':
		return w.slashes(i)
	case c-'0' > 9 || mem.At(w.data, i+4) != '-':
		return t, i, false
	}
	var end int
	t.ns, end, ok = w.clocks[layout].Parse(w.data, i)
	if c := mem.At(w.data, end); ok && layout == layoutYear && (c == '+' || c == '-') {
		t.ns, end, ok = w.clocks[layoutYearOffset].Parse(w.data, i)
	}
	if !ok || end > w.end {
		return t, i, false
	}
	switch {
	case mem.At(w.data, end) == ':' && mem.At(w.data, end+1) == ' ':
		end++
	case end < w.end && mem.At(w.data, end) != ' ':
		return t, i, false
	}
	t.stated = layout != layoutBSD && layout != layoutBSDFraction
	if end < w.end {
		end++
	}
	if mem.At(w.data, end) == ' ' && end < w.end {
		end++ // JunOS leaves two blanks
	}
	if layout == layoutISO || mem.At(w.data, end)&^0x20-'A' > 'Z'-'A' {
		return t, end, true
	}
	if colon := w.zone(end, i >= 2 && w.data[i-1] == ' ' && w.data[i-2] == ':'); colon > 0 && (device || mem.At(w.data, colon+2) == '%' || w.repeated(colon+2)) {
		if ns, stop, ok := w.clocks[zoned[layout]].Parse(w.data, i); ok && (stop == colon || stop+1 == colon) {
			t.ns = ns
		}
		end = colon + 2
	}
	return t, end, true
}

// slashes reads "03/05/2026:07:09:10 GMT " as Citrix' NetScaler writes it, whose setting tells whether the month is first, as it usually is.
func (w *worker) slashes(i int) (t stamp, next int, ok bool) {
	t.own, t.stated = true, true
	zone := mem.Load64(w.data, i+19)&0xff_ffff_ffff == ' '|'G'<<8|'M'<<16|'T'<<24|' '<<32
	for _, layout := range [...]int{layoutMonthFirst, layoutDayFirst} {
		if zone {
			layout = zoned[layout]
		}
		if t.ns, next, ok = w.clocks[layout].Parse(w.data, i); ok && next < w.end && w.data[next] == ' ' {
			for next < w.end && w.data[next] == ' ' {
				next++
			}
			return t, next, true
		}
	}
	return t, i, false
}

// weekday tells whether "Thu " stands at i, and a month or a year behind it.
func (w *worker) weekday(i int) bool {
	switch mem.Load32(w.data, i) {
	case 'M' | 'o'<<8 | 'n'<<16 | ' '<<24, 'T' | 'u'<<8 | 'e'<<16 | ' '<<24, 'W' | 'e'<<8 | 'd'<<16 | ' '<<24, 'T' | 'h'<<8 | 'u'<<16 | ' '<<24,
		'F' | 'r'<<8 | 'i'<<16 | ' '<<24, 'S' | 'a'<<8 | 't'<<16 | ' '<<24, 'S' | 'u'<<8 | 'n'<<16 | ' '<<24:
		return true
	}
	return false
}

// afterWeekday reads the time that journalctl (short-full: "Thu 2026-03-05 07:09:10 CET host app: ") and OpenWrt's logread ("Thu Mar  5 07:09:10
// 2026 daemon.info app: ") write, and nobody else: behind the first there is a zone, behind the other facility and level.
func (w *worker) afterWeekday(i int) (t stamp, next int, ok bool) {
	layout := layoutISOZone
	if mem.At(w.data, i)-'0' > 9 {
		layout, t.own = layoutYearLast, true
	}
	t.stated = true
	t.ns, next, ok = w.clocks[layout].Parse(w.data, i)
	if !ok || next >= w.end || w.data[next] != ' ' {
		return t, i, false
	}
	next++
	if layout == layoutISOZone && mem.At(w.data, next) != '[' {
		return t, next, true
	}
	end := scan.Find3(w.data, next, ' ', '\n', '\r')
	return t, next, t.own && w.levelled(next, end)
}

// year tells whether a year stands at i, and nothing else in this word.
func (w *worker) year(i int) bool {
	v, n := scan.Short(mem.Load64(w.data, i))
	c := mem.At(w.data, i+4)
	return n == 4 && v >= 1970 && v < 2100 && (c == ' ' || c == ':' && mem.At(w.data, i+5) == ' ') // 2001:db8::1 is a host
}

// monthLayout tells "Jan  2 15:04:05", with a fraction, with a year behind it, and "Jan  2 2006 15:04:05" apart. The day may have one digit.
func (w *worker) monthLayout(i int) int {
	day := i + 4
	if mem.At(w.data, day) == ' ' {
		day++
	}
	clock := w.digits(day) + 1
	if mem.At(w.data, clock+2) != ':' {
		if mem.At(w.data, clock+4) == ' ' {
			return layoutYear
		}
		return layoutBSD
	}
	seconds, layout := clock+8, layoutBSD
	if c := mem.At(w.data, seconds); c == '.' || c == ',' {
		seconds, layout = w.digits(seconds+1), layoutBSDFraction
	}
	if mem.At(w.data, seconds) == ' ' && w.year(seconds+1) {
		return layoutYearLast
	}
	return layout
}

// host stores the next word, unless it is the tag already: that ends with a colon or has brackets.
func (w *worker) host(i int) int {
	end := i
	other := false
	for ; end < w.end && w.data[end] != ' '; end++ {
		other = other || w.data[end] == '[' || w.data[end] == '='
	}
	if w.data[max(end-1, i)] == ':' && bytes.IndexByte(w.data[i:end], ',') >= 0 && w.numbered(end+1) { // "U7PG2,788a20000000,v4.0.66: logread[7]: " is UniFi's
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
	if bare && end > i && end < w.end && w.data[end] == ' ' {
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

// digits goes behind the decimal digits at i.
func (w *worker) digits(i int) int {
	for mem.At(w.data, i)-'0' <= 9 {
		i++
	}
	return i
}

// longestName is how far behind its first word a name may go on.
const longestName = 64
