package arrowgo

import (
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	sawlog "github.com/sawlog/sawlog/lib"
	"github.com/sawlog/sawlog/lib/record"
)

var everyOption = []Options{
	{}, {NoDictionary: true}, {Unit: Microseconds}, {Unit: Milliseconds},
	{Strings: UTF8}, {Strings: UTF8, NoDictionary: true, Unit: Milliseconds}, {Strings: LargeUTF8}, {Strings: LargeUTF8, NoDictionary: true},
}

func (o Options) length() time.Duration { return o.unit().Multiplier() }

func TestEveryTypeWithEveryOption(t *testing.T) {
	for _, o := range everyOption {
		for _, rows := range []int{0, 1, 2, 3, 63, 64, 65, 600} {
			t.Run(fmt.Sprintf("%d %v %d %d rows", o.Strings, o.NoDictionary, o.Unit, rows), func(t *testing.T) {
				alloc := &counted{}
				o.Allocator = checked(t)
				batch := sample(alloc, rows)
				require.Equal(t, rows, batch.Len())
				rec, err := NewRecordBatch(batch, o)
				require.NoError(t, err)
				schema, err := Schema(everyType, o)
				require.NoError(t, err)
				assert.True(t, schema.Equal(rec.Schema()))
				requireSame(t, batch, rec, 0, o.length())
				for i := range batch.Columns() {
					assert.Equal(t, batch.Columns()[i].Nulls(), rec.Column(i).NullN())
				}
				assert.Equal(t, 1, batch.Rejects(), "the batch can be read meanwhile")
				rec.Release()
				assert.Zero(t, alloc.live.Load())
			})
		}
	}
}

func TestTypes(t *testing.T) {
	for _, c := range []struct {
		o    Options
		want string
	}{
		{Options{}, "bool int64 uint64 float64 timestamp[ns, tz=UTC] duration[ns] string_view string_view dictionary<values=utf8, indices=int32, ordered=false> binary_view " +
			"list<item: string_view, nullable> list<item: timestamp[ns, tz=UTC], nullable> map<string_view, string_view, items_nullable> " +
			"map<string_view, map<string_view, string_view, items_nullable>, items_nullable> string_view"},
		{Options{Strings: UTF8, Unit: Microseconds}, "bool int64 uint64 float64 timestamp[us, tz=UTC] duration[us] utf8 utf8 dictionary<values=utf8, indices=int32, ordered=false> binary " +
			"list<item: utf8, nullable> list<item: timestamp[us, tz=UTC], nullable> map<utf8, utf8, items_nullable> map<utf8, map<utf8, utf8, items_nullable>, items_nullable> utf8"},
		{Options{Strings: LargeUTF8, Unit: Milliseconds, NoDictionary: true}, "bool int64 uint64 float64 timestamp[ms, tz=UTC] duration[ms] large_utf8 large_utf8 large_utf8 large_binary " +
			"list<item: large_utf8, nullable> list<item: timestamp[ms, tz=UTC], nullable> map<large_utf8, large_utf8, items_nullable> map<large_utf8, map<large_utf8, large_utf8, items_nullable>, items_nullable> large_utf8"},
	} {
		schema, err := Schema(everyType, c.o)
		require.NoError(t, err)
		got := ""
		for i, f := range schema.Fields() {
			assert.Equal(t, everyType.Fields[i].Name, f.Name)
			assert.True(t, f.Nullable)
			got += f.Type.String() + " "
		}
		assert.Equal(t, c.want+" ", got)
	}
}

func TestWhatCannotBe(t *testing.T) {
	batch := sample(record.Heap, 3)
	for _, o := range []Options{{Strings: 3}, {Unit: 3}} {
		_, err := Schema(everyType, o)
		assert.Error(t, err)
		_, err = NewRecordBatch(batch, o)
		assert.Error(t, err)
	}
	for _, f := range []record.Field{
		{Name: "s", Type: record.Struct},
		{Name: "s", Type: record.List, Elem: &record.Field{Type: record.Struct}},
		{Name: "s", Type: record.Map, Elem: &record.Field{Type: record.Invalid}},
	} {
		_, err := Schema(record.MustSchema(f), Options{})
		assert.ErrorContains(t, err, `arrowgo: column "s"`)
	}
	assert.Equal(t, 3, batch.Len(), "after an error the batch is still there")
	batch.Release()
}

