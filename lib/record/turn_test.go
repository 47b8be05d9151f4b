package record

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRowsArePresentByWords(t *testing.T) {
	schema, err := NewSchema([]Field{{Name: "n", Type: Int}})
	require.NoError(t, err)
	for _, c := range [][2]int{{0, 0}, {0, 1}, {0, 64}, {0, 65}, {63, 64}, {63, 65}, {5, 9}, {64, 128}, {1, 319}, {319, 320}, {200, 130}} {
		b := NewBuilder(schema, Heap, false)
		b.Start(320)
		b.PresentRows(0, c[0], c[1])
		b.PresentRows(-1, c[0], c[1])
		for b.Row = range 320 {
			assert.Equal(t, b.Row >= c[0] && b.Row < c[1], b.IsPresent(&b.Cols[0]), "%v: row %d", c, b.Row)
		}
	}
}

// Turns are the same whether rows are looked at one by one or by 64 at once: with a turn at any place, late lines, nulls, and stamps of other
// years.
func TestTurnsAreNotedAlikeByRowsAndByWords(t *testing.T) {
	schema, err := NewSchema([]Field{{Name: "time", Type: Timestamp, Turn: NewTurn(NoYear, 2026, false, nil)}})
	require.NoError(t, err)
	low := schema.Fields[0].Turn.low + 26*hour
	random := rand.New(rand.NewPCG(1, 5))
	found := 0
	for range 200 {
		one, many := NewBuilder(schema, Heap, true), NewBuilder(schema, Heap, true)
		for _, b := range []*Builder{one, many} {
			b.Start(320)
			b.Begin([]byte("\n"), 1, false)
		}
		at, odd := low+random.Int64N(3)*180*day, random.IntN(400)
		for row := range 320 {
			at += random.Int64N(day / 4)
			if row == odd || at >= low+365*day {
				at = low + random.Int64N(3)*day
			}
			ns, null := at, random.IntN(300) == 0
			kinds := 200
			if row&63 == 63 { // the last of a word counts for the next one
				kinds = 5
			}
			switch random.IntN(kinds) {
			case 0:
				ns = low + random.Int64N(365*day)
			case 1:
				ns = schema.Fields[0].Turn.low - random.Int64N(2)
			case 2:
				ns = schema.Fields[0].Turn.high - random.Int64N(2)
			}
			if null {
				ns = low + random.Int64N(365*day)
			}
			for _, b := range []*Builder{one, many} {
				b.Cols[0].Words[row] = uint64(ns)
				if null {
					b.Null(&b.Cols[0])
				}
				b.Next()
			}
			one.NoteTurns(row)
		}
		many.NoteTurns(0)
		assert.Equal(t, one.turns[0].first, many.turns[0].first)
		assert.Equal(t, one.turns[0].steps, many.turns[0].steps)
		assert.Equal(t, one.turns[0].last, many.turns[0].last)
		found += len(one.turns[0].steps)
	}
	assert.Greater(t, found, 200)
}

// Stamps are moved by whole years, each to the same date and time of day.
func TestMovedByYears(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	require.NoError(t, err)
	r := rand.New(rand.NewPCG(7, 3))
	for _, zone := range []*time.Location{time.UTC, paris} {
		turn, state := &Turn{Kind: NoYear, Zone: zone}, &turned{}
		for ns := int64(-40 * day); ns < 1200*day; ns += r.Int64N(day / 2) {
			if r.IntN(50) == 0 {
				state.steps = 1 + r.IntN(300)
			}
			want := time.Unix(0, ns).In(zone).AddDate(state.steps, 0, 0)
			if want.Year() > 2261 {
				want = time.Unix(0, ns)
			}
			require.Equal(t, want.UnixNano(), turn.moved(ns, state), "%s, %d years further on", time.Unix(0, ns).In(zone), state.steps)
		}
	}
}
