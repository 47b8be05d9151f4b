package match

import (
	"github.com/sawlog/sawlog/lib/internal/pattern"
	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

// itemReader reads an item data[i:end] that is no text.
type itemReader func(e *step, data []byte, i, end int) (word int64, ok bool)

// list makes the step of a value that is a list: it is found as a text and then taken apart.
func (c *compiler) list(s *step) error {
	e := s.element
	elem := record.Field{Name: "item", Type: c.text()}
	s.op, s.convert, s.item, s.text, s.empty = opOdd, convertList, nil, true, true
	switch e.Item {
	case pattern.KindInt:
		elem.Type, s.item = record.Int, intItem
	case pattern.KindDuration:
		elem.Type, s.item, s.unit = record.Duration, durationItem, value.Unit(orElse(e.Layout, "s"))
	}
	s.nulls = s.nulls && !e.NullEmpty && e.List != pattern.UpstreamList
	return c.column(s, record.Field{Name: e.Field, Type: record.List, Elem: &elem})
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// convertList splits a list. A list of nothing, or of nothing but dashes, has no items; a dash among others is a null.
func convertList(b *record.Builder, e *step, data []byte, i, end int, escaped bool) bool {
	if e.col < 0 {
		return e.item == nil || splitList(e, data, i, end, func(first, last int) bool {
			if first < 0 || first == last {
				return true
			}
			_, ok := e.item(e, data, first, last)
			return ok
		})
	}
	c := &b.Cols[e.col]
	if !splitList(e, data, i, end, func(first, last int) bool { return appendItem(b, c.Nested.Items, e, data, first, last, escaped) }) {
		b.Again(c)
		return false
	}
	b.EndList(c)
	return true
}

// splitList calls do for every item of data[i:end], with a negative first for a dash, as long as it says true.
func splitList(e *step, data []byte, i, end int, do func(first, last int) bool) bool {
	kind := e.element.List
	if i == end || allDashes(kind, data, i, end) {
		return true
	}
	for at := i; ; {
		stop := itemEnd(kind, data, at, end)
		first, last := trimBlanks(data, at, stop)
		if last-first == 1 && data[first] == '-' {
			first = -1
		}
		if !do(first, last) {
			return false
		}
		if stop == end {
			return true
		}
		at = stop + 1
	}
}

// appendItem appends the item data[i:end] to a list; i is negative for a null.
func appendItem(b *record.Builder, items *record.Items, e *step, data []byte, i, end int, escaped bool) bool {
	switch {
	case i < 0 || e.item != nil && i == end:
		items.Null()
	case e.item == nil:
		textItem(b, items, e, data, i, end, escaped)
	default:
		word, ok := e.item(e, data, i, end)
		if ok {
			items.Word(uint64(word))
		}
		return ok
	}
	return true
}

func allDashes(kind pattern.List, data []byte, i, end int) bool {
	for {
		stop := itemEnd(kind, data, i, end)
		if first, last := trimBlanks(data, i, stop); last-first != 1 || data[first] != '-' {
			return false
		}
		if stop == end {
			return true
		}
		i = stop + 1
	}
}

// separators stand between the items of lists.
var separators = [...]byte{pattern.CommaList: ',', pattern.PipeList: '|', pattern.BlankList: ' ', pattern.UpstreamList: ','}

// itemEnd is the place of the sign behind the item at i, or end.
func itemEnd(kind pattern.List, data []byte, i, end int) int {
	for k := i; k < end; k++ {
		switch c := data[k]; {
		case c == separators[kind]:
			return k
		case kind == pattern.UpstreamList && c == ':' && k > i && data[k-1] == ' ' && k+1 < end && data[k+1] == ' ':
			return k
		}
	}
	return end
}

func trimBlanks(data []byte, i, end int) (first, last int) {
	for i < end && data[i] == ' ' {
		i++
	}
	for end > i && data[end-1] == ' ' {
		end--
	}
	return i, end
}

func textItem(b *record.Builder, items *record.Items, e *step, data []byte, i, end int, escaped bool) {
	if !escaped || e.element.Escape == pattern.EscapeNone {
		items.Slot().Set(data, i, end-i, b.Buffer)
		return
	}
	start := len(b.Side)
	if e.element.Escape == pattern.EscapeJSON {
		b.Side = value.Unquote(b.Side, data[i:end])
	} else {
		b.Side = value.Unescape(b.Side, data[i:end])
	}
	items.Text(b.SideView(start))
}

func intItem(_ *step, data []byte, i, end int) (int64, bool) { return value.Int(data, i, end-i) }

func durationItem(e *step, data []byte, i, end int) (int64, bool) {
	return value.Duration(data[i:end], e.unit)
}
