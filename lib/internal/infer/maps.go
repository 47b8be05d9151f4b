package infer

import (
	"slices"
	"strings"

	"github.com/sawlog/sawlog/lib/record"
)

// mapField is the column of a map: whatever its values were, they are texts, or lists of such.
func mapField(name string, lists bool) record.Field {
	if lists {
		return record.Field{Name: name, Type: record.Map, Elem: &record.Field{Name: "value", Type: record.List, Elem: &record.Field{Name: "item", Type: record.String}}}
	}
	return record.Field{Name: name, Type: record.Map, Elem: &record.Field{Name: "value", Type: record.String}}
}

// entry tells whether the values of n go to a map: n has no field of its own and stands in an object whose members a map takes, or its
// key begins as the keys of a map do.
func (d *decision) entry(n *Node) bool {
	if d.claims[n] != nil || n.expected() || d.declared[n.name] != nil {
		return false
	}
	if n.Level > 1 {
		return n.Parent.Entries
	}
	return slices.ContainsFunc(d.options.Aliases, func(a Alias) bool {
		prefix := a.prefix()
		return prefix != "" && strings.HasPrefix(n.Key, prefix)
	})
}

// expected tells whether n is only there for the sake of nodes below it that the sample does not have.
func (n *Node) expected() bool {
	return n.Holds == Members && n.counts[Object] == 0
}

// prefix is the beginning of the keys that a map takes, "" for other aliases.
func (a *Alias) prefix() string {
	if a.Type != record.Map {
		return ""
	}
	for _, key := range a.Keys {
		if prefix, ok := strings.CutSuffix(key, "*"); ok {
			return prefix
		}
	}
	return ""
}

// prefixed tells whether name is that of a map that takes keys by their beginning.
func (d *decision) prefixed(name string) bool {
	return slices.ContainsFunc(d.options.Aliases, func(a Alias) bool { return a.Name == name && a.prefix() != "" })
}

// ofLists tells whether the values of the map called name are lists.
func (d *decision) ofLists(name string) bool {
	return slices.ContainsFunc(d.options.Aliases, func(a Alias) bool { return a.Name == name && a.Lists })
}

// prefixMaps adds the columns of the maps that take keys by their beginning.
func (d *decision) prefixMaps(l *Layout, fields []record.Field) []record.Field {
	for i := range d.options.Aliases {
		a := &d.options.Aliases[i]
		prefix := a.prefix()
		if prefix == "" || d.options.Project != nil && !slices.Contains(d.options.Project, a.Name) {
			continue
		}
		l.Maps = append(l.Maps, Map{Column: len(fields), Prefix: prefix})
		fields = append(fields, mapField(a.Name, false))
	}
	return fields
}
