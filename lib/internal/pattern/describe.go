package pattern

import (
	"strconv"
	"strings"
)

// describe writes an element in the short form of Tree.String: client:text, time:time(clf), "] \"", with the marks that differ from the
// usual behind it.
func (e *Element) describe(b *strings.Builder) {
	if e.Kind == KindLiteral {
		if e.Keep > 0 {
			b.WriteString(strconv.Quote(e.Literal[:e.Keep]))
		}
		if e.Optional {
			b.WriteByte('?')
		}
		b.WriteString(strconv.Quote(e.Literal[e.Keep:]))
		return
	}
	if e.Optional {
		b.WriteByte('?')
	}
	b.WriteString(e.Field)
	if e.Port != "" {
		b.WriteString("+" + e.Port)
	}
	b.WriteString(":" + e.Kind.String())
	if e.Layout != "" {
		b.WriteString("(" + e.Layout + ")")
	}
	if e.List != NoList {
		b.WriteString("[" + e.Item.String() + "]")
	}
	if e.Skip > 0 {
		b.WriteString("~" + strconv.Itoa(e.Skip))
	}
	e.Reading.describe(b)
}
