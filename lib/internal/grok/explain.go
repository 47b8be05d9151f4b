package grok

import (
	"github.com/sawlog/sawlog/lib/internal/explain"
	"github.com/sawlog/sawlog/lib/internal/regex"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// Explain implements record.Worker. The line is read as one record, whatever line feeds are in it.
func (w *worker) Explain(line []byte) record.Check {
	if check, ok := explain.Line(line, w.p.o.Limit, w.p.o.Reject); !ok {
		return check
	}
	if len(line) == 0 && !w.whole {
		return record.Check{Fault: record.Empty.String(), Expected: "a line that is not blank", Seen: "the end of the line"}
	}
	data := append(append(make([]byte, 0, len(line)+1+scan.Slack), line...), '\n')
	b := record.NewBuilder(w.p.schema, record.Heap, Present)
	b.Start(1)
	b.Begin(data, len(data), false)
	fault, bad := w.record(b, data, 0, len(line))
	switch {
	case fault == record.NoFault:
		return record.Check{OK: true}
	case bad >= 0:
		return w.badValue(bad, data, len(line))
	}
	return w.where(fault, line, data)
}

// badValue explains a text that does not fit its column's type.
func (w *worker) badValue(bad int, data []byte, n int) record.Check {
	c := &w.p.columns[bad]
	check := record.Check{Fault: record.BadValue.String(), Column: c.field.Name, Expected: c.kind.t.String()}
	if c.kind.layout != "" {
		check.Expected += " " + c.kind.layout
	}
	for k, m := range w.machines {
		_, _, captures, ok := m.Match(data, 0, n)
		if !ok {
			continue
		}
		for _, i := range w.p.patterns[k].fill[bad] {
			if from, to := captures[2*i], captures[2*i+1]; to > from {
				check.Offset, check.Seen, check.Element = int(from), explain.Excerpt(data[from:to]), w.p.patterns[k].label(int(i))
			}
		}
		break
	}
	return check
}

// label is how the pattern writes the capture.
func (c *compiled) label(capture int) string {
	label := c.captures[capture].name
	var find func(n *regex.Node)
	find = func(n *regex.Node) {
		if n.Kind == regex.Group && n.Capture == capture && n.Label != "" {
			label = n.Label
		}
		for _, sub := range n.Subs {
			find(sub)
		}
	}
	find(c.tree)
	return label
}

// where finds how far the line fits: the longest beginning of a pattern that matches, and what would come next. Of several patterns the
// one that gets furthest explains.
func (w *worker) where(fault record.Fault, line, data []byte) record.Check {
	best := record.Check{Fault: fault.String(), Offset: -1}
	for _, c := range w.p.patterns {
		at, next := c.furthest(data, len(line))
		if at <= best.Offset || next == nil {
			continue
		}
		best.Offset, best.Column, best.Seen = at, "", explain.Seen(line, at)
		best.Element = c.source(next)
		best.Expected = expected(next, best.Element)
		if name := c.fieldOf(next); name != "" {
			best.Column = w.p.rename(name)
		}
	}
	best.Offset = max(best.Offset, 0)
	return best
}

// furthest matches ever shorter beginnings of the pattern: it returns where the longest that matches ends, and the piece behind it.
func (c *compiled) furthest(data []byte, n int) (at int, next *regex.Node) {
	pieces := flatten(c.tree, nil)
	lo, hi := 0, len(pieces) // beginnings of lo pieces match, of hi pieces not
	for lo+1 < hi {
		mid := (lo + hi) / 2
		if end, ok := c.begins(pieces[:mid], data, n); ok {
			lo, at = mid, end
		} else {
			hi = mid
		}
	}
	if lo < len(pieces) {
		next = pieces[lo]
	}
	return at, next
}

func (c *compiled) begins(pieces []*regex.Node, data []byte, n int) (end int, ok bool) {
	p, err := regex.Compile(&regex.Node{Kind: regex.Cat, Subs: pieces}, len(c.captures))
	if err != nil {
		return 0, false
	}
	_, end, _, ok = p.NewMachine().Match(data, 0, n)
	return end, ok
}

// flatten lists the pieces of a pattern that follow each other, those of definitions too.
func flatten(n *regex.Node, pieces []*regex.Node) []*regex.Node {
	switch {
	case n.Kind == regex.Cat:
		for _, sub := range n.Subs {
			pieces = flatten(sub, pieces)
		}
		return pieces
	case n.Kind == regex.Group && n.Label == "" && n.Capture < 0, n.Kind == regex.Group && (n.Subs[0].Kind == regex.Cat || n.Subs[0].Kind == regex.Group) && longer(n):
		return flatten(n.Subs[0], pieces)
	}
	return append(pieces, n)
}

// longer tells whether a reference stands for several others, so that it says little.
func longer(n *regex.Node) bool {
	inner := 0
	for _, piece := range flatten(n.Subs[0], nil) {
		if piece.Label != "" {
			inner++
		}
	}
	return inner > 1 && n.Capture < 0
}

// source is how the pattern writes a piece.
func (c *compiled) source(n *regex.Node) string {
	if n.Label != "" {
		return n.Label
	}
	if n.Kind == regex.Group && n.Capture >= 0 {
		return c.captures[n.Capture].name
	}
	return n.String()
}

// fieldOf is the field that the piece would have filled.
func (c *compiled) fieldOf(n *regex.Node) string {
	if n.Kind == regex.Group && n.Capture >= 0 {
		return c.captures[n.Capture].name
	}
	for _, sub := range n.Subs {
		if name := c.fieldOf(sub); name != "" {
			return name
		}
	}
	return ""
}

func expected(n *regex.Node, source string) string {
	if n.Kind == regex.Class {
		return "the character " + source
	}
	return source
}
