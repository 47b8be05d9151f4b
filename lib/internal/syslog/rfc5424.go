package syslog

import (
	"bytes"
	"math/bits"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// The names of the header behind the time, and how long RFC 5424 lets them be.
var names = [...]struct {
	column  int
	element string
	longest int
}{{colHost, "host", 255}, {colApp, "app", 48}, {colPid, "pid", 128}, {colMsgid, "msgid", 32}}

// looseness is how much of structured data has to be right.
type looseness uint8

const (
	byTheLetter looseness = iota
	anyPairs              // values without quotes, names without values, blanks and semicolons between
	noData                // what is there in its place is the message
)

// lenient reads a header of RFC 5424 behind which stands something else than structured data. False: it is no such header; what has been
// stored is to be undone.
func (w *worker) lenient(i int) bool {
	defer func() { w.loose = byTheLetter }()
	for w.loose = anyPairs; w.loose <= noData; w.loose++ {
		if w.rfc5424(i) == record.NoFault {
			return true
		}
		w.b.Undo()
	}
	return false
}

// rfc5424 reads what is behind the version: TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA [MSG].
func (w *worker) rfc5424(i int) record.Fault {
	i, fault := w.time5424(i)
	if fault != record.NoFault {
		return fault
	}
	i, ok := w.fourNames(i)
	if !ok {
		if i, fault = w.names5424(i); fault != record.NoFault || i < 0 {
			return fault
		}
	}
	if w.p.o.Partial && i >= w.end {
		return record.NoFault
	}
	if w.loose == noData {
		w.message(i)
		return record.NoFault
	}
	i, fault = w.structured(i)
	if fault != record.NoFault {
		return fault
	}
	if i == w.end {
		return record.NoFault
	}
	if w.data[i] != ' ' && w.loose == byTheLetter {
		return w.misfit(i, "message", "a blank in front of the message")
	}
	if w.data[i] == ' ' {
		i++
	}
	w.message(i)
	return record.NoFault
}

// fourNames is names5424 for names that stand within 64 bytes, as nearly all do. False: nothing is stored.
func (w *worker) fourNames(i int) (next int, ok bool) {
	blanks, odd := scan.Words(w.data, i)
	rest := blanks
	var ends [len(names)]int
	for k := range ends {
		ends[k] = bits.TrailingZeros64(rest)
		rest &= rest - 1
	}
	// The blanks up to the last one end names; no name is empty.
	if upTo := uint64(1)<<ends[3]<<1 - 1; ends[3] > 63 || (odd|blanks&(blanks<<1|1))&upTo != 0 || i >= w.end || w.plain || w.loose > byTheLetter {
		return i, false
	}
	if w.p.o.Strict && (ends[1]-ends[0] > 49 || ends[3]-ends[2] > 33) {
		return i, false
	}
	at := 0
	for k, end := range ends {
		if end-at > 1 || w.data[i+at] != '-' {
			w.b.PutText(w.p.index[colHost+k], w.data, i+at, end-at)
		}
		at = end + 1
	}
	return i + at, true
}

// names5424 reads the names between the time and the structured data. The position is -1 where the line ends early and may.
func (w *worker) names5424(i int) (int, record.Fault) {
	for k := range names {
		n := &names[k]
		if w.p.o.Partial && i >= w.end {
			return -1, record.NoFault
		}
		end := scan.PrintableEnd(w.data, i)
		if end == i || end > w.end || (w.p.o.Strict && end-i > n.longest) || (mem.At(w.data, end) != ' ' && !(w.p.o.Partial && end == w.end)) {
			return i, w.misfit(i, n.element, "a name of printable ASCII, or -, and a blank")
		}
		if w.loose > byTheLetter && w.data[end-1] == ':' {
			return i, w.misfit(i, n.element, "a name without a colon behind it") // the tag of RFC 3164
		}
		if end-i > 1 || w.data[i] != '-' {
			w.text(n.column, i, end)
		}
		i = end + 1
	}
	return i, record.NoFault
}

// time5424 reads a time or - and the blank behind it.
func (w *worker) time5424(i int) (int, record.Fault) {
	if mem.At(w.data, i) == '-' && mem.At(w.data, i+1) == ' ' {
		return i + 2, record.NoFault
	}
	ns, end, ok := w.clocks[layoutISO].Parse(w.data, i)
	if w.p.o.Partial && i >= w.end {
		return i, record.NoFault
	}
	if !ok || mem.At(w.data, i+4) != '-' || end > w.end || (w.p.o.Strict && !strictTime(w.data[i:end])) || (mem.At(w.data, end) != ' ' && !(w.p.o.Partial && end == w.end)) {
		return i, w.misfit(i, "time", "a time of RFC 3339, or -, and a blank")
	}
	w.word(colTime, uint64(ns))
	w.stated = true
	return end + 1, record.NoFault
}

// strictTime holds what RFC 5424 asks of a time beyond RFC 3339: capital T and Z, at most six digits of a fraction behind a point, a
// zone, no leap second.
func strictTime(text []byte) bool {
	zone := len(text) - 1
	if zone >= 0 && text[zone] != 'Z' {
		zone = len(text) - len("+00:00")
	}
	if zone < 19 || text[10] != 'T' || text[17] == '6' || zone < len(text)-1 && (text[zone+3] != ':' || text[zone] != '+' && text[zone] != '-') {
		return false
	}
	// What the clock has read between the seconds and a zone are digits behind a point or a comma, and perhaps a blank.
	return zone == 19 || text[19] == '.' && zone <= 26 && text[zone-1] != ' '
}

// structured reads - or [ID NAME="VALUE" ...][...]. What it stores is ID -> NAME -> VALUE.
func (w *worker) structured(i int) (int, record.Fault) {
	if mem.At(w.data, i) == '-' {
		return i + 1, record.NoFault
	}
	if mem.At(w.data, i) != '[' {
		return i, w.misfit(i, "structured_data", "structured data, or -")
	}
	try := !w.plain && w.loose == byTheLetter && w.seams.habit.Worth()
	if try {
		end, all := w.familiar(i)
		scan.Settle()
		if w.seams.habit.Count(all); all {
			return end, record.NoFault
		}
	}
	end, fault := w.elements(i)
	if try && fault == record.NoFault {
		w.learn(i, end)
	}
	return end, fault
}

// elements is structured for any that begin at i.
func (w *worker) elements(i int) (int, record.Fault) {
	k := w.p.index[colData]
	first := i
	if len(w.seen) > 0 {
		clear(w.seen)
	}
	var elements *record.Nested
	if k >= 0 {
		elements = w.b.Cols[k].Nested
	}
	for mem.At(w.data, i) == '[' {
		end := w.name(i + 1)
		if end < 0 {
			return i + 1, w.misfit(i+1, "structured_data", "the name of an element")
		}
		if c := mem.At(w.data, end); w.loose == anyPairs && (c == '=' || c == '"') {
			end = i + 1 // pairs alone: Check Point's [action:"Accept"; ...]
		}
		if w.p.o.Strict && w.twice(first, i, end) {
			return i + 1, w.misfit(i+1, "structured_data", "an element of a name that is not there yet")
		}
		if elements != nil {
			elements.Keys.Slot().Set(w.data, i+1, end-i-1, w.b.Buffer)
		}
		var fault record.Fault
		if w.loose == anyPairs {
			i, fault = w.pairs(end, elements)
		} else {
			i, fault = w.parameters(end, elements)
		}
		if fault != record.NoFault {
			return i, fault
		}
		if elements != nil {
			elements.Items.End()
		}
	}
	if k >= 0 {
		w.b.EndList(&w.b.Cols[k])
	}
	return i, record.NoFault
}

// fewNames is up to how many elements a line's names are compared with each other.
const fewNames = 8

// twice tells whether the line has had an element of the name data[i+1:end] already. A set is made only for lines with many elements.
func (w *worker) twice(first, i, end int) bool {
	if i == first {
		w.names = w.names[:0]
	}
	name := w.data[i+1 : end]
	if len(w.names) < fewNames {
		for _, at := range w.names {
			if bytes.Equal(w.data[at[0]:at[1]], name) {
				return true
			}
		}
		w.names = append(w.names, [2]int{i + 1, end})
		return false
	}
	if len(w.seen) == 0 {
		if w.seen == nil {
			w.seen = map[string]bool{}
		}
		for _, at := range w.names {
			w.seen[mem.String(w.data[at[0]:at[1]])] = true
		}
	}
	if w.seen[mem.String(name)] {
		return true
	}
	w.seen[mem.String(name)] = true
	return false
}

// parameters reads what stands behind an element's name, its closing bracket included.
func (w *worker) parameters(i int, elements *record.Nested) (int, record.Fault) {
	for mem.At(w.data, i) == ' ' {
		i++
		if !w.p.o.Strict && mem.At(w.data, i) == ']' {
			break
		}
		end := w.name(i)
		if end < 0 || mem.At(w.data, end) != '=' || mem.At(w.data, end+1) != '"' {
			return i, w.misfit(i, "structured_data", `a parameter: name="value"`)
		}
		value := end + 2
		close, escaped := w.value(value)
		if close < 0 {
			return value, w.misfit(value, "structured_data", `a value, in which ", \ and ] are escaped, and its closing quote`)
		}
		if elements != nil {
			w.pair(elements.Items.Nested, i, end, value, close, escaped)
		}
		i = close + 1
	}
	if mem.At(w.data, i) != ']' {
		return i, w.misfit(i, "structured_data", "a parameter, or ]")
	}
	return i + 1, record.NoFault
}

// pairs reads what stands behind an element's name where it is not by the letter: name=value, name= "value", name:"value"; and names alone.
// The closing bracket is read too.
func (w *worker) pairs(i int, elements *record.Nested) (int, record.Fault) {
	i = w.skip(i, ' ', ';')
	for i < w.end && w.data[i] != ']' {
		end := i
		for c := mem.At(w.data, end); end < w.end && c != ' ' && c != ';' && c != ']' && c != '=' && !(c == ':' && mem.At(w.data, end+1) == '"'); c = mem.At(w.data, end) {
			end++
		}
		if end == i {
			return i, w.misfit(i, "structured_data", "a parameter, or ]")
		}
		value, close, next, escaped := end, end, end, false
		if c := w.data[end]; end < w.end && (c == '=' || c == ':') {
			if value = w.skip(end+1, ' ', ' '); mem.At(w.data, value) == '"' {
				value++
				if close, escaped = w.value(value); close < 0 {
					return value, w.misfit(value, "structured_data", "a value and its closing quote")
				}
				next = close + 1
			} else {
				value = end + 1
				for close = value; close < w.end && w.data[close] != ' ' && w.data[close] != ';' && w.data[close] != ']'; close++ {
				}
				next = close
			}
		}
		if elements != nil {
			w.pair(elements.Items.Nested, i, end, value, close, escaped)
		}
		i = w.skip(next, ' ', ';')
	}
	if i >= w.end {
		return i, w.misfit(i, "structured_data", "a parameter, or ]")
	}
	return i + 1, record.NoFault
}

// skip goes behind bytes that are a or b.
func (w *worker) skip(i int, a, b byte) int {
	for i < w.end && (w.data[i] == a || w.data[i] == b) {
		i++
	}
	return i
}

// pair stores a parameter: its name data[i:end] and its value data[value:close].
func (w *worker) pair(inner *record.Nested, i, end, value, close int, escaped bool) {
	inner.Keys.Slot().Set(w.data, i, end-i, w.b.Buffer)
	if to := inner.Items.Slot(); !escaped {
		to.Set(w.data, value, close-value, w.b.Buffer)
	} else {
		*to = w.parameter(value, close)
	}
}

// name is the end of an SD-NAME: printable ASCII but =, blank, ] and quote, up to 32 bytes. -1: none.
func (w *worker) name(i int) int {
	end := scan.NameEnd(w.data, i)
	if end == i || end > w.end || (w.p.o.Strict && end-i > 32) {
		return -1
	}
	return end
}

// value is the place of the quote that closes a value, and whether there are escapes before it. A bare ] is wrong, to the letter. -1:
// none.
func (w *worker) value(i int) (close int, escaped bool) {
	for {
		i = scan.Find4(w.data, i, '"', '\\', ']', '\n')
		switch {
		case i >= w.end:
			return -1, false
		case w.data[i] == '\n': // of a record with several lines
		case w.data[i] == '"':
			return i, escaped
		case w.data[i] == '\\':
			// RFC 5424 lets a reader keep an invalid escape as it is written; a writer must not make one.
			if escaped = true; w.p.o.Strict && !escapable(mem.At(w.data, i+1)) {
				return -1, false
			}
			if i+1 < w.end {
				i++
			}
		case w.p.o.Strict:
			return -1, false
		}
		i++
	}
}

func escapable(c byte) bool { return c == '"' || c == '\\' || c == ']' }

// parameter is the view of a value with escapes; a backslash before ", \ or ] goes, before anything else it stays.
func (w *worker) parameter(i, end int) record.View {
	start := len(w.b.Side)
	for ; i < end; i++ {
		if c := w.data[i]; c == '\\' && i+1 < end && escapable(w.data[i+1]) {
			i++
		}
		w.b.Side = append(w.b.Side, w.data[i])
	}
	return w.b.SideView(start)
}
