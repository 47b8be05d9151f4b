// Package slowlog reads the slow query log of MySQL, MariaDB and Percona Server: comments that say when, who and how long, then the
// statement. https://dev.mysql.com/doc/refman/8.4/en/slow-query-log.html
//
//	# Time: 2026-03-05T07:09:10.003456Z
//	# User@Host: ann[ann] @ gate [192.0.2.1]  Id:    17
//	# Query_time: 1.500000  Lock_time: 0.000100 Rows_sent: 1  Rows_examined: 1000
//	use shop;
//	SET timestamp=1772694550;
//	SELECT 1;
//
// Which lines are one record package frame knows: its preset mysql-slow.
package slowlog

import (
	"github.com/sawlog/sawlog/lib/internal/texts"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
	"github.com/sawlog/sawlog/lib/record"
)

// Options refine the reading.
type Options struct {
	Columns       []string // only these, nil: all
	Rename        map[string]string
	Line          int  // the longest record in bytes
	Reject, Bytes bool // invalid UTF-8 rejects a record; texts are kept as bytes
	Clock         timestamp.Options
}

// The columns.
const (
	colTime = iota
	colUser
	colHost
	colClient
	colConnection
	colDuration
	colLock
	colSent
	colExamined
	colDatabase
	colStatement
	colAttributes
	columns
)

// Plan is what Options compile to: immutable, shared by workers.
type Plan struct {
	o      Options
	schema *record.Schema
	index  [columns]int // of each column in the schema, -1: left out
}

// Present is what NewBuilder needs to know: columns start out absent.
const Present = false

// Compile makes a plan. The error is a *texts.Error.
func Compile(o Options) (*Plan, error) {
	p := &Plan{o: o}
	text := record.String
	if o.Bytes {
		text = record.Bytes
	}
	fields := [columns]record.Field{
		colTime: {Name: "time", Type: record.Timestamp}, colUser: {Name: "user", Type: text}, colHost: {Name: "host", Type: text}, colClient: {Name: "client", Type: text},
		colConnection: {Name: "connection_id", Type: record.Int}, colDuration: {Name: "duration", Type: record.Duration}, colLock: {Name: "lock_duration", Type: record.Duration},
		colSent: {Name: "rows_sent", Type: record.Int}, colExamined: {Name: "rows_examined", Type: record.Int}, colDatabase: {Name: "database", Type: text}, colStatement: {Name: "statement", Type: text},
		colAttributes: {Name: "attributes", Type: record.Map, Elem: &record.Field{Name: "value", Type: text}},
	}
	var err error
	if p.schema, err = texts.Choose(fields[:], o.Columns, o.Rename, p.index[:]); err != nil {
		return nil, err
	}
	return p, nil
}

// Schema is the schema of all batches.
func (p *Plan) Schema() *record.Schema { return p.schema }
