package record

import (
	"slices"

	"github.com/sawlog/sawlog/lib/internal/mem"
)

// Builder collects one batch. Its columns are arrays with room for Cap rows; a parser writes the values of the record under way at
// index Row and then calls Next. Nothing is allocated per record.
//
// One slab holds all columns, but for those that are null all through (thin.go):
//
//	| valid 0 | data 0 | valid 1 | data 1 | ...      each part aligned to 64, sized for Cap rows
//
// Texts are views into numbered buffers: buffer 0 is Side (what had to be written anew: unescaped text, repaired UTF-8), the others
// are the blocks added by Begin.
type Builder struct {
	Schema *Schema
	Cols   []Col  // by the index of the field in Schema.Stored()
	Sinks  []Sink // the same columns in little memory, see there
	Row    int    // the row under way; also the number of rows so far
	Cap    int    // rows that Cols have room for: call Grow when Row reaches it
	Buffer uint64 // number of the block under way, for MakeView
	Side   []byte // buffer 0
	From   int    // where in the block under way a Worker begins to parse
	Block  int    // number of the block under way since the builder was made
	Moved  uint32 // changes when Cols have other memory, or indices of a dictionary lose their meaning
	Before []byte // the last line before the block under way that says how the lines behind it are read, for formats that have such

	alloc    Allocator
	pad      int  // bitmaps are multiples of so many bytes: 64, so that what follows is aligned to that
	lend     bool // FinishInto: memory stays here
	sparing  bool // see Spare
	retired  [][]byte
	nested   []int // the columns of lists and maps
	special  []special
	firsts   []first // by column: where the first row is
	last     *Batch  // that FinishInto has described
	present  bool    // columns start out present: the parser marks nulls. Else absent: the parser marks values.
	slab     []byte
	buffers  [][]byte
	owned    [][]byte  // buffers that the batch will free
	bad      [][]int32 // by buffer: where it is not UTF-8
	repairs  bool      // there are columns whose texts must be UTF-8
	broken   bool      // what the texts were made of, and which is gone, was not
	sound    int       // how much of Side is UTF-8 where the blocks are, see Sound
	base     int64     // offset of the block under way from the batch's first byte
	rejects  []RejectRow
	joined   int   // continuation lines
	passed   int   // lines whose rows Keep has dropped
	adopted  []int // buffers that came with Adopt
	scratch  []byte
	track    bool
	finish   func(b *Builder)
	finished bool
	editing  bool
	before   []byte // Side, while the texts are edited
	marks    []Mark // where continuation lines stand
	bytes    int64
	shifts   []Shift
	points   []int // see Point
	turns    []turning
	noted    int // rows whose turns are noted
}

// special is a column of a dictionary or of bools, by its number among those that are stored and in the schema, -1: it is not shown.
type special struct {
	stored, shown int
	dict          *Dict // nil: bools
}

func specials(schema *Schema, cols []Col) (list []special) {
	stored := schema.Stored().Fields
	shown := slices.Repeat([]int{-1}, len(stored))
	for i := range schema.Fields {
		shown[schema.storedAt(i)] = i
	}
	for i := range stored {
		if stored[i].Dictionary || stored[i].Type == Bool {
			list = append(list, special{i, shown[i], cols[i].Dict})
		}
	}
	return list
}

// Col is the writable side of a column: of the arrays only that of its type is there.
type Col struct {
	Type  Type
	Valid []uint64 // bitmap by row: 1 is a value, 0 is null
	Words []uint64 // int64, uint64, float64 bits, timestamp, duration
	Views []View   // string, ip, bytes
	Bits  []uint64 // bool, bitmap by row
	Index []int32  // dictionary
	Dict  *Dict    // the dictionary's texts
	// A list or map: where the elements of each row end (Offsets[row+1]), and the elements.
	Offsets []int32
	Nested  *Nested
	ended   int   // the row that EndList was called for last, -1: none
	ends    int32 // how many elements there were then ...
	before  int32 // ... and when that row began
	thin    bool  // see thin.go
	spare   []byte
}

// Sink is where the values of a column go, for loops over many columns: a Col takes four lines of the processor's cache. That a row has room is
// up to the caller.
type Sink struct{ Values, Valid mem.Words }

// View is Arrow's string view: length and the first four bytes, then buffer number and offset; texts up to 12 bytes stand inside.
type View [2]uint64

// RejectRow is a reject as a batch holds it: counted from the beginning of the batch, its text in one of the buffers. C has the same struct
// (saw_line in capi), so that it gets the list as it is.
type RejectRow struct {
	Before int64 // lines
	Offset int64
	Length int64
	Buffer uint32
	Start  uint32 // where the text begins in the buffer
	Kept   uint32 // how much of it there is
	Fault  Fault
}

