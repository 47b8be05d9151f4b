package arrowgo_test

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"

	sawlog "github.com/sawlog/sawlog/lib"
	arrowgo "github.com/sawlog/sawlog/lib/arrow"
)

const accessLog = `192.0.2.1 - - [05/Mar/2026:08:09:10 +0000] "GET / HTTP/1.1" 200 512
192.0.2.2 - ada [05/Mar/2026:08:09:11 +0000] "POST /login HTTP/1.1" 302 -
Server restarted
192.0.2.1 - - [05/Mar/2026:08:09:12 +0000] "GET /missing HTTP/1.1" 404 196
`

// A Reader is an array.RecordReader, which much of arrow-go takes. The lines that fitted no row are at hand too.
func Example() {
	log, err := sawlog.OpenReader(strings.NewReader(accessLog), sawlog.Options{Format: "common", Columns: []string{"time", "method", "status", "bytes"}})
	if err != nil {
		panic(err)
	}
	reader, err := arrowgo.NewReader(log, arrowgo.Options{})
	if err != nil {
		panic(err)
	}
	defer reader.Release()

	for _, field := range reader.Schema().Fields() {
		fmt.Println(field.Name, field.Type)
	}
	for reader.Next() {
		rec := reader.RecordBatch()
		fmt.Println(rec.Column(2).(*array.Int64).Int64Values(), rec.Column(3))
		for i := range reader.Batch().Rejects() {
			fmt.Printf("%s\n", reader.Batch().Reject(i).Raw)
		}
	}
	if reader.Err() != nil {
		panic(reader.Err())
	}
	// Output:
	// time timestamp[ns, tz=UTC]
	// method dictionary<values=utf8, indices=int32, ordered=false>
	// status int64
	// bytes int64
	// [200 302 404] [512 (null) 196]
	// Server restarted
}

// One batch is taken over as it is.
func ExampleNewRecordBatch() {
	parser, err := sawlog.NewParser(`{"logfmt": {}}`)
	if err != nil {
		panic(err)
	}
	rec, err := arrowgo.NewRecordBatch(parser.Parse([]byte("level=info port=8080\nlevel=warn port=9090\n")), arrowgo.Options{})
	if err != nil {
		panic(err)
	}
	defer rec.Release() // and with it the batch
	fmt.Println(rec.NumRows(), rec.ColumnName(1), rec.Column(1))
	// Output: 2 port [8080 9090]
}

// A log becomes a compressed stream that any Arrow library reads.
func ExampleWriteStream() {
	log, err := sawlog.OpenReader(strings.NewReader(accessLog), sawlog.Options{Format: "common"})
	if err != nil {
		panic(err)
	}
	defer log.Close()
	var out bytes.Buffer
	if err := arrowgo.WriteStream(&out, log, arrowgo.Options{Strings: arrowgo.UTF8}, ipc.WithZstd()); err != nil {
		panic(err)
	}
	stats := log.Stats()

	stream, err := ipc.NewReader(&out)
	if err != nil {
		panic(err)
	}
	defer stream.Release()
	for stream.Next() {
		fmt.Println(stream.RecordBatch().NumRows(), "rows,", stats.Rejects, "line that fitted none")
	}
	// Output: 3 rows, 1 line that fitted none
}
