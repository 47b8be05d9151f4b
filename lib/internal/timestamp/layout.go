// Package timestamp turns the text of a point in time into nanoseconds since 1970-01-01 UTC. A Layout is compiled once and shared; a
// Clock reads stamps of one layout for one goroutine and remembers the minute seen last, which is nearly always the minute seen next.
// What a Clock remembers never changes a result.
//
// Rules that hold for every layout:
//   - the range is 1677-09-21T00:12:44Z to 2262-04-11T23:47:15.999999999Z, whole seconds that an int64 of nanoseconds holds; a stamp
//     outside is refused, except a number of nanoseconds, which may be any int64;
//   - digits of a fraction beyond the ninth are read and dropped;
//   - every part is checked: 30 February, 24:00, minute 60 and an offset of 24 hours are refused. Second 60 is a leap second and means
//     the first second of the next minute, as in POSIX;
//   - a local time that a zone has twice (clocks put back) is the earlier one; a time it never has (clocks put forward) is read with the
//     offset before the change;
//   - a zone by abbreviation (CEST) counts in the rules of Options.Zone; one that these do not know is UTC.
package timestamp

import (
	"errors"
	"fmt"
	"strings"
)

type kind uint8

const (
	kindSteps   kind = iota // strptime
	kindCLF                 // 02/Jan/2006:15:04:05 -0700
	kindRFC3339             // 2006-01-02T15:04:05.999999999Z07:00
	kindISO                 // RFC 3339 and its SQL forms
	kindAuto                // RFC 3339, its SQL forms, the form of access logs, or a number by its size
	kindUnix                // a number in a unit
	kindTAI64               // @4000000037c219bf2ef02e94
)

// Layout is how a stamp is written. It is immutable and shared freely between goroutines.
type Layout struct {
	source  string
	kind    kind
	unit    int64 // of kindUnix, in nanoseconds
	digits  int   // of a fraction of that unit: 9 for seconds, 0 for nanoseconds
	steps   []step
	second  int // the steps before this one are worth remembering as text: 0 for none
	tail    tail
	point   byte // of tailFraction: what stands in front of it
	places  int  // and how many digits it has, 0: any number
	has     parts
	week    weekRule
	century bool // the year is of two digits, and its century is written too
}

// tail is what stands behind the text that is worth remembering.
type tail uint8

const (
	tailOther    tail = iota
	tailSeconds       // two digits
	tailFraction      // and a fraction behind a byte
	tailZone          // and an offset behind a blank
	tailPoint         // and perhaps a fraction, of any length
)

var unixUnits = []struct {
	name   string
	unit   int64
	digits int
}{{"unix_s", 1e9, 9}, {"unix_ms", 1e6, 6}, {"unix_us", 1e3, 3}, {"unix_ns", 1, 0}}

// LayoutError says what is wrong with a layout, and where.
type LayoutError struct {
	Layout  string
	Offset  int // byte of the layout, from 0
	Message string
}

func (e *LayoutError) Error() string {
	return fmt.Sprintf("timestamp layout %q, byte %d: %s", e.Layout, e.Offset, e.Message)
}

// Compile makes a Layout of a word (rfc3339, iso, auto, clf, unix_s, unix_ms, unix_us, unix_ns, tai64n, ctime, syslog, and those of spelling.go),
// or of a text in the spelling of strptime (%Y-%m-%d, told by its %), of Go (2006-01-02) or of Java and Joda-Time (yyyy-MM-dd). The error
// is a *LayoutError.
func Compile(layout string) (*Layout, error) {
	text, err := spelled(layout)
	if err != nil {
		return nil, err
	}
	l, err := compile(text)
	if wrong := (*LayoutError)(nil); text != layout && errors.As(err, &wrong) { // where it is, is a place in text
		return nil, &LayoutError{layout, 0, wrong.Message}
	}
	if err != nil {
		return nil, err
	}
	l.source = layout
	return l, nil
}

func compile(layout string) (*Layout, error) {
	const all = hasYear | hasMonth | hasDay | hasTime
	switch layout {
	case "clf":
		return &Layout{source: layout, kind: kindCLF, has: all | hasOffset}, nil
	case "rfc3339", "%+":
		return &Layout{source: layout, kind: kindRFC3339, has: all | hasOffset}, nil
	case "iso":
		return &Layout{source: layout, kind: kindISO, has: all}, nil
	case "auto":
		return &Layout{source: layout, kind: kindAuto, has: all}, nil
	case "tai64n", "tai64":
		return &Layout{source: layout, kind: kindTAI64, has: hasEpoch}, nil
	}
	for _, u := range unixUnits {
		if u.name == layout {
			return &Layout{source: layout, kind: kindUnix, unit: u.unit, digits: u.digits, has: hasEpoch}, nil
		}
	}
	if !strings.Contains(layout, "%") {
		return nil, &LayoutError{layout, 0, "known are rfc3339, iso, auto, clf, unix_s, unix_ms, unix_us, unix_ns, tai64n, ctime, syslog and the spellings of strptime (%Y-%m-%d), Go (2006-01-02) and Java (yyyy-MM-dd)"}
	}
	return compileSteps(layout)
}

// MustCompile is Compile for a layout that is known to be right.
func MustCompile(layout string) *Layout {
	l, err := Compile(layout)
	if err != nil {
		panic(err)
	}
	return l
}

// String is the text that the layout was compiled from.
func (l *Layout) String() string { return l.source }

// GuessesDate tells whether a stamp is a time of day, so that Options.Now and the order of stamps decide.
func (l *Layout) GuessesDate() bool {
	return l.has&(hasYear|hasMonth|hasDay|hasYearDay|hasEpoch) == 0 && l.has&hasTime != 0
}

// GuessesYear tells whether a stamp does not say its year, so that Options.Year or Options.Now decides.
func (l *Layout) GuessesYear() bool { return l.has&(hasYear|hasEpoch) == 0 }

// GuessesZone tells whether a stamp may be without zone, so that Options.Zone decides.
func (l *Layout) GuessesZone() bool { return l.has&(hasOffset|hasEpoch) == 0 }

// RFC3339 tells whether stamps in RFC 3339 are read, so that a parser may read the common form (UTC, written Z) by itself.
func (l *Layout) RFC3339() bool {
	return l.kind == kindRFC3339 || l.kind == kindAuto || l.kind == kindISO
}
