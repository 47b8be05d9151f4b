package grok

import (
	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
)

// What a leg's end can be that is none.
const (
	noEnd   = -1 // it fails: another choice may be the one
	giveUp  = -2 // the machines have to look
	dateLen = len("02/Jan/2006:15:04:05 -0700")
)

// walk reads the line as far as it begins to match at i. A line of a block ends at its line feed, so that most legs need not know where that is, and
// what stands in front of the line is a line feed too. Here are the legs that most lines are made of; what is rare is elsewhere, so that the
// processor's registers are enough.
func (s *directState) walk(data []byte, i int) int {
	l, set := s.first, uint64(0)
	for {
		end := i
		switch l.code {
		case legNothing, legAll:
		case legDigits:
			v, k := scan.Short(mem.Load64(data, i))
			end += k
			if c := mem.At(data, end); uint(k-1) < 7 && mem.Load64(data, end)&l.mask == l.word && l.exit[c] && !l.digits.behind[c] && i > 0 &&
				!l.digits.before[mem.At(data, i-1)] && (l.digits.zero || mem.At(data, i) != '0') && set&l.bit == 0 {
				set |= l.bit
				l.to.Words[s.line.row] = v
				goto on
			}
			end = s.native(data, l, i)
		case legDecimal:
			k := scan.DigitRun(mem.Load64(data, i))
			end += k
			if c := mem.At(data, end); c == '.' {
				fraction := scan.DigitRun(mem.Load64(data, end+1))
				if end += 1 + fraction; uint(fraction-1) >= 7 {
					k = 8 // none, or too many
				}
			}
			if uint(k-1) >= 7 || i == 0 || l.digits.before[mem.At(data, i-1)] || !l.sure && !l.exit[next(data, end)] {
				end = s.native(data, l, i)
			}
		case legDate:
			d, rest := &l.date, mem.Load64(data, i+18)
			if tens, ones := byte(rest)-'0', byte(rest>>8)-'0'; tens <= 5 && ones <= 9 && mem.Load64(data, i) == d.one && mem.Load64(data, i+8) == d.two &&
				rest&^0xffff|uint64(mem.Load32(data, i+16))&0xffff == d.rest && mem.Load64(data, i+dateLen)&l.mask == l.word && set&l.bit == 0 {
				set |= l.bit
				l.to.Words[s.line.row] = uint64(d.begin + int64(tens*10+ones)*1e9)
				end += dateLen
				goto on
			}
			end = s.native(data, l, i)
			l.code = legNewDate
		case legNewDate:
			if end = s.native(data, l, i); end == i+dateLen && l.date.remember(s.w.clocks[l.col], data, i) {
				l.code = legDate
			}
		case legName:
			if mem.Load64(data, i+1)&l.mask == l.word && l.sure && l.class.Has(mem.At(data, i)) {
				end++
			} else if end = l.class.End(data, i, s.n); end == i || !l.sure && !l.exit[next(data, end)] {
				end = s.native(data, l, i)
			}
		case legWord:
			if end = l.class.End(data, i, s.n); end == i || mem.At(data, end) >= 0x80 || i == 0 || wordOrHigh[mem.At(data, i-1)] || !l.sure && !l.exit[next(data, end)] {
				end = s.native(data, l, i)
			}
		case legHost:
			if end = l.class.End(data, i, s.n); mem.At(data, end) == ':' || end-i > 32 || i == 0 || wordOrHigh[mem.At(data, i-1)] || !plainHost(data, i, end) || !l.sure && !l.exit[next(data, end)] {
				end = s.native(data, l, i)
			}
		case legQuoted:
			if mem.At(data, i) != '"' || i > 0 && mem.At(data, i-1) == '\\' {
				end = s.native(data, l, i)
				break
			}
			if end = scan.Find3Far(data, i+1, '"', '\\', '\n'); mem.At(data, end) != '"' {
				if end = quoteEnd(data, end); mem.At(data, end) != '"' {
					end = noEnd
					break
				}
			}
			if end++; !l.sure && !l.exit[next(data, end)] {
				end = noEnd
			}
		case legClass:
			if end = l.class.End(data, i, s.n); end-i < int(l.least) {
				end = noEnd
			}
		case legGreedy:
			end = l.class.End(data, i, s.n)
			if c := next(data, end); !l.exit[c] || c&^0x17f == 0x80 || end-i < int(l.least) {
				end = s.odd(data, l, i)
			} else if end-i > int(l.least) {
				s.goesOn(l, i, end)
			}
		case legUntil:
			if end += int(l.least); l.least > 0 && mem.At(data, i) == '\n' {
				end = noEnd
				break
			}
			if end = scan.Find(data, end, l.until, '\n'); mem.At(data, end) == '\n' || l.tight && mem.Load64(data, end)&l.mask != l.word {
				if end = l.runEnd(data, end); end < 0 {
					break
				}
			}
			s.goesOn(l, i, end)
		case legSwitch:
			goto on
		case legMatch:
			return s.end(data, i, s.d.all&^set)
		case legByte:
			if c := next(data, i); c < 256 && l.table[c] {
				end++
			} else {
				end = noEnd
			}
		case legCounted:
			if end = l.class.End(data, i, min(s.n, i+int(l.most))); end-i < int(l.least) {
				end = noEnd
			}
		case legRest:
			if end = s.textEnd(data, i); end-i < int(l.least) {
				end = noEnd
			} else if end-i > int(l.least) {
				s.goesOn(l, i, end)
			}
		case legExit:
			if !l.exit[next(data, i)] {
				end = noEnd
			}
		case legBeside:
			c := 256
			if !l.behind {
				c = next(data, i)
			} else if i > s.line.start {
				c = int(mem.At(data, i-1))
			}
			if (c < 256 && l.table[c]) == l.negate {
				end = noEnd
			}
		case legFork:
			if !s.fork(l, i, set) {
				return -1
			}
			l = l.then
			continue
		case legNative:
			end = s.native(data, l, i)
		case legRune:
			if c := mem.At(data, i); c < 0x80 && l.table[c] && c != '\n' && c != '\r' {
				end++
			} else {
				end = s.plain(data, l, i)
			}
		case legBounded:
			if end = l.class.End(data, i, s.n); end-i > 8 || hasLineEnd(data, i, end) {
				end = min(end, s.textEnd(data, i))
			}
			if end-i < int(l.least) {
				end = noEnd
			}
		case legEdge, legWordEdge:
			end = s.plain(data, l, i)
		default:
			end = s.odd(data, l, i)
		}
		if end < 0 || mem.Load64(data, end)&l.mask != l.word {
			goto failed
		}
		switch l.keeps {
		case keepText:
			if set&l.bit != 0 {
				return -1
			}
			set |= l.bit
			l.to.Views[s.line.row].Set(data, i, end-i, s.line.buffer)
		case keepOther:
			var ok bool
			if set, ok = s.keep(data, l, i, end, set); !ok {
				return -1
			}
		}
	on:
		i = end + int(l.size)
		if l.jump == nil {
			l = l.then
			continue
		}
		// Mostly it goes where it went before, which is known before the byte is.
		if to := l.jump[next(data, i)]; to != l.seen {
			if to < 0 {
				return -1
			}
			l.seen, l.went = to, &s.legs[to]
		}
		l = l.went
		continue
	failed:
		if end >= 0 && l.over != nil {
			if !l.exit[next(data, end)] && l.goesOn(data, i, end, s.n) {
				end = giveUp // another end of the native may be the one
			}
		}
		if end == giveUp {
			s.line.failed = true
			return -1
		}
		failed := l
		if l, i, set = s.back(); l == nil {
			t := &s.line
			t.failed, t.begun = true, failed != s.first
			t.never = t.depth == 0 && (end < 0 && failed.alone || end >= 0 && failed.sole) && !s.goneOn(data)
			return -1
		}
	}
}

