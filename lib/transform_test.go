package sawlog

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const accessLines = `192.0.2.1 - - [05/Mar/2026:08:09:10 +0000] "GET /a?x=1 HTTP/1.1" 200 5 "-" "curl/8"
192.0.2.77 - eve [05/Mar/2026:09:00:00 +0000] "POST /api/v1?q=caf%C3%A9+au&q=b&flag HTTP/2.0" 502 1500000 "https://example.com/x%20y?z=1" "Mozilla/5.0"
2001:db8::1 - - [06/Mar/2026:08:09:10 +0000] "GET http://example.com HTTP/1.1" 404 - "-" "-"
no access line
192.0.2.9 - - [01/Apr/2026:00:00:00 +0000] "\x16\x03" 400 150 "-" "-"
`

// column lists the values of a column as JSON.
func column(t testing.TB, definition, input, name string) (values []string, b *Batch) {
	t.Helper()
	p, err := NewParser(definition)
	require.NoError(t, err, definition)
	b = p.Parse([]byte(input))
	require.NotNil(t, b.Column(name), "%s: %s", name, b.Schema())
	for i := range b.Len() {
		if c := b.Column(name); c.IsNull(i) {
			values = append(values, "null")
		} else {
			values = append(values, strings.TrimSpace(c.Text(i)))
		}
	}
	return values, b
}

func TestWhere(t *testing.T) {
	const all = "192.0.2.1 192.0.2.77 2001:db8::1 192.0.2.9"
	for where, want := range map[string]string{
		`{}`:                                                     all,
		`{"status": 200}`:                                        "192.0.2.1",
		`{"status": ">= 500"}`:                                   "192.0.2.77",
		`{"status": [">= 400", "< 500"]}`:                        "2001:db8::1 192.0.2.9",
		`{"status": [200, 404]}`:                                 "192.0.2.1 2001:db8::1",
		`{"status": ["> 200", "!= 404"]}`:                        "192.0.2.77 192.0.2.9",
		`{"status": "<= 400"}`:                                   "192.0.2.1 192.0.2.9",
		`{"bytes": "> 1 MB"}`:                                    "192.0.2.77",
		`{"bytes": null}`:                                        "2001:db8::1",
		`{"bytes": "!= null"}`:                                   "192.0.2.1 192.0.2.77 192.0.2.9",
		`{"bytes": "!= 5"}`:                                      "192.0.2.77 2001:db8::1 192.0.2.9",
		`{"bytes": ["!= 5", "!= null"]}`:                         "192.0.2.77 192.0.2.9",
		`{"bytes": [null, 5]}`:                                   "192.0.2.1 2001:db8::1",
		`{"bytes": [null, "> 100"]}`:                             "192.0.2.77 2001:db8::1 192.0.2.9",
		`{"method": "GET"}`:                                      "192.0.2.1 2001:db8::1",
		`{"method": "!= GET"}`:                                   "192.0.2.77 192.0.2.9",
		`{"method": ["GET", "POST"]}`:                            "192.0.2.1 192.0.2.77 2001:db8::1",
		`{"target": "~ ^/a\\b"}`:                                 "192.0.2.1",
		`{"target": ["~ ^/a\\b", "~ api", "!~ q="]}`:             "192.0.2.1",
		`{"user_agent": "~ (?i)mozilla"}`:                        "192.0.2.77",
		`{"client": "192.0.2.0/26"}`:                             "192.0.2.1 192.0.2.9",
		`{"client": "!= 2001:db8::/32"}`:                         "192.0.2.1 192.0.2.77 192.0.2.9",
		`{"client": "\"192.0.2.1\""}`:                            "192.0.2.1",
		`{"user": "> d"}`:                                        "192.0.2.77",
		`{"client": "\"192.0.2.0/26\""}`:                         "",
		`{"client": "<= 192.0.2.9"}`:                             "192.0.2.1 192.0.2.9",
		`{"client": ["> 192.0.2.1", "< 192.0.2.77"]}`:            "192.0.2.9",
		`{"client": ">= 9.0.0.0"}`:                               "192.0.2.1 192.0.2.77 192.0.2.9",
		`{"client": "> 192.0.2.0/26"}`:                           "192.0.2.77",
		`{"client": ["<= 192.0.2.0/26", ">= ::ffff:192.0.2.9"]}`: "192.0.2.9",
		`{"client": ">= 192.0.2.64/26"}`:                         "192.0.2.77",
		`{"client": "< 192.0.2.64/26"}`:                          "192.0.2.1 192.0.2.9",
		`{"client": "< 2001:db8::10"}`:                           "2001:db8::1",
		`{"client": "2001:DB8:0::1"}`:                            "2001:db8::1",
		`{"client": "!= 2001:db8:0:0::1"}`:                       "192.0.2.1 192.0.2.77 192.0.2.9",
		`{"client": "> \"192.0.2.1\""}`:                          "192.0.2.77 2001:db8::1 192.0.2.9",
		`{"target": "=~ ^/a\\b"}`:                                "192.0.2.1",
		`{"time": "2026-03-05"}`:                                 "192.0.2.1 192.0.2.77",
		`{"time": "> 2026-03-05"}`:                               "2001:db8::1 192.0.2.9",
		`{"time": "!= 2026-03"}`:                                 "192.0.2.9",
		`{"time": [">= 2026-03-05T08:30:00Z", "<= 2026-03-06"]}`: "192.0.2.77 2001:db8::1",
		`{"time": "= 2026-03-05T10:00:00+01:00"}`:                "192.0.2.77",
		`{"request": "!= null"}`:                                 "192.0.2.9",
		`{"status": ">= 300", "method": "GET", "time": "2026"}`:  "2001:db8::1",
		`{"status": ">= 900"}`:                                   "",
	} {
		got, b := column(t, `{"format": "combined", "where": `+where+`}`, accessLines, "client")
		assert.Equal(t, want, strings.Join(got, " "), where)
		assert.Equal(t, int64(5), b.Lines(), where)
		assert.Equal(t, int64(4-len(got)), b.Filtered(), where)
		require.Equal(t, 1, b.Rejects())
		assert.Equal(t, int64(4), b.Reject(0).Line)
		// The same when neither what is compared nor what is shown is all there is.
		got, b = column(t, `{"format": "combined", "columns": ["client"], "where": `+where+`}`, accessLines, "client")
		assert.Equal(t, want, strings.Join(got, " "), where)
		assert.Equal(t, "client string", b.Schema().String())
	}
}

