package sawlog

import (
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"

	"github.com/goccy/go-json"

	"github.com/sawlog/sawlog/lib/formats"
	"github.com/sawlog/sawlog/lib/internal/engine"
	"github.com/sawlog/sawlog/lib/internal/frame"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
	"github.com/sawlog/sawlog/lib/internal/transform"
	"github.com/sawlog/sawlog/lib/record"
)

// Where is conditions by column: {"status": ">= 500", "level": ["error", "warn"], "time": [">= 2026-01-01", "< 2026-02-01T12:00:00Z"]}. Of
// the conditions of a column those with = (or no operator) and ~ are alternatives; the others (!= !~ < <= > >=) must all hold.
type Where map[string][]string

// decode implements decoder: a condition may be a text, a number, a bool or null, or a list of such.
func (w *Where) decode(text string, offset int, path string) *FormatError {
	if text[0] != '{' {
		return &FormatError{Kind: KindOption, Key: path, Message: quote(path) + " takes an object, not " + shorten(text), Offset: offset}
	}
	members, err := scanObject(text)
	if err != nil {
		err.Offset += offset
		return err
	}
	*w = Where{}
	for _, m := range members {
		err := decodeList(text[m.valueAt:m.valueEnd], offset+m.valueAt, path+"."+m.key, func(item string, offset int, path string) *FormatError {
			switch {
			case item[0] == '"':
				var condition string
				if json.Unmarshal([]byte(item), &condition) == nil {
					(*w)[m.key] = append((*w)[m.key], condition)
					return nil
				}
			case item[0] != '{' && json.Valid([]byte(item)):
				(*w)[m.key] = append((*w)[m.key], item)
				return nil
			}
			return &FormatError{Kind: KindOption, Key: path, Message: quote(path) + " takes conditions, not " + shorten(item), Offset: offset}
		})
		if err != nil {
			return err
		}
		if (*w)[m.key] == nil {
			(*w)[m.key] = []string{}
		}
	}
	return nil
}

// RedactRule is what is hidden: what Find (email, ip, card, token) or Pattern finds in texts, or the whole values of Columns.
type RedactRule struct {
	// Find is kinds of things that are found by themselves.
	Find TextList `json:"find,omitempty"`
	// Pattern is a regular expression; when it has a group, what its first group matches is meant.
	Pattern string `json:"pattern,omitempty"`
	// Columns are looked into; nil: every text, and the raw text of rejects.
	Columns []string `json:"columns,omitempty"`
	// Action is "mask" (***; of a card the last four digits stay), "drop", "hash" (with Key) or, for addresses, "truncate" (the default for
	// them).
	Action string `json:"action,omitempty"`
	// Key is the secret of "hash": what is equal stays equal, and nobody without it can find out what it was.
	Key string `json:"key,omitempty"`
}

// RedactList is rules, applied one after the other. In JSON a text stands for {"find": TEXT}, and one rule for a list of one.
type RedactList []RedactRule

// decode implements decoder.
func (l *RedactList) decode(text string, offset int, path string) *FormatError {
	*l = RedactList{}
	return decodeList(text, offset, path, func(item string, offset int, path string) *FormatError {
		var r RedactRule
		var find string
		switch {
		case item[0] == '{':
			if err := decodeStrict(item, offset, reflect.ValueOf(&r).Elem(), path+"."); err != nil {
				return err
			}
		case item[0] == '"' && json.Unmarshal([]byte(item), &find) == nil:
			r.Find = TextList{find}
		default:
			return &FormatError{Kind: KindOption, Key: path, Message: quote(path) + " takes what is found or a rule, not " + shorten(item), Offset: offset}
		}
		*l = append(*l, r)
		return nil
	})
}

// redactRules are the rules as package transform wants them.
func (o *Options) redactRules() (rules []transform.Rule) {
	for _, r := range o.Redact {
		rules = append(rules, transform.Rule{Find: r.Find, Pattern: r.Pattern, Columns: r.Columns, Action: r.Action, Key: r.Key})
	}
	return rules
}

// transforms tells whether o wants something done to records once they are parsed.
func (o *Options) transforms() bool {
	return len(o.Where) > 0 || len(o.Constants) > 0 || len(o.URLs) > 0 || len(o.Redact) > 0
}

// plain is o without what is done to records once they are parsed. Columns that are looked at for that are parsed too.
func (o Options) plain() (Options, error) {
	columns := o.Columns
	if columns != nil {
		var err error
		if columns, err = o.needed(); err != nil {
			return o, err
		}
	}
	o.Where, o.Constants, o.URLs, o.Redact, o.Columns = nil, nil, nil, nil, columns
	return o, nil
}

// needed are the columns that have to be parsed.
func (o Options) needed() ([]string, error) {
	all := o
	all.Where, all.Constants, all.URLs, all.Redact, all.Columns = nil, nil, nil, nil, nil
	whole, err := NewParserOptions(all)
	if err != nil {
		return nil, err
	}
	schema, columns := whole.Schema(), []string{}
	add := func(name string) {
		if !slices.Contains(columns, name) {
			columns = append(columns, name)
		}
	}
	made := o.madeColumns()
	for _, name := range o.Columns {
		if schema != nil && schema.Find(name) < 0 && schema.Find(o.called(name)) < 0 && slices.Contains(made, o.called(name)) {
			continue
		}
		if schema == nil && slices.Contains(made, o.called(name)) {
			continue
		}
		add(name)
	}
	asked := len(columns)
	for name := range o.Where {
		if schema != nil && schema.Find(name) < 0 && schema.Find(o.called(name)) < 0 {
			continue // the mistake is told with the names that there are
		}
		add(name)
		if beside := "severity"; name == "level" && schema != nil && schema.Find(o.called(beside)) >= 0 {
			add(beside)
		}
	}
	for _, name := range o.URLs {
		add(name)
	}
	slices.Sort(columns[asked:]) // a map has no order
	if len(columns) == 0 && schema != nil && len(schema.Fields) > 0 {
		add(schema.Fields[0].Name)
	}
	return columns, nil
}

