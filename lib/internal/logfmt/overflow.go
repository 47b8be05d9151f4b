package logfmt

import (
	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

// overflow writes what spilled as one JSON object to the overflow column.
func (w *worker) overflow(b *record.Builder) {
	w.linkUnknown()
	start := len(b.Side)
	to, comma := append(b.Side, '{'), false
	for i := range w.pairs {
		p := &w.pairs[i]
		if !p.spills || p.again && (p.node == nil || p.node.Declared == nil) {
			continue
		}
		if comma {
			to = append(to, ',')
		}
		comma = true
		to = append(appendText(to, w.name(p)), ':')
		if p.next < 0 {
			to = w.appendValue(to, p)
			continue
		}
		to = append(to, '[')
		for k := int32(i); k >= 0; k = w.pairs[k].next {
			if k > int32(i) {
				to = append(to, ',')
			}
			to = w.appendValue(to, &w.pairs[k])
		}
		to = append(to, ']')
	}
	b.Side = append(to, '}')
	c := &b.Cols[w.layout.Overflow]
	b.SetSide(c, start)
	b.Present(c)
}

// name is what a value goes by in a row: as rows call values of its node; a key that no column knows goes by Rename. Where the record
// has that name already, the value keeps its key.
func (w *worker) name(p *pair) []byte {
	key := w.data[p.key:p.keyEnd]
	to := ""
	if p.node != nil {
		to = p.node.Shown()
	} else if name, ok := w.options.Infer.Rename[string(key)]; ok && w.layout.Schema.Find(name) < 0 {
		to = name
	}
	if to == "" || to == string(key) {
		return key
	}
	for i := range w.pairs {
		if other := &w.pairs[i]; string(w.data[other.key:other.keyEnd]) == to {
			return key
		}
	}
	return []byte(to)
}

// few keys are compared one with another.
const few = 8

// linkUnknown chains the pairs with the same key that no column knows.
func (w *worker) linkUnknown() {
	var some [few]int32
	n := 0
	for i := range w.pairs {
		p := &w.pairs[i]
		if p.node != nil {
			continue
		}
		if n < few {
			k := 0
			for k < n && !w.sameKey(&w.pairs[some[k]], p) {
				k++
			}
			last := int32(i)
			if k < n {
				last = w.chain(some[k], last)
			} else {
				n++
			}
			some[k] = last
			continue
		}
		if n == few {
			w.unknown = make(map[string]int32)
			for _, k := range some {
				w.unknown[string(w.data[w.pairs[k].key:w.pairs[k].keyEnd])] = k
			}
			n++
		}
		key := w.data[p.key:p.keyEnd]
		last := int32(i)
		if before, ok := w.unknown[string(key)]; ok {
			last = w.chain(before, last)
		}
		w.unknown[string(key)] = last
	}
}

func (w *worker) sameKey(a, b *pair) bool {
	return string(w.data[a.key:a.keyEnd]) == string(w.data[b.key:b.keyEnd])
}

// appendValue appends a value as JSON.
func (w *worker) appendValue(to []byte, p *pair) []byte {
	switch {
	case p.kind == isTrue:
		return append(to, "true"...)
	case p.kind == isFalse:
		return append(to, "false"...)
	case p.kind == isNumber:
		return append(to, w.data[p.at:p.end]...)
	case p.escaped:
		w.scratch = value.Unquote(w.scratch[:0], w.data[p.at:p.end])
		return appendText(to, w.scratch)
	}
	return appendText(to, w.data[p.at:p.end])
}

// appendText appends a text as JSON. Invalid UTF-8 stays for the builder to repair.
func appendText(to, text []byte) []byte {
	const hex = "0123456789abcdef"
	to = append(to, '"')
	for _, c := range text {
		switch {
		case c == '"' || c == '\\':
			to = append(to, '\\', c)
		case c == '\n':
			to = append(to, '\\', 'n')
		case c == '\r':
			to = append(to, '\\', 'r')
		case c == '\t':
			to = append(to, '\\', 't')
		case c < 0x20:
			to = append(to, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			to = append(to, c)
		}
	}
	return append(to, '"')
}
