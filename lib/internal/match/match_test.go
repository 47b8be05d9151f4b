package match

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/linetest"
	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/pattern"
	"github.com/sawlog/sawlog/lib/record"
)

const combined = `%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-agent}i"`

func compile(t testing.TB, language, text string, o Options) *Program {
	t.Helper()
	front := map[string]func(string) (*pattern.Tree, error){"nginx": pattern.CompileNginx, "apache": pattern.CompileApache}[language]
	tree, err := front(text)
	require.NoError(t, err)
	if o.Limit == 0 {
		o.Limit = 1 << 20
	}
	p, err := Compile(tree, o)
	require.NoError(t, err)
	return p
}

var (
	rig = linetest.Rig{Present: true, Noise: "\n \"\\-19["}

	block = rig.Block
)

// parse gives rows as JSON without nulls and rejects as "fault line: raw".
func parse(p *Program, w record.Worker, text string) (rows, rejects []string) {
	rows, rejects, lines := rig.Told(p, w, text)
	if want := strings.Count(strings.TrimSuffix(text, "\n"), "\n") + 1; lines != want {
		panic(fmt.Sprintf("%d lines became %d", want, lines))
	}
	return rows, rejects
}

func TestLines(t *testing.T) {
	for _, c := range []struct{ name, language, format, line, want string }{
		{"combined", "apache", combined, `10.0.0.1 - ann [17/May/2015:10:05:03 +0200] "GET /a?b=1 HTTP/1.1" 200 2326 "http://x.example/" "Mozilla/5.0 (X11)"`,
			`{"client":"10.0.0.1","user":"ann","time":"2015-05-17T08:05:03Z","method":"GET","target":"/a?b=1","protocol":"HTTP/1.1","status":200,"bytes":2326,"referer":"http://x.example/","user_agent":"Mozilla/5.0 (X11)"}`},
		{"dashes", "apache", combined, `::1 - - [01/Jan/1970:00:00:00 +0000] "-" 408 - "-" "-"`, `{"client":"::1","time":"1970-01-01T00:00:00Z","status":408}`},
		{"empty texts", "apache", combined, `h - - [01/Jan/1970:00:00:00 +0000] "GET / HTTP/2.0" 000 0 "" ""`,
			`{"client":"h","time":"1970-01-01T00:00:00Z","method":"GET","target":"/","protocol":"HTTP/2.0","status":0,"bytes":0,"referer":"","user_agent":""}`},
		{"escapes", "apache", combined, `h - - [01/Jan/1970:00:00:00 +0000] "GET /\"q\" HTTP/1.1" 200 1 "a\\b" "say \"hi\" \x41"`,
			`{"client":"h","time":"1970-01-01T00:00:00Z","method":"GET","target":"/\"q\"","protocol":"HTTP/1.1","status":200,"bytes":1,"referer":"a\\b","user_agent":"say \"hi\" A"}`},
		{"no request", "apache", combined, `h - - [01/Jan/1970:00:00:00 +0000] "\x16\x03\x01" 400 226 "-" "-"`,
			`{"client":"h","time":"1970-01-01T00:00:00Z","request":"\\x16\\x03\\x01","status":400,"bytes":226}`},
		{"request without protocol", "apache", combined, `h - - [01/Jan/1970:00:00:00 +0000] "GET /" 400 226 "-" "-"`,
			`{"client":"h","time":"1970-01-01T00:00:00Z","request":"GET /","status":400,"bytes":226}`},
		{"request with a blank in the target", "apache", combined, `h - - [01/Jan/1970:00:00:00 +0000] "GET /a b HTTP/1.1" 400 226 "-" "-"`,
			`{"client":"h","time":"1970-01-01T00:00:00Z","request":"GET /a b HTTP/1.1","status":400,"bytes":226}`},
		{"empty request", "apache", combined, `h - - [01/Jan/1970:00:00:00 +0000] "" 400 226 "-" "-"`, `{"client":"h","time":"1970-01-01T00:00:00Z","request":"","status":400,"bytes":226}`},
		{"odd method", "apache", combined, `h - - [01/Jan/1970:00:00:00 +0000] "M-SEARCH * HTTP/1.1" 200 1234567890123 "-" "-"`,
			`{"client":"h","time":"1970-01-01T00:00:00Z","method":"M-SEARCH","target":"*","protocol":"HTTP/1.1","status":200,"bytes":1234567890123}`},
		{"user with a blank", "apache", combined, `h - ann lee [01/Jan/1970:00:00:00 +0000] "-" 200 1 "-" "-"`, `{"client":"h","user":"ann lee","time":"1970-01-01T00:00:00Z","status":200,"bytes":1}`},
		{"quote inside an agent", "apache", combined, `h - - [01/Jan/1970:00:00:00 +0000] "-" 200 1 "-" "a "b" c"`, `{"client":"h","time":"1970-01-01T00:00:00Z","status":200,"bytes":1,"user_agent":"a \"b\" c"}`},
		{"text at the end", "nginx", `$status $message`, `404 not here`, `{"status":404,"message":"not here"}`},
		{"only text", "nginx", `$message`, `anything at all`, `{"message":"anything at all"}`},
		{"duration", "nginx", `$request_time "$request"`, `0.005 "GET / HTTP/1.1"`, `{"duration":5000000,"method":"GET","target":"/","protocol":"HTTP/1.1"}`},
		{"escape=json", "nginx", `log_format j escape=json '"$request_uri" "$http_user_agent"';`, `"/a" "caf\u00e9 \"x\""`, "{\"target\":\"/a\",\"user_agent\":\"caf\u00e9 \\\"x\\\"\"}"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := compile(t, c.language, c.format, Options{})
			for _, ending := range []string{"\n", "\r\n", ""} {
				rows, rejects := parse(p, p.NewWorker(), c.line+ending)
				assert.Empty(t, rejects)
				assert.Equal(t, []string{c.want}, rows, "ending %q", ending)
				assert.True(t, p.NewWorker().Explain([]byte(c.line)).OK)
			}
			rows, rejects := parse(p, p.NewWorker(), strings.Repeat(c.line+"\n", 70))
			assert.Empty(t, rejects)
			assert.Len(t, rows, 70)
		})
	}
}

