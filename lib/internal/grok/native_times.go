package grok

import (
	"strings"

	"github.com/sawlog/sawlog/lib/internal/mem"
)

// The common forms of dates and times.

// months are three letters as a word, upper case folded, each at the place that its hash says.
var months = func() (m [64]uint32) {
	for _, name := range strings.Fields("jan feb mar apr may jun jul aug sep oct nov dec") {
		w := uint32(name[0]) | uint32(name[1])<<8 | uint32(name[2])<<16
		if at := monthAt(w); m[at] == 0 {
			m[at] = w
		} else {
			panic("two months at one place") // a test of this package would see it
		}
	}
	return m
}()

// monthHash lets no two months meet.
const monthHash = 0x9e377ab5

func monthAt(w uint32) uint32 { return (w * monthHash) >> 26 }

// month tells whether three letters, the first in either case, are a month.
func month(data []byte, i int) bool {
	w := uint32(data[i]|0x20) | uint32(data[i+1])<<8 | uint32(data[i+2])<<16
	return months[monthAt(w)] == w
}

// two is the number of two digits at i, -1 where there are none.
func two(data []byte, i int) int {
	if !digit(data[i]) || !digit(data[i+1]) {
		return -1
	}
	return int(data[i]-'0')*10 + int(data[i+1]-'0')
}

// clock tells whether hh:mm:ss stands at i.
func clock(data []byte, i int) bool {
	h, m, s := two(data, i), two(data, i+3), two(data, i+6)
	return h >= 0 && h < 24 && m >= 0 && m < 60 && s >= 0 && s < 60 && data[i+2] == ':' && data[i+5] == ':'
}

// httpDateEnd reads 02/Jan/2006:15:04:05 -0700.
func httpDateEnd(data []byte, _, i, to int) int {
	if i+22 > to {
		return -1
	}
	if !month(data, i+3) || !plainDate(data, i) || data[i+20] != ' ' {
		return noDate(data, i)
	}
	start := i + 21
	if sign := data[start]; sign == '+' || sign == '-' {
		start++
		if end := start + 4; end <= to && notDigits(uint64(mem.Load32(data, start)), 0xffff_ffff) == 0 && !digit(mem.At(data, end)) {
			return end
		}
	}
	for i = start; i < to && digit(data[i]); i++ {
	}
	if i == start {
		return -2 // all before it has one end
	}
	return i
}

// haproxyDateEnd reads 02/Jan/2006:15:04:05.000.
func haproxyDateEnd(data []byte, _, i, to int) int {
	if i+22 > to {
		return -1
	}
	if !month(data, i+3) || !plainDate(data, i) || data[i+20] != '.' {
		return noDate(data, i)
	}
	end := digitsEnd(data, i+21, to)
	if end == i+21 || end < to && data[end] >= 0x80 {
		return -1
	}
	// What looks like the fraction may be the second's, if another number stands behind it.
	behind := end + 1
	if behind < to && (data[behind] == '-' || data[behind] == '+') {
		behind++
	}
	if behind < to && digit(data[behind]) {
		return -1
	}
	return end
}

// plainDate tells whether 02/ 2006:15:04:05 stands at i, with three letters behind the slash.
func plainDate(data []byte, i int) bool {
	one, other, last := mem.Load64(data, i), mem.Load64(data, i+8), mem.Load64(data, i+16)
	odd := (one&0x00_ff_00_00_00_ff_00_00 ^ 0x00_2f_00_00_00_2f_00_00) | (other&0x00_ff_00_00_ff_00_00_00 ^ 0x00_3a_00_00_3a_00_00_00) |
		(last&0x00_00_00_00_00_00_ff_00 ^ 0x00_00_00_00_00_00_3a_00) |
		notDigits(one, 0xff_00_00_00_00_00_ff_ff) | notDigits(other, 0xff_00_ff_ff_00_ff_ff_ff) | notDigits(last, 0x00_00_00_00_ff_ff_00_ff)
	day := two(data, i)
	return odd == 0 && day >= 1 && day <= 31 && two(data, i+12) <= 23 && data[i+15] <= '5' && data[i+18] <= '5'
}

