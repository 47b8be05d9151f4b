package arrowgo

import (
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"

	sawlog "github.com/sawlog/sawlog/lib"
	"github.com/sawlog/sawlog/lib/record"
)

// Schema is s as Arrow has it: the schema of the record batches made with the same options.
func Schema(s *sawlog.Schema, o Options) (*arrow.Schema, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	fields := make([]arrow.Field, len(s.Fields))
	for i := range s.Fields {
		t, err := dataType(&s.Fields[i], &o)
		if err != nil {
			return nil, fmt.Errorf("arrowgo: column %q: %w", s.Fields[i].Name, err)
		}
		fields[i] = arrow.Field{Name: s.Fields[i].Name, Type: t, Nullable: true}
	}
	return arrow.NewSchema(fields, nil), nil
}

func dataType(f *record.Field, o *Options) (arrow.DataType, error) {
	switch f.Type {
	case record.Bool:
		return arrow.FixedWidthTypes.Boolean, nil
	case record.Int:
		return arrow.PrimitiveTypes.Int64, nil
	case record.Uint:
		return arrow.PrimitiveTypes.Uint64, nil
	case record.Float:
		return arrow.PrimitiveTypes.Float64, nil
	case record.Timestamp:
		return &arrow.TimestampType{Unit: o.unit(), TimeZone: "UTC"}, nil
	case record.Duration:
		return &arrow.DurationType{Unit: o.unit()}, nil
	case record.String, record.IP:
		if f.Dictionary && !o.NoDictionary {
			return &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}, nil
		}
		return [...]arrow.DataType{arrow.BinaryTypes.StringView, arrow.BinaryTypes.String, arrow.BinaryTypes.LargeString}[o.Strings], nil
	case record.Bytes:
		return [...]arrow.DataType{arrow.BinaryTypes.BinaryView, arrow.BinaryTypes.Binary, arrow.BinaryTypes.LargeBinary}[o.Strings], nil
	case record.List, record.Map:
		return nestedType(f, o)
	}
	return nil, fmt.Errorf("there is no Arrow type for %s", f.Type)
}

// nestedType is the type of a list or map. Elements may be null; keys and the pairs of a map may not.
func nestedType(f *record.Field, o *Options) (arrow.DataType, error) {
	children := f.Children()
	types := make([]arrow.DataType, len(children))
	for i, child := range children {
		t, err := dataType(child, o)
		if err != nil {
			return nil, err
		}
		types[i] = t
	}
	if f.Type == record.List {
		return arrow.ListOf(types[0]), nil
	}
	return arrow.MapOfFields(arrow.Field{Type: types[0]}, arrow.Field{Type: types[1], Nullable: true}), nil
}
