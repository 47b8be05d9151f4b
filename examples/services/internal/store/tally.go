package store

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
	"time"
)

// Tally is what records are counted by. Stores keep these counts beside the records, written in the same transaction, so that statistics
// never read the records themselves.
type Tally struct {
	Minute int64 // of Unix time
	Day    int64 // when it was received: counts go when their records go, whatever time these tell
	Source string
	Format string
	Level  string
	Status int
	Reject bool
}

// maxLevel keeps a sender who writes prose where a level belongs from filling the tallies with it.
const maxLevel = 16

// Count adds the records of batches up.
func Count(batches []*Batch) map[Tally]int64 {
	counts := map[Tally]int64{}
	for _, b := range batches {
		for i := range b.Records {
			r := &b.Records[i]
			level := strings.ToUpper(r.Level)
			if len(level) > maxLevel {
				level = "OTHER"
			}
			counts[Tally{Minute: MinuteOf(r.Time), Day: DayOf(r.Received), Source: r.Source, Format: r.Format, Level: level, Status: r.Status, Reject: r.Fault != ""}]++
		}
	}
	return counts
}

// Sorted is the tallies of counts in one order, whoever asks: transactions that lock rows in one order never wait for each other in a ring.
func Sorted(counts map[Tally]int64) []Tally {
	return slices.SortedFunc(maps.Keys(counts), func(a, b Tally) int {
		return cmp.Or(cmp.Compare(a.Minute, b.Minute), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Format, b.Format), cmp.Compare(a.Level, b.Level), cmp.Compare(a.Status, b.Status), cmp.Compare(a.Day, b.Day))
	})
}

// MinuteOf is the minute a time lies in, also before 1970.
func MinuteOf(t time.Time) int64 {
	seconds := t.Unix()
	if seconds < 0 {
		seconds -= 59
	}
	return seconds / 60
}

// DayOf is the day a time lies in, in UTC.
func DayOf(t time.Time) int64 { return t.Unix() / 86400 }

// Minutes is the range for tallies, from <= minute < to: its ends are rounded to whole minutes, outwards.
func (r Range) Minutes() (from, to int64) {
	from, to = math.MinInt64, math.MaxInt64
	if !r.From.IsZero() {
		from = MinuteOf(r.From)
	}
	if !r.To.IsZero() {
		to = MinuteOf(r.To.Add(time.Minute - 1))
	}
	return from, to
}

// StartOf is the first instant of a minute.
func StartOf(minute int64) time.Time { return time.Unix(minute*60, 0).UTC() }
