package sawlog

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// rowsOf is what a definition makes of an input: rows without nulls, and rejects.
func rowsOf(t testing.TB, definition, input string) (rows, rejects []string) {
	t.Helper()
	p, err := NewParser(definition)
	require.NoError(t, err, definition)
	b := p.Parse([]byte(input))
	for i := range b.Len() {
		rows = append(rows, string(b.AppendJSON(nil, i, true)))
	}
	for i := range b.Rejects() {
		r := b.Reject(i)
		rejects = append(rejects, strings.Join([]string{r.Fault.String(), string(r.Raw)}, " "))
	}
	return rows, rejects
}

func TestEnvelopes(t *testing.T) {
	for _, c := range []struct {
		name, definition string
		lines            []string
		rows, rejects    []string
	}{
		{"Docker's pieces are joined, a stream each", `{"dissect": "%{level} %{text}", "envelope": "docker_json"}`, []string{
			`{"log":"INFO one\n","stream":"stdout","time":"2026-03-05T08:09:10.5Z"}`,
			`{"log":"WARN half ","stream":"stdout","time":"2026-03-05T08:09:11Z"}`,
			`{"log":"ERROR other\n","stream":"stderr","time":"2026-03-05T08:09:12Z"}`,
			`{"log":"and \"half\"\n","stream":"stdout","time":"2026-03-05T08:09:13Z"}`,
			`not json`,
			`{"log":"short\n"}`,
			`{"log":"INFO last"}`,
		}, []string{
			`{"level":"INFO","text":"one","time":"2026-03-05T08:09:10.5Z","stream":"stdout"}`,
			`{"level":"ERROR","text":"other","time":"2026-03-05T08:09:12Z","stream":"stderr"}`,
			`{"level":"WARN","text":"half and \"half\"","time":"2026-03-05T08:09:11Z","stream":"stdout"}`,
			`{"level":"INFO","text":"last"}`,
		}, []string{"bad_json not json", `no_match {"log":"short\n"}`}},
		{"pieces end at a line that has no envelope, but for an empty one", `{"dissect": "%{text}", "envelope": ["docker_json", "none"]}`, []string{
			`{"log":"one ","stream":"stdout"}`, `{"log":"two ","stream":"stderr"}`, `{"log":"half `, `{"log":"three\n","stream":"stdout"}`,
			`{"log":"four ","stream":"stdout"}`, ``, `{"log":"five\n","stream":"stdout"}`,
		}, []string{
			`{"text":"one ","stream":"stdout"}`, `{"text":"two ","stream":"stderr"}`, `{"text":"{\"log\":\"half "}`,
			`{"text":"three","stream":"stdout"}`, `{"text":"four five","stream":"stdout"}`,
		}, []string{"empty "}},
		{"CRI says which lines are pieces", `{"json": {}, "envelope": "cri"}`, []string{
			`2026-03-05T08:09:10.123456789Z stdout P {"time":"2026-03-05T08:00:00Z",`,
			`2026-03-05T08:09:10.2Z stderr F {"a":1}`,
			`2026-03-05T08:09:10.3+01:00 stdout F "a":2}`,
			`2026-03-05T08:09:10.3Z stdin F {}`,
		}, []string{
			`{"a":1,"outer_time":"2026-03-05T08:09:10.2Z","stream":"stderr"}`,
			`{"a":2,"time":"2026-03-05T08:00:00Z","outer_time":"2026-03-05T08:09:10.123456789Z","stream":"stdout"}`,
		}, []string{"no_match 2026-03-05T08:09:10.3Z stdin F {}"}},
		{"a syslog header", `{"logfmt": {}, "envelope": "syslog", "year": 2026}`, []string{
			`<13>Mar  5 08:09:10 web shop[7]: level=info msg="hello you"`,
			`<13>1 2026-03-05T08:09:11Z web shop 7 - - level=warn host=db`,
		}, []string{
			`{"level":"info","msg":"hello you","time":"2026-03-05T08:09:10Z","facility":1,"severity":5,"outer_host":"web","app":"shop","pid":"7"}`,
			`{"level":"warn","host":"db","time":"2026-03-05T08:09:11Z","facility":1,"severity":5,"version":1,"outer_host":"web","app":"shop","pid":"7"}`,
		}, nil},
		{"several, each where it is there", `{"dissect": "%{message}", "envelope": ["docker_json", "cri"]}`, []string{
			`{"log":"2026-03-05T08:09:10Z stdout F both\n","time":"2026-03-05T08:09:12Z"}`,
			`{"log":"the first\n","time":"2026-03-05T08:09:13Z"}`,
			`2026-03-05T08:09:14Z stderr F the second`,
			`none of them`,
		}, []string{
			`{"message":"both","time":"2026-03-05T08:09:10Z","stream":"stdout","outer_time":"2026-03-05T08:09:12Z"}`,
			`{"message":"the first","outer_time":"2026-03-05T08:09:13Z"}`,
			`{"message":"the second","time":"2026-03-05T08:09:14Z","stream":"stderr"}`,
		}, []string{"bad_json none of them"}},
		{"or none", `{"dissect": "%{message}", "envelope": ["cri", "none"]}`, []string{
			`2026-03-05T08:09:14Z stderr F wrapped`, `bare`,
		}, []string{`{"message":"wrapped","time":"2026-03-05T08:09:14Z","stream":"stderr"}`, `{"message":"bare"}`}, nil},
		{"docker compose", `{"dissect": "%{message}", "envelope": "docker_compose"}`, []string{
			`web-1  | 2026-03-05T08:09:14.5Z hello | you`, `db-1   | plain`,
		}, []string{`{"message":"hello | you","service":"web-1","time":"2026-03-05T08:09:14.5Z"}`, `{"message":"plain","service":"db-1"}`}, nil},
		{"kubectl", `{"dissect": "%{message}", "envelope": "kubectl"}`, []string{
			`[pod/shop-5c6-x/app] hello`,
		}, []string{`{"message":"hello","pod":"shop-5c6-x","container":"app"}`}, nil},
		{"one's own", `{"json": {}, "envelope": {"regex": "^(?P<at>\\S+) (?P<inside>.*)$", "content": "inside"}, "fields": {"at": "timestamp unix_s"}}`, []string{
			`1 {"a": true}`, `{"a": true}`,
		}, []string{`{"a":true,"at":"1970-01-01T00:00:01Z"}`}, []string{`bad_value {"a": true}`}},
		{"names of another vocabulary", `{"logfmt": {}, "envelope": "syslog", "names": "otel"}`, []string{
			`<11>1 2026-03-05T08:09:11Z web shop 7 - - host.name=db a=1`,
		}, []string{
			`{"host.name":"db","a":1,"time_unix_nano":"2026-03-05T08:09:11Z","syslog.facility.code":1,"severity_number":17,"syslog.version":1,"outer_host":"web","process.executable.name":"shop","process.pid":"7"}`,
		}, nil},
		{"a line feed inside", `{"regex": "(?P<all>(?s).+)", "envelope": "docker_json"}`, []string{
			`{"log":"one\ntwo\u0001\n"}`, `{"log":"\n"}`,
		}, []string{`{"all":"one\ntwo\u0001"}`}, []string{`empty {"log":"\n"}`}},
		{"columns of both sides", `{"json": {}, "envelope": "cri", "columns": ["a", "outer_time"]}`, []string{
			`2026-03-05T08:09:10Z stdout F {"time":"x","a":1,"b":2}`,
		}, []string{`{"a":1,"outer_time":"2026-03-05T08:09:10Z"}`}, nil},
		{"columns of the envelope", `{"dissect": "%{message}", "envelope": "cri", "columns": ["stream"]}`, []string{
			`2026-03-05T08:09:10Z stdout F text`,
		}, []string{`{"stream":"stdout"}`}, nil},
		{"detected inside", `{"format": "auto", "envelope": "docker_json"}`, []string{
			`{"log":"192.0.2.1 - - [05/Mar/2026:08:09:10 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"curl\"\n","time":"2026-03-05T08:09:13Z"}`,
			`{"log":"192.0.2.1 - - [05/Mar/2026:08:09:10 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"curl\"\n","time":"2026-03-05T08:09:13Z"}`,
		}, []string{
			`{"client":"192.0.2.1","time":"2026-03-05T08:09:10Z","method":"GET","target":"/","protocol":"HTTP/1.1","status":200,"bytes":5,"user_agent":"curl","outer_time":"2026-03-05T08:09:13Z"}`,
			`{"client":"192.0.2.1","time":"2026-03-05T08:09:10Z","method":"GET","target":"/","protocol":"HTTP/1.1","status":200,"bytes":5,"user_agent":"curl","outer_time":"2026-03-05T08:09:13Z"}`,
		}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			input := strings.Join(c.lines, "\n") + "\n"
			rows, rejects := rowsOf(t, c.definition, input)
			assert.Equal(t, c.rows, rows)
			assert.Equal(t, c.rejects, rejects)
		})
	}
}