func TestNothingIsCopied(t *testing.T) {
	batch := sample(record.Heap, 100)
	mem := checked(t)
	rec, err := NewRecordBatch(batch, Options{Allocator: mem})
	require.NoError(t, err)
	defer rec.Release()
	assert.Zero(t, mem.CurrentAlloc())
	same := func(a, b []byte) { assert.Same(t, &a[0], &b[0]) }
	for i := range batch.Columns() {
		c, data := &batch.Columns()[i], rec.Column(i).Data()
		same(c.Validity(), data.Buffers()[0].Bytes())
		if len(c.Data()) > 0 {
			same(c.Data(), data.Buffers()[1].Bytes())
		}
	}
	for i, block := range batch.Buffers() {
		same(block, rec.Column(6).Data().Buffers()[2+i].Bytes())
	}
	offsets, texts := batch.Column("few").Dictionary()
	words := rec.Column(8).Data().Dictionary().Buffers()
	same(arrow.Int32Traits.CastToBytes(offsets), words[1].Bytes())
	same(texts, words[2].Bytes())
	child := rec.Column(10).Data().Children()[0]
	same(batch.Column("texts").Children()[0].Data(), child.Buffers()[1].Bytes())
}

func TestChildrenAndSlicesKeepTheBatch(t *testing.T) {
	alloc := &counted{}
	batch := sample(alloc, 50)
	want := sample(record.Heap, 50)
	rec, err := NewRecordBatch(batch, Options{})
	require.NoError(t, err)
	column, child := rec.Column(6), rec.Column(10).(*array.List).ListValues()
	words := rec.Column(8).(*array.Dictionary).Dictionary()
	column.Retain()
	child.Retain()
	words.Retain()
	slice := rec.NewSlice(7, 40)
	rec.Release()
	requireSame(t, want, slice, 7, 1)
	slice.Release()
	for r := range column.Len() {
		assert.Equal(t, want.Column("string").Value(r), value(t, column, r))
	}
	column.Release()
	assert.Equal(t, want.Column("texts").Children()[0].Value(2), value(t, child, 2))
	assert.Zero(t, alloc.freed.Load())
	child.Release()
	assert.Zero(t, alloc.freed.Load(), "the dictionary's texts are still held")
	words.Release()
	assert.Zero(t, alloc.live.Load())
}

func TestReleasesFromManyGoroutines(t *testing.T) {
	alloc := &counted{}
	rec, err := NewRecordBatch(sample(alloc, 50), Options{})
	require.NoError(t, err)
	var wait sync.WaitGroup
	for range 8 {
		rec.Retain()
		wait.Go(func() {
			slice := rec.NewSlice(1, 20)
			rec.Release()
			slice.Release()
		})
	}
	rec.Release()
	wait.Wait()
	assert.Zero(t, alloc.live.Load())
}

func TestTextsAboveTheLimit(t *testing.T) {
	for _, c := range []struct {
		o    Options
		pack bool
	}{{Options{Strings: UTF8}, false}, {Options{Strings: UTF8}, true}, {Options{}, true}} {
		alloc := &counted{}
		batch := sample(alloc, 50)
		schema, err := Schema(everyType, c.o)
		require.NoError(t, err)
		conversion := conversion{batch: batch, alloc: checked(t), limit: 200, pack: c.pack}
		_, err = conversion.takeOver(schema)
		assert.ErrorIs(t, err, errLarge)
		assert.ErrorContains(t, err, `column "string"`)
		assert.Zero(t, alloc.freed.Load(), "the batch stays the caller's")
		batch.Release()
		assert.Zero(t, alloc.live.Load())
	}
}

