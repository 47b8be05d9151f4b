package timed

import (
	"bytes"

	"github.com/sawlog/sawlog/lib/internal/texts"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

// worker parses lines for one goroutine.
type worker struct {
	texts.Lines
	p      *Plan
	finder *timestamp.Finder
	b      *record.Builder
	data   []byte
}

// NewWorker makes a worker for one goroutine.
func (p *Plan) NewWorker() record.Worker { return p.newWorker(false) }

// NewRecordWorker makes a worker that takes all it is given as exactly one record: line feeds may stand in its message.
func (p *Plan) NewRecordWorker() record.Worker { return p.newWorker(true) }

func (p *Plan) newWorker(whole bool) *worker {
	return &worker{Lines: texts.Lines{Limit: p.o.Line, Reject: p.o.Reject, Whole: whole}, p: p, finder: timestamp.NewFinder(p.o.Clock)}
}

// Parse implements record.Worker.
func (w *worker) Parse(b *record.Builder, data []byte, n int) { w.Lines.Parse(b, data, n, w) }

// Read implements texts.Reader.
func (w *worker) Read(b *record.Builder, data []byte, i, end int) record.Fault {
	if end == i {
		return record.Empty
	}
	w.b, w.data = b, data
	w.record(i, end)
	return record.NoFault
}

// record stores the record data[i:end].
func (w *worker) record(i, end int) {
	line := end
	if w.Whole { // the time and the level stand in the first line
		if k := bytes.IndexByte(w.data[i:end], '\n'); k >= 0 {
			line = i + k
		}
	}
	ns, at, stop, ok := w.finder.Find(w.data, i, line)
	if !ok {
		from, to, start := w.leading(i, line)
		if to > from {
			severity, _ := value.Severity(w.data, from, to-from)
			w.text(colLevel, from, to)
			w.word(colSeverity, severity)
		}
		w.text(colMessage, start, end)
		return
	}
	w.word(colTime, uint64(ns))
	if k := w.p.index[colTime]; k >= 0 && w.finder.Stated {
		w.b.Stated(k)
	}
	from, to, found := w.before(i, at)
	if !found {
		if from, to, found = w.behind(stop, line); found {
			if stop = to; stop < line && (to-from == 1 && w.data[stop] == '!' || w.data[stop] == '/') { // "E! cannot write" of Telegraf, "warning/cli: slow" of Icinga
				stop++
			}
		} else if from, to, found = w.behindBrackets(stop, line); !found && at > i && w.data[at-1] == '[' {
			from, to, found = w.behindOwn(stop, line)
		}
	}
	if found {
		severity, _ := value.Severity(w.data, from, to-from)
		w.text(colLevel, from, to)
		w.word(colSeverity, severity)
	}
	// What stands in front of the time is part of the message, unless it is only brackets and the level.
	start := stop
	for k := i; k < at; k++ {
		if wordByte(w.data[k]) && (k < from || k >= to) {
			w.text(colMessage, i, end)
			return
		}
	}
	for start < end && separates(w.data[start]) && !opens(w.data[start]) {
		start++
	}
	w.text(colMessage, start, end)
}

// before finds the level in front of the time: "[ERROR 2026-03-05 ...". Among other words it is in capitals, or it is one of them.
func (w *worker) before(i, end int) (from, to int, ok bool) {
	for first, begin := true, i; i < end; {
		if !wordByte(w.data[i]) {
			i++
			continue
		}
		to = i
		for to < end && wordByte(w.data[to]) {
			to++
		}
		if w.level(i, to) && w.alone(i, to, begin, end) && (first || capitals(w.data[i:to]) || w.marks(to, end)) {
			return i, to, true
		}
		i, first = to, false
	}
	return 0, 0, false
}

// usual are the levels that are levels in small letters too, where a colon stands behind them; "note: x" and "config: x" are none.
var usual = map[string]bool{"error": true, "err": true, "warn": true, "warning": true, "info": true, "debug": true, "verbose": true, "trace": true, "fatal": true, "critical": true}

// leading finds the level that a line without a time begins with: in brackets, or with a colon behind it and in capitals or one of the usual ones,
// as "[INFO] x", "ERROR: x" and "warn: x"; or with the seconds since the start, which stay in the message, as "INFO[0007] x" of logrus. start is
// where the message begins. from and to are the same where there is none.
func (w *worker) leading(i, end int) (from, to, start int) {
	from = i
	bracket := i < end && w.data[i] == '['
	if bracket {
		from++
	}
	to = from
	for to < end && w.data[to]|0x20 >= 'a' && w.data[to]|0x20 <= 'z' {
		to++
	}
	if !bracket && to-from > 3 && to < end && w.data[to] == '[' && capitals(w.data[from:to]) && w.level(from, to) {
		k := to + 1
		for k < end && w.data[k]-'0' <= 9 {
			k++
		}
		if k > to+1 && k < end && w.data[k] == ']' {
			return from, to, to
		}
	}
	closer := byte(':')
	if bracket {
		closer = ']'
	}
	if to-from < 3 || to == end || w.data[to] != closer || to+1 < end && w.data[to+1] != ' ' || !bracket && !capitals(w.data[from:to]) && !usual[string(w.data[from:to])] || !w.level(from, to) {
		return i, i, i
	}
	for start = to + 1; start < end && w.data[start] == ' '; {
		start++
	}
	return from, to, start
}

// marks tells whether nothing but marks stands there.
func (w *worker) marks(i, end int) bool {
	for i < end && !wordByte(w.data[i]) {
		i++
	}
	return i == end
}

// behind finds the level right behind the time, where only brackets and other marks stand between.
func (w *worker) behind(i, end int) (from, to int, ok bool) {
	return w.first(i, end, true)
}

// first finds the level that is the first word of a text. direct: a time stands in front of it, so that a slash may follow: "E/Tag".
func (w *worker) first(i, end int, direct bool) (from, to int, ok bool) {
	for i < end && separates(w.data[i]) {
		i++
	}
	to = i
	for to < end && wordByte(w.data[to]) {
		to++
	}
	if to == i || !w.level(i, to) || !w.alone(i, to, i, end) && !(direct && w.data[to] == '/') {
		return 0, 0, false
	}
	// A word of the message is none: "ERROR in x" and "error: x" begin with a level, "error in x" does not.
	if to+1 < end && w.data[to] == ' ' && wordByte(w.data[to+1]) && w.data[i-1] == ' ' && !capitals(w.data[i:to]) {
		return 0, 0, false
	}
	return i, to, true
}

// behindBrackets finds the level behind the time and a few groups in brackets, such as the name of a thread, or pairs, such as request_id=7, which
// are part of the message as the level then is.
func (w *worker) behindBrackets(i, end int) (from, to int, ok bool) {
	for range mostGroups {
		for i < end && separates(w.data[i]) && !opens(w.data[i]) {
			i++
		}
		stop := w.group(i, end)
		if stop == i {
			return 0, 0, false
		}
		i = stop
		if from, to, ok = w.first(i, end, false); ok {
			return from, to, true
		}
	}
	return 0, 0, false
}

// group is where the group in brackets, the pair or the program with its number ends that begins at i; i: there is none.
func (w *worker) group(i, end int) int {
	end = min(end, i+farthest)
	if i >= end {
		return i
	}
	switch w.data[i] {
	case '[', '(', '<':
		return i + bytes.IndexByte(w.data[i:end], closing(w.data[i])) + 1
	}
	k := i
	for k < end && wordByte(w.data[k]) {
		k++
	}
	for k > i && k+1 < end && (w.data[k] == '-' || w.data[k] == '.') && wordByte(w.data[k+1]) { // kea-dhcp4, unbound.main
		for k++; k < end && wordByte(w.data[k]); k++ {
		}
	}
	if k > i && k < end && w.data[k] == '[' { // a program and its number: "nsd[7]: "
		shut := k + bytes.IndexByte(w.data[k:end], ']')
		if shut > k && shut+1 < end && w.data[shut+1] == ':' {
			shut++
		}
		if shut > k && shut+1 < end && w.data[shut+1] == ' ' {
			return shut + 1
		}
		return i
	}
	if k == i || k == end || w.data[k] != '=' && (w.data[k] != ':' || w.data[k+1]-'0' > 9) { // user=ann, T:17
		return i
	}
	for k < end && w.data[k] != ' ' && w.data[k] != '"' {
		k++
	}
	if k == end || w.data[k] != ' ' {
		return i
	}
	return k
}

// How many groups and pairs are looked behind, and how long the longest of them is.
const (
	mostGroups = 6
	farthest   = 64
)

// behindOwn finds the level behind the brackets that the time stands in with other things: "[2026-03-05 07:09:10 1234] INFO: ".
func (w *worker) behindOwn(i, end int) (from, to int, ok bool) {
	shut := bytes.IndexByte(w.data[i:min(end, i+farthest)], ']')
	if shut < 0 {
		return 0, 0, false
	}
	return w.first(i+shut+1, end, false)
}

func closing(open byte) byte {
	switch open {
	case '(':
		return ')'
	case '<':
		return '>'
	}
	return ']'
}

// level tells whether the word is one. A single letter is a capital, and System is one that MySQL writes.
func (w *worker) level(from, to int) bool {
	_, known := value.Severity(w.data, from, to-from)
	return known && (to-from > 1 || w.data[from]-'A' < 26) && string(w.data[from:to]) != "system"
}

// alone tells whether the word from:to of i:end is no part of a longer one: "T/TCP", "W#01", "E-mail", "info.log". Behind several letters a dash is
// a mark, and a plus says how far above the level it is.
func (w *worker) alone(from, to, i, end int) bool {
	if from > i && !separates(w.data[from-1]) || to+1 < end && w.data[to] == '=' && w.data[to+1] != '=' && w.data[to+1] != '>' { // the key of a pair: "F=<a@example.com>"
		return false
	}
	if to+1 >= end || !wordByte(w.data[to+1]) {
		return true
	}
	if to-from == 1 && w.data[to] == ':' && w.data[to+1]-'0' <= 9 { // "T:17" is a thread
		return false
	}
	return w.data[to] == '+' || separates(w.data[to]) && (w.data[to] != '-' || to-from > 1)
}

func capitals(word []byte) bool {
	for _, c := range word {
		if c-'A' >= 26 && c-'0' > 9 {
			return false
		}
	}
	return true
}

func wordByte(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c-'0' <= 9 || c >= 0x80 || c == '_'
}

// separates tells whether c stands between time, level and message and is part of none.
func separates(c byte) bool {
	switch c {
	case ' ', '\t', '[', ']', '(', ')', '|', ':', ',', ';', '-', '<', '>', '=':
		return true
	}
	return false
}

func opens(c byte) bool { return c == '[' || c == '(' || c == '<' || c == '=' }

func (w *worker) word(column int, v uint64) {
	if k := w.p.index[column]; k >= 0 {
		w.b.Cols[k].Words[w.b.Row] = v
		w.b.Present(&w.b.Cols[k])
	}
}

func (w *worker) text(column, i, end int) {
	if k := w.p.index[column]; k >= 0 {
		w.b.SetText(&w.b.Cols[k], w.data, i, end-i)
		w.b.Present(&w.b.Cols[k])
	}
}

// Explain implements record.Worker.
func (w *worker) Explain(line []byte) record.Check {
	if len(line) == 0 {
		return record.Check{Fault: record.Empty.String(), Expected: "a line that is not blank"}
	}
	if check, broken := w.Check(line); broken {
		return check
	}
	return record.Check{OK: true}
}