// ledger is an allocator that knows what is out.
type ledger struct {
	lock sync.Mutex
	out  map[*byte]bool
}

func (l *ledger) Alloc(n int) []byte {
	b := make([]byte, n)
	l.lock.Lock()
	defer l.lock.Unlock()
	if l.out == nil {
		l.out = map[*byte]bool{}
	}
	l.out[&b[0]] = true
	return b
}

func (l *ledger) Free(b []byte) {
	l.lock.Lock()
	defer l.lock.Unlock()
	if !l.out[&b[0]] {
		panic("freed twice")
	}
	delete(l.out, &b[0])
	for i := range b {
		b[i] = 0xee
	}
}

func (l *ledger) left() int {
	l.lock.Lock()
	defer l.lock.Unlock()
	return len(l.out)
}

// Every way through a parser gives back all memory that it took, wherever it stops.
func TestCasesGiveTheirMemoryBack(t *testing.T) {
	for name, input := range cases(t) {
		l := &ledger{}
		o := definitionOf(name)
		o.Allocator = l
		p, err := NewParserOptions(o)
		require.NoError(t, err)
		p.Parse([]byte(input)).Release()
		for stop := range 4 {
			if o.Multiline != nil {
				break // a reader that is left in the middle keeps the block under way
			}
			r, err := p.OpenReader(strings.NewReader(input), Options{BlockSize: 100, Threads: 2})
			require.NoError(t, err)
			for range stop {
				if b, err := r.Next(); err == nil {
					b.Release()
				}
			}
			require.NoError(t, r.Close())
		}
		s, err := p.Stream(Options{})
		require.NoError(t, err)
		_ = feed(t, s, input[:len(input)/2], input[len(input)/2:])
		record, err := p.NewRecordParser([]byte(input))
		require.NoError(t, err)
		for range 3 {
			record.Parse([]byte(input))
		}
		record.Close()
		// A read that waits is not waited for.
		assert.Eventually(t, func() bool { return l.left() == 0 }, 5*time.Second, time.Millisecond, name)
	}
}

