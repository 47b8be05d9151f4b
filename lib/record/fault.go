package record

// Fault says why a line became a reject instead of a record. The numbers are part of the C ABI and never change.
type Fault uint8

const (
	NoFault   Fault = 0
	NoMatch   Fault = 1  // the line does not have the format's shape
	TooLong   Fault = 2  // longer than limits.line; Raw holds the first limits.line bytes
	BadValue  Fault = 3  // a field's text does not fit its declared type
	BadJSON   Fault = 4  // not JSON
	NotObject Fault = 5  // JSON, but not an object
	BadUTF8   Fault = 6  // invalid UTF-8 where "utf8": "reject" asks for it
	Empty     Fault = 7  // a blank line
	TooDeep   Fault = 8  // nested deeper than limits.depth
	BadFrame  Fault = 9  // not a frame as the option framing says: no length, or the input ends within it
	Faults          = 10 // how many there are
)

var faultNames = [Faults]string{"none", "no_match", "too_long", "bad_value", "bad_json", "not_object", "bad_utf8", "empty", "too_deep", "bad_frame"}

// String is the fault's stable name.
func (f Fault) String() string {
	if f < Faults {
		return faultNames[f]
	}
	return "unknown"
}

// Reject is a line that is not a record, kept whole.
type Reject struct {
	Source int    // which of the reader's inputs, from 0
	Line   int64  // line number in that source, from 1
	Offset int64  // byte offset of the line in that source, after decompression
	Length int64  // bytes without the line ending, also when Raw is shorter
	Fault  Fault  // why
	Raw    []byte // the line without its ending; borrowed from the batch
}

// Check is the explanation of one line, rebuilt only when asked for.
type Check struct {
	OK       bool   `json:"ok"`                 // the line is a record
	Fault    string `json:"fault,omitempty"`    // the fault's name
	Offset   int    `json:"offset"`             // byte of the line where it stopped fitting, from 0
	Element  string `json:"element,omitempty"`  // the piece of the definition that did not fit
	Column   string `json:"column,omitempty"`   // the field it would have filled
	Expected string `json:"expected,omitempty"` // what would have fitted
	Seen     string `json:"seen,omitempty"`     // what stood there
	Hint     string `json:"hint,omitempty"`     // what would make the line fit, where that is known
}

// Worker parses blocks for one goroutine at a time. What it remembers between blocks (caches, learnt shapes) never changes a result.
type Worker interface {
	// Parse adds the records and rejects of data[b.From:n] to b. That is whole lines, its last byte is a newline, and scan.Slack bytes
	// behind it may be read. Views into data are made with b.Buffer, offsets counted from data[0].
	Parse(b *Builder, data []byte, n int)
	// Explain says why a line (without its ending) is or is not a record.
	Explain(line []byte) Check
}

// Wrapper is a worker that goes on with what another worker has made of the same lines.
type Wrapper interface {
	Worker
	// Wrap lets parse do the other's work and does its own.
	Wrap(b *Builder, parse func(inner Worker))
}
