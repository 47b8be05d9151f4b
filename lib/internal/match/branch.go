package match

import (
	"reflect"

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
		node := &Program{schema: first.schema, limit: first.limit, clocks: first.clocks, slots: first.slots, times: first.times, requests: first.requests, sequence: sequence{steps: first.steps[from:common], fills: first.fills}}
		if from == 0 {
			node.lead = first.lead
		}
		if j == i+1 {
			node.absent = first.absent
		} else {
			node.next = branches(programs[i:j], common)
		}
		node.touch()
		nodes = append(nodes, node)
		i = j
	}
	return nodes
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

// like tells whether two steps do the same. Parts of a value are read by one program.
func (e *step) like(other *step) bool {
	a, b := *e.element, *other.element
	if a.Part || b.Part || e.until != nil || e.group != nil || e.pairs != nil || e.op == opConstant || e.after.text != other.after.text || e.op != other.op || e.peek != other.peek || e.repeat != other.repeat ||
		e.last != other.last || e.col != other.col || e.more != other.more {
		return false
	}
	a.Source, b.Source, a.Pos, b.Pos = "", "", 0, 0
	return reflect.DeepEqual(a, b)
}

// touch lists the columns that the program and those behind it write.
func (p *Program) touch() {
	seen := map[int]bool{-1: true}
	add := func(columns ...int) {
		for _, c := range columns {
			if !seen[c] {
				seen[c] = true
				p.touched = append(p.touched, c)
			}
		}
	}
	for k := range p.steps {
		add(p.steps[k].col)
		add(p.steps[k].more[:]...)
		if g := p.steps[k].group; g != nil {
			add(g.fills...)
		}
		if q := p.steps[k].pairs; q != nil {
			add(q.list, q.rest)
			add(q.fills...)
		}
	}
	add(p.absent...)
	for _, next := range p.next {
		add(next.touched...)
	}
}

// branch goes on at i with the first of the programs behind this one that fits. When none does, the fault is that of the one which came
// furthest.
func (w *worker) branch(b *record.Builder, data []byte, i int) (int, record.Fault) {
	stop, fault := -1, record.NoMatch
	for _, next := range w.next {
		end, nextFault := next.walk(b, data, i)
		if nextFault == record.NoFault {
			return end, record.NoFault
		}
		if end > stop {
			stop, fault = end, nextFault
		}
		if end > i { // else nothing has been written
			again(b, next.p.touched)
		}
	}
	return stop, fault
}

// blank marks what the program does not fill.
func (p *Program) blank(b *record.Builder) { omit(b, p.absent) }

// endsAnywhere tells whether a line may end before the program does, which only a program that is tried as a whole knows how to read.
func (p *Program) endsAnywhere() bool {
	for k := range p.steps {
		if e := &p.steps[k]; e.optional || e.cut || e.ends || e.op == opRest {
			return true
		}
	}
	return false
}

// plant makes one program of p and the others that are tried in order, where that can be.
func (p *Program) plant(tree *pattern.Tree) *Program {
	forms := append([]*Program{p}, p.others...)
	for _, form := range forms {
		if !tree.Union || form.endsAnywhere() || form.aside {
			return p
		}
	}
	p.others = nil
	return &Program{schema: p.schema, limit: p.limit, utf8: p.utf8, clocks: p.clocks, next: branches(forms, 0), forms: forms}
}
