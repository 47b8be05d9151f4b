package sawlog

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What follows from the order of lines is the same however these are cut.
func TestTimesPlacedByTheirOrder(t *testing.T) {
	for _, c := range []struct{ name, definition, input, want string }{
		{"the year turns", `{"dissect": "%{time} %{n}", "fields": {"time": "timestamp %b-%d-%H:%M"}, "year": 2024}`,
			"Nov-30-00:00 1|Dec-31-23:59 2|Jan-01-00:00 3|Feb-28-10:00 4|Dec-31-23:00 5|Jan-02-00:00 6",
			"2024-11-30 2024-12-31 2025-01-01 2025-02-28 2025-12-31 2026-01-02"},
		{"a late line", `{"dissect": "%{time} %{n}", "fields": {"time": "timestamp %b-%d-%H:%M"}, "year": 2024}`,
			"Dec-31-23:59 1|Jan-01-00:00 2|Dec-31-23:58 3|Jan-01-00:01 4|Jan-02-00:01 5", "2024-12-31 2025-01-01 2024-12-31 2025-01-01 2025-01-02"},
		{"no turn back before the beginning", `{"dissect": "%{time} %{n}", "fields": {"time": "timestamp %b-%d-%H:%M"}, "year": 2024}`,
			"Jan-01-00:00 1|Dec-31-23:58 2|Jan-01-00:01 3", "2024-01-01 2024-12-31 2025-01-01"},
		{"without a year at all", `{"syslog": {}}`, "Dec 31 23:59:59 h a: x|Jan  1 00:00:00 h a: x|2026-05-06T00:00:00Z h a: x|Jan  1 00:00:01 h a: x", "1970-12-31 1971-01-01 2026-05-06 1971-01-01"},
		{"a zone", `{"syslog": {}, "year": 2024, "zone": "Pacific/Auckland"}`, "<1>Dec 31 23:59:59 h a: x|<1>Jan  1 00:30:00 h a: x|<1>Jan  1 13:00:00 h a: x", "2024-12-31 2024-12-31 2025-01-01"},
		{"near to now", `{"syslog": {}, "now": "2026-01-10T00:00:00Z"}`, "<1>Dec 31 23:59:59 h a: x|<1>Jan  1 00:30:00 h a: x", "2025-12-31 2026-01-01"},
		{"no turn", `{"syslog": {}, "year": 2024}`, "<1>Nov 30 23:59:59 h a: x|<1>Mar  1 00:30:00 h a: x", "2024-11-30 2024-03-01"},
		{"midnight", `{"dissect": "%{time} %{n}", "fields": {"time": "timestamp %H:%M"}, "now": "2026-03-05T12:00:00Z"}`,
			"10:00 1|23:59 2|00:00 3|23:58 4|00:01 5|10:00 6|09:01 7|08:00 8", "2026-03-05 2026-03-05 2026-03-06 2026-03-05 2026-03-06 2026-03-06 2026-03-06 2026-03-07"},
		{"midnight, of the day before", `{"dissect": "%{time} %{n}", "fields": {"time": "timestamp %H:%M"}, "now": "2026-03-05T12:00:00Z"}`, "23:59 2|00:00 3|11:00 4|13:00 5", "2026-03-04 2026-03-05 2026-03-05 2026-03-05"},
		{"grok", `{"grok": "%{SYSLOGTIMESTAMP:time} %{WORD:n}", "fields": {"time": "timestamp %b %d %H:%M:%S"}, "year": 2024}`, "Dec 31 23:59:59 a|Jan  1 00:00:00 b", "2024-12-31 2025-01-01"},
		{"json", `{"json": {}, "fields": {"time": "timestamp %b %d %H:%M:%S"}, "year": 2024}`, `{"time":"Dec 31 23:59:59"}|{"time":"Jan 01 00:00:00"}`, "2024-12-31 2025-01-01"},
		{"rows that are dropped count", `{"dissect": "%{time} %{n}", "fields": {"time": "timestamp %b-%d-%H:%M"}, "year": 2024, "where": {"n": "!= x"}, "columns": ["time", "n"]}`,
			"Nov-01-00:00 1|Dec-31-23:59 x|Jan-01-00:00 x|Feb-28-10:00 4|Jun-06-00:00 x|Dec-31-00:00 x|Jan-01-00:00 7", "2024-11-01 2025-02-28 2026-01-01"},
		{"in envelopes", `{"dissect": "%{time} %{n}", "fields": {"time": "timestamp %b-%d-%H:%M"}, "year": 2024, "envelope": "cri", "columns": ["time"]}`,
			"2026-05-06T10:00:00.1Z stdout F Dec-31-23:59 1|2026-05-06T10:00:00.1Z stdout F Jan-01-23:59 1", "2024-12-31 2025-01-01"},
		{"in several formats", `{"formats": ["common", {"dissect": "%{time} %{n}", "fields": {"time": "timestamp %b-%d-%H:%M"}}], "year": 2024, "columns": ["time"]}`,
			"Dec-31-23:59 1|Jan-01-23:59 1", "2024-12-31 2025-01-01"},
		{"in records of several lines", `{"dissect": "%{time} %{n}", "fields": {"time": "timestamp %b-%d-%H:%M"}, "year": 2024, "multiline": "indent"}`,
			"Dec-31-23:59 1| x|Jan-01-23:59 1| y|Jan-02-23:59 1", "2024-12-31 2025-01-01 2025-01-02"},
	} {
		t.Run(c.name, func(t *testing.T) {
			input := strings.ReplaceAll(c.input, "|", "\n") + "\n"
			p, err := NewParser(c.definition)
			require.NoError(t, err)
			one, err := p.NewRecordParser([]byte(input))
			require.NoError(t, err)
			for range 2 {
				few := one.ParseText([]byte(input))
				var got []string
				for row := range few.Len() {
					got = append(got, few.Column("time").Time(row).Format("2006-01-02"))
				}
				require.Equal(t, c.want, strings.Join(got, " "), "few at a time")
			}
			one.Close()
			var want outcome
			batch := p.Parse([]byte(input))
			var got []string
			for row := range batch.Len() {
				got = append(got, batch.Column("time").Time(row).Format("2006-01-02"))
			}
			require.Equal(t, c.want, strings.Join(got, " "))
			want.add(batch)
			for _, size := range []int{1, 20, 60, 1 << 20} {
				for _, threads := range []int{1, 3} {
					r, err := p.OpenReader(strings.NewReader(input), Options{BlockSize: size, Threads: threads})
					require.NoError(t, err)
					require.Equal(t, want, readAll(t, r), "blocks of %d bytes, %d threads", size, threads)
				}
			}
			for cut := range len(input) {
				s, err := p.Stream(Options{})
				require.NoError(t, err)
				require.Equal(t, want, feed(t, s, input[:cut], input[cut:]), "cut at %d", cut)
			}
		})
	}
}

