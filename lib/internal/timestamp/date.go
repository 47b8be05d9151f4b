package timestamp

import "github.com/sawlog/sawlog/lib/internal/mem"

// days is the number of the day since 1970-01-01 in the proleptic Gregorian calendar.
func days(year, month, day int) int64 {
	// Years begin in March, so that the day added in leap years is their last; era is 400 of them.
	if month <= 2 {
		year--
		month += 12
	}
	era := year / 400
	if year < 0 {
		era = (year - 399) / 400
	}
	inEra := year - era*400
	inYear := (153*(month-3)+2)/5 + day - 1
	return int64(era)*146097 + int64(inEra*365+inEra/4-inEra/100+inYear) - 719468
}

// civil is the date of a day since 1970-01-01.
func civil(day int64) (year, month, inMonth int) {
	day += 719468
	era := day / 146097
	if day < 0 {
		era = (day - 146096) / 146097
	}
	inEra := int(day - era*146097)
	year = (inEra - inEra/1460 + inEra/36524 - inEra/146096) / 365
	inYear := inEra - (365*year + year/4 - year/100)
	month = (5*inYear + 2) / 153
	inMonth = inYear - (153*month+2)/5 + 1
	year += int(era) * 400
	if month += 3; month > 12 {
		return year + 1, month - 12, inMonth
	}
	return year, month, inMonth
}

func leap(year int) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

var monthDays = [...]int8{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

func validDate(year, month, day int) bool {
	if uint(month-1) > 11 || day < 1 {
		return false
	}
	return day <= int(monthDays[month]) || month == 2 && day == 29 && leap(year)
}

// monthNames and dayNames are the names in lower case: the first three letters stand for the name.
var (
	monthNames = [...]string{"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"}
	dayNames   = [...]string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}
)

// three is the three letters at i in lower case, as a number. Other bytes give numbers that are no letters' only by chance, so that
// letters is to be asked as well.
func three(b []byte, i int) uint32 { return mem.Load32(b, i)&0xffffff | 0x202020 }

func letters(b []byte, i int) bool {
	return letter(mem.At(b, i)) && letter(mem.At(b, i+1)) && letter(mem.At(b, i+2))
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// monthAt is the month, from 1, whose first three letters stand at i in any case; 0 for none.
func monthAt(b []byte, i int) (n int) {
	switch three(b, i) {
	case 'j' | 'a'<<8 | 'n'<<16:
		n = 1
	case 'f' | 'e'<<8 | 'b'<<16:
		n = 2
	case 'm' | 'a'<<8 | 'r'<<16:
		n = 3
	case 'a' | 'p'<<8 | 'r'<<16:
		n = 4
	case 'm' | 'a'<<8 | 'y'<<16:
		n = 5
	case 'j' | 'u'<<8 | 'n'<<16:
		n = 6
	case 'j' | 'u'<<8 | 'l'<<16:
		n = 7
	case 'a' | 'u'<<8 | 'g'<<16:
		n = 8
	case 's' | 'e'<<8 | 'p'<<16:
		n = 9
	case 'o' | 'c'<<8 | 't'<<16:
		n = 10
	case 'n' | 'o'<<8 | 'v'<<16:
		n = 11
	case 'd' | 'e'<<8 | 'c'<<16:
		n = 12
	}
	if n > 0 && !letters(b, i) {
		return 0
	}
	return n
}

// weekdayAt is the weekday, from 1 for Sunday, whose first three letters stand at i in any case; 0 for none.
func weekdayAt(b []byte, i int) (n int) {
	switch three(b, i) {
	case 's' | 'u'<<8 | 'n'<<16:
		n = 1
	case 'm' | 'o'<<8 | 'n'<<16:
		n = 2
	case 't' | 'u'<<8 | 'e'<<16:
		n = 3
	case 'w' | 'e'<<8 | 'd'<<16:
		n = 4
	case 't' | 'h'<<8 | 'u'<<16:
		n = 5
	case 'f' | 'r'<<8 | 'i'<<16:
		n = 6
	case 's' | 'a'<<8 | 't'<<16:
		n = 7
	}
	if n > 0 && !letters(b, i) {
		return 0
	}
	return n
}

// nameEnd is the position behind a name that begins at i: the whole name where it is written out, three letters (or sept) else.
func nameEnd(b []byte, i int, name string) int {
	k := 3
	for k < len(name) && mem.At(b, i+k)|0x20 == name[k] && letter(mem.At(b, i+k)) {
		k++
	}
	if k == len(name) || name == "september" && k == 4 {
		return i + k
	}
	return i + 3
}
