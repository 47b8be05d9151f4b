package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/match"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

// declared is a type as a user wrote it: "int", "timestamp %d/%b/%Y", "duration ms", "list<int>".
type declared struct {
	Type record.Type
	Arg  string
	Elem *declared // of a list
}

// declarable are the types that Fields may give.
var declarable = []string{"string", "int", "uint", "float", "bool", "timestamp", "duration", "ip", "bytes", "size"}

func parseTypes(fields map[string]string) (map[string]declared, error) {
	types := make(map[string]declared, len(fields))
	for _, name := range slices.Sorted(maps.Keys(fields)) { // of several mistakes the same one is told each time
		t, err := parseType(name, fields[name])
		if err != nil {
			return nil, err
		}
		types[name] = t
	}
	return types, nil
}

// parseType reads the type that a field is given: one of those declarable, or a list of them.
func parseType(name, text string) (declared, error) {
	text = strings.TrimSpace(text)
	if inner, ok := strings.CutPrefix(text, "list<"); ok && strings.HasSuffix(inner, ">") {
		elem, err := parseType(name, strings.TrimSuffix(inner, ">"))
		if err == nil && elem.Type == record.List {
			err = &Error{Key: "fields", Pos: -1, Message: fmt.Sprintf("fields: %q: a list holds values, not lists", name)}
		}
		return declared{Type: record.List, Elem: &elem}, err
	}
	word, arg, _ := strings.Cut(text, " ")
	if word == "size" && arg == "" {
		word, arg = "int", "size"
	}
	t, arg := record.ParseType(word), strings.TrimSpace(arg)
	if !slices.Contains(declarable, word) {
		return declared{}, &Error{Key: "fields", Pos: -1, Message: fmt.Sprintf("fields: %q has the unknown type %q", name, text), Names: declarable}
	}
	switch {
	case t == record.Timestamp && arg == "":
		arg = "auto"
	case t == record.Duration && !slices.Contains([]string{"", "s", "ms", "us", "ns"}, arg):
		return declared{}, &Error{Key: "fields", Pos: -1, Message: fmt.Sprintf("fields: %q: a duration takes the unit of bare numbers, not %q", name, arg), Names: []string{"s", "ms", "us", "ns"}}
	case t == record.Int && (arg == "hex" || arg == "size"), t == record.String && arg == "unquote":
	case t != record.Timestamp && t != record.Duration && arg != "":
		return declared{}, &Error{Key: "fields", Pos: -1, Message: fmt.Sprintf("fields: %q: the type %s takes no argument, but has %q", name, word, arg)}
	}
	if t == record.Timestamp {
		if _, err := timestamp.Compile(arg); err != nil {
			return declared{}, &Error{Key: "fields", Pos: -1, Message: fmt.Sprintf("fields: %q: %v", name, err)}
		}
	}
	return declared{Type: t, Arg: arg}, nil
}

// noLists refuses lists where no record has any.
func (d *Definition) noLists(types map[string]declared) error {
	if d.Language == "json" {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(types)) {
		if types[name].Type == record.List {
			return &Error{Key: "fields", Pos: -1, Message: fmt.Sprintf("fields: %q: only json has lists whose type can be given", name)}
		}
	}
	return nil
}

func (d *Definition) clock() (timestamp.Options, error) {
	o := timestamp.Options{Year: d.Year}
	if d.Zone != "" {
		zone, err := timestamp.ParseZone(d.Zone)
		if err != nil {
			return o, &Error{Key: "zone", Pos: -1, Message: fmt.Sprintf("zone: %v", err), Hint: "an IANA name such as Europe/Berlin, or +HH:MM"}
		}
		o.Zone = zone
	}
	o.File = d.FileTime
	switch d.Now {
	case "":
	case "clock":
		o.Live = true
	default:
		now, err := time.Parse(time.RFC3339Nano, d.Now)
		if err != nil {
			return o, &Error{Key: "now", Pos: -1, Message: fmt.Sprintf("now: %q is not a time in RFC 3339", d.Now), Hint: `2026-03-01T00:00:00Z, or "clock" for the time at which a line is read`}
		}
		o.Now = now
	}
	return o, nil
}

func (d *Definition) matchOptions(types map[string]declared, clock timestamp.Options) match.Options {
	o := match.Options{Rename: d.Rename, Columns: d.Columns, Limit: d.Line, Reject: d.UTF8 == "reject", Bytes: d.UTF8 == "bytes", Clock: clock, Fields: map[string]match.Declared{}}
	for name, t := range types {
		o.Fields[name] = match.Declared{Type: t.Type, Layout: t.Arg}
	}
	return o
}

func (d *Definition) inferOptions(types map[string]declared, clock timestamp.Options) infer.Options {
	o := infer.Options{Records: d.SampleRecords, Bytes: d.SampleBytes, Columns: d.MaxColumns, Rename: d.Rename, Project: d.Columns, Flatten: d.Flatten, Fixed: d.Signature != nil, Aliases: d.aliases(clock)}
	names := make([]string, 0, len(types))
	for name := range types {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		o.Fields = append(o.Fields, inferDeclared(name, types[name], clock))
	}
	return o
}

func inferDeclared(name string, t declared, clock timestamp.Options) infer.Declared {
	field := infer.Declared{Name: name, Type: t.Type}
	switch t.Type {
	case record.List:
		elem := inferDeclared(name, *t.Elem, clock)
		field.Elem = &elem
	case record.Timestamp:
		layout := timestamp.MustCompile(t.Arg) // parseTypes has compiled it
		field.Words = func() infer.Read { return layout.NewClock(clock).Parse }
		field.RFC3339 = layout.RFC3339()
		field.Guess = func(f *record.Field) { layout.Guess(f, clock) }
	case record.Duration:
		field.Words = func() infer.Read { return value.ReadDuration(value.Unit(t.Arg)) }
	case record.IP:
		field.Check = value.IP
	case record.Int:
		switch t.Arg {
		case "hex":
			field.Words = func() infer.Read { return value.ReadHex }
		case "size":
			field.Words = func() infer.Read { return value.ReadSize }
		}
	case record.String:
		if t.Arg == "unquote" {
			field.Rewrite = unquote
		}
	}
	return field
}

// unquote appends text without the quotes around it, if there are any, and the escapes between them undone.
func unquote(dst, text []byte) ([]byte, bool) {
	n := len(text)
	if n >= 2 && (text[0] == '"' || text[0] == '\'') && text[n-1] == text[0] {
		return value.Literal(dst, text[1:n-1]), true
	}
	return append(dst, text...), true
}
