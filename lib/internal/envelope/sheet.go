package envelope

import (
	"bytes"

	"github.com/sawlog/sawlog/lib/internal/frame"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// sheet is lines on their way from one layer to the next.
type sheet struct {
	alloc  record.Allocator
	data   []byte
	n      int
	ends   []int32      // of each line, in front of its line feed; nil: at every line feed
	recs   []rec        // nil: what the stream has
	feeds  []frame.Feed // line feeds inside lines
	bad    []frame.Bad  // what is no line
	shifts []record.Shift
	offset int64
	room   int // bytes that the lines may have

	refused []refused // lines that were left out between these
}

// lay takes over what a layout says of the lines.
func (s *sheet) lay(l *frame.Layout) {
	s.feeds, s.bad, s.shifts, s.ends = l.Inner, l.Bad, l.Shifts, make([]int32, 0, l.Units)
	feeds, bad := l.Inner, l.Bad
	for i := 0; i < s.n; {
		for len(bad) > 0 && bad[0].Start < i {
			bad = bad[1:]
		}
		if len(bad) > 0 && bad[0].Start == i {
			s.ends = append(s.ends, int32(bad[0].End))
			i = bad[0].End + 1
			continue
		}
		for {
			i += bytes.IndexByte(s.data[i:s.n], '\n') + 1
			for len(feeds) > 0 && feeds[0].At() < i-1 {
				feeds = feeds[1:]
			}
			if len(feeds) == 0 || feeds[0].At() != i-1 {
				break
			}
		}
		s.ends = append(s.ends, int32(i-1))
	}
}

// add appends a line.
func (s *sheet) add(r rec, text []byte) {
	need := s.n + len(text) + 1 + scan.Slack
	if need > len(s.data) {
		s.grow(need)
	}
	for k := 0; ; k++ {
		next := bytes.IndexByte(text[k:], '\n')
		if next < 0 {
			break
		}
		k += next
		s.feeds = append(s.feeds, frame.FeedAt(s.n+k, false))
	}
	s.n += copy(s.data[s.n:], text)
	s.ends = append(s.ends, int32(s.n))
	s.data[s.n] = '\n'
	s.n++
	s.recs = append(s.recs, r)
}

func (s *sheet) grow(need int) {
	old := s.data
	s.data = s.alloc.Alloc(max(need, 2*len(old), s.room+scan.Slack))
	copy(s.data, old[:s.n])
	if old != nil {
		s.alloc.Free(old)
	}
}

// end makes what stands behind the lines readable.
func (s *sheet) end() {
	scan.FillSlack(s.data[s.n:])
}
