// Package meta adds columns that say where a record stands: its line, its offset, its text, its source. A parser need not know of them:
// they stand behind its columns and are written when it has parsed.
//
// Lines and offsets are counted from where the batch begins, until record.Batch.Settle adds where that is.
package meta

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/sawlog/sawlog/lib/record"
)

// Names are what may be asked for; a column has an underscore in front.
var Names = []string{"line", "offset", "raw", "source"}

// Columns are where such columns stand in a builder, -1: they were not asked for.
type Columns struct{ line, offset, raw, source int }

// None are no columns.
var None = Columns{-1, -1, -1, -1}

// Check finds the name that is none of Names.
func Check(names []string) error {
	for i, name := range names {
		if !slices.Contains(Names, name) {
			return fmt.Errorf("meta: there is no %q", name)
		}
		if slices.Contains(names[:i], name) {
			return fmt.Errorf("meta: %q is there twice", name)
		}
	}
	return nil
}

// Called is the name of the column for one of Names.
func Called(name string) string { return "_" + name }

// Add is schema with columns for the names. binary: texts are kept as bytes. Where the log has a column of the name, ours gets one more
// underscore.
func Add(schema *record.Schema, names []string, binary bool) (*record.Schema, Columns, error) {
	stored := schema.Stored()
	fields := make([]record.Field, 0, len(names))
	at := map[string]int{"line": -1, "offset": -1, "raw": -1, "source": -1}
	for _, name := range names {
		f := record.Field{Name: Called(name), Type: record.Int}
		switch name {
		case "line":
			f.Meta = record.MetaLine
		case "offset":
			f.Meta = record.MetaOffset
		case "source":
			f.Type, f.Dictionary, f.Meta = record.String, true, record.MetaSource
		case "raw":
			f.Meta = record.MetaRaw
			if f.Type = record.String; binary {
				f.Type = record.Bytes
			}
		}
		for stored.Find(f.Name) >= 0 {
			f.Name = "_" + f.Name
		}
		at[name] = len(stored.Fields) + len(fields)
		fields = append(fields, f)
	}
	all, err := schema.Extend(fields)
	return all, Columns{at["line"], at["offset"], at["raw"], at["source"]}, err
}

// Put writes the columns of a row that the parser has written: its record begins at a line, from 0, and at an offset of the batch.
func (c *Columns) Put(b *record.Builder, row int, line, offset int64) {
	word, bit := row>>6, uint64(1)<<(row&63)
	if c.line >= 0 {
		col := &b.Cols[c.line]
		col.Words[row] = uint64(line)
		col.Valid[word] |= bit
	}
	if c.offset >= 0 {
		col := &b.Cols[c.offset]
		col.Words[row] = uint64(offset)
		col.Valid[word] |= bit
	}
	if c.source >= 0 {
		col := &b.Cols[c.source]
		col.Index[row] = col.Dict.Lookup(nothing[:], 0, 0) // Settle brings the name
		col.Valid[word] &^= bit
	}
}

var nothing [8]byte

// PutRaw writes the text of a row's record: data[i:end] of the block under way, with slack behind it.
func (c *Columns) PutRaw(b *record.Builder, row int, data []byte, i, end int) {
	if c.raw >= 0 {
		c.PutView(b, row, record.MakeView(data, i, end-i, b.Buffer))
	}
}

// PutView writes the text of a row's record.
func (c *Columns) PutView(b *record.Builder, row int, v record.View) {
	if c.raw >= 0 {
		col := &b.Cols[c.raw]
		col.Views[row] = v
		col.Valid[row>>6] |= 1 << (row & 63)
	}
}

// Raw tells whether texts are wanted.
func (c *Columns) Raw() bool { return c.raw >= 0 }

// Worker makes a worker that parses with another one and then writes the columns. whole: it is shown one record at a time.
func (c Columns) Worker(inner record.Worker, whole bool) record.Worker {
	return &worker{Worker: inner, c: c, whole: whole}
}

type worker struct {
	record.Worker
	c     Columns
	whole bool
}

// Parse implements record.Worker.
func (w *worker) Parse(b *record.Builder, data []byte, n int) {
	i, row, lines, bad := b.From, b.Row, b.Lines(), b.Refusals()
	b.Track(true)
	w.Worker.Parse(b, data, n)
	aside := b.Marks()
	b.Track(false)
	if w.whole {
		for ; row < b.Row; row++ {
			w.put(b, row, lines, data, i, n-1)
		}
		return
	}
	for line := lines; i < n && row < b.Row; line++ {
		stop := i + bytes.IndexByte(data[i:n], '\n')
		for len(aside) > 0 && aside[0].N > 0 && aside[0].Line+aside[0].N <= line {
			aside = aside[1:]
		}
		switch {
		case len(aside) > 0 && aside[0].Line <= line:
		case bad < b.Refusals() && b.Refused(bad).Line == line:
			bad++
		default:
			w.put(b, row, line, data, i, stop)
			for row++; len(aside) > 0 && aside[0].N < 0 && aside[0].Line == line+1; row++ { // more rows of the same line
				w.put(b, row, line, data, i, stop)
				aside = aside[1:]
			}
		}
		i = stop + 1
	}
}

// put writes the columns of the record data[i:stop], behind which its line feed stands.
func (w *worker) put(b *record.Builder, row, line int, data []byte, i, stop int) {
	if stop > i && data[stop-1] == '\r' {
		stop--
	}
	w.c.Put(b, row, int64(line), b.OffsetOf(i))
	w.c.PutRaw(b, row, data, i, stop)
}
