package engine

import (
	"bytes"

	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// Other vocabularies do not only call fields otherwise, some of their values have another form: HTTP/1.1 is the version 1.1, and a severity
// of OpenTelemetry is a number from 1 to 24. What a worker has written is rewritten behind it.

// severityNumbers are OpenTelemetry's for syslog's severities 0 to 7.
var severityNumbers = [8]uint64{21, 19, 18, 17, 13, 10, 9, 5}

const (
	severityNumber = "severity_number" // the field whose values are such
	httpVersion    = "http.version"
	version        = "network.protocol.version"
)

// convert makes a plan write values in the form that the vocabulary wants.
func (d *Definition) convert(plan Plan) Plan {
	c := conversion{}
	if d.Names["severity"] == severityNumber {
		c.severity = severityNumber
	}
	if to := d.Names["protocol"]; to == httpVersion || to == version {
		c.protocol = to
	}
	if c == (conversion{}) {
		return plan
	}
	converted := convertedPlan{plan, c}
	if counter, ok := plan.(Counter); ok {
		return countingPlan{converted, counter}
	}
	return converted
}

// conversion has the names of the fields whose values are rewritten, "" for none.
type conversion struct{ severity, protocol string }

type convertedPlan struct {
	Plan
	conversion
}

type countingPlan struct {
	convertedPlan
	Counter
}

// Within implements Wrapping.
func (p convertedPlan) Within() Plan { return p.Plan }

func (p convertedPlan) Bind(sample []byte) (Bound, error) {
	bound, err := p.Plan.Bind(sample)
	if err != nil {
		return nil, err
	}
	schema := bound.Schema().Stored() // a column may be stored and not shown
	b := convertedBound{Bound: bound, severity: schema.Find(p.severity), protocol: schema.Find(p.protocol)}
	if b.severity >= 0 && schema.Fields[b.severity].Type != record.Uint {
		b.severity = -1
	}
	if b.protocol >= 0 && schema.Fields[b.protocol].Type != record.String && schema.Fields[b.protocol].Type != record.Bytes {
		b.protocol = -1
	}
	if b.severity < 0 && b.protocol < 0 {
		return bound, nil
	}
	return b, nil
}

type convertedBound struct {
	Bound
	severity, protocol int // columns, -1: none
}

func (b convertedBound) NewWorker() record.Worker {
	return &convertingWorker{Worker: b.Bound.NewWorker(), severity: b.severity, protocol: b.protocol}
}

func (b convertedBound) NewRecordWorker() (record.Worker, bool) {
	w, own := b.Bound.NewRecordWorker()
	return &convertingWorker{Worker: w, severity: b.severity, protocol: b.protocol}, own
}

type convertingWorker struct {
	record.Worker
	severity, protocol int
	version            []int32 // by index of the protocol's dictionary: the index of the version
}

// Parse implements record.Worker.
func (w *convertingWorker) Parse(b *record.Builder, data []byte, n int) {
	from := b.Row
	w.Worker.Parse(b, data, n)
	if w.severity >= 0 {
		c := &b.Cols[w.severity]
		for row := from; row < b.Row; row++ {
			if c.Valid[row>>6]>>(row&63)&1 != 0 {
				c.Words[row] = severityNumbers[c.Words[row]&7]
			}
		}
	}
	if w.protocol >= 0 {
		w.versions(&b.Cols[w.protocol], from, b.Row)
	}
}

// prefix goes from a protocol.
const prefix = "HTTP/"

// versions rewrites protocols. What has another form stays.
func (w *convertingWorker) versions(c *record.Col, from, to int) {
	if c.Dict != nil {
		w.learn(c.Dict)
		for row := from; row < to; row++ {
			if at := c.Index[row]; c.Valid[row>>6]>>(row&63)&1 != 0 {
				c.Index[row] = w.version[at]
			}
		}
		return
	}
	for row := from; row < to; row++ {
		c.Views[row] = versionView(c.Views[row])
	}
}

// learn finds the version for each protocol of the dictionary, which gains those that it lacks.
func (w *convertingWorker) learn(dict *record.Dict) {
	w.version = w.version[:0]
	for i := range len(dict.Offsets) - 1 {
		text := dict.Bytes[dict.Offsets[i]:dict.Offsets[i+1]]
		rest, ok := bytes.CutPrefix(text, []byte(prefix))
		at := int32(i)
		if ok && len(rest) > 0 {
			padded := append(append(make([]byte, 0, len(rest)+scan.Slack), rest...), make([]byte, scan.Slack)...)
			at = dict.Lookup(padded, 0, len(rest))
		}
		w.version = append(w.version, at)
	}
}

// versionView is the view of a protocol without its prefix. Texts of up to twelve bytes stand inside their view; no version is longer.
func versionView(v record.View) record.View {
	const http = 'H' | 'T'<<8 | 'T'<<16 | 'P'<<24
	n := v[0] & 0xffffffff
	if n <= uint64(len(prefix)) || n > 12 || v[0]>>32 != http || v[1]&0xff != '/' {
		return v
	}
	rest := v[1] >> 8
	return record.View{n - uint64(len(prefix)) | rest<<32, rest >> 32}
}