func TestMisfits(t *testing.T) {
	ok := `h - - [01/Jan/1970:00:00:00 +0000] "-" 200 1 "-" "-"`
	for _, c := range []struct {
		line, fault   string
		offset        int
		column, seen  string
		expectedBegin string
	}{
		{"", "empty", 0, "", "", "a line that is not blank"},
		{"h", "no_match", 1, "client", "", "text and \" \""},
		{ok[:len(ok)-1], "no_match", 51, "user_agent", "", "text, "},
		{strings.Replace(ok, "01/Jan", "32/Jan", 1), "bad_value", 7, "time", "32/Jan/1970:00:00:00 +0000] \"-\" 200 1 \"-...", "a time written clf"},
		{strings.Replace(ok, "200", "2x0", 1), "bad_value", 39, "status", "2x0 1 \"-\" \"-\"", "a whole number"},
		{strings.Replace(ok, " 1 ", " 99999999999999999999 ", 1), "bad_value", 43, "bytes", "99999999999999999999 \"-\" \"-\"", "a whole number"},
		{strings.Replace(ok, "h -", " -", 1), "no_match", 0, "client", " - - [01/Jan/1970:00:00:00 +0000] \"-\" 20...", "text and"},
		{ok + " more", "no_match", 0, "user_agent", "", "text, "},
	} {
		t.Run(c.line, func(t *testing.T) {
			p := compile(t, "apache", combined, Options{})
			w := p.NewWorker()
			rows, rejects := parse(p, w, ok+"\n"+c.line+"\n"+ok)
			assert.Len(t, rows, 2, "the lines around it are records")
			assert.Equal(t, []string{c.fault + " 2: " + c.line}, rejects)
			check := w.Explain([]byte(c.line))
			assert.False(t, check.OK)
			assert.Equal(t, c.fault, check.Fault)
			assert.Equal(t, c.column, check.Column)
			assert.True(t, strings.HasPrefix(check.Expected, c.expectedBegin), check.Expected)
			if c.seen != "" {
				assert.Equal(t, c.offset, check.Offset)
				assert.Equal(t, c.seen, check.Seen)
			}
		})
	}
}

