package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"regexp"
	"strconv"
	"time"

	sawlog "github.com/sawlog/sawlog/lib"
)

// programs are the Go programs under measurement.
var programs = map[string]func(r *result, file string, threads int, definition string) error{
	"sawlog": runSawlog,
	"regexp": runRegexp,
	"json":   runJSON,
}

// end takes the time and the memory, before the check costs any.
func (r *result) end(begin time.Time) {
	r.Seconds, r.PeakKB = time.Since(begin).Seconds(), memory("VmHWM")
}

func runSawlog(r *result, file string, threads int, definition string) error {
	parser, err := sawlog.NewParser(definition)
	if err != nil {
		return err
	}
	if r.Case == "line" {
		return runLine(r, parser, file)
	}
	begin := time.Now()
	err = eachBatch(parser, file, threads, func(batch *sawlog.Batch) {
		r.Rows += int64(batch.Len())
		r.Rejects += int64(batch.Rejects())
	})
	r.end(begin)
	if err != nil {
		return err
	}
	// once more for the check, so that its time is nobody's
	var c check
	err = eachBatch(parser, file, threads, func(batch *sawlog.Batch) { c.addBatch(r.Case, batch) })
	r.Check = c.text(r.Case)
	return err
}

func eachBatch(parser *sawlog.Parser, file string, threads int, f func(*sawlog.Batch)) error {
	reader, err := parser.Open([]string{file}, sawlog.Options{Threads: threads})
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

// runLine parses one line a call.
func runLine(r *result, parser *sawlog.Parser, file string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	lines := bytes.Split(bytes.TrimSuffix(data, []byte("\n")), []byte("\n"))
	var c check
	begin := time.Now()
	for _, line := range lines {
		batch := parser.ParseRecord(line)
		r.Rows += int64(batch.Len())
		r.Rejects += int64(batch.Rejects())
		c.addBatch(r.Case, batch)
		batch.Release()
	}
	r.end(begin)
	r.Check = c.text(r.Case)
	return nil
}

// check adds up what proves that the values were typed: times in milliseconds, since not every language has more.
type check struct {
	rows, bytes, ok, first, last int64
	users, errors                int64
	latency                      float64
}

func (c *check) addTime(ms int64) {
	if c.rows == 0 || ms < c.first {
		c.first = ms
	}
	if c.rows == 0 || ms > c.last {
		c.last = ms
	}
}

func (c *check) addAccess(status, size, ms int64) {
	c.addTime(ms)
	c.rows++
	c.bytes += size
	if status == 200 {
		c.ok++
	}
}

func (c *check) addEvent(user int64, latency float64, level string, ms int64) {
	c.addTime(ms)
	c.rows++
	c.users += user
	c.latency += latency
	if level == "error" {
		c.errors++
	}
}

func (c *check) addBatch(name string, batch *sawlog.Batch) {
	if batch.Len() == 0 {
		return
	}
	times := batch.Column("time").Ints()
	if access(name) {
		status, size := batch.Column("status").Ints(), batch.Column("bytes").Ints()
		for row, t := range times {
			c.addAccess(status[row], size[row], t/1e6)
		}
		return
	}
	users, latency, level := batch.Column("user_id").Ints(), batch.Column("latency_ms").Floats(), batch.Column("level")
	for row, t := range times {
		c.addEvent(users[row], latency[row], string(level.Bytes(row)), t/1e6)
	}
}

func access(name string) bool { return name != "ndjson" && name != "logfmt" }

func (c *check) text(name string) string {
	if access(name) {
		return fmt.Sprintf("rows=%d bytes=%d ok=%d first=%d last=%d", c.rows, c.bytes, c.ok, c.first, c.last)
	}
	return fmt.Sprintf("rows=%d users=%d latency=%.0f errors=%d first=%d last=%d", c.rows, c.users, math.Round(c.latency), c.errors, c.first, c.last)
}

// combined is the expression that one writes for the format. Go has no cheaper one.
var combined = regexp.MustCompile(`^(\S+) (\S+) (\S+) \[([^\]]+)\] "([A-Z]+) (\S+) (HTTP/[0-9.]+)" (\d{3}) (\d+|-) "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"$`)

func runRegexp(r *result, file string, _ int, _ string) error {
	var c check
	begin := time.Now()
	err := eachLine(file, func(line []byte) {
		m := combined.FindSubmatch(line)
		if m == nil {
			r.Rejects++
			return
		}
		t, err := time.Parse("02/Jan/2006:15:04:05 -0700", string(m[4]))
		status, _ := strconv.ParseInt(string(m[8]), 10, 64)
		size, _ := strconv.ParseInt(string(m[9]), 10, 64) // "-" is 0
		if err != nil {
			r.Rejects++
			return
		}
		c.addAccess(status, size, t.UnixMilli())
	})
	r.end(begin)
	r.Rows, r.Check = c.rows, c.text(r.Case)
	return err
}

func runJSON(r *result, file string, _ int, _ string) error {
	var c check
	begin := time.Now()
	err := eachLine(file, func(line []byte) {
		var e struct {
			Time                           time.Time
			Level, Logger, Caller, Message string
			RequestID                      string `json:"request_id"`
			UserID                         int64  `json:"user_id"`
			Method, Path                   string
			Status                         int64
			Latency                        float64 `json:"latency_ms"`
			Error                          string
		}
		if json.Unmarshal(line, &e) != nil {
			r.Rejects++
			return
		}
		c.addEvent(e.UserID, e.Latency, e.Level, e.Time.UnixMilli())
	})
	r.end(begin)
	r.Rows, r.Check = c.rows, c.text(r.Case)
	return err
}

func eachLine(file string, f func([]byte)) error {
	in, err := os.Open(file)
	if err != nil {
		return err
	}
	defer in.Close()
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 1<<20), 1<<20)
	for lines.Scan() {
		f(lines.Bytes())
	}
	return lines.Err()
}
