// Count counts the statuses of an access log: go run ./examples/go/count FILE
package main

import (
	"fmt"
	"log"
	"maps"
	"os"
	"slices"

	sawlog "github.com/sawlog/sawlog/lib"
)

func main() {
	path := "examples/data/access.log"
	if len(os.Args) > 1 {
		path = os.Args[1]
	}
	// No format is named: it is detected. Compressed files are read as they are.
	reader, err := sawlog.Open(path, sawlog.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer reader.Close()
	counts := map[int64]int{}
	for batch, err := range reader.Batches() {
		if err != nil {
			log.Fatal(err)
		}
		column := batch.Column("status")
		if column == nil {
			log.Fatal(path, ": its records have no status")
		}
		for row, status := range column.Ints() {
			if !column.IsNull(row) { // which holds 0
				counts[status]++
			}
		}
		batch.Release() // its memory is used again for the next ones
	}
	for _, status := range slices.Sorted(maps.Keys(counts)) {
		fmt.Printf("%d %6d\n", status, counts[status])
	}
}
