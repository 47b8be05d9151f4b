package arrowgo

import (
	"fmt"
	"math"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/record"
)

// counted is an allocator that knows how much was not given back.
type counted struct {
	live  atomic.Int64
	freed atomic.Int64
}

func (c *counted) Alloc(n int) []byte {
	c.live.Add(1)
	return record.Heap.Alloc(n)
}

// Free makes what is freed unreadable, as it were.
func (c *counted) Free(b []byte) {
	c.live.Add(-1)
	c.freed.Add(1)
	for i := range b {
		b[i] = 0xEE
	}
}

// requireEmpty waits until all is given back: what a reader that was closed early had read ahead comes a little later.
func (c *counted) requireEmpty(t *testing.T) {
	require.Eventually(t, func() bool { return c.live.Load() == 0 }, 10*time.Second, time.Millisecond)
}

func text(name string) *record.Field { return &record.Field{Name: name, Type: record.String} }

var inner = record.Field{Name: "value", Type: record.Map, Elem: text("value")}

var everyType = record.MustSchema(
	record.Field{Name: "bool", Type: record.Bool},
	record.Field{Name: "int", Type: record.Int},
	record.Field{Name: "uint", Type: record.Uint},
	record.Field{Name: "float", Type: record.Float},
	record.Field{Name: "timestamp", Type: record.Timestamp},
	record.Field{Name: "duration", Type: record.Duration},
	record.Field{Name: "string", Type: record.String},
	record.Field{Name: "ip", Type: record.IP},
	record.Field{Name: "few", Type: record.String, Dictionary: true},
	record.Field{Name: "bytes", Type: record.Bytes},
	record.Field{Name: "texts", Type: record.List, Elem: text("item")},
	record.Field{Name: "times", Type: record.List, Elem: &record.Field{Name: "item", Type: record.Timestamp}},
	record.Field{Name: "pairs", Type: record.Map, Elem: text("value")},
	record.Field{Name: "maps", Type: record.Map, Elem: &inner},
	record.Field{Name: "never", Type: record.String},
)

const alphabet = "abcdefghijklmnopqrstuvwxyz"

// block is text as a block: readable behind its end, in memory of alloc.
func block(alloc record.Allocator) []byte {
	b := alloc.Alloc(len(alphabet) + 65)
	copy(b, alphabet+"\n")
	return b[:len(alphabet)+1]
}

// sample is a batch of everyType over two blocks and unescaped text. Row r is null all through when r%3 is 2.
func sample(alloc record.Allocator, rows int) *record.Batch {
	b := record.NewBuilder(everyType, alloc, false)
	b.Start(1)
	var data []byte
	for r := range rows {
		if r == 0 || r == rows/2 {
			data = block(alloc)
			b.Begin(data, len(data), true)
		}
		if b.Row == b.Cap {
			b.Grow()
		}
		if r%3 != 2 {
			fill(b, data, r)
		}
		b.Next()
	}
	if rows == 0 {
		data = block(alloc)
		b.Begin(data, len(data), true)
	}
	b.Reject(record.NoMatch, 0, len(alphabet))
	return b.Finish()
}

// ns has times on both sides of 1970.
func ns(r int) int64 { return int64(r-3) * 1_234_567_891 }

func fill(b *record.Builder, data []byte, r int) {
	c := b.Cols
	for i := range len(c) - 1 {
		if !c[i].Type.Nested() {
			b.Present(&c[i])
		}
	}
	b.SetBool(&c[0], r%2 == 0)
	words := []uint64{uint64(int64(-r)), math.MaxUint64 - uint64(r), math.Float64bits(float64(r) / 4), uint64(ns(r)), uint64(-ns(r))}
	for i, w := range words {
		c[1+i].Words[b.Row] = w
	}
	b.SetText(&c[6], data, 0, r%len(alphabet))
	c[7].Views[b.Row] = b.Text([]byte(fmt.Sprintf("2001:db8::%x:%x", r, 65535)))
	b.SetText(&c[8], data, r%2, 3+r%15)
	c[9].Views[b.Row] = b.Text([]byte{0xff, byte(r), 0})
	fillNested(b, data, r)
}

