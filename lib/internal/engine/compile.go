package engine

import (
	"errors"
	"fmt"
	"slices"

	"github.com/sawlog/sawlog/lib/internal/frame"
	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/logfmt"
	"github.com/sawlog/sawlog/lib/internal/match"
	"github.com/sawlog/sawlog/lib/internal/ndjson"
	"github.com/sawlog/sawlog/lib/internal/pattern"
	"github.com/sawlog/sawlog/lib/internal/texts"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
	"github.com/sawlog/sawlog/lib/record"
)

// frontEnds turn the text of a pattern language into a tree for the matcher.
var frontEnds = map[string]func(text string) (*pattern.Tree, error){
	"apache":         pattern.CompileApache,
	"dissect":        pattern.CompileDissect,
	"envoy":          pattern.CompileEnvoy,
	"gunicorn":       pattern.CompileGunicorn,
	"haproxy":        pattern.CompileHAProxy,
	"logback":        pattern.CompileLogback,
	"logsql":         pattern.CompileLogsQL,
	"loki":           pattern.CompileLoki,
	"nginx":          pattern.CompileNginx,
	"postgres":       pattern.CompilePostgres,
	"python_logging": pattern.CompilePythonLogging,
	"rsyslog":        pattern.CompileRsyslog,
	"squid":          pattern.CompileSquid,
	"tomcat":         pattern.CompileTomcat,
	"undertow":       pattern.CompileUndertow,
	"uwsgi":          pattern.CompileUWSGI,
	"vpc_flow":       pattern.CompileVPCFlow,
}

var utf8Policies = []string{"", "replace", "bytes", "reject"}

// Compile makes a plan. Errors are *Error.
func Compile(d *Definition) (Plan, error) {
	plan, err := d.compiled()
	if err != nil {
		return nil, err
	}
	return Place(d.convert(plan), d.Meta, d.UTF8 == "bytes")
}

func (d *Definition) compiled() (Plan, error) {
	if d.Stack != "" {
		return d.trace(compile)
	}
	return compile(d)
}

func compile(d *Definition) (Plan, error) {
	if !slices.Contains(utf8Policies, d.UTF8) {
		return nil, &Error{Key: "utf8", Pos: -1, Message: fmt.Sprintf("utf8 cannot be %q", d.UTF8), Names: utf8Policies[1:]}
	}
	types, err := parseTypes(d.Fields)
	if err == nil {
		err = d.noLists(types)
	}
	if err != nil {
		return nil, err
	}
	clock, err := d.clock()
	if err != nil {
		return nil, err
	}
	signature, err := d.signature()
	if err != nil {
		return nil, err
	}
	switch d.Language {
	case "json":
		plan, err := ndjson.Compile(ndjson.Options{Infer: d.inferOptions(types, clock), Document: d.Document, Depth: d.Depth, Line: d.Line, Levels: d.levels(), Reject: d.UTF8 == "reject"})
		if err != nil {
			return nil, blame(err)
		}
		return jsonPlan{plan, d.Document, records(d), signature}, nil
	case "otlp":
		return d.otlp()
	case "logfmt":
		plan, err := logfmt.Compile(logfmt.Options{Infer: d.inferOptions(types, clock), Line: d.Line, Levels: d.levels(), Pairs: d.Pairs, Reject: d.UTF8 == "reject"})
		if err != nil {
			return nil, blame(err)
		}
		return logfmtPlan{plan, records(d), signature}, nil
	case "syslog":
		return d.syslog(clock)
	}
	if plan, err := d.other(types, clock); plan != nil || err != nil {
		return plan, err
	}
	front, ok := frontEnds[d.Language]
	if d.Language == "goaccess" {
		front, ok = func(text string) (*pattern.Tree, error) {
			return pattern.CompileGoAccess(text, d.Others.Date, d.Others.Time)
		}, true
	}
	if d.Language == "line" {
		return d.line(types, clock)
	}
	if !ok {
		return nil, &Error{Key: d.Language, Pos: -1, Message: fmt.Sprintf("there is no pattern language or engine %q", d.Language)}
	}
	text, base, err := pattern.FromConfiguration(d.Language, d.Text, d.Name)
	if err != nil {
		return nil, blamePattern(d.Language, err, 0)
	}
	tree, err := front(text)
	if err != nil {
		return nil, blamePattern(d.Language, err, base)
	}
	if err := d.extend(tree); err != nil {
		return nil, err
	}
	if language := d.Language; language == "apache" || language == "gunicorn" {
		tree.Seldom = func() *pattern.Tree {
			odd := &pattern.Tree{Elements: tree.Elements, Text: tree.Text}
			if language == "apache" {
				odd.AllowBareDashes()
			}
			odd.AllowNoClient()
			return odd.Else
		}
	}
	program, err := match.Compile(tree, d.matchOptions(types, clock))
	if err != nil {
		return nil, blamePattern(d.Language, err, base)
	}
	return matchPlan{program}, nil
}

