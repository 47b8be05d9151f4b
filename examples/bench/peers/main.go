// Peers are what one would use in Go without sawlog, under measurement. They stand in a module of their own, so that nobody who uses sawlog
// downloads them; ./build.sh bench does.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/go-logfmt/logfmt"
	"github.com/klauspost/compress/gzip"
	"github.com/leodido/go-syslog/v4"
	"github.com/leodido/go-syslog/v4/rfc3164"
	"github.com/leodido/go-syslog/v4/rfc5424"
	"github.com/minio/simdjson-go"
	"github.com/sawlog/sawlog/examples/bench/report"
	"github.com/valyala/fastjson"
	"github.com/vjeantet/grok"
)

func main() {
	access := []string{"combined", "combined-real", "refuse", "rows", "line"}
	report.Main([]report.Entry{
		{Name: "Go regexp", Program: "regexp", Cases: access},
		{Name: "Go regexp, the expanded pattern", Program: "chain", Cases: []string{"grok-chain"}},
		{Name: "Go vjeantet/grok", Program: "grok", Cases: []string{"grok"}, Slow: true},
		{Name: "Go encoding/json", Program: "json", Cases: []string{"ndjson", "ndjson-deep", "ndjson-shapes", "ndjson-escapes"}},
		{Name: "Go fastjson", Program: "fastjson", Cases: []string{"ndjson", "ndjson-deep", "ndjson-shapes", "ndjson-escapes"}},
		{Name: "Go simdjson-go", Program: "simdjson", Cases: []string{"ndjson"}, Missing: missing(simdjson.SupportedCPU(), "a processor with AVX2 and CLMUL")},
		{Name: "Go go-logfmt", Program: "logfmt", Cases: []string{"logfmt"}},
		{Name: "Go Loki pattern", Program: "loki-pattern", Cases: append(access, "combined-gz", "pattern")},
		{Name: "Go Loki logfmt", Program: "loki-logfmt", Cases: []string{"logfmt"}},
		{Name: "Go go-syslog", Program: "syslog", Cases: []string{"syslog3164", "syslog5424"}},
	}, map[string]func(*report.Run) error{
		"regexp": runRegexp, "chain": runChain, "grok": runGrok, "json": runJSON, "fastjson": runFastJSON, "simdjson": runSimdJSON, "logfmt": runLogfmt, "syslog": runSyslog,
		"loki-pattern": runLokiPattern, "loki-logfmt": runLokiLogfmt,
	})
}

func missing(there bool, what string) string {
	if there {
		return ""
	}
	return what
}

// eachLine runs work between Begin and End; work tells whether the line was a record, which it has added then. Of one line a call only the
// calls count.
func eachLine(r *report.Run, work func(line []byte) bool) error {
	if r.Case == "line" {
		return eachCall(r, work)
	}
	r.Begin()
	in, err := open(r.File)
	if err != nil {
		return err
	}
	defer in.Close()
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 1<<20), 1<<20)
	for lines.Scan() {
		if !work(lines.Bytes()) {
			r.Sums.Rejects++
		}
	}
	r.End()
	return lines.Err()
}

// open unpacks what is compressed.
func open(name string) (io.ReadCloser, error) {
	in, err := os.Open(name)
	if err != nil || !strings.HasSuffix(name, ".gz") {
		return in, err
	}
	return gzip.NewReader(bufio.NewReaderSize(in, 1<<18))
}

func eachCall(r *report.Run, work func(line []byte) bool) error {
	data, err := os.ReadFile(r.File)
	if err != nil {
		return err
	}
	lines := bytes.Split(bytes.TrimSuffix(data, []byte("\n")), []byte("\n"))
	r.Begin()
	for _, line := range lines {
		if !work(line) {
			r.Sums.Rejects++
		}
	}
	r.End()
	return nil
}

