package match

import (
	"fmt"
	"slices"

	"github.com/sawlog/sawlog/lib/internal/pattern"
)

// Part is how one element of a pattern is read.
type Part struct {
	Element string // as the pattern has it
	Column  string // the first that it fills, "" for none
	How     string
}

// hows is what the operations do, in words.
var hows = [...]string{
	opText: "search for the text behind it", opEscaped: "search for the text behind it, escapes undone", opWord: "a word in place", opSlow: "text by a rule of its own",
	opInt: "digits in place", opNumber: "search for the text behind it, then conversion", opTime: "a time in place", opRequest: "a request line", opRest: "the rest of the line",
	opOdd: "by the rules of its writer", opUntil: "search for the first of several texts", opLiteral: "constant text", opGroup: "one of several sequences", opConstant: "not in the line",
	opTail: "the rest of the line", opPairs: "key=value pairs", opEnd: "the end of the line",
}

// Describe says how each element of the pattern is read. There is no element that needs a search backwards.
func (p *Program) Describe() []Part {
	parts := p.describe(nil, &p.sequence)
	for _, form := range slices.Concat(p.forms, p.spares()) {
		parts = append(parts, form.Describe()...)
	}
	return parts
}

func (p *Program) describe(to []Part, s *sequence) []Part {
	for i := range s.steps {
		e := &s.steps[i]
		if e.op == opLiteral || e.op == opEnd {
			continue
		}
		part := Part{How: hows[e.op]}
		if e.element != nil {
			if part.Element = e.element.Source; part.Element == "" {
				part.Element = e.element.Field
			}
			if e.element.Kind == pattern.KindTime && e.layout != nil {
				part.How = fmt.Sprintf("%s, layout %s", part.How, e.layout)
			}
		}
		if e.col >= 0 && e.col < len(p.schema.Fields) && e.op != opGroup {
			part.Column = p.schema.Fields[e.col].Name
		}
		to = append(to, part)
		if e.group != nil {
			for k := range e.group.sequences {
				to = p.describe(to, &e.group.sequences[k])
			}
		}
	}
	return to
}
