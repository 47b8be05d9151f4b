// Follow parses a stream as it arrives: tail -F access.log | go run ./examples/go/follow
package main

import (
	"errors"
	"fmt"
	"io"
	"log"
	"os"

	sawlog "github.com/sawlog/sawlog/lib"
)

func main() {
	parser, err := sawlog.NewParser("combined")
	if err != nil {
		log.Fatal(err)
	}
	stream, err := parser.Stream(sawlog.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer stream.Close()
	buffer := make([]byte, 1<<16)
	for {
		n, ended := os.Stdin.Read(buffer)
		batch, err := stream.Feed(buffer[:n]) // however the pipe cuts the lines
		show(batch, err)
		if errors.Is(ended, io.EOF) {
			break
		} else if ended != nil {
			log.Fatal(ended)
		}
	}
	show(stream.Flush()) // a last line without its line feed
}

func show(batch *sawlog.Batch, err error) {
	if err != nil {
		log.Fatal(err)
	}
	if batch == nil {
		return // no complete line yet
	}
	target := batch.Column("target")
	for row, status := range batch.Column("status").Ints() {
		if status >= 500 {
			fmt.Println(status, target.Text(row))
		}
	}
	batch.Release()
}
