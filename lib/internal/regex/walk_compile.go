package regex

import (
	"slices"
	"sync"

	"github.com/sawlog/sawlog/lib/internal/scan"
)

// mostOps bounds the walk of a pattern; what is larger is left to the plain engines.
const mostOps = 30000

// walkCompiler makes a walk. As the plain program it grows backwards: what follows is there first.
type walkCompiler struct {
	w      *walk
	jumps  map[[257]int32]*[257]int32
	tables map[byteSet]*[257]bool
	sets   map[byteSet]*scan.Class
	total  int           // how much has been compiled
	copies int           // how many loops with a count are being written out around
	open   int           // runs of any characters with more than one end
	forks  int           // how many choices have been made so far
	failed bool          // the pattern cannot be walked
	brief  bool          // what shortcuts do not know is left out
	before map[*Node]int // of loops that every match passes: how many of the needs stand before what is behind them
}

// newWalk makes the walk of a tree, nil where it cannot be walked: look-arounds of any length, loops whose rounds may be empty. It is the brief
// one: what stands behind the shortcuts is mostly far more than the rest, and is asked for by few texts.
func newWalk(n *Node) *walk {
	w := compileWalk(n, true)
	if w == nil {
		return nil
	}
	w.begins = sync.OnceValue(func() *start { return newStart(n, w.first) })
	w.whole = sync.OnceValue(func() *walk {
		if !w.brief {
			return w
		}
		all := compileWalk(n, false)
		if all != nil {
			all.begins = w.begins
		}
		return all
	})
	return w
}

func compileWalk(n *Node, brief bool) *walk {
	w := &walk{ends: -1}
	c := &walkCompiler{w: w, brief: brief, jumps: map[[257]int32]*[257]int32{}, tables: map[byteSet]*[257]bool{}, sets: map[byteSet]*scan.Class{}}
	c.emit(wop{op: wFail}) // pc 0: no way on
	end := c.emit(wop{op: wMatch})
	w.needed, c.before = requiredBehind(n, everyByte)
	w.start = c.root(n, end)
	if c.failed {
		return nil
	}
	w.thread(c.jumps)
	w.first = n.first(everyByte)
	w.alone = w.first.one()
	w.lines = beginsLine(n)
	w.open = c.open > 2
	w.noDead, w.noSpan = slices.Repeat([]int32{-1}, w.marks), slices.Repeat([]span{{0, -1}}, w.runs)
	return w
}

// root compiles the whole pattern, with a mark behind its first piece: from there matches that begin at different places go on alike.
func (c *walkCompiler) root(n *Node, end int32) int32 {
	if n.Kind != Cat {
		return c.node(n, end, everyByte)
	}
	first := 0
	for first < len(n.Subs)-1 && (n.Subs[first].Kind == Assert || n.Subs[first].Kind == Look) {
		first++
	}
	rest := cat(n.Subs[first+1:]...)
	next := c.emit(wop{op: wMark, arg2: int32(c.w.marks), next: c.node(rest, end, everyByte)})
	c.w.rest = int32(c.w.marks)
	c.w.marks++
	if piece := n.Subs[first]; piece.Kind == Group && piece.Capture >= 0 {
		c.w.ends = int32(2*piece.Capture + 1)
	}
	follow := rest.first(everyByte)
	if inside, over := n.Subs[first].run(); !over.meets(follow) {
		c.w.inside, c.w.over = scan.NewClass(inside.has), c.table(over)
		piece := n.Subs[first]
		for piece.Kind == Group && piece.Native == nil {
			piece = piece.Subs[0]
		}
		c.w.opens, c.w.classed = piece.Native, piece.Kind == Repeat && piece.Subs[0].Kind == Class
	}
	return c.sequence(n.Subs[:first+1], next, follow)
}

// run gives two sets of bytes: a match of n that begins in a run of the first ends before a byte of the second, or where the run ends.
func (n *Node) run() (inside, over byteSet) {
	for piece := n; piece.Kind == Group; piece = piece.Subs[0] {
		switch native := piece.Native; {
		case native == nil:
		case native.Inside != "":
			return bytesIn(native.Inside), bytesIn(native.Over)
		case native.Within:
			return byteSet{}, everyByte
		}
	}
	return n.bytes(), n.bytes()
}

// bytesIn are the bytes of text.
func bytesIn(text string) (s byteSet) {
	for i := range len(text) {
		s.add(text[i])
	}
	return s
}

func (c *walkCompiler) emit(op wop) int32 {
	if len(c.w.ops) >= mostOps {
		c.failed = true
		return 0
	}
	c.w.ops = append(c.w.ops, op)
	return int32(len(c.w.ops) - 1)
}

