package pattern

import (
	"strconv"
	"strings"
)

// Reading is what some languages ask for beyond the usual: how the text of a value is found, and what else is made of it.
type Reading struct {
	// MayBeEmpty: no text at all is a value even where a blank or the end of the line stands on either side of it.
	MayBeEmpty bool
	// Full: no text at all is no value, where other languages make it null, unless EmptyNull.
	Full bool
	// Repeat: the literal behind the value may stand there several times in a row.
	Repeat bool
	// Pad is the side on which the writer fills the value up with blanks to PadWidth characters, which are not part of it.
	Pad      Pad
	PadWidth int
	// PadBytes: the writer counts bytes where others count characters.
	PadBytes bool
	PadPairs bool // it counts a character outside of the basic plane as two, as Java does
	// Called: behind a value that Thread- and a number begin may stand a blank and a name in parentheses, which belong to it.
	Called bool
	// Quoted: a value that begins with " or ` and is a string in the syntax of Go is that string, whatever stands in it.
	Quoted bool
	// Cell: a value in quotes, which are doubled inside, is what stands between them; without quotes nothing is null.
	Cell bool
	// Loose: behind a value in quotes the literal may be missing, and what is behind it is dropped.
	Loose bool
	// Open and Close stand around a value that may be missing together with them and with the literal behind it: {a|b}
	Open, Close string
	Brackets    bool // Open and Close belong to the value
	// NoBlank: no value holds a blank.
	NoBlank bool
	// Part: the text is a part of the column Field. The texts of all elements with that Field are put together by Order, then by their
	// place in the line, each but the first with its Glue before it; Kind and Layout, which all parts have alike, read the whole.
	Part  bool
	Order int
	Glue  string
	// Severity names the column of what the value, a level, means: 0 to 7 as in RFC 5424, null for an unknown word.
	Severity string
	// Level: the value is a word for a level, one of those known or one in capitals (log4j's own levels). Levels has the meaning of words
	// that are not known everywhere, in small letters. AnyLevel: every other word will do too.
	Level    bool
	AnyLevel bool
	Levels   map[string]uint8
	// Known: of levels only those known or in Levels.
	Known bool
	// Values are the only texts that the value has; nil: it may have any.
	Values []string
	// Trim: blanks around the value do not belong to it.
	Trim bool
	// TrimFeeds: and neither do LineFeeds behind it.
	TrimFeeds bool
	// Not are bytes that no value holds.
	Not string
	// Has are bytes of which every value holds one.
	Has string
	// Exact: every value has exactly Width bytes, whatever stands behind it; any other text has another format.
	Exact bool
	// Whole: everything up to the end of the line; what is behind the element reads it again.
	Whole bool
	// Last: the value goes on up to the last place in the line where the literal behind it stands.
	Last bool
	// Fraction is what the writer puts behind a time whose layout the user gives, and is no part of that: ".%3f".
	Fraction string
	// Zone of a time that has none, where the definition says it: a name of the IANA database or +HH:MM.
	Zone string
	// Cut: the line may end anywhere in the literal behind the value; what comes after is null then.
	Cut bool
	// Dashes: a part of a KindRequest that is the null text is null, and the other parts stand.
	Dashes bool
	// NoArgs: the null text stands behind the value, a target, where it has no arguments.
	NoArgs bool
	// Third is one column more of a KindWithJSON.
	Third string
	// Fourth is the column of the trace of an error that stands in that JSON, as Monolog writes it.
	Fourth string
	// Begins is what every value begins with.
	Begins string
	// AsText: a list stays one text, because the user says so.
	AsText bool
	// Set are the bytes between the items of a KindFirstIP, or the one that a KindDotted is split at in place of the dot.
	Set string
}

// Pad is a side of a value.
type Pad uint8

const (
	NoPad    Pad = iota
	PadRight     // the value stands left, blanks behind it
	PadLeft      // the value stands right, blanks before it
)

// Unusual tells whether the value needs more than the usual search for what stands behind it.
func (r *Reading) Unusual() bool {
	return r.Repeat || r.Pad != NoPad || r.Called || r.Quoted || r.Cell || r.Open != "" || r.Part || r.Severity != "" || r.Dashes || r.NoBlank || r.Last || r.Trim || r.Not != "" || r.Values != nil || r.Whole || r.Begins != "" || r.Exact || r.Has != "" || r.NoArgs
}

// describe writes the marks of Tree.String.
func (r *Reading) describe(b *strings.Builder) {
	for _, mark := range [...]struct {
		is   bool
		text string
	}{
		{r.Pad == PadRight, "-" + strconv.Itoa(r.PadWidth)}, {r.Pad == PadLeft, "<" + strconv.Itoa(r.PadWidth)}, {r.PadBytes, "b"}, {r.Called, "()"}, {r.Repeat, "*"}, {r.Quoted, "q"}, {r.Cell, "\"\""}, {r.Loose, "~"},
		{r.Open != "", r.Open + r.Close}, {r.Part, "+" + strconv.Itoa(r.Order) + strconv.Quote(r.Glue)}, {r.Severity != "", ">" + r.Severity},
		{r.Zone != "", "@" + r.Zone}, {r.Cut, "|"}, {r.NoBlank, "!"}, {r.Last, "$"}, {r.Known, "k"}, {r.Values != nil, "(" + strings.Join(r.Values, "|") + ")"}, {r.Trim, "_"}, {r.Not != "", "^" + r.Not}, {r.Whole, "..."}, {r.Dashes, "-"}, {r.NoArgs, "?-"}, {r.Set != "", strconv.Quote(r.Set)}, {r.Begins != "", "^" + strconv.Quote(r.Begins)}, {r.Exact, "="}, {r.Has != "", "?" + r.Has},
	} {
		if mark.is {
			b.WriteString(mark.text)
		}
	}
}
