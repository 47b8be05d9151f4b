package engine

import (
	"maps"
	"slices"

	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
	"github.com/sawlog/sawlog/lib/record"
)

// keyTypes are the types of the fields that keys stand for, where they are not texts.
var keyTypes = map[string]declared{"time": {record.Timestamp, "auto"}, "line": {record.Int, ""}}

// keyRoles are what comes with such fields.
var keyRoles = map[string]struct {
	role   infer.Role
	beside []string
}{"level": {infer.Level, []string{"severity"}}, "caller": {infer.Caller, []string{"file", "line"}}}

// aliases are the fields that keys stand for, in a steady order.
func (d *Definition) aliases(clock timestamp.Options) []infer.Alias {
	var aliases []infer.Alias
	for _, field := range slices.Sorted(maps.Keys(d.Keys)) {
		t, ok := keyTypes[field]
		if !ok {
			t.Type = record.String
		}
		a := infer.Alias{Declared: inferDeclared(d.called(field), t, clock), Keys: d.Keys[field], Role: keyRoles[field].role}
		for _, name := range keyRoles[field].beside {
			a.Beside = append(a.Beside, d.called(name))
		}
		aliases = append(aliases, a)
	}
	return aliases
}

func (d *Definition) called(field string) string {
	if to, ok := d.Called[field]; ok {
		return to
	}
	return field
}