// LargeUTF8 has no such limit.
func TestLargeTexts(t *testing.T) {
	schema, err := Schema(everyType, Options{Strings: LargeUTF8})
	require.NoError(t, err)
	batch := sample(record.Heap, 50)
	c := conversion{batch: batch, alloc: checked(t), limit: 200, pack: true}
	rec, err := c.takeOver(schema)
	require.NoError(t, err)
	requireSame(t, batch, rec, 0, 1)
	rec.Release()
}

// The elements of a list fail before the list is there.
func TestElementsAboveTheLimit(t *testing.T) {
	schema := record.MustSchema(everyType.Fields[10])
	b := record.NewBuilder(schema, record.Heap, false)
	b.Start(1)
	b.Cols[0].Nested.Items.Text(b.Text([]byte(alphabet)))
	b.EndList(&b.Cols[0])
	b.Next()
	to, err := Schema(schema, Options{Strings: UTF8})
	require.NoError(t, err)
	c := conversion{batch: b.Finish(), owner: &owner{}, alloc: checked(t), limit: 20}
	_, err = c.convert(to)
	assert.ErrorIs(t, err, errLarge)
}

// In a map the keys are made before the values fail.
func TestValuesOfAMapAboveTheLimit(t *testing.T) {
	schema := record.MustSchema(record.Field{Name: "m", Type: record.Map, Elem: text("value")})
	b := record.NewBuilder(schema, record.Heap, false)
	b.Start(1)
	b.Cols[0].Nested.Keys.Text(b.Text([]byte("key")))
	b.Cols[0].Nested.Items.Text(b.Text([]byte(alphabet)))
	b.EndList(&b.Cols[0])
	b.Next()
	to, err := Schema(schema, Options{Strings: UTF8})
	require.NoError(t, err)
	c := conversion{batch: b.Finish(), owner: &owner{}, alloc: checked(t), limit: 20}
	_, err = c.convert(to)
	assert.ErrorIs(t, err, errLarge)
}

func TestABatchOverForeignMemory(t *testing.T) {
	schema := record.MustSchema(record.Field{Name: "n", Type: record.Int})
	words := arrow.Int64Traits.CastToBytes([]int64{1, 2, 3})
	batch := record.NewBatchFromParts(schema, 3, []record.Part{{Rows: 3, Validity: []byte{7}, Data: words}}, nil)
	rec, err := NewRecordBatch(batch, Options{})
	require.NoError(t, err)
	defer rec.Release()
	assert.Equal(t, "[1 2 3]", rec.Column(0).String())
}

func TestNoColumnsAtAll(t *testing.T) {
	alloc := &counted{}
	b := record.NewBuilder(record.MustSchema(), alloc, false)
	b.Start(1)
	b.Next()
	rec, err := NewRecordBatch(b.Finish(), Options{})
	require.NoError(t, err)
	assert.EqualValues(t, 1, rec.NumRows())
	rec.Release()
	assert.Zero(t, alloc.live.Load())
}

// Who resizes a buffer gets memory of its own, and the batch is released once all the same.
func TestABufferThatIsResized(t *testing.T) {
	alloc := &counted{}
	batch := sample(alloc, 50)
	rec, err := NewRecordBatch(batch, Options{})
	require.NoError(t, err)
	b := rec.Column(1).Data().Buffers()[1]
	first := b.Bytes()[0]
	b.Resize(1 << 16)
	assert.Equal(t, first, b.Bytes()[0])
	rec.Release()
	assert.Zero(t, alloc.live.Load())
	assert.Len(t, (&owner{}).Allocate(3), 3)
}

// A batch of the face is what users have; the garbage collector must not take its memory before the record batch goes.
func TestTheParsersBatch(t *testing.T) {
	parser, err := sawlog.NewParser("common")
	require.NoError(t, err)
	rec, err := NewRecordBatch(parser.Parse([]byte(accessLog)), Options{})
	require.NoError(t, err)
	defer rec.Release()
	runtime.GC()
	status := rec.Column(rec.Schema().FieldIndices("status")[0])
	assert.Equal(t, "[200 302 404]", status.String())
}
