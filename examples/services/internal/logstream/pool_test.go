package logstream

import (
	"bytes"
	"testing"

	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"
)

func TestShelves(t *testing.T) {
	number := 0
	for n := 1; n < 5000; n++ {
		at, size := shelfOf(n)
		require.GreaterOrEqual(t, size, n)
		require.LessOrEqual(t, size, max(64, n+n/4))
		if number > 0 && at != number {
			require.Equal(t, number+1, at, "no shelf is left out: %d", n)
		}
		number = at
	}
	var s shelves[byte]
	first := s.take(1000)
	assert.Equal(t, 1024, cap(first))
	s.put(first[:1], 1<<20)
	assert.Equal(t, 1024, s.kept)
	assert.Same(t, &first[:1][0], &s.take(900)[:1][0], "it is used again")
	assert.Zero(t, s.kept)
	s.put(make([]byte, 1279), 1<<20) // grown by somebody: not quite the size above
	assert.Equal(t, 1280, cap(s.take(1100)))
	assert.Equal(t, 1279, cap(s.take(1024)))
	for n := range 1000 {
		s.put(make([]byte, 100+n), 50_000)
		assert.LessOrEqual(t, s.kept, 50_000, "what waits is bounded")
	}
	s.put(make([]byte, 40_000), 50_000)
	assert.Equal(t, 40_000, cap(s.take(32_768)), "others went for it")
	s.put(make([]byte, 60_000), 50_000)
	assert.LessOrEqual(t, s.kept, 50_000)
}

func TestPool(t *testing.T) {
	p, text := &pool{}, bytes.Repeat([]byte("a line like many others\n"), 1000)
	encoder, err := zstd.NewWriter(nil)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		codec      kgo.CompressionCodecType
		compressed []byte
		size       int
	}{
		"snappy says":         {kgo.CodecSnappy, s2.EncodeSnappy(nil, text[:5000]), 5000},
		"zstd says":           {kgo.CodecZstd, encoder.EncodeAll(text[:1000], nil), 1000},
		"gzip does not":       {kgo.CodecGzip, text[:100], 600},
		"and what is damaged": {kgo.CodecSnappy, bytes.Repeat([]byte{0xff}, 100), 600},
		"or boasts":           {kgo.CodecSnappy, append([]byte{0xff, 0xff, 0xff, 0xff, 0x07}, text[:95]...), 600},
	} {
		got := p.GetDecompressBytes(c.compressed, c.codec)
		assert.Empty(t, got, name)
		_, size := shelfOf(c.size)
		assert.Equal(t, size, cap(got), name)
		p.PutDecompressBytes(got)
		assert.Same(t, &got[:1][0], &p.GetDecompressBytes(c.compressed, c.codec)[:1][0], name)
	}
	records := p.GetRecords(100)
	p.PutRecords(records[:cap(records)])
	assert.Same(t, &records[:1][0], &p.GetRecords(110)[:1][0])
	p.PutRecords(make([]kgo.Record, keptRecords+1))
	assert.Zero(t, p.records.kept)
}
