package logstream

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/twmb/franz-go/pkg/kgo"

	sawlog "github.com/sawlog/sawlog/lib"
)

// transformer turns messages of log lines into messages of records, and lines that are none into dead letters. It is for one goroutine at a
// time, and its memory is used again: what it gives is valid until the next reset, which is when all of it has been acknowledged.
type transformer struct {
	parser  *sawlog.Parser
	records string // topic
	dead    string // topic
	most    int    // bytes of an output message's value
	arrow   *arrowOutput
	block   []byte         // the lines of the messages under way
	ends    []int64        // how many lines of block there are up to the end of each message
	arena   []byte         // output values, the newest part
	full    [][]byte       // the parts before it
	free    [][]byte       // parts of earlier batches
	out     []*kgo.Record  // output messages
	slabs   [][]kgo.Record // what they are made of: used ones first
	slab    int            // the one in use
	count   counts
}

// Output values lie in parts of this size, so that there is room for the output of a block of input, and nothing grows: the client has
// what was given out already. This many parts are kept.
const (
	partSize = 4 * blockSize
	parts    = 64
	slabSize = 1000
)

// counts is what became of messages.
type counts struct {
	messages, bytes, records, rejects int64
}

// reset takes back what was given out.
func (t *transformer) reset() {
	for i := range min(t.slab+1, len(t.slabs)) {
		clear(t.slabs[i]) // drops what they point to
		t.slabs[i] = t.slabs[i][:0]
	}
	if t.arena != nil {
		t.full = append(t.full, t.arena)
	}
	t.free = append(t.free, t.full...)
	t.free = t.free[:min(len(t.free), parts)]
	clear(t.full)
	t.arena, t.full, t.out, t.slab, t.count = nil, t.full[:0], t.out[:0], 0, counts{}
}

// forget leaves what was given out to whoever has it.
func (t *transformer) forget() { t.arena, t.full, t.out, t.slabs, t.slab = nil, nil, nil, nil, 0 }

// put adds an output message.
func (t *transformer) put(r kgo.Record) {
	if t.slab < len(t.slabs) && len(t.slabs[t.slab]) == slabSize {
		t.slab++
	}
	if t.slab == len(t.slabs) {
		t.slabs = append(t.slabs, make([]kgo.Record, 0, slabSize))
	}
	s := append(t.slabs[t.slab], r)
	t.slabs[t.slab] = s
	t.out = append(t.out, &s[len(s)-1])
}

// room makes room for the output of a block.
func (t *transformer) room() {
	if cap(t.arena)-len(t.arena) >= partSize/2 {
		return
	}
	if t.arena != nil {
		t.full = append(t.full, t.arena)
	}
	if n := len(t.free) - 1; n >= 0 {
		t.arena, t.free = t.free[n][:0], t.free[:n]
		return
	}
	t.arena = make([]byte, 0, partSize)
}

func (t *transformer) output() []*kgo.Record { return t.out }
func (t *transformer) counted() counts       { return t.count }

// blockSize is how much is parsed at a time: it stays in the processor's cache.
const blockSize = 256 << 10

// messages transforms messages of one partition, in their order. The output goes to the partition of the same number, so that it has the
// same order.
func (t *transformer) messages(in []*kgo.Record) error {
	for len(in) > 0 {
		n, size := 0, 0
		for n < len(in) && (n == 0 || size+len(in[n].Value) < blockSize) {
			size += len(in[n].Value) + 1
			n++
		}
		t.count.messages += int64(n)
		t.count.bytes += int64(size - n)
		if err := t.parse(in[:n]); err != nil {
			return err
		}
		in = in[n:]
	}
	return nil
}

// parse takes messages that fit a block.
func (t *transformer) parse(in []*kgo.Record) error {
	t.room()
	t.block, t.ends = t.block[:0], t.ends[:0]
	lines := int64(0)
	for _, m := range in {
		value := bytes.TrimSuffix(m.Value, []byte("\n"))
		t.block = append(append(t.block, value...), '\n')
		lines += int64(bytes.Count(value, []byte("\n"))) + 1
		t.ends = append(t.ends, lines)
	}
	b := t.parser.Parse(t.block)
	if b.Continuations() > 0 && len(in) > 1 {
		// Records of several lines end with their message: each message is parsed alone.
		b.Release()
		for i := range in {
			if err := t.parse(in[i : i+1]); err != nil {
				return err
			}
		}
		return nil
	}
	t.count.records += int64(b.Len())
	t.deadLetters(in, b)
	if t.arrow != nil {
		return t.arrow.batch(t, in, b) // releases b
	}
	t.json(in, b)
	b.Release()
	return nil
}

