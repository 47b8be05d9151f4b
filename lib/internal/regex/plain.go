package regex

import (
	"slices"
)

// opcode is what an instruction does.
type opcode uint8

const (
	opSet    opcode = iota // one character of set, then next
	opSplit                // next, or else other
	opSave                 // note the place in slot arg, then next
	opAssert               // the place is as set says, then next
	opNear                 // characters stand here, or before: near
	opLook                 // the place is one that look arg has marked
	opMatch                //
	opFail                 //
)

type instruction struct {
	op    opcode
	place Place
	join  bool // reached from several instructions: the plain walk remembers having been here
	next  int32
	other int32
	arg   int32
	set   *Set
	near  *near
}

// near is a look-around of a few characters: one of several rows of classes, all read forward.
type near struct {
	rows   [][]*Set
	behind bool
	negate bool
}

// look is a look-around of any content, as a program of its own.
type look struct {
	program *plain
	behind  bool
	negate  bool
	slot    int32 // where the place is noted, when the content has captures: they are found at the end. -1: it has none
}

// plain is a pattern as the plain engines run it. It is immutable and shared by machines.
type plain struct {
	code  []instruction
	start int32
	slots int   // of captures: two for each, and those of looks behind them
	first int32 // the slot of the match's beginning
	looks []look
}

// largestProgram bounds the instructions of a program and its looks.
const largestProgram = 200000

// tooLarge is the error of a tree that plain code would be too large for.
func tooLarge(n *Node) error {
	c := &compiler{counts: true}
	_, err := c.program(n)
	return err
}

// newPlain makes the code of a tree that is not too large. captures is how many captures it has.
func newPlain(n *Node, captures int) *plain {
	c := &compiler{slots: 2 * captures}
	p, err := c.program(n)
	if err != nil {
		panic(err)
	}
	// The place where the match begins is noted too.
	c.code = p.code
	p.first = int32(c.slots)
	p.start = c.emit(instruction{op: opSave, arg: p.first, next: p.start})
	p.code = c.code
	p.setSlots(c.slots + 1)
	return p
}

func (p *plain) setSlots(n int) {
	p.slots = n
	for i := range p.looks {
		p.looks[i].program.setSlots(n)
	}
}

type compiler struct {
	code   []instruction
	looks  []look
	slots  int
	total  int  // how much has been compiled: loops of nothing count too
	counts bool // only total is wanted
}

func (c *compiler) program(n *Node) (*plain, error) {
	code, looks := c.code, c.looks
	c.code, c.looks = nil, nil
	start, err := c.node(n, c.emit(instruction{op: opMatch}))
	p := &plain{code: c.code, start: start, looks: c.looks}
	c.code, c.looks = code, looks
	if err != nil || c.counts {
		return nil, err
	}
	p.markJoins()
	return p, nil
}

// markJoins finds the instructions that several lead to.
func (p *plain) markJoins() {
	in := make([]uint8, len(p.code))
	count := func(pc int32) { in[pc] = min(in[pc]+1, 2) }
	count(p.start)
	for i := range p.code {
		switch p.code[i].op {
		case opMatch, opFail:
		case opSplit:
			count(p.code[i].other)
			fallthrough
		default:
			count(p.code[i].next)
		}
	}
	for i := range p.code {
		p.code[i].join = in[i] > 1
	}
}

func (c *compiler) emit(in instruction) int32 {
	if c.counts {
		return 0
	}
	c.code = append(c.code, in)
	return int32(len(c.code) - 1)
}

// put writes an instruction to a place that was made before.
func (c *compiler) put(at int32, in instruction) {
	if !c.counts {
		c.code[at] = in
	}
}

