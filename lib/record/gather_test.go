package record

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var deepType = MustSchema(append(append([]Field{}, everyType.Fields...),
	Field{Name: "list", Type: List, Elem: &Field{Name: "item", Type: Int}},
	Field{Name: "bools", Type: List, Elem: &Field{Name: "item", Type: Bool}},
	Field{Name: "map", Type: Map, Elem: &Field{Name: "value", Type: String}},
	Field{Name: "maps", Type: Map, Elem: &Field{Name: "value", Type: Map, Elem: &Field{Name: "value", Type: String}}},
)...)

// fillDeep is fillRow with lists and maps of r%4 elements.
func fillDeep(b *Builder, data []byte, r int) {
	if b.Row == b.Cap {
		b.Grow()
	}
	if r%2 == 0 {
		view := func(k int) View { return MakeView(data, 1, 1+(r+k)%20, b.Buffer) }
		cols := b.Cols[len(everyType.Fields):]
		for k := range r % 4 {
			cols[0].Nested.Items.Word(uint64(r + k))
			cols[1].Nested.Items.Bool(k%2 == 0)
			cols[2].Nested.Keys.Text(view(k))
			cols[2].Nested.Items.Text(view(k + 1))
			inner := cols[3].Nested
			inner.Keys.Text(view(k))
			for i := range k {
				inner.Items.Nested.Keys.Text(view(i))
				inner.Items.Nested.Items.Null()
			}
			inner.Items.End()
		}
		for i := range cols {
			b.EndList(&cols[i])
		}
	}
	fillRow(b, data, 1, r)
}

func rowsOf(b *Batch) (rows []string) {
	for i := range b.Len() {
		rows = append(rows, string(b.AppendJSON(nil, i, false)))
	}
	return rows
}

func deepBatch(t testing.TB, present bool, numbers []int, each func(b *Builder, k int)) *Batch {
	data := slacked(alphabet)
	b := NewBuilder(deepType, Heap, present)
	b.Start(1)
	b.Begin(data, len(data), false)
	for k, r := range numbers {
		// A builder whose columns start out absent wants its values marked.
		if b.Row == b.Cap {
			b.Grow()
		}
		if !present {
			for i := range b.Cols {
				if b.Cols[i].Nested == nil {
					b.Present(&b.Cols[i])
				}
			}
		}
		fillDeep(b, data, r)
		if each != nil {
			each(b, k)
		}
	}
	return b.Finish()
}

func numbered(n int) []int {
	numbers := make([]int, n)
	for i := range numbers {
		numbers[i] = i
	}
	return numbers
}

func TestKeepLeavesTheRowsListed(t *testing.T) {
	for _, present := range []bool{true, false} {
		for _, n := range []int{1, 64, 130, 700} {
			for _, step := range []int{1, 2, 3, 7, 1000} {
				name := fmt.Sprint(present, n, step)
				var kept []int
				from := 0
				got := deepBatch(t, present, numbered(n), func(b *Builder, k int) {
					if k%5 != 4 && k != n-1 {
						return
					}
					// Behind every few rows, as behind every block.
					var rows []int32
					for r := from; r < b.Row; r++ {
						if number := k + 1 - (b.Row - r); number%step == 0 {
							rows = append(rows, int32(r))
							kept = append(kept, number)
						}
					}
					b.Keep(from, rows, len(b.Cols))
					from = b.Row
				})
				want := deepBatch(t, present, kept, nil)
				require.Equal(t, rowsOf(want), rowsOf(got), name)
				assert.Equal(t, int64(n), got.Lines(), name)
				assert.Equal(t, int64(n-len(kept)), got.Filtered(), name)
				for i := range want.Columns() {
					assert.Equal(t, want.Columns()[i].Nulls(), got.Columns()[i].Nulls(), "%s: %s", name, want.Columns()[i].Field().Name)
				}
			}
		}
	}
}

func TestGatherPutsRowsOfSeveralBatchesInOrder(t *testing.T) {
	const n = 300
	var even, odd []int
	var places []Place
	for r := range n {
		if r%3 == 0 {
			places = append(places, Place{0, int32(len(even))})
			even = append(even, r)
		} else {
			places = append(places, Place{1, int32(len(odd))})
			odd = append(odd, r)
		}
	}
	want := rowsOf(deepBatch(t, true, numbered(n), nil))
	for _, copied := range []bool{false, true} {
		batches := []*Batch{deepBatch(t, true, even, nil), deepBatch(t, false, odd, nil)}
		b := NewBuilder(deepType, Heap, copied)
		b.Start(1)
		b.Reserve(n)
		buffers := make([][]uint32, 2)
		for i := range batches {
			if !copied {
				buffers[i] = b.Adopt(batches[i])
			}
		}
		for col := range deepType.Fields {
			origins := make([]Origin, 2)
			for i := range batches {
				origins[i] = Origin{Column: &batches[i].Columns()[col], Buffers: buffers[i]}
			}
			b.Gather(col, 0, places, origins)
		}
		b.Row = n
		for i := range batches {
			batches[i].Release()
		}
		require.Equal(t, want, rowsOf(b.Finish()), "copied: %v", copied)
	}
}

func TestGatherWidensValues(t *testing.T) {
	from := MustSchema(Field{Name: "i", Type: Int}, Field{Name: "t", Type: Timestamp}, Field{Name: "b", Type: Bool}, Field{Name: "f", Type: Float})
	src := NewBuilder(from, Heap, true)
	src.Start(1)
	src.Cols[0].Words[0], src.Cols[1].Words[0], src.Cols[3].Words[0] = ^uint64(6), 1e9, 0x4004000000000000
	src.SetBool(&src.Cols[2], true)
	src.Next()
	batch := src.Finish()
	to := NewBuilder(MustSchema(Field{Name: "i", Type: Float}, Field{Name: "t", Type: String}, Field{Name: "b", Type: String}, Field{Name: "f", Type: String, Dictionary: true}), Heap, false)
	to.Start(1)
	for col := range 4 {
		to.Gather(col, 0, []Place{{0, 0}}, []Origin{{Column: &batch.Columns()[col]}})
	}
	to.Next()
	assert.Equal(t, []string{`{"i":-7,"t":"1970-01-01T00:00:01Z","b":"true","f":"2.5"}`}, rowsOf(to.Finish()))
}

func TestASelectShowsSomeOfWhatIsStored(t *testing.T) {
	all := MustSchema(Field{Name: "a", Type: Int}, Field{Name: "b", Type: Int}, Field{Name: "c", Type: Int})
	some, err := all.Select([]int{2, 0})
	require.NoError(t, err)
	assert.Equal(t, all, some.Stored())
	b := NewBuilder(some, Heap, true)
	b.Start(1)
	for i := range b.Cols {
		b.Cols[i].Words[0] = uint64(i + 1)
	}
	b.Next()
	batch := b.Finish()
	assert.Equal(t, []string{`{"c":3,"a":1}`}, rowsOf(batch))
	assert.Equal(t, "c int, a int", batch.Schema().String())
}
