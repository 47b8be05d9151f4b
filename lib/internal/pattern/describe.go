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
	if e.Kind == KindGroup {
		e.describeGroups(b)
		return
	}
	b.WriteString(e.Field)
	if e.Port != "" {
		b.WriteString("+" + e.Port)
	}
	b.WriteString(":" + e.Kind.String())
	if e.Kind == KindConstant {
		b.WriteString(strconv.Quote(e.Literal))
	}
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

// describeGroups writes ?(a / b), !(a / b) or *(a / b).
func (e *Element) describeGroups(b *strings.Builder) {
	b.WriteByte("?!*"[e.Choice])
	for i := range e.Groups {
		b.WriteString([]string{"(", " / "}[min(i, 1)] + e.Groups[i].String())
	}
	b.WriteByte(')')
}
