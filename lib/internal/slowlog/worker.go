package slowlog

import (
	"bytes"

	"github.com/sawlog/sawlog/lib/internal/explain"
	"github.com/sawlog/sawlog/lib/internal/texts"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

// worker parses records for one goroutine.
type worker struct {
	texts.Lines
	p      *Plan
	clocks []*timestamp.Clock
	b      *record.Builder
	data   []byte
	mapped bool
}

// layouts are how # Time: is written: since 5.7, before, by MariaDB.
var layouts = []*timestamp.Layout{timestamp.MustCompile("iso"), timestamp.MustCompile("%y%m%d %k:%M:%S")}

// NewWorker makes a worker for one goroutine.
func (p *Plan) NewWorker() record.Worker { return p.newWorker(false) }

// NewRecordWorker makes a worker that takes all it is given as exactly one record.
func (p *Plan) NewRecordWorker() record.Worker { return p.newWorker(true) }

func (p *Plan) newWorker(whole bool) *worker {
	w := &worker{Lines: texts.Lines{Limit: p.o.Line, Reject: p.o.Reject, Whole: whole}, p: p}
	for _, l := range layouts {
		w.clocks = append(w.clocks, l.NewClock(p.o.Clock))
	}
	return w
}

// Parse implements record.Worker.
func (w *worker) Parse(b *record.Builder, data []byte, n int) { w.Lines.Parse(b, data, n, w) }

// Read implements texts.Reader.
func (w *worker) Read(b *record.Builder, data []byte, i, end int) record.Fault {
	if end == i {
		return record.Empty
	}
	w.b, w.data = b, data
	_, fault := w.record(i, end)
	return fault
}

var (
	timeHead    = []byte("# Time: ")
	userHead    = []byte("# User@Host: ")
	commentHead = []byte("# ")
	command     = []byte("# administrator command: ")
	plan        = []byte("# explain: ")
	use         = []byte("use ")
	setTime     = []byte("SET timestamp=")
)

// record stores the record data[i:end]; with a fault, at is where it stopped to fit.
func (w *worker) record(i, end int) (at int, fault record.Fault) {
	w.mapped = false
	if head := w.data[i:end]; !bytes.HasPrefix(head, timeHead) && !bytes.HasPrefix(head, userHead) {
		return i, record.NoMatch
	}
	for i < end {
		stop := w.lineEnd(i, end)
		line := w.data[i:stop]
		switch {
		case bytes.HasPrefix(line, timeHead):
			if !w.time(i+len(timeHead), stop) {
				return i + len(timeHead), record.BadValue
			}
		case bytes.HasPrefix(line, userHead):
			if at := w.user(i+len(userHead), stop); at >= 0 {
				return at, record.BadValue
			}
		case bytes.HasPrefix(line, command):
			w.text(colStatement, i, end)
			i = end
		case bytes.HasPrefix(line, plan):
			stop = w.explained(i, end)
		case len(line) == 1 && line[0] == '#' && w.next(stop, end) < end: // around MariaDB's plans
		case bytes.HasPrefix(line, commentHead):
			if at := w.pairs(i+len(commentHead), stop); at >= 0 {
				return at, record.BadValue
			}
		default:
			w.statement(i, end)
			i = end
		}
		if i < end {
			i = w.next(stop, end)
		}
	}
	if k := w.p.index[colAttributes]; k >= 0 && w.mapped {
		w.b.EndList(&w.b.Cols[k])
		w.b.Present(&w.b.Cols[k])
	}
	return end, record.NoFault
}

// explained reads the lines of a plan from i on, which are one text, and gives the end of the last.
func (w *worker) explained(i, end int) int {
	stop := w.lineEnd(i, end)
	for next := w.next(stop, end); bytes.HasPrefix(w.data[next:end], plan); next = w.next(stop, end) {
		stop = w.lineEnd(next, end)
	}
	name := i + len(commentHead)
	w.pair(w.data[name:name+len("explain")], name, i+len(plan), stop)
	return stop
}

// lineEnd is where the line at i ends, without its ending.
func (w *worker) lineEnd(i, end int) int {
	stop := end
	if k := bytes.IndexByte(w.data[i:end], '\n'); k >= 0 {
		stop = i + k
	}
	if stop > i && w.data[stop-1] == '\r' {
		stop--
	}
	return stop
}

// next is where the line behind the one that ends at stop begins.
func (w *worker) next(stop, end int) int {
	for stop < end && w.data[stop] == '\r' {
		stop++
	}
	return min(stop+1, end)
}

func (w *worker) time(i, end int) bool {
	for _, clock := range w.clocks {
		if ns, stop, ok := clock.Parse(w.data, i); ok && stop == end {
			w.word(colTime, uint64(ns))
			return true
		}
	}
	return false
}

// user reads "ann[ann] @ gate [192.0.2.1]  Id:    17", and gives the place of what does not fit, or -1.
func (w *worker) user(i, end int) int {
	at := bytes.Index(w.data[i:end], []byte(" @ "))
	if at < 0 {
		return i
	}
	name := w.data[i : i+at]
	start := i
	if k := bytes.IndexByte(name, '['); k > 0 {
		name = name[:k]
	} else if k == 0 { // the server knows only whom the user is taken for
		start, name = i+1, bytes.TrimSuffix(name[1:], []byte{']'})
	}
	w.filled(colUser, start, start+len(name))
	i += at + 3
	open := bytes.IndexByte(w.data[i:end], '[')
	if open < 0 {
		return i
	}
	closing := bytes.IndexByte(w.data[i+open:end], ']')
	if closing < 0 {
		return i + open
	}
	w.filled(colHost, i, i+len(bytes.TrimRight(w.data[i:i+open], " ")))
	w.filled(colClient, i+open+1, i+open+closing)
	return w.pairs(i+open+closing+1, end)
}

// pairs reads "Name: value  Name: value", and gives the place of a value that does not fit, or -1. A value ends where the next name begins.
func (w *worker) pairs(i, end int) int {
	for {
		key, keyEnd := w.key(i, end)
		if key < 0 {
			return -1
		}
		next, _ := w.key(keyEnd+1, end)
		if next < 0 {
			next = end
		}
		from, to := keyEnd+1, next
		for from < to && w.data[from] == ' ' {
			from++
		}
		for to > from && w.data[to-1] == ' ' {
			to--
		}
		if !w.pair(w.data[key:keyEnd], key, from, to) {
			return from
		}
		i = next
	}
}

// key finds the next word with a colon behind it and a blank or the end behind that.
func (w *worker) key(i, end int) (from, to int) {
	for i < end {
		for i < end && w.data[i] == ' ' {
			i++
		}
		from = i
		for i < end && w.data[i] != ' ' {
			i++
		}
		if i-from > 1 && w.data[i-1] == ':' && w.data[from]|0x20 >= 'a' && w.data[from]|0x20 <= 'z' {
			return from, i - 1
		}
	}
	return -1, end
}

// pair stores a value by its name. False: it is none of its column's type.
func (w *worker) pair(name []byte, at, from, to int) bool {
	switch string(name) {
	case "Id", "Thread_id":
		return w.number(colConnection, from, to)
	case "Rows_sent":
		return w.number(colSent, from, to)
	case "Rows_examined":
		return w.number(colExamined, from, to)
	case "Query_time":
		return w.duration(colDuration, from, to)
	case "Lock_time":
		return w.duration(colLock, from, to)
	case "Schema":
		w.filled(colDatabase, from, to)
		return true
	}
	k := w.p.index[colAttributes]
	if k < 0 {
		return true
	}
	w.mapped = true
	n := w.b.Cols[k].Nested
	n.Keys.Slot().Set(w.data, at, len(name), w.b.Buffer)
	n.Items.Slot().Set(w.data, from, to-from, w.b.Buffer)
	return true
}

// statement reads what is behind the comments: the database and the time that the server puts in front, and the statement.
func (w *worker) statement(i, end int) {
	for i < end {
		stop := w.lineEnd(i, end)
		line := w.data[i:stop]
		switch {
		case bytes.HasPrefix(line, use) && line[len(line)-1] == ';' && w.next(stop, end) < end:
			w.filled(colDatabase, i+len(use), stop-1)
		case bytes.HasPrefix(line, setTime) && line[len(line)-1] == ';':
			w.seconds(i+len(setTime), stop-1)
		default:
			for end > i && (w.data[end-1] == '\n' || w.data[end-1] == '\r') {
				end--
			}
			w.filled(colStatement, i, end)
			return
		}
		i = w.next(stop, end)
	}
}

// seconds is the time of the statement's beginning, which stands in where there is no other.
func (w *worker) seconds(i, end int) {
	k := w.p.index[colTime]
	if k < 0 || w.b.IsPresent(&w.b.Cols[k]) {
		return
	}
	if s, ok := value.Float(w.data, i, end-i); ok && s > 0 && s < 1<<33 {
		w.word(colTime, uint64(int64(s*1e6)*1000))
	}
}

func (w *worker) number(column, i, end int) bool {
	v, ok := value.Int(w.data, i, end-i)
	if ok {
		w.word(column, uint64(v))
	}
	return ok
}

func (w *worker) duration(column, i, end int) bool {
	v, ok := value.Duration(w.data[i:end], 1e9)
	if ok {
		w.word(column, uint64(v))
	}
	return ok
}

func (w *worker) word(column int, v uint64) {
	if k := w.p.index[column]; k >= 0 {
		w.b.Cols[k].Words[w.b.Row] = v
		w.b.Present(&w.b.Cols[k])
	}
}

// filled stores a text that means nothing when it is empty.
func (w *worker) filled(column, i, end int) {
	if end > i {
		w.text(column, i, end)
	}
}

func (w *worker) text(column, i, end int) {
	if k := w.p.index[column]; k >= 0 {
		w.b.SetText(&w.b.Cols[k], w.data, i, end-i)
		w.b.Present(&w.b.Cols[k])
	}
}

// Explain implements record.Worker.
func (w *worker) Explain(text []byte) record.Check {
	if len(text) == 0 {
		return record.Check{Fault: record.Empty.String(), Expected: "a line that is not blank"}
	}
	if check, broken := w.Check(text); broken {
		return check
	}
	w.b, w.data = texts.Alone(w.p.schema, Present, text)
	at, fault := w.record(0, len(text))
	switch fault {
	case record.NoFault:
		return record.Check{OK: true}
	case record.BadValue:
		return record.Check{Fault: fault.String(), Offset: at, Expected: "a value of the comment", Seen: explain.Seen(text, at)}
	}
	return record.Check{Fault: fault.String(), Offset: at, Expected: "# Time: or # User@Host:", Seen: explain.Seen(text, at)}
}
