package transform

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/sawlog/sawlog/lib/internal/value"
)

// sizes are the units that numbers may have.
var sizes = map[string]int64{"k": 1e3, "kb": 1e3, "m": 1e6, "mb": 1e6, "g": 1e9, "gb": 1e9, "t": 1e12, "tb": 1e12,
	"kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40, "b": 1}

// exact is a number that may have a unit.
func exact(text string) (*big.Rat, bool) {
	end := len(text)
	for end > 0 && (text[end-1]|0x20 >= 'a' && text[end-1]|0x20 <= 'z') {
		end--
	}
	unit := int64(1)
	if end < len(text) {
		var ok bool
		if unit, ok = sizes[strings.ToLower(text[end:])]; !ok {
			return nil, false
		}
	}
	digits := strings.TrimSpace(text[:end])
	if len(digits) > 40 || strings.ContainsAny(digits, "/eE_") {
		return nil, false
	}
	r, ok := new(big.Rat).SetString(digits)
	if !ok {
		return nil, false
	}
	return r.Mul(r, new(big.Rat).SetInt64(unit)), true
}

func parseInt(text string) (span[int64], bool) {
	r, ok := exact(text)
	if !ok || !r.IsInt() || !r.Num().IsInt64() {
		return span[int64]{}, false
	}
	return span[int64]{r.Num().Int64(), r.Num().Int64()}, true
}

// parseSeverity reads a number, or the word for it.
func parseSeverity(text string) (span[uint64], bool) {
	if severity, _, known := meaning([]byte(text)); known {
		return span[uint64]{severity, severity}, true
	}
	return parseUint(text)
}

func parseUint(text string) (span[uint64], bool) {
	r, ok := exact(text)
	if !ok || !r.IsInt() || !r.Num().IsUint64() {
		return span[uint64]{}, false
	}
	return span[uint64]{r.Num().Uint64(), r.Num().Uint64()}, true
}

func parseFloat(text string) (span[float64], bool) {
	if r, ok := exact(text); ok {
		f, _ := r.Float64()
		return span[float64]{f, f}, true
	}
	f, err := strconv.ParseFloat(text, 64)
	return span[float64]{f, f}, err == nil && !math.IsNaN(f)
}

// parseDuration wants a unit, since nobody could guess it.
func parseDuration(text string) (span[int64], bool) {
	if text == "0" {
		return span[int64]{}, true
	}
	if n := len(text); n == 0 || text[n-1]-'0' <= 9 {
		return span[int64]{}, false
	}
	ns, ok := value.Duration(append([]byte(text), make([]byte, 64)...)[:len(text)], 1)
	return span[int64]{ns, ns}, ok
}

// stamps are the ways in which a time is written, and how much of it each means.
var stamps = []struct {
	layout string
	next   func(t time.Time) time.Time
}{
	{time.RFC3339Nano, nil},
	{"2006-01-02T15:04:05.999999999", nil},
	{"2006-01-02 15:04:05.999999999Z07:00", nil},
	{"2006-01-02 15:04:05.999999999", nil},
	{"2006-01-02T15:04Z07:00", func(t time.Time) time.Time { return t.Add(time.Minute) }},
	{"2006-01-02T15:04", func(t time.Time) time.Time { return t.Add(time.Minute) }},
	{"2006-01-02 15:04", func(t time.Time) time.Time { return t.Add(time.Minute) }},
	{"2006-01-02", func(t time.Time) time.Time { return t.AddDate(0, 0, 1) }},
	{"2006-01", func(t time.Time) time.Time { return t.AddDate(0, 1, 0) }},
	{"2006", func(t time.Time) time.Time { return t.AddDate(1, 0, 0) }},
}

// parseTime reads a time; a day means all of it.
func (o *Options) parseTime(text string) (span[int64], bool) {
	zone := o.Zone
	if zone == nil {
		zone = time.UTC
	}
	for _, s := range stamps {
		t, err := time.ParseInLocation(s.layout, text, zone)
		if err != nil {
			continue
		}
		if t.Year() < 1678 || t.Year() > 2261 {
			return span[int64]{}, false
		}
		first := t.UnixNano()
		if s.next == nil {
			return span[int64]{first, first}, true
		}
		return span[int64]{first, s.next(t).UnixNano() - 1}, true
	}
	return span[int64]{}, false
}