// NewBuilder makes a builder for batches of schema. present says whether its columns start out all present or all absent.
func NewBuilder(schema *Schema, alloc Allocator, present bool) *Builder {
	stored := schema.Stored()
	b := &Builder{Schema: schema, alloc: alloc, present: present, pad: 64, Cols: make([]Col, len(stored.Fields)), Sinks: make([]Sink, len(stored.Fields))}
	for i := range b.Cols {
		f := &stored.Fields[i]
		b.Cols[i].Type = f.Type
		b.repairs = b.repairs || f.Dictionary || f.Type == String || f.Type == IP || f.Type.Nested()
		if f.Dictionary {
			b.Cols[i].Dict = &Dict{}
		}
		if f.Type.Nested() {
			b.Cols[i].Nested = newNested(f, alloc)
			b.nested = append(b.nested, i)
		}
	}
	b.special = specials(schema, b.Cols)
	b.findTurns()
	if schema.finish != nil {
		b.finish = schema.finish()
	}
	return b
}

// Start begins a batch with room for about rows rows.
func (b *Builder) Start(rows int) {
	b.Row, b.Cap, b.joined, b.passed, b.bytes, b.base = 0, 0, 0, 0, 0, 0
	b.adopted, b.marks, b.finished = b.adopted[:0], b.marks[:0], false
	b.Side, b.sound, b.rejects = b.Side[:0], 0, b.rejects[:0]
	b.buffers, b.owned, b.bad = append(b.buffers[:0], nil), nil, append(b.bad[:0], nil)
	for i := range b.Cols {
		if b.Cols[i].Dict != nil {
			b.Cols[i].Dict.reset()
		}
	}
	b.resize(rows)
	b.clearNested()
}

// Restart begins a batch in the memory of the last one, which FinishInto described.
func (b *Builder) Restart() {
	if b.Cap == 0 {
		// Columns of 64 rows lie close together, which one record after the other is thankful for.
		b.pad = 8
		b.Start(1)
		return
	}
	b.FreeOwned()
	words := (b.Row+1)/64 + 1
	b.Row, b.joined, b.passed, b.bytes, b.base = 0, 0, 0, 0, 0
	b.adopted, b.marks, b.finished = b.adopted[:0], b.marks[:0], false
	b.Side, b.sound, b.rejects = b.Side[:0], 0, b.rejects[:0]
	b.buffers, b.bad = append(b.buffers[:0], nil), append(b.bad[:0], nil)
	start := uint64(0)
	if b.present {
		start = ^start
	}
	firsts := b.firsts
	for i := range firsts {
		*firsts[i].valid = start
	}
	if words > 1 {
		for i := range b.Cols {
			valid := b.Cols[i].Valid
			for w := range valid[:min(words, len(valid))] {
				valid[w] = start
			}
		}
	}
	for i := range b.special {
		if dict := b.special[i].dict; dict != nil && (len(dict.Offsets) > 256 || dict.edited) {
			dict.reset()
			b.Moved++
		}
	}
	b.clearNested()
}

func (b *Builder) clearNested() {
	b.clearTurns()
	for _, i := range b.nested {
		c := &b.Cols[i]
		c.Nested.truncate(0)
		c.Offsets[0], c.ended, c.ends, c.before = 0, -1, 0, 0
	}
}

// Own makes the block under way the batch's.
func (b *Builder) Own(data []byte) { b.owned = append(b.owned, data) }

// Close gives back the memory of a builder that is not needed any more.
func (b *Builder) Close() {
	if b.Cap > 0 {
		b.alloc.Free(b.slab)
		b.slab, b.Cap = nil, 0
	}
	for _, i := range b.nested {
		b.Cols[i].Nested.release()
	}
	b.unspare()
}

// FreeOwned gives back the buffers of a batch that FinishInto has described.
func (b *Builder) FreeOwned() {
	for _, buffer := range b.owned {
		b.alloc.Free(buffer)
	}
	b.owned = b.owned[:0]
}

// Begin names the block whose records come next: data[:n] stands n bytes after the last one began. Ownership of data stays with the
// caller unless own is set: then the batch frees it.
func (b *Builder) Begin(data []byte, n int, own bool) {
	var bad []int32
	if b.repairs {
		bad = misplaced(data[:n], 0)
	}
	b.begin(data, n, bad)
	if own {
		b.owned = append(b.owned, data)
	}
}

// BeginASCII is Begin for a block that is known to be ASCII and stays the caller's.
func (b *Builder) BeginASCII(data []byte, n int) { b.begin(data, n, nil) }

func (b *Builder) begin(data []byte, n int, bad []int32) {
	b.base, b.From, b.shifts = b.bytes, 0, nil
	b.Block++
	b.bytes += int64(n)
	b.Buffer = uint64(len(b.buffers))
	b.buffers, b.bad = append(b.buffers, data[:n]), append(b.bad, bad)
}

// Sound says that what Side has from start on is UTF-8 if the blocks are: it need not be looked at once more.
func (b *Builder) Sound(start int) {
	if start == b.sound {
		b.sound = len(b.Side)
	}
}

