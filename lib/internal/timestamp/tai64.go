package timestamp

import "github.com/sawlog/sawlog/lib/internal/mem"

// tai reads a label of TAI64 or TAI64N (https://cr.yp.to/libtai/tai64.html), with or without the @ that multilog writes: 16 hexadecimal
// digits, a second since 1970 on a scale that begins at 2^62 and is 10 seconds ahead of UTC, as daemontools count; then, of TAI64N, 8 for
// the nanoseconds. Leap seconds are not looked up, by those who write such stamps neither.
func (c *Clock) tai(b []byte, i int) (int64, int, bool) {
	end := i
	if mem.At(b, end) == '@' {
		end++
	}
	label, ok := hex(b, end, 16)
	if !ok {
		return 0, i, false
	}
	end += 16
	frac, ok := hex(b, end, 8)
	if ok {
		end += 8
	}
	const epoch = 1<<62 + 10
	if label >= 1<<63 || frac > 999_999_999 {
		return 0, i, false
	}
	return c.nanoseconds(int64(label)-epoch, int64(frac), i, end)
}

// hex reads n hexadecimal digits at i; false where one of them is none.
func hex(b []byte, i, n int) (v uint64, ok bool) {
	for k := range n {
		d := mem.At(b, i+k)
		switch {
		case d-'0' <= 9:
			d -= '0'
		case d|0x20 >= 'a' && d|0x20 <= 'f':
			d = d | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		v = v<<4 | uint64(d)
	}
	return v, true
}
