package logstream

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"
)

// baseline does what the transformer does, as it is mostly written: a regular expression, a struct, encoding/json. It is what the benchmarks
// compare with.
type baseline struct {
	records, dead string
}

var combined = regexp.MustCompile(`^(\S+) (\S+) (\S+) \[([^\]]+)\] "([A-Z]+) (\S+) HTTP/([0-9.]+)" (\d{3}) (\d+|-) "([^"]*)" "([^"]*)"$`)

type combinedRecord struct {
	Client    string    `json:"client"`
	Ident     *string   `json:"ident,omitempty"`
	User      *string   `json:"user,omitempty"`
	Time      time.Time `json:"time"`
	Method    string    `json:"method"`
	Target    string    `json:"target"`
	Protocol  string    `json:"protocol"`
	Status    int       `json:"status"`
	Bytes     *int64    `json:"bytes,omitempty"`
	Referer   *string   `json:"referer,omitempty"`
	UserAgent *string   `json:"user_agent,omitempty"`
}

func text(s string) *string {
	if s == "-" {
		return nil
	}
	return &s
}

func (b *baseline) messages(in []*kgo.Record, to *piece) (count counts, err error) {
	for _, m := range in {
		count.messages++
		count.bytes += int64(len(m.Value))
		var out bytes.Buffer
		encoder := json.NewEncoder(&out)
		encoder.SetEscapeHTML(false)
		for line := range strings.SplitSeq(strings.TrimSuffix(string(m.Value), "\n"), "\n") {
			r, err := parseCombined(line)
			if err != nil {
				count.rejects++
				to.add(kgo.Record{Topic: b.dead, Partition: m.Partition, Key: m.Key, Value: []byte(line), Timestamp: m.Timestamp,
					Headers: []kgo.RecordHeader{{Key: "reason", Value: []byte(err.Error())}}})
				continue
			}
			count.records++
			if err := encoder.Encode(r); err != nil {
				return count, err
			}
		}
		if out.Len() > 0 {
			to.add(kgo.Record{Topic: b.records, Partition: m.Partition, Key: m.Key, Value: out.Bytes()[:out.Len()-1], Headers: m.Headers, Timestamp: m.Timestamp})
		}
	}
	return count, nil
}

func (b *baseline) parts(m *kgo.Record) iter.Seq[part] {
	return func(yield func(part) bool) {
		yield(func(to *piece) (counts, error) { return b.messages([]*kgo.Record{m}, to) })
	}
}

func (b *baseline) unread(u unread) kgo.Record {
	return kgo.Record{Topic: b.dead, Partition: u.partition}
}

func parseCombined(line string) (r combinedRecord, err error) {
	f := combined.FindStringSubmatch(line)
	if f == nil {
		return r, fmt.Errorf("no match")
	}
	r = combinedRecord{Client: f[1], Ident: text(f[2]), User: text(f[3]), Method: f[5], Target: f[6], Protocol: "HTTP/" + f[7], Referer: text(f[10]), UserAgent: text(f[11])}
	if r.Time, err = time.Parse("02/Jan/2006:15:04:05 -0700", f[4]); err != nil {
		return r, err
	}
	r.Time = r.Time.UTC()
	if r.Status, err = strconv.Atoi(f[8]); err != nil {
		return r, err
	}
	if f[9] != "-" {
		n, err := strconv.ParseInt(f[9], 10, 64)
		if err != nil {
			return r, err
		}
		r.Bytes = &n
	}
	return r, nil
}

// long is a line as busy sites have it.
func long(n int) string {
	return fmt.Sprintf(`192.0.2.%d - - [05/Mar/2026:10:00:%02d +0000] "GET /articles/%d?page=2 HTTP/1.1" 200 %d "https://www.example.com/articles/" "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"`, n%250, n%60, n, 1000+n)
}

func packed(n, lines int) string {
	var b strings.Builder
	for i := range lines {
		b.WriteString(long(n*lines+i) + "\n")
	}
	return b.String()
}

// TestTheBaselineDoesTheSame, or the comparison would say nothing.
func TestTheBaselineDoesTheSame(t *testing.T) {
	in := []string{long(1), packed(1, 5), "bad", strings.ReplaceAll(long(3), `"https`, `"a <b> & c`)}
	shownOf := func(tr transform) (all []string, count counts) {
		out, count := output(t, tr, in...)
		for _, r := range out {
			for l := range strings.SplitSeq(string(r.Value), "\n") {
				var v any
				if json.Unmarshal([]byte(l), &v) == nil {
					sorted, err := json.Marshal(v)
					require.NoError(t, err)
					l = string(sorted)
				}
				all = append(all, r.Topic+string(r.Key)+l)
			}
		}
		slices.Sort(all)
		return all, count
	}
	ours, count := shownOf(transform1(t))
	theirs, same := shownOf(&baseline{records: "records", dead: "dead"})
	assert.Equal(t, theirs, ours)
	assert.Equal(t, same, count)
}
