package texts

import (
	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/record"
)

// overflow writes what spilled as one JSON object to the overflow column.
func (s *Store) overflow(b *record.Builder) {
	s.linkUnknown()
	start := len(b.Side)
	to, comma := append(b.Side, '{'), false
	for i := range s.Values {
		v := &s.Values[i]
		if !v.spills || v.again && (v.Node == nil || v.Node.Declared == nil) {
			continue
		}
		if comma {
			to = append(to, ',')
		}
		comma = true
		to = append(AppendJSON(to, s.name(v)), ':')
		if v.next < 0 {
			to = s.appendValue(to, v)
			continue
		}
		to = append(to, '[')
		for k := int32(i); k >= 0; k = s.Values[k].next {
			if k > int32(i) {
				to = append(to, ',')
			}
			to = s.appendValue(to, &s.Values[k])
		}
		to = append(to, ']')
	}
	b.Side = append(to, '}')
	c := &b.Cols[s.Layout.Overflow]
	b.SetSide(c, start)
	b.Present(c)
}

// name is what a value goes by in a row: as rows call values of its node; a key that no column knows goes by rename. Where the record has
// that name already, the value keeps its key.
func (s *Store) name(v *Value) []byte {
	key, to := v.key(), ""
	if v.Node != nil {
		to = v.Node.Shown()
	} else if name, ok := s.rename[string(key)]; ok && s.Layout.Schema.Find(name) < 0 {
		to = name
	}
	if to == "" || to == string(key) {
		return key
	}
	for i := range s.Values {
		if string(s.Values[i].key()) == to {
			return key
		}
	}
	return mem.Bytes(to)
}

// key is what the record calls the value.
func (v *Value) key() []byte {
	if v.Key == nil && v.Node != nil {
		return mem.Bytes(v.Node.Key)
	}
	return v.Key
}

// few keys are compared one with another.
const few = 8

// linkUnknown chains the values with the same key that no column knows.
func (s *Store) linkUnknown() {
	var some [few]int32
	n := 0
	for i := range s.Values {
		v := &s.Values[i]
		if v.Node != nil {
			continue
		}
		if n < few {
			k := 0
			for k < n && string(s.Values[some[k]].Key) != string(v.Key) {
				k++
			}
			last := int32(i)
			if k < n {
				last = s.chain(some[k], last)
			} else {
				n++
			}
			some[k] = last
			continue
		}
		if n == few {
			s.unknown = make(map[string]int32)
			for _, k := range some {
				s.unknown[string(s.Values[k].Key)] = k
			}
			n++
		}
		last := int32(i)
		if before, ok := s.unknown[string(v.Key)]; ok {
			last = s.chain(before, last)
		}
		s.unknown[string(v.Key)] = last
	}
}

// appendValue appends a value as JSON.
func (s *Store) appendValue(to []byte, v *Value) []byte {
	text := s.Data[v.At:v.End]
	switch s.kind(v) {
	case True:
		return append(to, "true"...)
	case False:
		return append(to, "false"...)
	case Number:
		if survives(text) {
			return append(to, text...)
		}
	}
	if v.Escaped {
		s.scratch = s.Unescape(s.scratch[:0], text)
		text = s.scratch
	}
	return AppendJSON(to, text)
}

// survives tells whether readers of numbers keep every digit of this one; else it stays a text.
func survives(text []byte) bool {
	if _, ok := infer.Int(text); ok {
		return true
	}
	if _, ok := infer.Uint(text); ok {
		return true
	}
	_, whole, ok := infer.Float(text)
	return ok && whole
}

// AppendJSON appends a text as JSON. Invalid UTF-8 stays for the builder to repair.
func AppendJSON(to, text []byte) []byte {
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