// TestRequestsByTurns: what a worker remembers of requests is never taken for another one's, also where two of them lie in one place.
func TestRequestsByTurns(t *testing.T) {
	p := compile(t, "nginx", `"$request" $status`, Options{Columns: []string{"method", "protocol", "target"}})
	w := p.NewWorker()
	methods := []string{"GET", "GETS", "GE", "G", "POST", "POSTING", "POSTAL", "HEAD", "PUT", "DELETE", "OPTIONS", "OPTION", "PATCH", "TRACE", "CONNECT"}
	for c := 'A'; c <= 'Z'; c++ { // more than there are places
		methods = append(methods, "X"+string(c))
	}
	versions := []string{"HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/3.0", "HTTP/0.9", "HTTP/1.2"}
	var text strings.Builder
	var want []string
	for i := range 40 * len(methods) {
		method, version, target := methods[i*7%len(methods)], versions[i%len(versions)], "/"+strings.Repeat("t", i%90)
		fmt.Fprintf(&text, "\"%s %s %s\" 200\n", method, target, version)
		want = append(want, fmt.Sprintf(`{"method":"%s","target":"%s","protocol":"%s"}`, method, target, version))
	}
	rows, rejects := parse(p, w, text.String())
	assert.Empty(t, rejects)
	require.Len(t, rows, len(want))
	for i := range want {
		require.Equal(t, want[i], rows[i])
	}
}

// TestLevelsByTurns: the same of levels, of which some mean nothing.
func TestLevelsByTurns(t *testing.T) {
	levels := map[string]string{
		"INFO": "6", "WARN": "4", "WARNING": "4", "ERROR": "3", "DEBUG": "7", "TRACE": "7", "FATAL": "2", "info": "6", "warn": "4", "I": "6", "INFOR": "", "SEVERE": "3", "CUSTOM": "", "NOTICED_IT": "",
	}
	for _, columns := range [][]string{nil, {"severity"}, {"level"}} {
		p := compileWith(t, pattern.CompileLogback, "%level %msg%n", Options{Columns: columns})
		names := slices.Sorted(maps.Keys(levels))
		var text strings.Builder
		var want []string
		for i := range 20 * len(names) {
			level := names[i*5%len(names)]
			fmt.Fprintf(&text, "%s %d\n", level, i)
			var parts []string
			if columns == nil || columns[0] == "level" {
				parts = append(parts, `"level":"`+level+`"`)
			}
			if severity := levels[level]; severity != "" && (columns == nil || columns[0] == "severity") {
				parts = append(parts, `"severity":`+severity)
			}
			if columns == nil {
				parts = append(parts, fmt.Sprintf(`"message":"%d"`, i))
			}
			want = append(want, "{"+strings.Join(parts, ",")+"}")
		}
		rows, rejects := parse(p, p.NewWorker(), text.String())
		assert.Empty(t, rejects)
		require.Len(t, rows, len(want))
		for i := range want {
			require.Equal(t, want[i], rows[i])
		}
	}
}

func TestLongLinesAndUTF8(t *testing.T) {
	p := compile(t, "nginx", "$status $message", Options{Limit: 10, Reject: true})
	rows, rejects := parse(p, p.NewWorker(), "200 123456\n200 1234567\n200 \xff\n12345678901\r\n200 caf\u00e9")
	assert.Equal(t, []string{`{"status":200,"message":"123456"}`, "{\"status\":200,\"message\":\"caf\u00e9\"}"}, rows)
	assert.Equal(t, []string{"too_long 2: 200 123456", "bad_utf8 3: 200 \xff", "too_long 4: 1234567890"}, rejects)
}

