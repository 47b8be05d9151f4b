// Package envelope takes logs out of what their carriers have put around them: Docker's JSON, CRI's prefix, a syslog header.
//
//	outer lines -> Unwrapper (one, in the order of the stream) -> Chunk: inner lines and what stood around each
//	            -> Worker (any number): inner records, with the outer fields in columns beside theirs
//
// What depends on the lines before (a line that its carrier has cut into pieces, a record of several lines) is settled by the Unwrapper,
// separately for each stream that the carrier has mixed: standard output and standard error, the services of a compose file. So the
// result depends neither on how the input was cut nor on how many workers there are. Records come in the order in which they become
// complete.
//
// The files: unwrap.go goes through the layers, join.go puts pieces and lines together, chunk.go is the workers' part.
package envelope

import (
	"fmt"

	"github.com/sawlog/sawlog/lib/internal/frame"
	"github.com/sawlog/sawlog/lib/internal/meta"
	"github.com/sawlog/sawlog/lib/record"
)

// Bound is what parses: package engine has it.
type Bound interface {
	Schema() *record.Schema
	Present() bool
	NewWorker() record.Worker
	NewRecordWorker() (w record.Worker, own bool)
}

// Pieces is how a carrier says that a line goes on in the next one of its stream.
type Pieces uint8

const (
	Whole  Pieces = iota // it does not
	NoFeed               // the text does not end with a line feed, which other texts do (Docker)
	Tagged               // a field begins with P instead of F (CRI)
)

// MaxLayers is how many envelopes may stand around each other.
const MaxLayers = 4

// Layer is one envelope.
type Layer struct {
	Bound   Bound
	Content int // column of the inner text
	// Streams are columns whose texts tell streams apart.
	Streams []int
	Pieces  Pieces
	Tag     int   // column, for Tagged
	Shown   []int // columns that users see
	Names   []string
	Ours    []string // what they are called when the inner record has such a name too, behind OuterPrefix
}

// Plan is envelopes around a format: immutable.
type Plan struct {
	Layers []Layer      // the outermost first
	Bare   bool         // a line without any envelope is read as it is; else it is a reject
	Rules  *frame.Rules // which lines belong together; nil: each is a record
	Limit  int          // bytes of the longest record
	Meta   []string     // columns that say where records stand ...
	Strip  bool         // control sequences of terminals are no part of what the carriers brought
	Binary bool         // ... which keep texts as bytes
	Alloc  record.Allocator

	inner  Bound
	schema *record.Schema
	outer  []outerColumn // behind the inner ones
	meta   meta.Columns  // behind those
}

// outerColumn is the place of a field of an envelope.
type outerColumn struct{ layer, column int }

// Other is another name for the i-th shown field, one that is called name cannot keep.
func (l *Layer) Other(i int, name string) string {
	if other := OuterPrefix + l.Ours[i]; other != name && name == l.Names[i] {
		return other
	}
	return OuterPrefix + name
}

// OuterPrefix goes before the name of a field of the envelope that the inner record has too.
const OuterPrefix = "outer_"

// Bind makes the plan one for an inner format. The columns are those of the inner format and, behind them, those of the envelopes, the
// innermost first.
func (p *Plan) Bind(inner Bound) (*Plan, error) {
	q := *p
	q.inner, q.outer = inner, nil
	fields := append([]record.Field(nil), inner.Schema().Stored().Fields...)
	taken := map[string]bool{}
	for i := range fields {
		taken[fields[i].Name] = true
	}
	for l := len(p.Layers) - 1; l >= 0; l-- {
		layer := &p.Layers[l]
		for i, column := range layer.Shown {
			f := layer.Bound.Schema().Fields[column]
			f.Name, f.Path, f.Overflow = layer.Names[i], nil, false
			for taken[f.Name] {
				f.Name = layer.Other(i, f.Name)
			}
			taken[f.Name] = true
			fields = append(fields, f)
			q.outer = append(q.outer, outerColumn{l, column})
		}
	}
	var err error
	if q.schema, err = record.NewSchema(fields); err != nil {
		return nil, fmt.Errorf("envelope: %w", err)
	}
	if q.schema, q.meta, err = meta.Add(q.schema, p.Meta, p.Binary); err != nil {
		return nil, fmt.Errorf("envelope: %w", err)
	}
	return &q, nil
}

// Schema is that of the records with what stood around them.
func (p *Plan) Schema() *record.Schema { return p.schema }

// Present is what NewBuilder needs to know.
func (p *Plan) Present() bool { return p.inner.Present() }
