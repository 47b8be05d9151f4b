package match

import (
	"math"
	"math/bits"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

// lane runs the program on the line at i: what stands ahead of its quick steps, these as far as they go, then the steps themselves.
func (w *worker) lane(b *record.Builder, data []byte, i int) (int, record.Fault) {
	if lead := &w.p.lead; lead.n > 0 {
		if !lead.at(data, i) {
			return i, record.NoMatch
		}
		i += lead.n
	}
	if len(w.ahead.steps) > 0 {
		end, fault := w.run(b, data, &w.ahead, 0, i)
		if fault != record.NoFault {
			return end, fault
		}
		i = end
	}
	for n := 0; ; n++ {
		s := &w.stretches[n]
		k, end := w.quickly(b, data, s, i)
		scan.Settle()
		if k < len(s.quick) || len(s.behind.steps) == 0 {
			if k += s.first; k == len(w.p.steps) {
				return end, record.NoFault
			}
			return w.run(b, data, &w.p.sequence, k, end)
		}
		var fault record.Fault
		if i, fault = w.run(b, data, &s.behind, 0, end); fault != record.NoFault {
			return i, fault
		}
	}
}

// quickly runs the quick steps of a stretch from i on. It returns the step that is to go on, and where.
func (w *worker) quickly(b *record.Builder, data []byte, s *stretch, i int) (int, int) {
	r, buffer, steps, wider := uint(b.Row), b.Buffer, s.quick, w.wider
	word, bit := r>>6, uint64(1)<<(r&63)
	for k := range steps {
		e := &steps[k]
		head := mem.Load64(data, i)
		if e.null.in(head) {
			if word < uint(len(e.valid)) {
				e.valid[word] &^= bit
			}
			if e.number {
				w.dash = i
			}
			i += e.null.n
			continue
		}
		switch e.op {
		case quickText, quickEscaped:
			m, at := uint64(0), i
			if wider {
				for m = e.set.Mask64(data, at); m == 0; m = e.set.Mask64(data, at) {
					at += 64
				}
			} else {
				for m = w.mask(e, at); m == 0; m = w.mask(e, at) {
					at += 64
				}
			}
			end := at + bits.TrailingZeros64(m) - int(e.probe)
			if !e.after.in(mem.Load64(data, end)) {
				if e.op == quickEscaped {
					return k, i
				}
				if end = w.further(e, at, m); end < 0 {
					return k, i
				}
			}
			if end <= i || e.odd && byte(head) == '"' || e.trims && mem.At(data, end-1) == '\r' {
				return k, i
			}
			if r < uint(len(e.views)) {
				e.views[r].Set(data, i, end-i, buffer)
			} else if e.texts != nil {
				e.index[r] = w.index(e, i, end)
			}
			i = end + e.after.n
		case quickInt:
			// A status has three digits always: then where it ends need not be found out.
			if e.three.in(head) {
				if d := head&0xffffff ^ 0x303030; (d+0x767676|d)&0x808080 == 0 {
					if r < uint(len(e.words)) {
						e.words[r] = d&0xff*100 + d>>8&0xff*10 + d>>16
					}
					i += e.three.n
					continue
				}
			}
			e.three = never
			v, d := scan.Short(head)
			if uint(d-1) > 6 || !e.after.in(mem.Load64(data, i+d)) {
				return k, i
			}
			if r < uint(len(e.words)) {
				e.words[r] = v
			}
			i += d + e.after.n
		case quickScaled, quickFloat:
			v, end, ok := w.decimal(e, i)
			if !ok || !e.after.in(mem.Load64(data, end)) {
				return k, i
			}
			if r < uint(len(e.words)) {
				e.words[r] = v
			}
			i = end + e.after.n
		case quickTime:
			ns, end, ok := w.soon(e, i)
			if !ok || !e.after.in(mem.Load64(data, end)) {
				return k, i
			}
			if r < uint(len(e.words)) {
				e.words[r] = uint64(ns)
			}
			i = end + e.after.n
		case quickRequest:
			var m uint64
			if wider {
				m = e.set.Mask64(data, i)
			} else {
				m = w.mask(e, i)
			}
			// Two blanks, the first behind a method that has come before, the second before a version that has.
			method := &e.recent.methods[slot(uint32(head))&15]
			target := i + method.n
			p := i + bits.TrailingZeros64(m&(m-1))
			tail := mem.Load64(data, p+1)
			version := &e.recent.versions[slot(uint32(tail>>32))&15]
			if head&method.mask != method.word || tail&version.mask != version.word || mem.At(data, p) != ' ' || p <= target || !e.after.in(mem.Load64(data, p+9)) {
				return k, i
			}
			if r < uint(len(e.index)) {
				e.index[r] = method.index
			}
			if r < uint(len(e.versions)) {
				e.versions[r] = version.index
			}
			if r < uint(len(e.views)) {
				e.views[r].Set(data, target, p-target, buffer)
			}
			if word < uint(len(e.valid)) {
				e.valid[word] &^= bit
			}
			i = p + 9 + e.after.n
		case quickLevel:
			level := &e.levels.list[slot(uint32(head))&15]
			if head&level.mask != level.head {
				next, ok, _ := w.word(b, w.data, e.step, i)
				if !ok {
					return k, i
				}
				level.keep(b, e.step, w.data, i, next)
				i = next
				continue
			}
			if r < uint(len(e.index)) {
				e.index[r] = level.index
			}
			if r < uint(len(e.words)) {
				if e.words[r] = level.severity; !level.known {
					e.unknown[word] &^= bit
				}
			}
			i += level.n
		default:
			return k, i
		}
	}
	return len(steps), i
}

// What follows is called by quickly with the worker, which has the block, and not with the block: so that needs but one register there.

func (w *worker) mask(e *quick, i int) uint64 { return e.set.Mask(w.data, i) }

func (w *worker) index(e *quick, i, end int) int32 { return e.texts.Lookup(w.data, i, end-i) }

// decimal reads the number at i, of up to 15 digits.
func (w *worker) decimal(e *quick, i int) (v uint64, end int, ok bool) {
	digits, whole, size := scan.LeadingDecimal(w.data, i)
	fraction := max(size-whole-1, 0)
	if whole == 0 || size == whole+1 || size > 15 {
		return 0, i, false
	}
	if e.op == quickFloat {
		return math.Float64bits(value.Fraction(scan.Join(digits), fraction)), i + size, true
	}
	if whole > int(e.most) || fraction > int(e.scale) {
		return 0, i, false
	}
	return scan.Join(digits) * scan.Pow10[int(e.scale)-fraction], i + size, true
}

// soon reads the time at i.
func (w *worker) soon(e *quick, i int) (ns int64, end int, ok bool) {
	if ns, end, ok = e.clock.Soon(w.data, i); ok {
		return ns, end, ok
	}
	return e.clock.Parse(w.data, i)
}

// further finds the end of a text where the first byte that was looked for, the first of the marks m behind at, does not end it. -1: the line does.
func (w *worker) further(e *quick, at int, m uint64) int {
	data := w.data
	for {
		for ; m != 0; m &= m - 1 {
			end := at + bits.TrailingZeros64(m) - int(e.probe)
			if e.after.in(mem.Load64(data, end)) {
				return end
			}
			if mem.At(data, end+int(e.probe)) == '\n' {
				return -1
			}
		}
		at += 64
		m = e.set.Mask(data, at)
	}
}
