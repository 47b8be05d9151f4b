// Package pattern turns the pattern languages (nginx log_format, Apache LogFormat) into one Tree, which package match runs. A front end
// knows its language: quoting, directives, the type and the name of each, how the writer escapes values. It knows nothing of matching.
package pattern

import (
	"slices"
	"strings"
)

// Kind is what an Element stands for in a line.
type Kind uint8

const (
	KindLiteral   Kind = iota // the constant text Literal
	KindText                  // any text, also none, up to what follows
	KindInt                   // a decimal number with or without a sign
	KindUint                  // a decimal number without a sign
	KindFloat                 // a decimal number with or without a fraction
	KindTime                  // a point in time, written as Layout says
	KindDuration              // a number of Layout ("s", "ms", "us"), with or without a fraction
	KindRequest               // METHOD TARGET PROTOCOL: the columns method, target, protocol; any other text is the column request
	KindIP                    // an IP address
	KindHostPort              // host, colon, port: split at the last colon, brackets of IPv6 removed; without a port Port is null
	KindRest                  // only as the last element: nothing (null), or a blank and then everything left on the line (at least a byte)
	KindHostParen             // host(port), or a host alone: as KindHostPort
	KindTag                   // name[id]: or name: or name; the id is the column Port, a text
	KindPriority              // 8 times the facility and the severity of RFC 5424; the severity is the column Port
	KindFirstIP               // the first IP address of a list whose items stand between bytes of Set
	KindHex                   // a hexadecimal number, with or without 0x
	KindBool                  // true or false
	KindWithJSON              // text, and perhaps the JSON that it ends with: an object, the column Port; and another value, the column Third
	KindDotted                // a name with dots, a dot, a name: split at the last dot; without one Port, a text, is null
	KindGroup                 // Groups, of which Choice says how many stand there
	KindConstant              // not in the line: the column is the text Literal where the element is reached
	KindPairs                 // key=value pairs up to the line's end: see Pairs
	KindTook                  // a text; the duration that it begins with ("duration: 0.2 ms") is the column Port
	KindSize                  // a number of bytes, with or without a unit: 512, 1.5 MB, 10KiB
	KindIPPort                // an IP address, perhaps with a colon and a port behind it; without one Port is null
)

var kindNames = [...]string{"literal", "text", "int", "uint", "float", "time", "duration", "request", "ip", "host:port", "rest",
	"host(port)", "tag", "priority", "first ip", "hex", "bool", "text and json", "dotted", "group", "constant", "pairs", "took", "size", "ip:port"}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "unknown"
}

// Escape is how the writer of a log escapes inside a value.
type Escape uint8

const (
	EscapeNone      Escape = iota // not at all
	EscapeBackslash               // \" \\ \n \t \r \b \f \v \xHH; a backslash before anything else stands for itself
	EscapeJSON                    // the escapes of a JSON string
)

// List marks a value that is a list: how its items are told apart, and which blanks belong to it.
type List uint8

const (
	NoList       List = iota
	CommaList         // a blank behind a comma belongs to the value: "10.0.0.1, 10.0.0.2"
	PipeList          // HAProxy's captured headers: a|b|c
	BlankList         // AWS: a b c
	UpstreamList      // nginx: ", " between servers, " : " between groups of servers: "10.0.0.1:80, 10.0.0.2:80 : 10.0.0.3:80"
)

// ClockSpan is the Layout of a KindDuration that is written H:MM:SS.
const ClockSpan = "hms"

// Names of the columns that a KindRequest fills.
const (
	Method   = "method"
	Target   = "target"
	Protocol = "protocol"
	Request  = "request"
)

// Element is one piece of a line: constant text or a value. Two literals never follow each other.
type Element struct {
	Literal string // KindLiteral: the text as it stands in the log; never empty
	Field   string // the column; empty for a literal, for a request (see KindRequest) and for a value that is matched and dropped
	Kind    Kind
	// Layout of KindTime: "clf" (02/Jan/2006:15:04:05 -0700), "rfc3339", "unix_s" (also with a fraction), "unix_ms", "unix_us", or
	// strptime when it holds a %: only the conversions %Y %y %m %d %e %b %B %a %A %H %I %k %l %M %S %p %j %u %w %s %z %Z %3f %6f %%.
	// Layout of KindDuration: the unit, "s", "ms" or "us".
	Layout     string
	Port       string // KindHostPort: the column of the port, an int
	Escape     Escape
	Null       string // text that means null; empty: none does
	EmptyNull  bool   // no text at all means null too, not the empty string
	Empty      string // text that means the empty string (Apache writes "" for an empty user); empty: none does
	Dictionary bool   // few different values: method, scheme, protocol ...
	List       List
	Item       Kind // of a List: what its items are, text, int or duration
	NullEmpty  bool // of a List: Null is a list without items
	// Word: no value holds a blank. Where one stands in its place the line has another format: "ident" in "10.0.0.1 ident - -" read as
	// "$remote_addr - $remote_user".
	Word bool
	// Prefix: every value begins with it (it belongs to the value). It ends a text before it when no literal stands between the two.
	Prefix string
	// Width: every value but the null text has exactly so many bytes (0: not known), so that what follows needs no literal between.
	Width int
	// Skip: so many occurrences of the literal behind the value belong to the value itself: an unquoted request has two blanks.
	Skip int
	// Optional: the line may end right before this element; it and everything behind it is null then. Set on a literal when the value
	// behind it is what may be missing: the line may end behind the literal's first Keep bytes then, which close the value before.
	Optional bool
	Keep     int
	Groups   []Tree // KindGroup
	Choice   Choice
	Pairs    *Pairs // KindPairs
	Reading
	Source string // as the user wrote it: "$status", "%>s"
	Pos    int    // byte offset of Source in the definition's text
}

