package pipeline

import (
	"sync"

	"github.com/sawlog/sawlog/lib/record"
)

// Stats are what has been handed out so far. They may be read at any time, and are then as they were at one moment.
type Stats struct {
	mu  sync.Mutex
	now Counts
}

// Counts are Stats of one moment: Lines = Records + Continuations + Rejects + Filtered, and the Faults add up to Rejects.
type Counts struct {
	Bytes, Lines, Records, Continuations, Rejects, Filtered int64
	Faults                                                  [record.Faults]int64
}

// Read gives the counts.
func (s *Stats) Read() Counts {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *Stats) add(b *record.Batch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &s.now
	c.Bytes += b.InputBytes()
	c.Lines += b.Lines()
	c.Records += int64(b.Len())
	c.Continuations += b.Continuations()
	c.Rejects += int64(b.Rejects())
	c.Filtered += b.Filtered()
	for i := range b.Rejects() {
		c.Faults[b.Fault(i)]++
	}
}
