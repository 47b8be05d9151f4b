// Package csv reads lines of delimited cells into typed columns: CSV as in RFC 4180 (https://www.rfc-editor.org/rfc/rfc4180), with any
// delimiter of one byte.
//
//   - A cell may stand in quotes; two quotes inside them are one. A quote elsewhere is text. Behind the closing quote the delimiter or the
//     end of the line follows; text that stands there all the same belongs to the cell, but to the letter (Strict) it is no match. A quote
//     that is never closed is no match.
//   - Quotes say nothing about the type: "5" is a number. An empty cell is the empty text, and null in a column that is not of texts.
//   - Cells that are missing at the end of a line are null; those beyond the last column go to the overflow column as column_N. To the
//     letter, a line has as many cells as there are columns.
//   - Columns are named by the options, by the header, or column_1, column_2 ... A line that is the header again is passed over wherever
//     it stands: files are put together from others. So is the line sep=; that spreadsheets write.
//
// What crosses records is settled by Bind, from the first bytes of the stream: the delimiter and the names, where the options do not
// give them, and the types.
package csv

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/texts"
	"github.com/sawlog/sawlog/lib/record"
)

// Options refine how cells are read. The zero value is good.
type Options struct {
	Infer     infer.Options // Depth and Texts are set by this package
	Delimiter string        // one byte of ASCII; empty: the one of , tab ; | that fits the sample best
	Header    *bool         // the first line names the columns; nil: where it looks like it
	Names     []string      // of the columns; then a header, where there is one, is only passed over
	Backslash bool          // inside quotes a backslash escapes, as in what MySQL writes
	Strict    bool
	Line      int  // bytes a line may have, its ending not counted; 0: no limit
	Reject    bool // a line that is not valid UTF-8 is a reject; else the batch repairs it
	Bytes     bool // texts are kept as bytes
}

// Error is a wrong option.
type Error struct{ Key, Message string }

func (e *Error) Error() string { return e.Message }

// Plan is what is known before the first byte. It is immutable.
type Plan struct {
	options Options
	lines   texts.Lines
}

// Compile checks the options.
func Compile(options Options) (*Plan, error) {
	options.Infer = texts.Settle(options.Infer)
	p := &Plan{options, texts.Lines{Limit: options.Line, Reject: options.Reject}}
	if d := options.Delimiter; len(d) > 1 || d != "" && (d[0] >= 0x80 || strings.Contains("\"\r\n", d)) {
		return nil, &Error{"delimiter", fmt.Sprintf("delimiter is one character of ASCII, and neither a quote nor a line ending, not %q", d)}
	}
	for i, name := range options.Names {
		if name == "" || slices.Contains(options.Names[:i], name) {
			return nil, &Error{"columns", fmt.Sprintf("columns: %q is empty or there twice", name)}
		}
	}
	_, err := p.Bind(nil) // what is wrong with the fields shows here
	return p, err
}

// SampleBytes is how many of a stream's first bytes Bind should be given: none when the options say it all.
func (p *Plan) SampleBytes() int {
	o := &p.options
	if len(o.Names) > 0 && o.Delimiter != "" && (o.Header == nil || !*o.Header) && p.declared() {
		return 0
	}
	return infer.New(o.Infer).Options().Bytes
}

// declared tells whether every named column has a declared type.
func (p *Plan) declared() bool {
	o := &p.options
	for _, name := range o.Names {
		if to, ok := o.Infer.Rename[name]; ok {
			name = to
		}
		if !slices.ContainsFunc(o.Infer.Fields, func(f infer.Declared) bool { return f.Name == name }) {
			return false
		}
	}
	return true
}

// Bound is a plan with what the sample settled. It is immutable.
type Bound struct {
	plan      *Plan
	layout    *infer.Layout
	delimiter byte
	names     [][]byte      // of the columns, as the header has them
	nodes     []*infer.Node // of the columns; nil: no column
	header    string        // the line that names the columns, "": none
	sep       string        // the line sep=, "": none
}

