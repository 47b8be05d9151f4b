package logstream

import (
	"bytes"
	"fmt"
	"math"
	"strconv"

	"github.com/twmb/franz-go/pkg/kgo"

	sawlog "github.com/sawlog/sawlog/lib"
)

// What is around the value of an output message: the key and the headers of its input, where they are not larger than any that are in use,
// and those that say why it is a dead letter.
const (
	maxEnvelope = 32 << 10
	aroundValue = 64 << 10
	maxReason   = 1 << 10 // bytes of one header of a dead letter
)

// tooLong is the reason of what fits no message: a record, or a key and headers.
const tooLong = "too_large"

// transformer turns messages of log lines into messages of records, and lines that are none into dead letters. It is for one goroutine.
type transformer struct {
	parser  *sawlog.Parser
	records string // topic
	dead    string // topic
	most    int    // bytes of an output message's value
	several bool   // a line may give several records
	framed  bool   // records are no lines, and end with their message
	arrow   *arrowOutput
	block   []byte  // the lines of the messages under way
	ends    []int64 // how many lines of block there are up to the end of each message
}

func newTransformer(parser *sawlog.Parser, records, dead string, most int) *transformer {
	o, err := sawlog.ParseOptions(parser.Definition())
	framed := err == nil && o.Framing != "" && o.Framing != "lf"
	return &transformer{parser: parser, records: records, dead: dead, most: most, several: parser.Info().Engine == "otlp", framed: framed}
}

// messages is for messages of one partition. The output goes to the partition of the same number, so that it has the same order.
func (t *transformer) messages(in []*kgo.Record, to *piece) (counts, error) {
	count := counts{messages: int64(len(in))}
	for _, m := range in {
		count.bytes += int64(len(m.Value))
	}
	err := t.parse(in, to, &count)
	return count, err
}

// parse takes the lines of all messages together.
func (t *transformer) parse(in []*kgo.Record, to *piece, count *counts) error {
	if t.framed && len(in) > 1 {
		return t.each(in, to, count)
	}
	t.block, t.ends = t.block[:0], t.ends[:0]
	lines := int64(0)
	for _, m := range in {
		value := bytes.TrimSuffix(m.Value, []byte("\n"))
		t.block = append(append(t.block, value...), '\n')
		lines += int64(bytes.Count(value, []byte("\n"))) + 1
		t.ends = append(t.ends, lines)
	}
	if len(in) == 1 {
		t.ends[0] = math.MaxInt64 // all is its own, whatever is a record
	}
	if t.framed {
		t.block = append(t.block[:0], in[0].Value...)
	}
	b := t.parser.Parse(t.block)
	if len(in) > 1 && t.alone(b) {
		b.Release()
		return t.each(in, to, count)
	}
	count.records += int64(b.Len())
	count.rejects += t.deadLetters(in, b, to)
	if t.arrow != nil {
		return t.arrow.batch(t, in, b, to) // releases b
	}
	t.json(in, b, to)
	b.Release()
	return nil
}

// each parses each message by itself.
func (t *transformer) each(in []*kgo.Record, to *piece, count *counts) error {
	for i := range in {
		if err := t.parse(in[i:i+1], to, count); err != nil {
			return err
		}
	}
	return nil
}

// alone tells whether each message is to be parsed by itself: records of several lines end with their message; and where a line may give no record
// (because the definition's where leaves it out) or several (OTLP), nobody knows which rows are whose.
func (t *transformer) alone(b *sawlog.Batch) bool {
	return b.Continuations() != 0 || t.arrow == nil && (t.several || b.Filtered() > 0)
}

// json gives a message for each message that has records: its records as JSON, one a line. Lines and rows are in the same order, and what
// is no row is a reject: so the rows of a message are counted off.
func (t *transformer) json(in []*kgo.Record, b *sawlog.Batch, to *piece) {
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
		t.rows(m, b, row, row+rows, to)
		row += rows
	}
}

// rows writes rows into a message, or into several when they are too large for one.
func (t *transformer) rows(m *kgo.Record, b *sawlog.Batch, first, end int, to *piece) {
	if first == end {
		return
	}
	if envelope(m) > maxEnvelope {
		to.add(t.letter(m, m.Value, tooLong))
		return
	}
	start := len(to.arena)
	to.arena = b.AppendRows(to.arena, first, end, true)
	if rows := to.arena[start:]; len(rows) <= t.most {
		to.add(t.message(m, rows[:len(rows)-1]))
	} else {
		t.split(m, rows, to)
	}
}

// split makes messages of rows that are too large for one.
func (t *transformer) split(m *kgo.Record, rows []byte, to *piece) {
	for len(rows) > 0 {
		n := bytes.LastIndexByte(rows[:min(t.most, len(rows))], '\n') + 1
		if n > 0 {
			to.add(t.message(m, rows[:n-1]))
			rows = rows[n:]
			continue
		}
		n = bytes.IndexByte(rows, '\n') + 1 // one record that no message may be large enough for
		to.add(t.letter(m, rows[:n-1], tooLong))
		rows = rows[n:]
	}
}

func (t *transformer) message(m *kgo.Record, value []byte) kgo.Record {
	return kgo.Record{Topic: t.records, Partition: m.Partition, Key: m.Key, Value: value[:len(value):len(value)], Headers: m.Headers, Timestamp: m.Timestamp}
}

// letter is a dead letter: it says where it comes from, so that it can be sent again. It has the beginning of what is too large for it, and its
// length then; and no key and headers that are too large.
func (t *transformer) letter(m *kgo.Record, value []byte, reason string, more ...kgo.RecordHeader) kgo.Record {
	return t.letterOf(m, value, int64(len(value)), reason, more...)
}

// letterOf is for a value that has been cut already: its length was that.
func (t *transformer) letterOf(m *kgo.Record, value []byte, length int64, reason string, more ...kgo.RecordHeader) kgo.Record {
	headers := make([]kgo.RecordHeader, 0, len(m.Headers)+len(more)+3)
	key := m.Key
	if envelope(m) <= maxEnvelope {
		headers = append(headers, m.Headers...)
	} else {
		key = nil
	}
	headers = append(headers, kgo.RecordHeader{Key: "sawlog.reason", Value: []byte(reason)},
		kgo.RecordHeader{Key: "sawlog.source", Value: fmt.Appendf(nil, "%s/%d/%d", m.Topic, m.Partition, m.Offset)})
	value = value[:min(len(value), t.most)]
	if length > int64(len(value)) {
		headers = append(headers, kgo.RecordHeader{Key: "sawlog.length", Value: strconv.AppendInt(nil, length, 10)})
	}
	for _, h := range more {
		if len(h.Value) > 0 {
			h.Value = h.Value[:min(len(h.Value), maxReason)]
			headers = append(headers, h)
		}
	}
	return kgo.Record{Topic: t.dead, Partition: m.Partition, Key: key, Value: value[:len(value):len(value)], Headers: headers, Timestamp: m.Timestamp}
}

// envelope is the size of a message's key and headers.
func envelope(m *kgo.Record) int {
	const each = 16 // their lengths, and the memory of what says them
	size := len(m.Key)
	for _, h := range m.Headers {
		size += len(h.Key) + len(h.Value) + each
	}
	return size
}