func TestWhereOnRecordsOfSeveralLines(t *testing.T) {
	const lines = "a one\n two\nb one\nc one\n  three\n"
	for _, how := range []string{`"dissect": "%{n} %{text}"`, `"line": "{n} {text:rest}"`, `"regex": "(?s)^(?P<n>\\S+) (?P<text>.*)$"`, `"formats": [{"dissect": "%{n} %{text}"}]`} {
		for where, want := range map[string]string{
			`"~ one\\n t"`: "a", `"~ (?m)^one$"`: "a b c", `"!~ \\n"`: "b", `"one"`: "b", `"!= one"`: "a c", `["~ (?s)e..t", "~ ^one$"]`: "a b",
		} {
			got, b := column(t, `{`+how+`, "multiline": "indent", "where": {"text": `+where+`}}`, lines, "n")
			assert.Equal(t, want, strings.Join(got, " "), "%s %s", how, where)
			assert.Equal(t, int64(5), b.Lines())
		}
	}
}

// Short texts that come again are not asked about again; each must keep its own answer, whatever came between.
func TestWhereOnManyTexts(t *testing.T) {
	var input strings.Builder
	var want []string
	for k := range 5000 {
		text := "text-" + strconv.Itoa(k*7%400)
		switch k % 7 {
		case 0:
			text = ""
		case 1:
			text += " and what makes it long"
		}
		fmt.Fprintf(&input, "{\"text\": %q}\n", text)
		if strings.Contains(text, "3") {
			want = append(want, text)
		}
	}
	got, b := column(t, `{"json": {}, "where": {"text": "~ 3"}}`, input.String(), "text")
	assert.Equal(t, want, got)
	assert.Equal(t, int64(5000), b.Lines())
}