// json gives a message for each message that has records: its records as JSON, one a line. Lines and rows are in the same order, and what
// is no row is a reject: so the rows of a message are counted off.
func (t *transformer) json(in []*kgo.Record, b *sawlog.Batch) {
	row, reject, line := 0, 0, int64(0)
	for i, m := range in {
		rows := int(t.ends[i] - line)
		line = t.ends[i]
		for reject < b.Rejects() && b.Reject(reject).Line <= line {
			reject++
			rows--
		}
		if len(in) == 1 { // its lines may be more than its records
			rows = b.Len()
		}
		t.rows(m, b, row, row+rows)
		row += rows
	}
}

// rows writes rows into messages; more than one when they are too large for one.
func (t *transformer) rows(m *kgo.Record, b *sawlog.Batch, from, to int) {
	start := len(t.arena)
	for row := from; row < to; row++ {
		before := len(t.arena)
		t.arena = append(b.AppendJSON(t.arena, row, true), '\n')
		if len(t.arena)-start <= t.most {
			continue
		}
		if before > start {
			t.emit(m, t.arena[start:before-1])
			start = before
		}
		if len(t.arena)-start > t.most { // one record that no message may be large enough for
			t.letter(m, t.arena[start:start+t.most], "too_large", kgo.RecordHeader{Key: "sawlog.length", Value: strconv.AppendInt(nil, int64(len(t.arena)-start), 10)})
			start = len(t.arena)
		}
	}
	if len(t.arena) > start {
		t.emit(m, t.arena[start:len(t.arena)-1])
	}
}

func (t *transformer) emit(m *kgo.Record, value []byte) {
	t.put(kgo.Record{Topic: t.records, Partition: m.Partition, Key: m.Key, Value: value[:len(value):len(value)], Headers: m.Headers, Timestamp: m.Timestamp})
}

// deadLetters gives a message for each reject: the line as it was, and why it is none in headers.
func (t *transformer) deadLetters(in []*kgo.Record, b *sawlog.Batch) {
	at, before := 0, int64(0) // the message, and how many lines are before it
	for i := range b.Rejects() {
		if b.Fault(i).String() == "empty" { // nothing to keep
			continue
		}
		t.count.rejects++
		reject := b.Reject(i)
		for t.ends[at] < reject.Line {
			before = t.ends[at]
			at++
		}
		why := t.parser.Explain(reject.Raw)
		raw := len(t.arena)
		t.arena = append(t.arena, reject.Raw...)
		t.letter(in[at], t.arena[raw:], reject.Fault.String(),
			kgo.RecordHeader{Key: "sawlog.line", Value: strconv.AppendInt(nil, reject.Line-before, 10)},
			kgo.RecordHeader{Key: "sawlog.element", Value: []byte(why.Element)},
			kgo.RecordHeader{Key: "sawlog.column", Value: []byte(why.Column)},
			kgo.RecordHeader{Key: "sawlog.expected", Value: []byte(why.Expected)})
	}
}

// letter is a dead letter: it says where it comes from, so that it can be sent again.
func (t *transformer) letter(m *kgo.Record, value []byte, reason string, more ...kgo.RecordHeader) {
	headers := make([]kgo.RecordHeader, 0, len(m.Headers)+len(more)+2)
	headers = append(append(headers, m.Headers...), kgo.RecordHeader{Key: "sawlog.reason", Value: []byte(reason)},
		kgo.RecordHeader{Key: "sawlog.source", Value: fmt.Appendf(nil, "%s/%d/%d", m.Topic, m.Partition, m.Offset)})
	for _, h := range more {
		if len(h.Value) > 0 {
			headers = append(headers, h)
		}
	}
	t.put(kgo.Record{Topic: t.dead, Partition: m.Partition, Key: m.Key, Value: value[:len(value):len(value)], Headers: headers, Timestamp: m.Timestamp})
}
