package engine

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

// keyTypes are the types that fields have in all formats, where they are not texts.
var keyTypes = map[string]declared{"time": {Type: record.Timestamp, Arg: "auto"}, "observed_time": {Type: record.Timestamp, Arg: "auto"}, "line": {Type: record.Int}, "pid": {Type: record.Int},
	"tid": {Type: record.Int}, "attributes": {Type: record.Map}, "labels": {Type: record.Map}, "mdc": {Type: record.Map}, "fields": {Type: record.Map}, "span": {Type: record.Map}}

// keyRoles are what comes with such fields.
var keyRoles = map[string]struct {
	role   infer.Role
	beside []string
}{"level": {infer.Level, []string{"severity"}}, "caller": {infer.Caller, []string{"file", "line"}}}

// aliases are the fields that keys stand for, in a steady order.
func (d *Definition) aliases(clock timestamp.Options) []infer.Alias {
	var aliases []infer.Alias
	types, _ := d.ownTypes() // Compile has read them
	for _, field := range slices.Sorted(maps.Keys(d.Keys)) {
		t, ok := keyTypes[field]
		if own, given := types[field]; given {
			t = own
		} else if !ok {
			t.Type = record.String
		}
		declared := inferDeclared(d.called(field), t, clock)
		if d.Types[field] == namedInt {
			declared.Type, declared.Words = record.Int, func() infer.Read { return value.ReadNamed }
		}
		declared.Dash = d.Dashes
		declared.Octets = d.Types[field] == octetString
		declared.First = declared.Octets || d.Types[field] == firstString
		a := infer.Alias{Declared: declared, Lists: d.Types[field] == mapOfLists, Keys: d.Keys[field], Role: keyRoles[field].role}
		beside := keyRoles[field].beside
		if role, names := rolesOfTypes(d.Types[field]); role != infer.Plain {
			a.Role, beside = role, names
		}
		for _, name := range beside {
			a.Beside = append(a.Beside, d.called(name))
		}
		aliases = append(aliases, a)
	}
	return aliases
}

// rolesOfTypes is what comes with a field of a type: "request" is a request line, "host_port NAME" an address with the port in another field.
func rolesOfTypes(t string) (infer.Role, []string) {
	if t == requestLine {
		return infer.Request, []string{"method", "target", "protocol"}
	}
	if port, ok := strings.CutPrefix(t, hostPort); ok {
		return infer.HostPort, []string{port}
	}
	return infer.Plain, nil
}

const (
	requestLine = "request"
	hostPort    = "host_port "
)

// first are the fields that come first where fields have no order of their own.
var first = []string{"time", "level", "severity", "message"}

// KnownFields are the fields that all logs of a format have whose schema depends on the input.
func (d *Definition) KnownFields() (fields []record.Field) {
	if d.Signature == nil {
		return nil
	}
	for _, a := range d.aliases(timestamp.Options{}) {
		f := record.Field{Name: a.Name, Type: a.Type}
		if a.Type == record.Map {
			f.Elem = &record.Field{Name: "value", Type: record.String}
			if a.Lists {
				f.Elem = &record.Field{Name: "value", Type: record.List, Elem: &record.Field{Name: "item", Type: record.String}}
			}
		}
		if a.Role != infer.Caller {
			fields = append(fields, f)
		}
		switch a.Role {
		case infer.Request:
			for _, name := range a.Beside {
				fields = append(fields, record.Field{Name: name, Type: record.String})
			}
		case infer.HostPort:
			fields = append(fields, record.Field{Name: a.Beside[0], Type: record.Int})
		case infer.Level:
			fields = append(fields, record.Field{Name: a.Beside[0], Type: record.Uint})
		case infer.Caller:
			fields = append(fields, record.Field{Name: a.Beside[0], Type: record.String}, record.Field{Name: a.Beside[1], Type: record.Int})
		}
	}
	place := func(f record.Field) int {
		if i := slices.Index(first, f.Name); i >= 0 {
			return i
		}
		return len(first)
	}
	slices.SortStableFunc(fields, func(a, b record.Field) int { return cmp.Compare(place(a), place(b)) })
	known := map[string]bool{}
	return slices.DeleteFunc(fields, func(f record.Field) bool { // some are of a key, and beside another
		twice := known[f.Name]
		known[f.Name] = true
		return twice
	})
}

// signature compiles what tells the format's records from others. It and the types are those of a built-in format: a test reads them all.
func (d *Definition) signature() (*infer.Signature, error) {
	if _, err := d.ownTypes(); err != nil {
		return nil, err
	}
	if d.Signature == nil {
		return nil, nil
	}
	s, err := infer.CompileSignature(d.Signature)
	if err != nil {
		return nil, &Error{Key: "signature", Pos: -1, Message: "signature: " + err.Error()}
	}
	return s, nil
}

// namedInt is the type of a number that may stand in brackets behind a name: ThreadId(7).
const namedInt = "int named"

// mapOfLists is the type of a map whose values are lists of texts, firstString that of a text which may stand in an array, as its first
// element.
const (
	mapOfLists  = "map list"
	firstString = "string first"
	octetString = "string octets" // or whose bytes stand there as numbers
)

// ownTypes are the types that a built-in format gives its fields; it may also have maps.
func (d *Definition) ownTypes() (map[string]declared, error) {
	types := map[string]string{}
	own := map[string]declared{}
	for name, text := range d.Types {
		if role, _ := rolesOfTypes(text); role != infer.Plain {
			own[name] = declared{Type: record.String}
			continue
		}
		switch text {
		case namedInt:
		case firstString, octetString:
			own[name] = declared{Type: record.String}
		case record.Map.String(), mapOfLists:
			own[name] = declared{Type: record.Map}
		default:
			types[name] = text
		}
	}
	read, err := parseTypes(types)
	maps.Copy(own, read)
	return own, err
}

// levels is what levels mean, nil: what the usual words say.
func (d *Definition) levels() *value.Levels {
	if d.Levels == nil {
		return nil
	}
	return value.NewLevels(d.Levels)
}

func (d *Definition) called(field string) string {
	if to, ok := d.Called[field]; ok {
		return to
	}
	return field
}
