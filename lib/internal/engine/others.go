package engine

import (
	"errors"

	"github.com/sawlog/sawlog/lib/internal/cef"
	"github.com/sawlog/sawlog/lib/internal/csv"
	"github.com/sawlog/sawlog/lib/internal/grok"
	"github.com/sawlog/sawlog/lib/internal/journald"
	"github.com/sawlog/sawlog/lib/internal/keyvalue"
	"github.com/sawlog/sawlog/lib/internal/slowlog"
	"github.com/sawlog/sawlog/lib/internal/texts"
	"github.com/sawlog/sawlog/lib/internal/timed"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
	"github.com/sawlog/sawlog/lib/internal/w3c"
	"github.com/sawlog/sawlog/lib/internal/zeek"
	"github.com/sawlog/sawlog/lib/record"
)

// Others are the options of the languages and engines that have some of their own.
type Others struct {
	Grok struct {
		Patterns []string
		Define   map[string]string
		Files    []string
		All      bool // %{NAME} without a field is captured
		Numbered bool
	}
	Line         []string
	CSV          csv.Options
	KeyValue     keyvalue.Options
	CustomLabels bool
	Header       string // of w3c
	Date, Time   string // of goaccess
}

// other compiles what is no plain pattern; nil when the language is one.
func (d *Definition) other(types map[string]declared, clock timestamp.Options) (Plan, error) {
	infers := d.inferOptions(types, clock)
	reject, raw := d.UTF8 == "reject", d.UTF8 == "bytes"
	switch d.Language {
	case "grok", "regex":
		return d.grok(types, clock)
	case "timed":
		return d.timed(clock)
	case "mysql_slow":
		return d.slowlog(clock)
	case "csv":
		o := d.Others.CSV
		o.Infer, o.Line, o.Reject, o.Bytes, o.Strict = infers, d.Line, reject, raw, d.Strict
		plan, err := csv.Compile(o)
		var wrong *csv.Error
		if errors.As(err, &wrong) {
			return nil, &Error{Key: "csv." + wrong.Key, Pos: -1, Message: "csv." + wrong.Message}
		} else if err != nil {
			return nil, blame(err)
		}
		return sampled{"csv", plan.SampleBytes(), plan.Records, records(d), func(sample []byte) (counterless, error) { return plan.Bind(sample) }, nil}, nil
	case "keyvalue", "ltsv":
		o := d.Others.KeyValue
		o.Infer, o.Line, o.Reject, o.Bytes, o.LTSV = infers, d.Line, reject, raw, d.Language == "ltsv"
		plan, err := keyvalue.Compile(o)
		var wrong *texts.Error
		if errors.As(err, &wrong) {
			return nil, &Error{Key: "keyvalue." + wrong.Key, Pos: -1, Message: "keyvalue." + wrong.Message, Names: wrong.Names}
		} else if err != nil {
			return nil, blame(err)
		}
		return sampled{d.Language, plan.SampleBytes(), plan.Records, records(d), func(sample []byte) (counterless, error) { return plan.Bind(sample) }, nil}, nil
	case "journald_export":
		plan, err := journald.Compile(journald.Options{Infer: infers, Line: d.Line, Reject: reject, Bytes: raw})
		if err != nil {
			return nil, blame(err)
		}
		return sampled{d.Language, plan.SampleBytes(), plan.Records, records(d), func(sample []byte) (counterless, error) { return plan.Bind(sample) }, plan.Taken}, nil
	case "w3c":
		plan, err := w3c.Compile(w3c.Options{Infer: infers, Header: d.Others.Header, Line: d.Line, Reject: reject, Bytes: raw, Clock: clock})
		if err != nil {
			return nil, blame(err)
		}
		return sampled{"w3c", plan.SampleBytes(), plan.Records, records(d), func(sample []byte) (counterless, error) { return plan.Bind(sample) }, nil}, nil
	case "zeek":
		if len(d.Fields) > 0 {
			return nil, &Error{Key: "fields", Pos: -1, Message: "fields: the types of zeek stand in its header"}
		}
		plan, err := zeek.Compile(zeek.Options{Columns: d.Columns, Rename: d.Rename, Line: d.Line, Reject: reject, Bytes: raw, Clock: clock})
		if err != nil {
			return nil, blame(err)
		}
		return sampled{"zeek", plan.SampleBytes(), plan.Records, records(d), func(sample []byte) (counterless, error) { return plan.Bind(sample) }, nil}, nil
	case "cef", "leef":
		if err := d.noTypes(); err != nil {
			return nil, err
		}
		plan, err := cef.Compile(cef.Options{LEEF: d.Language == "leef", CustomLabels: d.Others.CustomLabels, Strict: d.Strict, Columns: d.Columns, Rename: d.Rename, Line: d.Line, Reject: reject, Bytes: raw, Clock: clock})
		if err != nil {
			return nil, refused(err)
		}
		return fixed{d.Language, plan, cef.Present}, nil
	}
	return nil, nil
}

// noTypes refuses types of fields where an engine has its own.
func (d *Definition) noTypes() error {
	if len(d.Fields) == 0 {
		return nil
	}
	return &Error{Key: "fields", Pos: -1, Message: "fields: the types of " + d.Language + " are fixed"}
}