// fillNested writes r%4 elements, the last of them null; of a list of none is not the same as null.
func fillNested(b *record.Builder, data []byte, r int) {
	texts, times, pairs, maps := &b.Cols[10], &b.Cols[11], &b.Cols[12], &b.Cols[13]
	for k := range r % 4 {
		texts.Nested.Items.Text(record.MakeView(data, k, 9+5*k, b.Buffer))
		times.Nested.Items.Word(uint64(ns(k)))
		key := record.MakeView(data, k, 1+13*k%16, b.Buffer)
		pairs.Nested.Keys.Text(key)
		maps.Nested.Keys.Text(key)
		if k == 2 {
			pairs.Nested.Items.Null()
			maps.Nested.Items.Null()
			continue
		}
		pairs.Nested.Items.Text(b.Text([]byte(strings.Repeat("v", 10*k))))
		for j := range k {
			maps.Nested.Items.Nested.Keys.Text(record.MakeView(data, j, 2, b.Buffer))
			maps.Nested.Items.Nested.Items.Text(record.MakeView(data, j, 20, b.Buffer))
		}
		maps.Nested.Items.End()
	}
	for _, c := range []*record.Col{texts, times, pairs, maps} {
		b.EndList(c)
	}
}

// value is element i of a as record.Column.Value gives it.
func value(t testing.TB, a arrow.Array, i int) any {
	if a.IsNull(i) {
		return nil
	}
	switch a := a.(type) {
	case *array.Boolean:
		return a.Value(i)
	case *array.Int64:
		return a.Value(i)
	case *array.Uint64:
		return a.Value(i)
	case *array.Float64:
		return a.Value(i)
	case *array.Timestamp:
		return a.Value(i).ToTime(a.DataType().(*arrow.TimestampType).Unit)
	case *array.Duration:
		return time.Duration(a.Value(i)) * a.DataType().(*arrow.DurationType).Unit.Multiplier()
	case *array.Dictionary:
		return value(t, a.Dictionary(), a.GetValueIndex(i))
	case array.StringLike:
		return strings.Clone(a.Value(i))
	case array.BinaryLike:
		return append([]byte{}, a.(interface{ Value(int) []byte }).Value(i)...)
	case *array.BinaryView:
		return append([]byte{}, a.Value(i)...)
	case *array.Map:
		pairs := map[string]any{}
		from, to := a.ValueOffsets(i)
		for k := from; k < to; k++ {
			pairs[value(t, a.Keys(), int(k)).(string)] = value(t, a.Items(), int(k))
		}
		return pairs
	case *array.List:
		list := []any{}
		from, to := a.ValueOffsets(i)
		for k := from; k < to; k++ {
			list = append(list, value(t, a.ListValues(), int(k)))
		}
		return list
	}
	require.Failf(t, "no such array", "%T", a)
	return nil
}

// cut is v in a coarser unit of time, rounded towards the past.
func cut(v any, unit time.Duration) any {
	floor := func(ns int64) int64 { return int64(math.Floor(float64(ns)/float64(unit))) * int64(unit) }
	switch v := v.(type) {
	case time.Time:
		return time.Unix(0, floor(v.UnixNano())).UTC()
	case time.Duration:
		return time.Duration(floor(int64(v)))
	case []any:
		for i := range v {
			v[i] = cut(v[i], unit)
		}
	}
	return v
}

// requireSame holds rows [from, from+len) of batch against rec.
func requireSame(t testing.TB, batch *record.Batch, rec arrow.RecordBatch, from int, unit time.Duration) {
	t.Helper()
	require.EqualValues(t, len(batch.Columns()), rec.NumCols())
	for i := range batch.Columns() {
		c, a := &batch.Columns()[i], rec.Column(i)
		if full, ok := a.(interface{ ValidateFull() error }); ok {
			require.NoError(t, full.ValidateFull(), "%s", c.Field().Name)
		}
		require.EqualValues(t, rec.NumRows(), a.Len())
		for r := range a.Len() {
			assert.Equal(t, cut(c.Value(from+r), unit), value(t, a, r), "%s in row %d", c.Field().Name, from+r)
		}
	}
}

func checked(t *testing.T) *memory.CheckedAllocator {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	t.Cleanup(func() { mem.AssertSize(t, 0) })
	return mem
}