func TestTurnsBeginAnewInEachSource(t *testing.T) {
	path := fmt.Sprintf("%s/log", t.TempDir())
	var want []string
	for k, name := range []string{path + "1", path + "2"} {
		require.NoError(t, os.WriteFile(name, []byte("Dec 31 23:00:00 h a: x\nJan  1 00:00:00 h a: x\n"), 0o600), k)
		want = append(want, "2024-12-31", "2025-01-01")
	}
	r, err := OpenPaths([]string{path + "1", path + "2"}, Options{Syslog: &SyslogOptions{}, Year: 2024, BlockSize: 10})
	require.NoError(t, err)
	var got []string
	for batch, err := range r.Batches() {
		require.NoError(t, err)
		for row := range batch.Len() {
			got = append(got, batch.Column("time").Time(row).Format("2006-01-02"))
		}
	}
	assert.Equal(t, want, got)
}

func TestWhatWasInferredIsFlagged(t *testing.T) {
	for _, c := range []struct {
		definition string
		want       []string
	}{
		{`{"format": "combined"}`, nil},
		{`{"syslog": {}}`, []string{"year", "zone"}},
		{`{"syslog": {}, "zone": "UTC"}`, []string{"year"}},
		{`{"syslog": {"rfc": 5424}}`, nil},
		{`{"dissect": "%{time}", "fields": {"time": "timestamp %H:%M"}, "now": "2026-03-05T12:00:00Z"}`, []string{"date", "zone"}},
		{`{"dissect": "%{time}", "fields": {"time": "timestamp %Y-%m-%d %H:%M"}}`, []string{"zone"}},
		{`{"dissect": "%{time}", "fields": {"time": "timestamp unix_s"}}`, nil},
	} {
		p, err := NewParser(c.definition)
		require.NoError(t, err)
		schema := DescribeSchema(p.Schema())
		assert.Equal(t, c.want, schema[p.Schema().Find("time")].Inferred, c.definition)
	}
}
