// Rejects shows the lines that are no records, and why: go run ./examples/go/rejects FILE
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
	parser, err := sawlog.NewParser("combined")
	if err != nil {
		log.Fatal(err)
	}
	reader, err := parser.Open([]string{path}, sawlog.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer reader.Close()
	for batch, err := range reader.Batches() {
		if err != nil {
			log.Fatal(err)
		}
		for i := range batch.Rejects() {
			reject := batch.Reject(i)
			fmt.Printf("line %d, byte %d, %s: %s\n", reject.Line, reject.Offset, reject.Fault, reject.Raw)
			// The explanation is rebuilt only now: element, column, expected and seen.
			why := parser.Explain(reject.Raw)
			fmt.Printf("  %s, byte %d of the line: expected %s, seen %q\n", why.Column, why.Offset, why.Expected, why.Seen)
		}
		batch.Release() // what it showed of the lines goes with it
	}
}