// noDate is -2 where no date like 02/Jan/2006:15:04:0 begins at i, -1 where it is not known: the day, the year and the hour have fewer digits too,
// and the names of months may be others.
func noDate(data []byte, i int) int {
	switch {
	case data[i+1] == '/':
		i--
	case data[i+2] != '/':
		return -2
	}
	if noMonth(data, i+3) {
		return -2
	}
	year, hour := i+7, i+12
	if data[year-1] != '/' || (mem.Load64(data, year)|mem.Load64(data, year+8))&0x8080808080808080 != 0 {
		return -1
	}
	if data[year+2] == ':' {
		hour -= 2
	} else if !digit(data[year+2]) || !digit(data[year+3]) || data[hour-1] != ':' {
		return -2
	}
	minute := hour + 3
	if data[hour+1] == ':' {
		minute--
	}
	if two(data, year) < 0 || !digit(data[hour]) || data[minute-1] != ':' || two(data, minute) < 0 || data[minute] > '5' || data[minute+2] != ':' || !digit(data[minute+3]) {
		return -2
	}
	return -1
}

// noMonth tells whether no name of a month begins at i. Those with M, O and D may have two letters, or be German.
func noMonth(data []byte, i int) bool {
	switch c := data[i] | 0x20; {
	case data[i]|data[i+1]|data[i+2] >= 0x80:
		return false
	case c == 'm' || c == 'o' || c == 'd':
		return data[i+1]-'a' >= 26
	}
	return !month(data, i)
}

// notDigits is 0 where the bytes of mask are digits. Between them there may be anything that is ASCII.
func notDigits(w, mask uint64) uint64 {
	const threes, sixes, halves = 0x3030303030303030, 0x0606060606060606, 0xf0f0f0f0f0f0f0f0
	return ((w^threes)&halves | (w+sixes^threes)&halves) & mask
}

// syslogTimeEnd reads Jan _2 15:04:05 with or without a fraction.
func syslogTimeEnd(data []byte, from, i, to int) int {
	if i > from && wordTable[data[i-1]] && data[i] < 0x80 {
		return -2 // a month stands between words
	}
	if i+15 > to || i > from && (wordTable[data[i-1]] || data[i-1] >= 0x80) || !month(data, i) {
		return -1
	}
	// The shortest name is three letters. Behind it stand blanks, a day of one digit or two, a blank and an hour.
	day := i + 3
	switch behind := data[day]; {
	case behind < 0x80 && behind != ' ' && behind|0x20-'a' >= 26:
		return -2
	case behind != ' ':
		return -1
	}
	for day < to && data[day] == ' ' {
		day++
	}
	v, n := numeral(data, day, to)
	hour := day + n + 1
	if v < 1 || v > 31 || hour >= to || data[hour-1] != ' ' {
		return -2
	}
	_, n = numeral(data, hour, to)
	end := hour + len("15:04:05")
	switch {
	case n == 0 || hour+n >= to || data[hour+n] != ':':
		return -2
	case end > to || !clock(data, hour) || end < to && digit(data[end]):
		return -1
	}
	if end+1 < to && (data[end] == '.' || data[end] == ',' || data[end] == ':') && digit(data[end+1]) {
		return digitsEnd(data, end+1, to)
	}
	return end
}

// blankOrT tells whether c may stand between a date and a time of ISO 8601.
func blankOrT(c byte) bool { return c == ' ' || c == 'T' }

// isoTimeEnd reads 2006-01-02T15:04:05 with or without a fraction and a zone.
func isoTimeEnd(data []byte, _, i, to int) int {
	if i+len("26-1-2T304") > to { // there is no shorter one
		return -2
	}
	switch first, second := two(data, i), two(data, i+2); {
	case first >= 0 && data[i+2] == '-': // the year has two digits
		i -= 2
	case first < 0 || second < 0 || data[i+4] != '-':
		if (data[i] | data[i+1] | data[i+2] | data[i+3] | data[i+4]) < 0x80 {
			return -2
		}
		return -1
	}
	if i+19 > to {
		return -1
	}
	// A month and a day have one digit or two, and a digit of the hour stands behind them.
	if data[i+6] != '-' && data[i+7] != '-' || data[i+7] == '-' && !blankOrT(data[i+9]) && (!blankOrT(data[i+10]) || !digit(data[i+11])) {
		return -2
	}
	month, day := two(data, i+5), two(data, i+8)
	if month < 1 || month > 12 || data[i+7] != '-' || day < 1 || day > 31 || !blankOrT(data[i+10]) || !clock(data, i+11) {
		return -1
	}
	i += 19
	if i+1 < to && (data[i] == '.' || data[i] == ',') && digit(data[i+1]) {
		for i += 2; i < to && digit(data[i]); i++ {
		}
	}
	switch {
	case i < to && data[i] == 'Z':
		return i + 1
	case i+5 <= to && (data[i] == '+' || data[i] == '-') && two(data, i+1) >= 0 && two(data, i+1) < 24:
		minutes := i + 3
		if data[minutes] == ':' {
			minutes++
		}
		if minutes+2 <= to && two(data, minutes) >= 0 && two(data, minutes) < 60 {
			return minutes + 2
		}
	}
	return i
}

