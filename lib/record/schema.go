// Package record holds what parsers write and users read: Schema, Builder, Batch, Column, Fault. It knows nothing of formats.
//
// Columns have the layout of Apache Arrow (https://arrow.apache.org/docs/format/Columnar.html), so that they can be handed on without
// copying.
package record

import (
	"fmt"
	"strings"
)

// Type is what a field holds. The numbers are part of the C ABI and never change.
type Type uint8

const (
	Invalid   Type = 0
	Bool      Type = 1  // one bit a value
	Int       Type = 2  // int64
	Uint      Type = 3  // uint64
	Float     Type = 4  // float64
	Timestamp Type = 5  // int64, nanoseconds since 1970-01-01 UTC
	Duration  Type = 6  // int64, nanoseconds
	String    Type = 7  // UTF-8 text, as a view of 16 bytes
	IP        Type = 8  // an address as text; stored as String
	Bytes     Type = 9  // any bytes, as a view of 16 bytes
	List      Type = 10 // list<Elem>
	Map       Type = 11 // map<string, Elem>
	Struct    Type = 12
)

var typeNames = [...]string{"invalid", "bool", "int", "uint", "float", "timestamp", "duration", "string", "ip", "bytes", "list", "map", "struct"}

func (t Type) String() string {
	if int(t) < len(typeNames) {
		return typeNames[t]
	}
	return fmt.Sprintf("type(%d)", uint8(t))
}

// ParseType is the type that a name stands for, Invalid for an unknown one.
func ParseType(name string) Type {
	for t, n := range typeNames {
		if t > 0 && n == name {
			return Type(t)
		}
	}
	return Invalid
}

// Text tells whether values of t are stored as string views.
func (t Type) Text() bool { return t == String || t == IP || t == Bytes }

// Nested tells whether values of t have elements.
func (t Type) Nested() bool { return t == List || t == Map }

// Wide tells whether values of t are stored as 64-bit words.
func (t Type) Wide() bool { return t >= Int && t <= Duration }

// Field is a named piece of a record.
type Field struct {
	Name string
	Type Type
	// Dictionary: the column holds int32 indices into a short list of texts (only for String).
	Dictionary bool
	// Elem is what a List holds, or the values of a Map (its keys are strings).
	Elem *Field
	// Path is where a row shows the value when that is not under Name: ["requests", "total"] for the column requests.total of nested
	// JSON. Nil: under Name.
	Path []string
	// Overflow marks the one column whose values are JSON objects, to be merged into the row: what had no column of its own.
	Overflow bool
	// Meta tells that the column says where its record stands, counted from where the batch begins until Batch.Settle.
	Meta Meta
	// Turn tells that the times of the column are guessed in part: their log does not write the year, or the date.
	Turn *Turn
	// NoZone tells that the log does not write the zone of the times, nor was it told: they are taken for UTC.
	NoZone bool

	hidden bool // builders have the column, and batches do not show it
}

// Inferred lists what of the column's values is not in the log: the year (Turn), the date, the zone. In a log where only some stamps lack it,
// it is inferred for these.
func (f *Field) Inferred() (what []string) {
	if f.Turn != nil && f.Turn.Kind == NoYear {
		what = append(what, "year")
	} else if f.Turn != nil {
		what = append(what, "date")
	}
	if f.NoZone {
		what = append(what, "zone")
	}
	return what
}

// Meta is what a column says of where its record stands.
type Meta uint8

const (
	NoMeta     Meta = iota
	MetaLine        // the number of its first line
	MetaOffset      // the offset of its first byte
	MetaSource      // the name of the source
	MetaRaw         // its text
)

// TypeName is the type as users write it.
func (f *Field) TypeName() string {
	switch f.Type {
	case List:
		return "list<" + f.Elem.TypeName() + ">"
	case Map:
		return "map<string," + f.Elem.TypeName() + ">"
	}
	return f.Type.String()
}

