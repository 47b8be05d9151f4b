package match

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/sawlog/sawlog/lib/internal/explain"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// Explain implements record.Worker: it walks one line and says where it stops to fit. The walk itself knows only a position; the step
// is found by letting ever shorter programs run.
func (w *worker) Explain(line []byte) record.Check {
	if len(line) == 0 {
		return record.Check{Fault: record.Empty.String(), Expected: "a line that is not blank"}
	}
	if check, ok := explain.Line(line, w.p.limit, w.p.utf8); !ok {
		return check
	}
	data := make([]byte, len(line)+1+scan.Slack)
	n := copy(data, line)
	for i := n; i < len(data); i++ {
		data[i] = '\n'
	}
	b := record.NewBuilder(w.p.schema, record.Heap, true)
	b.Start(1)
	b.Begin(data, n+1, false)
	forms := append([]*worker{w}, w.others...)
	w.newBlock()
	parsed := record.NoFault
	if w.p.forms != nil {
		// Together they do not try what cannot begin as the line goes on, so that the fault may be another than that of each alone.
		stop := 0
		if stop, parsed = w.walk(b, data, 0); parsed != record.NoFault {
			_, parsed, _ = w.tryOthers(b, data, 0, stop, parsed)
		}
		if parsed == record.NoFault {
			return record.Check{OK: true}
		}
		forms = forms[:0]
		for _, form := range w.p.forms {
			forms = append(forms, form.newWorker())
		}
		forms = append(forms, w.others...)
	}
	end, furthest, fault := -1, w, record.NoFault
	for _, form := range forms {
		if form.p.dash != "" && !hasDash(data, 0, form.p.dash, w.dash) {
			continue // as tryOthers has it
		}
		stop, formFault := form.walk(b, data, 0)
		if formFault == record.NoFault {
			return record.Check{OK: true}
		}
		// The one that comes furthest explains, among those that fail as all together do.
		if better := parsed == record.NoFault || formFault == parsed || fault != parsed; better && (stop > end || formFault == parsed && fault != parsed) {
			end, fault, furthest = stop, formFault, form
		}
	}
	check := furthest.where(b, data, n, fault)
	if parsed != record.NoFault {
		check.Fault = parsed.String()
	}
	return check
}

// where replays the steps one by one.
func (w *worker) where(b *record.Builder, data []byte, n int, fault record.Fault) record.Check {
	p := w.p
	check := record.Check{Fault: fault.String()}
	i := 0
	if p.lead.n > 0 {
		if !p.lead.at(data, 0) {
			check.Element, check.Expected = fmt.Sprintf("%q", p.lead.text), fmt.Sprintf("%q", p.lead.text)
			check.Seen = explain.Seen(data[:n], 0)
			return check
		}
		i = p.lead.n
	}
	for k := range p.steps {
		e := &p.steps[k]
		next, fault := w.run(b, data, &sequence{steps: p.steps[k : k+1], fills: p.fills}, 0, i)
		if fault == record.NoFault {
			i = next
			continue
		}
		check.Offset, check.Element, check.Column = min(i, n), e.element.Source, e.element.Field
		if e.col >= 0 {
			check.Column = p.schema.Fields[e.col].Name
		}
		check.Expected, check.Seen = e.expected(fault), explain.Seen(data[:n], min(i, n))
		return check
	}
	return check
}

// expected describes what a step would have taken.
func (e *step) expected(fault record.Fault) string {
	what := map[op]string{opText: "text", opEscaped: "text", opSlow: "text", opInt: "a whole number", opRequest: "a request", opRest: "nothing, or a blank and text"}[e.op]
	switch {
	case e.element.Values != nil:
		what = "one of " + strings.Join(e.element.Values, ", ")
	case e.op == opGroup:
		return e.group.begins()
	case e.op == opEnd:
		return "the end of the line"
	case e.layout != nil:
		what = "a time written " + e.layout.String()
	case e.op == opNumber, e.op == opOdd, e.op == opWord, e.op == opUntil:
		what = e.element.Kind.String()
	}
	after := strings.TrimSuffix(e.after.text, "\n")
	switch {
	case e.op == opRest, fault == record.BadValue:
		return what
	case e.until != nil:
		return e.until.describe(what)
	case after == "" && e.last:
		return what + " and the end of the line"
	case e.last:
		return fmt.Sprintf("%s, %q and the end of the line", what, after)
	case after == "":
		return what
	}
	return fmt.Sprintf("%s and %q", what, after)
}

// begins says what the sequences of a group begin with.
func (g *group) begins() string {
	var all []string
	for i := range g.sequences {
		s := &g.sequences[i]
		switch {
		case s.lead.n > 0:
			all = append(all, strconv.Quote(s.lead.text))
		case len(s.steps) > 0:
			all = append(all, s.steps[0].element.Kind.String())
		}
	}
	return strings.Join(all, " or ")
}
