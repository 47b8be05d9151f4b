package logstream

import (
	"bytes"
	"compress/gzip"
	"context"
	"runtime"
	"sync/atomic"
	"testing"
	"time"
	"weak"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
)

func gzipped(t testing.TB, text []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

// TestAFetchOfManyBombs: each batch is small enough, and all of them together are not: what one fetch has becomes five times as large as what
// may be in memory. It comes out one after the other, each once.
func TestAFetchOfManyBombs(t *testing.T) {
	const bombs, size = 40, 8 << 20
	for name, partitions := range map[string]int32{"one partition": 1, "three": 3} {
		t.Run(name, func(t *testing.T) {
			c := cluster(t, partitions)
			c.Batch, c.Message = 10<<20, 1<<10
			k := client(t, c, kgo.DefaultProduceTopic("logs"), kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.ProducerBatchCompression(kgo.GzipCompression()),
				kgo.ProducerBatchMaxBytes(size+1<<10))
			value := make([]byte, size)
			for i := range bombs {
				require.NoError(t, k.ProduceSync(t.Context(), &kgo.Record{Partition: int32(i) % partitions, Value: value}).FirstErr())
			}
			i, err := newInflater(int64(c.Batch))
			require.NoError(t, err)
			m, err := newMetrics(metricnoop.NewMeterProvider(), c.Input)
			require.NoError(t, err)
			s, err := c.sessionWith(i, m, new(atomic.Bool))
			require.NoError(t, err)
			tr := transform0(t, "json", int(c.Message))
			tr.dead = c.Dead
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- c.processor(s, tr, m).run(ctx) }()
			out, sources := client(t, c, kgo.ConsumeTopics("dead-letters"), kgo.FetchIsolationLevel(kgo.ReadCommitted())), map[string]int{}
			patience, stop := context.WithTimeout(ctx, time.Minute)
			defer stop()
			for len(sources) < bombs {
				fetches := out.PollFetches(patience)
				require.NoError(t, patience.Err(), "%d of %d came", len(sources), bombs)
				fetches.EachRecord(func(r *kgo.Record) { sources[header(r, "sawlog.source")]++ })
			}
			cancel()
			require.NoError(t, <-ended)
			for source, times := range sources {
				assert.Equal(t, 1, times, source)
			}
			assert.LessOrEqual(t, i.peak, int64(leastRoom))
			assert.Greater(t, i.peak, int64(leastRoom/2), "it was a fetch that had to wait")
		})
	}
}

func TestInflater(t *testing.T) {
	i, err := newInflater(1 << 20)
	require.NoError(t, err)
	i.most = 2 << 20
	part := gzipped(t, make([]byte, 400<<10))
	_, err = i.Decompress(gzipped(t, make([]byte, 1<<20+1)), kgo.CodecGzip)
	require.ErrorIs(t, err, kgo.ErrMaxDecompress)
	_, err = i.Decompress([]byte("this is no gzip"), kgo.CodecGzip)
	require.Error(t, err)
	plain, err := i.Decompress(part, kgo.CodecNone)
	require.NoError(t, err)
	assert.Equal(t, part, plain)
	assert.Zero(t, i.held)

	first, err := i.Decompress(part, kgo.CodecGzip)
	require.NoError(t, err)
	assert.Len(t, first, 400<<10)
	i.most = 2*int64(cap(first)) + 1<<10 // which has grown to more than its length
	lost, err := i.Decompress(part, kgo.CodecGzip)
	require.NoError(t, err)
	assert.Equal(t, int64(cap(first)+cap(lost)), i.held)
	_, err = i.Decompress(part, kgo.CodecGzip)
	require.ErrorIs(t, err, errNoRoom)
	assert.NotErrorIs(t, err, kgo.ErrMaxDecompress, "it is not lost")

	i.PutDecompressBytes(first)
	again, err := i.Decompress(part, kgo.CodecGzip)
	require.NoError(t, err, "there is room again")
	i.PutDecompressBytes(again)
	i.PutDecompressBytes(make([]byte, 100)) // what it did not give
	assert.Equal(t, int64(cap(lost)), i.held)
	runtime.KeepAlive(lost)
	require.Eventually(t, func() bool { // what nobody gives back
		runtime.GC()
		i.ledger.mu.Lock()
		defer i.ledger.mu.Unlock()
		return i.held == 0
	}, 10*time.Second, 10*time.Millisecond)
}

