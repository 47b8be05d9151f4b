package arrowgo

import (
	"io"
	"math"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/ipc"

	sawlog "github.com/sawlog/sawlog/lib"
)

// WriteStream reads r to its end and writes all rows to w as an Arrow IPC stream. with are further options of arrow-go, such as
// ipc.WithZstd(). Before it comes back with an error of the reader, what was read until then is written and the stream is ended as it
// should be. Lines that did not fit are not rows: r.Stats() counts them, and a Writer leaves the batches, which keep them, to the caller.
// r is not closed.
func WriteStream(w io.Writer, r *sawlog.Reader, o Options, with ...ipc.Option) error {
	return write(w, r, o, with, NewStreamWriter)
}

// WriteFile is WriteStream for an Arrow IPC file (Feather V2), whose batches can be read in any order. A file has one dictionary for all
// batches, which cannot be known before the end: columns of few distinct texts are written like all others.
func WriteFile(w io.Writer, r *sawlog.Reader, o Options, with ...ipc.Option) error {
	return write(w, r, o, with, NewFileWriter)
}

type newWriter func(w io.Writer, schema *sawlog.Schema, o Options, with ...ipc.Option) (*Writer, error)

func write(to io.Writer, r *sawlog.Reader, o Options, with []ipc.Option, open newWriter) error {
	schema, err := r.Schema()
	if err != nil {
		return err
	}
	w, err := open(to, schema, o, with...)
	if err != nil {
		return err
	}
	err = w.writeAll(r)
	if closing := w.Close(); err == nil {
		err = closing
	}
	return err
}

func (w *Writer) writeAll(r *sawlog.Reader) error {
	for {
		batch, err := r.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		err = w.Write(batch)
		batch.Release()
		if err != nil {
			return err
		}
	}
}

// Writer writes batches of one schema as an Arrow IPC stream or file. Of its texts it writes only those that are in a column, not the
// blocks around them. It is for one goroutine at a time.
type Writer struct {
	to      ipcWriter
	open    func(io.Writer) (ipcWriter, error)
	options Options
	from    *sawlog.Schema
	schema  *arrow.Schema
}

type ipcWriter interface {
	Write(arrow.RecordBatch) error
	Close() error
}

// NewStreamWriter begins an Arrow IPC stream.
func NewStreamWriter(w io.Writer, schema *sawlog.Schema, o Options, with ...ipc.Option) (*Writer, error) {
	writer := &Writer{options: o, from: schema}
	options, err := writer.settings(with)
	if err != nil {
		return nil, err
	}
	writer.open = func(w io.Writer) (ipcWriter, error) { return ipc.NewWriter(w, options...), nil }
	return writer, writer.Again(w)
}

// NewFileWriter begins an Arrow IPC file.
func NewFileWriter(w io.Writer, schema *sawlog.Schema, o Options, with ...ipc.Option) (*Writer, error) {
	o.NoDictionary = true
	writer := &Writer{options: o, from: schema}
	options, err := writer.settings(with)
	if err != nil {
		return nil, err
	}
	writer.open = func(w io.Writer) (ipcWriter, error) { return ipc.NewFileWriter(w, options...) }
	if err := writer.Again(w); err != nil {
		return nil, err
	}
	return writer, nil
}

// Again begins another stream or file of the same schema, after Close.
func (w *Writer) Again(to io.Writer) (err error) {
	w.to, err = w.open(to)
	return err
}

func (w *Writer) settings(with []ipc.Option) (options []ipc.Option, err error) {
	if w.schema, err = Schema(w.from, w.options); err != nil {
		return nil, err
	}
	return append([]ipc.Option{ipc.WithAllocator(w.options.allocator()), ipc.WithSchema(w.schema)}, with...), nil
}

// Write writes the rows of batch, which stays the caller's. A batch without rows is left out.
func (w *Writer) Write(batch *sawlog.Batch) error {
	if batch.Len() == 0 {
		return nil
	}
	schema := w.schema
	if batch.Schema() != w.from {
		other, err := Schema(batch.Schema(), w.options)
		if err != nil {
			return err
		}
		schema = other // if it is not equal, to will say so
	}
	c := conversion{batch: batch, owner: &owner{}, alloc: w.options.allocator(), limit: math.MaxInt32, pack: true}
	rec, err := c.convert(schema)
	if err != nil {
		return err
	}
	defer rec.Release()
	return w.to.Write(rec)
}

// Close ends the stream or file. The io.Writer stays open.
func (w *Writer) Close() error { return w.to.Close() }
