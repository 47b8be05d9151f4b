package grok

import (
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/record"
)

// ways are workers that read lines in the ways there are: as usual, by machines alone, and by the direct way with forks alone.
func ways(p *Plan) map[string]*worker {
	usual, machines, forks := p.newWorker(false), p.newWorker(false), p.newWorker(false)
	machines.direct, forks.direct = nil, p.forked().newState(forks)
	return map[string]*worker{"usual": usual, "machines": machines, "forks": forks}
}

// agree wants all ways to give the same of text.
func agree(t testing.TB, p *Plan, text string) {
	all := ways(p)
	rows, rejects := parse(p, all["machines"], text)
	for _, name := range []string{"usual", "forks"} {
		got, refused := parse(p, all[name], text)
		if !assert.Equal(t, rows, got, "%s of %q", name, p.o.Patterns) || !assert.Equal(t, rejects, refused, "%s of %q", name, p.o.Patterns) {
			return
		}
	}
}

// damaged are copies of a line with a byte gone, doubled, changed or moved, cut lines, and the line itself.
func damaged(line string, n int, seed uint64) string {
	r := rand.New(rand.NewPCG(seed, 1))
	var b strings.Builder
	odd := []string{"", "-", " ", "\"", "\\", "\\\"", "0", "9", "x", ".", ":", "/", "[", "]", "\r", "\r\n", "\n", "é", "\xff", "\u00a0", "12345678901234567890", "\t", "_", "+", "'", "|"}
	for range n {
		text := []byte(line)
		for range r.IntN(3) {
			if len(text) == 0 {
				break
			}
			at := r.IntN(len(text))
			switch r.IntN(6) {
			case 0:
				text = append(text[:at:at], text[at+1:]...)
			case 1:
				text = append(append(text[:at+1:at+1], text[at]), text[at+1:]...)
			case 2:
				text = append(append(text[:at:at], odd[r.IntN(len(odd))]...), text[at+1:]...)
			case 3:
				text = append(append(text[:at:at], odd[r.IntN(len(odd))]...), text[at:]...)
			case 4:
				text = text[:at]
			case 5:
				from := r.IntN(len(text))
				text = append(append(text[:at:at], text[from:min(len(text), from+r.IntN(12))]...), text[at:]...)
			}
		}
		b.Write(text)
		b.WriteString([]string{"\n", "\r\n"}[r.IntN(8)/7])
	}
	return b.String()
}