func one(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

const clf = "02/Jan/2006:15:04:05 -0700"

// combined is the expression that one writes for the format. Go has no cheaper one.
var combined = regexp.MustCompile(`^(\S+) (\S+) (\S+) \[([^\]]+)\] "([A-Z]+) (\S+) (HTTP/[0-9.]+)" (\d{3}) (\d+|-) "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"$`)

func runRegexp(r *report.Run) error {
	return eachLine(r, func(line []byte) bool {
		m := combined.FindSubmatch(line)
		if m == nil {
			return false
		}
		t, err := time.Parse(clf, string(m[4]))
		status, _ := strconv.ParseInt(string(m[8]), 10, 64)
		size, _ := strconv.ParseInt(string(m[9]), 10, 64) // "-" is 0
		if err != nil {
			return false
		}
		r.Sums.Add(float64(size), one(status == 200), float64(len(m[6])))
		r.Sums.Span(t.UnixMilli())
		return true
	})
}

var chain = regexp.MustCompile(`^(.*?) (.*?) (.*?) (.*?) (.*) \[(\w+)\]$`)

func runChain(r *report.Run) error {
	return eachLine(r, func(line []byte) bool {
		m := chain.FindSubmatch(line)
		if m == nil {
			return false
		}
		r.Sums.Add(float64(len(m[1])), float64(len(m[4])), float64(len(m[5])), float64(len(m[6])))
		return true
	})
}

func runGrok(r *report.Run) error {
	g, err := grok.NewWithConfig(&grok.Config{NamedCapturesOnly: true})
	if err != nil {
		return err
	}
	return eachLine(r, func(line []byte) bool {
		found, err := g.Parse("%{COMBINEDAPACHELOG}", string(line))
		if err != nil || len(found) == 0 {
			return false
		}
		t, err := time.Parse(clf, found["timestamp"])
		status, _ := strconv.ParseInt(found["response"], 10, 64)
		size, _ := strconv.ParseInt(found["bytes"], 10, 64)
		if err != nil {
			return false
		}
		r.Sums.Add(float64(size), one(status == 200), float64(len(found["request"])))
		r.Sums.Span(t.UnixMilli())
		return true
	})
}

// ---- JSON ----

type event struct {
	Time                           time.Time
	Level, Logger, Caller, Message string
	RequestID                      string `json:"request_id"`
	UserID                         int64  `json:"user_id"`
	Method, Path                   string
	Status                         int64
	Latency                        float64 `json:"latency_ms"`
	Error                          string
}

func (e *event) add(s *report.Sums) {
	s.Add(float64(e.UserID), e.Latency, one(e.Level == "error"), float64(len(e.Path)))
	s.Span(e.Time.UnixMilli())
}

func runJSON(r *report.Run) error {
	if r.Case == "ndjson-deep" {
		return eachLine(r, func(line []byte) bool {
			var m map[string]any
			if json.Unmarshal(line, &m) != nil {
				return false
			}
			at := func(keys ...string) any {
				v := any(m)
				for _, k := range keys {
					v = v.(map[string]any)[k]
				}
				return v
			}
			t, err := time.Parse(time.RFC3339Nano, at("time").(string))
			r.Sums.Add(at("requests", "total").(float64), at("upstreams", "pay", "traffic", "sent").(float64), at("caches", "pages", "ratio").(float64), one(at("upstreams", "tax", "state") == "up"))
			r.Sums.Span(t.UnixMilli())
			return err == nil
		})
	}
	return eachLine(r, func(line []byte) bool {
		var e event
		if json.Unmarshal(line, &e) != nil {
			return false
		}
		e.add(r.Sums)
		return true
	})
}

func runFastJSON(r *report.Run) error {
	var p fastjson.Parser
	return eachLine(r, func(line []byte) bool {
		v, err := p.ParseBytes(line)
		if err != nil {
			return false
		}
		t, err := time.Parse(time.RFC3339Nano, string(v.GetStringBytes("time")))
		if err != nil {
			return false
		}
		if r.Case == "ndjson-deep" {
			r.Sums.Span(t.UnixMilli())
			r.Sums.Add(v.GetFloat64("requests", "total"), v.GetFloat64("upstreams", "pay", "traffic", "sent"), v.GetFloat64("caches", "pages", "ratio"),
				one(string(v.GetStringBytes("upstreams", "tax", "state")) == "up"))
			return true
		}
		e := event{Time: t, Level: string(v.GetStringBytes("level")), Logger: string(v.GetStringBytes("logger")), Caller: string(v.GetStringBytes("caller")),
			Message: string(v.GetStringBytes("message")), RequestID: string(v.GetStringBytes("request_id")), UserID: v.GetInt64("user_id"),
			Method: string(v.GetStringBytes("method")), Path: string(v.GetStringBytes("path")), Status: v.GetInt64("status"),
			Latency: v.GetFloat64("latency_ms"), Error: string(v.GetStringBytes("error"))}
		e.add(r.Sums)
		return true
	})
}

// runSimdJSON gives the parser pieces of many lines: it is made for large inputs.
func runSimdJSON(r *report.Run) error {
	data, err := os.ReadFile(r.File)
	if err != nil {
		return err
	}
	r.Begin()
	var parsed *simdjson.ParsedJson
	for len(data) > 0 {
		n := min(len(data), 1<<20)
		if n < len(data) {
			n = bytes.LastIndexByte(data[:n], '\n') + 1
		}
		if parsed, err = simdjson.ParseND(data[:n], parsed); err != nil {
			return err
		}
		if err := parsed.ForEach(func(i simdjson.Iter) error { return addSimd(r.Sums, i) }); err != nil {
			return err
		}
		data = data[n:]
	}
	r.End()
	return nil
}

func addSimd(s *report.Sums, i simdjson.Iter) error {
	object, err := i.Object(nil)
	if err != nil {
		return err
	}
	var e event
	var element simdjson.Iter
	for {
		name, kind, err := object.NextElementBytes(&element)
		if err != nil {
			return err
		}
		if kind == simdjson.TypeNone {
			break
		}
		if err := e.set(string(name), &element); err != nil {
			return err
		}
	}
	e.add(s)
	return nil
}

func (e *event) set(name string, v *simdjson.Iter) (err error) {
	switch name {
	case "time":
		var text string
		if text, err = v.String(); err == nil {
			e.Time, err = time.Parse(time.RFC3339Nano, text)
		}
	case "user_id":
		e.UserID, err = v.Int()
	case "status":
		e.Status, err = v.Int()
	case "latency_ms":
		e.Latency, err = v.Float()
	case "level":
		e.Level, err = v.String()
	case "logger":
		e.Logger, err = v.String()
	case "caller":
		e.Caller, err = v.String()
	case "message":
		e.Message, err = v.String()
	case "request_id":
		e.RequestID, err = v.String()
	case "method":
		e.Method, err = v.String()
	case "path":
		e.Path, err = v.String()
	case "error":
		e.Error, err = v.String()
	}
	return err
}

// ---- logfmt and syslog ----

func runLogfmt(r *report.Run) error {
	in, err := os.Open(r.File)
	if err != nil {
		return err
	}
	defer in.Close()
	r.Begin()
	d := logfmt.NewDecoder(bufio.NewReaderSize(in, 1<<20))
	for d.ScanRecord() {
		var e event
		for d.ScanKeyval() {
			switch value := string(d.Value()); string(d.Key()) {
			case "time":
				e.Time, err = time.Parse(time.RFC3339Nano, value)
			case "user_id":
				e.UserID, err = strconv.ParseInt(value, 10, 64)
			case "status":
				e.Status, err = strconv.ParseInt(value, 10, 64)
			case "latency_ms":
				e.Latency, err = strconv.ParseFloat(value, 64)
			case "level":
				e.Level = value
			case "path":
				e.Path = value
			case "message":
				e.Message = value
			case "request_id":
				e.RequestID = value
			case "method":
				e.Method = value
			case "error":
				e.Error = value
			}
		}
		if err != nil {
			return err
		}
		e.add(r.Sums)
	}
	r.End()
	return d.Err()
}

func runSyslog(r *report.Run) error {
	text := func(p *string) string {
		if p == nil {
			return ""
		}
		return *p
	}
	var machine syslog.Machine = rfc5424.NewParser()
	if r.Case == "syslog3164" {
		machine = rfc3164.NewParser(rfc3164.WithYear(rfc3164.Year{YYYY: 2026}))
	}
	return eachLine(r, func(line []byte) bool {
		m, err := machine.Parse(line)
		if err != nil {
			return false
		}
		switch m := m.(type) {
		case *rfc3164.SyslogMessage:
			r.Sums.Add(float64(*m.Severity), float64(len(text(m.Appname))), float64(len(text(m.Message))))
			r.Sums.Span(m.Timestamp.UnixMilli())
		case *rfc5424.SyslogMessage:
			params := 0
			if m.StructuredData != nil {
				for _, element := range *m.StructuredData {
					params += len(element)
				}
			}
			r.Sums.Add(float64(*m.Severity), float64(len(text(m.MsgID))), float64(len(text(m.Message))), float64(params))
			r.Sums.Span(m.Timestamp.UnixMilli())
		}
		return true
	})
}
