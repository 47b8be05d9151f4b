package sawlog

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

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
		{"a year that is there stays", `{"syslog": {}, "year": 2026}`, "2026-12-08T00:00:00Z h a: x|2026-01-16T00:00:00Z h a: x|<1>1 2026-12-08T00:00:00Z h a - - - x|<1>1 2026-01-17T00:00:00Z h a - - - x|" +
			"Dec  8 2026 00:00:00 h a: x|Jan 18 2026 00:00:00 h a: x", "2026-12-08 2026-01-16 2026-12-08 2026-01-17 2026-12-08 2026-01-18"},
		{"some years are there", `{"syslog": {}, "year": 2026}`, "Dec 31 23:59:59 h a: x|2026-01-05T00:00:00Z h a: x|Dec 31 23:59:59 h a: y|Jan  1 00:00:01 h a: x|2026-02-06T00:00:00Z h a: x|Jan  2 00:00:01 h a: x",
			"2026-12-31 2026-01-05 2026-12-31 2027-01-01 2026-02-06 2027-01-02"},
		{"some years are there, rows are dropped", `{"syslog": {}, "year": 2026, "where": {"app": "!= b"}}`, "Dec 31 23:59:59 h a: x|2026-01-05T00:00:00Z h b: x|2026-01-06T00:00:00Z h a: y|Jan  1 00:00:01 h b: x|2026-02-06T00:00:00Z h a: x|Jan  2 00:00:01 h a: x",
			"2026-12-31 2026-01-06 2026-02-06 2027-01-02"},
		{"any text, some years are there", `{"timed": {}, "year": 2026}`, "Dec 31 23:59:59 x|2026-01-05 00:00:00 x|Jan  1 00:00:01 x|2026-02-06 00:00:00 x|2026-12-08 00:00:00 x|2026-01-06 00:00:00 x",
			"2026-12-31 2026-01-05 2027-01-01 2026-02-06 2026-12-08 2026-01-06"},
		{"a zone", `{"syslog": {}, "year": 2024, "zone": "Pacific/Auckland"}`, "<1>Dec 31 23:59:59 h a: x|<1>Jan  1 00:30:00 h a: x|<1>Jan  1 13:00:00 h a: x", "2024-12-31 2024-12-31 2025-01-01"},
		{"near to now", `{"syslog": {}, "now": "2026-01-10T00:00:00Z"}`, "<1>Dec 31 23:59:59 h a: x|<1>Jan  1 00:30:00 h a: x", "2025-12-31 2026-01-01"},
		{"no turn", `{"syslog": {}, "year": 2024}`, "<1>Nov 30 23:59:59 h a: x|<1>Mar  1 00:30:00 h a: x", "2024-11-30 2024-03-01"},
		{"midnight", `{"dissect": "%{time} %{n}", "fields": {"time": "timestamp %H:%M"}, "now": "2026-03-05T12:00:00Z"}`,
			"10:00 1|23:59 2|00:00 3|23:58 4|00:01 5|10:00 6|09:01 7|08:00 8", "2026-03-05 2026-03-05 2026-03-06 2026-03-05 2026-03-06 2026-03-06 2026-03-06 2026-03-07"},
		{"some have a date, which a first layout without one does not take from them", `{"line": ["{time:timestamp %H:%M} {n}", "{time:timestamp %Y-%m-%d %H:%M} {n}"]}`, "10:00 1|2026-03-05 07:09 2|2026-03-04 08:09 3|11:00 4",
			"1970-01-01 2026-03-05 2026-03-04 1970-01-01"},
		{"some have a date, in a group", `{"line": "{!{time:timestamp %H:%M}{|}{time:timestamp %Y-%m-%d %H:%M}!} {n}"}`, "10:00 1|2026-03-05 07:09 2|11:00 4", "1970-01-01 2026-03-05 1970-01-01"},
		{"midnight, of the day before", `{"dissect": "%{time} %{n}", "fields": {"time": "timestamp %H:%M"}, "now": "2026-03-05T12:00:00Z"}`, "23:59 2|00:00 3|11:00 4|13:00 5", "2026-03-04 2026-03-05 2026-03-05 2026-03-05"},
		{"midnight, behind the day that #Date says", `{"w3c": {}}`, "#Date: 12-Jan-1996 10:00:00|#Fields: time c-ip|10:00:00 a|23:59:59 b|#Date: 13-Jan-1996 00:00:00|00:00:01 c|23:00:00 d|01:00:00 e",
			"1996-01-12 1996-01-12 1996-01-13 1996-01-13 1996-01-14"},
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
	assert.Equal(t, want, daysOf(t, r))
}