func TestWhereOnLevels(t *testing.T) {
	const lines = `{"level":"ERROR","n":1}
{"level":"warning","n":2}
{"level":"Info","n":3}
{"level":"debug","n":4}
{"level":"TRACE","n":5}
{"level":"odd","n":6}
{"n":7,"took":"1.5s"}
`
	for where, want := range map[string]string{
		`{"level": ["error", "warn"]}`:            "1 2",
		`{"level": ">= warn"}`:                    "1 2",
		`{"level": "< info"}`:                     "4 5",
		`{"level": "debug"}`:                      "4",
		`{"level": "trace"}`:                      "5",
		`{"level": "odd"}`:                        "6",
		`{"level": "!= error"}`:                   "2 3 4 5 6 7",
		`{"level": ["!= error", "< warn"]}`:       "3 4 5",
		`{"level": "\"warning\""}`:                "2",
		`{"level": "!= \"WARNING\""}`:             "1 2 3 4 5 6 7",
		`{"level": ["odd", "error"]}`:             "1 6",
		`{"level": ["\"Info\"", "<= debug"]}`:     "",
		`{"level": ["\"Info\"", "~ A", "error"]}`: "1 3 5",
		`{"level": "=~ ^[A-Z]"}`:                  "1 3 5",
		`{"level": ["> debug", "!= info"]}`:       "1 2",
		`{"level": null}`:                         "7",
	} {
		for _, format := range []string{`"json": {}`, `"format": "json"`, `"format": "json", "names": "ecs"`, `"format": "json", "columns": ["n"]`} {
			p, err := NewParser(`{` + format + `, "where": ` + where + `}`)
			require.NoError(t, err)
			var got []string
			b := p.Parse([]byte(lines))
			for i := range b.Len() {
				got = append(got, string(rune('0'+b.Column("n").Ints()[i])))
			}
			assert.Equal(t, want, strings.Join(got, " "), "%s %s", format, where)
		}
	}
	rows, _ := rowsOf(t, `{"json": {}, "fields": {"took": "duration"}, "where": {"took": ["> 1s", "< 2s"]}, "columns": ["n"]}`, lines)
	assert.Equal(t, []string{`{"n":7}`}, rows)
}

// Where the log decides what its columns are, a condition is never an error.
func TestWhereOnWhatALogMayHave(t *testing.T) {
	for where, want := range map[string]int{
		`{"a": 1}`: 1, `{"a": "x"}`: 0, `{"a": "!= x"}`: 2, `{"a": "> x"}`: 0, `{"a": ["x", 1]}`: 1, `{"b": "x"}`: 0, `{"b": true}`: 1,
		`{"none": 1}`: 0, `{"none": null}`: 2, `{"none": "!= 1"}`: 2, `{"list": "[1]"}`: 1, `{"list": 1}`: 0,
	} {
		rows, _ := rowsOf(t, `{"json": {}, "where": `+where+`}`, `{"a":1,"b":true,"list":[1]}`+"\n"+`{"a":2,"b":false}`)
		assert.Len(t, rows, want, where)
	}
	rows, _ := rowsOf(t, `{"json": {}, "urls": ["a", "none"]}`, `{"a":1}`)
	assert.Equal(t, []string{`{"a":1}`}, rows)
}

