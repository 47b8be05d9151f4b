// Package loki reads what clients push to Grafana Loki: JSON, or protobuf packed by snappy, which Promtail sends.
package loki

import (
	"bytes"
	"fmt"
	"strconv"
	"time"

	"github.com/goccy/go-json"
)

// Push is what one request brings.
type Push struct {
	Streams []Stream `json:"streams"`
}

// Stream is lines with the same labels.
type Stream struct {
	Labels  map[string]string `json:"stream"`
	Entries []Entry           `json:"values"`
}

// Entry is a line.
type Entry struct {
	Time     time.Time
	Line     string
	Metadata map[string]string
}

// UnmarshalJSON reads ["NANOSECONDS", "LINE"] or ["NANOSECONDS", "LINE", {METADATA}].
func (e *Entry) UnmarshalJSON(text []byte) error {
	var parts []json.RawMessage
	if err := json.Unmarshal(text, &parts); err != nil {
		return err
	}
	if len(parts) != 2 && len(parts) != 3 {
		return fmt.Errorf("an entry has a time, a line and perhaps metadata, not %d elements", len(parts))
	}
	var stamp string
	if err := json.Unmarshal(parts[0], &stamp); err != nil {
		return fmt.Errorf("an entry's time is a string of nanoseconds: %w", err)
	}
	n, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return fmt.Errorf("an entry's time is a string of nanoseconds, not %.40q", stamp)
	}
	e.Time = time.Unix(0, n).UTC()
	if err := json.Unmarshal(parts[1], &e.Line); err != nil {
		return fmt.Errorf("an entry's line is a string: %w", err)
	}
	if len(parts) == 3 {
		if err := json.Unmarshal(parts[2], &e.Metadata); err != nil {
			return fmt.Errorf("an entry's metadata is an object of strings: %w", err)
		}
	}
	return nil
}

// ParseJSON reads a request in JSON. pay is asked before memory is taken.
func ParseJSON(text []byte, pay func(bytes int64) error) (p Push, err error) {
	weight := int64(len(text)) + entryMemory*int64(bytes.Count(text, []byte("["))) + pairMemory*int64(bytes.Count(text, []byte(":")))
	if err := pay(weight); err != nil {
		return p, err
	}
	err = json.Unmarshal(text, &p)
	return p, err
}

// What an entry and a label take in memory, about, beside their texts. An entry can be two bytes to send.
const (
	entryMemory = 200
	pairMemory  = 100
)

// sources are the labels that say who sends, the best first.
var sources = []string{"service_name", "service", "app", "job", "container", "filename"}

// Source is the sender by a stream's labels, "loki" when none says.
func (s *Stream) Source() string {
	for _, label := range sources {
		if v := s.Labels[label]; v != "" {
			return v
		}
	}
	return "loki"
}
