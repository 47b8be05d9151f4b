package sawlog

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/sawlog/sawlog/lib/formats"
	"github.com/sawlog/sawlog/lib/internal/engine"
	"github.com/sawlog/sawlog/lib/internal/frame"
	"github.com/sawlog/sawlog/lib/internal/meta"
)

// resolved is a definition whose format has been looked up.
type resolved struct {
	definition engine.Definition
	format     string // the built-in format, "" for a definition of the user's own
	frame      frame.Options
}

// auto is the word for: detect.
const auto = "auto"

// resolve looks up the format of o and fills in the defaults; nil means that the format is to be detected. Errors are *FormatError.
func resolve(o Options) (*resolved, error) {
	keys := tagged(o, "how")
	if len(keys) > 1 {
		return nil, &FormatError{Kind: KindOption, Key: keys[1], Message: "only one key says how records are read, but there are " + strings.Join(keys, " and "), Offset: -1}
	}
	if err := checkNames(o.Names); err != nil {
		return nil, err
	}
	if len(keys) == 0 || o.Format == auto {
		return nil, nil
	}
	r := &resolved{}
	d := &r.definition
	if o.Format != "" {
		format, err := findFormat(o.Format)
		if err != nil {
			return nil, err
		}
		r.format = format.Name
		if o, err = refine(format, o); err != nil {
			return nil, err
		}
		keys = tagged(o, "how")
		d.Keys, d.Types, d.Levels, d.Dashes, d.Signature = format.Keys, format.Types, format.Levels, format.Dashes, format.Signature
	}
	o.Columns = withoutMeta(o.Columns, o.Meta)
	o = r.name(o)
	d.Language, d.Name, d.Fields, d.Rename, d.Columns = keys[0], o.Name, o.Fields, o.Rename, o.Columns
	d.Rest, d.Optional, d.Stack, d.Strict = o.Rest, o.Optional, o.Stack, o.Strict
	d.Zone, d.Year, d.Now, d.FileTime, d.UTF8, d.Meta = o.Zone, o.Year, o.Now, o.FileTime, o.UTF8, o.Meta
	if text, ok := fieldOf(o, keys[0]).Interface().(string); ok {
		d.Text = text
	}
	ownOptions(&o, d)
	if err := checkSample(keys[0]+".", d.SampleRecords, d.SampleBytes); err != nil {
		return nil, err
	}
	if d.SampleRecords == 0 {
		d.SampleRecords = o.SampleRecords
	}
	if d.SampleBytes == 0 {
		d.SampleBytes = o.SampleBytes
	}
	limits := Limits{}
	if o.Limits != nil {
		limits = *o.Limits
	}
	r.frame = frameOptions(&o)
	d.Line, d.Depth, d.MaxColumns = limits.Line, limits.Depth, limits.Columns
	if d.Line <= 0 {
		d.Line = defaultLine
		if d.Document {
			d.Line = defaultDocument
		}
	}
	r.frame.Limit = d.Line
	return r, checkLimits(o)
}

// asWritten sets what the pattern of a logging library says of its lines and of what stands behind them; several: records may have several lines.
func (o *Options) asWritten(several bool) {
	o.StripANSI = o.StripANSI || engine.Coloured(o.Logback)
	if several && o.Stack == "" && (engine.LeavesTraces("logback", o.Logback) || engine.LeavesTraces("python_logging", o.PythonLogging)) {
		o.Stack = "stack"
	}
}

// withoutMeta is columns without those that stand behind a parser's own anyway.
func withoutMeta(columns, names []string) []string {
	if columns == nil || len(names) == 0 {
		return columns
	}
	return slices.DeleteFunc(slices.Clone(columns), func(column string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return meta.Called(name) == column })
	})
}

// frameOptions are what o says about where records begin.
func frameOptions(o *Options) frame.Options {
	f := frame.Options{Framing: o.Framing, Export: o.JournaldExport != nil, StripANSI: o.StripANSI, Limit: defaultLine}
	if l := o.Limits; l != nil && l.Line > 0 {
		f.Limit = l.Line
	}
	switch m := o.Multiline; {
	case m != nil:
		f.Multiline = &frame.Joining{Presets: m.Preset, Start: m.Start, Next: m.Next, Open: m.Open, End: m.End}
	case o.Postgres != "": // PostgreSQL itself writes a tab before each line that goes on
		f.Multiline = &frame.Joining{Presets: []string{"postgres"}}
	}
	return f
}

// ownOptions takes over the options of the languages and engines that have some of their own.
func ownOptions(o *Options, d *engine.Definition) {
	if j := o.JSON; j != nil {
		d.Document, d.Flatten, d.SampleRecords, d.SampleBytes = j.Document, j.Flatten, j.SampleRecords, j.SampleBytes
	}
	if y := o.Syslog; y != nil {
		d.RFC, d.Partial = y.RFC, y.Partial
	}
	if l := o.Logfmt; l != nil {
		d.Pairs, d.SampleRecords, d.SampleBytes = l.Pairs, l.SampleRecords, l.SampleBytes
	}
	to := &d.Others
	to.Grok.Patterns, to.Grok.Define, to.Grok.Files, to.Grok.Numbered = o.Grok, o.Patterns, o.PatternFiles, o.Numbered
	to.Grok.All = o.NamedOnly != nil && !*o.NamedOnly
	to.Line = o.Line
	if g := o.GoAccess; g != nil {
		d.Text, to.Date, to.Time = g.LogFormat, g.DateFormat, g.TimeFormat
	}
	if c := o.CSV; c != nil {
		to.CSV.Delimiter, to.CSV.Header, to.CSV.Names, to.CSV.Backslash = c.Delimiter, c.Header, c.Columns, c.Backslash
		d.SampleRecords, d.SampleBytes = c.SampleRecords, c.SampleBytes
	}
	if k := o.KeyValue; k != nil {
		to.KeyValue.KeyValueDelimiter, to.KeyValue.FieldDelimiter, to.KeyValue.Whitespace, to.KeyValue.StandaloneKey = k.KeyValueDelimiter, k.FieldDelimiter, k.Whitespace, k.StandaloneKey
		d.SampleRecords, d.SampleBytes = k.SampleRecords, k.SampleBytes
	}
	if l := o.LTSV; l != nil {
		d.SampleRecords, d.SampleBytes = l.SampleRecords, l.SampleBytes
	}
	if w := o.W3C; w != nil {
		to.Header = w.Header
	}
	to.CustomLabels = o.CEF != nil && o.CEF.CustomLabels
}

