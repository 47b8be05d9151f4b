package logstream

import (
	"math/bits"
	"sync"

	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
	"github.com/twmb/franz-go/pkg/kgo"
)

// pool keeps the memory of input messages for the next ones: the collector has little to do then. What nobody recycles, as messages of
// partitions that another member took over meanwhile, the collector takes.
type pool struct {
	mu      sync.Mutex
	records shelves[kgo.Record]
	bytes   shelves[byte]
}

// What waits in a pool is bounded: records, and bytes of text. It is what a batch and the fetches behind it take.
const (
	keptRecords = 100_000
	keptBytes   = 24 << 20
)

// GetRecords is for kgo.PoolRecords.
func (p *pool) GetRecords(n int) []kgo.Record {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.records.take(n)
}

// PutRecords is for kgo.PoolRecords.
func (p *pool) PutRecords(s []kgo.Record) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.records.put(s, keptRecords)
}

// GetDecompressBytes is for kgo.PoolDecompressBytes. What turns out too small is grown, and comes back grown.
func (p *pool) GetDecompressBytes(compressed []byte, codec kgo.CompressionCodecType) []byte {
	n := decompressed(compressed, codec)
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.bytes.take(n)
}

// PutDecompressBytes is for kgo.PoolDecompressBytes.
func (p *pool) PutDecompressBytes(s []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bytes.put(s, keptBytes)
}

// decompressed is how large something will be, as its first bytes say, which are not believed beyond reason; else it is a guess.
func decompressed(text []byte, codec kgo.CompressionCodecType) int {
	const usual, most = 6, 64
	switch codec {
	case kgo.CodecSnappy:
		if n, err := s2.DecodedLen(text); err == nil && n <= most*len(text) {
			return n
		}
	case kgo.CodecZstd:
		var h zstd.Header
		if h.Decode(text) == nil && h.HasFCS && h.FrameContentSize <= most*uint64(len(text)) {
			return int(h.FrameContentSize)
		}
	}
	return usual * len(text)
}

// shelves are slices by their size: four sizes between a power of two and the next, so that a slice has at most a quarter more than is asked
// for. The client clears all that a slice has room for each time it is used.
type shelves[T any] struct {
	shelf map[int][][]T
	kept  int // elements
}

// shelfOf is the number of the smallest size that has room for n, and that size.
func shelfOf(n int) (number, size int) {
	n = max(n, 64)
	step := bits.Len(uint(n-1)) - 3
	quarter := (n - 1) >> step // 4 to 7
	return 4*step + quarter, (quarter + 1) << step
}

func (s *shelves[T]) take(n int) []T {
	number, size := shelfOf(n)
	l := s.shelf[number]
	if len(l) == 0 {
		return make([]T, 0, size)
	}
	last := l[len(l)-1]
	l[len(l)-1] = nil
	s.shelf[number] = l[:len(l)-1]
	s.kept -= cap(last)
	return last[:0]
}

// put keeps v, and at most so many elements in all: others are dropped for it, of any size, as sizes go out of use.
func (s *shelves[T]) put(v []T, most int) {
	if cap(v) < 64 || cap(v) > most {
		return
	}
	for s.kept+cap(v) > most {
		s.drop()
	}
	number, size := shelfOf(cap(v))
	if size > cap(v) { // it has not quite room for that size, but for the one below
		number--
	}
	if s.shelf == nil {
		s.shelf = map[int][][]T{}
	}
	s.shelf[number] = append(s.shelf[number], v)
	s.kept += cap(v)
}

func (s *shelves[T]) drop() {
	for number, l := range s.shelf {
		if n := len(l) - 1; n >= 0 {
			s.kept -= cap(l[n])
			l[n] = nil
			s.shelf[number] = l[:n]
			return
		}
		delete(s.shelf, number)
	}
}
