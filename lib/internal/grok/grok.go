// Package grok reads lines by patterns that search: grok (%{NAME:field}) and regular expressions with named groups.
//
//	Compile (once) -> Plan -> Bind -> Bound, which has the schema -> NewWorker (one for each goroutine)
//
// The language of grok:
//   - a pattern is a regular expression of Oniguruma's dialect, its dot matching line feeds too, with %{NAME}, %{NAME:field} and
//     %{NAME:field:type} in it. NAME is looked up
//     among the definitions: those of the user, those of pattern files, those that are built in (base.go);
//   - field becomes a column; [a][b] is the column a.b, which a row shows nested. (?<field>...) and (?<field:type>...) capture too;
//   - a group that took no part in the match is null; one that matched nothing is the empty text. A dash is text;
//   - a name that every match has several times is a list of what was captured, in order, empty texts left out. One that may be there
//     several times, or once, is the first that has text. Where its type is declared, the last one counts;
//   - a type in the pattern takes the number that the text begins with, as Logstash does; a text that begins with none rejects the line;
//   - a pattern is searched for: it may match anywhere in the line unless ^ and $ hold it. Of several patterns the first that matches wins.
//
// The regular expressions of {"regex": ...} are RE2's, with the same rules.
package grok

import (
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/sawlog/sawlog/lib/internal/regex"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
	"github.com/sawlog/sawlog/lib/record"
)

// Declared is a type that the user gave a field.
type Declared struct {
	Type   record.Type
	Layout string // timestamp: the layout; duration: the unit; int: "hex", "size" or nothing; string: "unquote" or nothing
}

// Options are a definition. Patterns is the only thing that must be there.
type Options struct {
	Patterns []string          // the first that matches wins
	Define   map[string]string // definitions by name
	Files    []string          // pattern files, and folders of them
	All      bool              // %{NAME} without a field is captured as NAME
	Regex    bool              // patterns are RE2's, without references
	Numbered bool              // groups are captured by number too, 0 is the whole match

	Fields  map[string]Declared // by the name after Rename
	Rename  map[string]string
	Columns []string // only these; nil: all
	Limit   int      // longest line in bytes, 0: any
	Reject  bool     // a line that is not UTF-8 is a reject
	Bytes   bool     // texts are kept as bytes, whatever they are
	Clock   timestamp.Options
}

// Error is a mistake in a definition. Pos is a byte offset in Patterns[Index], -1: none. Key is the option that is to blame, empty for the
// pattern itself.
type Error struct {
	Key     string
	Index   int
	Pos     int
	Message string
	Hint    string
	Names   []string // the names that would have been right, nearest first
}

func (e *Error) Error() string {
	if e.Hint == "" {
		return e.Message
	}
	return e.Message + " (" + e.Hint + ")"
}

// Plan is a compiled definition: immutable, shared by workers. The schema does not depend on the input, so it is its own Bound.
type Plan struct {
	o        Options
	patterns []*compiled
	columns  []column
	schema   *record.Schema
	direct   *direct        // nil: there is no such way
	forked   func() *direct // the one with forks
}

// Bound is a plan with the schema of a stream.
type Bound = Plan

// compiled is one pattern.
type compiled struct {
	text     string
	tree     *regex.Node
	captures []capture
	program  *regex.Program
	fill     [][]int32 // by column: the captures that fill it, in order
	ways     []way     // by column
}

// capture is one group of a pattern that a column keeps.
type capture struct {
	name string // the column's, before Rename
	path []string
	kind kind
	also string // a second column: the number of a group that has a name
	pos  int
}

// Compile makes a plan. Errors are *Error.
func Compile(o Options) (*Plan, error) {
	if len(o.Patterns) == 0 {
		return nil, &Error{Pos: -1, Message: "there is no pattern"}
	}
	defs, err := load(&o)
	if err != nil {
		return nil, err
	}
	p := &Plan{o: o}
	for i, text := range o.Patterns {
		c, err := compilePattern(text, defs, &o)
		if err != nil {
			err.Index = i
			return nil, err
		}
		p.patterns = append(p.patterns, c)
	}
	if err := p.makeColumns(); err != nil {
		return p, err
	}
	p.direct, p.forked = p.newDirect(false), sync.OnceValue(func() *direct { return p.newDirect(true) })
	return p, nil
}

// compilePattern compiles one pattern.
func compilePattern(text string, defs *definitions, o *Options) (*compiled, *Error) {
	x := &expander{defs: defs, o: o}
	flags := regex.DotAll // as Logstash has it
	if o.Regex {
		flags = 0
	}
	tree, err := x.expand(text, flags)
	if err != nil {
		return nil, x.blame(err)
	}
	program, err := regex.Compile(tree, len(x.captures))
	if err != nil {
		return nil, x.blame(err)
	}
	return &compiled{text: text, tree: tree, captures: x.captures, program: program}, nil
}

// Present is what NewBuilder needs to know: columns start out present.
const Present = true

// SampleBytes is how many of a stream's first bytes Bind wants to see: none.
func (p *Plan) SampleBytes() int { return 0 }

// Bind gives the plan its schema.
func (p *Plan) Bind([]byte) (*Bound, error) { return p, nil }

// Schema is the schema of the plan's batches.
func (p *Plan) Schema() *record.Schema { return p.schema }