// node compiles n in front of what stands at next, and returns where it begins. The program grows backwards: what follows is there first.
func (c *compiler) node(n *Node, next int32) (int32, error) {
	if c.total++; c.total > largestProgram {
		return 0, &Error{Pos: n.Pos, Message: "the pattern is too large", Hint: "smaller counts in braces, fewer patterns inside patterns"}
	}
	var err error
	switch n.Kind {
	case Empty:
		return next, nil
	case Never:
		return c.emit(instruction{op: opFail}), nil
	case Class:
		return c.emit(instruction{op: opSet, set: n.Set, next: next}), nil
	case Assert:
		return c.emit(instruction{op: opAssert, place: n.Place, next: next}), nil
	case Cat:
		for _, sub := range slices.Backward(n.Subs) {
			if next, err = c.node(sub, next); err != nil {
				return 0, err
			}
		}
		return next, nil
	case Alt:
		return c.alternatives(n.Subs, next)
	case Group:
		if n.Capture < 0 {
			return c.node(n.Subs[0], next)
		}
		next = c.emit(instruction{op: opSave, arg: int32(2*n.Capture + 1), next: next})
		if next, err = c.node(n.Subs[0], next); err != nil {
			return 0, err
		}
		return c.emit(instruction{op: opSave, arg: int32(2 * n.Capture), next: next}), nil
	case Repeat:
		return c.repeat(n, next)
	case Look:
		return c.look(n, next)
	}
	panic("regex: an atomic group was not rewritten")
}

func (c *compiler) alternatives(subs []*Node, next int32) (int32, error) {
	last := len(subs) - 1
	at, err := c.node(subs[last], next)
	for i := last - 1; i >= 0 && err == nil; i-- {
		var first int32
		if first, err = c.node(subs[i], next); err == nil {
			at = c.emit(instruction{op: opSplit, next: first, other: at})
		}
	}
	return at, err
}

func (c *compiler) split(body, out int32, lazy bool) instruction {
	if lazy {
		return instruction{op: opSplit, next: out, other: body}
	}
	return instruction{op: opSplit, next: body, other: out}
}

// repeat unrolls the counts of a loop.
func (c *compiler) repeat(n *Node, next int32) (int32, error) {
	body := n.Subs[0]
	var err error
	switch {
	case n.Max == Unlimited && n.Min == 0:
		next, err = c.star(body, next, n.Lazy)
	case n.Max == Unlimited:
		// x{3,}: two copies and a loop.
		next, err = c.plus(body, next, n.Lazy)
	default:
		out := next
		for range n.Max - n.Min {
			var at int32
			if at, err = c.node(body, next); err != nil {
				return 0, err
			}
			next = c.emit(c.split(at, out, n.Lazy))
		}
	}
	copies := n.Min
	if n.Max == Unlimited {
		copies = max(copies-1, 0)
	}
	for i := 0; i < copies && err == nil; i++ {
		next, err = c.node(body, next)
	}
	return next, err
}

// plus is a loop of one round at least.
func (c *compiler) plus(body *Node, next int32, lazy bool) (int32, error) {
	loop := c.emit(instruction{op: opSplit})
	at, err := c.node(body, loop)
	c.put(loop, c.split(at, next, lazy))
	return at, err
}

// star is a loop that may have no round. Where a round may be empty it is (x+)?, so that a round that takes nothing ends the loop, as it
// does when one backtracks.
func (c *compiler) star(body *Node, next int32, lazy bool) (int32, error) {
	if body.nullable() {
		at, err := c.plus(body, next, lazy)
		return c.emit(c.split(at, next, lazy)), err
	}
	loop := c.emit(instruction{op: opSplit})
	at, err := c.node(body, loop)
	c.put(loop, c.split(at, next, lazy))
	return loop, err
}

// look compiles a look-around: a compare of a few characters where that is enough.
func (c *compiler) look(n *Node, next int32) (int32, error) {
	sub := n.Subs[0]
	if !sub.Captures() {
		if sub = n.essence(); sub.surely() {
			if n.Negate {
				return c.emit(instruction{op: opFail}), nil
			}
			return next, nil
		}
		if rows := rowsOf(sub); rows != nil {
			return c.emit(instruction{op: opNear, near: &near{rows, n.Behind, n.Negate}, next: next}), nil
		}
	}
	l := look{behind: n.Behind, negate: n.Negate, slot: -1}
	if !n.Negate && sub.Captures() {
		l.slot = int32(c.slots)
		c.slots++
	}
	var err error
	if l.program, err = c.program(sub); err != nil {
		return 0, err
	}
	at := c.emit(instruction{op: opLook, arg: int32(len(c.looks)), next: next})
	c.looks = append(c.looks, l)
	if l.slot >= 0 {
		at = c.emit(instruction{op: opSave, arg: l.slot, next: at})
	}
	return at, nil
}
