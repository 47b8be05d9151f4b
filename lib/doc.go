// Package sawlog turns log text into typed columns.
//
// A definition says how records are read: the name of a built-in format ("combined"), the format string that the writer of the log was
// configured with ({"nginx": "$remote_addr ..."}), or an engine ({"json": {}}). A Parser is made from it once and shared freely between
// goroutines. A parser turns bytes into a Batch: typed columns in Apache Arrow's layout, and the lines that did not fit, kept whole. A
// Reader does the same for files, lists of files, compressed files, pipes and sockets, with several workers and in the order of the
// input.
//
//	reader, err := sawlog.Open("access.log.gz", sawlog.Options{})
//	if err != nil { ... }
//	defer reader.Close()
//	for batch, err := range reader.Batches() {
//		if err != nil { ... }
//		status := batch.Column("status").Ints()
//		...
//		batch.Release()
//	}
//
// Every line of the input is in a record or in a reject: rows + continuation lines + rejects = lines. Results do not depend on how the
// input is cut into blocks, on the number of threads or on compression.
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
