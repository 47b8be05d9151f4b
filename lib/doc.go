// Package sawlog turns log text into typed columns.
//
// A definition says how records are read: the name of a built-in format ("combined"), the format string that the writer of the log was
// configured with ({"nginx": "$remote_addr ..."}), or an engine ({"json": {}}). A Parser is made from it once and shared freely between
// goroutines. A parser turns bytes into a Batch: typed columns in Apache Arrow's layout, and the lines that did not fit, kept whole. A
// Reader does the same for files, lists of files, compressed files, pipes and sockets, with several workers and in the order of the
// input.
//
//	reader, err := sawlog.Open("access.log.gz", sawlog.Options{}) // the format is detected, the file unpacked
//	if err != nil {
//		return err
//	}
//	defer reader.Close()
//	for batch, err := range reader.Batches() {
//		if err != nil {
//			return err
//		}
//		for row, status := range batch.Column("status").Ints() {
//			if status >= 500 {
//				fmt.Println(batch.Column("time").Time(row), batch.Column("target").Text(row))
//			}
//		}
//		for i := range batch.Rejects() {
//			reject := batch.Reject(i)
//			fmt.Printf("line %d: %s: %s\n", reject.Line, reject.Fault, reject.Raw)
//		}
//		batch.Release()
//	}
//
// Every line of the input is in a record or in a reject: rows + continuation lines + rejects (+ records that the key where leaves out) =
// lines. Results do not depend on how the input is cut into blocks, on the number of threads or on compression.
//
// # Ways in
//
// Open and OpenPaths take paths and patterns, OpenFile an open file, pipe or socket, OpenReader any io.Reader, such as the body of an
// HTTP answer; all of them unpack gzip, zstd and bzip2. Parser.Parse takes bytes in memory, Parser.Stream bytes that come in pieces,
// Parser.ParseRecord one record, and RecordParser many of them, one at a time, without an allocation each. Package arrowgo (lib/arrow)
// hands batches to Apache Arrow for Go.
//
// # Goroutines
//
// A Parser may be used by all goroutines at once, and a Batch may be read by all of them. A Reader, a Stream and a RecordParser are for
// one goroutine at a time, but Reader.Stats and Reader.Close may be called at any time. Options.Threads is the number of workers of a
// reader, all cores by default. Reader.NextContext gives up when its context is done, and the reader can be read on afterwards.
//
// # Memory
//
// The slices of columns (Ints, Bytes ...) and the text of rejects are borrowed: they are valid until Batch.Release, and what is to be kept
// is copied before. Column.Text copies. Parse borrows its input too, which must not change while the batch is in use. Release gives the
// memory to the next batches; a batch that is not released is collected as anything else is, and costs more. Options.Allocator takes the
// memory from elsewhere: then each batch must be released.
//
// # Errors
//
// A line that does not fit is no error but a reject. A *FormatError says what is wrong with a definition or an option, where, and what
// was perhaps meant. A *ReadError comes when an input cannot be read on, after all batches before it; errors.Is finds the cause in it
// (fs.ErrNotExist). Next gives io.EOF at the end, and again after it; Batches just ends.
package sawlog

import "github.com/sawlog/sawlog/lib/record"

// Version of the library.
const Version = "0.1.0"

// The types that parsers write are those of package record.
type (
	Batch  = record.Batch
	Column = record.Column
	Schema = record.Schema
	Field  = record.Field
	Fault  = record.Fault
	Reject = record.Reject
	Check  = record.Check
)