func FuzzEnvelopes(f *testing.F) {
	var parsers []*Parser
	for _, definition := range []string{
		`{"json": {}, "envelope": "docker_json", "limits": {"line": 60}}`,
		`{"dissect": "%{a} %{b}", "envelope": ["docker_json", "cri", "syslog"], "limits": {"line": 60}}`,
		`{"logfmt": {}, "envelope": ["cri", "none"], "limits": {"line": 60}}`,
	} {
		p, err := NewParser(definition)
		require.NoError(f, err)
		parsers = append(parsers, p)
	}
	for _, c := range moreCases {
		for which := range parsers {
			f.Add(uint8(which), c.input, uint16(20))
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, input string, cut uint16) {
		p := parsers[int(which)%len(parsers)]
		var want outcome
		want.add(p.Parse([]byte(input)))
		lines := int64(strings.Count(input, "\n"))
		if input != "" && !strings.HasSuffix(input, "\n") {
			lines++
		}
		text := strings.TrimPrefix(input, "\ufeff")
		if text == "" || strings.HasPrefix(input, "\xfe\xff") || strings.HasPrefix(input, "\xff\xfe") { // the latter are UTF-16: its lines are others
			return
		}
		require.Equal(t, lines, want.Lines)
		s, err := p.Stream(Options{})
		require.NoError(t, err)
		at := int(cut) % len(input)
		require.Equal(t, want, feed(t, s, input[:at], input[at:]))
	})
}

// octets are records with their length in front of each.
func octets(records ...string) string {
	var b strings.Builder
	for _, r := range records {
		fmt.Fprintf(&b, "%d %s", len(r), r)
	}
	return b.String()
}

func TestColumnsInEnvelopesByTheNamesOfAVocabulary(t *testing.T) {
	for definition, want := range map[string]string{
		`{"format": "common", "names": "ecs", "envelope": "cri", "columns": ["client", "status", "stream"]}`:                       `{"source.address":"192.0.2.1","http.response.status_code":200,"stream":"stdout"}`,
		`{"format": "common", "names": "ecs", "envelope": "cri", "columns": ["source.address", "time"], "where": {"status": 200}}`: `{"source.address":"192.0.2.1","@timestamp":"2026-03-05T07:09:10Z"}`,
		`{"format": "auto", "names": "otel", "envelope": ["cri", "none"], "columns": ["client", "stream"]}`:                        `{"client.address":"192.0.2.1","log.iostream":"stdout"}`,
	} {
		p, err := NewParser(definition)
		require.NoError(t, err, definition)
		b := p.Parse([]byte(`2026-03-05T08:09:10Z stdout F 192.0.2.1 - - [05/Mar/2026:08:09:10 +0100] "GET /a HTTP/1.1" 200 5` + "\n"))
		var got string
		for i := range b.Len() {
			got += string(b.AppendJSON(nil, i, true))
		}
		assert.Equal(t, want, got, definition)
		b.Release()
	}
}