// line compiles patterns of the project's own language.
func (d *Definition) line(types map[string]declared, clock timestamp.Options) (Plan, error) {
	texts := d.Others.Line
	tree, n, err := pattern.CompileLine(texts)
	if err == nil {
		for other := tree; d.Strict && other != nil; other = other.Else {
			other.DropRest()
		}
		if err := d.extend(tree); err != nil {
			return nil, err
		}
		var program *match.Program
		if program, err = match.Compile(tree, d.matchOptions(types, clock)); err == nil {
			return matchPlan{program}, nil
		}
	}
	if wrong := (*match.Error)(nil); errors.As(err, &wrong) {
		n = wrong.Text
	}
	err = blamePattern(d.Language, err, 0)
	if wrong := (*Error)(nil); errors.As(err, &wrong) && wrong.Key == d.Language {
		wrong.Text = texts[min(n, len(texts)-1)]
	}
	return nil, err
}

// extend lets lines end earlier or go on behind the pattern.
func (d *Definition) extend(tree *pattern.Tree) error {
	if d.Optional != "" {
		if err := tree.MarkOptional(d.Optional); err != nil {
			return &Error{Key: "optional", Pos: -1, Message: "optional: " + err.Message, Hint: err.Hint}
		}
	}
	if d.Rest != "" {
		if err := tree.AddRest(d.Rest); err != nil {
			return &Error{Key: "rest", Pos: -1, Message: "rest: " + err.Message, Hint: err.Hint}
		}
	}
	return nil
}

// blamePattern names the pattern as what is wrong, unless the error names an option. The pattern begins at base of the definition's text.
func blamePattern(language string, err error, base int) error {
	at := func(pos int) int {
		if pos >= 0 {
			pos += base
		}
		return pos
	}
	var syntax *pattern.Error
	if errors.As(err, &syntax) {
		return &Error{Key: language, Pos: at(syntax.Pos), Message: syntax.Message, Hint: syntax.Hint}
	}
	var wrong *match.Error
	if errors.As(err, &wrong) {
		key := wrong.Key
		if key == "" {
			key = language
		}
		return &Error{Key: key, Pos: at(wrong.Pos), Message: wrong.Message, Names: wrong.Names}
	}
	return &Error{Key: language, Pos: -1, Message: err.Error()}
}

// refused is an option that an engine has refused.
func refused(err error) error {
	if wrong := (*texts.Error)(nil); errors.As(err, &wrong) {
		return &Error{Key: wrong.Key, Pos: -1, Message: wrong.Message, Names: wrong.Names}
	}
	return blame(err)
}

func blame(err error) error { return &Error{Key: "fields", Pos: -1, Message: err.Error()} }

type matchPlan struct{ program *match.Program }

func (p matchPlan) Engine() string             { return "matcher" }
func (p matchPlan) Document() bool             { return false }
func (p matchPlan) Sample() int                { return 0 }
func (p matchPlan) Bind([]byte) (Bound, error) { return matchBound(p), nil }

// Describe implements Describer.
func (p matchPlan) Describe() (parts []Part) {
	for _, part := range p.program.Describe() {
		parts = append(parts, Part(part))
	}
	return parts
}

type matchBound struct{ program *match.Program }

