// Package match compiles the tree of a pattern into a program and walks lines with it.
//
// A program is a list of steps, one a field, each with the constant text that follows the field: " - - [" behind the client, "] \"" behind
// the time. The walk is one loop over the steps and goes forward only: every byte is looked at a bounded number of times, so the cost
// is linear in the line whatever the pattern. Constants are compared as words of eight bytes; values are read in place.
//
// The files:
//
//   - compile.go makes programs, compile_kinds.go and compile_groups.go their steps. walk.go runs them, and slow.go what walk.go leaves over;
//     quick.go makes a second form of the simple steps, which lane.go runs first.
//   - Of several programs other.go tries one behind the other. branch.go makes one of those that begin alike; heads.go, gates.go and
//     rivals.go leave out those that cannot fit. groups.go reads parts of a pattern that may be missing or come again.
//   - until.go, word.go and odd.go find where a value ends; request.go reads the request line; lists.go, pairs.go and with_json.go read
//     values that hold others; join.go puts together those that are written in parts; convert.go, quoted.go and severity.go make of texts
//     what they stand for. stamps.go and recent.go remember what was read before.
//   - describe.go says how each element is read, explain.go walks one line again slowly to say where and why it stops to fit.
package match

import (
	"encoding/binary"
	"time"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/pattern"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
	"github.com/sawlog/sawlog/lib/record"
)

// op is how a step finds the end of its field and what it makes of it.
type op uint8

const (
	opText     op = iota // up to the constant
	opEscaped            // up to the constant, backslash escapes skipped and undone
	opWord               // a word up to the constant, or a level
	opSlow               // text by the rarer rules: lists, fixed widths, no constant of its own
	opInt                // digits, or nothing, or the null text
	opNumber             // any other type: up to the constant, then converted
	opTime               // a stamp
	opRequest            // METHOD TARGET PROTOCOL inside quotes
	opRest               // a blank and the rest of the line, or nothing
	opOdd                // by the rules of pattern.Reading, and what the fast cases do not know
	opUntil              // up to the first of several constants
	opLiteral            // nothing but the constant
	opGroup              // one of several sequences, or some of them
	opConstant           // a text that does not stand in the line
	opTail               // opRest in a group: the end of the line stays to be read
	opPairs              // key=value pairs up to the line's end, which stays to be read
	opEnd                // the line's end
)

// constant is the literal behind a field.
type constant struct {
	text string
	n    int    // its length
	word uint64 // its first eight bytes ...
	mask uint64 // ... and which of them count
}

func makeConstant(text string) constant {
	var b [8]byte
	n := copy(b[:], text)
	c := constant{text: text, n: len(text), word: binary.LittleEndian.Uint64(b[:]), mask: ^uint64(0)}
	if n < 8 {
		c.mask = 1<<(8*uint(n)) - 1
	}
	return c
}

// at tells whether the constant stands at i.
func (c *constant) at(b []byte, i int) bool {
	if mem.Load64(b, i)&c.mask != c.word {
		return false
	}
	return c.n <= 8 || c.tail(b, i)
}

// tail compares what is behind the first eight bytes. It stops at the first difference, and a constant holds no newline but at its
// end, so it never runs past the line.
func (c *constant) tail(b []byte, i int) bool {
	for k := 8; k < c.n; k++ {
		if mem.At(b, i+k) != c.text[k] {
			return false
		}
	}
	return true
}

