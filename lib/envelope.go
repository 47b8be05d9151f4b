package sawlog

import (
	"bytes"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-json"

	"github.com/sawlog/sawlog/lib/formats"
	"github.com/sawlog/sawlog/lib/internal/engine"
	"github.com/sawlog/sawlog/lib/internal/envelope"
	"github.com/sawlog/sawlog/lib/internal/frame"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// Envelope is what a carrier puts around each line of a log: a name ("docker_json", "cri", "syslog", any built-in format), or a
// definition of its own.
type Envelope struct {
	Options
	// Content is the field that holds the inner record, "message" when empty.
	Content string `json:"content,omitempty"`
}

// EnvelopeList is envelopes, the outermost first. Each is taken off where it is there; a line that has none of them is a reject, unless
// the last one is called "none". In JSON one name or one definition stands for a list of one.
type EnvelopeList []Envelope

// bareLines is the name that lets lines without any envelope pass.
const bareLines = "none"

// decode implements decoder.
func (l *EnvelopeList) decode(text string, offset int, path string) *FormatError {
	return decodeList(text, offset, path, func(item string, offset int, path string) *FormatError {
		var e Envelope
		if err := decodeDefinition(item, offset, path, &e.Options.Format, reflect.ValueOf(&e).Elem()); err != nil {
			return err
		}
		*l = append(*l, e)
		return nil
	})
}

// MarshalJSON writes the list as users would.
func (l EnvelopeList) MarshalJSON() ([]byte, error) {
	items := make([]any, len(l))
	for i := range l {
		items[i] = &l[i]
		if name := l[i].Format; name != "" && reflect.DeepEqual(l[i], Envelope{Options: Options{Format: name}}) {
			items[i] = name
		}
	}
	if len(items) == 1 {
		return json.Marshal(items[0])
	}
	return json.Marshal(items)
}

// carrier is what is known of an envelope by name beyond its format.
type carrier struct {
	names   []string
	options Options
	streams []string
	pieces  envelope.Pieces
	tag     string
}

// carriers are the envelopes whose streams and pieces have rules.
var carriers = []carrier{
	{names: []string{"docker_json", "docker"}, pieces: envelope.NoFeed, streams: []string{"stream"}, options: Options{Format: "docker_json",
		Columns: []string{"time", "stream", "message", "attributes"}}},
	{names: []string{"cri", "containerd"}, pieces: envelope.Tagged, tag: "tag", streams: []string{"stream"}, options: Options{Line: TextList{
		"{time:timestamp rfc3339} {stream:word is=stdout|stderr} {tag:word is=F|P} {message}",
		"{time:timestamp rfc3339} {stream:word is=stdout|stderr} {tag:word is=F|P}:{} {message}"}}},
	{names: []string{"docker_compose", "compose"}, streams: []string{"service"}, options: Options{
		Regex:  `^(?P<service>[A-Za-z0-9][A-Za-z0-9_.-]*) *\| (?:(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) )?(?P<message>.*)$`,
		Fields: map[string]string{"time": "timestamp rfc3339"}}},
	{names: []string{"kubectl"}, streams: []string{"pod", "container"}, options: Options{
		Regex:  `^\[pod/(?P<pod>[^/ \]]+)/(?P<container>[^/ \]]+)\] (?:(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) )?(?P<message>.*)$`,
		Fields: map[string]string{"time": "timestamp rfc3339"}}},
	{names: []string{"syslog", "rfc3164", "rfc5424"}, streams: []string{"host", "app", "pid"}, options: Options{Syslog: &SyslogOptions{}}},
}

// envelopeNames are the names that an envelope may have.
func envelopeNames() (names []string) {
	for i := range carriers {
		names = append(names, carriers[i].names...)
	}
	_, all := formats.Lookup("")
	return append(append(names, all...), bareLines)
}

// outside is the envelopes around a format.
type outside struct {
	layers []layer
	bare   bool
	inner  *Parser      // with all its columns
	rules  *frame.Rules // of the inner lines
}

// layer is one envelope.
type layer struct {
	carrier
	parser  *Parser
	content string
}

// newEnveloped makes a parser of a format in envelopes.
func newEnveloped(p *Parser) (*Parser, error) {
	o := p.options
	out := &outside{}
	for i := range o.Envelope {
		if o.Envelope[i].Format == bareLines && i == len(o.Envelope)-1 && i > 0 {
			out.bare = true
			continue
		}
		l, err := newLayer(&o.Envelope[i], &o)
		if err != nil {
			return nil, err
		}
		out.layers = append(out.layers, l)
	}
	var err error
	cut := frameOptions(&o)
	cut.Multiline, cut.Export, cut.Limit = nil, false, p.lineLimit()
	if p.frame, err = frame.Compile(cut); err != nil {
		return nil, frameError(err)
	}
	if o.OTLP != nil || o.Format == "otlp_json" || o.Format == "otlp" {
		return nil, &FormatError{Kind: KindOption, Key: "envelope", Message: "otlp makes several rows of a line, so that it stands in no envelope", Offset: -1}
	}
	if len(out.layers) > envelope.MaxLayers {
		return nil, &FormatError{Kind: KindOption, Key: "envelope", Message: "there are more than 4 envelopes", Offset: -1}
	}
	inside := o
	inside.Envelope, inside.Columns, inside.Meta, inside.Encoding, inside.Framing, inside.Multiline, inside.StripANSI = nil, nil, nil, "", "", nil, false
	if m := frameOptions(&o).Multiline; m != nil {
		if out.rules, err = frame.NewRules(m); err != nil {
			return nil, frameError(err)
		}
	}
	inside.Fields = out.sortFields(o.Fields)
	for i := range out.layers {
		if err := out.layers[i].make(p.alloc); err != nil {
			return nil, err
		}
	}
	if len(out.layers) > 0 && p.frame == nil {
		p.frame = out.layers[0].parser.frame // of a format whose records are no lines
	}
	if err := engine.CheckMeta(o.Meta); err != nil {
		return nil, formatError(err, &resolved{})
	}
	p.options.Columns = withoutMeta(o.Columns, o.Meta)
	if out.inner, err = NewParserOptions(inside); err != nil {
		return nil, err
	}
	if out.inner.document() {
		return nil, &FormatError{Kind: KindOption, Key: "envelope", Message: "a document that is one record has no envelope around its lines", Offset: -1}
	}
	p.outside, p.plan, p.resolved = out, out.inner.plan, out.inner.resolved
	if out.fixed() {
		return p.bindOutside(nil)
	}
	return p, nil
}

// newLayer looks an envelope up.
func newLayer(e *Envelope, o *Options) (layer, error) {
	l := layer{content: e.Content}
	if l.content == "" {
		l.content = "message"
	}
	l.options = e.Options
	bare := reflect.DeepEqual(*e, Envelope{Options: Options{Format: e.Format}})
	for i := range carriers {
		if c := &carriers[i]; bare && slices.Contains(c.names, e.Format) {
			l.carrier = *c
		}
	}
	for _, wrong := range []struct {
		key string
		set bool
	}{{"envelope", len(l.options.Envelope) > 0}, {firstReading(l.options), firstReading(l.options) != ""}} {
		if wrong.set {
			return l, &FormatError{Kind: KindOption, Key: "envelope." + wrong.key, Message: quote(wrong.key) + " has no place in an envelope", Offset: -1}
		}
	}
	if l.options.Format == auto || len(tagged(l.options, "how")) == 0 {
		return l, &FormatError{Kind: KindOption, Key: "envelope", Message: "an envelope is not detected: it has a name, or a definition of its own", Offset: -1}
	}
	// What is said about times and bytes is said for the whole line.
	to := &l.options
	to.Limits, to.Names = o.Limits, o.Names
	if to.Zone == "" {
		to.Zone = o.Zone
	}
	if to.Year == 0 {
		to.Year = o.Year
	}
	if to.Now == "" {
		to.Now = o.Now
	}
	to.FileTime = o.FileTime
	if to.UTF8 == "" {
		to.UTF8 = o.UTF8
	}
	return l, nil
}

// make compiles the layer.
func (l *layer) make(alloc Allocator) error {
	l.options.Allocator = alloc
	var err error
	if l.parser, err = NewParserOptions(l.options); err != nil {
		wrong, ok := err.(*FormatError)
		if !ok {
			return err
		}
		if wrong.Kind == KindFormat {
			wrong.Message, wrong.Hint = "there is no envelope "+quote(l.options.Format), nearest(l.options.Format, envelopeNames())
		}
		if wrong.Key != "" {
			wrong.Key = "envelope." + wrong.Key
		}
		return wrong
	}
	if l.parser.bound == nil && l.names != nil {
		// The columns of a carrier are known whatever the log has.
		if l.parser, err = l.parser.bind(nil); err != nil {
			return err
		}
	}
	if s := l.parser.Schema(); s != nil && l.find(s, l.content) < 0 {
		return &FormatError{Kind: KindOption, Key: "envelope.content", Message: "the envelope has no field " + quote(l.content), Hint: nearest(l.content, s.Names()), Offset: -1}
	}
	return nil
}

// sortFields gives types to envelopes of the user's own where only they have such a field, and returns those of the inner format.
func (out *outside) sortFields(fields map[string]string) map[string]string {
	if len(fields) == 0 {
		return fields
	}
	rest := map[string]string{}
	for name, t := range fields {
		own := -1
		for i := range out.layers {
			if l := &out.layers[i]; l.names == nil && l.has(name) {
				own = i
			}
		}
		if own < 0 {
			rest[name] = t
			continue
		}
		l := &out.layers[own]
		l.options.Fields = merged(l.options.Fields, map[string]string{name: t})
	}
	return rest
}

// has tells whether the layer is sure to have a field.
func (l *layer) has(name string) bool {
	p, err := NewParserOptions(l.options)
	return err == nil && p.Schema() != nil && p.Schema().Find(name) >= 0 && name != l.content
}

// fixed tells whether the schema does not depend on the input.
func (out *outside) fixed() bool {
	for i := range out.layers {
		if out.layers[i].parser.bound == nil {
			return false
		}
	}
	return out.inner.bound != nil
}

// bindOutside is bind for a format in envelopes.
func (p *Parser) bindOutside(sample []byte) (*Parser, error) {
	out := p.outside
	if len(sample) > detectionSample {
		sample = sample[:bytes.LastIndexByte(sample[:detectionSample], '\n')+1]
	}
	plan := &envelope.Plan{Bare: out.bare, Rules: out.rules, Limit: p.lineLimit(), Strip: p.options.StripANSI, Meta: p.options.Meta, Binary: p.options.UTF8 == "bytes", Alloc: p.alloc}
	for i := range out.layers {
		l := &out.layers[i]
		bound, err := l.parser.bind(innerText(plan, sample))
		if err != nil {
			return nil, err
		}
		to, err := l.bindTo(bound.bound)
		if err != nil {
			return nil, err
		}
		plan.Layers = append(plan.Layers, to)
	}
	inside := innerText(plan, sample)
	inner, err := out.inner.bind(inside)
	if err != nil {
		return nil, err
	}
	if m := inner.multiline(); plan.Rules == nil && m != nil { // the format's own
		if plan.Rules, err = frame.NewRules(m); err != nil {
			return nil, frameError(err)
		}
	}
	if err := p.project(plan, &inner, inside); err != nil {
		return nil, err
	}
	whole, err := plan.Bind(inner.bound)
	if err != nil {
		return nil, &FormatError{Kind: KindOption, Key: "envelope", Message: err.Error(), Offset: -1}
	}
	fixed := *p
	fixed.plan, fixed.resolved, fixed.found = inner.plan, inner.resolved, inner.found
	fixed.bound = enveloped{whole, whole.Schema()}
	if p.options.Columns != nil {
		if fixed.bound, err = selected(fixed.bound, p.options.Columns); err != nil {
			return nil, err
		}
	}
	fixed.bound = turning(fixed.bound)
	fixed.unwrap, fixed.workers = whole, newWorkerPool(fixed.bound, p.alloc)
	return &fixed, nil
}

// lineLimit is the longest record.
func (p *Parser) lineLimit() int {
	if p.resolved != nil {
		return p.resolved.definition.Line
	}
	if l := p.options.Limits; l != nil && l.Line > 0 {
		return l.Line
	}
	return defaultLine
}

// innerText is what stands in the envelopes of the lines of a sample.
func innerText(plan *envelope.Plan, sample []byte) []byte {
	if len(plan.Layers) == 0 || len(sample) == 0 {
		return sample
	}
	data := append(make([]byte, 0, len(sample)+1+scan.Slack), sample...)
	if data[len(data)-1] != '\n' {
		data = append(data, '\n')
	}
	n := len(data)
	data = append(data, scan.LineFeeds...)
	chunk := plan.NewUnwrapper().Add(envelope.Input{Data: data, N: n}, true)
	defer chunk.Release()
	return slices.Clone(chunk.Text())
}

// bindTo makes the layer one of a plan.
func (l *layer) bindTo(bound engine.Bound) (envelope.Layer, error) {
	schema := bound.Schema()
	to := envelope.Layer{Bound: bound, Pieces: l.pieces, Content: l.find(schema, l.content), Tag: l.find(schema, l.tag)}
	if to.Content < 0 || !schema.Fields[to.Content].Type.Text() {
		return to, &FormatError{Kind: KindOption, Key: "envelope.content", Message: "the envelope has no text field " + quote(l.content), Hint: nearest(l.content, schema.Names()), Offset: -1}
	}
	for _, name := range l.streams {
		if k := l.find(schema, name); k >= 0 {
			to.Streams = append(to.Streams, k)
		}
	}
	names := schema.Names()
	if l.names != nil && l.options.Columns != nil {
		names = l.options.Columns // else the order would be that of the first line's keys
	}
	for _, name := range names {
		if i := l.find(schema, name); i >= 0 && i != to.Content && i != to.Tag {
			to.Shown, to.Names, to.Ours = append(to.Shown, i), append(to.Names, schema.Fields[i].Name), append(to.Ours, l.ours(schema.Fields[i].Name))
		}
	}
	return to, nil
}

// vocabulary is what other names the fields of the layer have.
func (l *layer) vocabulary() map[string]string {
	if l.options.Names == "" {
		return nil
	}
	if format := formats.Find(l.parser.formatName()); format != nil {
		return format.NamesIn(l.options.Names)
	}
	return formats.Names(l.options.Names)
}

// find is the column of one of our fields, whatever the vocabulary calls it.
func (l *layer) find(schema *Schema, name string) int {
	if at := schema.Find(name); at >= 0 {
		return at
	}
	if to, ok := l.vocabulary()[name]; ok {
		return schema.Find(to)
	}
	return -1
}

// ours is what we call a field of the vocabulary.
func (l *layer) ours(name string) string {
	best := name
	for ours, theirs := range l.vocabulary() {
		if theirs == name && (best == name || ours < best) {
			best = ours
		}
	}
	return best
}

// project leaves of the inner format only the columns that are asked for. A name that both sides have is the inner one's.
func (p *Parser) project(plan *envelope.Plan, inner **Parser, sample []byte) error {
	if p.options.Columns == nil {
		return nil
	}
	whole, err := plan.Bind((*inner).bound)
	if err != nil {
		return nil // comes up again
	}
	own := (*inner).bound.Schema()
	var wanted []string
	for _, name := range p.options.Columns {
		switch {
		case own.Find(name) >= 0:
			wanted = append(wanted, name)
		case whole.Schema().Find(name) < 0 && !p.outside.open():
			return &FormatError{Kind: KindOption, Key: "columns", Message: "columns: there is no field " + quote(name), Hint: nearest(name, whole.Schema().Names()), Offset: -1}
		case whole.Schema().Find(name) < 0:
			wanted = append(wanted, name)
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	o := (*inner).options
	o.Columns = wanted
	if o.Format == "" && len(tagged(o, "how")) == 0 || o.Format == auto {
		o.Format = (*inner).resolved.format
	}
	found := (*inner).found
	projected, err := NewParserOptions(o)
	if err != nil {
		return err
	}
	if projected, err = projected.bind(sample); err != nil {
		return err
	}
	for i := range plan.Layers {
		// A name that was taken before stays so: time is outer_time, whether or not the inner time is wanted.
		l := &plan.Layers[i]
		for k := range l.Names {
			for own.Find(l.Names[k]) >= 0 {
				l.Names[k], l.Ours[k] = l.Other(k, l.Names[k]), strings.TrimPrefix(l.Other(k, l.Names[k]), envelope.OuterPrefix)
			}
		}
	}
	copied := *projected
	copied.found = found
	*inner = &copied
	return nil
}

// open tells whether the inner format takes columns that it has not seen.
func (out *outside) open() bool { return out.inner.bound == nil }

// enveloped is a plan as what package engine binds to.
type enveloped struct {
	plan   *envelope.Plan
	schema *record.Schema
}

func (e enveloped) Schema() *record.Schema   { return e.schema }
func (e enveloped) Present() bool            { return e.plan.Present() }
func (e enveloped) NewWorker() record.Worker { return e.plan.NewChunkWorker() }
func (e enveloped) NewRecordWorker() (record.Worker, bool) {
	return e.plan.NewChunkWorker(), true
}

// chosen shows some columns of another bound.
type chosen struct {
	engine.Bound
	schema *record.Schema
}

func (c chosen) Schema() *record.Schema { return c.schema }

// selected is bound with only these columns; of names that it does not have there is nothing to show.
func selected(bound engine.Bound, columns []string) (engine.Bound, error) {
	schema := bound.Schema()
	var keep []int
	for i := range schema.Fields {
		if slices.Contains(columns, schema.Fields[i].Name) || schema.Fields[i].Meta != record.NoMeta {
			keep = append(keep, i)
		}
	}
	some, err := schema.Select(keep)
	if err != nil {
		return nil, &FormatError{Kind: KindOption, Key: "columns", Message: err.Error(), Offset: -1}
	}
	return chosen{bound, some}, nil
}

// decoder is an option that reads its JSON itself.
type decoder interface {
	decode(text string, offset int, path string) *FormatError
}

// decodeList calls each for the items of a list, or for the one item that text is.
func decodeList(text string, offset int, path string, each func(item string, offset int, path string) *FormatError) *FormatError {
	if text[0] != '[' {
		return each(text, offset, path)
	}
	s := objectScanner{text: text, i: 1}
	for {
		s.blank()
		start := s.i
		if s.take(']') {
			return s.end()
		}
		if !s.skipValue() {
			err := s.fail("expected a value")
			err.Offset += offset
			return err
		}
		if err := each(text[start:s.i], offset+start, path); err != nil {
			return err
		}
		s.blank()
		if !s.take(',') && (s.i >= len(text) || text[s.i] != ']') {
			err := s.fail("expected a comma or ]")
			err.Offset += offset
			return err
		}
	}
}

// decodeDefinition reads a name or an object.
func decodeDefinition(text string, offset int, path string, name *string, to reflect.Value) *FormatError {
	if text[0] == '{' {
		return decodeStrict(text, offset, to, path+".")
	}
	if text[0] != '"' || json.Unmarshal([]byte(text), name) != nil || *name == "" {
		return &FormatError{Kind: KindOption, Key: path, Message: quote(path) + " takes the name of a format or a definition, not " + shorten(text), Offset: offset}
	}
	*name = strings.TrimSpace(*name)
	return nil
}