// Allocator is what gives the builder its memory.
func (b *Builder) Allocator() Allocator { return b.alloc }

// Base is where the block under way stands, from the batch's first byte.
func (b *Builder) Base() int64 { return b.base }

// Next completes the record under way.
func (b *Builder) Next() { b.Row++ }

// Continue counts n more lines that belong to the record under way or just completed.
func (b *Builder) Continue(n int) {
	if b.track {
		b.marks = append(b.marks, Mark{b.Lines(), n})
	}
	b.joined += n
}

// Lines is how many lines have been accounted for.
func (b *Builder) Lines() int { return b.Row + len(b.rejects) + b.joined + b.passed }

// Reject takes back the record under way and keeps the line data[start:end] (without its ending) as a reject.
func (b *Builder) Reject(fault Fault, start, end int) {
	b.RejectCut(fault, start, end, int64(end-start))
}

// RejectCut is Reject for a line of which only the beginning is at hand: length is its whole length.
func (b *Builder) RejectCut(fault Fault, start, end int, length int64) {
	b.Undo()
	b.refuse(fault, start, end, length)
}

// Refuse is Reject for a line for which nothing was marked as null, and no element added to a list: there is nothing to take back.
func (b *Builder) Refuse(fault Fault, start, end int) {
	b.refuse(fault, start, end, int64(end-start))
}

func (b *Builder) refuse(fault Fault, start, end int, length int64) {
	b.rejects = append(b.rejects, RejectRow{Before: int64(b.Lines()), Offset: b.OffsetOf(start), Length: length, Buffer: uint32(b.Buffer), Start: uint32(start), Kept: uint32(end - start), Fault: fault})
}

// Skip accounts for n bytes of the input that are in no block: the rest of a line that was too long.
func (b *Builder) Skip(n int64) { b.bytes += n }

// Undo forgets what was written for the record under way.
func (b *Builder) Undo() {
	if b.Row == b.Cap {
		return
	}
	for _, i := range b.nested {
		b.Cols[i].undo(b.Row)
	}
	word, bit := b.Row>>6, uint64(1)<<(b.Row&63)
	if b.present {
		for i := range b.Sinks {
			b.Sinks[i].Valid.Or(word, bit)
		}
		return
	}
	for i := range b.Sinks {
		b.Sinks[i].Valid.AndNot(word, bit)
	}
}

// Again forgets what was written for the record under way in one column, so that it can be written once more.
func (b *Builder) Again(c *Col) {
	if c.Nested != nil {
		c.undo(b.Row)
	}
	if b.present {
		b.Present(c)
	} else {
		b.Null(c)
	}
}

// AgainAll is Again for several columns.
func (b *Builder) AgainAll(columns []int) {
	if len(b.nested) > 0 {
		for _, i := range columns {
			if c := &b.Cols[i]; c.Nested != nil {
				c.undo(b.Row)
			}
		}
	}
	if !b.present {
		b.NullAll(columns)
		return
	}
	word, bit := b.Row>>6, uint64(1)<<(b.Row&63)
	for _, i := range columns {
		b.Sinks[i].Valid.Or(word, bit)
	}
}

// SetBool writes a bool in the row under way.
func (b *Builder) SetBool(c *Col, v bool) {
	if v {
		c.Bits[b.Row>>6] |= 1 << (b.Row & 63)
	} else {
		c.Bits[b.Row>>6] &^= 1 << (b.Row & 63)
	}
}

// Null marks the row under way as null in c.
func (b *Builder) Null(c *Col) { c.Valid[b.Row>>6] &^= 1 << (b.Row & 63) }

// NullAll is Null for several columns.
func (b *Builder) NullAll(columns []int) {
	word, bit := b.Row>>6, uint64(1)<<(b.Row&63)
	for _, i := range columns {
		b.Sinks[i].Valid.AndNot(word, bit)
	}
}

// Present marks the row under way as present in c.
func (b *Builder) Present(c *Col) { c.Valid[b.Row>>6] |= 1 << (b.Row & 63) }

// PresentRows marks the rows from from on and before to as present in the column k, -1: in none.
func (b *Builder) PresentRows(k, from, to int) {
	if k < 0 || from >= to {
		return
	}
	valid := b.Cols[k].Valid
	first, last := from>>6, (to-1)>>6
	head, tail := ^uint64(0)<<(from&63), ^uint64(0)>>(63-(to-1)&63)
	if first == last {
		valid[first] |= head & tail
		return
	}
	valid[first] |= head
	for word := first + 1; word < last; word++ {
		valid[word] = ^uint64(0)
	}
	valid[last] |= tail
}

// IsPresent tells whether the row under way is present in c.
func (b *Builder) IsPresent(c *Col) bool { return c.Valid[b.Row>>6]>>(b.Row&63)&1 != 0 }
