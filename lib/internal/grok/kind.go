package grok

import (
	"slices"
	"strings"

	"github.com/sawlog/sawlog/lib/internal/timestamp"
	"github.com/sawlog/sawlog/lib/record"
)

// kind is what a captured text becomes.
type kind struct {
	t      record.Type
	layout string // the unit of a duration
	clock  *timestamp.Layout
}

// kinds are the words for types behind a second colon: those of Logstash, of its relatives, and of Telegraf.
var kinds = map[string]kind{
	"string": {t: record.String}, "str": {t: record.String}, "text": {t: record.String}, "keyword": {t: record.String}, "tag": {t: record.String},
	"int": {t: record.Int}, "integer": {t: record.Int}, "long": {t: record.Int},
	"float": {t: record.Float}, "double": {t: record.Float}, "number": {t: record.Float},
	"bool": {t: record.Bool}, "boolean": {t: record.Bool}, "ip": {t: record.IP}, "duration": {t: record.Duration},
	"ts": stamp("auto"), "ts-httpd": stamp("clf"), "ts-rfc3339": stamp("rfc3339"), "ts-rfc3339nano": stamp("rfc3339"),
	"ts-epoch": stamp("unix_s"), "ts-epochmilli": stamp("unix_ms"), "ts-epochmicro": stamp("unix_us"), "ts-epochnano": stamp("unix_ns"),
	"ts-syslog": stamp("%b %e %H:%M:%S"), "ts-ansic": stamp("%a %b %e %H:%M:%S %Y"), "drop": {},
}

func stamp(layout string) kind {
	return kind{t: record.Timestamp, layout: layout, clock: timestamp.MustCompile(layout)}
}

func kindNames() []string {
	names := make([]string, 0, len(kinds))
	for name := range kinds {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// join is the kind of a column that captures of both fill: what holds the values of both.
func (k kind) join(other kind) kind {
	switch {
	case k.t == other.t && k.layout == other.layout:
		return k
	case k.t == record.Int && other.t == record.Float, k.t == record.Float && other.t == record.Int:
		return kind{t: record.Float}
	}
	return kind{t: record.String}
}

// column is the type of the column.
func (k kind) column(bytes bool) record.Type {
	if bytes && k.t == record.String {
		return record.Bytes
	}
	return k.t
}

// fieldPath is the name of the column for a field as the pattern writes it: [a][b] is a.b. ok is false for brackets that do not fit; only
// the last may be missing, as it is in a definition that Logstash ships.
func fieldPath(field string) (name string, path []string, ok bool) {
	if !strings.ContainsAny(field, "[]") {
		return field, nil, field != ""
	}
	inner, opened := strings.CutPrefix(field, "[")
	path = strings.Split(strings.TrimSuffix(inner, "]"), "][")
	for _, part := range path {
		if part == "" || strings.ContainsAny(part, "[]") {
			return "", nil, false
		}
	}
	return strings.Join(path, "."), path, opened
}