func (c *walkCompiler) table(s byteSet) *[257]bool {
	if c.tables[s] == nil {
		c.tables[s] = s.table()
	}
	return c.tables[s]
}

// bytesOf is the class of the bytes of s, which has all bytes beyond ASCII or none.
func (c *walkCompiler) bytesOf(s byteSet) *scan.Class {
	if c.sets[s] == nil {
		c.sets[s] = scan.NewClass(s.has)
	}
	return c.sets[s]
}

// thread lets every step go on behind the jumps that lead nowhere else.
func (w *walk) thread(jumps map[[257]int32]*[257]int32) {
	behind := func(pc int32) int32 {
		for w.ops[pc].op == wJump {
			pc = w.ops[pc].next
		}
		return pc
	}
	for i := range w.ops {
		w.ops[i].next, w.ops[i].other = behind(w.ops[i].next), behind(w.ops[i].other)
	}
	for _, jump := range jumps {
		for b := range jump {
			at := behind(jump[b])
			for w.ops[at].op == wSwitch { // two choices by the same byte
				at = behind(w.ops[at].jump[b])
			}
			jump[b] = at
		}
	}
	w.start = behind(w.start)
}

// node compiles n in front of next; follow is what the match can go on with there.
func (c *walkCompiler) node(n *Node, next int32, follow byteSet) int32 {
	if c.total++; c.total > 10*mostOps || c.failed {
		c.failed = true
		return 0
	}
	switch n.Kind {
	case Empty:
		return next
	case Never:
		return 0
	case Class:
		return c.class(n, next)
	case Assert:
		return c.emit(wop{op: wAssert, place: n.Place, next: next})
	case Cat:
		return c.sequence(n.Subs, next, follow)
	case Alt:
		return c.alternatives(n.Subs, next, follow, nil)
	case Group:
		if n.Native != nil {
			return c.native(n, next, follow)
		}
		if n.Capture < 0 {
			return c.node(n.Subs[0], next, follow)
		}
		next = c.emit(wop{op: wSave, arg: int32(2*n.Capture + 1), next: next})
		next = c.piece(n.Subs[0], next, follow)
		return c.emit(wop{op: wSave, arg: int32(2 * n.Capture), next: next})
	case Repeat:
		return c.repeat(n, next, follow)
	case Look:
		return c.look(n, next)
	}
	c.failed = true
	return 0
}

// native compiles a piece with its shortcut, which is taken where no other end can be followed by what follows.
func (c *walkCompiler) native(n *Node, next int32, follow byteSet) int32 {
	native := n.Native
	for native != nil && bytesIn(native.Over).meets(follow) {
		native = native.Short
	}
	if native == nil {
		return c.piece(n.Subs[0], next, follow)
	}
	return c.shortcut(native, next, follow, func() int32 { return c.piece(n.Subs[0], next, follow) })
}

// shortcut compiles a native, and what general does where the native does not know what stands there.
func (c *walkCompiler) shortcut(native *Native, next int32, follow byteSet, general func() int32) int32 {
	other := int32(0)
	if c.brief {
		c.w.brief = true
		c.forks++ // general may have choices
	} else if other = general(); c.failed {
		return 0
	}
	c.w.native = append(c.w.native, native)
	return c.emit(wop{op: wNative, arg: int32(len(c.w.native) - 1), exit: c.table(follow), table: c.table(bytesIn(native.Over)), next: next, other: other})
}

func (c *walkCompiler) class(n *Node, next int32) int32 {
	if text, ok := n.literal(); ok {
		return c.literal(text, next)
	}
	if n.Set.narrow {
		return c.emit(wop{op: wByte, table: c.table(n.Set.firstBytes()), next: next})
	}
	c.w.sets = append(c.w.sets, n.Set)
	return c.emit(wop{op: wRune, arg: int32(len(c.w.sets) - 1), next: next})
}

func (c *walkCompiler) literal(text string, next int32) int32 {
	c.w.texts = append(c.w.texts, text)
	return c.emit(wop{op: wLiteral, arg: int32(len(c.w.texts) - 1), arg2: int32(len(text)), least: int32(min(len(text), 8)), word: literalWord(text), next: next})
}

