// Package engine is the one switch from a definition to what parses by it. A front end of package pattern and the matcher, or an engine
// of its own (ndjson, logfmt), stands behind each key.
package engine

import (
	"time"

	"github.com/sawlog/sawlog/lib/record"
)

// Definition is a definition with its format looked up and its defaults filled in.
type Definition struct {
	Language string // the key that says how records are read: "nginx", "apache", "json", "logfmt"
	Text     string // the pattern, where the language has one
	Name     string // of the format that is meant, where Text is a configuration file

	Fields map[string]string
	Rename map[string]string
	Keys   map[string][]string // the keys that stand for a field, the first that a log has; nil: none do
	Types  map[string]string   // of fields of Keys, where they are not the usual
	Levels map[string]int      // what the words of a level mean; nil: what they usually do
	Dashes bool                // a text that is a dash alone is null in the fields of Keys
	// Signature tells records of the format from others; nil: it has all that the engine can read. Formats with one always have all fields
	// of Keys.
	Signature []map[string]string
	Called    map[string]string // what the fields of Keys, and what comes with them, are called; left out: as they are
	Names     map[string]string // the vocabulary: what our fields are called; nil: as they are
	Columns   []string
	Rest      string
	Optional  string
	Stack     string // the column of the trace that a record of several lines ends with, "": none
	Zone      string
	Year      int
	Now       string
	FileTime  time.Time // in the place of Now where only the year is missing
	UTF8      string
	Meta      []string // columns that say where records stand
	Strict    bool

	Line, Depth, MaxColumns    int
	Document, Flatten          bool
	RFC                        int // of syslog: 5424 or 0
	Partial                    bool
	Pairs                      bool // of logfmt: a line has a pair
	SampleRecords, SampleBytes int
	Others                     Others
}

// Plan is what a definition compiles to: immutable, shared by threads.
type Plan interface {
	// Engine names what parses: "matcher", "json", "logfmt".
	Engine() string
	// Document tells whether the whole input is one record.
	Document() bool
	// Sample is how many bytes of a stream's beginning Bind wants to see; 0: the schema does not depend on the input.
	Sample() int
	// Bind fixes the schema for a stream that begins with sample, which is whole lines.
	Bind(sample []byte) (Bound, error)
}

// Bound is a plan with a schema.
type Bound interface {
	Schema() *record.Schema
	// Present tells whether a record's columns start out present (the worker marks nulls) or absent (it marks values).
	Present() bool
	NewWorker() record.Worker
	// NewRecordWorker makes a worker that takes what it is given as exactly one record. own tells whether it can read line feeds inside
	// a record; else a caller has to put something in their place.
	NewRecordWorker() (w record.Worker, own bool)
}

// Part is how one element of a definition is read.
type Part struct {
	Element string // as the definition has it
	Column  string // the first that it fills, "" for none
	How     string // by what
}

// Describer is a plan that can say how each of its elements is read.
type Describer interface{ Describe() []Part }

// Wrapping is a plan around another one.
type Wrapping interface{ Within() Plan }

// As finds in plan, or in those within it, one that has an interface.
func As[T any](plan Plan) (found T, ok bool) {
	for plan != nil && !ok {
		if found, ok = plan.(T); ok {
			break
		}
		wrapping, more := plan.(Wrapping)
		if !more {
			break
		}
		plan = wrapping.Within()
	}
	return found, ok
}

// Warning is what is no mistake in a definition, but likely none of what was meant.
type Warning struct {
	Error
	Element, Column string // whom it is about
}

// Warner is a plan that knows of such.
type Warner interface{ Warnings() []Warning }

// Counter is a plan that can tell lines that are surely its own: for detection, and for knowing when a sample is large enough.
type Counter interface {
	Count(sample []byte) (records, lines int)
	// Taken is how many records of a sample, which may go on, Bind would look at. Records is how many it looks at.
	Taken(sample []byte) int
	Records() int
}

// Recognizer is a plan that can tell its lines from those of formats which the same engine reads.
type Recognizer interface {
	// Recognize counts the lines that are its own; false: it cannot tell.
	Recognize(sample []byte) (matched int, ok bool)
}

// Error is a mistake in a definition.
type Error struct {
	Key     string // the key to blame
	Pos     int    // byte offset in that key's text, -1: none
	Text    string // that text, where it is not Definition.Text
	Message string
	Hint    string
	Names   []string // the names that would have been right
}

func (e *Error) Error() string { return e.Message }
