package timestamp

import "github.com/sawlog/sawlog/lib/internal/mem"

// What auto reads besides RFC 3339, access logs and numbers: stamps that say their year and that nobody takes for another day. They are rare enough
// for a Finder, which is made when the first such stamp comes.

// farthestStamp is how long such a stamp may be, with its zone.
const farthestStamp = 48

// named reads the stamp at i: 2026/03/05 07:09:10, 5 Mar 2026 07:09:10, 05-Mar-2026 07:09:10, Thu, 05 Mar 2026 07:09:10 GMT, Thu Mar  5 07:09:10 2026,
// Mar 5, 2026 @ 07:09:10.250.
func (c *Clock) named(b []byte, i int) (ns int64, end int, ok bool) {
	group, ok := shapesOf(b, i, i+farthestStamp)
	switch {
	case !ok || i < 0:
		return 0, i, false
	case group == byDash: // the day or the month first? Only its name tells.
		if k := i + 1; !letter(mem.At(b, k+1)) && !letter(mem.At(b, k+2)) {
			return 0, i, false
		}
	case group != by4Slash && group != by4Dot && group != byBlank && group != byWeekday && group != byMonth:
		return 0, i, false
	}
	if c.finder == nil {
		c.finder = NewFinder(*c.options)
	}
	if ns, end, ok = c.finder.Parse(b, i, i+farthestStamp, true); !ok || !c.finder.Stated {
		return 0, i, false
	}
	return ns, end, true
}