// step is one field and the constant behind it.
type step struct {
	op       op
	stop     byte     // first byte of the constant
	second   byte     // the next one ...
	paired   bool     // ... where there is one, so that the two are looked for
	strict   bool     // paired, and nothing but the whole constant ends the value, nor is there anything to skip
	last     bool     // the newline follows
	nulls    bool     // there is a null text
	soon     bool     // opSlow: the null text with the constant, at the place of the value, is always null
	empty    bool     // may be empty
	odd      bool     // a text that begins with a quote may mean something else: Apache's "" for an empty user
	optional bool     // the line may end instead of the constant: what is behind it is null then
	keep     int      // how much of the constant stands before the line's end then
	peek     bool     // the constant begins the next value: it is not consumed
	repeat   bool     // the constant may stand there several times
	cells    bool     // a cell of CSV
	stamped  bool     // a time in place, and that is all but for repeat
	cut      bool     // the line may end anywhere in the constant
	closed   bool     // opText, opEscaped: the constant must follow, so that none fits behind which only the line's end is left
	ends     bool     // the line may end here: optional, or what follows a quoted value is missing
	col      int      // index of the column, -1: matched but not kept
	after    constant // for the last step it ends with the newline
	null     constant // the null text together with the constant: a missing value and its end in one compare

	element *pattern.Element
	convert converter    // opNumber, opOdd
	unit    int64        // of a duration's number, nanoseconds
	kind    pattern.Kind // opNumber
	layout  *timestamp.Layout
	zone    *time.Location // of a time without one, where the pattern says it
	more    [3]int         // opRequest: the columns of target, protocol and of the whole request; host:port: the port; a level: its severity
	slot    int            // of a part: where the worker keeps its place
	join    *join          // of the last part: how all are put together
	text    bool           // the column holds texts
	number  bool           // the value is a whole number
	must    bool           // mustBeTime
	not     *sought        // bytes that the value must not have
	has     *sought        // of these it must have one
	address bool           // the column holds addresses
	levels  *levelTable    // of a level that must be one
	clock   int            // of a time: where the worker keeps its clock
	recent  int            // of a request, and of a level that is a word: where the worker keeps what it had last, -1: nowhere

	until *until     // opUntil
	group *group     // opGroup
	pairs *pairs     // opPairs
	item  itemReader // of a list: reads one item
	bytes []byte     // opConstant: the text, with what a lookup may read behind it
}

// sequence is a run of steps with the constant before them: a program has one, and one for each group.
type sequence struct {
	lead    constant // what stands before the first field
	early   constant // the same, behind values that are not in the line
	steps   []step
	stamp   *step // the only step of a group's sequence, where that is a time that must stand there
	fills   []int // the columns that its steps fill
	touched []int // those of them that they may make null: the others are there, whatever has been written to them
	hasty   bool  // they may be made null before anything is read
}

// Program is a compiled pattern: immutable, shared by workers.
type Program struct {
	sequence
	schema   *record.Schema
	limit    int  // longest line
	utf8     bool // a line that is not UTF-8 is a reject
	clocks   timestamp.Options
	slots    int               // parts of values
	times    []timed           // by step.clock; forms share them
	requests int               // of step.recent
	levels   int               // of step.recent
	others   []*Program        // tried in order on a line that does not fit, behind next ...
	seldom   func() []*Program // ... and those behind them that are made for the first such line; nil: none
	next     []*Program        // the programs that go on behind the steps, tried in order
	first    *choices          // which of them may, by the next byte, as bits; nil: any
	gate     gate              // of one that others go on from: what it begins with
	rivals   *rivals           // which of them may, behind one that has not fitted; nil: any
	needed   []needed          // which of them may not, when one has come to the line's end
	forms    []*Program        // what next was made of: each form of a line as a program of its own, to explain a line by
	aside    bool              // a line that fits is no record, and no reject either
	dash     string            // as of the tree
	absent   []int             // the columns that it does not fill and another one does
	feeds    bool              // as of the tree
}

// Feeds tells whether there are line feeds in the pattern: then pattern.LineFeed stands for them in records of several lines.
func (p *Program) Feeds() bool { return p.feeds }

// Schema is the schema of the program's batches.
func (p *Program) Schema() *record.Schema { return p.schema }

// timed is what a clock is made of.
type timed struct {
	layout *timestamp.Layout
	zone   *time.Location
}