func TestProjectionAndTypes(t *testing.T) {
	line := `10.0.0.1 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 2326 "-" "x"`
	p := compile(t, "apache", combined, Options{Columns: []string{"status", "protocol"}})
	assert.Equal(t, []string{"protocol", "status"}, p.Schema().Names())
	rows, _ := parse(p, p.NewWorker(), line)
	assert.Equal(t, []string{`{"protocol":"HTTP/1.1","status":200}`}, rows)
	_, rejects := parse(p, p.NewWorker(), strings.Replace(line, "17/May", "40/May", 1))
	assert.Len(t, rejects, 1, "what is left out is still checked")

	p = compile(t, "apache", combined, Options{Rename: map[string]string{"client": "ip"}, Fields: map[string]Declared{"ip": {Type: record.IP}, "bytes": {Type: record.Float}, "status": {Type: record.String}}})
	rows, _ = parse(p, p.NewWorker(), line)
	assert.Equal(t, []string{`{"ip":"10.0.0.1","time":"2015-05-17T10:05:03Z","method":"GET","target":"/","protocol":"HTTP/1.1","status":"200","bytes":2326,"user_agent":"x"}`}, rows)
	_, rejects = parse(p, p.NewWorker(), "host"+line)
	assert.Equal(t, []string{"bad_value 1: host" + line}, rejects)

	tree, err := pattern.CompileApache(combined)
	require.NoError(t, err)
	for _, o := range []Options{{Columns: []string{"nothing"}}, {Fields: map[string]Declared{"nothing": {Type: record.Int}}}} {
		_, err = Compile(tree, o)
		assert.ErrorContains(t, err, `"nothing"`)
	}
	_, err = Compile(tree, Options{Rename: map[string]string{"client": "user"}})
	assert.ErrorContains(t, err, `"user" is there already`)
}

func TestNothingIsAllocatedPerRecord(t *testing.T) {
	p := compile(t, "apache", combined, Options{})
	data, n := block(strings.Repeat(`10.0.0.1 - - [17/May/2015:10:05:03 +0000] "GET /some/path HTTP/1.1" 200 2326 "http://x.example/" "Mozilla/5.0 (X11)"`+"\n", 4000))
	w := p.NewWorker()
	b := record.NewBuilder(p.Schema(), record.Heap, true)
	b.Start(4001)
	b.Begin(data, n, false)
	assert.Zero(t, testing.AllocsPerRun(5, func() {
		b.Row = 0
		w.Parse(b, data, n)
	}))
}

// plain is the twin of walk: every field goes the slow way.
type plain struct{ worker }

func (w *plain) Parse(b *record.Builder, data []byte, n int) {
	w.newBlock()
	for i := 0; i < n; {
		if b.Row == b.Cap {
			b.Grow()
		}
		end, fault := w.walk(b, data, i)
		i = w.misfit(b, data, i, end, fault)
	}
}