const (
	defaultLine     = 1 << 20
	defaultDocument = 1 << 30
	largestLine     = 1 << 30 // texts are found by 31-bit offsets
)

func checkLimits(o Options) error {
	wrong := func(key, message string) error {
		return &FormatError{Kind: KindOption, Key: key, Message: message, Offset: -1}
	}
	if o.Year < 0 || o.Year > 9999 {
		return wrong("year", "year is between 1 and 9999")
	}
	if err := checkSample("", o.SampleRecords, o.SampleBytes); err != nil {
		return err
	}
	if l := o.Limits; l != nil {
		switch {
		case l.Line < 0 || l.Line > largestLine:
			return wrong("limits.line", "limits.line is between 1 and 1073741824 bytes")
		case l.Bytes < 0:
			return wrong("limits.bytes", "limits.bytes cannot be negative")
		case l.Depth < 0 || l.Depth > 10000:
			return wrong("limits.depth", "limits.depth is between 1 and 10000")
		case l.Columns < 0 || l.Columns > 100000:
			return wrong("limits.columns", "limits.columns is between 1 and 100000")
		}
	}
	return nil
}

// checkSample refuses a beginning of less than nothing. where is the engine's name and a dot, where it is the engine's option.
func checkSample(where string, records, bytes int) error {
	key := where + "sample_records"
	if records >= 0 {
		key = where + "sample_bytes"
	}
	if records >= 0 && bytes >= 0 {
		return nil
	}
	return &FormatError{Kind: KindOption, Key: key, Message: key + " cannot be negative", Offset: -1}
}

// refine puts what the user says on top of a format's own definition.
func refine(format *formats.Format, o Options) (Options, error) {
	own, err := ParseOptions(format.Definition)
	if err != nil {
		return o, err
	}
	own.Fields = merged(own.Fields, o.Fields)
	own.Rename = merged(own.Rename, o.Rename)
	to, from := reflect.ValueOf(&own).Elem(), reflect.ValueOf(&o).Elem()
	for i, f := range optionKeys().fields {
		if v := from.Field(i); f.key != "format" && f.key != "fields" && f.key != "rename" && !v.IsZero() {
			to.Field(i).Set(v)
		}
	}
	return own, nil
}

func merged(a, b map[string]string) map[string]string {
	if len(a) == 0 {
		return b
	}
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// tagged lists the JSON keys of the fields of o that are set and have the tag.
func tagged(o Options, tag string) (keys []string) {
	v := reflect.ValueOf(&o).Elem()
	for i, f := range optionKeys().fields {
		if f.tag == tag && !v.Field(i).IsZero() {
			keys = append(keys, f.key)
		}
	}
	return keys
}

func fieldOf(o Options, key string) reflect.Value {
	return reflect.ValueOf(&o).Elem().Field(optionKeys().index[key])
}

// firstReading is the first option for reading that is set, or "".
func firstReading(o Options) string {
	if keys := tagged(o, "reading"); len(keys) > 0 {
		return keys[0]
	}
	return ""
}

// definitionOnly is o without what says how to read.
func (o Options) definitionOnly() Options {
	v := reflect.ValueOf(&o).Elem()
	for i, f := range optionKeys().fields {
		if f.tag == "reading" {
			v.Field(i).SetZero()
		}
	}
	if len(tagged(o, "how")) == 0 {
		o.Format = auto
	}
	return o
}

// readingOnly is o with only what says how to read.
func (o Options) readingOnly() Options {
	reading := Options{Limits: o.Limits}
	from, to := reflect.ValueOf(&o).Elem(), reflect.ValueOf(&reading).Elem()
	for i, f := range optionKeys().fields {
		if f.tag == "reading" {
			to.Field(i).Set(from.Field(i))
		}
	}
	return reading
}

// definitionKeys are the keys that are set and do not say how to read.
func (o Options) definitionKeys() (keys []string) {
	v := reflect.ValueOf(&o).Elem()
	for i, f := range optionKeys().fields {
		if f.tag != "reading" && f.key != "-" && f.key != "limits" && !v.Field(i).IsZero() {
			keys = append(keys, f.key)
		}
	}
	return keys
}

// checkSettled refuses what would refine a parser that is made: to pass it over in silence would be to give what was not asked for.
func checkSettled(o Options) error {
	if keys := o.definitionKeys(); len(keys) > 0 {
		return &FormatError{Kind: KindOption, Key: keys[0], Message: quote(keys[0]) + " belongs to the parser, which is there already", Offset: -1}
	}
	return nil
}