// goesOn tells whether the leg's native, which has ended at end, may have another end.
func (l *leg) goesOn(data []byte, i, end, to int) bool {
	return l.over[next(data, end)] && (l.last == nil || !l.last(data, i, end, to))
}

// native is the end that the leg's native finds at i.
func (s *directState) native(data []byte, l *leg, i int) int {
	end := l.match(data, s.line.start, i, s.n)
	switch {
	case end == -1:
		return giveUp // it does not know
	case end < 0:
		return noEnd
	case !l.exit[next(data, end)]:
		if l.goesOn(data, i, end, s.n) {
			return giveUp
		}
		return noEnd
	}
	return end
}

// odd is the end of one of the rarer legs at i.
func (s *directState) odd(data []byte, l *leg, i int) int {
	t := &s.line
	to := s.textEnd(data, i)
	end, several := s.w.machines[0].Step(s.d.forks, l.step, data, t.start, i, to, t.fresh)
	if t.fresh = false; end < 0 {
		return noEnd
	}
	if several {
		t.depth, t.several = 0, true
	}
	return end
}

// plain is the end of a leg of one character or none, for which only characters of ASCII are known; odd knows the others.
func (s *directState) plain(data []byte, l *leg, i int) int {
	before, behind := 256, next(data, i)
	if i > s.line.start {
		before = int(mem.At(data, i-1))
	}
	holds := false
	switch {
	case l.code == legEdge && l.behind:
		holds = i == s.line.start
	case l.code == legEdge:
		holds = behind == 256
	case behind&^0x17f == 0x80:
		return s.odd(data, l, i)
	case l.code == legRune:
		if behind < 256 && l.table[behind] {
			return i + 1
		}
	case before&^0x17f == 0x80:
		return s.odd(data, l, i)
	default:
		holds = (before < 256 && wordTable[before]) != (behind < 256 && wordTable[behind]) != l.negate
	}
	if holds {
		return i
	}
	return noEnd
}

