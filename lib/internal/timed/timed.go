// Package timed reads text that nobody has described: a time near the beginning of a record, perhaps a level beside it, and the message.
// What has no time is a message too; nothing is refused.
package timed

import (
	"github.com/sawlog/sawlog/lib/internal/texts"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
	"github.com/sawlog/sawlog/lib/record"
)

// Options refine the reading.
type Options struct {
	Columns       []string // only these, nil: all
	Rename        map[string]string
	Line          int  // the longest line in bytes
	Reject, Bytes bool // invalid UTF-8 rejects a line; texts are kept as bytes
	Clock         timestamp.Options
}

// The columns.
const (
	colTime = iota
	colLevel
	colSeverity
	colMessage
	columns
)

// Plan is what Options compile to: immutable, shared by workers.
type Plan struct {
	o      Options
	schema *record.Schema
	index  [columns]int // of each column in the schema, -1: left out
}

// Present is what NewBuilder needs to know: columns start out absent.
const Present = false

// Compile makes a plan. The error is a *texts.Error.
func Compile(o Options) (*Plan, error) {
	p := &Plan{o: o}
	text := record.String
	if o.Bytes {
		text = record.Bytes
	}
	fields := [columns]record.Field{{Name: "time", Type: record.Timestamp, Turn: o.Clock.Yearless()}, {Name: "level", Type: text, Dictionary: !o.Bytes}, {Name: "severity", Type: record.Uint}, {Name: "message", Type: text}}
	var err error
	if p.schema, err = texts.Choose(fields[:], o.Columns, o.Rename, p.index[:]); err != nil {
		return nil, err
	}
	return p, nil
}

// Schema is the schema of all batches.
func (p *Plan) Schema() *record.Schema { return p.schema }
