package timestamp

import (
	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
)

// soon is what a stamp of the minute seen last looks like: but for two digits of seconds and the digits of a fraction it is the same text.
// A clock that meets such a stamp need not know its layout.
//
//	02/Mar/2026:08:59:  58   +0100        2026-03-02T07:59:  58  .  001330  Z
type soon struct {
	never    uint64    // not 0: there is none; unfit: the last one was none either
	text     [4]uint64 // of the stamp ...
	mask     [4]uint64 // ... all but the digits
	second   int       // where the two are
	fraction int       // where those of the fraction are ...
	digits   uint64    // ... as the high bits of a word, up to eight ...
	shift    uint      // ... what moves them to its high end ...
	scale    int64     // ... and what one of them means
	ninth    int       // where a ninth one is, 0: there is none
	n        int       // bytes of the stamp
	base     int64     // nanoseconds where the minute begins
	form     int       // how many there were before
}

// soonest is how long a stamp may be that is kept so.
const soonest = 32

// unfit is soon.never where the stamp could not be kept.
const unfit = 2

// learn keeps the stamp of n bytes that is text, with k digits of a fraction, of a minute whose seconds follow each other from base on.
func (s *soon) learn(text *[soonest]byte, second, fraction, k, n int, base int64) {
	*s = soon{never: unfit, form: s.form + 1}
	if k > 9 || n > soonest || second+2 > n || fraction+k > n {
		return
	}
	s.never, s.second, s.fraction, s.n, s.base = 0, second, fraction, n, base
	if eight := min(k, 8); k > 0 {
		s.digits, s.shift, s.scale = eighties>>(64-8*eight), uint(64-8*eight), int64(scan.Pow10[9-eight])
	}
	if k == 9 {
		s.ninth = fraction + 8
	}
	for at := range n {
		if at-second < 2 && at >= second || at-fraction < k && at >= fraction {
			continue
		}
		s.text[at/8] |= uint64(text[at]) << (at % 8 * 8)
		s.mask[at/8] |= 0xff << (at % 8 * 8)
	}
}

const eighties = 0x8080808080808080

// at reads the stamp at i, if it is such. Seconds up to 59 only.
func (s *soon) at(b []byte, i int) (int64, bool) {
	differs := s.never | (mem.Load64(b, i)^s.text[0])&s.mask[0] | (mem.Load64(b, i+8)^s.text[1])&s.mask[1] |
		(mem.Load64(b, i+16)^s.text[2])&s.mask[2] | (mem.Load64(b, i+24)^s.text[3])&s.mask[3]
	sec := uint64(mem.Load32(b, i+s.second))&0xffff ^ '0'<<8 ^ '0'
	// A first digit of more than 5 and a second one of more than 9 get the high bit of their bytes.
	if differs|(sec+0x767a|sec)&0x8080 != 0 {
		return 0, false
	}
	ns := s.base + int64(sec&15*10+sec>>8)*1e9
	if s.digits == 0 {
		return ns, true
	}
	w := mem.Load64(b, i+s.fraction) ^ 0x3030303030303030
	if (w+0x7676767676767676|w)&s.digits != 0 {
		return 0, false
	}
	ns += int64(scan.Eight(w<<(s.shift&63))) * s.scale
	if s.ninth > 0 {
		ninth := mem.At(b, i+s.ninth) - '0'
		return ns + int64(ninth), ninth <= 9
	}
	return ns, true
}

// Soon is Parse for a stamp of the minute seen last, which looks as that one did. Where ok is false, nothing is said of the stamp.
func (c *Clock) Soon(b []byte, i int) (ns int64, end int, ok bool) {
	ns, ok = c.soon.at(b, i)
	return ns, i + c.soon.n, ok
}

// Form is another number whenever the stamps that Soon reads look otherwise, but for their digits.
func (c *Clock) Form() int { return c.soon.form }

// learn keeps the stamp b[i:end], whose seconds stand at second and the digits of whose fraction, if it has one, at fraction, of the minute that
// begins at base, in seconds.
func (c *Clock) learn(b []byte, i, second, fraction, k, end int, base int64) {
	var text [soonest]byte
	n := end - i
	if n > soonest || base < -limit || base+60 > limit {
		c.soon.never = unfit
		return
	}
	for at := range n {
		text[at] = mem.At(b, i+at)
	}
	c.soon.learn(&text, second-i, fraction-i, k, n, base*1e9)
}
