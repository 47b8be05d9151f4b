package sawlog

import (
	"reflect"
	"slices"

	"github.com/goccy/go-json"

	"github.com/sawlog/sawlog/lib/formats"
	"github.com/sawlog/sawlog/lib/internal/engine"
	"github.com/sawlog/sawlog/lib/internal/envelope"
	"github.com/sawlog/sawlog/lib/internal/frame"
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
	if o.otlp() {
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
	if key := e.misplaced(); key != "" {
		return l, &FormatError{Kind: KindOption, Key: "envelope." + key, Message: quote(key) + " has no place in an envelope", Offset: -1}
	}
	if e.Format == bareLines {
		return l, &FormatError{Kind: KindOption, Key: "envelope", Message: quote(bareLines) + " stands behind the envelopes that a line may be without", Offset: -1}
	}
	if l.options.otlp() {
		return l, &FormatError{Kind: KindOption, Key: "envelope", Message: "otlp makes several rows of a line, so that it is no envelope", Offset: -1}
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

// misplaced is the first key of an envelope that is said of whole lines, or of records, and not of what is around them; "" for none. A
// condition would leave out lines that the records inside are counted by.
func (e *Envelope) misplaced() string {
	for _, k := range []struct {
		key string
		set bool
	}{{"envelope", len(e.Envelope) > 0}, {"where", e.Where != nil}, {"meta", e.Meta != nil}, {"encoding", e.Encoding != ""}, {"limits", e.Limits != nil}} {
		if k.set {
			return k.key
		}
	}
	return firstReading(e.Options)
}

// otlp tells whether a line gives a row for each of its log records.
func (o *Options) otlp() bool { return o.OTLP != nil || o.Format == "otlp_json" || o.Format == "otlp" }

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
	if l.parser.document() {
		return &FormatError{Kind: KindOption, Key: "envelope", Message: "a document that is one record is no envelope", Offset: -1}
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
