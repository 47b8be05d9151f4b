package store

import (
	"strings"
	"time"
)

// Tally is what records are counted by. Stores keep these counts beside the records, written in the same transaction, so that statistics
// never read the records themselves.
type Tally struct {
	Minute int64 // of Unix time
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
			counts[Tally{Minute: MinuteOf(r.Time), Source: r.Source, Format: r.Format, Level: level, Status: r.Status, Reject: r.Fault != ""}]++
		}
	}
	return counts
}

// MinuteOf is the minute a time lies in, also before 1970.
func MinuteOf(t time.Time) int64 {
	seconds := t.Unix()
	if seconds < 0 {
		seconds -= 59
	}
	return seconds / 60
}

// StartOf is the first instant of a minute.
func StartOf(minute int64) time.Time { return time.Unix(minute*60, 0).UTC() }
