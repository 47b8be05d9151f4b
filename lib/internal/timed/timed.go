// Package timed reads text that nobody has described: a time near the beginning of a record, perhaps a level beside it, and the message.
// What has no time is a message too; nothing is refused.
package timed

import (
	"fmt"

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

// Error is a wrong option.
type Error struct {
	Key, Message string
	Names        []string // the names that would have been right
}

func (e *Error) Error() string { return e.Message }

// Present is what NewBuilder needs to know: columns start out absent.
const Present = false

// Compile makes a plan. The error is an *Error.
func Compile(o Options) (*Plan, error) {
	p := &Plan{o: o}
	text := record.String
	if o.Bytes {
		text = record.Bytes
	}
	fields := [columns]record.Field{{Name: "time", Type: record.Timestamp, Turn: o.Clock.Yearless()}, {Name: "level", Type: text, Dictionary: !o.Bytes}, {Name: "severity", Type: record.Uint}, {Name: "message", Type: text}}
	var kept []record.Field
	var names []string
	for i, f := range fields {
		if to, ok := o.Rename[f.Name]; ok {
			f.Name = to
		}
		names = append(names, f.Name)
		p.index[i] = -1
		if o.Columns == nil || contains(o.Columns, f.Name) {
			p.index[i] = len(kept)
			kept = append(kept, f)
		}
	}
	for _, name := range o.Columns {
		if !contains(names, name) {
			return nil, &Error{"columns", fmt.Sprintf("columns: there is no field %q", name), names}
		}
	}
	schema, err := record.NewSchema(kept)
	if err != nil {
		return nil, &Error{"rename", err.Error(), nil}
	}
	p.schema = schema
	return p, nil
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}

// Schema is the schema of all batches.
func (p *Plan) Schema() *record.Schema { return p.schema }
