// Ownformat reads a log with its own nginx log_format: the string from nginx.conf is all that is needed.
package main

import (
	"fmt"
	"log"

	sawlog "github.com/sawlog/sawlog/lib"
)

const data = `192.0.2.1 [2026-03-02T08:00:00+01:00] GET /oak 200 0.125s sawmill.example
192.0.2.2 [2026-03-02T08:00:01+01:00] GET /elm 404 0.002s sawmill.example
`

func main() {
	parser, err := sawlog.NewParserOptions(sawlog.Options{
		Nginx:  "$remote_addr [$time_iso8601] $request_method $uri $status ${request_time}s $host",
		Rename: map[string]string{"duration": "took"},
	})
	if err != nil {
		log.Fatal(err) // says what was expected where
	}
	batch := parser.Parse([]byte(data))
	for row := range batch.Len() {
		fmt.Printf("%s\n", batch.AppendJSON(nil, row, false))
	}
}
