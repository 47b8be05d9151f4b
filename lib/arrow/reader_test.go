package arrowgo

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	sawlog "github.com/sawlog/sawlog/lib"
	"github.com/sawlog/sawlog/lib/record"
)

const accessLog = `192.0.2.1 - - [05/Mar/2026:08:09:10 +0000] "GET / HTTP/1.1" 200 512
192.0.2.2 - ada [05/Mar/2026:08:09:11 +0000] "POST /login HTTP/1.1" 302 -
Server restarted
192.0.2.1 - - [05/Mar/2026:08:09:12 +0000] "GET /a/path/that/is/longer/than/a/view HTTP/1.1" 404 196
`

// open reads n times accessLog in small blocks.
func open(t *testing.T, n int, alloc record.Allocator) *sawlog.Reader {
	r, err := sawlog.OpenReader(strings.NewReader(strings.Repeat(accessLog, n)),
		sawlog.Options{Format: "common", BlockSize: 4096, Threads: 2, Allocator: alloc})
	require.NoError(t, err)
	return r
}

func TestAReaderGivesAllBatches(t *testing.T) {
	alloc := &counted{}
	reader, err := NewReader(open(t, 200, alloc), Options{Allocator: checked(t)})
	require.NoError(t, err)
	rows, rejects, batches := 0, 0, 0
	var kept arrow.RecordBatch
	for reader.Next() {
		rec := reader.RecordBatch()
		assert.Same(t, reader.Schema(), rec.Schema())
		assert.Same(t, rec, reader.Record())
		requireSame(t, reader.Batch(), rec, 0, 1)
		rows, rejects, batches = rows+int(rec.NumRows()), rejects+reader.Batch().Rejects(), batches+1
		if batches == 2 {
			kept = rec
			kept.Retain()
		}
	}
	require.NoError(t, reader.Err())
	assert.False(t, reader.Next(), "the end is the end")
	assert.Nil(t, reader.RecordBatch())
	assert.Equal(t, []int{600, 200}, []int{rows, rejects})
	assert.Greater(t, batches, 2)
	reader.Retain()
	reader.Release()
	reader.Release()
	assert.NotZero(t, alloc.live.Load(), "one batch is kept")
	assert.Equal(t, "192.0.2.1", kept.Column(0).ValueStr(0)[:9])
	kept.Release()
	assert.Zero(t, alloc.live.Load())
}

func TestAReaderThatIsReleasedEarly(t *testing.T) {
	alloc := &counted{}
	from := open(t, 200, alloc)
	reader, err := NewReader(from, Options{})
	require.NoError(t, err)
	require.True(t, reader.Next())
	reader.Release()
	assert.False(t, reader.Next())
	alloc.requireEmpty(t)
	_, err = from.Next()
	assert.Error(t, err, "it is closed")
	assert.NoError(t, from.Close(), "once more does no harm")
}

func TestAReaderAsIterator(t *testing.T) {
	reader, err := NewReader(open(t, 50, nil), Options{Strings: UTF8})
	require.NoError(t, err)
	table, rows := array.IterFromReader(reader), int64(0)
	for rec, err := range table {
		require.NoError(t, err)
		rows += rec.NumRows()
	}
	assert.EqualValues(t, 150, rows)
}

func TestErrorsBeforeTheFirstBatch(t *testing.T) {
	r := open(t, 1, nil)
	for _, o := range []Options{{Strings: 9}, {Unit: 9}} {
		_, err := NewReader(r, o)
		assert.ErrorContains(t, err, "arrowgo")
		assert.ErrorContains(t, WriteStream(io.Discard, r, o), "arrowgo")
		assert.ErrorContains(t, WriteFile(io.Discard, r, o), "arrowgo")
	}
	r = open(t, 1, nil)
	require.NoError(t, r.Close())
	_, err := NewReader(r, Options{})
	assert.ErrorContains(t, err, "closed")
	assert.ErrorContains(t, WriteStream(io.Discard, r, Options{}), "closed")
}

// damaged is a gzip of n times accessLog that ends too soon.
func damaged(t *testing.T, n int) io.Reader {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	for i := range n {
		_, err := fmt.Fprintf(z, "192.0.2.1 - - [05/Mar/2026:08:09:10 +0000] \"GET /%d HTTP/1.1\" 200 %d\n", i*i, i)
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return bytes.NewReader(packed.Bytes()[:packed.Len()/2])
}

func TestWhatWasReadBeforeAnError(t *testing.T) {
	o := sawlog.Options{Format: "common", BlockSize: 4096}
	r, err := sawlog.OpenReader(damaged(t, 5000), o)
	require.NoError(t, err)
	reader, err := NewReader(r, Options{})
	require.NoError(t, err)
	rows := int64(0)
	for reader.Next() {
		rows += reader.RecordBatch().NumRows()
	}
	var broken *sawlog.ReadError
	require.ErrorAs(t, reader.Err(), &broken)
	assert.False(t, reader.Next())
	reader.Release()
	require.NotZero(t, rows)

	r, err = sawlog.OpenReader(damaged(t, 5000), o)
	require.NoError(t, err)
	defer func() { _ = r.Close() }()
	var out bytes.Buffer
	require.ErrorAs(t, WriteStream(&out, r, Options{}), &broken)
	back, err := ipc.NewReader(&out)
	require.NoError(t, err)
	defer back.Release()
	written := int64(0)
	for back.Next() {
		written += back.RecordBatch().NumRows()
	}
	require.NoError(t, back.Err())
	assert.Equal(t, rows, written)
}
