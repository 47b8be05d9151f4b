package pattern

import (
	"strings"

	"github.com/sawlog/sawlog/lib/internal/timestamp"
)

// apacheTime adds the pieces for %t: a time in brackets, or one in the format of its parameter.
func apacheTime(a *assembler, d *directive) *Error {
	format, which, skip := d.param, beginClock, 0
	if rest, ok := strings.CutPrefix(format, "begin:"); ok {
		format, skip = rest, len("begin:")
	} else if rest, ok := strings.CutPrefix(format, "end:"); ok {
		format, which, skip = rest, endClock, len("end:")
	}
	p := piece{Element: Element{Kind: KindTime, Null: "-", Source: d.source, Pos: d.pos}, names: stampNames(which), rank: 1, key: d.source}
	switch format {
	case "":
		return clfTime(a, d, p, which)
	case "sec":
		p.clock, p.Layout = which, "%s"
		p.names = append(p.names[:1:1], p.names[0]+"_sec")
	case "msec", "usec":
		p.Layout = map[string]string{"msec": "unix_ms", "usec": "unix_us"}[format]
		p.names = append(p.names[:1:1], p.names[0]+"_"+format)
		p.rank = 2
	case "msec_frac", "usec_frac":
		p.clock, p.Layout = which, map[string]string{"msec_frac": "%3f", "usec_frac": "%6f"}[format]
		p.names = []string{stampPrefix(which) + format}
	default:
		if !strings.Contains(format, "%") && javaTime(&p, format) {
			p.clock = which
			break
		}
		layout, err := strftime(format)
		if err != nil {
			err.Pos = d.paramPos(skip + err.Pos)
			return err
		}
		if !strings.Contains(layout, "%") {
			return &Error{d.paramPos(skip), "a time format without a conversion", "known are " + timeLetters + " and sec, msec, usec, msec_frac, usec_frac"}
		}
		p.clock, p.Layout = which, layout
	}
	a.value(p)
	return nil
}

// javaTime takes a layout of Java, as Tomcat and Jetty have it, with a zone behind a bar. False: it is none.
func javaTime(p *piece, format string) bool {
	layout, zone, zoned := strings.Cut(format, "|")
	zone, _, _ = strings.Cut(zone, "|") // a locale
	if zoned {
		if p.Zone = logbackZone(zone); p.Zone == "" {
			return false
		}
	}
	translated, err := timestamp.FromJava(layout)
	if err != nil || !strings.Contains(translated, "%") {
		return false
	}
	if _, err := timestamp.Compile(translated); err != nil {
		return false
	}
	p.Layout = translated
	return true
}

// clfTime adds %t. Its brackets are constant text, but not when a condition may put a dash in place of everything.
func clfTime(a *assembler, d *directive, p piece, which clock) *Error {
	p.key, p.rank = stampPrefix(which)+"%t", 0
	if d.condition {
		p.Layout, p.key = "[%d/%b/%Y:%H:%M:%S %z]", d.source
		a.value(p)
		return nil
	}
	p.Layout, p.Width, p.Null = "clf", timeWidth("clf"), ""
	a.text([]byte("["), d.pos)
	a.value(p)
	a.text([]byte("]"), d.pos)
	return nil
}

// stampNames are the columns of a time: time, or end_time for the end of the request.
func stampNames(which clock) []string {
	if which == endClock {
		return []string{"end_time", "end_time_2", "end_time_3"}
	}
	return []string{"time", "time_2", "time_3"}
}

func stampPrefix(which clock) string {
	if which == endClock {
		return "end_"
	}
	return ""
}
