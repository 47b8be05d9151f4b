// Package cef reads ArcSight's common event format and QRadar's LEEF, alone or behind a syslog header:
//
//		CEF:0|Vendor|Product|Version|Event|Name|Severity|key=value key=value
//		LEEF:1.0|Vendor|Product|Version|Event|key=value<tab>key=value
//		LEEF:2.0|Vendor|Product|Version|Event|Delimiter|key=value<delimiter>key=value
//
//	  - In the header \| and \\ are escapes; in CEF's extension \= \\ \| \n \r are. A backslash before anything else stands for itself.
//	  - A value of CEF goes up to the next key: letters, digits and _.-[] between a blank and a =. A = elsewhere is part of the value, as
//	    many devices write URLs; to the letter (Strict) it is no match. Blanks around a value are not its own; quotes are.
//	  - The delimiter of LEEF 2.0 is a character, or a number as in 0x5E; without one, and in LEEF 1.0, a tab. A piece without = belongs to
//	    the value before it. Attributes of LEEF 1.0 without any tab are read as CEF's are.
//	  - An empty field or value is the empty text. extensions holds every pair in order, also those that other columns are made from.
//	  - time is the event's own, rt or devTime (with devTimeFormat), else that of the syslog header; host is the header's.
//	  - severity is on the scale of syslog: 0-3 6, 4-6 4, 7-8 3, 9-10 2, the same for Low, Medium, High, Very-High; else null.
package cef

import (
	"github.com/sawlog/sawlog/lib/internal/texts"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
	"github.com/sawlog/sawlog/lib/record"
)

// Options refine how lines are read. The zero value is good.
type Options struct {
	LEEF         bool // LEEF, not CEF
	CustomLabels bool // the value of cs1 goes under the text of cs1Label, and so on
	Strict       bool
	Columns      []string
	Rename       map[string]string
	Line         int  // longest line in bytes; 0: no limit
	Reject       bool // a line that is not UTF-8 is a reject
	Bytes        bool // texts are kept as bytes
	Clock        timestamp.Options
}

// The columns, in order.
const (
	colTime = iota
	colHost
	colVersion
	colVendor
	colProduct
	colProductVersion
	colEvent
	colName
	colLevel
	colSeverity
	colExtensions
	columns
)

func fields(text record.Type) []record.Field {
	often := func(name string) record.Field {
		return record.Field{Name: name, Type: text, Dictionary: text == record.String}
	}
	return []record.Field{
		colTime: {Name: "time", Type: record.Timestamp}, colHost: often("host"), colVersion: often("format_version"), colVendor: often("vendor"), colProduct: often("product"),
		colProductVersion: often("product_version"), colEvent: {Name: "event_id", Type: text}, colName: {Name: "name", Type: text}, colLevel: often("level"),
		colSeverity: {Name: "severity", Type: record.Uint}, colExtensions: {Name: "extensions", Type: record.Map, Elem: &record.Field{Name: "value", Type: text}},
	}
}

// Plan is what parses: immutable, shared by workers.
type Plan struct {
	o      Options
	schema *record.Schema
	index  [columns]int // of each column in the schema, -1: left out
	lines  texts.Lines
	tag    string // "CEF:"
}

// Compile makes a plan. The error is a *texts.Error.
func Compile(o Options) (*Plan, error) {
	p := &Plan{o: o, lines: texts.Lines{Limit: o.Line, Reject: o.Reject}, tag: "CEF:"}
	text := record.String
	if o.Bytes {
		text = record.Bytes
	}
	all := fields(text)
	if o.LEEF {
		p.tag, all[colName] = "LEEF:", record.Field{}
	}
	var err error
	if p.schema, err = texts.Choose(all, o.Columns, o.Rename, p.index[:]); err != nil {
		return nil, err
	}
	return p, nil
}

// Schema is the schema of all batches.
func (p *Plan) Schema() *record.Schema { return p.schema }

// Present is what NewBuilder needs to know: columns start out absent.
const Present = texts.Present

// severities are those of the numbers 0 to 10.
var severities = [...]uint64{6, 6, 6, 6, 4, 4, 4, 3, 3, 2, 2}

// severity is what a level means; false: nobody knows.
func severity(level []byte) (uint64, bool) {
	switch {
	case len(level) == 1 && level[0]-'0' <= 9:
		return severities[level[0]-'0'], true
	case string(level) == "10":
		return severities[10], true
	case len(level) < 3 || len(level) > 9:
		return 0, false
	}
	var word [9]byte
	for i, c := range level {
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		} else if c == ' ' || c == '_' {
			c = '-'
		}
		word[i] = c
	}
	switch string(word[:len(level)]) {
	case "low":
		return 6, true
	case "medium":
		return 4, true
	case "high":
		return 3, true
	case "very-high":
		return 2, true
	}
	return 0, false
}
