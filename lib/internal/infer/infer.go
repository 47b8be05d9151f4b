// Package infer decides the schema of a stream whose records name their own fields: JSON, logfmt. It is shown the keys and values of the
// stream's first records and makes a tree of keys from them, in which every leaf knows its column. After that the schema stands: what
// comes later and has no column, or does not fit its column, goes to one overflow column as JSON text, so that nothing is lost and no
// reader sees the schema change.
//
// A parser uses it in two steps. While collecting, Child makes nodes and the Add methods count what kind of value each one had. Decide
// then settles types, declared fields, new names, the choice of columns and the limits; from there on the tree is never written again
// and may be read by any number of goroutines.
package infer

import "github.com/sawlog/sawlog/lib/record"

// OverflowName is the name of the overflow column.
const OverflowName = "_overflow"

// Defaults of Options.
const (
	DefaultRecords = 1024
	DefaultBytes   = 1 << 20
	DefaultDepth   = 8
	DefaultColumns = 1000
)

// Options refine what is inferred. The zero value is good.
type Options struct {
	Records int        // records that are looked at; 0: 1,024
	Bytes   int        // bytes that the caller should take as the sample; 0: 1 MiB
	Depth   int        // keys on the longest path that becomes a column of its own; what is nested deeper is JSON text; 0: 8
	Columns int        // columns at most, the overflow column not counted; 0: 1,000
	Fields  []Declared // types given by the user, by name (after Rename)

	Rename  map[string]string // dotted name of a value or of an object: its new name
	Project []string          // only these columns: names, or names of objects, after Rename; nil: all
	Flatten bool              // rows show nested values under their dotted names

	// Aliases are fields that go by several names. A key that Rename names, or that Fields or Project call by its own name, is no alias.
	Aliases []Alias

	// Fixed: every alias has its column, whether the sample has its keys or not.
	Fixed bool

	// Texts: every value is a text that a column of texts can hold, whatever it looks like, as in logfmt. Mixed kinds make a column
	// of texts then, and nothing of them overflows.
	Texts bool
}

func (o *Options) settle() {
	for _, d := range []struct {
		option   *int
		standard int
	}{{&o.Records, DefaultRecords}, {&o.Bytes, DefaultBytes}, {&o.Depth, DefaultDepth}, {&o.Columns, DefaultColumns}} {
		if *d.option <= 0 {
			*d.option = d.standard
		}
	}
}

// Read reads one value written as text at b[i], of which at least scan.Slack bytes more may be read: its 64-bit word, and the position
// behind it. (*timestamp.Clock).Parse is one.
type Read = func(b []byte, i int) (word int64, end int, ok bool)

// Declared is a field whose type is given. A value that does not fit it rejects the record, unless Soft is set; an empty text is null unless the
// type is one of texts. At most one of the hooks is set.
type Declared struct {
	Name       string // after Rename
	Type       record.Type
	Dictionary bool      // only for String
	Elem       *Declared // of a List: how an element is read

	// Words makes the reader of a Timestamp, Duration, Int, Uint or Float (the word is its bits), one for each worker since readers
	// may remember things. Needed for Timestamp and Duration; without it the others are read as plain decimal numbers.
	Words func() Read
	// Soft: a value that does not fit goes to the overflow column, and so does an array or an object.
	Soft bool
	// Dash: a text that is a dash alone is null. Only JSON asks.
	Dash bool
	// First: of an array the first element is the value.
	First bool
	// Octets: an array of numbers from 0 to 255 is a text of these bytes.
	Octets bool
	// Guess notes in the field of a Timestamp what its stamps leave out; nil: nothing.
	Guess func(f *record.Field)
	// RFC3339 says that Words reads RFC 3339, so that a parser may read the common form (UTC, written Z) by itself.
	RFC3339 bool
	// Check tells whether a text fits a String or IP.
	Check func(text []byte) bool
	// Rewrite appends what a String or Bytes column shows for a text (unquoting it, say) to dst; false: the text does not fit.
	Rewrite func(dst, text []byte) ([]byte, bool)
}

// refuses tells whether there are values that reject their record.
func (d *Declared) refuses() bool {
	return !d.Soft && (d.Type != record.String && d.Type != record.Bytes || d.Check != nil || d.Rewrite != nil)
}

// TypeName is how a user writes the type.
func (d *Declared) TypeName() string {
	if d.Elem != nil {
		return "list<" + d.Elem.TypeName() + ">"
	}
	return d.Type.String()
}

// Layout is what Decide found.
type Layout struct {
	Schema   *record.Schema
	Root     *Node
	Nodes    []*Node // by Node.ID
	Overflow int     // index of the overflow column in Schema, -1 when it was left out
	Maps     []Map   // columns that take the members of an object, or all keys that begin alike
}