// madeColumns are the columns that transforms add.
func (o *Options) madeColumns() (names []string) {
	for name := range o.Constants {
		names = append(names, o.called(name))
	}
	for _, from := range o.URLs {
		for _, part := range []string{"host", "path", "query"} {
			names = append(names, o.called(from)+"_"+part)
			if from == "target" {
				names = append(names, o.called(part))
			}
		}
	}
	return names
}

// called is what the vocabulary of o calls one of our fields.
func (o *Options) called(name string) string {
	if o.Names == "" {
		return name
	}
	if to, ok := formats.Names(o.Names)[name]; ok {
		return to
	}
	if name == "path" && o.Names != formats.Native {
		return "url.path" // no format has it, so no table does
	}
	return name
}

// newDressed makes a parser whose records have something done to them.
func newDressed(o Options) (*Parser, error) {
	plain, err := o.plain()
	if err != nil {
		return nil, err
	}
	bare, err := NewParserOptions(plain)
	if err != nil {
		return nil, err
	}
	if bare.bound == nil {
		if err := transform.Check(transform.Options{Where: o.Where, Constants: o.constants(), Redact: o.redactRules(), Called: o.called}); err != nil {
			return nil, transformError(err)
		}
		p := *bare
		p.options, p.bare = o, bare
		return &p, nil
	}
	return bare.dressed(o, bare)
}

// dressed is the parser, which is bound, with what the options want done to its records.
func (p *Parser) dressed(o Options, bare *Parser) (*Parser, error) {
	bound, err := p.dress(p.bound, &o)
	if err != nil {
		return nil, err
	}
	q := *p
	q.options, q.bare = o, bare
	q.bound, q.workers = bound, newWorkerPool(bound, p.alloc)
	return &q, nil
}

// dress makes what is bound do what the options want done to records.
func (p *Parser) dress(bound engine.Bound, o *Options) (engine.Bound, error) {
	schema := bound.Schema().Stored()
	find := func(name string) int {
		if at := schema.Find(name); at >= 0 {
			if m := schema.Fields[at].Meta; m != record.NoMeta && m != record.MetaRaw {
				return -1 // it is known only when batches have their order
			}
			return at
		}
		if format := formats.Find(p.formatName()); format != nil && o.Names != "" {
			if to, ok := format.NamesIn(o.Names)[name]; ok {
				return schema.Find(to)
			}
		}
		return schema.Find(o.called(name))
	}
	to := transform.Options{Where: o.Where, URL: o.URLs, Find: find, Called: o.called, Open: p.plan == nil || p.plan.Sample() > 0 || p.outside != nil && !p.outside.fixed()}
	to.Constants, to.Redact = o.constants(), o.redactRules()
	if o.Columns != nil {
		to.Columns = []string{}
		for i := range schema.Fields {
			if schema.Fields[i].Meta != record.NoMeta {
				to.Columns = append(to.Columns, schema.Fields[i].Name)
			}
		}
		for _, name := range o.Columns {
			to.Columns = append(to.Columns, name, o.called(name))
			if at := find(name); at >= 0 {
				to.Columns = append(to.Columns, schema.Fields[at].Name)
			}
		}
	}
	if o.Zone != "" {
		zone, err := timestamp.ParseZone(o.Zone)
		if err == nil {
			to.Zone = zone
		}
	}
	plan, err := transform.Compile(to, bound.Schema())
	if err != nil {
		return nil, transformError(err)
	}
	return dressed{bound, plan}, nil
}

// transformError makes the error one for users.
func transformError(err error) error {
	wrong, ok := err.(*transform.Error)
	if !ok {
		return err
	}
	out := &FormatError{Kind: KindOption, Key: wrong.Key, Message: wrong.Message, Offset: -1}
	if wrong.Names != nil {
		out.Hint = nearest(wrong.Name, wrong.Names)
	}
	return out
}

// constants are those of o in the order of their names.
func (o *Options) constants() (list []transform.Constant) {
	for _, name := range slices.Sorted(maps.Keys(o.Constants)) {
		list = append(list, transform.Constant{Name: name, Value: constantOf(o.Constants[name])})
	}
	return list
}

// formatName is the built-in format, "" for none.
func (p *Parser) formatName() string {
	if p.resolved == nil {
		return ""
	}
	return p.resolved.format
}

// constantOf is a constant as package transform wants it: JSON has only one kind of number.
func constantOf(v any) any {
	switch v := v.(type) {
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return int64(v)
		}
	case int:
		return int64(v)
	case json.Number:
		if i, err := strconv.ParseInt(string(v), 10, 64); err == nil {
			return i
		}
		f, _ := strconv.ParseFloat(string(v), 64)
		return f
	}
	return v
}

// dressed is what is bound with what is done behind it.
type dressed struct {
	engine.Bound
	plan *transform.Plan
}

func (d dressed) Schema() *record.Schema   { return d.plan.Schema() }
func (d dressed) NewWorker() record.Worker { return d.plan.Wrap(d.Bound.NewWorker()) }
func (d dressed) NewRecordWorker() (record.Worker, bool) {
	w, own := d.Bound.NewRecordWorker()
	if !own { // conditions are about the record with its line feeds, not about what stands in for them
		w = frame.Whole(w)
	}
	return d.plan.Wrap(w), true
}
