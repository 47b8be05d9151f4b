package timestamp

import "math"

// settle turns what was read from b[i:end] into nanoseconds.
func (c *Clock) settle(s *stamp, b []byte, i, end int) (int64, int, bool) {
	if s.has&hasEpoch != 0 {
		return c.nanoseconds(s.epoch, s.frac, i, end)
	}
	has := c.layout.has
	if has&hasHour12 != 0 {
		s.hour %= 12
		if s.afternoon {
			s.hour += 12
		}
	}
	clock := int64(s.hour*3600 + s.minute*60 + s.second)
	if has&(hasYear|hasMonth|hasDay|hasYearDay) == 0 {
		return c.nanoseconds(c.timeOfDay(s, b, clock), s.frac, i, end)
	}
	var local int64
	ok := true
	if has&hasYear != 0 {
		var day int64
		day, ok = c.date(s)
		local = day*86400 + clock
	} else if latest := c.latest(); c.year != 0 || latest == noNow {
		s.month = max(s.month, 1)
		switch {
		case c.year != 0:
			s.year = c.year
		case s.month == 2 && s.day == 29:
			s.year = 1972 // 1970 has no such day, but some year had
		default:
			s.year = 1970
		}
		var day int64
		day, ok = c.date(s)
		local = day*86400 + clock
	} else {
		local, ok = c.nearest(s, b, clock, latest)
	}
	if !ok {
		return 0, i, false
	}
	return c.nanoseconds(c.utc(s, b, local), s.frac, i, end)
}

// date is the day of a stamp with a year. A month or a day that the layout has not is the first.
func (c *Clock) date(s *stamp) (int64, bool) {
	if s.century > 0 && c.layout.century {
		s.year = int(s.century-1)*100 + s.year%100
	}
	if c.layout.week != noWeek {
		return s.weekDate(c.layout.week)
	}
	if s.yearDay > 0 {
		return days(s.year, 1, 1) + int64(s.yearDay-1), s.yearDay <= 365 || leap(s.year)
	}
	date := [3]int{s.year, max(s.month, 1), max(s.day, 1)}
	if date != c.memory.date {
		if !validDate(date[0], date[1], date[2]) {
			return 0, false
		}
		c.memory.date, c.memory.day = date, days(date[0], date[1], date[2])
	}
	return c.memory.day, true
}

// utc is the seconds in UTC of a local time by the zone that the stamp names, else by the clock's.
func (c *Clock) utc(s *stamp, b []byte, local int64) int64 {
	switch {
	case s.has&hasOffset != 0:
		return local - s.east
	case s.has&hasZoneName != 0:
		return c.memory.names.utc(b[s.name:s.nameEnd], local, &c.zone)
	}
	return c.zone.utc(local)
}

// nearest is the local time of a stamp without year: the last that is not more than a day after now. A layout of a day without a month
// takes the month in the same way.
func (c *Clock) nearest(s *stamp, b []byte, clock, now int64) (int64, bool) {
	if c.layout.has&(hasMonth|hasYearDay) == 0 {
		return c.nearestMonth(s, b, clock, now)
	}
	latest := now + 86400
	year, _, _ := civil(floorDiv(now, 86400))
	// 29 February may be eight years back. What lies two days off any doubt needs no zone.
	for y := year + 1; y > year-9; y-- {
		s.year = y
		day, ok := c.date(s)
		if local := day*86400 + clock; ok && local < latest+2*86400 && (local < latest-2*86400 || c.utc(s, b, local) <= latest) {
			return local, true
		}
	}
	return 0, false
}

func (c *Clock) nearestMonth(s *stamp, b []byte, clock, now int64) (int64, bool) {
	year, month, _ := civil(floorDiv(now, 86400))
	for k := 1; k > -4; k-- {
		m := year*12 + month - 1 + k
		s.year, s.month = m/12, m%12+1
		day, ok := c.date(s)
		if local := day*86400 + clock; ok && c.utc(s, b, local) <= now+86400 {
			return local, true
		}
	}
	return 0, false
}

// timeOfDay is the seconds in UTC of a stamp without date: the last time the clocks showed it that is at most a minute after now.
func (c *Clock) timeOfDay(s *stamp, b []byte, clock int64) int64 {
	now := c.present()
	if now == noNow {
		year := 1970
		if c.year != 0 {
			year = c.year
		}
		return c.utc(s, b, days(year, 1, 1)*86400+clock)
	}
	today := floorDiv(now, 86400)
	for day := today + 2; day > today-2; day-- {
		local := day*86400 + clock
		first := c.utc(s, b, local)
		last := first
		if s.has&(hasOffset|hasZoneName) == 0 {
			first, last = c.zone.both(local)
		}
		if last <= now+60 {
			return last
		} else if first <= now+60 {
			return first
		}
	}
	return math.MaxInt64 / 2 // not reached: two days before now is before now in every zone
}
