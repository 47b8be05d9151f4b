package timestamp

import (
	"bytes"
	"sync"
	"time"

	"github.com/sawlog/sawlog/lib/internal/mem"
)

// Finder reads times that Looks has found. It is for one goroutine at a time.
type Finder struct {
	utc   [len(groups)][]*Clock // as if every time without a zone were in UTC
	local [len(groups)][]*Clock // with Options.Zone; nil: the same
	// Stated tells of the time that was found last whether it says its year.
	Stated bool
}

// NewFinder makes a finder.
func NewFinder(o Options) *Finder {
	f := &Finder{}
	zone := o.Zone
	o.Zone = nil
	fill(&f.utc, o)
	if zone != nil && zone != time.UTC {
		o.Zone = zone
		fill(&f.local, o)
	}
	return f
}

func fill(clocks *[len(groups)][]*Clock, o Options) {
	for g, shapes := range groups {
		for _, s := range shapes {
			clocks[g] = append(clocks[g], finderLayouts()[s.layout].NewClock(o))
		}
	}
}

// finderLayouts are the layouts of the shapes, compiled when the first finder is made.
var finderLayouts = sync.OnceValue(func() map[string]*Layout {
	all := map[string]*Layout{}
	for _, shapes := range groups {
		for _, s := range shapes {
			if all[s.layout] == nil {
				all[s.layout] = MustCompile(s.layout)
			}
		}
	}
	return all
})

// Parse reads the time at i with what belongs to it: a fraction behind a colon, AM or PM, a zone. stop is behind it.
func (f *Finder) Parse(b []byte, i, end int, near bool) (ns int64, stop int, ok bool) {
	group, ok := shapesOf(b, i, end)
	if !ok {
		return 0, i, false
	}
	for k := range groups[group] {
		s := &groups[group][k]
		if s.bare && !near {
			continue
		}
		if at := s.fits(b, i, end); at < 0 || short(group) && !marked(b, at, end) {
			continue
		}
		ns, stop, ok := f.utc[group][k].Parse(b, i)
		if !ok || stop > end {
			continue
		}
		moved, behind, zoned := rest(b, ns, stop, end)
		if f.local[group] != nil && !zoned {
			if local, again, ok := f.local[group][k].Parse(b, i); ok && again == stop {
				moved += local - ns
			}
		}
		if s.layout == counted {
			moved = thousandths(b, i, stop, moved)
		}
		f.Stated = !f.utc[group][k].layout.GuessesYear()
		return moved, behind, true
	}
	return 0, i, false
}

// counted is the layout of writers that fill up no number of the clock with zeros: behind a third colon they have a number of milliseconds
// (7:9:10:8), not a fraction.
const counted = "%Y%m%d-%H:%M:%S%.f"

// thousandths gives the time at b[i:stop] with the one or two digits behind its third colon as milliseconds, where there are such.
func thousandths(b []byte, i, stop int, ns int64) int64 {
	k := bytes.LastIndexByte(b[i:stop], ':')
	if digits := b[i+k+1 : stop]; len(digits) < 3 && bytes.Count(b[i:stop], []byte{':'}) == 3 {
		count := int64(0)
		for _, d := range digits {
			count = count*10 + int64(d-'0')
		}
		return floorDiv(ns, 1e9)*1e9 + count*1e6
	}
	return ns
}

// rest reads what may stand behind a time. zoned: it says how far from UTC the time is.
func rest(b []byte, ns int64, i, end int) (moved int64, stop int, zoned bool) {
	if mem.At(b, i) == ':' && ns%1e9 == 0 {
		if frac, stop := fraction(b, i+1); stop-i >= 4 && stop <= end { // at least three digits: else it is something else
			ns, i = ns+frac, stop
		}
	}
	if c := mem.At(b, i+1) | 0x20; mem.At(b, i) == ' ' && (c == 'a' || c == 'p') && mem.At(b, i+2)|0x20 == 'm' && !letter(mem.At(b, i+3)) && i+3 <= end {
		hour := floorDiv(ns, 3600e9) % 24
		switch {
		case c == 'p' && hour < 12:
			ns += 12 * 3600e9
		case c == 'a' && hour == 12:
			ns -= 12 * 3600e9
		}
		i += 3
	}
	at := i
	if mem.At(b, at) == ' ' {
		at++
	}
	switch c := mem.At(b, at); {
	case c == '+' || c == '-':
		if east, stop, ok := offset(b, at); ok && stop <= end && stop-at >= 5 && mem.At(b, stop)-'0' > 9 {
			return ns - east*1e9, stop, true
		}
	case c == 'Z' && at == i && at < end && !letter(mem.At(b, at+1)):
		return ns, at + 1, true
	case c >= 'A' && c <= 'Z' && at > i:
		stop := at
		for stop < end && stop < at+5 && mem.At(b, stop)-'A' < 26 {
			stop++
		}
		if name := string(b[at:stop]); zoneNames[name] {
			return ns, stop, name == "UTC" || name == "GMT"
		}
	}
	return ns, i, false
}

