package arrowgo

import (
	"io"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	sawlog "github.com/sawlog/sawlog/lib"
)

// Reader gives the batches of a sawlog.Reader as record batches. It is an array.RecordReader, for one goroutine at a time but for Retain
// and Release.
type Reader struct {
	refs    atomic.Int64
	from    *sawlog.Reader
	options Options
	schema  *arrow.Schema
	batch   *sawlog.Batch
	rec     arrow.RecordBatch
	err     error
}

var _ array.RecordReader = (*Reader)(nil)

// NewReader takes r over: the last Release closes it. The beginning of the input is read when the schema depends on it. After an error r is
// still the caller's.
func NewReader(r *sawlog.Reader, o Options) (*Reader, error) {
	schema, err := readerSchema(r, o)
	if err != nil {
		return nil, err
	}
	reader := &Reader{from: r, options: o, schema: schema}
	reader.refs.Add(1)
	return reader, nil
}

func readerSchema(r *sawlog.Reader, o Options) (*arrow.Schema, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	schema, err := r.Schema()
	if err != nil {
		return nil, err
	}
	return Schema(schema, o)
}

// Schema is that of all record batches.
func (r *Reader) Schema() *arrow.Schema { return r.schema }

// Next goes on to the next record batch. It is false at the end of the input and after an error.
func (r *Reader) Next() bool {
	r.drop()
	if r.err != nil || r.refs.Load() == 0 {
		return false
	}
	batch, err := r.from.Next()
	if err == nil {
		if r.rec, err = newRecordBatch(batch, r.schema, r.options); err == nil {
			r.batch = batch
			return true
		}
		batch.Release()
	}
	r.err = err
	return false
}

func (r *Reader) drop() {
	if r.rec != nil {
		r.rec.Release()
	}
	r.rec, r.batch = nil, nil
}

// RecordBatch is the current record batch, nil when there is none. It is valid until Next unless it is retained.
func (r *Reader) RecordBatch() arrow.RecordBatch { return r.rec }

// Record is RecordBatch under its old name, which array.RecordReader still asks for.
func (r *Reader) Record() arrow.RecordBatch { return r.rec }

// Batch is what RecordBatch was made of, with its rejects. It is valid as long as the record batch is, and is not to be released.
func (r *Reader) Batch() *sawlog.Batch { return r.batch }

// Err is what ended the reading before the end of the input, mostly a *sawlog.ReadError.
func (r *Reader) Err() error {
	if r.err == io.EOF {
		return nil
	}
	return r.err
}

// Retain adds a reference.
func (r *Reader) Retain() { r.refs.Add(1) }

// Release gives a reference back. The last one lets go of the current record batch and closes the sawlog.Reader.
func (r *Reader) Release() {
	if r.refs.Add(-1) == 0 {
		r.drop()
		_ = r.from.Close() // it is never an error
	}
}