// Tree is what a front end makes of a definition.
type Tree struct {
	Elements []Element
	// Else is tried on lines that Elements do not fit. What only one of the two fills is null where the other fits.
	Else *Tree
	// Seldom makes what is tried last, as Else is, where that is seldom needed: when the first line comes that fits nothing else. It is made
	// of the same elements, and is nil where they leave nothing to try.
	Seldom func() *Tree
	// Union: the trees are forms of a line, of which any may be the usual one.
	Union bool
	// Aside: a line that fits is no record: a comment, the names of the columns.
	Aside bool
	// Dash: the tree fits only lines in which a dash stands between blanks, or at the end, behind this text; empty: it may fit others.
	Dash string
	Text int // of several texts: the number of the one that the tree was made from
	// Feeds, of the first tree: there are line feeds in the pattern, for which stands LineFeed.
	Feeds bool
}

// Choice says which of the groups of a KindGroup a line has.
type Choice uint8

const (
	Maybe Choice = iota // the first that fits, or none
	One                 // the first that fits
	Any                 // each at most once, in any order
)

// Pairs says what becomes of key=value pairs: those of Keys have columns, the others go to the column of the element, a map, if it has
// one. Words without a value that are among Flags go to the list FlagList.
type Pairs struct {
	Keys     []Pair
	FlagList string
	Flags    []string
	Words    string // the key of the map that all other words go to, with blanks between them; empty: they are dropped
	Audit    bool   // as the kernel's audit writes: hexadecimal texts, pairs inside quotes
	// Arguments: of Audit, a0, a1 ... are texts, not numbers.
	Arguments bool
}

// Pair is a key with the elements that its value is: one, or its parts between colons.
type Pair struct {
	Key   string
	Parts []Element
}

// Error is a mistake in a definition.
type Error struct {
	Pos     int    // byte offset in the definition's text, from 0 up to and including its length
	Message string // what is wrong
	Hint    string // what to do about it; may be empty
}

func (e *Error) Error() string {
	if e.Hint == "" {
		return e.Message
	}
	return e.Message + " (" + e.Hint + ")"
}

// public is what a front end shows: no error at all where there is no *Error.
func public(tree *Tree, err *Error) (*Tree, error) {
	if err != nil {
		return nil, err
	}
	return tree, nil
}

// EndsWith tells whether the last value of every form of a line is that of a field, with nothing behind it.
func (t *Tree) EndsWith(field string) bool {
	for ; t != nil; t = t.Else {
		if n := len(t.Elements); n == 0 || t.Elements[n-1].Field != field {
			return false
		}
	}
	return true
}

// Fields lists the columns in the order of the line; a request gives its four, a host and port two.
func (t *Tree) Fields() []string {
	var fields []string
	for i := range t.Elements {
		for _, field := range t.Elements[i].Fields() {
			if !t.Elements[i].Part || !slices.Contains(fields, field) {
				fields = append(fields, field)
			}
		}
	}
	return fields
}

// Fields lists the columns that e fills.
func (e *Element) Fields() []string {
	if e.Kind == KindRequest {
		return []string{Method, Target, Protocol, Request}
	}
	var fields []string
	for i := range e.Groups {
		for _, field := range e.Groups[i].Fields() {
			if !slices.Contains(fields, field) {
				fields = append(fields, field)
			}
		}
	}
	if e.Pairs != nil {
		fields = append(fields, e.Pairs.fields()...)
	}
	for _, name := range [...]string{e.Field, e.Port, e.Third, e.Fourth, e.Severity} {
		if name != "" {
			fields = append(fields, name)
		}
	}
	return fields
}

// fields lists the columns beside the element's own.
func (p *Pairs) fields() (fields []string) {
	for i := range p.Keys {
		for k := range p.Keys[i].Parts {
			if field := p.Keys[i].Parts[k].Field; !slices.Contains(fields, field) {
				fields = append(fields, field)
			}
		}
	}
	if p.FlagList != "" {
		fields = append(fields, p.FlagList)
	}
	return fields
}

// String shows the tree in one line, for tests and messages: literals quoted, values as field:kind.
func (t *Tree) String() string {
	var b strings.Builder
	for i := range t.Elements {
		if i > 0 {
			b.WriteByte(' ')
		}
		t.Elements[i].describe(&b)
	}
	if t.Else != nil {
		b.WriteString(" / " + t.Else.String())
	}
	return b.String()
}
