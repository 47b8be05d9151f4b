package main

// Conversions by hand: those of package time and strconv take several times as long.

// decimal reads digits, and nothing else: not every parser has looked at them.
func decimal(text []byte) (n int, ok bool) {
	for _, c := range text {
		if c -= '0'; c > 9 {
			return 0, false
		}
		n = 10*n + int(c)
	}
	return n, len(text) > 0
}

// isoMillis reads what begins like 2026-03-02T08:00:00.123, whatever stands between the numbers.
func isoMillis(text []byte) (int64, bool) {
	if len(text) < 23 {
		return 0, false
	}
	year, ok1 := decimal(text[:4])
	month, ok2 := decimal(text[5:7])
	day, ok3 := decimal(text[8:10])
	clock, ok4 := clockSeconds(text[11:19])
	millis, ok5 := decimal(text[20:23])
	return (unixDay(year, month, day)*86_400+clock)*1000 + int64(millis), ok1 && ok2 && ok3 && ok4 && ok5
}

// clfMillis reads 02/Mar/2026:09:00:01 +0100.
func clfMillis(text []byte) (int64, bool) {
	if len(text) != 26 {
		return 0, false
	}
	month := monthOf(text[3:6])
	day, ok1 := decimal(text[:2])
	year, ok2 := decimal(text[7:11])
	clock, ok3 := clockSeconds(text[12:20])
	hours, ok4 := decimal(text[22:24])
	minutes, ok5 := decimal(text[24:])
	offset := int64(hours*3600 + minutes*60)
	if text[21] == '-' {
		offset = -offset
	}
	return (unixDay(year, month, day)*86_400 + clock - offset) * 1000, month > 0 && ok1 && ok2 && ok3 && ok4 && ok5
}

func monthOf(name []byte) int {
	switch string(name) {
	case "Jan":
		return 1
	case "Feb":
		return 2
	case "Mar":
		return 3
	case "Apr":
		return 4
	case "May":
		return 5
	case "Jun":
		return 6
	case "Jul":
		return 7
	case "Aug":
		return 8
	case "Sep":
		return 9
	case "Oct":
		return 10
	case "Nov":
		return 11
	case "Dec":
		return 12
	}
	return 0
}

// unixDay is the days since 1970. Years begin in March, so that a leap day is a year's last.
func unixDay(year, month, day int) int64 {
	if month <= 2 {
		year--
	}
	return int64(365*year + year/4 - year/100 + year/400 + (153*((month+9)%12)+2)/5 + day - 719_469)
}

// clockSeconds reads 08:00:00.
func clockSeconds(text []byte) (int64, bool) {
	hour, ok1 := decimal(text[:2])
	minute, ok2 := decimal(text[3:5])
	second, ok3 := decimal(text[6:8])
	return int64(hour*3600 + minute*60 + second), ok1 && ok2 && ok3
}
