package sawlog

import (
	"sync"

	"github.com/sawlog/sawlog/lib/formats"
)

// FormatInfo describes a built-in format.
type FormatInfo struct {
	Name       string      `json:"name"`
	Title      string      `json:"title"`
	URL        string      `json:"url"`
	Aliases    []string    `json:"aliases,omitempty"`
	Definition string      `json:"definition"` // what the format is short for, as JSON
	Fields     []FieldInfo `json:"fields"`     // empty where they depend on the input
	Sample     string      `json:"sample"`     // a line that has the format
}

// FieldInfo is a field's name and type.
type FieldInfo struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// builtIn is read once, when it is first asked for.
var builtIn = sync.OnceValue(func() []FormatInfo {
	all, err := formats.All()
	if err != nil { // the files are embedded: a test reads them
		panic(err)
	}
	infos := make([]FormatInfo, len(all))
	for i, f := range all {
		infos[i] = FormatInfo{Name: f.Name, Title: f.Title, URL: f.URL, Aliases: f.Aliases, Definition: f.Definition}
		for _, s := range f.Samples {
			if s.Row != "" {
				infos[i].Sample = s.Input
				break
			}
		}
	}
	return infos
})

// Formats lists the built-in formats.
func Formats() []FormatInfo {
	all := append([]FormatInfo(nil), builtIn()...)
	for i := range all {
		all[i].Fields = fieldsOf(all[i].Name)
	}
	return all
}

// DescribeFormat is the built-in format with a name. The error is a *FormatError with the nearest names.
func DescribeFormat(name string) (FormatInfo, error) {
	f, err := findFormat(name)
	if err != nil {
		return FormatInfo{}, err
	}
	info := *f
	info.Fields = fieldsOf(info.Name)
	return info, nil
}

func fieldsOf(format string) []FieldInfo {
	fields := []FieldInfo{}
	if p, err := NewParser(format); err == nil && p.bound != nil {
		for i := range p.Schema().Fields {
			f := &p.Schema().Fields[i]
			fields = append(fields, FieldInfo{f.Name, f.TypeName()})
		}
	}
	return fields
}

func findFormat(name string) (*FormatInfo, error) {
	all := builtIn()
	var names []string
	for i := range all {
		for _, n := range append([]string{all[i].Name}, all[i].Aliases...) {
			if n == name {
				return &all[i], nil
			}
			names = append(names, n)
		}
	}
	return nil, &FormatError{Kind: KindFormat, Key: "format", Message: "there is no format " + quote(name), Hint: nearest(name, append(names, auto)), Offset: -1}
}