func (b matchBound) Schema() *record.Schema { return b.program.Schema() }
func (b matchBound) Present() bool          { return true }
func (b matchBound) NewWorker() record.Worker {
	if w, own := b.NewRecordWorker(); own {
		return lineWorker{b.program.NewWorker(), w}
	}
	return b.program.NewWorker()
}
func (b matchBound) NewRecordWorker() (record.Worker, bool) {
	if b.program.Feeds() {
		return frame.WholeBy(b.program.NewWorker(), pattern.LineFeed[0]), true
	}
	return b.program.NewWorker(), false
}

// lineWorker is for records of one line of patterns that have some of several lines.
type lineWorker struct {
	record.Worker
	whole record.Worker
}

// Explain implements record.Worker: in the pattern stands a line feed where it has a byte instead.
func (w lineWorker) Explain(line []byte) record.Check { return w.whole.Explain(line) }

var (
	_ Counter = jsonPlan{}
	_ Counter = logfmtPlan{}
	_ Counter = sampled{}
)

type jsonPlan struct {
	plan      *ndjson.Plan
	document  bool
	records   int
	signature *infer.Signature
}

// records is how many records the schema is inferred from.
func records(d *Definition) int {
	if d.SampleRecords > 0 {
		return d.SampleRecords
	}
	return infer.DefaultRecords
}

func (p jsonPlan) Engine() string { return "json" }
func (p jsonPlan) Document() bool { return p.document }
func (p jsonPlan) Sample() int    { return p.plan.SampleBytes() }
func (p jsonPlan) Records() int   { return p.records }
func (p jsonPlan) Count(sample []byte) (matched, lines int) {
	return ndjson.Objects(sample)
}

// Taken implements Counter.
func (p jsonPlan) Taken(sample []byte) int {
	matched, _ := ndjson.Objects(sample)
	return matched
}

// Recognize implements Recognizer.
func (p jsonPlan) Recognize(sample []byte) (int, bool) {
	if p.signature == nil {
		return 0, false
	}
	return ndjson.Matching(sample, p.signature), true
}

func (p jsonPlan) Bind(sample []byte) (Bound, error) {
	bound, err := p.plan.Bind(sample)
	if err != nil {
		return nil, blame(err)
	}
	return inferred{bound}, nil
}

// inferred is a schema that comes from the input: its workers mark the values that there are.
type inferred struct {
	bound interface {
		Schema() *record.Schema
		NewWorker() record.Worker
		NewRecordWorker() record.Worker
	}
}

func (b inferred) Schema() *record.Schema   { return b.bound.Schema() }
func (b inferred) Present() bool            { return false }
func (b inferred) NewWorker() record.Worker { return b.bound.NewWorker() }
func (b inferred) NewRecordWorker() (record.Worker, bool) {
	return b.bound.NewRecordWorker(), true
}

type logfmtPlan struct {
	plan      *logfmt.Plan
	records   int
	signature *infer.Signature
}

func (p logfmtPlan) Engine() string { return "logfmt" }
func (p logfmtPlan) Document() bool { return false }
func (p logfmtPlan) Sample() int    { return p.plan.SampleBytes() }
func (p logfmtPlan) Records() int   { return p.records }
func (p logfmtPlan) Count(sample []byte) (matched, lines int) {
	return logfmt.Records(sample)
}

// Taken implements Counter.
func (p logfmtPlan) Taken(sample []byte) int {
	matched, _ := logfmt.Records(sample)
	return matched
}

// Recognize implements Recognizer.
func (p logfmtPlan) Recognize(sample []byte) (int, bool) {
	if p.signature == nil {
		return 0, false
	}
	return logfmt.Matching(sample, p.signature), true
}

func (p logfmtPlan) Bind(sample []byte) (Bound, error) {
	bound, err := p.plan.Bind(sample)
	if err != nil {
		return nil, blame(err)
	}
	return inferred{bound}, nil
}

// Coloured tells whether what is configured with a PatternLayout writes the control sequences of terminals.
func Coloured(logback string) bool { return pattern.LogbackColours(logback) }

// LeavesTraces tells whether a logging library that writes a trace behind the record has a pattern with no message last that would take it: what
// stands last would.
func LeavesTraces(language, text string) bool {
	if text == "" {
		return false
	}
	tree, err := frontEnds[language](text)
	return err == nil && !tree.EndsWith("message") && !slices.Contains(tree.Fields(), "stack")
}