func (w *plain) walk(b *record.Builder, data []byte, i int) (next int, fault record.Fault) {
	if w.p.lead.n > 0 {
		if !w.p.lead.at(data, i) {
			return i, record.NoMatch
		}
		i += w.p.lead.n
	}
	for k := range w.p.steps {
		e := &w.p.steps[k]
		switch e.op {
		case opText, opEscaped, opSlow:
			i, fault = w.text(b, data, e, i)
		case opInt:
			i, fault = w.integer(b, data, e, i)
		case opTime:
			ns, end, ok := w.timeAt(e, data, i)
			i, fault = w.time(b, data, e, i, ns, end, ok)
		case opRequest:
			i, fault = w.oddRequest(b, data, e, i)
		case opNumber:
			i, fault = w.number(b, data, e, i)
		case opRest:
			i, fault = w.rest(b, data, e, i)
		case opOdd, opWord:
			i, fault = w.odd(b, data, e, i)
		default: // they have no fast case
			return w.run(b, data, &w.p.sequence, k, i)
		}
		if fault != record.NoFault {
			return i, fault
		}
		if e.ends && mem.At(data, i-1) == '\n' {
			return w.endEarly(b, &w.p.sequence, k+1, i)
		}
	}
	stop := i - 1
	for _, next := range w.next {
		end, nextFault := (&plain{*next}).walk(b, data, i)
		if nextFault == record.NoFault {
			return end, nextFault
		}
		if end > stop {
			stop, fault = end, nextFault
		}
		again(b, next.p.touched)
	}
	if w.next != nil {
		return stop, fault
	}
	w.p.blank(b)
	return i, record.NoFault
}

var fuzzFormats = []struct{ language, text string }{
	{"apache", combined}, {"apache", `%h %l %u %t "%r" %>s %b`}, {"nginx", `$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" "$http_x_forwarded_for"`},
	{"nginx", `$status $message`}, {"nginx", `$message`}, {"nginx", `$msec $request_time [$time_iso8601] $upstream_addr $a`}, {"apache", `%v:%p %h %D "%{X}i"`}, {"apache", `%h %{ms}T %T "%r" %I`},
}

func FuzzWalkAgreesWithItsPlainTwin(f *testing.F) {
	for i := range fuzzFormats {
		f.Add(uint8(i), []byte(`10.0.0.1 - ann [17/May/2015:10:05:03 +0200] "GET /a?b=1 HTTP/1.1" 200 2326 "http://x.example/" "Mozilla/5.0 (X11)" "-"`))
		f.Add(uint8(i), []byte("200 x\r\n\n1.5 0.005 [2015-05-17T10:05:03Z] 10.0.0.1:80, 10.0.0.2:80 : - x\n\"\\\"\\"))
	}
	var programs []*Program
	for _, format := range fuzzFormats {
		programs = append(programs, compile(f, format.language, format.text, Options{Limit: 200}))
	}
	f.Fuzz(func(t *testing.T, which uint8, text []byte) {
		p := programs[int(which)%len(programs)]
		fast := p.NewWorker()
		rows, rejects := parse(p, fast, string(text))
		plainRows, plainRejects := parse(p, &plain{*p.NewWorker().(*worker)}, string(text))
		require.Equal(t, plainRows, rows)
		require.Equal(t, plainRejects, rejects)
		for _, line := range bytes.Split(bytes.TrimSuffix(text, []byte("\n")), []byte("\n")) {
			line = bytes.TrimRight(line, "\r") // parse takes one at the end for the line's ending, Explain for text
			check := fast.Explain(line)
			_, rejects := parse(p, fast, string(line))
			require.Equal(t, len(rejects) == 0, check.OK, "%q: %+v", line, check)
			require.LessOrEqual(t, check.Offset, len(line))
		}
	})
}

func BenchmarkCombined(b *testing.B) {
	p := compile(b, "apache", combined, Options{})
	var text strings.Builder
	for i := range 4500 {
		fmt.Fprintf(&text, `83.149.%d.%d - - [17/May/2015:10:%02d:%02d +0000] "GET /presentations/monitoring-%d/images/kibana-search%d.png HTTP/1.1" 200 %d "http://www.example.com/presentations/monitoring-%d/" "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_9_1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/32.0.1700.77 Safari/537.36"`+"\n",
			i%250, i*7%250, i/60%60, i%60, i%2000, i%17, i*31, i%2000)
	}
	data, n := block(text.String())
	w := p.NewWorker()
	builder := record.NewBuilder(p.Schema(), record.Heap, true)
	builder.Start(5000)
	builder.Begin(data, n, false)
	b.SetBytes(int64(n))
	for b.Loop() {
		builder.Row = 0
		w.Parse(builder, data, n)
	}
}
