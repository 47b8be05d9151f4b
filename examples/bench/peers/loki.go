package main

import (
	"bytes"
	"strconv"

	"github.com/grafana/loki/v3/pkg/logql/log/logfmt"
	"github.com/grafana/loki/v3/pkg/logql/log/pattern"
	"github.com/sawlog/sawlog/examples/bench/report"
)

// Loki's parsers give text as slices of the line, which is all its queries want; the numbers and times are converted by hand here, faster than
// package time does. Its pattern ends a text at the first quote, also an escaped one, and does not tell whether a line fits to its end: so its
// caller looks at the last byte.

const (
	accessPattern = `<client> <ident> <user> [<time>] "<method> <target> <protocol>" <status> <bytes> "<referer>" "<user_agent>"`
	loggerPattern = `<date> <clock> <level> [<thread>] <logger>: <message>`
)

func runLokiPattern(r *report.Run) error {
	if r.Case == "pattern" {
		return runLokiLogger(r)
	}
	m, err := pattern.New(accessPattern)
	if err != nil {
		return err
	}
	return eachLine(r, func(line []byte) bool {
		f := m.Matches(line)
		if len(f) != 11 || line[len(line)-1] != '"' {
			return false
		}
		ms, ok := clfMillis(f[3])
		status, ok2 := decimal(f[7])
		size, ok3 := decimal(f[8])
		if !ok || !ok2 || !ok3 && string(f[8]) != "-" {
			return false
		}
		r.Sums.Add(float64(size), one(status == 200), float64(len(f[5])))
		r.Sums.Span(ms)
		return true
	})
}

func runLokiLogger(r *report.Run) error {
	m, err := pattern.New(loggerPattern)
	if err != nil {
		return err
	}
	return eachLine(r, func(line []byte) bool {
		f := m.Matches(line)
		if len(f) != 6 || len(f[0]) != 10 || len(f[1]) != 12 {
			return false
		}
		ms, ok := isoMillis(line)
		if !ok {
			return false
		}
		level := bytes.TrimRight(f[2], " ")
		r.Sums.Add(one(string(level) == "ERROR"), float64(len(f[4])), float64(len(f[5])))
		r.Sums.Span(ms)
		return true
	})
}

func runLokiLogfmt(r *report.Run) error {
	d := logfmt.NewDecoder(nil)
	return eachLine(r, func(line []byte) bool {
		var texts [8][]byte // level, path and those that the check does not ask for
		var ms int64
		var user, status int
		var latency float64
		ok := true
		d.Reset(line)
		for !d.EOL() && d.ScanKeyval() {
			value, fits := d.Value(), true
			switch string(d.Key()) {
			case "time":
				ms, fits = isoMillis(value)
			case "user_id":
				user, fits = decimal(value)
			case "status":
				status, fits = decimal(value)
			case "latency_ms":
				var err error
				latency, err = strconv.ParseFloat(string(value), 64)
				fits = err == nil
			case "level":
				texts[0] = value
			case "path":
				texts[1] = value
			case "logger":
				texts[2] = value
			case "caller":
				texts[3] = value
			case "message":
				texts[4] = value
			case "request_id":
				texts[5] = value
			case "method":
				texts[6] = value
			case "error":
				texts[7] = value
			}
			ok = ok && fits
		}
		if !ok || d.Err() != nil || status == 0 {
			return false
		}
		r.Sums.Add(float64(user), latency, one(string(texts[0]) == "error"), float64(len(texts[1])))
		r.Sums.Span(ms)
		return true
	})
}