// Schema is the list of a batch's fields. It is immutable and never changes within a stream.
type Schema struct {
	Fields []Field
	index  map[string]int
	rows   []node // how a row nests
	over   int    // the overflow field, -1: none
	placed bool   // a field says where its record stands
	// Of a Select: the schema whose fields builders have columns for, and which of them stand in Fields.
	stored *Schema
	keep   []int
	finish func() func(b *Builder) // see WithFinish
}

// NewSchema makes a schema of fields, whose names must differ, but for those of hidden ones.
func NewSchema(fields []Field) (*Schema, error) {
	s := &Schema{Fields: fields, index: make(map[string]int, len(fields)), over: -1}
	for i := range fields {
		if fields[i].hidden {
			continue
		}
		if _, twice := s.index[fields[i].Name]; twice {
			return nil, fmt.Errorf("two fields are named %q", fields[i].Name)
		}
		s.index[fields[i].Name] = i
		s.placed = s.placed || fields[i].Meta != 0
		if fields[i].Overflow {
			s.over = i
			continue
		}
		path := fields[i].Path
		if len(path) == 0 {
			path = []string{fields[i].Name}
		}
		s.rows = addNode(s.rows, path, i)
	}
	return s, nil
}

// MustSchema is NewSchema for fields that are known to be right.
func MustSchema(fields ...Field) *Schema {
	s, err := NewSchema(fields)
	if err != nil {
		panic(err)
	}
	return s
}

// Find is the index of the field named name, or -1.
func (s *Schema) Find(name string) int {
	if i, ok := s.index[name]; ok {
		return i
	}
	return -1
}

// Names lists the fields' names in order.
func (s *Schema) Names() []string {
	names := make([]string, len(s.Fields))
	for i := range s.Fields {
		names[i] = s.Fields[i].Name
	}
	return names
}

// String is the schema on one line: name type, name type ...
func (s *Schema) String() string {
	var b strings.Builder
	for i := range s.Fields {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(s.Fields[i].Name + " " + s.Fields[i].TypeName())
	}
	return b.String()
}

// Select is a schema of some of s's fields. A builder for it has columns for all of them, which parsers write and others look at; its
// batches have those of keep, in that order.
func (s *Schema) Select(keep []int) (*Schema, error) {
	fields := make([]Field, len(keep))
	for i, k := range keep {
		fields[i] = s.Fields[k]
	}
	selected, err := NewSchema(fields)
	if err != nil {
		return nil, err
	}
	selected.stored, selected.keep = s, keep
	return selected, nil
}

// Hidden is f for a column that builders have and batches do not show. It is not found by its name, which another one may have.
func (f Field) Hidden() Field {
	f.hidden = true
	return f
}

// IsHidden tells whether f is what Hidden gives.
func (f *Field) IsHidden() bool { return f.hidden }

// Hide is s with one more field behind those that builders have columns for. It is not shown, and its name need not differ.
func (s *Schema) Hide(f Field) (*Schema, error) {
	stored := s.Stored().Fields
	all, err := NewSchema(append(stored[:len(stored):len(stored)], f.Hidden()))
	if err != nil {
		return nil, err
	}
	keep := s.keep
	if s.stored == nil {
		for i := range stored {
			keep = append(keep, i)
		}
	}
	return all.Select(keep)
}

// Extend is s with more fields behind those that builders have columns for. They are shown.
func (s *Schema) Extend(more []Field) (*Schema, error) {
	stored := s.Stored().Fields
	all, err := NewSchema(append(stored[:len(stored):len(stored)], more...))
	if err != nil || s.stored == nil {
		return all, err
	}
	keep := s.keep[:len(s.keep):len(s.keep)]
	for i := range more {
		keep = append(keep, len(stored)+i)
	}
	return all.Select(keep)
}

// Stored is the schema of a builder's columns: s itself, unless it is a Select.
func (s *Schema) Stored() *Schema {
	if s.stored != nil {
		return s.stored
	}
	return s
}

// storedAt is the index in Stored of field i.
func (s *Schema) storedAt(i int) int {
	if s.stored != nil {
		return s.keep[i]
	}
	return i
}
