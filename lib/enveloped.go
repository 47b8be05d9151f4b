package sawlog

import (
	"bytes"
	"slices"
	"strings"

	"github.com/sawlog/sawlog/lib/formats"
	"github.com/sawlog/sawlog/lib/internal/engine"
	"github.com/sawlog/sawlog/lib/internal/envelope"
	"github.com/sawlog/sawlog/lib/internal/frame"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// bindOutside is bind for a format in envelopes.
func (p *Parser) bindOutside(sample []byte) (*Parser, error) {
	out := p.outside
	if len(sample) >= detectionSample {
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
		if fixed.bound, err = selected(fixed.bound, p.called(inner, whole.Schema(), p.options.Columns)); err != nil {
			return nil, err
		}
	}
	fixed.bound = turning(fixed.bound)
	fixed.unwrap, fixed.workers = whole, newWorkerPool(fixed.bound, p.alloc)
	return &fixed, nil
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
	for _, name := range p.called(*inner, whole.Schema(), p.options.Columns) {
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

// called are columns by the names that the schema has: users may say ours where a vocabulary calls them otherwise.
func (p *Parser) called(inner *Parser, schema *record.Schema, names []string) []string {
	if p.options.Names == "" {
		return names
	}
	tables := []map[string]string{{}}
	if format := formats.Find(inner.formatName()); format != nil {
		tables[0] = format.NamesIn(p.options.Names)
	}
	for i := range p.outside.layers {
		tables = append(tables, p.outside.layers[i].vocabulary())
	}
	tables = append(tables, formats.Names(p.options.Names))
	names = slices.Clone(names)
	for i, name := range names {
		for k := 0; k < len(tables) && schema.Find(names[i]) < 0; k++ {
			if to, ok := tables[k][name]; ok && schema.Find(to) >= 0 {
				names[i] = to
			}
		}
	}
	return names
}

// open tells whether the inner format takes columns that it has not seen.
func (out *outside) open() bool { return out.inner.bound == nil }

// enveloped is a plan as what package engine binds to.
type enveloped struct {
	plan   *envelope.Plan
	schema *record.Schema
}

func (e enveloped) Schema() *record.Schema { return e.schema }

func (e enveloped) Present() bool { return e.plan.Present() }

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
