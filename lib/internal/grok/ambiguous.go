package grok

import (
	"fmt"
	"slices"

	"github.com/sawlog/sawlog/lib/internal/regex"
)

// Ambiguous says of two fields side by side that nothing tells where the one ends. That is no mistake: of the ways to cut them the pattern
// has one, as grok and regular expressions have, but hardly ever the one that was meant. Pos is a byte offset in the pattern Index.
type Ambiguous struct {
	Index, Pos    int
	First, Second string // the columns
	Message, Hint string
}

// Ambiguous lists them.
func (p *Plan) Ambiguous() (all []Ambiguous) {
	for i, c := range p.patterns {
		for _, border := range regex.Borders(c.tree) {
			a := Ambiguous{Index: i, Pos: border.Pos, First: c.captures[border.First].name, Second: c.captures[border.Second].name}
			takes := "as much"
			if border.Lazy {
				takes = "as little"
			}
			a.Message = fmt.Sprintf("%s and %s stand side by side: nothing tells where one ends and the other begins", a.First, a.Second)
			a.Hint = fmt.Sprintf("%s takes %s as it can; a constant character is needed between them", a.First, takes)
			all = append(all, a)
		}
	}
	return all
}

// Captures tells whether any of the patterns keeps something, asked for or not.
func (p *Plan) Captures() bool {
	return slices.ContainsFunc(p.patterns, func(c *compiled) bool { return len(c.captures) > 0 })
}

// Pattern is the text of a pattern.
func (p *Plan) Pattern(index int) string { return p.patterns[index].text }
