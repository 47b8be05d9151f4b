package grok

import (
	"github.com/sawlog/sawlog/lib/internal/regex"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// Most lines take the first way at every choice of a pattern: they need no table of captures, since each value can be written where it ends. direct
// is how: the path of the first pattern (regex.Program.Path), where each step knows the column that it is for. Whatever is unusual (a step
// that fails, a text that does not fit its type, a column that is filled twice) is left to the machines, from the line's beginning.
type direct struct {
	legs     []leg
	start    int32
	forks    bool
	captures []filling
	ends     int32  // the slot where the first piece ends, -1: it is no capture
	begun    int    // how many captures need to be noted where they begin
	all      uint64 // a bit for each column
}

// mostDirect bounds the columns: a word has a bit for each.
const mostDirect = 64

// leg is a step and what is written there. What most of them need stands in front.
type leg struct {
	code  legCode
	keeps keeps
	sure  bool // where the constant stands, exit has what is behind the step's end
	alone bool // where the leg fails no match begins where the walk has begun, if no leg had another end ...
	sole  bool // ... and where the constant does not stand
	tight bool // only the constant may stand behind it
	split bool // captures begin or end here without being just the step
	size  uint8
	until byte
	least int32
	most  int32
	word  uint64
	mask  uint64
	filling
	to    *record.Col // of the builder under way
	then  *leg        // behind the constant; of a fork: what is tried first
	went  *leg        // of a switch: where it went last; of a fork: what is tried else
	exit  *[257]bool
	class *scan.Class
	jump  *[257]int32 // a switch, or one that stands behind it
	match func(data []byte, from, i, to int) int
	last  func(data []byte, i, end, to int) bool // as of the native
	over  *[257]bool                             // nil: it is no native

	table         *[257]bool // of legByte and legBeside
	behind        bool       // of legBeside, as negate
	negate        bool
	digits        *digitForm
	date          dateSeen
	before, after int32 // slots, where the leg is split
	next, other   int32
	seen          int32 // of a switch: where it went last
	step          int32
}

// filling is the column that a text is for.
type filling struct {
	col   int32 // -1: none
	how   how
	bit   uint64
	begun int32 // where it is noted where the capture begins, -1: it needs not be
}

// keeps is what a leg does with its text.
type keeps uint8

const (
	keepNothing keeps = iota
	keepText          // it is a text's
	keepOther
)

type legCode uint8

const (
	legNothing legCode = iota
	legNative
	legDigits  // digits that the column wants as a number; else legNative
	legDecimal // digits that may have a fraction, as a text; else legNative
	legHost    // legNative, where most is a name or numbers
	legNewDate // a date of web servers of which the minute is not known
	legDate    // a date of web servers, of the same minute as the last; else legNative
	legName    // legNative, where most is just a run over class
	legWord    // the same between bytes of ASCII that class does not have
	legQuoted  // a text between double quotes
	legClass
	legGreedy
	legBounded // legClass over line feeds or carriage returns too: it needs to know where the text ends
	legAll     // where a capture begins that ends with the text
	legUntil
	legSwitch
	legMatch
	legFork
	legByte
	legExit
	legBeside
	legRune
	legCounted
	legRest
	legEdge
	legWordEdge
	legOther
)

// dateSeen is the minute of the date that was read last: all of its text but the seconds, and when it begins.
type dateSeen struct {
	one, two, rest uint64
	begin          int64
}

// digitForm says of a native what may not stand beside digits that are all it reads.
type digitForm struct {
	before, behind *[256]bool // besides what the step's exit leaves out
	zero           bool       // they may begin with one
	fraction       bool       // they may have a fraction behind a point
}

// wordOrHigh are the bytes of words, and those beyond ASCII, which may be.
var wordOrHigh = func() *[256]bool {
	t := *wordTable
	for c := 0x80; c < 0x100; c++ {
		t[c] = true
	}
	return &t
}()

var digitForms = func() map[*regex.Native]*digitForm {
	number := &digitForm{table(digitBytes + ".+-"), table("."), true, true}
	word := &digitForm{wordOrHigh, wordOrHigh, true, false}
	return map[*regex.Native]*digitForm{
		natives["NUMBER"]: number, natives["BASE10NUM"]: number, natives["NONNEGINT"]: word,
		natives["POSINT"]: {wordOrHigh, wordOrHigh, false, false}, natives["INT"]: {&[256]bool{}, &[256]bool{}, true, false},
	}
}()

// newDirect makes the direct way of a plan, nil where it has none.
func (p *Plan) newDirect(forks bool) *direct {
	c := p.patterns[0]
	steps, start := c.program.Path(forks)
	if steps == nil || len(p.columns) > mostDirect {
		return nil
	}
	columns, ok := p.directColumns(c)
	if !ok {
		return nil
	}
	d := &direct{legs: make([]leg, len(steps)), start: start, forks: forks, captures: make([]filling, len(columns)), ends: c.program.FirstEnd(), all: 1<<len(p.columns) - 1}
	for k, column := range columns {
		d.captures[k] = p.filling(column)
	}
	for k := range steps {
		if lineEnds(&steps[k]) {
			return nil
		}
		d.addLeg(&steps[k], int32(k))
	}
	return d
}

// filling is how a capture fills its column.
func (p *Plan) filling(column int32) filling {
	if column < 0 {
		return filling{col: -1, begun: -1}
	}
	return filling{column, p.columns[column].way([]int32{0}).how, 1 << column, -1}
}

// splits makes room for where the capture of the slot begins.
func (d *direct) splits(slot int32) {
	if slot < 0 {
		return
	}
	if c := &d.captures[slot/2]; c.begun < 0 {
		c.begun = int32(d.begun)
		d.begun++
	}
}

// lineEnds tells whether the constant behind a step has something of a line's end in it.
func lineEnds(s *regex.Step) bool {
	for k := range s.Size {
		if c := byte(s.Word >> (8 * k)); c == '\n' || c == '\r' {
			return true
		}
	}
	return false
}

// directColumns gives the column of each capture, -1: none. ok is false where a capture has several, or a column needs all of its captures.
func (p *Plan) directColumns(c *compiled) (columns []int32, ok bool) {
	columns = make([]int32, len(c.captures))
	for k := range columns {
		columns[k] = -1
	}
	for at, fill := range c.fill {
		for _, k := range fill {
			if columns[k] >= 0 || p.columns[at].list {
				return nil, false
			}
			columns[k] = int32(at)
		}
	}
	return columns, true
}

// addLeg makes a leg of the step k: two where a capture begins or ends in front of a choice or of the match's end.
func (d *direct) addLeg(s *regex.Step, k int32) {
	l := d.leg(s, k)
	if l.split && (l.code == legSwitch || l.code == legFork || l.code == legMatch) {
		first := leg{code: legNothing, keeps: keepOther, split: true, before: l.before, after: -1, next: int32(len(d.legs))}
		l.split, l.keeps = false, keepNothing
		d.legs = append(d.legs, l)
		l = first
	}
	if s.Code == regex.StepAll {
		first := leg{code: legAll, filling: d.captures[s.Other/2], keeps: keepOther, next: int32(len(d.legs))}
		if first.col < 0 {
			first.keeps = keepNothing
		}
		l.other = 0
		d.legs = append(d.legs, l)
		l = first
	}
	d.legs[k] = l
}

// leg makes a leg of the step k.
func (d *direct) leg(s *regex.Step, k int32) leg {
	l := leg{
		size: s.Size, until: s.Until, least: s.Least, most: s.Most, word: s.Word, mask: s.Mask, class: s.Class, exit: s.Exit, jump: s.Jump, over: s.Over,
		table: s.Table, behind: s.Behind, negate: s.Negate, alone: s.Alone, sole: s.Sole, tight: s.Tight,
		filling: filling{col: -1}, seen: -1, before: s.Before, after: s.After, next: s.Next, other: s.Other, step: k,
	}
	switch {
	case s.Before < 0 && s.After < 0:
	case s.Before >= 0 && s.Before&1 == 0 && s.After == s.Before+1:
		switch l.filling = d.captures[s.Before/2]; {
		case l.col >= 0 && l.how == wayText:
			l.keeps = keepText
		case l.col >= 0:
			l.keeps = keepOther
		}
	default:
		l.split, l.keeps = true, keepOther
		d.splits(s.Before)
		d.splits(s.After)
	}
	if s.Exit != nil && s.Size > 0 {
		l.sure = s.Exit[byte(s.Word)]
	}
	l.code = legOf[s.Code]
	switch {
	case s.Code == regex.StepNative:
		l.native(s.Native)
	case s.Code == regex.StepClass && s.Ends:
		l.code = legBounded
	case s.Code == regex.StepGreedy && s.Ends, s.Code == regex.StepUntil && (s.Until == '\n' || s.Until == '\r'):
		l.code = legOther
	}
	return l
}

// legOf is the leg for a step, where nothing else matters.
var legOf = [...]legCode{
	regex.StepNothing: legNothing, regex.StepNative: legNative, regex.StepClass: legClass, regex.StepGreedy: legGreedy, regex.StepUntil: legUntil,
	regex.StepSwitch: legSwitch, regex.StepMatch: legMatch, regex.StepFork: legFork, regex.StepAll: legNothing, regex.StepByte: legByte,
	regex.StepExit: legExit, regex.StepBeside: legBeside, regex.StepRune: legRune, regex.StepCounted: legCounted, regex.StepRest: legRest,
	regex.StepEdge: legEdge, regex.StepWord: legWordEdge, regex.StepOther: legOther,
}

// native lets the leg read what n does.
func (l *leg) native(n *regex.Native) {
	l.code, l.match, l.last = legNative, n.Match, n.Last
	if n.Of != nil {
		n = n.Of
	}
	switch n {
	case natives["QS"], natives["QUOTEDSTRING"]:
		l.code = legQuoted
	case natives["USERNAME"], natives["USER"], natives["HTTPDUSER"]:
		l.code, l.class = legName, userClass
	case natives["IPORHOST"]:
		l.code, l.class = legHost, hostClass
	case natives["WORD"]:
		l.code, l.class = legWord, wordClass
	case natives["HTTPDATE"]:
		if l.keeps == keepOther && !l.split && l.how == wayTime && l.sure && !digit(byte(l.word)) {
			l.code = legNewDate
		}
	default:
		switch form := digitForms[n]; {
		case form == nil:
		case l.keeps == keepOther && !l.split && l.how == wayInt:
			l.code, l.digits = legDigits, form
		case form.fraction:
			l.code, l.digits = legDecimal, form
		}
	}
}
