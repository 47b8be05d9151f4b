package sawlog

import (
	"maps"
	"slices"

	"github.com/sawlog/sawlog/lib/formats"
)

func checkNames(vocabulary string) error {
	if known := formats.Vocabularies(); vocabulary != "" && !slices.Contains(known, vocabulary) {
		return &FormatError{Kind: KindOption, Key: "names", Message: "names cannot be " + quote(vocabulary), Hint: nearest(vocabulary, known), Offset: -1}
	}
	return nil
}

// name puts the names of the vocabulary that o asks for in the place of ours: what Rename makes is named by it too, and Fields and Columns
// may use either. Where a format knows its fields by several keys, they are called so when the keys have been looked up, so that a key
// that only happens to have a field's name keeps it.
func (r *resolved) name(o Options) Options {
	d := &r.definition
	names := map[string]string(nil)
	if format := formats.Find(r.format); format != nil && o.Names != "" {
		names = format.NamesIn(o.Names)
	} else if o.Names != "" {
		names = formats.Names(o.Names)
	}
	theirs := func(name string) string {
		if to, ok := names[name]; ok {
			return to
		}
		return name
	}
	rename := make(map[string]string, len(o.Rename)+len(names))
	d.Called = map[string]string{}
	for ours, to := range names {
		if d.Keys != nil {
			d.Called[ours] = to
		} else if to != ours {
			rename[ours] = to
		}
	}
	for from, to := range o.Rename {
		if d.Keys != nil && isField(d.Keys, from) {
			d.Called[from] = theirs(to)
		} else {
			rename[from] = theirs(to)
		}
	}
	d.Names = names
	o.Rename, o.Fields = rename, renamed(o.Fields, theirs)
	if o.Columns != nil {
		columns := make([]string, len(o.Columns))
		for i, name := range o.Columns {
			columns[i] = theirs(name)
		}
		o.Columns = columns
	}
	return o
}

// checkRename tells of a field that is to have another name and is none. Where the columns come from the log, or only some are kept, nobody
// knows which there are.
func (p *Parser) checkRename() error {
	if len(p.options.Rename) == 0 || p.options.Columns != nil {
		return nil
	}
	native := p.bound.Schema().Names()
	for from, to := range p.resolved.definition.Rename {
		if i := slices.Index(native, to); i >= 0 {
			native[i] = from
		}
	}
	for _, from := range slices.Sorted(maps.Keys(p.options.Rename)) {
		if !slices.Contains(native, from) {
			return &FormatError{Kind: KindOption, Key: "rename", Message: "rename: there is no field " + quote(from), Hint: nearest(from, native), Offset: -1}
		}
	}
	return nil
}

// isField tells whether name is a field that keys stand for, or comes with one.
func isField(keys map[string][]string, name string) bool {
	return keys[name] != nil || name == "severity" && keys["level"] != nil
}

// renamed is fields under other names. What has the other name already keeps it.
func renamed(fields map[string]string, to func(string) string) map[string]string {
	if len(fields) == 0 {
		return fields
	}
	out := make(map[string]string, len(fields))
	for name, t := range fields {
		if other := to(name); fields[other] == "" {
			out[other] = t
		} else {
			out[name] = t
		}
	}
	return out
}
