package texts

import (
	"fmt"
	"slices"

	"github.com/sawlog/sawlog/lib/record"
)

// Error is a wrong option.
type Error struct {
	Key, Message string
	Names        []string // the names that would have been right
}

func (e *Error) Error() string { return e.Message }

// Choose makes the schema of an engine whose fields are fixed: those in columns (nil: all), after rename, in their order. index says where
// each field stands in it, -1: left out. A field without a name is none. The error is an *Error.
func Choose(fields []record.Field, columns []string, rename map[string]string, index []int) (*record.Schema, error) {
	var kept []record.Field
	var names []string
	for i, f := range fields {
		index[i] = -1
		if f.Name == "" {
			continue
		}
		if to, ok := rename[f.Name]; ok {
			f.Name = to
		}
		names = append(names, f.Name)
		if columns == nil || slices.Contains(columns, f.Name) {
			index[i] = len(kept)
			kept = append(kept, f)
		}
	}
	for _, name := range columns {
		if !slices.Contains(names, name) {
			return nil, &Error{"columns", fmt.Sprintf("columns: there is no field %q", name), names}
		}
	}
	schema, err := record.NewSchema(kept)
	if err != nil {
		return nil, &Error{"rename", err.Error(), nil}
	}
	return schema, nil
}
