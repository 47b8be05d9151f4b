package logstream

import (
	"sync"

	"github.com/twmb/franz-go/pkg/kgo"
)

// pool keeps the memory of input messages for the next ones: the collector has little to do then. What nobody recycles, as messages of
// partitions that another member took over meanwhile, the collector takes.
type pool struct {
	mu      sync.Mutex
	records [][]kgo.Record
	bytes   [][]byte
}

// kept bounds how many slices wait in a pool. A slice is a producer's batch: usually some tens of kilobytes, at most about a megabyte.
const kept = 128

// GetRecords is for kgo.PoolRecords.
func (p *pool) GetRecords(n int) []kgo.Record {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := fitting(&p.records, n); s != nil {
		return s
	}
	return make([]kgo.Record, 0, n+n/4)
}

// PutRecords is for kgo.PoolRecords.
func (p *pool) PutRecords(s []kgo.Record) {
	p.mu.Lock()
	defer p.mu.Unlock()
	keep(&p.records, s)
}

// GetDecompressBytes is for kgo.PoolDecompressBytes. How large it will be is not known: what is too small is grown, and comes back grown.
func (p *pool) GetDecompressBytes(compressed []byte, _ kgo.CompressionCodecType) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	const usual = 4 // times smaller is compressed log text at least
	if s := fitting(&p.bytes, usual*len(compressed)); s != nil {
		return s
	}
	return make([]byte, 0, usual*len(compressed))
}

// PutDecompressBytes is for kgo.PoolDecompressBytes.
func (p *pool) PutDecompressBytes(s []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	keep(&p.bytes, s)
}

// fitting takes a slice with room for n out of the list, nil if none of the latest has.
func fitting[T any](list *[][]T, n int) []T {
	l := *list
	for i := len(l) - 1; i >= max(0, len(l)-8); i-- {
		if cap(l[i]) >= n {
			s := l[i]
			l[i] = l[len(l)-1]
			l[len(l)-1] = nil
			*list = l[:len(l)-1]
			return s[:0]
		}
	}
	return nil
}

// keep puts a slice into the list; a full list drops its oldest.
func keep[T any](list *[][]T, s []T) {
	if len(*list) == kept {
		copy(*list, (*list)[1:])
		*list = (*list)[:kept-1]
	}
	*list = append(*list, s)
}
