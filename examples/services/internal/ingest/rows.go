package ingest

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-json"

	sawlog "github.com/sawlog/sawlog/lib"

	"github.com/sawlog/sawlog/examples/services/internal/store"
)

// Rows collects what parsers give as records of the store: one batch of it. Nothing is shared with the parsers' memory.
type Rows struct {
	Source   string
	Received time.Time

	batch store.Batch
	ends  []int             // where the fields of each record end in arena
	arena []byte            // the fields of all records
	words map[string]string // texts that many records share
}

// maxWords bounds words: a level that is different every time is not worth remembering.
const maxWords = 256

// Len and Size are how many records have been collected, and about how many bytes of memory they take.
func (r *Rows) Len() int  { return len(r.batch.Records) }
func (r *Rows) Size() int { return len(r.arena) + len(r.batch.Records)*recordSize }

const recordSize = 200 // of a store.Record without its texts

// Take gives what was collected, and starts anew.
func (r *Rows) Take() *store.Batch {
	start := 0
	for i, end := range r.ends {
		r.batch.Records[i].Fields = r.arena[start:end:end]
		start = end
	}
	b := r.batch
	b.Bytes = r.Size()
	r.batch, r.ends, r.arena = store.Batch{}, r.ends[:0], nil
	return &b
}

// Envelope is what a protocol says about a line beside its text.
type Envelope struct {
	Time    time.Time // for records that have none; zero: when it was received
	Members []byte    // of the record's JSON object, each with a comma behind it
}

// Add appends the rows and rejects of a parser's batch, which can be released afterwards.
func (r *Rows) Add(b *sawlog.Batch, format string) { r.AddFrom(b, format, Envelope{}) }

// AddFrom is Add for lines that came in an envelope.
func (r *Rows) AddFrom(b *sawlog.Batch, format string, e Envelope) {
	if e.Time.IsZero() {
		e.Time = r.Received
	}
	at, level, severity, status := b.Column("time"), b.Column("level"), b.Column("severity"), b.Column("status")
	if at != nil && at.Field().TypeName() != "timestamp" {
		at = nil
	}
	if r.arena == nil {
		r.arena = make([]byte, 0, 2*b.InputBytes()+int64(b.Len())*64)
	}
	r.batch.Records = slices.Grow(r.batch.Records, b.Len()+b.Rejects())
	for i := range b.Len() {
		rec := store.Record{Time: e.Time, Received: r.Received, Source: r.Source, Format: format, Severity: store.NoSeverity}
		if at != nil && !at.IsNull(i) {
			rec.Time = at.Time(i)
		}
		if level != nil && !level.IsNull(i) {
			rec.Level = r.text(level, i)
			rec.Severity = SeverityOf(rec.Level)
		}
		if n, ok := number(severity, i); ok && n >= 0 && n <= 7 {
			rec.Severity = int(n)
		}
		if n, ok := number(status, i); ok && n > 0 && n < 1000 {
			rec.Status = int(n)
		}
		start := len(r.arena)
		r.arena = b.AppendJSON(r.arena, i, true)
		r.insert(start, e.Members)
		r.append(rec)
	}
	for i := range b.Rejects() {
		if b.Fault(i).String() != "empty" { // a blank line says nothing; it is counted and not kept
			reject := b.Reject(i)
			r.RejectFrom(reject.Raw, format, reject.Fault.String(), e)
		}
	}
}

// AddRecord appends a record that no parser made; fields is its JSON.
func (r *Rows) AddRecord(rec store.Record, fields []byte) {
	rec.Source, rec.Received = r.Source, r.Received
	if rec.Time.IsZero() {
		rec.Time = r.Received
	}
	r.arena = append(r.arena, fields...)
	r.append(rec)
}

// insert puts members at the beginning of the object that starts in the arena.
func (r *Rows) insert(start int, members []byte) {
	if len(members) == 0 {
		return
	}
	if mayClash(r.arena[start:], members) {
		r.arena = append(r.arena[:start], apart(r.arena[start:], members)...)
	}
	if len(r.arena) == start+len("{}") { // nothing follows
		members = members[:len(members)-1]
	}
	r.arena = slices.Insert(r.arena, start+1, members...)
}

// envelopeNames are the members that envelopes have.
var envelopeNames = [][]byte{[]byte(`"labels":`), []byte(`"metadata":`), []byte(`"resource":`), []byte(`"scope":`), []byte(`"event_name":`), []byte(`"trace_id":`),
	[]byte(`"span_id":`), []byte(`"attributes":`)}

// mayClash tells whether a name of the envelope seems to be in the record too.
func mayClash(object, members []byte) bool {
	for _, name := range envelopeNames {
		if bytes.Contains(members, name) && bytes.Contains(object, name) {
			return true
		}
	}
	return false
}

// apart gives the object with another name for each member that the envelope has too: an object with the same name twice is read by everybody in
// another way. The envelope's keep their names, as they are the same for all records that come with it.
func apart(object, members []byte) []byte {
	var own, envelope map[string]json.RawMessage
	if json.Unmarshal(object, &own) != nil || json.Unmarshal(slices.Concat([]byte("{"), bytes.TrimSuffix(members, []byte(",")), []byte("}")), &envelope) != nil {
		return object // both are JSON
	}
	for name := range envelope {
		value, taken := own[name]
		if !taken {
			continue
		}
		delete(own, name)
		for taken {
			name = "line_" + name
			if _, taken = own[name]; !taken {
				_, taken = envelope[name]
			}
		}
		own[name] = value
	}
	text, err := json.Marshal(own)
	if err != nil {
		return object
	}
	return text
}

// RejectFrom appends a line that is no record; e has its time.
func (r *Rows) RejectFrom(raw []byte, format, fault string, e Envelope) {
	text, err := json.Marshal(strings.ToValidUTF8(string(raw), "\ufffd"))
	if err != nil { // a string always has JSON
		text = []byte(`""`)
	}
	r.arena = append(append(append(append(r.arena, '{'), e.Members...), `"message":`...), text...)
	r.arena = append(r.arena, '}')
	r.append(store.Record{Time: e.Time, Received: r.Received, Source: r.Source, Format: format, Severity: store.NoSeverity, Fault: fault})
}

func (r *Rows) append(rec store.Record) {
	r.batch.Records = append(r.batch.Records, rec)
	r.ends = append(r.ends, len(r.arena))
}

// text is a short text of a column; the same text is the same memory. Where a level is not text, it is what its JSON says.
func (r *Rows) text(c *sawlog.Column, i int) string {
	var raw []byte
	if c.Field().TypeName() == "string" {
		raw = bytes.TrimSpace(c.Bytes(i))
	} else if v, err := json.Marshal(c.Value(i)); err == nil {
		raw = v
	}
	raw = raw[:min(len(raw), 64)]
	if w, known := r.words[string(raw)]; known {
		return w
	}
	w := strings.ToValidUTF8(string(raw), "\ufffd")
	if r.words == nil {
		r.words = map[string]string{}
	}
	if len(r.words) < maxWords {
		r.words[w] = w
	}
	return w
}

func number(c *sawlog.Column, i int) (int64, bool) {
	if c == nil || c.IsNull(i) {
		return 0, false
	}
	switch c.Field().TypeName() {
	case "int":
		return c.Ints()[i], true
	case "uint":
		return int64(min(c.Uints()[i], 1<<62)), true
	}
	return 0, false
}
