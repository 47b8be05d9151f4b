package loki

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/s2"
	"google.golang.org/protobuf/encoding/protowire"
)

// ErrProtobuf is a message that is damaged.
var ErrProtobuf = errors.New("not a push request in protobuf")

// ParseProtobuf reads a request in protobuf, packed by snappy; at most limit bytes of it unpacked. pay is asked before memory is
// taken. The few fields that count are read by hand:
//
//	PushRequest { repeated Stream streams = 1 }
//	Stream      { string labels = 1; repeated Entry entries = 2 }
//	Entry       { Timestamp timestamp = 1; string line = 2; repeated Label metadata = 3 }
//	Timestamp   { int64 seconds = 1; int32 nanos = 2 }   Label { string name = 1; string value = 2 }
func ParseProtobuf(packed []byte, limit int, pay func(bytes int64) error) (p Push, err error) {
	n, err := s2.DecodedLen(packed)
	if err != nil || n > limit {
		return p, fmt.Errorf("%w: %d bytes unpacked (at most %d): %w", ErrProtobuf, n, limit, err)
	}
	if err := pay(int64(2 * n)); err != nil { // unpacked, and as texts
		return p, err
	}
	text, err := s2.Decode(nil, packed)
	if err != nil {
		return p, fmt.Errorf("%w: %w", ErrProtobuf, err)
	}
	if err := pay(weight(text)); err != nil {
		return p, err
	}
	err = fields(text, func(n protowire.Number, value []byte, _ uint64) error {
		if n != 1 {
			return nil
		}
		s, err := stream(value)
		p.Streams = append(p.Streams, s)
		return err
	})
	return p, err
}

// weight is what the streams and entries of a request will take, and their labels and metadata, beside their texts.
func weight(request []byte) (n int64) {
	inside := func(message []byte, want protowire.Number, each int64, f func([]byte)) {
		_ = fields(message, func(number protowire.Number, value []byte, _ uint64) error { // damage is found later
			if number == want {
				n += each
				f(value)
			}
			return nil
		})
	}
	inside(request, 1, entryMemory, func(stream []byte) {
		inside(stream, 1, 0, func(labels []byte) { n += pairMemory * int64(bytes.Count(labels, []byte("="))) })
		inside(stream, 2, entryMemory, func(entry []byte) {
			inside(entry, 3, pairMemory, func([]byte) {})
		})
	})
	return n
}

// fields calls f for each field of a message that is bytes (value) or a varint (number).
func fields(message []byte, f func(n protowire.Number, value []byte, number uint64) error) error {
	for len(message) > 0 {
		n, kind, size := protowire.ConsumeTag(message)
		if size < 0 {
			return ErrProtobuf
		}
		message = message[size:]
		var value []byte
		var number uint64
		switch kind {
		case protowire.BytesType:
			value, size = protowire.ConsumeBytes(message)
		case protowire.VarintType:
			number, size = protowire.ConsumeVarint(message)
		default:
			size = protowire.ConsumeFieldValue(n, kind, message)
		}
		if size < 0 {
			return ErrProtobuf
		}
		message = message[size:]
		if err := f(n, value, number); err != nil {
			return err
		}
	}
	return nil
}

func stream(message []byte) (s Stream, err error) {
	err = fields(message, func(n protowire.Number, value []byte, _ uint64) (err error) {
		switch n {
		case 1:
			s.Labels, err = parseLabels(string(value))
		case 2:
			var e Entry
			e, err = entry(value)
			s.Entries = append(s.Entries, e)
		}
		return err
	})
	return s, err
}

// farAway is some 270 years of seconds.
const farAway = 1 << 33

func entry(message []byte) (e Entry, err error) {
	err = fields(message, func(n protowire.Number, value []byte, _ uint64) error {
		switch n {
		case 1:
			var seconds, nanos int64
			err := fields(value, func(n protowire.Number, _ []byte, number uint64) error {
				if n == 1 {
					seconds = int64(number)
				} else if n == 2 {
					nanos = int64(number)
				}
				return nil
			})
			if -farAway < seconds && seconds < farAway { // else nobody means it, and nanoseconds in 64 bits do not hold it
				e.Time = time.Unix(seconds, nanos).UTC()
			}
			return err
		case 2:
			e.Line = string(value)
		case 3:
			var pair [2]string
			if err := fields(value, func(n protowire.Number, value []byte, _ uint64) error {
				if n == 1 || n == 2 {
					pair[n-1] = string(value)
				}
				return nil
			}); err != nil {
				return err
			}
			if e.Metadata == nil {
				e.Metadata = map[string]string{}
			}
			e.Metadata[pair[0]] = pair[1]
		}
		return nil
	})
	return e, err
}

// parseLabels reads {name="value", other="..."}, as Prometheus writes labels.
func parseLabels(text string) (map[string]string, error) {
	wrong := fmt.Errorf("%w: labels %.80q", ErrProtobuf, text)
	text = strings.TrimSpace(text)
	inner, opened := strings.CutPrefix(text, "{")
	inner, closed := strings.CutSuffix(inner, "}")
	if !opened || !closed {
		return nil, wrong
	}
	labels := map[string]string{}
	for inner = strings.TrimSpace(inner); inner != ""; {
		name, rest, ok := strings.Cut(inner, "=")
		if !ok {
			return nil, wrong
		}
		quoted, err := strconv.QuotedPrefix(rest)
		if err != nil {
			return nil, wrong
		}
		value, err := strconv.Unquote(quoted)
		if err != nil {
			return nil, wrong
		}
		labels[strings.TrimSpace(name)] = value
		inner = strings.TrimLeft(rest[len(quoted):], ", ")
	}
	return labels, nil
}