// daysOf are the days of all records.
func daysOf(t *testing.T, r *Reader) (days []string) {
	for batch, err := range r.Batches() {
		require.NoError(t, err)
		for row := range batch.Len() {
			days = append(days, batch.Column("time").Time(row).Format("2006-01-02"))
		}
	}
	return days
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

// The year of a file's times is that which brings them nearest to when the file was written, unless the definition knows it.
func TestTheTimeOfAFileTellsTheYear(t *testing.T) {
	const line = "%s 10:00:00 h a: x\n"
	write := func(name, written string, days ...string) {
		var text strings.Builder
		for _, day := range days {
			fmt.Fprintf(&text, line, day)
		}
		require.NoError(t, os.WriteFile(name, []byte(text.String()), 0o600))
		at, err := time.Parse(time.RFC3339, written)
		require.NoError(t, err)
		require.NoError(t, os.Chtimes(name, at, at))
	}
	old, young := filepath.Join(t.TempDir(), "a.log.1"), filepath.Join(t.TempDir(), "a.log")
	write(old, "2024-12-30T00:00:00Z", "Feb 29", "Dec 29")
	write(young, "2025-01-02T00:00:00Z", "Dec 31", "Jan  1", "Dec 31", "Jan  2")
	for _, c := range []struct {
		definition string
		paths      []string
		want       string
	}{
		{`"syslog"`, []string{young}, "2024-12-31 2025-01-01 2024-12-31 2025-01-02"},
		{`{"syslog": {}}`, []string{old, young}, "2024-02-29 2024-12-29 2024-12-31 2025-01-01 2024-12-31 2025-01-02"},
		{`"auto"`, []string{young}, "2024-12-31 2025-01-01 2024-12-31 2025-01-02"},
		{`{"formats": ["syslog", "glog"]}`, []string{young}, "2024-12-31 2025-01-01 2024-12-31 2025-01-02"},
		{`{"format": "syslog", "where": {"time": "< 2025-01-01"}}`, []string{young}, "2024-12-31 2024-12-31"},
		{`{"syslog": {}, "year": 2012}`, []string{young}, "2012-12-31 2013-01-01 2012-12-31 2013-01-02"},
		{`{"syslog": {}, "now": "2031-06-01T00:00:00Z"}`, []string{young}, "2030-12-31 2031-01-01 2030-12-31 2031-01-02"},
	} {
		p, err := NewParser(strings.Trim(c.definition, `"`))
		require.NoError(t, err)
		r, err := p.Open(c.paths, Options{BlockSize: 50})
		require.NoError(t, err)
		assert.Equal(t, c.want, strings.Join(daysOf(t, r), " "), c.definition)
		require.NoError(t, r.Close())
	}
	p, err := NewParser("syslog")
	require.NoError(t, err)
	f, err := os.Open(young)
	require.NoError(t, err)
	r, err := p.OpenFile(f, Options{})
	require.NoError(t, err)
	batch, err := r.Next()
	require.NoError(t, err)
	assert.Equal(t, 2024, batch.Column("time").Time(0).Year())
	batch.Release()
	require.NoError(t, r.Close())
}

// A clock is read only where a definition asks for it.
func TestTheClockTellsTheYear(t *testing.T) {
	now := time.Now().UTC()
	line := now.Add(-time.Hour).Format("Jan _2 15:04:05") + " h a: x"
	for definition, want := range map[string]int{`{"format": "syslog", "now": "clock"}`: now.Add(-time.Hour).Year(), `{"format": "syslog"}`: 1970} {
		p, err := NewParser(definition)
		require.NoError(t, err)
		batch := p.Parse([]byte(line))
		require.Equal(t, 1, batch.Len())
		assert.Equal(t, want, batch.Column("time").Time(0).Year(), definition)
		batch.Release()
	}
	p, err := NewParser(`{"dissect": "%{time} %{text}", "fields": {"time": "timestamp %H:%M:%S"}, "now": "clock"}`)
	require.NoError(t, err)
	batch := p.Parse([]byte(now.Add(-time.Minute).Format("15:04:05") + " x"))
	assert.WithinDuration(t, now, batch.Column("time").Time(0), 2*time.Minute)
	batch.Release()
}

// 29 February is a day of some year, though not of 1970.
func TestALeapDayWithoutAYear(t *testing.T) {
	p, err := NewParser("syslog")
	require.NoError(t, err)
	batch := p.Parse([]byte("Feb 28 10:00:00 h a: x\nFeb 29 10:00:00 h a: x\nMar  1 10:00:00 h a: x\n"))
	require.Equal(t, 3, batch.Len())
	for row, want := range []string{"1970-02-28", "1972-02-29", "1970-03-01"} {
		assert.Equal(t, want, batch.Column("time").Time(row).Format("2006-01-02"))
	}
	batch.Release()
}
