// Package syslog reads syslog lines of both RFCs and what daemons make of them:
//
//	RFC 5424 (https://www.rfc-editor.org/rfc/rfc5424):  <34>1 2003-10-11T22:14:15.003Z host app 111 ID47 [id name="value"] message
//	RFC 3164 (https://www.rfc-editor.org/rfc/rfc3164):  <34>Oct 11 22:14:15 host app[111]: message
//
// Which of them a line is, it tells by itself: a version behind the PRI is RFC 5424. Of RFC 3164 every part of the header may be
// missing but one: the PRI or the time. Times may be ISO 8601, or carry a year or a fraction. Where a header of RFC 5424 is followed by
// something else than structured data, it is a header still. With Options.Strict only RFC 5424 counts, to the letter.
package syslog

import (
	"sync"

	"github.com/sawlog/sawlog/lib/internal/texts"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
	"github.com/sawlog/sawlog/lib/record"
)

// Options refine how lines are read. The zero value is good.
type Options struct {
	Strict  bool // only RFC 5424, to the letter
	Partial bool // a header that ends early gives what it has, and a line without one is a message
	Columns []string
	Rename  map[string]string
	Line    int  // longest line in bytes; 0: no limit
	Reject  bool // a line that is not UTF-8 is a reject
	Bytes   bool // texts are kept as bytes
	Clock   timestamp.Options
}

// The columns, in order.
const (
	colTime = iota
	colFacility
	colSeverity
	colVersion
	colHost
	colApp
	colPid
	colMsgid
	colData
	colMessage
	columns
)

func fields(text record.Type) []record.Field {
	dictionary := text == record.String
	return []record.Field{
		colTime: {Name: "time", Type: record.Timestamp}, colFacility: {Name: "facility", Type: record.Uint}, colSeverity: {Name: "severity", Type: record.Uint},
		colVersion: {Name: "version", Type: record.Uint}, colHost: {Name: "host", Type: text, Dictionary: dictionary}, colApp: {Name: "app", Type: text, Dictionary: dictionary},
		colPid: {Name: "pid", Type: text}, colMsgid: {Name: "msgid", Type: text},
		colData:    {Name: "structured_data", Type: record.Map, Elem: &record.Field{Name: "value", Type: record.Map, Elem: &record.Field{Name: "value", Type: text}}},
		colMessage: {Name: "message", Type: text},
	}
}

// Plan is what parses: immutable, shared by workers.
type Plan struct {
	o      Options
	schema *record.Schema
	index  [columns]int // of each column in the schema, -1: left out
	times  [layouts]*timestamp.Layout
}

// The layouts of times.
const (
	layoutISO = iota
	layoutBSD
	layoutBSDFraction
	layoutYear
	layoutYearFirst // as Cisco's NX-OS has it
	layoutYearLast  // as JunOS and Aruba's devices have it
	layoutColons    // as Sophos UTM has it
	// With the name of a zone behind it.
	layoutISOZone
	layoutBSDZone
	layoutYearZone
	layoutYearFirstZone
	layoutMonthFirst // as Citrix' NetScaler has it, with GMT behind it or nothing
	layoutDayFirst
	layoutMonthFirstZone
	layoutDayFirstZone
	layoutYearOffset // as Huawei's devices have it
	layoutYearHalf   // as Cisco's Unified CM has it
	layoutYearHalfZone
	layouts
)

// zoned is each layout with a zone, where there is one.
var zoned = [...]int{layoutISO: layoutISO, layoutBSD: layoutBSDZone, layoutBSDFraction: layoutBSDZone, layoutYear: layoutYearZone, layoutYearFirst: layoutYearFirstZone,
	layoutYearHalf: layoutYearHalfZone, layoutYearLast: layoutYearLast, layoutColons: layoutColons, layoutMonthFirst: layoutMonthFirstZone, layoutDayFirst: layoutDayFirstZone}

var spellings = [layouts]string{layoutISO: "auto", layoutBSD: "%b %e %H:%M:%S", layoutBSDFraction: "%b %e %H:%M:%S%.f", layoutYear: "%b %e %Y %H:%M:%S%.f", layoutYearFirst: "%Y %b %e %H:%M:%S%.f",
	layoutYearLast: "%b %e %H:%M:%S%.f %Y", layoutColons: "%Y:%m:%d-%H:%M:%S%.f",
	layoutISOZone: "%Y-%m-%d %H:%M:%S%.f %Z", layoutBSDZone: "%b %e %H:%M:%S%.f %Z", layoutYearZone: "%b %e %Y %H:%M:%S%.f %Z", layoutYearFirstZone: "%Y %b %e %H:%M:%S%.f %Z",
	layoutMonthFirst: "%m/%d/%Y:%H:%M:%S", layoutDayFirst: "%d/%m/%Y:%H:%M:%S", layoutMonthFirstZone: "%m/%d/%Y:%H:%M:%S %Z", layoutDayFirstZone: "%d/%m/%Y:%H:%M:%S %Z",
	layoutYearOffset: "%b %e %Y %H:%M:%S%.f%z", layoutYearHalf: "%b %e %Y %I:%M:%S %p%.f", layoutYearHalfZone: "%b %e %Y %I:%M:%S %p%.f %Z"}

// compiled are the layouts, which all plans share.
var compiled = sync.OnceValue(func() (all [layouts]*timestamp.Layout) {
	for i, spelling := range spellings {
		all[i] = timestamp.MustCompile(spelling)
	}
	return all
})

// Compile makes a plan. The error is a *texts.Error.
func Compile(o Options) (*Plan, error) {
	p := &Plan{o: o}
	text := record.String
	if o.Bytes {
		text = record.Bytes
	}
	all := fields(text)
	if !o.Strict {
		all[colTime].Turn, all[colTime].NoZone = o.Clock.Yearless(), o.Clock.Zone == nil
	}
	var err error
	if p.schema, err = texts.Choose(all, o.Columns, o.Rename, p.index[:]); err != nil {
		return nil, err
	}
	p.times = compiled()
	return p, nil
}

// Schema is the schema of all batches.
func (p *Plan) Schema() *record.Schema { return p.schema }

// Present is what NewBuilder needs to know: columns start out absent.
const Present = false
