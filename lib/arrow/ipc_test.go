package arrowgo

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	sawlog "github.com/sawlog/sawlog/lib"
	"github.com/sawlog/sawlog/lib/record"
)

// readBack gives the record batches of a stream or file to do.
func readBack(t *testing.T, data []byte, file bool, do func(i int, rec arrow.RecordBatch)) int {
	if !file {
		r, err := ipc.NewReader(bytes.NewReader(data))
		require.NoError(t, err)
		defer r.Release()
		n := 0
		for ; r.Next(); n++ {
			do(n, r.RecordBatch())
		}
		require.NoError(t, r.Err())
		return n
	}
	r, err := ipc.NewFileReader(bytes.NewReader(data))
	require.NoError(t, err)
	defer func() { require.NoError(t, r.Close()) }()
	for i := range r.NumRecords() {
		rec, err := r.RecordBatchAt(i)
		require.NoError(t, err)
		do(i, rec)
		rec.Release()
	}
	return r.NumRecords()
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	for _, file := range []bool{false, true} {
		for _, o := range everyOption {
			for name, with := range map[string][]ipc.Option{"plain": nil, "zstd": {ipc.WithZstd()}, "lz4": {ipc.WithLZ4()}} {
				t.Run(fmt.Sprintf("file %v, %d %v %d, %s", file, o.Strings, o.NoDictionary, o.Unit, name), func(t *testing.T) {
					o.Allocator = checked(t)
					open := NewStreamWriter
					if file {
						open = NewFileWriter
					}
					var out bytes.Buffer
					w, err := open(&out, everyType, o, with...)
					require.NoError(t, err)
					alloc := &counted{}
					sizes := []int{5, 64, 0, 200}
					for _, rows := range sizes {
						batch := sample(alloc, rows)
						require.NoError(t, w.Write(batch))
						batch.Release() // it stays the caller's, and nothing of it is remembered
					}
					require.NoError(t, w.Close())
					assert.Zero(t, alloc.live.Load())
					sizes = []int{5, 64, 200} // a batch without rows is left out
					n := readBack(t, out.Bytes(), file, func(i int, rec arrow.RecordBatch) {
						batch := sample(record.Heap, sizes[i])
						requireSame(t, batch, rec, 0, o.length())
						assert.Truef(t, w.schema.Equal(rec.Schema()), "%v\n%v", w.schema, rec.Schema())
					})
					assert.Equal(t, len(sizes), n)

					var first, again bytes.Buffer
					for _, to := range []*bytes.Buffer{&first, &again} {
						require.NoError(t, w.Again(to))
						require.NoError(t, w.Write(sample(record.Heap, 7)))
						require.NoError(t, w.Close())
					}
					assert.Equal(t, first.Bytes(), again.Bytes(), "what was written before is of no matter")
					assert.Equal(t, 1, readBack(t, again.Bytes(), file, func(_ int, rec arrow.RecordBatch) {
						requireSame(t, sample(record.Heap, 7), rec, 0, o.length())
					}))
				})
			}
		}
	}
}

func TestAReaderWritten(t *testing.T) {
	for _, file := range []bool{false, true} {
		write := WriteStream
		if file {
			write = WriteFile
		}
		alloc := &counted{}
		r := open(t, 200, alloc)
		var out bytes.Buffer
		require.NoError(t, write(&out, r, Options{Allocator: checked(t)}))
		assert.EqualValues(t, 200, r.Stats().Rejects)
		require.NoError(t, r.Close())
		assert.Zero(t, alloc.live.Load())

		again, rows, methods := open(t, 200, nil), int64(0), ""
		n := readBack(t, out.Bytes(), file, func(_ int, rec arrow.RecordBatch) {
			batch, err := again.Next()
			require.NoError(t, err)
			requireSame(t, batch, rec, 0, 1)
			rows += rec.NumRows()
			methods = rec.Schema().Field(rec.Schema().FieldIndices("method")[0]).Type.String()
		})
		require.NoError(t, again.Close())
		assert.Greater(t, n, 1)
		assert.EqualValues(t, 600, rows)
		assert.Equal(t, file, methods == "string_view", "a file has no dictionaries, a stream has: %s", methods)
		assert.Less(t, out.Len(), 5*200*len(accessLog), "the blocks are not written once for each column")
	}
}

func TestAnEmptyInputIsAStreamOfNothing(t *testing.T) {
	r, err := sawlog.OpenReader(strings.NewReader(""), sawlog.Options{Format: "common"})
	require.NoError(t, err)
	defer func() { _ = r.Close() }()
	var out bytes.Buffer
	require.NoError(t, WriteStream(&out, r, Options{}))
	assert.Zero(t, readBack(t, out.Bytes(), false, nil))
}

var errFull = errors.New("the disk is full")

// full takes n bytes.
type full struct{ n int }

func (f *full) Write(p []byte) (int, error) {
	if f.n -= len(p); f.n < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestWritersThatFail(t *testing.T) {
	for _, write := range []func(io.Writer, *sawlog.Reader, Options, ...ipc.Option) error{WriteStream, WriteFile} {
		var length counter
		require.NoError(t, write(&length, open(t, 50, nil), Options{}))
		for n := 0; n < int(length); n += 197 {
			alloc := &counted{}
			r := open(t, 50, alloc)
			require.ErrorIs(t, write(&full{n}, r, Options{Allocator: checked(t)}), errFull, "%d bytes of %d", n, length)
			require.NoError(t, r.Close())
			alloc.requireEmpty(t)
		}
	}
}

type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

func TestABatchOfAnotherSchema(t *testing.T) {
	w, err := NewStreamWriter(io.Discard, everyType, Options{})
	require.NoError(t, err)
	parser, err := sawlog.NewParser("common")
	require.NoError(t, err)
	batch := parser.Parse([]byte(accessLog))
	defer batch.Release()
	assert.Error(t, w.Write(batch))
	twin, err := record.NewSchema(everyType.Fields)
	require.NoError(t, err)
	same := record.NewBuilder(twin, record.Heap, false)
	same.Start(1)
	same.Next()
	require.NoError(t, w.Write(same.Finish()), "an equal schema is the same")
	require.NoError(t, w.Close())
	for _, open := range []newWriter{NewStreamWriter, NewFileWriter} {
		_, err = open(io.Discard, everyType, Options{Unit: 7})
		assert.Error(t, err)
	}
}

// The memory of a batch may hold the next one's dictionary. The writer, which leaves out a dictionary that it wrote before, must not take
// one for the other.
func TestADictionaryInTheSameMemoryAsTheLast(t *testing.T) {
	schema := record.MustSchema(record.Field{Name: "level", Type: record.String, Dictionary: true})
	var out bytes.Buffer
	w, err := NewStreamWriter(&out, schema, Options{})
	require.NoError(t, err)
	words := []string{"infowarn", "quietlou"}
	texts := make([]byte, 8)
	part := record.Part{Rows: 2, Validity: []byte{3}, Data: arrow.Int32Traits.CastToBytes([]int32{1, 0}), Offsets: []int32{0, 4, 8}, Texts: texts}
	for _, word := range words {
		copy(texts, word)
		require.NoError(t, w.Write(record.NewBatchFromParts(schema, 2, []record.Part{part}, nil)))
	}
	require.NoError(t, w.Close())
	n := readBack(t, out.Bytes(), false, func(i int, rec arrow.RecordBatch) {
		assert.Equal(t, words[i], value(t, rec.Column(0), 1).(string)+value(t, rec.Column(0), 0).(string))
	})
	assert.Equal(t, 2, n)
}
