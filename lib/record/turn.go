package record

import (
	"slices"
	"sort"
	"time"
)

// Times without a year, or without a date, are placed by their order: inside a source December is followed by the January of the next year,
// and a time of day that goes back by more than an hour is of the next day. A worker sees only its block, so it notes where that happens
// (NoteTurns); who puts the batches in order settles it (Turns.Settle).

// Turn says of a Timestamp field that its log leaves out the year, or the date.
type Turn struct {
	Kind TurnKind
	Year int            // of all stamps without year, where they are not placed near to now; 0: each is placed by itself
	Zone *time.Location // of stamps without one
	low  int64          // stamps without year are from here ...
	high int64          // ... to here
}

// TurnKind is what the log leaves out.
type TurnKind uint8

const (
	NoYear TurnKind = iota + 1
	NoDate
)

// NewTurn makes a turn. year is that of all stamps, 0 for 1970; near: each stamp is placed near to now instead.
func NewTurn(kind TurnKind, year int, near bool, zone *time.Location) *Turn {
	t := &Turn{Kind: kind, Zone: zone}
	if t.Zone == nil {
		t.Zone = time.UTC
	}
	if kind == NoYear && !(near && year == 0) {
		if t.Year = year; year == 0 {
			t.Year = 1970
		}
		const zones = 26 * int64(time.Hour) // a stamp may have a zone of its own
		t.low = time.Date(t.Year, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano() - zones
		t.high = time.Date(t.Year+1, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano() + zones
	}
	return t
}

// orders tells whether the order of stamps places them.
func (t *Turn) orders() bool { return t != nil && (t.Kind == NoDate || t.Year != 0) }

const (
	day  = 24 * int64(time.Hour)
	hour = int64(time.Hour)
)

// applies tells whether a stamp is one that the order places.
func (t *Turn) applies(ns int64) bool { return t.Kind == NoDate || ns >= t.low && ns < t.high }

// position is what a stamp is compared by.
func (t *Turn) position(ns int64) int64 {
	if t.Kind == NoYear {
		return ns
	}
	_, clock := t.clock(ns)
	return clock
}

// clock is the day of a stamp, counted from 1970, and the nanoseconds of that day, both as clocks showed them.
func (t *Turn) clock(ns int64) (days, rest int64) {
	_, east := time.Unix(0, ns).In(t.Zone).Zone()
	local := ns + int64(east)*int64(time.Second)
	days = local / day
	if rest = local - days*day; rest < 0 {
		return days - 1, rest + day
	}
	return days, rest
}

// step is 1 where from one stamp to the next a year, or a day, begins; -1 where a late one is of that before.
func (t *Turn) step(from, to int64) int {
	forth, back := 300*day, 335*day // December to January is more; a late line is of the weeks before
	if t.Kind == NoDate {
		forth, back = hour, 23*hour
	}
	switch {
	case from-to > forth:
		return 1
	case to-from > back:
		return -1
	}
	return 0
}

// turning is what a builder notes of one column.
type turning struct {
	column      int
	turn        *Turn
	some        bool
	first, last int64 // positions
	start       int64 // the day of the first, of NoDate
	steps       []turnAt
	stated      []rowSpan // rows whose stamps have a year: their order places nothing
}

type rowSpan struct{ from, to int }

type turnAt struct {
	row  int // from this row on
	step int
}

// Stated notes that the stamp of the row that is under way says its year itself, in a stored column whose stamps may lack it. It is called once
// the row is sure.
func (b *Builder) Stated(column int) {
	for k := range b.turns {
		n := &b.turns[k]
		if n.column != column {
			continue
		}
		if last := len(n.stated) - 1; last >= 0 && n.stated[last].to == b.Row {
			n.stated[last].to++
		} else {
			n.stated = append(n.stated, rowSpan{b.Row, b.Row + 1})
		}
	}
}

// without calls do for the rows from from to to that are not in the spans, which are in order.
func without(spans []rowSpan, from, to int, do func(from, to int)) {
	k := sort.Search(len(spans), func(k int) bool { return spans[k].to > from })
	for from < to {
		end := to
		if k < len(spans) && spans[k].from < to {
			end = spans[k].from
		}
		if from < end {
			do(from, end)
		}
		if k == len(spans) {
			return
		}
		from = max(end, spans[k].to)
		k++
	}
}

// NoteTurns notes the turns in the rows from the row from on, which a parser has just written. It is called behind every call that has added
// rows, before rows are dropped.
func (b *Builder) NoteTurns(from int) {
	from = max(from, b.noted) // a worker inside may have done it
	b.noted = b.Row
	for k := range b.turns {
		n := &b.turns[k]
		if len(n.stated) == 0 {
			n.note(&b.Cols[n.column], from, b.Row)
			continue
		}
		without(n.stated, from, b.Row, func(from, to int) { n.note(&b.Cols[n.column], from, to) })
	}
}

// note notes the turns in some rows.
func (n *turning) note(c *Col, from, to int) {
	for row := from; row < to; row++ {
		if row&63 == 0 && row+64 <= to && c.Valid[row>>6] == ^uint64(0) && n.calm(c.Words[row:row+64]) {
			row += 63
			continue
		}
		ns := int64(c.Words[row])
		if c.Valid[row>>6]>>(row&63)&1 == 0 || !n.turn.applies(ns) {
			continue
		}
		at := n.turn.position(ns)
		if !n.some {
			n.some, n.first = true, at
			n.start, _ = n.turn.clock(ns)
		} else if step := n.turn.step(n.last, at); step != 0 {
			n.steps = append(n.steps, turnAt{row, step})
		}
		n.last = at
	}
}

// calm tells whether nothing turns in stamps that follow those noted so far, as is so in nearly all of a log: then they are noted.
func (n *turning) calm(words []uint64) bool {
	if !n.some || n.turn.Kind != NoYear {
		return false
	}
	least, most := n.last, n.last
	for _, word := range words {
		least, most = min(least, int64(word)), max(most, int64(word))
	}
	if least < n.turn.low || most >= n.turn.high || most-least > 300*day {
		return false
	}
	n.last = int64(words[len(words)-1])
	return true
}

// findTurns makes notes for the columns whose order counts.
func (b *Builder) findTurns() {
	for i := range b.Schema.Stored().Fields {
		if f := &b.Schema.Stored().Fields[i]; f.Type == Timestamp && f.Turn.orders() {
			b.turns = append(b.turns, turning{column: i, turn: f.Turn})
		}
	}
}

func (b *Builder) clearTurns() {
	b.noted = 0
	for k := range b.turns {
		b.turns[k].some, b.turns[k].steps, b.turns[k].stated = false, b.turns[k].steps[:0], b.turns[k].stated[:0]
	}
}

// keepTurns moves the notes with the rows that Keep leaves: rows, of those from from on.
func (b *Builder) keepTurns(from int, rows []int32) {
	b.noted = min(b.noted, from+len(rows))
	for k := range b.turns {
		kept := func(row int) int { // where the first of the rows from row on is now
			return from + sort.Search(len(rows), func(j int) bool { return int(rows[j]) >= row })
		}
		steps := b.turns[k].steps
		for i := len(steps) - 1; i >= 0 && steps[i].row >= from; i-- {
			steps[i].row = kept(steps[i].row)
		}
		stated := b.turns[k].stated
		for i := len(stated) - 1; i >= 0 && stated[i].to > from; i-- {
			if stated[i].to = kept(stated[i].to); stated[i].from >= from {
				stated[i].from = kept(stated[i].from)
			}
		}
	}
}

// batchTurns are the notes as a batch keeps them until it is settled.
func (b *Builder) batchTurns() (turns []turning) {
	for k := range b.turns {
		n := b.turns[k]
		if !n.some {
			continue
		}
		n.steps, n.stated = slices.Clone(n.steps), slices.Clone(n.stated)
		turns = append(turns, n)
	}
	return turns
}

// SettleTurns places the times of a batch that FinishInto has described and that is a source of its own.
func (b *Builder) SettleTurns(batch *Batch) {
	for k := range b.turns {
		if n := &b.turns[k]; n.some && (len(n.steps) > 0 || n.turn.Kind == NoDate) {
			batch.turns = b.batchTurns()
			new(Turns).Settle(batch)
			return
		}
	}
}

// Turns is where the order of a source has come to. The zero value is the beginning.
type Turns struct{ columns map[int]*turned }

type turned struct {
	last  int64 // position
	start int64 // the first day
	steps int   // years, or days, since the beginning
	seen  movedDay
}

// Settle places the times of the next batch of the source.
func (s *Turns) Settle(b *Batch) {
	for k := range b.turns {
		n := &b.turns[k]
		state := s.columns[n.column]
		if state == nil {
			if s.columns == nil {
				s.columns = map[int]*turned{}
			}
			state = &turned{start: n.start}
			s.columns[n.column] = state
		} else {
			state.move(n.turn.step(state.last, n.first))
		}
		state.last = n.last
		column := b.shown(n.column)
		from := 0
		for _, step := range n.steps {
			if column != nil {
				column.turn(n, state, from, step.row)
			}
			state.move(step.step)
			from = step.row
		}
		if column != nil {
			column.turn(n, state, from, b.rows)
		}
	}
	b.turns = nil
}

func (s *turned) move(step int) { s.steps = max(0, s.steps+step) }

// shown is the column of a builder's column, nil where it is not shown.
func (b *Batch) shown(stored int) *Column {
	for i := range b.columns {
		if b.schema.storedAt(i) == stored {
			return &b.columns[i]
		}
	}
	return nil
}

// turn moves the stamps of some rows.
func (c *Column) turn(n *turning, state *turned, from, to int) {
	t := n.turn
	if t.Kind == NoYear && state.steps == 0 {
		return
	}
	ints := c.Ints()
	without(n.stated, from, to, func(from, to int) {
		for row := from; row < to; row++ {
			if ns := ints[row]; !c.IsNull(row) && t.applies(ns) {
				ints[row] = t.moved(ns, state)
			}
		}
	})
}

// moved is a stamp so many years, or days, further on.
func (t *Turn) moved(ns int64, state *turned) int64 {
	if t.Kind == NoDate {
		at, _ := t.clock(ns)
		return ns + (state.start+int64(state.steps)-at)*day
	}
	// All stamps of a day are moved alike, at least in UTC.
	from := ns - (ns%day+day)%day
	if seen := &state.seen; seen.begin == from && seen.steps == state.steps {
		return ns + seen.by
	}
	to := time.Unix(0, ns).In(t.Zone).AddDate(state.steps, 0, 0)
	if to.Year() > 2261 || to.Year() < 1678 {
		return ns // nanoseconds hold no more
	}
	by := to.UnixNano() - ns
	if t.Zone == time.UTC {
		state.seen = movedDay{from, state.steps, by}
	}
	return ns + by
}

// movedDay is how far the stamps of a day were moved.
type movedDay struct {
	begin int64
	steps int // 0: there is none
	by    int64
}
