package main

import (
	"bytes"
	"os"
	"strconv"

	"github.com/sawlog/sawlog/examples/bench/report"
	sawlog "github.com/sawlog/sawlog/lib"
)

// entries are the contenders of this program.
func entries() []report.Entry {
	return []report.Entry{{Name: "**sawlog** from Go", Program: "sawlog", Cases: caseNames(), Twice: true}}
}

func runSawlog(r *report.Run) error {
	parser, err := sawlog.NewParser(r.Definition)
	if err != nil {
		return err
	}
	c := checker{sums: r.Sums}
	var json []byte
	switch r.Case {
	case "line":
		return c.lines(r, parser)
	case "rows":
		r.Begin()
		err = eachBatch(r, parser, c.add)
		r.End()
		return err
	case "templates":
		templates, ids := sawlog.NewTemplates(sawlog.TemplateOptions{}), []int64(nil)
		r.Begin()
		err = eachBatch(r, parser, func(batch *sawlog.Batch) {
			if batch.Len() > 0 {
				ids, _ = templates.AddColumn(ids[:0], batch.Column("message"))
			}
			c.count(batch)
		})
		r.End()
		return err
	case "rows-json":
		r.Begin()
		err = eachBatch(r, parser, func(batch *sawlog.Batch) {
			json = json[:0]
			for row := range batch.Len() {
				json = append(batch.AppendJSON(json, row, false), '\n')
			}
			c.count(batch)
		})
		r.End()
		return err
	}
	rejects := 0
	r.Begin()
	err = eachBatch(r, parser, func(batch *sawlog.Batch) { rejects += batch.Rejects() })
	r.End()
	if err != nil {
		return err
	}
	return eachBatch(r, parser, c.add) // once more for the check, so that its time is nobody's
}

func eachBatch(r *report.Run, parser *sawlog.Parser, f func(*sawlog.Batch)) error {
	reader, err := parser.Open([]string{r.File}, sawlog.Options{Threads: r.Threads})
	if err != nil {
		return err
	}
	defer reader.Close()
	for batch, err := range reader.Batches() {
		if err != nil {
			return err
		}
		f(batch)
		batch.Release()
	}
	return nil
}

// checker adds up batches.
type checker struct{ sums *report.Sums }

func (c checker) count(batch *sawlog.Batch) {
	c.sums.Rows += int64(batch.Len())
	c.sums.Rejects += int64(batch.Rejects())
}

func (c checker) add(batch *sawlog.Batch) {
	c.count(batch)
	if batch.Len() == 0 {
		return
	}
	for i, t := range c.sums.Terms {
		column := batch.Column(t.Column)
		switch t.Op {
		case "sum":
			c.sums.Total(i, sum(column))
		case "is":
			c.sums.Total(i, equal(column, t.Value))
		case "chars":
			n := 0
			for row := range column.Len() {
				n += len(column.Bytes(row))
			}
			c.sums.Total(i, float64(n))
		case "items":
			c.sums.Total(i, float64(column.Children()[0].Len()))
		case "params":
			c.sums.Total(i, float64(column.Children()[1].Children()[0].Len()))
		case "span":
			for row, ns := range column.Ints() {
				if !column.IsNull(row) {
					c.sums.Span(ns / 1e6)
				}
			}
		}
	}
}

func sum(column *sawlog.Column) (total float64) {
	if column.Field().TypeName() == "float" {
		for _, v := range column.Floats() {
			total += v
		}
		return total
	}
	for _, v := range column.Ints() {
		total += float64(v)
	}
	return total
}

// equal is how many values of a column are value.
func equal(column *sawlog.Column, value string) (n float64) {
	if number, err := strconv.ParseInt(value, 10, 64); err == nil {
		for _, v := range column.Ints() {
			if v == number {
				n++
			}
		}
		return n
	}
	for row := range column.Len() {
		if string(column.Bytes(row)) == value {
			n++
		}
	}
	return n
}

// lines parses one line a call.
func (c checker) lines(r *report.Run, parser *sawlog.Parser) error {
	data, err := os.ReadFile(r.File)
	if err != nil {
		return err
	}
	lines := bytes.Split(bytes.TrimSuffix(data, []byte("\n")), []byte("\n"))
	one, err := parser.NewRecordParser(lines[0])
	if err != nil {
		return err
	}
	defer one.Close()
	schema := parser.Schema()
	size, status, target := schema.Find("bytes"), schema.Find("status"), schema.Find("target") // the columns are the same each time
	r.Begin()
	for _, line := range lines {
		batch := one.Parse(line)
		if batch.Len() == 0 {
			c.sums.Rejects++
			continue
		}
		columns, ok := batch.Columns(), 0.0
		if columns[status].Ints()[0] == 200 {
			ok = 1
		}
		c.sums.Add(float64(columns[size].Ints()[0]), ok, float64(len(columns[target].Bytes(0))))
	}
	r.End()
	return nil
}
