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
	data[n] = '\n'
	scan.FillSlack(data[n+1:])
	b := record.NewBuilder(w.p.schema, record.Heap, true)
	b.Start(1)
	b.Begin(data, n+1, false)
	forms := append([]*worker{w}, w.spares()...)
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
		forms = append(forms, w.spares()...)
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
	check := record.Check{Fault: fault.String()}
	w.replay(b, data, n, &w.p.sequence, 0, &check)
	return check
}

// replay runs the steps of a sequence from i on one by one, and fills in the check by the first that does not fit: of a group by that of its
// sequence that comes furthest. The line is data[:n].
func (w *worker) replay(b *record.Builder, data []byte, n int, q *sequence, i int, check *record.Check) {
	seen := func(i int) { check.Offset, check.Seen = min(i, n), explain.Seen(data[:n], min(i, n)) }
	if q.lead.n > 0 {
		if !q.lead.at(data, i) {
			check.Element, check.Expected = fmt.Sprintf("%q", q.lead.text), fmt.Sprintf("%q", q.lead.text)
			seen(i)
			return
		}
		i += q.lead.n
	}
	for k := range q.steps {
		e := &q.steps[k]
		next, fault := w.run(b, data, &sequence{steps: q.steps[k : k+1], fills: q.fills}, 0, i)
		if fault == record.NoFault {
			i = next
			continue
		}
		if e.op == opGroup {
			if furthest := w.furthest(b, data, e.group, i); furthest != nil {
				w.replay(b, data, n, furthest, i, check)
				return
			}
		}
		check.Element, check.Column, check.Expected = e.element.Source, e.element.Field, e.expected(fault)
		if e.col >= 0 {
			check.Column = w.p.schema.Fields[e.col].Name
		}
		seen(i)
		return
	}
}

// furthest is the sequence of a group of which none fits at i that comes furthest; nil: none comes further than i.
func (w *worker) furthest(b *record.Builder, data []byte, g *group, i int) (furthest *sequence) {
	far := i
	for k := range g.sequences {
		if stop, fault := w.sequence(b, data, &g.sequences[k], i); fault != record.NoFault && stop > far {
			far, furthest = stop, &g.sequences[k]
		}
	}
	return furthest
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