func (d *Definition) grok(types map[string]declared, clock timestamp.Options) (Plan, error) {
	g := &d.Others.Grok
	o := grok.Options{Patterns: g.Patterns, Define: g.Define, Files: g.Files, All: g.All, Regex: d.Language == "regex", Numbered: g.Numbered, Fields: map[string]grok.Declared{},
		Rename: d.Rename, Columns: d.Columns, Limit: d.Line, Reject: d.UTF8 == "reject", Bytes: d.UTF8 == "bytes", Clock: clock}
	if o.Regex {
		o.Patterns = []string{d.Text}
	}
	for name, t := range types {
		o.Fields[name] = grok.Declared{Type: t.Type, Layout: t.Arg}
	}
	plan, err := grok.Compile(o)
	var wrong *grok.Error
	if errors.As(err, &wrong) {
		key, text := wrong.Key, ""
		if key == "" {
			key = d.Language
			if wrong.Index < len(o.Patterns) {
				text = o.Patterns[wrong.Index]
			}
		}
		return nil, &Error{Key: key, Pos: wrong.Pos, Text: text, Message: wrong.Message, Hint: wrong.Hint, Names: wrong.Names}
	} else if err != nil {
		return nil, blame(err)
	}
	return fixed{d.Language, plan, grok.Present}, nil
}

func (d *Definition) slowlog(clock timestamp.Options) (Plan, error) {
	if err := d.noTypes(); err != nil {
		return nil, err
	}
	plan, err := slowlog.Compile(slowlog.Options{Columns: d.Columns, Rename: d.Rename, Line: d.Line, Reject: d.UTF8 == "reject", Bytes: d.UTF8 == "bytes", Clock: clock})
	if err != nil {
		return nil, refused(err)
	}
	return fixed{"mysql_slow", plan, slowlog.Present}, nil
}

func (d *Definition) timed(clock timestamp.Options) (Plan, error) {
	if err := d.noTypes(); err != nil {
		return nil, err
	}
	plan, err := timed.Compile(timed.Options{Columns: d.Columns, Rename: d.Rename, Line: d.Line, Reject: d.UTF8 == "reject", Bytes: d.UTF8 == "bytes", Clock: clock})
	if err != nil {
		return nil, refused(err)
	}
	return fixed{"timed", plan, timed.Present}, nil
}

// fixed is an engine whose schema does not depend on the input.
type fixed struct {
	name string
	plan interface {
		Schema() *record.Schema
		NewWorker() record.Worker
		NewRecordWorker() record.Worker
	}
	present bool
}

// Describe implements Describer: of a pattern without borders between its elements, as grok's are, as a whole.
func (p fixed) Describe() (parts []Part) {
	d, ok := p.plan.(interface{ Describe() []string })
	if !ok {
		return nil
	}
	for _, how := range d.Describe() {
		parts = append(parts, Part{Element: p.name, How: how})
	}
	return parts
}

// Warnings implements Warner.
func (p fixed) Warnings() (all []Warning) {
	plan, ok := p.plan.(*grok.Plan)
	if !ok {
		return nil
	}
	if !plan.Captures() {
		hint := "%{NAME:field} keeps what it matches; with \"named_only\": false all names do"
		if p.name == "regex" {
			hint = "(?P<name>...) keeps what it matches; with \"numbered\": true all groups do"
		}
		wrong := Error{Key: p.name, Text: plan.Pattern(0), Message: "the pattern keeps nothing of a line: rows have no columns", Hint: hint}
		all = append(all, Warning{wrong, p.name, ""})
	}
	for _, a := range plan.Ambiguous() {
		wrong := Error{Key: p.name, Pos: a.Pos, Text: plan.Pattern(a.Index), Message: a.Message, Hint: a.Hint}
		all = append(all, Warning{wrong, p.name, a.First})
	}
	return all
}

func (p fixed) Engine() string             { return p.name }
func (p fixed) Document() bool             { return false }
func (p fixed) Sample() int                { return 0 }
func (p fixed) Bind([]byte) (Bound, error) { return p, nil }
func (p fixed) Schema() *record.Schema     { return p.plan.Schema() }
func (p fixed) Present() bool              { return p.present }
func (p fixed) NewWorker() record.Worker   { return p.plan.NewWorker() }
func (p fixed) NewRecordWorker() (record.Worker, bool) {
	return p.plan.NewRecordWorker(), true
}

// counterless is what an engine binds to.
type counterless interface {
	Schema() *record.Schema
	NewWorker() record.Worker
	NewRecordWorker() record.Worker
}

// sampled is an engine whose schema comes from the input.
type sampled struct {
	name    string
	sample  int
	count   func(sample []byte) (records, lines int)
	records int
	bind    func(sample []byte) (counterless, error)
	taken   func(sample []byte) int // nil: what count says
}

func (p sampled) Count(sample []byte) (records, lines int) { return p.count(sample) }
func (p sampled) Records() int                             { return p.records }

func (p sampled) Taken(sample []byte) int {
	if p.taken != nil {
		return p.taken(sample)
	}
	n, _ := p.count(sample)
	return n
}

func (p sampled) Engine() string { return p.name }
func (p sampled) Document() bool { return false }
func (p sampled) Sample() int    { return p.sample }
func (p sampled) Bind(sample []byte) (Bound, error) {
	bound, err := p.bind(sample)
	if err != nil {
		return nil, blame(err)
	}
	return inferred{bound}, nil
}