// zoneNames are abbreviations of zones in use. They are no part of what follows. Which CST is meant nobody can tell: but for UTC, the time
// is read as one without a zone.
var zoneNames = map[string]bool{
	"UTC": true, "GMT": true, "WET": true, "WEST": true, "BST": true, "CET": true, "CEST": true, "EET": true, "EEST": true, "MSK": true, "IST": true, "SGT": true, "HKT": true, "JST": true, "KST": true,
	"AEST": true, "AEDT": true, "NZST": true, "NZDT": true, "EST": true, "EDT": true, "CST": true, "CDT": true, "MST": true, "MDT": true, "PST": true, "PDT": true, "BRT": true, "ART": true,
}

// How far from its beginning a line is looked through for a time: bytes, and words in front of it.
const (
	farthest  = 80
	mostWords = 7
)

// Near tells whether a time begins in the line b[i:end], near its beginning.
func Near(b []byte, i, end int) bool {
	for w := (words{b: b, begin: i, at: i, end: end, last: min(end, i+farthest)}); w.next(); {
		if Looks(b, w.at, end, w.near()) {
			return true
		}
	}
	return false
}

// Find reads the first time in the line b[i:end], near its beginning: it begins at at and ends at stop.
func (f *Finder) Find(b []byte, i, end int) (ns int64, at, stop int, ok bool) {
	for w := (words{b: b, begin: i, at: i, end: end, last: min(end, i+farthest)}); w.next(); {
		if ns, stop, ok := f.Parse(b, w.at, end, w.near()); ok {
			return ns, w.at, stop, true
		}
	}
	return 0, i, i, false
}

// words are the places where words begin.
type words struct {
	b         []byte
	begin, at int
	end, last int
	n         int // how many there were
}

// near tells whether the word is so near the beginning that few marks make it a time.
func (w *words) near() bool { return w.n <= 2 || w.n == 3 && w.bracketed() }

// bracketed tells whether the words in front stand in brackets: "[pid 1234] 07:09:10".
func (w *words) bracketed() bool {
	return mem.At(w.b, w.begin) == '[' && mem.At(w.b, w.at-2) == ']' && mem.At(w.b, w.at-1) == ' '
}

// next goes to the next word.
func (w *words) next() bool {
	if w.n > 0 {
		for w.at < w.last && inWord(mem.At(w.b, w.at)) {
			w.at++
		}
	}
	for w.at < w.last {
		c := mem.At(w.b, w.at)
		if inWord(c) || c == '@' {
			if w.n++; w.n > mostWords+1 {
				return false
			}
			if !w.behindSlash() {
				return true
			}
			for w.at < w.last && inWord(mem.At(w.b, w.at)) {
				w.at++
			}
			continue
		}
		if w.at++; c == '[' {
			w.colour()
		}
	}
	return false
}

// behindSlash tells whether the word is one more part of what has begun before: the 03 of x2026/03/05 07:09:10.
func (w *words) behindSlash() bool {
	return w.at-2 >= w.begin && mem.At(w.b, w.at-1) == '/' && mem.At(w.b, w.at-2)-'0' <= 9
}

// colour passes over the rest of a terminal's colour, the bracket of which stands in front: ESC[36m, or ^[[36m as programs show it.
func (w *words) colour() {
	before := w.at - len("[")
	if before == w.begin || mem.At(w.b, before-1) != 0x1b && (before-1 == w.begin || mem.At(w.b, before-1) != '[' || mem.At(w.b, before-2) != '^') {
		return
	}
	k := w.at
	for k < w.last && (mem.At(w.b, k)-'0' <= 9 || mem.At(w.b, k) == ';') {
		k++
	}
	if k < w.last && mem.At(w.b, k) == 'm' {
		w.at = k + 1
	}
}

func inWord(c byte) bool { return c-'0' <= 9 || letter(c) || c >= 0x80 || c == '_' }

// Formed tells whether text begins as form does, in which 0 is any digit and a any letter.
func Formed(text []byte, form string) bool {
	if len(text) < len(form) {
		return false
	}
	for i := range form {
		switch c := text[i]; form[i] {
		case '0':
			if c-'0' > 9 {
				return false
			}
		case 'a':
			if c|0x20-'a' > 'z'-'a' {
				return false
			}
		default:
			if c != form[i] {
				return false
			}
		}
	}
	return true
}