func TestConstantsAndURLs(t *testing.T) {
	rows, _ := rowsOf(t, `{"format": "combined", "constants": {"service": "shop", "shard": 3, "share": 0.5, "live": true},
		"urls": ["target", "referer"], "columns": ["service", "shard", "share", "live", "path", "query", "target_host", "referer_host", "referer_path", "referer_query"]}`, accessLines)
	assert.Equal(t, []string{
		`{"path":"/a","query":{"x":"1"},"live":true,"service":"shop","shard":3,"share":0.5}`,
		`{"path":"/api/v1","query":{"q":"b","flag":""},"referer_host":"example.com","referer_path":"/x y","referer_query":{"z":"1"},"live":true,"service":"shop","shard":3,"share":0.5}`,
		`{"target_host":"example.com","path":"/","live":true,"service":"shop","shard":3,"share":0.5}`,
		`{"live":true,"service":"shop","shard":3,"share":0.5}`,
	}, rows)
	rows, _ = rowsOf(t, `{"json": {}, "constants": {"service": "shop"}}`, `{"service":"other","a":1}`)
	assert.Equal(t, []string{`{"a":1,"service":"shop"}`}, rows)
	rows, _ = rowsOf(t, `{"nginx": "$args $uri", "urls": ["path"], "rename": {"target": "path"}}`, `a=b /x%41%4?%zz&=&a=%2b+%e2%82%ac`)
	assert.Equal(t, []string{`{"query":"a=b","path":"/x%41%4?%zz&=&a=%2b+%e2%82%ac","path_path":"/xA%4","path_query":{"%zz":"","":"","a":"+ €"}}`}, rows)
	rows, _ = rowsOf(t, `{"format": "combined", "names": "ecs", "urls": ["target"], "where": {"status": 200}, "columns": ["http.response.status_code", "path", "query"]}`, accessLines)
	assert.Equal(t, []string{`{"http.response.status_code":200,"url.path":"/a","url.query":{"x":"1"}}`}, rows)
}

func TestTransformsInEnvelopes(t *testing.T) {
	rows, rejects := rowsOf(t, `{"format": "combined", "envelope": "cri", "constants": {"pod": "a"}, "where": {"stream": "stdout", "outer_time": "> 2026", "status": "< 300"}, "columns": ["client", "pod", "stream"]}`,
		"2027-03-05T08:09:10Z stdout F "+strings.ReplaceAll(strings.TrimSpace(accessLines), "\n", "\n2027-03-05T08:09:10Z stdout F ")+"\n2027-03-05T08:09:10Z stderr F "+accessLines)
	assert.Equal(t, []string{`{"client":"192.0.2.1","stream":"stdout","pod":"a"}`}, rows)
	assert.Len(t, rejects, 5)
}

func TestFilteredRecordsAreCounted(t *testing.T) {
	p, err := NewParser(`{"format": "combined", "where": {"status": ">= 400"}}`)
	require.NoError(t, err)
	r, err := p.OpenReader(strings.NewReader(strings.Repeat(accessLines, 50)), Options{BlockSize: 1000, Threads: 2})
	require.NoError(t, err)
	out := readAll(t, r)
	s := r.Stats()
	assert.Len(t, out.Rows, 150)
	assert.Equal(t, int64(50), s.Filtered)
	assert.Equal(t, s.Lines, s.Records+s.Continuations+s.Rejects+s.Filtered)
}

// Whatever a condition says, a record is kept or filtered, and nothing else happens to it.
func FuzzWhere(f *testing.F) {
	columns := []string{"status", "bytes", "time", "client", "method", "target", "request"}
	plain, err := NewParser("combined")
	require.NoError(f, err)
	var all outcome
	all.add(plain.Parse([]byte(accessLines)))
	for k, text := range []string{">= 500", "!= 1 MB", "2026-03", "192.0.2.0/24", "~ ^G", "= null", "\"null\"", "!~ ("} {
		f.Add(uint8(k), text, "< x")
	}
	f.Fuzz(func(t *testing.T, which uint8, one, two string) {
		definition, err := json.Marshal(map[string]any{"format": "combined", "where": map[string]any{columns[int(which)%len(columns)]: []string{one, two}}})
		require.NoError(t, err)
		p, err := NewParser(string(definition))
		if err != nil {
			var wrong *FormatError
			require.ErrorAs(t, err, &wrong)
			return
		}
		b := p.Parse([]byte(accessLines))
		require.Equal(t, int64(5), b.Lines())
		require.Equal(t, int64(4), int64(b.Len())+b.Filtered())
		next := 0
		for i := range b.Len() {
			row := string(b.AppendJSON(nil, i, true))
			for next < len(all.Rows) && all.Rows[next] != row {
				next++
			}
			require.Less(t, next, len(all.Rows), "a row of the log, in its order")
			next++
		}
	})
}
