package sawlog

import (
	"slices"
	"strings"

	"github.com/sawlog/sawlog/lib/formats"
)

// FormatInfo describes a built-in format.
type FormatInfo struct {
	Name       string      `json:"name"`
	Title      string      `json:"title"`
	URL        string      `json:"url"`
	Aliases    []string    `json:"aliases,omitempty"`
	Definition string      `json:"definition"` // what the format is short for, as JSON
	Fields     []FieldInfo `json:"fields"`     // those that all its logs have; none where they depend on the input
	Sample     string      `json:"sample"`     // a line that has the format
}

// FieldInfo is a field's name and type.
type FieldInfo struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// Formats lists the built-in formats.
func Formats() []FormatInfo {
	all, err := formats.All()
	if err != nil { // the files are embedded: a test reads them
		panic(err)
	}
	infos := make([]FormatInfo, len(all))
	for i := range all {
		infos[i] = infoOf(&all[i])
	}
	return infos
}

func infoOf(f *formats.Format) FormatInfo {
	info := FormatInfo{Name: f.Name, Title: f.Title, URL: f.URL, Aliases: f.Aliases, Definition: f.Definition, Fields: fieldsOf(f.Name)}
	for _, s := range f.Samples {
		if s.Row != "" {
			info.Sample = s.Input
			break
		}
	}
	return info
}

// DescribeFormat is the built-in format with a name. The error is a *FormatError with the nearest names.
func DescribeFormat(name string) (FormatInfo, error) {
	f, err := findFormat(name)
	if err != nil {
		return FormatInfo{}, err
	}
	all, _ := formats.All()
	at, _ := slices.BinarySearchFunc(all, f.Name, func(f formats.Format, name string) int { return strings.Compare(f.Name, name) })
	return infoOf(&all[at]), nil
}

func fieldsOf(format string) []FieldInfo {
	fields := []FieldInfo{}
	if p, err := NewParser(format); err == nil && p.bound != nil {
		for i := range p.Schema().Fields {
			f := &p.Schema().Fields[i]
			fields = append(fields, FieldInfo{f.Name, f.TypeName()})
		}
	} else if err == nil {
		known := p.resolved.definition.KnownFields()
		for i := range known {
			fields = append(fields, FieldInfo{known[i].Name, known[i].TypeName()})
		}
	}
	return fields
}

func findFormat(name string) (*formats.Format, error) {
	f, names := formats.Lookup(name)
	if f != nil {
		return f, nil
	}
	return nil, &FormatError{Kind: KindFormat, Key: "format", Message: "there is no format " + quote(name), Hint: nearest(name, append(names, auto)), Offset: -1}
}