// directCases are patterns with a line each; whether the line is read directly, the second time at the latest.
var directCases = []struct {
	name   string
	o      Options
	line   string
	direct bool
}{
	{"combined", Options{Patterns: []string{"%{COMBINEDAPACHELOG}"}}, accessLine(1), true},
	{"combined typed", Options{Patterns: []string{"%{COMBINEDAPACHELOG}"}, Fields: map[string]Declared{
		"timestamp": {record.Timestamp, "%d/%b/%Y:%H:%M:%S %z"}, "bytes": {record.Int, ""}, "response": {record.Int, ""}, "clientip": {record.IP, ""}, "httpversion": {record.Float, ""},
	}}, accessLine(1), true},
	{"combined clf", Options{Patterns: []string{"%{COMBINEDAPACHELOG}"}, Limit: 330, Fields: map[string]Declared{"timestamp": {record.Timestamp, "clf"}, "agent": {record.String, "unquote"}}}, accessLine(1), true},
	{"combined some", Options{Patterns: []string{"%{COMBINEDAPACHELOG}"}, Columns: []string{"verb", "bytes"}}, accessLine(1), true},
	{"combined or not", Options{Patterns: []string{"%{COMBINEDAPACHELOG}", "%{WORD:first} %{GREEDYDATA:rest}"}}, accessLine(1), true},
	{"numbers", Options{Patterns: []string{`^%{INT:a:int} %{POSINT:b:int} %{NONNEGINT:c:int} %{NUMBER:d:int} %{NUMBER:e:float} %{BASE10NUM:f}$`}}, "-12 7 0 55 2.50 .5", true},
	{"names", Options{Patterns: []string{`%{USER:a}@%{WORD:b}%{SPACE}%{USERNAME:c}(?: |$)`}}, "ann@home.x bob", true},
	{"quotes", Options{Patterns: []string{`%{QS:a},%{QUOTEDSTRING:b}(?<c>,.+)?`}}, `"a \"b\" c","",x`, true},
	{"optional", Options{Patterns: []string{`(?:%{INT:n:int} )?(?:<%{WORD:w}> )?%{DATA:d}(?:;%{GREEDYDATA:rest})?$`}}, "12 <ab> some text; and more", true},
	{"nested", Options{Patterns: []string{`(?<all>(?<first>%{WORD:word}-%{INT:n:int}) (?<rest>\S+))`}}, "ab-12 c,d", true},
	{"loop", Options{Patterns: []string{`^(?:(?<a>[a-z]+)(?<n>\d)?,)+(?<b>x|\w+)$`}}, "ab,c1,d,efg", false},
	{"twice", Options{Patterns: []string{`(?:%{INT:a:int}|%{WORD:a}) (?:-|%{WORD:b}|"%{DATA:b}")`}}, `12 "ab"`, true},
	{"inner loop", Options{Patterns: []string{`(?<a>x(?:y|z(?<b>.))+)-%{WORD:c}`}}, "xyz1yz2-end", false},
	{"first of two", Options{Patterns: []string{`^(?<x>a[0-9])?(?<x>b[0-9]+)?$`}}, "a1b2", false},
	{"begun again", Options{Patterns: []string{`^(?:(?<a>x(?:y|yxy.))){1,2}-`}}, "xyxy;-", true},
	{"mailbox", Options{Patterns: []string{`^(?:%{HTTPDUSER:a} x|%{NOTSPACE:b} %{WORD:c})`}}, "ann+b@home.x x", false},
	{"all that is left", Options{Patterns: []string{`%{WORD:a} (?=%{GREEDYDATA:all})%{WORD:b}\(%{DATA:c}\)(?=(?<rest>.*))(?: by %{GREEDYDATA:d})?$`}}, "one two(three) by four", true},
	{"either behind", Options{Patterns: []string{`^(?<a>.*?)(?:,b|(?:,)+c)(?<d>.*)`}}, "x,,c ,b", true},
	{"either in front", Options{Patterns: []string{`(?<a>.*?)(?:,b|(?:,)+c)(?<d>.*)`}}, "x,,c ,b", true},
	{"later", Options{Patterns: []string{`%{IPV4:a}:%{INT:b:int} (?:-|%{WORD:c})$`}}, "12:3 14:25 at 192.0.2.7:12 -", true},
	{"a word later", Options{Patterns: []string{`\b(?:open|shut) %{WORD:a}(?: by %{WORD:b})?`}}, "shutters openly shut doors by ann", true},
	{"anything", Options{Patterns: []string{`%{GREEDYDATA:a}`}}, "some text", true},
	{"last", Options{Patterns: []string{`%{DATA:a} %{GREEDYDATA:b} \[%{WORD:c}\]`}}, "one two three [end]", true},
	{"classes", Options{Patterns: []string{`(?<a>[^,]*),(?<b>[^;\n]+);(?<c>\s*)(?<d>[a-f0-9]{4})`}}, "one two,three four;  12ab", true},
	{"syslog", Options{Patterns: []string{"%{SYSLOGBASE} %{GREEDYDATA:message}"}, Fields: map[string]Declared{"timestamp": {record.Timestamp, "syslog"}, "pid": {record.Int, ""}}}, syslogLine(3), true},
	{"service", Options{Patterns: []string{`^%{TIMESTAMP_ISO8601:time}\s+%{LOGLEVEL:level} \[%{DATA:thread}\] %{NOTSPACE:logger} - %{GREEDYDATA:message}$`}, Fields: map[string]Declared{"time": {record.Timestamp, "rfc3339"}}}, serviceLine(3), true},
	{"proxy", Options{Patterns: []string{`%{IPORHOST:client}:%{POSINT:port:int} \[%{HTTPDATE:time}\] %{NOTSPACE:backend}/%{NOTSPACE:server} (?:%{INT:wait:int}|-)/%{INT:took:int} (?:\{%{DATA:headers}\} )?"%{WORD:method} %{NOTSPACE:target}"`}},
		`192.0.2.7:50022 [12/Nov/2024:17:03:00 +0100] shop/web-1 -/17 {www.example.com} "GET /a"`, true},
	{"error log", Options{Patterns: []string{"%{HTTPD_ERRORLOG}"}}, "[Tue Nov 12 17:03:00.123456 2024] [core:error] [pid 4711:tid 139702] [client 192.0.2.7:50022] AH00126: Invalid URI in request GET /../a HTTP/1.0", true},
}