func TestRawTextsInEnvelopesAreUTF8(t *testing.T) {
	const long = " and a text that is longer than stands in a view"
	for _, more := range []string{"", `, "strip_ansi": true`, `, "multiline": "indent"`, `, "where": {"a": "!= y"}`, `, "redact": ["email"]`} {
		p, err := NewParser(`{"dissect": "%{a} %{b}", "envelope": [{"dissect": "%{by}>%{message}"}, "docker_compose", "none"], "meta": ["raw"]` + more + `}`)
		require.NoError(t, err)
		for _, input := range []string{"m\xff" + long + ">x one\n\xe2\x82>x\n", "me>x \xc3" + long + "\n  more \xff" + long + "\nm\xff>z\n",
			"a | x \xff one" + long + "\nb | y two" + long + "\nb | y three" + long + "\n"} { // what began first comes last
			b := p.Parse([]byte(input))
			require.Positive(t, b.Len())
			for i := range b.Columns() {
				for row := range b.Len() {
					assert.True(t, utf8.ValidString(b.Columns()[i].Text(row)), "%s: %q: %q", more, input, b.Columns()[i].Text(row))
				}
			}
			b.Release()
		}
	}
}

func TestEnvelopesInFrames(t *testing.T) {
	for _, c := range []struct {
		name, definition, input string
		rows                    []string
		rejects                 []string
	}{
		{"syslog by its length", `{"json": {}, "envelope": ["syslog", "none"], "framing": "octet-counting", "multiline": {"start": "^\\{"}, "limits": {"line": 250}, "columns": ["a", "b", "c", "app"]}`,
			octets(`<13>1 - h one - - - {"a":"x",`+"\n"+`"d":1`, `<13>1 - h one - - - }`, `{"a": "bare"}`, `<13>1 - h one - - - {"b":`+"\n1}\r\n", strings.Repeat("z", 300), `<13>1 - h two - - - {"c":3}`) + "50 short",
			[]string{`{"a":"x","app":"one"}`, `{"a":"bare"}`, `{"b":1,"app":"one"}`, `{"c":3,"app":"two"}`},
			[]string{`line 5 at 115, 300 bytes: too_long "` + strings.Repeat("z", 250) + `"`, `line 7 at 445, 8 bytes: bad_frame "50 short"`}},
		{"the journal around logfmt", `{"logfmt": {}, "envelope": "journald_export", "limits": {"line": 250}, "columns": ["a", "b", "c", "pid"]}`,
			"__REALTIME_TIMESTAMP=1772694550000000\nMESSAGE=a=1 b=\"x y\"\n_PID=7\n\n\nX=1\n\nMESSAGE\n\x07\x00\x00\x00\x00\x00\x00\x00a=2\nb=3\n_PID=8\n\n_PID=1\nMESSAGE=c=1",
			[]string{`{"a":1,"b":"x y","pid":7}`, `{"a":2,"b":"3","pid":8}`, `{"c":1,"pid":1}`}, []string{"line 2 at 67, 3 bytes: no_match \"X=1\""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := NewParser(c.definition)
			require.NoError(t, err)
			var want outcome
			want.add(p.Parse([]byte(c.input)))
			assert.Equal(t, c.rows, want.Rows)
			assert.Equal(t, c.rejects, want.Rejects)
			assert.Equal(t, int64(len(c.input)), want.Bytes)
			for _, size := range []int{1, 7, 50, 100, 1 << 20} {
				for _, threads := range []int{1, 3} {
					r, err := p.OpenReader(strings.NewReader(c.input), Options{BlockSize: size, Threads: threads})
					require.NoError(t, err)
					require.Equal(t, want, readAll(t, r), "blocks of %d bytes", size)
				}
			}
			for cut := range len(c.input) {
				s, err := p.Stream(Options{})
				require.NoError(t, err)
				require.Equal(t, want, feed(t, s, c.input[:cut], c.input[cut:]), "cut at %d", cut)
			}
		})
	}
}

// Close may come at any time, also while the reading goroutine is at work. The race detector sees whether they take turns.
func TestClosingWhileAnEnvelopeIsRead(t *testing.T) {
	p, err := NewParser(`{"format": "combined", "envelope": "docker_json"}`)
	require.NoError(t, err)
	for range 30 {
		in, out, err := os.Pipe()
		require.NoError(t, err)
		r, err := p.OpenFile(in, Options{Threads: 2, BlockSize: 100})
		require.NoError(t, err)
		_, err = out.WriteString(strings.Repeat(`{"log":"no access log\n","stream":"stdout","time":"2026-03-05T08:09:10Z"}`+"\n", 5))
		require.NoError(t, err)
		if batch, err := r.Next(); err == nil {
			batch.Release()
		}
		require.NoError(t, r.Close())
		require.NoError(t, out.Close())
	}
}
