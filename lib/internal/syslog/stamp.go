package syslog

import (
	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
)

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
	if ok && layout == layoutYear {
		switch c := mem.At(w.data, end); {
		case c == '+' || c == '-':
			t.ns, end, ok = w.clocks[layoutYearOffset].Parse(w.data, i)
		case c == ' ' && mem.At(w.data, end+2) == 'M' && mem.At(w.data, end+3) == '.': // 07:09:10 PM.123 UTC :
			if ns, stop, half := w.clocks[layoutYearHalf].Parse(w.data, i); half && stop > end+4 {
				t.ns, end, layout = ns, stop, layoutYearHalf
			}
		}
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
	if colon := w.zone(end, layout == layoutYearHalf || i >= 2 && w.data[i-1] == ' ' && w.data[i-2] == ':'); colon > 0 && (device || layout == layoutYearHalf || mem.At(w.data, colon+2) == '%' || w.repeated(colon+2)) {
		if ns, stop, ok := w.clocks[zoned[layout]].Parse(w.data, i); ok && (stop == colon || stop+1 == colon) {
			t.ns = ns
		}
		end = colon + 2
		if layout == layoutYearHalf && mem.At(w.data, end) == ' ' {
			end++
		}
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
