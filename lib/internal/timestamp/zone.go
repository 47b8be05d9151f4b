package timestamp

import (
	"fmt"
	"math"
	"strings"
	"time"
	_ "time/tzdata" // the IANA database: hosts and containers need not have it
)

// ParseZone is the zone that a name stands for: of the IANA database (Europe/Paris), UTC, Z, or an offset (+02:00, -0330).
func ParseZone(name string) (*time.Location, error) {
	switch name {
	case "", "Local":
		return nil, fmt.Errorf("zone %q: expected a name of the IANA database (Europe/Paris), UTC, or an offset (+02:00)", name)
	case "UTC", "Z":
		return time.UTC, nil
	}
	if name[0] == '+' || name[0] == '-' {
		room := make([]byte, len(name)+64)
		copy(room, name)
		east, end, ok := offset(room, 0)
		if !ok || end != len(name) {
			return nil, fmt.Errorf("zone %q: expected an offset such as +02:00", name)
		}
		return time.FixedZone(name, int(east)), nil
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("zone %q: not in the IANA database", name)
	}
	return loc, nil
}

// zone converts local time. It remembers an interval of local time in which the offset is the same beyond doubt.
type zone struct {
	loc      *time.Location
	from, to int64 // of local seconds
	east     int64
}

// margin is longer than any two offsets of a zone lie apart.
const margin = 26 * 3600

// utc is the seconds in UTC of a local time; the earlier where there are two.
func (z *zone) utc(local int64) int64 {
	if local >= z.from && local < z.to {
		return local - z.east
	}
	first, _ := z.find(local)
	return first
}

// both is utc with the later as well, where there are two.
func (z *zone) both(local int64) (first, last int64) {
	if local >= z.from && local < z.to {
		return local - z.east, local - z.east
	}
	return z.find(local)
}

func (z *zone) find(local int64) (first, last int64) {
	near := time.Unix(local, 0).In(z.loc)
	start, end := near.ZoneBounds()
	_, east := near.Zone()
	from, to := int64(math.MinInt64), int64(math.MaxInt64)
	if !start.IsZero() {
		from = start.Unix() + int64(east) + margin
	}
	if !end.IsZero() {
		to = end.Unix() + int64(east) - margin
	}
	if local >= from && local < to {
		z.from, z.to, z.east = from, to, int64(east)
		return local - z.east, local - z.east
	}
	return z.edge(local)
}

// edge is find near a change of the offset: every offset in force about that time is tried.
func (z *zone) edge(local int64) (first, last int64) {
	first, last = math.MaxInt64, math.MinInt64
	latest := int64(math.MinInt64)
	for _, around := range [...]int64{-margin, -margin / 2, 0, margin / 2, margin} {
		u := local - z.eastAt(local+around)
		latest = max(latest, u)
		if z.eastAt(u) == local-u {
			first, last = min(first, u), max(last, u)
		}
	}
	if last < first {
		return latest, latest // the clocks never showed it
	}
	return first, last
}

func (z *zone) eastAt(sec int64) int64 {
	_, east := time.Unix(sec, 0).In(z.loc).Zone()
	return int64(east)
}

// names are the zones that stamps named.
type names struct {
	loaded map[string]*zone // by a name of the IANA database; nil for one it has not
	last   struct {         // the abbreviation seen last, and how far east it is ...
		name     string
		east     int64
		from, to int64 // ... for these local seconds
	}
}

// maxNames bounds what hostile stamps can make a clock remember.
const maxNames = 64

// utc is the seconds in UTC of a local time in the zone named name.
func (n *names) utc(name []byte, local int64, own *zone) int64 {
	switch string(name) {
	case "UTC", "GMT", "Z", "UT":
		return local
	}
	if east, _, ok := eastOf(name, len(name)); ok {
		return local - east
	}
	if l := &n.last; l.name == string(name) && local >= l.from && local < l.to {
		return local - l.east
	}
	text := string(name)
	if strings.Contains(text, "/") {
		if z := n.load(text); z != nil {
			return z.utc(local)
		}
		return local
	}
	l := &n.last
	l.name = text
	l.east, l.from, l.to = abbreviated(text, local, own.loc)
	return local - l.east
}

func (n *names) load(name string) *zone {
	z, known := n.loaded[name]
	if known {
		return z
	}
	if len(n.loaded) >= maxNames || n.loaded == nil {
		n.loaded = make(map[string]*zone)
	}
	if loc, err := time.LoadLocation(name); err == nil {
		z = &zone{loc: loc}
	}
	n.loaded[name] = z
	return z
}

// The local seconds of the years that package time reads.
var (
	yearOne = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	yearEnd = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
)

// abbreviated is how far east a local time with an abbreviation is, as loc uses it, and an interval of local time around it in which that is the
// same beyond doubt. It is UTC where loc does not use it.
func abbreviated(name string, local int64, loc *time.Location) (east, from, to int64) {
	year, month, day := civil(floorDiv(local, 86400))
	sec := local - floorDiv(local, 86400)*86400
	text := fmt.Sprintf("%04d-%02d-%02d %02d:%02d:%02d %s", year, month, day, sec/3600, sec/60%60, sec%60, name)
	t, err := time.ParseInLocation("2006-01-02 15:04:05 MST", text, loc)
	from, to = yearOne, yearEnd
	if err == nil && t.Location() == loc {
		east = local - t.Unix()
		if in, _ := t.Zone(); in != name {
			return east, local, local + 1 // it is not used at that time
		}
		start, end := t.ZoneBounds()
		if !start.IsZero() {
			from = max(from, start.Unix()+east+margin)
		}
		if !end.IsZero() {
			to = min(to, end.Unix()+east-margin)
		}
	}
	if local < from || local >= to {
		from, to = local, local+1
	}
	return east, from, to
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
