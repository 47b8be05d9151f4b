package logstream

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/twmb/franz-go/pkg/kgo"
)

func TestPool(t *testing.T) {
	p := &pool{}
	large := p.GetRecords(100)
	assert.GreaterOrEqual(t, cap(large), 100)
	p.PutRecords(large[:cap(large)])
	p.PutRecords(make([]kgo.Record, 10))
	assert.GreaterOrEqual(t, cap(p.GetRecords(50)), 100, "the one with room")
	assert.Equal(t, 10, cap(p.GetRecords(7)))
	assert.Empty(t, p.records)

	p.PutDecompressBytes(make([]byte, 1000))
	got := p.GetDecompressBytes(make([]byte, 250), kgo.CodecSnappy)
	assert.Equal(t, []int{0, 1000}, []int{len(got), cap(got)})
	assert.Equal(t, 1004, cap(p.GetDecompressBytes(make([]byte, 251), kgo.CodecSnappy)), "none has room")
	for range 3 * kept {
		p.PutDecompressBytes(make([]byte, 10))
	}
	assert.Len(t, p.bytes, kept, "what waits is bounded")
}
