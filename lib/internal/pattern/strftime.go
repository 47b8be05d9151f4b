package pattern

import "strings"

// conversion is one letter of C's strftime: what it stands for in the small set of Layout, a text that it may write and whether all
// its texts have that length.
type conversion struct {
	layout string // the same in Element.Layout
	sample string
	fixed  bool
}

// conversions of strftime in the C locale. What does not help to find a point in time (%G %V %U ...) is not there.
var conversions = map[byte]conversion{
	'Y': {"%Y", "2006", true}, 'y': {"%y", "06", true}, 'm': {"%m", "01", true}, 'd': {"%d", "02", true}, 'e': {"%e", " 2", true},
	'b': {"%b", "Jan", true}, 'h': {"%b", "Jan", true}, 'B': {"%B", "January", false},
	'a': {"%a", "Mon", true}, 'A': {"%A", "Monday", false}, 'j': {"%j", "002", true}, 'u': {"%u", "1", true}, 'w': {"%w", "1", true},
	'H': {"%H", "15", true}, 'I': {"%I", "03", true}, 'k': {"%k", "15", true}, 'l': {"%l", " 3", true},
	'M': {"%M", "04", true}, 'S': {"%S", "05", true}, 'p': {"%p", "PM", true}, 's': {"%s", "1136214245", false},
	'z': {"%z", "-0700", true}, 'Z': {"%Z", "MST", false}, '%': {"%%", "%", true}, 't': {"\t", "\t", true},
	'D': {layout: "%m/%d/%y"}, 'F': {layout: "%Y-%m-%d"}, 'T': {layout: "%H:%M:%S"}, 'R': {layout: "%H:%M"},
	'r': {layout: "%I:%M:%S %p"}, 'c': {layout: "%a %b %e %H:%M:%S %Y"}, 'x': {layout: "%m/%d/%y"}, 'X': {layout: "%H:%M:%S"},
}

// strftime rewrites a strftime format in the conversions of Element.Layout. The error's position counts from the format's start.
func strftime(format string) (string, *Error) {
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			b.WriteByte(format[i])
			continue
		}
		start := i
		if i++; i < len(format) && (format[i] == 'E' || format[i] == 'O') { // other digits or eras of a locale: none in C's
			i++
		}
		if i == len(format) {
			return "", &Error{start, "the time format ends in the middle of a conversion", "write %% for a percent sign"}
		}
		c, known := conversions[format[i]]
		if !known {
			return "", &Error{start, "unknown or useless conversion " + format[start:i+1] + " in a time format",
				"known are " + timeLetters}
		}
		b.WriteString(c.layout)
	}
	return b.String(), nil
}

const timeLetters = "%Y %y %m %d %e %b %h %B %a %A %j %u %w %H %I %k %l %M %S %p %s %z %Z %D %F %T %R %r %c %x %X %t %%"

// layoutConversions lists the conversions of a layout, without percent signs.
func layoutConversions(layout string) []string {
	var list []string
	for i := 0; i+1 < len(layout); i++ {
		if layout[i] != '%' {
			continue
		}
		i++
		n := 1
		if layout[i] == '3' || layout[i] == '6' {
			n = 2
		}
		if layout[i] != '%' {
			list = append(list, layout[i:i+n])
		}
		i += n - 1
	}
	return list
}

// sampleTime is a time written in a layout.
func sampleTime(layout string) string {
	text, _ := writeTime(layout)
	return text
}

// timeWidth is the length of every time written in a layout, 0 when it varies.
func timeWidth(layout string) int {
	if text, fixed := writeTime(layout); fixed {
		return len(text)
	}
	return 0
}

func writeTime(layout string) (text string, fixed bool) {
	switch layout {
	case "clf":
		return "02/Jan/2006:15:04:05 -0700", true
	case "rfc3339":
		return "2006-01-02T15:04:05-07:00", true
	case "unix_s", "unix_ms", "unix_us":
		return "1136214245000", false
	}
	var b strings.Builder
	fixed = true
	for i := 0; i < len(layout); i++ {
		if layout[i] != '%' || i+1 == len(layout) {
			b.WriteByte(layout[i])
			continue
		}
		i++
		switch c := layout[i]; c {
		case '3':
			b.WriteString("000")
			i++
		case '6':
			b.WriteString("000000")
			i++
		default:
			b.WriteString(conversions[c].sample)
			fixed = fixed && conversions[c].fixed
		}
	}
	return b.String(), fixed
}

// joinTimes makes one time of parts that are written side by side: %{%d/%b/%Y %T}t.%{msec_frac}t %{%z}t.
func joinTimes(pieces []piece) []piece {
	out := pieces[:0]
	for i := 0; i < len(pieces); i++ {
		p := pieces[i]
		for p.clock != noClock {
			n := nextPart(pieces[i+1:])
			if n == 0 || pieces[i+n].clock != p.clock || overlap(p.Layout, pieces[i+n].Layout) {
				break
			}
			between, part := "", pieces[i+n]
			if n == 2 {
				between = pieces[i+1].Literal
			}
			p.Layout += strings.ReplaceAll(between, "%", "%%") + part.Layout
			p.Source += between + part.Source
			p.key += between + part.key
			p.Kind, p.names, p.rank = KindTime, stampNames(p.clock), 1
			i += n
		}
		if p.clock != noClock {
			p.finishTime()
		}
		out = append(out, p)
	}
	return out
}

// nextPart is how many pieces on the next part of a time may stand: 1, or 2 with a literal between; 0 when there is none.
func nextPart(rest []piece) int {
	switch {
	case len(rest) >= 1 && rest[0].clock != noClock:
		return 1
	case len(rest) >= 2 && rest[0].Kind == KindLiteral && rest[1].clock != noClock:
		return 2
	}
	return 0
}

// overlap tells whether two layouts write the same thing: then they are two times, not parts of one. Seconds since 1970 (%s) say it all
// but for the fraction.
func overlap(a, b string) bool {
	have := map[byte]bool{}
	for _, c := range layoutConversions(a) {
		have[c[len(c)-1]] = true
	}
	for _, c := range layoutConversions(b) {
		last := c[len(c)-1]
		if have[last] || last != 'f' && have['s'] || last == 's' && len(have) > 0 && !(len(have) == 1 && have['f']) {
			return true
		}
	}
	return false
}

// finishTime gives a time its simplest layout and its width; a fraction that has found no time is a number.
func (p *piece) finishTime() {
	switch p.Layout {
	case "%s":
		p.Layout = "unix_s"
	case "%3f", "%6f":
		p.Kind, p.Layout, p.Width = KindUint, "", int(p.Layout[1]-'0')
		return
	}
	p.Width = timeWidth(p.Layout)
}
