package timestamp

import "strings"

// named are layouts with a name, by it in small letters and without blanks, dashes and underscores. Those of Go's package time are what
// its constants spell; those of Logstash's date filter are among them.
var named = map[string]string{
	"iso8601": "auto", "iso": "iso", "auto": "auto", "clf": "clf", "tai64": "tai64n", "tai64n": "tai64n", "unix": "unix_s", "unixs": "unix_s", "unixms": "unix_ms", "unixus": "unix_us", "unixns": "unix_ns", "epoch": "unix_s",
	"rfc3339": "rfc3339", "rfc3339nano": "rfc3339", "ctime": "%a %b %e %H:%M:%S %Y", "syslog": "%b %e %H:%M:%S",
	"ansic": "%a %b %e %H:%M:%S %Y", "unixdate": "%a %b %e %H:%M:%S %Z %Y", "rubydate": "%a %b %d %H:%M:%S %z %Y",
	"rfc822": "%d %b %y %H:%M %Z", "rfc822z": "%d %b %y %H:%M %z", "rfc850": "%A, %d-%b-%y %H:%M:%S %Z",
	"rfc1123": "%a, %d %b %Y %H:%M:%S %Z", "rfc1123z": "%a, %d %b %Y %H:%M:%S %z", "rfc2822": "%a, %d %b %Y %H:%M:%S %z", "kitchen": "%I:%M%p",
	"stamp": "%b %e %H:%M:%S", "stampmilli": "%b %e %H:%M:%S.%3f", "stampmicro": "%b %e %H:%M:%S.%6f", "stampnano": "%b %e %H:%M:%S.%9f",
	"datetime": "%Y-%m-%d %H:%M:%S", "dateonly": "%Y-%m-%d", "timeonly": "%H:%M:%S",
}

var nameless = strings.NewReplacer(" ", "", "-", "", "_", "")

// spelled gives a layout in strptime's directives, or one of the words that Compile knows. A layout of Go is told by its year or hour,
// which are numbers; one of Java by its letters. The error is a *LayoutError about the layout as it was written.
func spelled(layout string) (string, error) {
	if strings.Contains(layout, "%") {
		return layout, nil
	}
	if word, ok := named[nameless.Replace(strings.ToLower(layout))]; ok {
		return word, nil
	}
	for _, mark := range []string{"2006", "15:04", "3:04", "1504", "06-01-02", "06/01/02"} {
		if strings.Contains(layout, mark) {
			return FromGo(layout)
		}
	}
	if strings.Contains(layout, "y") || strings.Contains(layout, "u") || strings.Contains(layout, "M") || strings.Contains(layout, "m") || strings.Contains(layout, "s") {
		if translated, err := FromJava(layout); err == nil {
			return translated, nil
		} else if strings.Contains(layout, "yy") || strings.Contains(layout, "HH") || strings.Contains(layout, "mm") || strings.Contains(layout, "uuuu") {
			return "", err // it was meant as one
		}
	}
	return layout, nil
}
