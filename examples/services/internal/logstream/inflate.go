package logstream

import (
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"sync"
	"weak"

	"github.com/twmb/franz-go/pkg/kgo"
)

// inflater decompresses the batches of messages that brokers hand out, within a budget for all that are in memory at a time, whether the client
// has them still or the processor. Brokers bound only what a fetch has on the wire: a thousand batches that each become a thousand times as large
// fit into one. What there is no room for is not decompressed; the client gives what it has, and fetches the rest again when that is gone.
type inflater struct {
	*pool // of what it fills
	kgo.Decompressor
	*ledger

	turn sync.Mutex // one batch at a time: how large it will be nobody knows before
}

// errNoRoom is of a partition of which nothing could be decompressed now.
var errNoRoom = errors.New("no room for more messages")

// leastRoom is for messages that take more than their bytes, as small ones do.
const leastRoom = 64 << 20

// newInflater gives one that takes batches up to a size, and twice as much in all.
func newInflater(batch int64) (*inflater, error) {
	i := &inflater{pool: &pool{}, ledger: &ledger{most: max(2*batch, leastRoom), loans: map[weak.Pointer[byte]]int64{}}}
	// The client's own decompressor takes a bound from the client's options only. This client connects to nobody.
	k, err := kgo.NewClient(kgo.MaxDecompressBatchBytes(int(batch)), kgo.WithPools(i.pool))
	if err != nil {
		return nil, fmt.Errorf("kafka: %w", err)
	}
	defer k.Close()
	i.Decompressor = k.OptValue(kgo.WithDecompressor).(kgo.Decompressor)
	return i, nil
}

// Decompress is for kgo.Decompressor.
func (i *inflater) Decompress(from []byte, codec kgo.CompressionCodecType) ([]byte, error) {
	if codec == kgo.CodecNone {
		return from, nil // what is in the fetch is bounded by it
	}
	i.turn.Lock()
	defer i.turn.Unlock()
	if i.room() <= 0 {
		return nil, errNoRoom
	}
	batch, err := i.Decompressor.Decompress(from, codec)
	if err != nil || cap(batch) == 0 {
		return batch, err
	}
	size := weight(batch)
	if size > i.most {
		err = kgo.ErrMaxDecompress // it would never have room
	} else if size > i.room() {
		err = errNoRoom
	}
	if err != nil {
		i.pool.PutDecompressBytes(batch)
		return nil, err
	}
	i.lend(batch, size)
	return batch, nil
}

// PutDecompressBytes is for kgo.PoolDecompressBytes.
func (i *inflater) PutDecompressBytes(batch []byte) {
	i.back(batch)
	i.pool.PutDecompressBytes(batch)
}

// ledger knows what the batches in memory take. It holds none of them: what a batch's end calls may not.
type ledger struct {
	most  int64
	mu    sync.Mutex
	held  int64
	peak  int64
	loans map[weak.Pointer[byte]]int64 // by the first byte of a batch that is in memory: what it takes; or that has been: 0
}

// room is how much more may be in memory.
func (l *ledger) room() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.most - l.held
}

// lend notes what a batch takes, until it comes back. The client drops some without a word, of partitions that another member gets: the
// collector says so.
func (l *ledger) lend(batch []byte, size int64) {
	first := &batch[:1][0]
	key := weak.Make(first)
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, known := l.loans[key]; !known {
		runtime.AddCleanup(first, l.lost, key)
	}
	l.loans[key] = size
	l.held += size
	l.peak = max(l.peak, l.held)
}

func (l *ledger) lost(key weak.Pointer[byte]) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.held -= l.loans[key]
	delete(l.loans, key)
}

// back notes that a batch is needed no more.
func (l *ledger) back(batch []byte) {
	key := weak.Make(&batch[:1][0])
	l.mu.Lock()
	defer l.mu.Unlock()
	if size := l.loans[key]; size > 0 {
		l.held -= size
		l.loans[key] = 0
	}
}

// What the client makes of a message and of a header.
var (
	messageSize = int64(reflect.TypeFor[kgo.Record]().Size() + reflect.TypeFor[*kgo.Record]().Size())
	headerSize  = int64(reflect.TypeFor[kgo.RecordHeader]().Size())
)

// weight is what a batch takes in memory: its bytes, and what the client makes of each message in it and of each of their headers.
func weight(batch []byte) int64 {
	size := int64(cap(batch))
	for rest := batch; ; {
		length, n := binary.Varint(rest)
		if n <= 0 || length < 6 || length > int64(len(rest)-n) { // the end, or no message: the client stops there too
			return size
		}
		size += messageSize + headers(rest[n:n+int(length)])*headerSize
		rest = rest[n+int(length):]
	}
}

// headers is how many a message says it has: no more than it has bytes for.
func headers(message []byte) int64 {
	rest := message[1:] // attributes
	for range 2 {       // time, offset
		_, n := binary.Varint(rest)
		rest = rest[max(n, 0):]
	}
	for range 2 { // key, value
		length, n := binary.Varint(rest)
		if n <= 0 || length > int64(len(rest)-n) {
			return 0
		}
		rest = rest[n+int(max(length, 0)):]
	}
	count, _ := binary.Varint(rest)
	return max(0, min(count, int64(len(rest))))
}
