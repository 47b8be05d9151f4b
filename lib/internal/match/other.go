package match

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/sawlog/sawlog/lib/internal/pattern"
	"github.com/sawlog/sawlog/lib/record"
)

// Programs for lines that do not fit the first: each fills columns of the first one's schema.

// tryOthers runs the other programs on a line that stopped to fit at stop. When none fits, the fault is that of the one which came
// furthest.
func (w *worker) tryOthers(b *record.Builder, data []byte, start, stop int, fault record.Fault) (int, record.Fault) {
	for _, other := range w.others {
		b.Undo()
		end, otherFault := other.walk(b, data, start)
		if otherFault == record.NoFault {
			return end, record.NoFault
		}
		if end > stop {
			stop, fault = end, otherFault
		}
	}
	return stop, fault
}

// alternatives compiles the trees that are tried where the program does not fit.
func (c *compiler) alternatives(tree *pattern.Tree) error {
	all := []*compiler{c}
	filled := maps.Clone(c.seen)
	for ; tree != nil; tree = tree.Else {
		other := newCompiler(c.o)
		other.main, other.union = c, tree.Union
		if err := other.compile(tree); err != nil {
			if wrong := (*Error)(nil); errors.As(err, &wrong) {
				wrong.Text = tree.Text
			}
			return err
		}
		c.p.others = append(c.p.others, other.p)
		all = append(all, other)
	}
	for _, each := range all {
		has := each.seen
		if each == c {
			has = filled
		}
		for i := range c.fields {
			if !has[c.fields[i].Name] {
				each.p.absent = append(each.p.absent, i)
			}
		}
	}
	return nil
}

// shared is the column of c that a field of another program has.
func (c *compiler) shared(to *int, e *pattern.Element, f record.Field, union bool) error {
	i := slices.IndexFunc(c.fields, func(have record.Field) bool { return have.Name == f.Name })
	switch {
	case i < 0 && !c.seen[f.Name] && union:
		return c.add(to, e, f)
	case i < 0 && !c.seen[f.Name]:
		return &Error{Pos: e.Pos, Message: fmt.Sprintf("%s: the field %q is not among those of the whole pattern", e.Source, f.Name)}
	case i < 0: // left out by the option columns
		return nil
	case c.fields[i].Type != f.Type || c.fields[i].Dictionary != f.Dictionary:
		return &Error{Pos: e.Pos, Message: fmt.Sprintf("%s: the field %q has two types", e.Source, f.Name)}
	}
	*to = i
	return nil
}
