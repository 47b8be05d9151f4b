// Package arrowgo hands batches to Apache Arrow for Go (github.com/apache/arrow-go) without copying, and writes them as Arrow IPC streams
// and files. It is imported as
//
//	import arrowgo "github.com/sawlog/sawlog/lib/arrow"
//
// and is the only package of this module that needs arrow-go.
//
// NewRecordBatch turns one batch into an arrow.RecordBatch whose arrays stand in the batch's memory. NewReader does so for all batches of a
// sawlog.Reader and is an array.RecordReader. WriteStream and WriteFile read a sawlog.Reader to its end; Writer takes batches one by one.
//
// # Types
//
//	sawlog           Arrow
//	bool             bool
//	int, uint        int64, uint64
//	float            float64
//	timestamp        timestamp[ns, UTC]
//	duration         duration[ns]
//	string, ip       string_view; dictionary<int32, utf8> where the column has few distinct texts
//	bytes            binary_view
//	list             list<item>
//	map              map<key, value>
//
// These are the types of the C interface too. All columns are nullable. Options ask for others, at the price of a copy of the columns
// concerned.
//
// # Memory
//
// A record batch takes its batch over: when it is released, and so is every array and every slice that was taken from it and retained, the
// batch is released, once. Until then the batch can be read as before, which is where its rejects are. Arrays are as immutable as the batch.
package arrowgo