func (c *walkCompiler) look(n *Node, next int32) int32 {
	if n.Captures() {
		if capture := n.ahead(); capture >= 0 {
			return c.emit(wop{op: wAll, arg: int32(2 * capture), next: next})
		}
		c.failed = true
		return 0
	}
	sub := n.essence()
	if sub.surely() {
		if n.Negate {
			return 0
		}
		return next
	}
	rows := rowsOf(sub)
	if rows == nil {
		c.failed = true
		return 0
	}
	op := wop{op: wNear, arg: int32(len(c.w.nears)), next: next}
	c.w.nears = append(c.w.nears, &near{rows, n.Behind, n.Negate})
	if len(rows) == 1 && len(rows[0]) == 1 && (rows[0][0].narrow || rows[0][0].wide) {
		op.table = c.table(rows[0][0].firstBytes())
	}
	return c.emit(op)
}

// ahead is the capture of a look-ahead at all that is left of the text, -1 where n is none.
func (n *Node) ahead() int {
	if n.Behind || n.Negate {
		return -1
	}
	capture, sub := -1, n.Subs[0]
	for ; sub.Kind == Group; sub = sub.Subs[0] {
		if sub.Capture >= 0 && capture >= 0 {
			return -1
		}
		capture = max(capture, sub.Capture)
	}
	if sub.Kind == Repeat && sub.Min == 0 && sub.Max == Unlimited && !sub.Lazy && sub.Subs[0].Kind == Class && len(sub.Subs[0].Set.negated().ranges) == 0 {
		return capture
	}
	return -1
}

// sequence compiles pieces that follow each other. Characters in a row become one literal.
func (c *walkCompiler) sequence(subs []*Node, next int32, follow byteSet) int32 {
	for i := len(subs) - 1; i >= 0 && !c.failed; i-- {
		text, from := "", i+1
		for k := i; k >= 0; k-- {
			one, ok := subs[k].literal()
			if !ok {
				break
			}
			text, from = one+text, k
		}
		if text != "" {
			next = c.literal(text, next)
			follow = subs[from].first(follow)
			i = from
			continue
		}
		next = c.piece(subs[i], next, follow)
		follow = subs[i].first(follow)
	}
	return next
}

// piece compiles n and, where n has only one end that what follows can go on from, a cut behind it.
func (c *walkCompiler) piece(n *Node, next int32, follow byteSet) int32 {
	if n.Kind == Group && (n.Capture >= 0 || n.Native != nil) || c.failed {
		return c.node(n, next, follow)
	}
	depth, before := int32(c.w.depths), c.forks
	c.w.depths++
	var cuts []int32
	cut := func(rest ...*Node) int32 {
		if !oneEnd(rest, follow) {
			return next
		}
		at := c.emit(wop{op: wCut, arg: depth, arg2: -1, exit: c.table(follow), next: next})
		if cuts = append(cuts, at); n.longest() > 16 && c.copies == 0 && !c.failed {
			c.w.ops[at].arg2 = int32(c.w.marks)
			c.w.marks++
		}
		return at
	}
	alts := n
	for alts.Kind == Group && alts.Capture < 0 {
		alts = alts.Subs[0]
	}
	at := int32(0)
	if alts.Kind == Alt {
		ends := make([]int32, len(alts.Subs))
		for i := range ends {
			ends[i] = cut(alts.Subs[i:]...)
		}
		at = c.alternatives(alts.Subs, next, follow, ends)
	} else {
		at = c.node(n, cut(n), follow)
	}
	if c.forks == before || c.failed { // no choice was made: nothing to cut
		for _, at := range cuts {
			c.w.ops[at].op = wJump
		}
		return at
	}
	if len(cuts) == 0 {
		return at
	}
	return c.emit(wop{op: wEnter, arg: depth, next: at})
}

// oneEnd tells whether the alternatives have at most one end behind which follow can go on: no byte of follow stands inside of them.
func oneEnd(rest []*Node, follow byteSet) bool {
	for _, n := range rest {
		if n.bytes().meets(follow) {
			return false
		}
	}
	return true
}

// alternatives compiles a choice. ends, where given, says where each alternative goes on.
func (c *walkCompiler) alternatives(subs []*Node, next int32, follow byteSet, ends []int32) int32 {
	ways := make([]way, len(subs))
	for i, sub := range subs {
		to := next
		if ends != nil {
			to = ends[i]
		}
		ways[i] = way{c.node(sub, to, follow), sub.first(follow)}
	}
	return c.choice(ways)
}

// beginsLine tells whether every match of n begins where a line begins.
func beginsLine(n *Node) bool {
	switch n.Kind {
	case Assert:
		return n.Place == LineStart || n.Place == TextStart
	case Cat:
		return len(n.Subs) > 0 && beginsLine(n.Subs[0])
	case Group:
		return beginsLine(n.Subs[0])
	case Alt:
		return !slices.ContainsFunc(n.Subs, func(sub *Node) bool { return !beginsLine(sub) })
	}
	return false
}
