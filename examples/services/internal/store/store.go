// Package store says what a store of log records does. Which one it is, only main knows.
package store

import (
	"context"
	"errors"
	"strings"
	"time"
)

// Store keeps records. All methods may be called at once.
type Store interface {
	// Append writes all batches or none. When it returns nil they are on disk.
	Append(ctx context.Context, batches []*Batch) error
	// Search gives one page of records, the newest first.
	Search(ctx context.Context, q Query) (Page, error)
	// Stats counts records.
	Stats(ctx context.Context, r Range) (Stats, error)
	// Expire removes what was received before a time, and says how many records that were.
	Expire(ctx context.Context, before time.Time) (int64, error)
	Ping(ctx context.Context) error
	Close() error
}

// ErrUnavailable is a store that cannot be reached, has no space or is too slow: the same call may succeed later.
var ErrUnavailable = errors.New("the store is not available")

// NoSeverity is the severity of a record that has none, NoStatus the status.
const (
	NoSeverity = -1
	NoStatus   = 0
)

// Record is one log event, or one line that was none.
type Record struct {
	Time     time.Time // of the event; Received where it has none
	Received time.Time
	Source   string // who sent it
	Format   string
	Level    string // as written, "" for none
	Severity int    // 0 (emergency) to 7 (debug) as in RFC 5424, NoSeverity for none
	Status   int    // of HTTP, NoStatus for none
	Fault    string // why the line is no record, "" when it is one
	Fields   []byte // all of it as a JSON object
}

// Batch is records that are acknowledged together.
type Batch struct {
	Records []Record
	Bytes   int // about how much memory they take
}

// Range is a span of time; the zero time is an open end.
type Range struct {
	From, To time.Time // From <= t < To
}

// Query is what to search for. The zero value finds everything.
type Query struct {
	Range
	Source, Format, Level, Fault string
	Severity                     *int // at least as severe as this: 3 finds 0 to 3
	Status                       StatusRange
	Fields                       []Filter
	Text                         string // somewhere in the message
	Limit                        int
	After                        *Cursor
}

// StatusRange is From <= status <= To; the zero value is any.
type StatusRange struct{ From, To int }

// Filter wants a field to have a value. A dot in Name leads into a nested object, or belongs to a name: see Paths.
type Filter struct{ Name, Value string }

// Paths are the places where the field may be: in objects in objects, under a name with dots, as OpenTelemetry's are (http.route), or under
// such a name in an object (resource.service.name).
func (f Filter) Paths() [][]string {
	nested := strings.Split(f.Name, ".")
	switch len(nested) {
	case 1:
		return [][]string{nested}
	case 2:
		return [][]string{nested, {f.Name}}
	}
	return [][]string{nested, {f.Name}, {nested[0], strings.Join(nested[1:], ".")}}
}

// Cursor is the place of a record in the order of a search.
type Cursor struct{ Time, ID int64 }

// Found is a record as it is found again.
type Found struct {
	ID int64
	Record
}

// Page is a part of what was found; Next is nil on the last one.
type Page struct {
	Records []Found
	Next    *Cursor
	bytes   int // of fields
}

// MaxPage is about how many bytes of fields there are on one page: a thousand records may be large.
const MaxPage = 8 << 20

// Full tells whether a page has as much as it may have. What comes behind it is on the next one, whose cursor is set here.
func (p *Page) Full(limit int) bool {
	if len(p.Records) == 0 || len(p.Records) < limit && p.bytes < MaxPage {
		return false
	}
	last := &p.Records[len(p.Records)-1]
	p.Next = &Cursor{Time: last.Time.UnixNano(), ID: last.ID}
	return true
}

// Add appends a record.
func (p *Page) Add(f Found) {
	p.Records = append(p.Records, f)
	p.bytes += len(f.Fields)
}

// Stats counts records in a range, rejects included.
type Stats struct {
	Records  int64            `json:"records"`
	Rejects  int64            `json:"rejects"`
	Formats  map[string]int64 `json:"formats"`
	Sources  map[string]int64 `json:"sources"`
	Levels   map[string]int64 `json:"levels"`
	Statuses map[string]int64 `json:"statuses"`
	Minutes  []Minute         `json:"minutes"` // only those with records, the latest MaxMinutes
}

// Minute is how many records one minute had.
type Minute struct {
	Start   time.Time `json:"start"`
	Records int64     `json:"records"`
	Rejects int64     `json:"rejects"`
}

const (
	// MaxMinutes and MaxNames bound an answer, whatever the store holds.
	MaxMinutes = 1440
	MaxNames   = 100
)
