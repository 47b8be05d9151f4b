package w3c

import (
	"maps"
	"slices"
	"strings"

	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

// unit is that of time-taken, in nanoseconds.
func (b *Bound) unit(software string) int64 {
	iis := strings.Contains(software, "Internet Information") || strings.Contains(software, "IIS") || strings.Contains(software, "Microsoft")
	for i := range b.shapes {
		names := b.shapes[i].names
		iis = iis || software == "" && (slices.Contains(names, "sc-win32-status") || slices.Contains(names, "sc-substatus") || slices.Contains(names, "s-sitename"))
	}
	if iis {
		return value.Unit("ms")
	}
	return value.Unit("s")
}

// column is what a name of #Fields becomes.
type column struct {
	name       string
	kind       record.Type
	dictionary bool
}

// known are the names that many writers use.
var known = map[string]column{
	"s-ip": {"server_ip", record.IP, false}, "s-port": {"server_port", record.Int, false}, "c-ip": {"client", record.String, false}, "cs-username": {"user", record.String, false},
	"cs-method": {"method", record.String, true}, "cs-uri-stem": {"target", record.String, false}, "cs-uri-query": {"query", record.String, false},
	"cs-version": {"protocol", record.String, true}, "sc-status": {"status", record.Int, false}, "sc-substatus": {"substatus", record.Int, false},
	"sc-win32-status": {"win32_status", record.Uint, false}, "sc-bytes": {"bytes", record.Int, false}, "cs-bytes": {"bytes_received", record.Int, false},
	"time-taken": {"duration", record.Duration, false}, "cs(Referer)": {"referer", record.String, false}, "cs(User-Agent)": {"user_agent", record.String, false},
	"cs(Cookie)": {"cookie", record.String, false}, "cs-host": {"server", record.String, true}, "s-sitename": {"site", record.String, true},
	"s-computername": {"computer", record.String, true}, stampKey: {"time", record.Timestamp, false}, "date-time": {"time", record.Timestamp, false},
	"time_of_day": {"time_of_day", record.String, false}, "c-port": {"client_port", record.Int, false},
}

// standIns are names that mean what one of known does, in logs that have none of those: of Tomcat, WebLogic and Windows' HTTP API, of Blue Coat
// and of Forefront TMG. The first that a log has is the column.
var standIns = [...][2]string{{"cs-uri", "cs-uri-stem"}, {"cs-uri-path", "cs-uri-stem"}, {"x-H(protocol)", "cs-version"}, {"cs(Host)", "cs-host"}, {"c-agent", "cs(User-Agent)"},
	{"cs-referred", "cs(Referer)"}, {"s-operation", "cs-method"}}

// columns are those of known, and those of the stand-ins that this log needs.
func (b *Bound) columns() map[string]column {
	has := map[string]bool{}
	for i := range b.shapes {
		for _, name := range b.shapes[i].names {
			has[name] = true
		}
	}
	all := known
	for _, pair := range standIns {
		if instead, key := pair[0], pair[1]; has[instead] && !has[key] {
			if has[key] = true; len(all) == len(known) {
				all = maps.Clone(known)
			}
			all[instead] = known[key]
		}
	}
	return all
}

// options are those of package infer: the names in use renamed, and those that are known with their types.
func (b *Bound) options(unit int64) infer.Options {
	o := b.plan.options.Infer
	rename := map[string]string{}
	for from, to := range o.Rename {
		rename[from] = to
	}
	o.Fields = slices.Clone(o.Fields)
	given := map[string]bool{}
	for i := range o.Fields {
		given[o.Fields[i].Name] = true
	}
	columns := b.columns()
	for i := range b.shapes {
		sh := &b.shapes[i]
		for k, name := range sh.names {
			key := string(sh.key(k, name))
			c, ok := columns[key]
			if !ok {
				continue
			}
			if c.name == "time_of_day" && !b.day.IsZero() {
				c = known[stampKey]
			}
			name := c.name
			if to, ok := o.Rename[name]; ok {
				name = to
			} else if to, ok := o.Rename[key]; ok {
				name = to
			}
			rename[key] = name
			if !given[name] {
				given[name] = true
				o.Fields = append(o.Fields, b.field(c, name, unit))
			}
		}
	}
	o.Rename = rename
	return o
}

// stamps is how times are written: as in RFC 3339, with a blank for the T and without a zone.
var stamps = timestamp.MustCompile("auto")

// timesOfDay is how a time without a date is written.
var timesOfDay = timestamp.MustCompile("%H:%M:%S%.f")

func (b *Bound) field(c column, name string, unit int64) infer.Declared {
	f := infer.Declared{Name: name, Type: c.kind, Dictionary: c.dictionary && !b.plan.options.Bytes, Soft: c.kind != record.Timestamp}
	switch c.kind {
	case record.Timestamp:
		clock, layout := b.plan.options.Clock, stamps
		if !b.day.IsZero() {
			clock.Now, clock.Live, layout = b.day, false, timesOfDay
			f.Guess = func(field *record.Field) { layout.Guess(field, clock) }
		}
		f.Words = func() infer.Read { return layout.NewClock(clock).Parse }
	case record.Duration:
		f.Words = func() infer.Read { return value.ReadDuration(unit) }
	case record.IP:
		f.Check = value.IP
	case record.String:
		if b.plan.options.Bytes {
			f.Type = record.Bytes
		}
	}
	return f
}
