// Show tells what a log file is and shows its first rows: go run ./examples/go/show FILE [ROWS]. The last line says how fast it was read.
package main

import (
	"fmt"
	"log"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	sawlog "github.com/sawlog/sawlog/lib"
)

const (
	width     = 118
	cellWidth = 24
)

func main() {
	path, rows := "examples/data/access.log", 5
	if len(os.Args) > 1 {
		path = os.Args[1]
	}
	if len(os.Args) > 2 {
		rows, _ = strconv.Atoi(os.Args[2])
	}
	if err := show(path, rows); err != nil {
		log.Fatal(err)
	}
}

func show(path string, rows int) error {
	begin := time.Now()
	reader, err := sawlog.Open(path, sawlog.Options{})
	if err != nil {
		return err
	}
	defer reader.Close()
	if rows > 0 {
		info, err := reader.Info()
		if err != nil {
			return err
		}
		fmt.Printf("%s: %s\n", path, info.Format)
	}
	first, rejects := true, rows
	for batch, err := range reader.Batches() {
		if err != nil {
			return err
		}
		if rows > 0 && first {
			table(batch, min(rows, batch.Len()))
		}
		first = false
		for i := 0; i < batch.Rejects() && rejects > 0; i, rejects = i+1, rejects-1 {
			reject := batch.Reject(i)
			fmt.Printf("line %d is no record (%s): %s\n", reject.Line, reject.Fault, fit(string(reject.Raw)))
		}
		batch.Release()
	}
	seconds := time.Since(begin).Seconds()
	stats := reader.Stats()
	size := float64(stats.BytesOut) / 1e6
	fmt.Printf("%-8s %9d rows %7d rejects %9.1f MB in %6.3f s", "Go", stats.Records, stats.Rejects, size, seconds)
	if size > 10 { // of less it would say how long the start takes
		fmt.Printf(" %8.0f MB/s", size/seconds)
	}
	fmt.Println()
	return nil
}

// table prints the first rows: the columns that have a value there, as many as fit on a line.
func table(batch *sawlog.Batch, rows int) {
	lines := make([]strings.Builder, rows+1)
	columns := batch.Columns()
	used := 0
	var more []string
	for i := range columns {
		column := &columns[i]
		cells := []string{fit(column.Field().Name)}
		for row := range rows {
			cells = append(cells, fit(text(column, row)))
		}
		longest, nulls := 0, 0
		for row, cell := range cells {
			longest = max(longest, utf8.RuneCountInString(cell))
			if row > 0 && cell == "null" {
				nulls++
			}
		}
		if used+longest > width || nulls == rows {
			more = append(more, column.Field().Name)
			continue
		}
		used += longest + 2
		for i, cell := range cells {
			lines[i].WriteString(cell + strings.Repeat(" ", longest+2-utf8.RuneCountInString(cell)))
		}
	}
	for i := range lines {
		fmt.Println(strings.TrimRight(lines[i].String(), " "))
	}
	if len(more) > 0 {
		fmt.Println("more columns:", strings.Join(more, " "))
	}
}

func text(column *sawlog.Column, row int) string {
	switch value := column.Value(row).(type) {
	case nil:
		return "null"
	case time.Time:
		return value.Format("2006-01-02T15:04:05.000Z")
	case float64:
		return strconv.FormatFloat(value, 'f', 3, 64)
	case time.Duration:
		return strconv.FormatInt(int64(value), 10)
	default:
		return fmt.Sprintf("%v", value)
	}
}

// fit blanks control characters and cuts a text to the width of a cell.
func fit(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 127 {
			return ' '
		}
		return r
	}, text)
	if runes := []rune(text); len(runes) > cellWidth {
		return string(runes[:cellWidth-1]) + "…"
	}
	return text
}