// goesOn notes that the leg from i to end may have other ends. They come before the choices in front of it, which are forgotten.
func (s *directState) goesOn(l *leg, i, end int) {
	t := &s.line
	if t.depth > 0 || t.runs == directRuns {
		t.depth, t.several = 0, true
		return
	}
	s.run[t.runs] = run{l, i, end}
	t.runs++
}

// goneOn tells whether any leg on the way had another end from which the line may go on.
func (s *directState) goneOn(data []byte) bool {
	t := &s.line
	if t.several {
		return true
	}
	for _, r := range s.run[:t.runs] {
		if r.leg.code == legRest {
			return true // what is behind the text's end may stand in front of it too
		}
		if r.leg.code == legUntil {
			if r.leg.runEnd(data, r.end+1) >= 0 {
				return true
			}
			continue
		}
		for k := r.at + int(r.leg.least); k < r.end; k++ {
			if r.leg.exit[data[k]] {
				return true
			}
		}
	}
	return false
}

// runEnd is where the text of legUntil ends, from i on, -1: nowhere in the line.
func (l *leg) runEnd(data []byte, i int) int {
	for i = scan.Find(data, i, l.until, '\n'); mem.At(data, i) != '\n'; i = scan.Find(data, i+1, l.until, '\n') {
		if !l.tight || mem.Load64(data, i)&l.mask == l.word { // else the next end is the one
			return i
		}
	}
	return -1
}

// fork remembers a choice; false: there are too many.
func (s *directState) fork(l *leg, i int, set uint64) bool {
	if s.line.depth == directForks {
		return false
	}
	p := &s.points[s.line.depth]
	p.leg, p.at, p.set = l.went, i, set
	copy(p.begun, s.begun)
	s.line.depth++
	return true
}

// back goes to the last choice that is left, nil: there is none.
func (s *directState) back() (*leg, int, uint64) {
	t := &s.line
	if t.depth == 0 || t.turns == directTurns {
		return nil, 0, 0
	}
	t.depth--
	t.turns++
	p := &s.points[t.depth]
	copy(s.begun, p.begun)
	return p.leg, p.at, p.set
}

// next is the byte at i, 256 at the end of the line.
func next(data []byte, i int) int {
	c := int(mem.At(data, i))
	if c == '\n' || c == '\r' && mem.At(data, i+1) == '\n' {
		return 256
	}
	return c
}

// textEnd is where the text of the line ends, seen from i.
func (s *directState) textEnd(data []byte, i int) int {
	t := &s.line
	if t.to < 0 {
		if t.to = scan.LineEnd(data, i); t.to > t.start && data[t.to-1] == '\r' {
			t.to--
		}
	}
	return t.to
}

// hasLineEnd tells whether a line feed or a carriage return stands in data[i:end].
func hasLineEnd(data []byte, i, end int) bool {
	for ; i < end; i++ {
		if c := mem.At(data, i); c == '\n' || c == '\r' {
			return true
		}
	}
	return false
}

// quoteEnd is the place of the quote behind the escape at i, or of the line feed.
func quoteEnd(data []byte, i int) int {
	for mem.At(data, i) == '\\' {
		if mem.At(data, i+1) == '\n' {
			return i + 1
		}
		i = scan.Find3(data, i+2, '"', '\\', '\n')
	}
	return i
}
