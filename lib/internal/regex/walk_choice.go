package regex

import "slices"

// way is one of several ways on, and the bytes that it can go on with.
type way struct {
	pc    int32
	first byteSet
}

// choice jumps by the next byte to the ways that are open there, in their order.
func (c *walkCompiler) choice(ways []way) int32 { return c.emit(wop{op: wSwitch, jump: c.jump(ways)}) }

func (c *walkCompiler) jump(ways []way) *[257]int32 {
	var jump [257]int32
	chains := map[string]int32{}
	for b := range jump {
		open := make([]byte, 0, len(ways))
		for i := range ways {
			if b == 256 && ways[i].first.end || b < 256 && ways[i].first.has(byte(b)) {
				open = append(open, byte(i), byte(i>>8))
			}
		}
		at, ok := chains[string(open)]
		if !ok {
			at = c.chain(ways, open)
			chains[string(open)] = at
		}
		jump[b] = at
	}
	if c.jumps[jump] == nil {
		c.jumps[jump] = &jump
	}
	return c.jumps[jump]
}

func (c *walkCompiler) chain(ways []way, open []byte) int32 {
	at := int32(0)
	for i := len(open) - 2; i >= 0; i -= 2 {
		pc := ways[int(open[i])|int(open[i+1])<<8].pc
		if at == 0 {
			at = pc
			continue
		}
		c.forks++
		at = c.emit(wop{op: wFork, next: pc, other: at})
	}
	return at
}

// repeat compiles a loop.
func (c *walkCompiler) repeat(n *Node, next int32, follow byteSet) int32 {
	general := func() int32 { return c.rounds(n, next, follow) }
	if native, captures := n.oneRound(follow); native != nil {
		return c.round(native, captures, next, general, follow)
	}
	return general()
}

// oneRound gives the piece that the loop n goes through once, whatever stands there: a match of it that begins in a run of some bytes ends where the
// run ends, or in front of one that follow has not. nil: there is none.
func (n *Node) oneRound(follow byteSet) (native *Native, captures []int) {
	piece := n.Subs[0]
	for ; piece.Kind == Group && piece.Native == nil; piece = piece.Subs[0] {
		if piece.Capture >= 0 {
			captures = append(captures, piece.Capture)
		}
	}
	native = piece.Native
	if n.Min != 1 || n.Max != Unlimited || n.Lazy || native == nil || native.Inside == "" || bytesIn(native.Over).meets(follow) ||
		piece.first(byteSet{}).not(bytesIn(native.Inside)).bits != [4]uint64{} {
		return nil, nil
	}
	return native, captures
}

// round compiles a loop that is gone through once. general is the loop, for what the native does not know.
func (c *walkCompiler) round(native *Native, captures []int, next int32, general func() int32, follow byteSet) int32 {
	for _, k := range captures {
		next = c.emit(wop{op: wSave, arg: int32(2*k + 1), next: next})
	}
	once := *native
	once.Last, once.Of = native.LastOfAll, native
	at := c.shortcut(&once, next, follow, general)
	for _, k := range slices.Backward(captures) {
		at = c.emit(wop{op: wSave, arg: int32(2 * k), next: at})
	}
	return at
}

// rounds compiles a loop: over one class as a run, else by choices.
func (c *walkCompiler) rounds(n *Node, next int32, follow byteSet) int32 {
	body := n.Subs[0]
	switch {
	case n.Max == 0:
		return next
	case body.Kind == Class && (body.Set.narrow || body.Set.wide && n.Max == Unlimited && n.Min <= 1) && n.Max != 1:
		return c.run(n, next, follow)
	case body.nullable() && n.Max != 1: // rounds that read nothing
		c.failed = true
		return 0
	}
	if n.Max > 1 {
		c.copies++
		defer func() { c.copies-- }()
	}
	inner := body.first(follow).or(follow) // what may follow a round
	if n.Max == Unlimited {
		next = c.loop(n, next, follow)
	} else {
		out := next
		behind := follow // no round follows the last one
		for range n.Max - n.Min {
			if c.failed {
				break
			}
			at := c.piece(body, next, behind)
			ways := []way{{at, body.first(behind)}, {out, follow}}
			behind = inner
			if n.Lazy {
				slices.Reverse(ways)
			}
			next = c.choice(ways)
		}
	}
	for i := n.Min; i > 0 && !c.failed; i-- {
		behind := inner
		if i == n.Min && n.Max == n.Min {
			behind = follow
		}
		next = c.piece(body, next, behind)
	}
	return next
}

func (c *walkCompiler) loop(n *Node, next int32, follow byteSet) int32 {
	body := n.Subs[0]
	inner := body.first(follow).or(follow)
	head := c.emit(wop{op: wSwitch})
	ways := []way{{c.piece(body, head, inner), body.first(inner)}, {next, follow}}
	if n.Lazy {
		slices.Reverse(ways)
	}
	jump := c.jump(ways)
	if !c.failed {
		c.w.ops[head].jump = jump
	}
	return head
}

// run compiles a loop over one class.
func (c *walkCompiler) run(n *Node, next int32, follow byteSet) int32 {
	set := n.Subs[0].Set
	bytes := set.firstBytes()
	op := wop{op: wRun, table: c.table(bytes), exit: c.table(follow), exit1: follow.one(), least: int32(n.Min), most: int32(n.Max), next: next, arg: -1}
	if op.seek, op.a, op.b = seekOf(bytes); op.seek == seekClass {
		op.class = c.bytesOf(bytes)
	}
	if n.Lazy {
		op.op = wLazy
		op.exit1 = follow.one()
	}
	// A run that what follows cannot begin in has one end. So has one of word characters before a \b, unless it may be empty: before its
	// first character there may be a border too.
	border := c.w.ops[next].op == wAssert && (c.w.ops[next].place == Word || c.w.ops[next].place == WideWord)
	op.only = !bytes.meets(follow) || border && n.Min > 0 && set.within(words)
	if op.only {
		op.op = wRun
	} else {
		c.forks++
		if op.seek == seekAll || op.seek == seekOne {
			c.open++
		}
		if (op.seek == seekAll || op.seek == seekOne) && !n.Lazy {
			op.word = c.bound(n)
		}
		if n.Max == Unlimited && c.copies == 0 {
			op.arg = int32(c.w.runs)
			c.w.runs++
		}
	}
	return c.emit(op)
}

// bound is one more than the first of the needs that the loop n ends in front of, 0: there is none, or only one byte, which is found without it.
func (c *walkCompiler) bound(n *Node) uint64 {
	before, ok := c.before[n]
	if left := len(c.w.needed) - before; !ok || left == 0 || left == 1 && len(c.w.needed[before].text) == 1 {
		return 0
	}
	return uint64(before) + 1
}

// seekOf finds how the end of a run over s is found best.
func seekOf(s byteSet) (how seek, a, b byte) {
	var out []byte
	for i := range 256 {
		if !s.has(byte(i)) {
			out = append(out, byte(i))
		}
	}
	switch {
	case len(out) == 0:
		return seekAll, 0, 0
	case len(out) == 1:
		return seekOne, out[0], 0
	case len(out) == 2:
		return seekTwo, out[0], out[1]
	}
	return seekClass, 0, 0
}
