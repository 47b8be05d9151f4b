package pattern

import (
	"slices"
	"strings"

	"github.com/sawlog/sawlog/lib/internal/timestamp"
)

// logbackTimes are the layouts with a name. That of ISO 8601 has a blank in Logback and Log4j 1 and a T in Log4j 2: both are read.
var logbackTimes = map[string]string{"ISO8601_BASIC": "%Y%m%dT%H%M%S,%3f", "ISO8601_BASIC_PERIOD": "%Y%m%dT%H%M%S.%3f", "ABSOLUTE": "%H:%M:%S,%3f",
	"ABSOLUTE_PERIOD": "%H:%M:%S.%3f", "ABSOLUTE_MICROS": "%H:%M:%S,%6f", "ABSOLUTE_NANOS": "%H:%M:%S,%9f", "DATE": "%d %b %Y %H:%M:%S,%3f", "DATE_PERIOD": "%d %b %Y %H:%M:%S.%3f",
	"COMPACT": "%Y%m%d%H%M%S%3f", "UNIX": "unix_s", "UNIX_MILLIS": "unix_ms", "STRICT": "auto", "US_MONTH_DAY_YEAR4_TIME": "%d/%m/%Y %H:%M:%S.%3f", "US_MONTH_DAY_YEAR2_TIME": "%d/%m/%y %H:%M:%S.%3f"}

// logbackTime reads the options of %d: a layout and a zone.
func logbackTime(p *piece, options []string) *Error {
	layout, zone := "", ""
	if len(options) > 0 {
		layout = strings.TrimSpace(options[0])
	}
	if len(options) > 1 {
		zone = options[1]
	} else if i := strings.LastIndexByte(layout, ','); i >= 0 {
		if name := logbackZone(layout[i+1:]); name != "" {
			layout, zone = strings.TrimSpace(layout[:i]), layout[i+1:]
		}
	}
	if n := len(layout); n >= 2 && layout[0] == '"' && layout[n-1] == '"' {
		layout = layout[1 : n-1]
	}
	if zone != "" {
		if p.Zone = logbackZone(zone); p.Zone == "" {
			return &Error{0, "unknown zone " + shorten(zone), "a name of the IANA database (Europe/Paris), UTC or GMT+2"}
		}
	}
	known, named := logbackTimes[layout]
	switch {
	case layout == "" || strings.HasPrefix(layout, "ISO8601") && !named || strings.HasPrefix(layout, "DEFAULT"):
		p.Layout = "auto"
	case named:
		p.Layout = known
	default:
		translated, err := timestamp.FromJava(layout)
		if err == nil {
			_, err = timestamp.Compile(translated)
		}
		if err != nil {
			return &Error{0, err.Error(), "a layout of Java (yyyy-MM-dd HH:mm:ss.SSS), or a name such as ISO8601"}
		}
		p.Layout = translated
	}
	if !slices.Contains([]string{"auto", "unix_s", "unix_ms"}, p.Layout) {
		p.Width = fixedTime(p.Layout)
	}
	return nil
}

// logbackZone is the zone that a text names, "" for none.
func logbackZone(text string) string {
	text = strings.TrimSpace(text)
	if _, err := timestamp.ParseZone(text); err == nil {
		return text
	}
	offset := strings.TrimPrefix(text, "GMT")
	if len(offset) == 2 && (offset[0] == '+' || offset[0] == '-') {
		offset = offset[:1] + "0" + offset[1:]
	}
	if offset == text || offset == "" {
		return ""
	}
	if _, err := timestamp.ParseZone(offset); err != nil {
		return ""
	}
	return offset
}

// fixedTime is the length of every time of a layout, 0 where it varies.
func fixedTime(layout string) int {
	width := timeWidth(layout)
	for i := 0; i+1 < len(layout); i++ {
		if layout[i] == '%' && layout[i+1]-'1' <= 8 && layout[i+1] != '3' && layout[i+1] != '6' {
			return 0
		}
	}
	if strings.Contains(layout, "%f") || strings.Contains(layout, "%.f") {
		return 0
	}
	return width
}