// Bind decides delimiter, names and types from the first bytes of a stream: whole lines, but for the last line of a stream that ends
// without a line feed. Lines that are no records are passed over.
func (p *Plan) Bind(sample []byte) (*Bound, error) {
	b := &Bound{plan: p}
	lines := b.begin(sample)
	b.delimiter = p.delimiter(lines, b.sep)
	rows := make([][]string, 0, len(lines))
	kept := lines[:0]
	c := &cells{delimiter: b.delimiter, strict: p.options.Strict, backslash: p.options.Backslash}
	for _, line := range lines {
		if row, ok := c.all(line); ok {
			rows, kept = append(rows, row), append(kept, line)
		}
	}
	b.name(kept, rows)
	s := texts.NewSample(p.options.Infer)
	for _, name := range b.names {
		s.Child(s.Root, name) // a column stands also where the sample has no cell for it
	}
	for i, row := range rows {
		if kept[i] == b.header && b.header != "" {
			continue
		}
		if len(b.names) > 0 {
			row = row[:min(len(row), len(b.names))] // more go to the overflow column
		}
		for k, cell := range row {
			s.Add(b.key(k), texts.Unknown, []byte(cell))
		}
		s.Record()
	}
	if len(p.options.Names) == 0 && b.header == "" {
		b.widen(rows)
	}
	var err error
	if b.layout, err = s.Decide(p.options.Bytes); err != nil {
		return nil, err
	}
	for _, name := range b.names {
		b.nodes = append(b.nodes, b.layout.Root.Find(name))
	}
	return b, nil
}

// begin takes the lines of the sample that can be records, and notes the line sep=.
func (b *Bound) begin(sample []byte) (lines []string) {
	records := infer.New(b.plan.options.Infer).Options().Records
	texts.EachLine(sample, func(data []byte, i, end int) bool {
		line := string(data[i:end])
		switch {
		case !b.plan.lines.Fits(data[i:end]) || b.blank(line):
		case len(lines) == 0 && b.sep == "" && len(line) == 5 && strings.HasPrefix(line, "sep="):
			b.sep = line
		default:
			lines = append(lines, line)
		}
		return len(lines) < records
	})
	return lines
}

func (b *Bound) blank(line string) bool {
	return line == "" || strings.Trim(line, " ") == "" && b.plan.options.Delimiter != " "
}

// name settles what the columns are called.
func (b *Bound) name(lines []string, rows [][]string) {
	o := &b.plan.options
	header := len(rows) > 0 && (o.Header != nil && *o.Header || o.Header == nil && len(o.Names) == 0 && looksLikeHeader(rows))
	if header {
		b.header = lines[0]
	}
	if len(o.Names) > 0 {
		for _, name := range o.Names {
			b.names = append(b.names, []byte(name))
		}
		return
	}
	if !header {
		return
	}
	var names texts.Names
	for k, cell := range rows[0] {
		name := strings.TrimSpace(cell)
		if name == "" {
			name = string(ColumnName(k))
		}
		b.names = append(b.names, []byte(names.Give(name)))
	}
}

// widen names as many columns as the longest row has.
func (b *Bound) widen(rows [][]string) {
	for _, row := range rows {
		for len(b.names) < len(row) && len(b.names) < infer.New(b.plan.options.Infer).Options().Columns {
			b.names = append(b.names, ColumnName(len(b.names)))
		}
	}
}

// key is what the k-th cell goes by.
func (b *Bound) key(k int) []byte {
	if k < len(b.names) {
		return b.names[k]
	}
	return ColumnName(k)
}

// ColumnName is what the k-th column, counted from 0, is called when nobody names it.
func ColumnName(k int) []byte { return strconv.AppendInt([]byte("column_"), int64(k+1), 10) }

// Schema is the schema of the stream.
func (b *Bound) Schema() *record.Schema { return b.layout.Schema }

// Present is what NewBuilder needs to know: columns start out absent.
const Present = texts.Present

// NewWorker makes a parser for one goroutine.
func (b *Bound) NewWorker() record.Worker { return b.newWorker(false) }

// NewRecordWorker makes a parser that takes all it is given as exactly one record: line feeds in it are content.
func (b *Bound) NewRecordWorker() record.Worker { return b.newWorker(true) }