// Describe says, for each pattern, how it is matched.
func (p *Plan) Describe() []string {
	var all []string
	for _, c := range p.patterns {
		all = append(all, c.program.Describe()...)
	}
	return all
}

// column is a column and what fills it.
type column struct {
	field   record.Field
	kind    kind
	list    bool // every match fills it more than once
	last    bool // of several the last counts
	hex     bool
	size    bool
	unquote bool
	index   int // in the schema
}

// way is how a column is filled where its text is the usual one.
type way struct {
	how  how
	slot int // of the only capture that fills it
}

type how uint8

const (
	wayOther how = iota // as column does it
	wayText             // a text as it is
	wayInt              // a few digits
	wayTime
)

// way is the column's way when these captures fill it.
func (c *column) way(fill []int32) way {
	if len(fill) != 1 || c.list {
		return way{}
	}
	slot := 2 * int(fill[0])
	switch {
	case text(c.kind.t) && !c.unquote:
		return way{wayText, slot}
	case c.kind.t == record.Int && !c.hex && !c.size, c.kind.t == record.Uint:
		return way{wayInt, slot}
	case c.kind.t == record.Timestamp:
		return way{wayTime, slot}
	}
	return way{}
}

// makeColumns gives every name its column, in the order of the patterns.
func (p *Plan) makeColumns() error {
	names := map[string]int{}
	for _, c := range p.patterns {
		many := c.counts()
		for i := range c.captures {
			for _, name := range c.captures[i].names() {
				p.addColumn(names, name, &c.captures[i], many[name])
			}
		}
	}
	if err := p.declare(names); err != nil {
		return err
	}
	if err := p.project(names); err != nil {
		return err
	}
	fields := make([]record.Field, len(p.columns))
	for i := range p.columns {
		c := &p.columns[i]
		c.index, c.field.Type = i, c.kind.column(p.o.Bytes)
		if c.list {
			c.field.Elem = &record.Field{Name: "item", Type: c.field.Type}
			c.field.Type = record.List
		}
		if c.kind.clock != nil && !c.list {
			c.kind.clock.Guess(&c.field, p.o.Clock)
		}
		fields[i] = c.field
	}
	schema, err := record.NewSchema(fields)
	if err != nil {
		return &Error{Pos: -1, Message: err.Error()}
	}
	p.schema = schema
	for _, c := range p.patterns {
		c.fill = make([][]int32, len(fields))
		for i := range c.captures {
			for _, name := range c.captures[i].names() {
				if at := schema.Find(p.rename(name)); at >= 0 {
					c.fill[at] = append(c.fill[at], int32(i))
				}
			}
		}
		c.ways = make([]way, len(fields))
		for i, fill := range c.fill {
			c.ways[i] = p.columns[i].way(fill)
		}
	}
	return nil
}

func (p *Plan) rename(name string) string {
	if to, ok := p.o.Rename[name]; ok {
		return to
	}
	return name
}

// addColumn gives a capture its column; many is how often every match has it.
func (p *Plan) addColumn(names map[string]int, name string, c *capture, many int) {
	renamed, path := p.rename(name), c.path
	if renamed != name {
		path = nil
	}
	at, ok := names[renamed]
	if !ok {
		at = len(p.columns)
		names[renamed] = at
		p.columns = append(p.columns, column{field: record.Field{Name: renamed, Path: path}, kind: c.kind})
	}
	column := &p.columns[at]
	column.kind = column.kind.join(c.kind)
	column.list = column.list || many > 1
}

// names lists the columns that the capture fills.
func (c *capture) names() []string {
	if c.also == "" {
		return []string{c.name}
	}
	return []string{c.name, c.also}
}

// declare gives fields the types that the user has declared.
func (p *Plan) declare(names map[string]int) error {
	for _, name := range slices.Sorted(maps.Keys(p.o.Fields)) {
		d := p.o.Fields[name]
		at, ok := names[name]
		if !ok {
			return &Error{Key: "fields", Pos: -1, Message: fmt.Sprintf("fields: there is no field %q", name), Names: p.names()}
		}
		c := &p.columns[at]
		c.list, c.last = false, true
		c.kind = kind{t: d.Type, layout: d.Layout}
		c.hex, c.size = d.Type == record.Int && d.Layout == "hex", d.Type == record.Int && d.Layout == "size"
		c.unquote = d.Type == record.String && d.Layout == "unquote"
		if d.Type == record.Timestamp {
			layout, err := timestamp.Compile(d.Layout)
			if err != nil {
				return &Error{Key: "fields", Pos: -1, Message: fmt.Sprintf("fields: %q: %v", name, err)}
			}
			c.kind.clock = layout
		}
	}
	return nil
}

// project keeps the columns that the user asked for.
func (p *Plan) project(names map[string]int) error {
	for _, name := range p.o.Columns {
		if _, ok := names[name]; !ok {
			return &Error{Key: "columns", Pos: -1, Message: fmt.Sprintf("columns: there is no field %q", name), Names: p.names()}
		}
	}
	if p.o.Columns != nil {
		p.columns = slices.DeleteFunc(p.columns, func(c column) bool { return !slices.Contains(p.o.Columns, c.field.Name) })
	}
	return nil
}

func (p *Plan) names() []string {
	names := make([]string, len(p.columns))
	for i := range p.columns {
		names[i] = p.columns[i].field.Name
	}
	slices.Sort(names)
	return names
}
