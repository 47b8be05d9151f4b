package infer

import (
	"slices"

	"github.com/sawlog/sawlog/lib/record"
)

// Whether a record fits must not depend on the columns that are wanted: declared fields that a projection leaves out have columns that
// parsers write like all others and that batches do not show.

// setSchema makes the schema of fields, which shows all but the hidden ones.
func (l *Layout) setSchema(fields []record.Field) error {
	all, err := record.NewSchema(fields)
	if l.Schema = all; err != nil {
		return err
	}
	keep := make([]int, 0, len(fields))
	for i := range fields {
		if !fields[i].IsHidden() {
			keep = append(keep, i)
		}
	}
	if len(keep) < len(fields) {
		l.Schema, err = all.Select(keep)
	}
	return err
}

// Retype changes the fields of nodes that have columns.
func (l *Layout) Retype(change func(n *Node, f *record.Field)) error {
	fields := slices.Clone(l.Schema.Stored().Fields)
	for _, n := range l.Nodes {
		if n.Column >= 0 {
			change(n, &fields[n.Column])
		}
	}
	return l.setSchema(fields)
}
