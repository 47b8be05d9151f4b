package match

import (
	"math/bits"
	"reflect"
	"slices"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/pattern"
	"github.com/sawlog/sawlog/lib/record"
)

// Programs that begin alike are one up to where they differ: forms of a line have their time and level in common, which are read once
// however many forms there are. The forms are tried in their order all the same: only neighbours are put together.

// branches makes a forest of programs that agree on their first from steps.
func branches(programs []*Program, from int) []*Program {
	var nodes []*Program
	for i := 0; i < len(programs); {
		first, j := programs[i], i+1
		common := len(first.steps)
		for ; j < len(programs); j++ {
			n := alike(first, programs[j], from)
			if n == from {
				break
			}
			common = min(common, n)
		}
		node := &Program{schema: first.schema, limit: first.limit, clocks: first.clocks, slots: first.slots, times: first.times, requests: first.requests, levels: first.levels, sequence: sequence{steps: first.steps[from:common], fills: first.fills}}
		if from == 0 {
			node.lead = first.lead
		}
		if j == i+1 {
			node.absent = first.absent
		} else {
			node.fork(branches(programs[i:j], common))
		}
		node.touch(first.schema)
		nodes = append(nodes, node)
		i = j
	}
	return nodes
}

// fork lets the programs next go on behind the steps.
func (p *Program) fork(next []*Program) {
	all, rivals := make([]heads, len(next)), make([]rival, len(next))
	for k := range next {
		all[k], rivals[k] = next[k].heads(), next[k].rival()
	}
	if p.next = next; len(next) > 1 { // the only one says best why it does not fit
		p.first = newChoices(all)
	}
	p.rivals, p.needed = newRivals(rivals), newNeeded(rivals)
	for _, next := range next {
		next.gate = next.gated()
	}
}

// alike is the number of steps that two programs have in common, from where they are known to have.
func alike(a, b *Program, from int) int {
	if from == 0 && a.lead.text != b.lead.text {
		return 0
	}
	n := from
	for n < len(a.steps) && n < len(b.steps) && a.steps[n].like(&b.steps[n]) {
		n++
	}
	return n
}

// like tells whether two steps do the same. Parts of a value are read by one program, and so is what is tried with several ends. Where the
// line may end, the program is the only one that knows what is missing then.
func (e *step) like(other *step) bool {
	a, b := *e.element, *other.element
	if a.Part || b.Part || e.pairs != nil || e.endsAnywhere() || other.endsAnywhere() || e.op != other.op || e.after.text != other.after.text || e.peek != other.peek || e.repeat != other.repeat ||
		e.last != other.last || e.optional != other.optional || e.col != other.col || e.more != other.more || !e.until.like(other.until) || !e.group.like(other.group) {
		return false
	}
	a.Source, b.Source, a.Pos, b.Pos, a.Groups, b.Groups = "", "", 0, 0, nil, nil
	return reflect.DeepEqual(a, b)
}

func (u *until) like(other *until) bool {
	if u == nil || other == nil {
		return u == other
	}
	return !u.retry && !other.retry && u.newline == other.newline && u.simple == other.simple &&
		slices.EqualFunc(u.constants, other.constants, func(a, b constant) bool { return a.text == b.text })
}

func (g *group) like(other *group) bool {
	if g == nil || other == nil {
		return g == other
	}
	return g.choice == other.choice && slices.EqualFunc(g.sequences, other.sequences, func(a, b sequence) bool {
		return a.lead.text == b.lead.text && slices.EqualFunc(a.steps, b.steps, func(x, y step) bool { return x.like(&y) })
	})
}

// touch lists the columns that the program and those behind it may make null.
func (p *Program) touch(schema *record.Schema) {
	p.touched, p.hasty = p.nulls(p.touched, schema), p.isHasty()
	for _, next := range p.next {
		p.touched = merge(p.touched, next.touched)
	}
}

// nulls adds to columns those that the steps may make null, or add elements to: all others are there, whatever was written to them.
func (q *sequence) nulls(columns []int, schema *record.Schema) []int {
	for k := range q.steps {
		e := &q.steps[k]
		switch {
		case e.group != nil:
			g := e.group
			for i := range g.sequences {
				columns = merge(g.sequences[i].nulls(columns, schema), g.absent[i])
			}
			if g.choice != pattern.One {
				columns = merge(columns, g.fills)
			}
		case e.pairs != nil:
			columns = merge(columns, append([]int{e.pairs.list, e.pairs.rest}, e.pairs.fills...))
		case e.op == opConstant:
		case e.surely() && (e.col < 0 || !schema.Fields[e.col].Type.Nested()):
			columns = merge(columns, e.more[:])
		default:
			columns = merge(columns, append([]int{e.col}, e.more[:]...))
		}
	}
	return columns
}

// isHasty tells whether the steps may make a column null before they have read anything.
func (q *sequence) isHasty() bool {
	if len(q.steps) == 0 || q.steps[0].isStamps() {
		return false
	}
	return q.steps[0].group != nil || q.steps[0].until != nil || q.steps[0].peek || q.steps[0].after.n == 0
}

