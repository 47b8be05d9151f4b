package pipeline

import (
	"sync"
	"sync/atomic"

	"github.com/sawlog/sawlog/lib/record"
)

// Stats are what has been handed out so far. They may be read at any time; Read gives all as they were at one moment.
type Stats struct {
	Bytes, Lines, Records, Continuations, Rejects, Filtered atomic.Int64
	Faults                                                  [record.Faults]atomic.Int64

	mu sync.Mutex
}

// Counts are Stats of one moment: Lines = Records + Continuations + Rejects + Filtered, and the Faults add up to Rejects.
type Counts struct {
	Bytes, Lines, Records, Continuations, Rejects, Filtered int64
	Faults                                                  [record.Faults]int64
}

// Read gives the counts.
func (s *Stats) Read() (c Counts) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.Bytes, c.Lines, c.Records, c.Continuations, c.Rejects = s.Bytes.Load(), s.Lines.Load(), s.Records.Load(), s.Continuations.Load(), s.Rejects.Load()
	c.Filtered = s.Filtered.Load()
	for i := range s.Faults {
		c.Faults[i] = s.Faults[i].Load()
	}
	return c
}

func (s *Stats) add(b *record.Batch) {
	var faults [record.Faults]int64
	for i := range b.Rejects() {
		faults[b.Fault(i)]++
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Bytes.Add(b.InputBytes())
	s.Lines.Add(b.Lines())
	s.Records.Add(int64(b.Len()))
	s.Continuations.Add(b.Continuations())
	s.Rejects.Add(int64(b.Rejects()))
	s.Filtered.Add(b.Filtered())
	for i, n := range faults {
		if n > 0 {
			s.Faults[i].Add(n)
		}
	}
}