// monthEnd reads a month of three letters, between bytes of ASCII that no word has.
func monthEnd(data []byte, from, i, to int) int {
	if i >= to || data[i] < 0x80 && (data[i]|0x20-'a' >= 26 || i > from && wordTable[data[i-1]]) {
		return -2
	}
	if i+3 > to || !month(data, i) || i > from && (wordTable[data[i-1]] || data[i-1] >= 0x80) || i+3 < to && (wordTable[data[i+3]] || data[i+3] >= 0x80) {
		return -1
	}
	return i + 3
}

// numeral is the number that a digit or two stand for at i, and how many they are: -1 where there is none.
func numeral(data []byte, i, to int) (v, n int) {
	if i >= to || !digit(data[i]) {
		return -1, 0
	}
	if v = int(data[i] - '0'); i+1 >= to || !digit(data[i+1]) {
		return v, 1
	}
	return v*10 + int(data[i+1]-'0'), 2
}

// monthnumEnd reads a month from 1 to 12.
func monthnumEnd(data []byte, _, i, to int) int {
	v, n := numeral(data, i, to)
	switch {
	case n == 0:
		return -2
	case v >= 1 && v <= 12:
		return i + n
	}
	return -1
}

// monthdayEnd reads a day from 1 to 31.
func monthdayEnd(data []byte, _, i, to int) int {
	v, n := numeral(data, i, to)
	switch {
	case n == 0:
		return -2
	case v >= 1 && v <= 31:
		return i + n
	}
	return -1
}

// hourEnd reads an hour from 0 to 23.
func hourEnd(data []byte, _, i, to int) int {
	v, n := numeral(data, i, to)
	switch {
	case n == 0:
		return -2
	case v <= 23:
		return i + n
	}
	return -1
}

// minuteEnd reads two digits up to 59.
func minuteEnd(data []byte, _, i, to int) int {
	if v, n := numeral(data, i, to); n == 2 && v <= 59 {
		return i + 2
	}
	return -2
}

// secondEnd reads a second up to 59, with or without a fraction.
func secondEnd(data []byte, _, i, to int) int {
	v, n := numeral(data, i, to)
	switch {
	case n == 0:
		return -2
	case v > 59:
		return -1
	}
	if i += n; i+1 < to && (data[i] == ':' || data[i] == '.' || data[i] == ',') && digit(data[i+1]) {
		i = digitsEnd(data, i+1, to)
	}
	return i
}

// yearEnd reads four digits or two.
func yearEnd(data []byte, _, i, to int) int {
	switch n := digitsEnd(data, i, min(to, i+4)) - i; n {
	case 4:
		return i + 4
	case 2, 3:
		return i + 2
	}
	return -2
}

// timeEnd reads hh:mm:ss, with or without a fraction, behind which no digit stands.
func timeEnd(data []byte, from, i, to int) int {
	_, n := numeral(data, i, to)
	if n == 0 || i+n >= to || data[i+n] != ':' {
		return -2
	}
	if i+n+6 > to || data[i+n+3] != ':' {
		return -1
	}
	if hourEnd(data, from, i, to) < 0 || minuteEnd(data, from, i+n+1, to) < 0 || !digit(data[i+n+5]) {
		return -1
	}
	end := secondEnd(data, from, i+n+4, to)
	if end < to && end >= 0 && digit(data[end]) {
		return -1
	}
	return end
}

// noFraction tells whether no time goes on behind end: it would with a fraction or an offset, which have a digit behind their first byte.
func noFraction(data []byte, _, end, to int) bool {
	switch data[end] {
	case ':', '.', ',', '+', '-':
		return end+1 >= to || !digit(data[end+1])
	}
	return false
}
