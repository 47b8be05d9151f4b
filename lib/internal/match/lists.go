package match

import (
	"github.com/sawlog/sawlog/lib/internal/pattern"
	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

// itemReader appends the item data[i:end] to a list.
type itemReader func(b *record.Builder, items *record.Items, e *step, data []byte, i, end int, escaped bool) bool

// list makes the step of a value that is a list: it is found as a text and then taken apart.
func (c *compiler) list(s *step) error {
	e := s.element
	elem := record.Field{Name: "item", Type: c.text()}
	s.op, s.convert, s.item, s.text, s.empty = opOdd, convertList, textItem, true, true
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
		return true
	}
	c, kind := &b.Cols[e.col], e.element.List
	for at := i; i < end && !allDashes(kind, data, i, end); {
		stop := itemEnd(kind, data, at, end)
		first, last := trimBlanks(data, at, stop)
		if last-first == 1 && data[first] == '-' {
			c.Nested.Items.Null()
		} else if !e.item(b, c.Nested.Items, e, data, first, last, escaped) {
			b.Again(c)
			return false
		}
		if stop == end {
			break
		}
		at = stop + 1
	}
	b.EndList(c)
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

func textItem(b *record.Builder, items *record.Items, e *step, data []byte, i, end int, escaped bool) bool {
	if !escaped || e.element.Escape == pattern.EscapeNone {
		items.Text(record.MakeView(data, i, end-i, b.Buffer))
		return true
	}
	start := len(b.Side)
	if e.element.Escape == pattern.EscapeJSON {
		b.Side = value.Unquote(b.Side, data[i:end])
	} else {
		b.Side = value.Unescape(b.Side, data[i:end])
	}
	items.Text(b.SideView(start))
	return true
}

func intItem(_ *record.Builder, items *record.Items, _ *step, data []byte, i, end int, _ bool) bool {
	if i == end {
		items.Null()
		return true
	}
	v, ok := value.Int(data, i, end-i)
	if ok {
		items.Word(uint64(v))
	}
	return ok
}

func durationItem(_ *record.Builder, items *record.Items, e *step, data []byte, i, end int, _ bool) bool {
	if i == end {
		items.Null()
		return true
	}
	v, ok := value.Duration(data[i:end], e.unit)
	if ok {
		items.Word(uint64(v))
	}
	return ok
}