func TestDirectGivesWhatMachinesGive(t *testing.T) {
	for k, c := range directCases {
		t.Run(c.name, func(t *testing.T) {
			p, err := Compile(c.o)
			require.NoError(t, err)
			agree(t, p, damaged(c.line, 3000, uint64(k)))
			agree(t, p, strings.Repeat(c.line+"\n", 3)+damaged(c.line, 300, 99))
			w := p.newWorker(false)
			rows, rejects := parse(p, w, strings.Repeat(c.line+"\n", 40))
			assert.Empty(t, rejects)
			assert.Len(t, rows, 40)
			assert.Equal(t, c.direct, w.direct.fits(), "%v", p.Describe())
		})
	}
}

// What was found out of a line is not taken for something of the next that is explained.
func TestExplainForgetsTheLineBefore(t *testing.T) {
	p, err := Compile(Options{Patterns: []string{"^%{COMBINEDAPACHELOG}"}})
	require.NoError(t, err)
	w := p.newWorker(false)
	_, rejects := parse(p, w, accessLine(1)+"\n% no line of a log")
	assert.Len(t, rejects, 1)
	assert.Zero(t, w.failed)
	assert.True(t, w.Explain([]byte(accessLine(1))).OK)

	p, err = Compile(Options{Patterns: []string{"%{IPV4:a}:%{INT:b}$"}})
	require.NoError(t, err)
	w = p.newWorker(false)
	rows, _ := parse(p, w, "at 192.0.2.7:12")
	assert.Len(t, rows, 1)
	assert.True(t, w.Explain([]byte("192.0.2.7:12")).OK)
}

// fits tells whether the last lines were read directly.
func (s *directState) fits() bool {
	return s.score > directFirst || s.rests > 0 && s.other != nil && s.other.score > directFirst
}

// A record that may have line feeds in it is not read directly: there a line feed is no end.
func TestRecordsAreNotReadDirectly(t *testing.T) {
	p, err := Compile(Options{Patterns: []string{"(?<a>[^;]*);%{GREEDYDATA:b}"}})
	require.NoError(t, err)
	rows, _ := parse(p, p.NewRecordWorker(), "one\ntwo;three\nfour")
	assert.Equal(t, []string{`{"a":"one\ntwo","b":"three\nfour"}`}, rows)
}

func TestDirectGivesWhatMachinesGiveForLogstash(t *testing.T) {
	n := 300
	if testing.Short() {
		n = 40
	}
	read := 0
	for k, c := range corpusCases(t, "grok") {
		p, err := Compile(Options{Patterns: []string{c.Pattern}, Files: []string{filepath.Join(corpus, "grok/patterns", map[string]string{"legacy": "legacy", "v1": "ecs-v1"}[c.ECS])}})
		require.NoError(t, err)
		agree(t, p, damaged(c.Input, n, uint64(k)))
		if p.direct != nil {
			read++
		}
	}
	assert.Greater(t, read, 300)
}

// FuzzDirect wants the same of lines in whatever way they are read.
func FuzzDirect(f *testing.F) {
	for _, c := range directCases {
		f.Add(c.o.Patterns[0], c.line+"\n"+c.line+"x\r\n"+c.line[1:])
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if len(pattern) > 300 || len(text) > 2000 {
			return
		}
		p, err := Compile(Options{Patterns: []string{pattern}, Limit: 300, Numbered: len(text)%3 == 0})
		if err != nil || text == "" {
			return
		}
		agree(t, p, text)
	})
}
