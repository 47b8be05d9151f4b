package ndjson

import (
	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

// otlpSeverities are those of RFC 5424 by a severity number divided by four: trace, debug, info, warn, error, fatal.
var otlpSeverities = [...]uint64{7, 7, 6, 4, 3, 2}

// severity writes what the number means, or, without one, the text.
func (w *otlpWorker) severity(number uint64, i int) {
	c := w.p.index[otlpSeverity]
	if c < 0 {
		return
	}
	var meaning uint64
	switch {
	case number >= 1 && number <= 24:
		meaning = otlpSeverities[(number-1)/4]
	default:
		at := w.find(i, "severityText", "severity_text")
		if at == 0 || mem.At(w.data, at) != '"' {
			return
		}
		_, end, _ := w.value(at, 0)
		known := false
		if meaning, known = value.Severity(w.data, at+1, end-at-2); !known {
			return
		}
	}
	w.b.Cols[c].Words[w.b.Row] = meaning
	w.b.Present(&w.b.Cols[c])
}

// digits is a whole number, which may stand in quotes.
func (w *otlpWorker) digits(i int) (uint64, bool) {
	k, end, _ := w.value(i, 0)
	if k == isText {
		i, end = i+1, end-1
	}
	if k != isText && k != isNumber || i == end {
		return 0, false
	}
	return value.Uint(w.data, i, end-i)
}

// whole64 writes a whole number; 0 stands for none.
func (w *otlpWorker) whole64(column, i int) {
	c := w.p.index[column]
	if c < 0 {
		return
	}
	if v, ok := w.digits(i); ok && v > 0 && v < 1<<63 {
		w.b.Cols[c].Words[w.b.Row] = v
		w.b.Present(&w.b.Cols[c])
	}
}

// textValue writes a text; an empty one stands for none.
func (w *otlpWorker) textValue(column, i int) {
	c := w.p.index[column]
	if c < 0 || i == 0 {
		return
	}
	k, end, escaped := w.value(i, 0)
	if k != isText || end-i == 2 {
		return
	}
	w.put(&w.b.Cols[c], i+1, end-1, escaped)
}

func (w *otlpWorker) put(c *record.Col, i, end int, escaped bool) {
	if escaped {
		start := len(w.b.Side)
		w.b.Side = unescape(w.b.Side, w.data, i, end)
		w.b.SetSide(c, start)
	} else {
		w.b.SetText(c, w.data, i, end-i)
	}
	w.b.Present(c)
}

// any writes a value of any kind: {"stringValue": "x"}.
func (w *otlpWorker) any(column, i int) {
	c := w.p.index[column]
	if c < 0 || i == 0 {
		return
	}
	if at := w.find(i, "stringValue", "string_value", "bytesValue", "bytes_value"); at > 0 {
		if k, end, escaped := w.value(at, 0); k == isText {
			w.put(&w.b.Cols[c], at+1, end-1, escaped)
			return
		}
	}
	start := len(w.b.Side)
	if w.b.Side = w.appendAny(w.b.Side, i, 0); len(w.b.Side) > start {
		w.b.SetSide(&w.b.Cols[c], start)
		w.b.Present(&w.b.Cols[c])
	}
}

// mapOf writes a list of keys and values.
func (w *otlpWorker) mapOf(column, i int) {
	at := w.p.index[column]
	if at < 0 || i == 0 || mem.At(w.data, i) != '[' {
		return
	}
	c := &w.b.Cols[at]
	for e := w.first(i); e >= 0; e = w.next(e) {
		p, ok := w.pair(e)
		if !ok {
			continue
		}
		c.Nested.Keys.Text(p.key)
		if p.null {
			c.Nested.Items.Null()
		} else {
			c.Nested.Items.Text(p.value)
		}
	}
	w.b.EndList(c)
}

// keep reads the attributes of a resource, for all rows.
func (w *otlpWorker) keep(list int) {
	w.pairs = w.pairs[:0]
	for e := w.first(list); e >= 0 && len(w.pairs) < mostResource; e = w.next(e) {
		if p, ok := w.pair(e); ok {
			w.pairs = append(w.pairs, p)
		}
	}
	if w.resource = w.pairs; w.resource == nil {
		w.resource = []otlpPair{}
	}
}

// pair reads {"key": "k", "value": {"stringValue": "v"}}; false: it is none.
func (w *otlpWorker) pair(i int) (p otlpPair, ok bool) {
	key := w.find(i, "key")
	if key == 0 {
		return p, false
	}
	k, end, escaped := w.value(key, 0)
	if k != isText {
		return p, false
	}
	p.key = w.view(key+1, end-1, escaped)
	v := w.find(i, "value")
	if v == 0 {
		p.null = true
		return p, true
	}
	if at := w.find(v, "stringValue", "string_value", "bytesValue", "bytes_value"); at > 0 {
		if k, end, escaped := w.value(at, 0); k == isText {
			p.value = w.view(at+1, end-1, escaped)
			return p, true
		}
	}
	start := len(w.b.Side)
	if w.b.Side = w.appendAny(w.b.Side, v, 0); len(w.b.Side) == start {
		p.null = true
		return p, true
	}
	p.value = w.b.SideView(start)
	return p, true
}

func (w *otlpWorker) view(i, end int, escaped bool) record.View {
	if !escaped {
		return record.MakeView(w.data, i, end-i, w.b.Buffer)
	}
	start := len(w.b.Side)
	w.b.Side = unescape(w.b.Side, w.data, i, end)
	return w.b.SideView(start)
}

// appendAny appends a value of any kind as JSON; nothing for an empty one. Numbers may stand in quotes in the input.
func (w *otlpWorker) appendAny(to []byte, i, depth int) []byte {
	if mem.At(w.data, i) != '{' || depth > w.depth {
		return to
	}
	at := w.first(i)
	if at < 0 {
		return to
	}
	key, v := w.key(at)
	k, end, _ := w.value(v, 0)
	switch string(key) {
	case "arrayValue", "array_value", "kvlistValue", "kvlist_value":
		return w.appendList(to, v, depth, string(key)[0] == 'k')
	case "intValue", "int_value", "doubleValue", "double_value":
		if k == isText && (depth == 0 || w.isNumber(v+1, end-1)) { // NaN and Infinity are no JSON
			return append(to, w.data[v+1:end-1]...)
		}
	}
	return append(to, w.data[v:end]...)
}

// isNumber tells whether a number of JSON stands from i to end.
func (w *otlpWorker) isNumber(i, end int) bool { return w.number(i) == end }

// appendKey appends the key of a pair as JSON. One that is left out is empty.
func (w *otlpWorker) appendKey(to []byte, i int) []byte {
	if key := w.find(i, "key"); key > 0 {
		if k, end, _ := w.value(key, 0); k == isText {
			return append(to, w.data[key:end]...)
		}
	}
	return append(to, `""`...)
}

// appendList appends {"values": [...]}, which is an array, or an object where the values have keys.
func (w *otlpWorker) appendList(to []byte, i, depth int, object bool) []byte {
	open := byte('[')
	if object {
		open = '{'
	}
	to = append(to, open)
	if values := w.find(i, "values"); values > 0 {
		n := 0
		for at := w.first(values); at >= 0; at = w.next(at) {
			if n++; n > 1 {
				to = append(to, ',')
			}
			v := at
			if object {
				to = append(w.appendKey(to, at), ':')
				v = w.find(at, "value")
			}
			start := len(to)
			if v > 0 {
				to = w.appendAny(to, v, depth+1)
			}
			if len(to) == start {
				to = append(to, "null"...)
			}
		}
	}
	return append(to, open+2)
}
