// Package frame says where the records of a stream begin and end, where that is not simply at every line feed.
//
//	bytes -> units (units.go: lines, or frames of a length) -> records (rules.go: which units belong together) -> blocks (cutter.go)
//
// A Cutter is fed with a stream in any pieces and gives blocks in which every record ends with a line feed, as workers want them. A
// Layout goes with a block: which line feeds stand inside a record, where the source had something else between records, and what is no
// record at all. Parse shows such a block to workers. What belongs together is decided here, in the order of the stream, so that it does
// not depend on how the stream was cut nor on who parses it.
package frame

import (
	"fmt"

	"github.com/sawlog/sawlog/lib/record"
)

// Framing is how units are told apart.
type Framing uint8

const (
	Lines  Framing = iota // a line feed, or CR LF, behind each
	NUL                   // a zero byte behind each
	Octets                // its length in front of each: "5 hello" (RFC 6587)
	Auto                  // octet counting and lines, mixed
	Seq                   // a record separator (0x1e) in front of each (RFC 7464)
	Blocks                // an empty line behind each; binary values inside say their length (journald's export format)
)

// framings are the names of those that users may choose.
var framings = []string{"lf", "nul", "octet-counting", "auto", "json-seq"}

// Options say how a stream is cut.
type Options struct {
	Framing   string   // one of framings, "" for lf
	Export    bool     // Blocks, whatever Framing says
	Multiline *Joining // nil: every unit is a record
	StripANSI bool     // terminal colours and the like are no part of records
	Limit     int      // bytes of the longest record
}

// Joining says which units belong together: presets by name, or rules of the user's own.
type Joining struct {
	Presets                []string
	Start, Next, Open, End string // regular expressions
}

// Frame is what Options compile to: immutable, shared by cutters.
type Frame struct {
	framing Framing
	rules   *Rules // nil: every unit is a record
	strip   bool
	limit   int
}

// Error is a mistake in Options.
type Error struct {
	Key     string // "framing", "multiline.start" ...
	Pos     int    // byte offset in that key's text, -1: none
	Text    string // that text
	Message string
	Hint    string
	Names   []string // what would have been right
}

func (e *Error) Error() string { return e.Message }

// Compile makes a frame; nil when every line is a record, which needs none. Errors are *Error.
func Compile(o Options) (*Frame, error) {
	f := &Frame{strip: o.StripANSI, limit: o.Limit}
	if o.Framing != "" {
		at := -1
		for i, name := range framings {
			if name == o.Framing {
				at = i
			}
		}
		if at < 0 {
			return nil, &Error{Key: "framing", Pos: -1, Message: fmt.Sprintf("framing cannot be %q", o.Framing), Names: framings}
		}
		f.framing = Framing(at)
	}
	if o.Export {
		f.framing = Blocks
	}
	if o.Multiline != nil {
		var err error
		if f.rules, err = NewRules(o.Multiline); err != nil {
			return nil, err
		}
	}
	if f.framing == Lines && f.rules == nil && !f.strip {
		return nil, nil
	}
	return f, nil
}

// Plain tells whether records have another form in a stream than cut: then a sample is better left as it is.
func (f *Frame) Plain() bool { return f.framing != Blocks }

// ByLines tells whether units are lines, so that a stream may be handed on in whole lines.
func (f *Frame) ByLines() bool { return f.framing == Lines }

// Block is a piece of a stream: Data[:N] is records with a line feed behind each, slack behind that.
type Block struct {
	Data   []byte
	N      int
	Offset int64 // in the stream, of what Data[:N] was made of
	Layout *Layout
}

// Layout is what a block's records have that plain lines have not.
type Layout struct {
	Units  int   // lines or frames that the block is made of: as many as records, joined units and rejects
	Bytes  int64 // of the stream that the block is made of
	Inner  []Feed
	Bad    []Bad
	Shifts []record.Shift
}

// Feed is the place of a line feed inside a record, times two; the lowest bit is set where it stands between two units.
type Feed uint32

// FeedAt is the line feed at a place.
func FeedAt(at int, between bool) Feed {
	f := Feed(at) << 1
	if between {
		f |= 1
	}
	return f
}

// At is the place.
func (f Feed) At() int { return int(f >> 1) }

// Between tells whether it stands between two units, which were joined.
func (f Feed) Between() bool { return f&1 != 0 }

// Bad is a unit that is no record: Data[Start:End] is what was kept of it.
type Bad struct {
	Start, End int
	Length     int64
	Fault      record.Fault
}