// TestNothingIsKeptOfAnInflater: each session has one, and its memory goes with it.
func TestNothingIsKeptOfAnInflater(t *testing.T) {
	i, err := newInflater(1 << 20)
	require.NoError(t, err)
	batch, err := i.Decompress(gzipped(t, make([]byte, 400<<10)), kgo.CodecGzip)
	require.NoError(t, err)
	i.PutDecompressBytes(batch) // it waits in the pool
	left, pooled := weak.Make(i), weak.Make(&batch[:1][0])
	batch, i = nil, nil
	require.Eventually(t, func() bool {
		runtime.GC()
		return left.Value() == nil && pooled.Value() == nil
	}, 5*time.Second, 10*time.Millisecond)
}

// batchOf is what is in a batch of messages when it is decompressed.
func batchOf(messages ...kmsg.Record) (batch []byte) {
	for _, m := range messages {
		m.Length = int32(len(m.AppendTo(nil))) - 1 // without the length itself, a byte
		batch = m.AppendTo(batch)
	}
	return batch
}

// TestWeight: small messages take more memory than their bytes.
func TestWeight(t *testing.T) {
	headed := kmsg.Record{Key: []byte("k"), Value: []byte("v"), OffsetDelta: 1, Headers: []kmsg.Header{{Key: "a"}, {Key: "b", Value: []byte("c")}}}
	for name, c := range map[string]struct {
		batch             []byte
		messages, headers int64
	}{
		"nothing":                 {nil, 0, 0},
		"one":                     {batchOf(kmsg.Record{Value: []byte("hello")}), 1, 0},
		"headers":                 {batchOf(headed, kmsg.Record{}, headed), 3, 4},
		"no key, no value":        {batchOf(kmsg.Record{TimestampDelta64: 1 << 40}), 1, 0},
		"cut":                     {batchOf(headed, headed)[:25], 1, 2},
		"too short for a message": {bytes.Repeat([]byte{0}, 100), 0, 0},
		"a length without end":    {bytes.Repeat([]byte{0xff}, 100), 0, 0},
		"a length beyond":         {[]byte{0xfe, 0xff, 0xff, 0xff, 0x0f, 1, 2, 3}, 0, 0},
		"a key beyond":            {[]byte{14, 0, 0, 0, 0xfe, 0xff, 0x7f, 0}, 1, 0},
		"more headers than bytes": {[]byte{16, 0, 0, 0, 0, 0, 0x7e, 0, 0}, 1, 3},
		"fewer than none":         {[]byte{12, 0, 0, 0, 1, 1, 1}, 1, 0},
	} {
		assert.Equal(t, int64(cap(c.batch))+c.messages*messageSize+c.headers*headerSize, weight(c.batch), name)
	}
	i, err := newInflater(8 << 20)
	require.NoError(t, err)
	_, err = i.Decompress(gzipped(t, bytes.Repeat(batchOf(kmsg.Record{}), 500_000)), kgo.CodecGzip)
	require.ErrorIs(t, err, kgo.ErrMaxDecompress, "3.5 MB, and 88 MB as messages")
	assert.Zero(t, i.held)
}

func FuzzWeight(f *testing.F) {
	f.Add(batchOf(kmsg.Record{Key: []byte("k"), Value: []byte("v"), Headers: []kmsg.Header{{Key: "a"}}}))
	f.Fuzz(func(t *testing.T, batch []byte) {
		require.LessOrEqual(t, weight(batch), int64(cap(batch))+int64(len(batch))*(messageSize+headerSize))
	})
}
