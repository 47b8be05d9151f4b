// Columns works on a batch's memory, which has the layout of Apache Arrow: values side by side, a bitmap of what is null, texts as
// views into the log's own bytes. Nothing is copied and nothing is allocated per row.
package main

import (
	"fmt"
	"log"
	"os"

	sawlog "github.com/sawlog/sawlog/lib"
)

func main() {
	path := "examples/data/access.log"
	if len(os.Args) > 1 {
		path = os.Args[1]
	}
	// Columns that are not asked for are not even converted.
	reader, err := sawlog.Open(path, sawlog.Options{Columns: []string{"method", "bytes"}})
	if err != nil {
		log.Fatal(err)
	}
	defer reader.Close()
	var sum int64
	var values int
	methods := map[string]int{}
	for batch, err := range reader.Batches() {
		if err != nil {
			log.Fatal(err)
		}
		column := batch.Column("bytes")
		for _, n := range column.Ints() { // a null holds 0
			sum += n
		}
		values += column.Len() - column.Nulls()
		// A column of few texts is a list of them and an index for each row.
		method := batch.Column("method")
		for row := range batch.Len() {
			methods[string(method.Bytes(row))]++
		}
		batch.Release()
	}
	fmt.Println(values, "sizes,", sum, "bytes")
	fmt.Println(methods)
}
