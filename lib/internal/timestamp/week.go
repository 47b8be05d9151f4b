package timestamp

import "slices"

// Weeks, as strftime writes them: %U counts from the first Sunday of the year and %W from its first Monday, the days before being week 0;
// %V is the week of ISO 8601, which belongs to the year %G or %g. Together with the year and the weekday each of them is a date. Where a
// layout has the date in another way too, they are read and not used.

// weekRule is what tells the day of a layout without month, day and day of the year.
type weekRule uint8

const (
	noWeek weekRule = iota
	weekOfSunday
	weekOfMonday
	weekISO
)

// weeks finds the rule of the layout, or says what is missing.
func (c *compiler) weeks() error {
	l := c.layout
	l.century = l.has&hasCentury != 0 && !slices.ContainsFunc(l.steps, func(s step) bool { return s.op == opYear })
	dated := l.has&(hasEpoch|hasYearDay) != 0 || l.has&(hasMonth|hasDay) == hasMonth|hasDay
	numbered := l.has & (hasWeekSunday | hasWeekMonday | hasWeekISO)
	switch {
	case l.century && l.has&hasYear == 0:
		return c.fail(c.week, "a century (%%C) needs the year in it (%%y) beside it")
	case dated || numbered|l.has&hasYearISO == 0:
		return nil
	case l.has&hasWeekday == 0:
		return c.fail(c.week, "a week is no date without the day of the week: %%u, %%w or %%a")
	case l.has&hasYearISO != 0 && numbered&hasWeekISO != 0:
		l.week, l.has = weekISO, l.has|hasYear
	case l.has&hasYearISO != 0:
		return c.fail(c.week, "the year of the weeks of ISO 8601 (%%G, %%g) needs its week (%%V) beside it")
	case l.has&hasYear == 0:
		return c.fail(c.week, "a week needs its year beside it: %%Y for %%U and %%W, %%G for %%V")
	case numbered&hasWeekMonday != 0:
		l.week = weekOfMonday
	case numbered&hasWeekSunday != 0:
		l.week = weekOfSunday
	default:
		return c.fail(c.week, "the week of ISO 8601 (%%V) needs the year that it belongs to: %%G, not %%Y")
	}
	return nil
}

// weekDate is the day of a stamp by its week. The last days of the year before may be in week 0.
func (s *stamp) weekDate(rule weekRule) (int64, bool) {
	year, weekday := int(s.year), int64(s.weekday)%7 // from Sunday
	if rule == weekISO {
		year = int(s.yearISO)
	}
	first := days(year, 1, 1)
	begins := floorMod(first+4, 7) // 1970-01-01 was a Thursday
	switch rule {
	case weekOfSunday:
		return first + floorMod(-begins, 7) + 7*(int64(s.week)-1) + weekday, s.week <= 53
	case weekOfMonday:
		return first + floorMod(1-begins, 7) + 7*(int64(s.week)-1) + (weekday+6)%7, s.week <= 53
	}
	// Week 1 has the first Thursday in it.
	monday := first + floorMod(4-begins, 7) - 3
	day := monday + 7*(int64(s.week)-1) + (weekday+6)%7
	next := days(year+1, 1, 1)
	next += floorMod(4-floorMod(next+4, 7), 7) - 3
	return day, s.week >= 1 && day < next
}

func floorMod(a, b int64) int64 { return (a%b + b) % b }