// isStamps tells whether the step reads one of several times and nothing else: where none fits, nothing has been made null.
func (e *step) isStamps() bool {
	return e.group != nil && e.group.choice == pattern.One && !slices.ContainsFunc(e.group.sequences, func(q sequence) bool { return q.stamp == nil })
}

// forget finds what has to be forgotten where a sequence of a group does not fit, and where what is behind a value does not.
func (q *sequence) forget(schema *record.Schema) {
	for k := range q.steps {
		if u := q.steps[k].until; u != nil && u.retry {
			u.touched = (&sequence{steps: q.steps[k:]}).nulls(nil, schema)
		}
		if g := q.steps[k].group; g != nil {
			for i := range g.sequences {
				g.sequences[i].forget(schema)
			}
		}
	}
	q.touched, q.hasty = q.nulls(nil, schema), q.isHasty()
}

// surely tells whether the step makes its column a value wherever it fits.
func (e *step) surely() bool {
	x := e.element
	if x.Null != "" || x.EmptyNull || x.Open != "" || x.Part || x.Quoted || x.Cell || e.optional || e.cut || e.ends || x.List != pattern.NoList {
		return false
	}
	return e.op != opRest && e.op != opTail && e.op != opRequest && (e.text && x.Kind == pattern.KindText || x.Full && (e.layout != nil || e.number && e.until == nil))
}

// merge adds to columns those that are not among them.
func merge(columns, more []int) []int {
	for _, c := range more {
		if c >= 0 && !slices.Contains(columns, c) {
			columns = append(columns, c)
		}
	}
	return columns
}

// branch goes on at i with the first of the programs behind this one that fits. When none does, the fault is that of the one which came
// furthest. What the last one has written is left to whoever tries something else.
func (w *worker) branch(b *record.Builder, data []byte, i int) (int, record.Fault) {
	if len(w.next) > 64 {
		return w.branchMany(b, data, i)
	}
	stop, fault := -1, record.NoMatch
	maybe := ^uint64(0) >> (-len(w.next) & 63)
	if w.p.first != nil {
		maybe = w.p.first.of(mem.At(data, i))
	}
	rivals, asked, blank := w.p.rivals, w.p.needed == nil, blankAt{from: -1}
	for maybe != 0 {
		next := w.next[bits.TrailingZeros64(maybe)]
		end, nextFault := i, record.NoFault
		if stop >= 0 && maybe&(maybe-1) != 0 { // the last one mostly fits
			end, nextFault = w.bars(next.p, data, i, &blank)
		}
		ran := nextFault == record.NoFault
		if ran {
			if end, nextFault = next.walk(b, data, i); nextFault == record.NoFault {
				return end, record.NoFault
			}
		}
		if end > stop {
			stop, fault = end, nextFault
		}
		if maybe &= maybe - 1; maybe == 0 {
			break
		}
		if rivals != nil {
			left, all := rivals.left(data, i, stop)
			if maybe &= left; maybe == 0 {
				break
			}
			if all {
				rivals = nil
			}
		}
		if !asked && maybe&(maybe-1) != 0 && mem.At(data, stop) == '\n' { // none comes further, and the last one mostly fits
			if asked, maybe = true, maybe&^lacking(w.p.needed, data, i, stop, maybe); maybe == 0 {
				break
			}
		}
		if ran && (end > i || next.p.hasty) { // else nothing has been written
			again(b, next.p.touched)
		}
	}
	return max(stop, i), fault
}

// branchMany is branch for more programs than there are bits in a table.
func (w *worker) branchMany(b *record.Builder, data []byte, i int) (int, record.Fault) {
	stop, fault := -1, record.NoMatch
	for _, next := range w.next {
		end, nextFault := next.walk(b, data, i)
		if nextFault == record.NoFault {
			return end, record.NoFault
		}
		if end > stop {
			stop, fault = end, nextFault
		}
		if end > i || next.p.hasty {
			again(b, next.p.touched)
		}
	}
	return max(stop, i), fault
}

// blank marks what the program does not fill.
func (p *Program) blank(b *record.Builder) { omit(b, p.absent) }

// endsAnywhere tells whether the line may end at the step though others come behind it, or does end there.
func (e *step) endsAnywhere() bool { return e.optional || e.cut || e.ends || e.op == opRest }

// plant makes one program of p and those of the others that come next, where that can be: those that are records. The rest stays to be
// tried in order.
func (p *Program) plant(tree *pattern.Tree) *Program {
	forms := append([]*Program{p}, p.others...)
	records := slices.IndexFunc(forms, func(form *Program) bool { return form.aside })
	if records < 0 {
		records = len(forms)
	}
	if !tree.Union || records < 2 {
		return p
	}
	forms, others := forms[:records:records], forms[records:]
	p.others = nil
	root := &Program{schema: p.schema, limit: p.limit, utf8: p.utf8, clocks: p.clocks, forms: forms, others: others, times: shareTimes(forms)}
	if root.fork(branches(forms, 0)); len(others) > 0 {
		root.tryAll()
	}
	return root
}

// tryAll lets the next byte decide nothing. What fails at once says best why a line does not fit, which those that are tried behind it,
// for lines that are no records, do not.
func (p *Program) tryAll() {
	p.first = nil
	for _, next := range p.next {
		next.tryAll()
	}
}
