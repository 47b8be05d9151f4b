package pattern

import "strings"

// AddRest lets the line go on behind the format: a blank and then any text, which is the column field, or dropped when field is empty.
func (t *Tree) AddRest(field string) *Error {
	last := &t.Elements[len(t.Elements)-1]
	switch {
	case last.Kind == KindRest:
		return &Error{last.Pos, "the format has a rest already", ""}
	case last.Kind == KindText && last.Width == 0:
		return &Error{last.Pos, "nothing can follow " + last.Source + ": it takes everything that is left of the line", "take rest out"}
	case field != "" && t.find(field) >= 0:
		return &Error{last.Pos, "the format has a column " + field + " already", "name the rest otherwise"}
	}
	t.Elements = append(t.Elements, Element{Kind: KindRest, Field: field, Source: "the rest of the line", Pos: last.Pos})
	return nil
}

// DropRest takes back that the line may go on with text that no column keeps, here and inside groups.
func (t *Tree) DropRest() {
	for i := range t.Elements {
		for g := range t.Elements[i].Groups {
			t.Elements[i].Groups[g].DropRest()
		}
	}
	if n := len(t.Elements); n > 0 && t.Elements[n-1].Kind == KindRest && t.Elements[n-1].Field == "" {
		t.Elements = t.Elements[:n-1]
	}
}

// MarkOptional lets the line end before the value of the column field, for formats that have grown: what is missing is null. Of the
// constant text between the value before and this one, what stands in front of its last blank belongs to the value before.
func (t *Tree) MarkOptional(field string) *Error {
	i := t.find(field)
	switch {
	case i < 0:
		return &Error{0, "no column " + field + " that could be optional", "known are " + strings.Join(t.Fields(), ", ")}
	case i == 0 || i == 1 && t.Elements[0].Kind == KindLiteral:
		return &Error{t.Elements[i].Pos, "the first field cannot be optional", ""}
	}
	e := &t.Elements[i]
	if before := &t.Elements[i-1]; before.Kind == KindLiteral {
		e = before
		e.Keep = max(0, strings.LastIndexByte(e.Literal, ' '))
	}
	e.Optional = true
	return nil
}

// find is the index of the element that fills the column, or -1.
func (t *Tree) find(field string) int {
	for i := range t.Elements {
		for _, name := range t.Elements[i].Fields() {
			if name == field {
				return i
			}
		}
	}
	return -1
}
