package match

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/pattern"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
	"github.com/sawlog/sawlog/lib/record"
)

// sample is a line by a pattern and its row; an empty row: the line must be refused, with the fault in want.
type sample struct{ text, line, row string }

// checkSamples runs each line with every line ending, alone and among others, and asks Explain.
func checkSamples(t *testing.T, front func(string) (*pattern.Tree, error), o Options, samples []sample) {
	t.Helper()
	if o.Limit == 0 {
		o.Limit = 1 << 20
	}
	for _, c := range samples {
		tree, err := front(c.text)
		if !assert.NoError(t, err, c.text) {
			continue
		}
		p, err := Compile(tree, o)
		if !assert.NoError(t, err, "%s: %s", c.text, tree) {
			continue
		}
		w := p.NewWorker()
		check := w.Explain([]byte(c.line))
		for _, ending := range []string{"\n", "\r\n", ""} {
			rows, rejects := parse(p, w, c.line+ending)
			if c.row == "" {
				assert.Len(t, rejects, 1, "%s: %s: %v", c.text, c.line, rows)
				assert.False(t, check.OK, "%s: %s", c.text, c.line)
				continue
			}
			if assert.Empty(t, rejects, "%s: %s: %s: %+v", c.text, tree, c.line, check) {
				assert.JSONEq(t, c.row, rows[0], "%s: %s: %s", c.text, tree, c.line)
			}
			assert.True(t, check.OK, "%s: %s", c.text, c.line)
		}
		rows, rejects := parse(p, w, strings.Repeat(c.line+"\n", 65))
		assert.Equal(t, 65, len(rows)+len(rejects))
		assert.Equal(t, c.row == "", len(rows) == 0, "%s: %s", c.text, c.line)
	}
}

func TestDissect(t *testing.T) {
	checkSamples(t, pattern.CompileDissect, Options{}, []sample{
		{"%{clientip} %{ident} %{auth} [%{@timestamp}] \"%{verb} %{request} HTTP/%{httpversion}\" %{status} %{size}",
			`1.2.3.4 - - [30/Apr/1998:22:00:52 +0000] "GET /english/venues/cities/images/montpellier/18.gif HTTP/1.0" 200 3171`,
			`{"clientip":"1.2.3.4","ident":"-","auth":"-","@timestamp":"30/Apr/1998:22:00:52 +0000","verb":"GET","request":"/english/venues/cities/images/montpellier/18.gif","httpversion":"1.0","status":"200","size":"3171"}`},
		{"%{message}", "anything at all", `{"message":"anything at all"}`},
		{"%{a} %{b}", "x ", `{"a":"x","b":""}`},
		{"%{a} %{b}", " x", `{"a":"","b":"x"}`},
		{"%{a} %{b}", "x  y z", `{"a":"x","b":" y z"}`},
		{"%{a} %{b}", "x", ""},
		{"%{a},%{},%{b}", "1,,3", `{"a":"1","b":"3"}`},
		{"%{a},%{?dropped},%{b}", "1,2,3,4", `{"a":"1","b":"3,4"}`},
		{"[%{a}] end", "[x] end of it", `{"a":"x"}`},
		{"[%{a}] end", "[x]", ""},
		{"<%{a}", "x", ""},
		{"%{ts->} %{level}", "1998-08-10T17:15:42,466          WARN", `{"ts":"1998-08-10T17:15:42,466","level":"WARN"}`},
		{"[%{ts}]%{->}[%{level}]", "[1998-08-10T17:15:42,466]            [WARN]", `{"ts":"1998-08-10T17:15:42,466","level":"WARN"}`},
		{"%{a->}, %{b}", "1, , , 2", `{"a":"1","b":"2"}`},
		{"%{a->} ", "1   ", `{"a":"1"}`},
		{"%{ts} %{+ts} %{+ts} %{src} %{}", "Oct 26 02:49:25 localhost rest", `{"ts":"Oct 26 02:49:25","src":"localhost"}`},
		{"%{+a/2} %{+a/1} %{+a/4} %{+a/3}", "1 2 3 go", `{"a":"2 1 go 3"}`},
		{"%{+name} %{+name},%{+name}|%{x}", "john jacob,jingle|1", `{"name":"john jacob,jingle","x":"1"}`},
		{"%{+a->} %{b} %{+a}", "1   2 3", `{"a":"1 3","b":"2"}`},
		{"%{+a} %{b} %{+a}", " 2 ", `{"a":" ","b":"2"}`},
		{"%{a|integer} %{b|float} %{c|boolean} %{d|ip}", "5 0.5 true ::1", `{"a":5,"b":0.5,"c":true,"d":"::1"}`},
		{"%{a|integer} %{b}", "x 1", ""},
		{"%{level#1}%{rest}", "I0505 17:59:40", `{"level":"I","rest":"0505 17:59:40"}`},
		{"%{a#3}%{b#2}", "abcdefgh", `{"a":"abc","b":"de"}`},
		{"%{a#3}%{b}", "ab", ""},
		{"%{[a][b]} %{c}", "1 2", `{"a.b":"1","c":"2"}`},
		{"100%: %{a}", "100%: x", `{"a":"x"}`},
		{"%{a}aab%{b}", "xaaab y", `{"a":"xa","b":" y"}`},
	})
	// The type of a joined field.
	o := Options{Fields: map[string]Declared{"ts": {Type: record.Timestamp, Layout: "%b %d %H:%M:%S"}, "n": {Type: record.Int}}, Clock: timestamp.Options{Year: 2024}}
	checkSamples(t, pattern.CompileDissect, o, []sample{
		{"%{ts} %{+ts} %{+ts} %{n}", "Oct 26 02:49:25 7", `{"ts":"2024-10-26T02:49:25Z","n":7}`},
		{"%{ts->} %{+ts} %{+ts} %{n}", "Oct     6 02:49:25 7", `{"ts":"2024-10-06T02:49:25Z","n":7}`},
		{"%{+ts/2} %{+ts/3} %{n} %{+ts/1}", "26 02:49:25 7 Oct", `{"ts":"2024-10-26T02:49:25Z","n":7}`},
		{"%{+ts/2} %{+ts/3} %{n} %{+ts/1}", "26 02:49:61 7 Oct", ""},
		{"%{ts} %{n}", "Oct 26 02:49:25 7", `{"ts":"2024-10-26T02:49:25Z","n":7}`},
	})
	o = Options{Fields: map[string]Declared{"a": {Type: record.IP}, "b": {Type: record.Int, Layout: "hex"}, "c": {Type: record.String, Layout: "unquote"}}}
	checkSamples(t, pattern.CompileDissect, o, []sample{
		{"%{a} %{b} %{c}", `::1 0xfF 'it\'s'`, `{"a":"::1","b":255,"c":"it's"}`},
		{"%{a} %{b} %{c}", `::1 10 plain "x"`, `{"a":"::1","b":16,"c":"plain \"x\""}`},
		{"%{a} %{b} %{c}", `::1  ""`, `{"a":"::1","c":""}`},
		{"%{a} %{b} %{c}", `::1 0xg x`, ``},
		{"%{+a/2}:%{b} %{c} %{+a/1}", `1:5 x :`, `{"a":"::1","b":5,"c":"x"}`},
		{"%{+a/2}:%{b} %{c} %{+a/1}", `1:5 x ;`, ``},
	})
	o = Options{Fields: map[string]Declared{"a": {Type: record.Duration, Layout: "s"}, "b": {Type: record.Duration, Layout: "s"}}}
	checkSamples(t, pattern.CompileDissect, o, []sample{
		{"%{a} %{b}", "4294967295 4294967296", `{"a":4294967295000000000,"b":4294967296000000000}`},
		{"%{a} %{b}", "1 9223372037", ``},
		{"%{a} %{b}", "99999999999 1", ``},
		{"%{a->} %{b}", "1.5   -0.25", `{"a":1500000000,"b":-250000000}`},
		{"%{a->} %{b}", "1h5m  1ms", `{"a":3900000000000,"b":1000000}`},
	})
}

func TestLoki(t *testing.T) {
	checkSamples(t, pattern.CompileLoki, Options{}, []sample{
		{`<ip> - - <_> "<method> <uri> <_>" <status> <size> <_> "<agent>" <_>`,
			`0.191.12.2 - - [10/Jun/2021:09:14:29 +0000] "GET /api/plugins/versioncheck HTTP/1.1" 200 2 "-" "Go-http-client/2.0" "13.76.247.102, 34.120.177.193" "TLSv1.2" "US" ""`,
			`{"ip":"0.191.12.2","method":"GET","uri":"/api/plugins/versioncheck","status":"200","size":"2","agent":"Go-http-client/2.0"}`},
		{`<_> level=<level> <_>`, `ts=1 level=warn x`, `{"level":"warn"}`},
		{`<_> level=<level> <_>`, `ts=1 lvl=warn x`, ``},
		{`<a>-<b>`, `-`, `{"a":"","b":""}`},
		{`<1> <a>`, `<1> x`, `{"a":"x"}`},
		{`<<a>> <_>`, `<x> y`, `{"a":"x"}`},
		{`<_a1>|`, `x|y`, `{"_a1":"x"}`},
		{`x<a>`, `yx`, ``},
	})
}

func TestLogsQL(t *testing.T) {
	checkSamples(t, pattern.CompileLogsQL, Options{}, []sample{
		{"<foo>", "abc", `{"foo":"abc"}`},
		{"<foo>bar", "a bazbar xdsf", `{"foo":"a baz"}`},
		{"<foo>bar<>x", "a bazbar xdsf", `{"foo":"a baz"}`},
		{"foo<bar>", "a foo xdf sdf", `{"bar":" xdf sdf"}`},
		{"foo<bar>baz", "a foo foobar bazabc", `{"bar":" foobar "}`},
		{"foo<bar>baz", "a foo foobar", ``},
		{"ip=<ip> <> path=<path> ", "x=a, ip=1.2.3.4 method=GET host='abc' path=/foo/bar some tail here", `{"ip":"1.2.3.4","path":"/foo/bar"}`},
		{`"msg":<msg>,`, `{"foo":"bar","msg":"foo,b\"ar\n\t","baz":"x"}`, `{"msg":"foo,b\"ar\n\t"}`},
		{`"msg":<plain:msg>,`, `{"foo":"bar","msg":"foo,b\"ar\n\t","baz":"x"}`, `{"msg":"\"foo"}`},
		{"foo=<bar> ", "foo=`bar baz,abc` def", `{"bar":"bar baz,abc"}`},
		{"foo=<bar> ", "foo=`` def", `{"bar":""}`},
		{`<foo>,"bar`, `"foo,\"bar"`, `{"foo":"foo,\"bar"}`},
		{`<foo>,"bar`, `foo,x`, ``},
		{`<foo>,"bar`, `"foo","bar"`, `{"foo":"foo"}`},
		{`a=<a>`, `x a="b c" d`, `{"a":"b c"}`},
		{`a=<a>`, `x a="b c`, `{"a":"\"b c"}`},
		{`a=<a> b=<b>`, `a="x\q" b="y\u00e9\101\xe9"`, "{\"a\":\"\\\"x\\\\q\\\"\",\"b\":\"yéA\ufffd\"}"},
		{`a=<a> b`, `a="x"y b`, `{"a":"x"}`},
		{`a=<a> b<c>`, `a="x"y b`, ``},
		{"&lt;<a>&gt;&amp;", "x<y>&", `{"a":"y"}`},
		{"<a>&quot;<*>=<_>;<b>", `1"2=3;4`, `{"a":"1","b":"4"}`},
		{"a=<a>", `a=""`, `{"a":""}`},
		{"a=<a> <b>", `a="é" "\\"`, `{"a":"é","b":"\\"}`},
	})
	o := Options{Fields: map[string]Declared{"n": {Type: record.Int}, "ip": {Type: record.IP}, "t": {Type: record.Timestamp, Layout: "rfc3339"}}}
	checkSamples(t, pattern.CompileLogsQL, o, []sample{
		{"n=<n> ip=<ip> t=<t>", `n="\x31\x32" ip="\u003a:1" t="2026-03-05T08:09:10Z"`, `{"n":12,"ip":"::1","t":"2026-03-05T08:09:10Z"}`},
		{"n=<n> ip=<ip> t=<t>", `n=12 ip=::1 t=2026-03-05T08:09:10Z`, `{"n":12,"ip":"::1","t":"2026-03-05T08:09:10Z"}`},
		{"n=<n> ip=<ip> t=<t>", `n="" ip="" t=""`, `{}`},
		{"n=<n> ip=<ip> t=<t>", `n="\x3a" ip=::1 t=2026-03-05T08:09:10Z`, ``},
		{"n=<n> ip=<ip> t=<t>", `n="1" ip="\x3a" t=2026-03-05T08:09:10Z`, ``},
	})
}

func TestGoAccess(t *testing.T) {
	front := func(text string) (*pattern.Tree, error) {
		parts := append(strings.Split(text, "\x00"), "", "")
		return pattern.CompileGoAccess(parts[0], parts[1], parts[2])
	}
	line := `66.249.73.135 - - [17/May/2015:10:05:40 +0000] "GET /blog/tags/ipv6 HTTP/1.1" 200 12251 "-" "Mozilla/5.0 (iPhone; \"x\")"`
	row := `{"client":"66.249.73.135","time":"2015-05-17T10:05:40Z","method":"GET","target":"/blog/tags/ipv6","protocol":"HTTP/1.1","status":200,"bytes":12251,"user_agent":"Mozilla/5.0 (iPhone; \"x\")"}`
	whole := `{"client":"66.249.73.135","time":"2015-05-17T10:05:40Z","method":"GET","target":"/blog/tags/ipv6","protocol":"HTTP/1.1","status":200,"bytes":12251`
	checkSamples(t, front, Options{}, []sample{
		{"COMBINED", line, row},
		{"combined", line + " more behind", row},
		{"COMBINED", strings.TrimSuffix(line, `"`), row},
		{"COMBINED", strings.TrimSuffix(line, ` "Mozilla/5.0 (iPhone; \"x\")"`), whole + "}"},
		{"COMBINED", strings.TrimSuffix(line, ` "-" "Mozilla/5.0 (iPhone; \"x\")"`), ``},
		{"COMBINED", strings.TrimSuffix(line, `"-" "Mozilla/5.0 (iPhone; \"x\")"`), whole + "}"},
		{"COMBINED", strings.TrimSuffix(line, `-" "Mozilla/5.0 (iPhone; \"x\")"`) + "http://x", whole + `,"referer":"http://x"}`},
		{"COMBINED", `1.1.1.1 - - [17/May/2015:10:05:40 +0000] "GET / HTTP/1.1"`, `{"client":"1.1.1.1","time":"2015-05-17T10:05:40Z","method":"GET","target":"/","protocol":"HTTP/1.1"}`},
		{"COMBINED", `1.1.1.1 - - [17/May/2015:10:05:40 +0000] "GET / HTTP/1.1`, ``},
		{"COMBINED", `1.1.1.1 - - [17/May/2015:10:05:40 +0000]`, ``},
		{"COMBINED", strings.Replace(line, "200", "2x0", 1), ``},
		{"VCOMBINED", "[2001:db8::1]:443 " + line, `{"server":"2001:db8::1",` + row[1:]},
		{"W3C", `2015-05-17 10:05:40 x GET /a b=c 80 - 10.0.0.1 Mozilla/5.0+(X11) - 200 0 0 15`,
			`{"time":"2015-05-17T10:05:40Z","method":"GET","target":"/a","query":"b=c","client":"10.0.0.1","user_agent":"Mozilla/5.0+(X11)","status":200,"duration":15000000}`},
		{"CLOUDSTORAGE", `"1431857140000000","10.0.0.1",1,,"GET","/a","200",5,"17","1500",h,"","ua",x`,
			`{"time":"2015-05-17T10:05:40Z","client":"10.0.0.1","method":"GET","target":"/a","status":200,"bytes":17,"duration":1500000,"referer":"","user_agent":"ua"}`},
		{"SQUID", `May 17 10:05:40 proxy squid: 1431857140.250    91 10.0.0.1 TCP_MISS/200 5316 GET http://x/`,
			`{"time":"2015-05-17T10:05:40Z","server":"proxy","duration":91000000,"client":"10.0.0.1","status":200,"bytes":5316,"method":"GET","target":"http://x/"}`},
		{"TRAEFIKCLF", `10.0.0.1 - ann [17/May/2015:10:05:40 +0000] "GET / HTTP/1.1" 200 5 "-" "curl" 1 "web@docker" "http://172.17.0.2:80" 12ms`,
			`{"client":"10.0.0.1","user":"ann","time":"2015-05-17T10:05:40Z","method":"GET","target":"/","protocol":"HTTP/1.1","status":200,"bytes":5,"user_agent":"curl","server":"web@docker","duration":12000000}`},
		{"AWSELB", `http 2018-07-02T22:23:00.186641Z app/my 192.168.131.39:2817 10.0.0.1:80 0.000 0.001 0.000 200 200 34 366 "GET http://www.example.com:80/ HTTP/1.1" "curl/7.46.0" - - arn "Root=1" "-"`,
			`{"time":"2018-07-02T22:23:00Z","client":"192.168.131.39","duration":1000000,"status":200,"bytes":366,"method":"GET","target":"http://www.example.com:80/","protocol":"HTTP/1.1","user_agent":"curl/7.46.0"}`},
		{"%d|%h|%t|%m %U %H\x00%d/%m/%Y\x00%H:%M:%S.%f", `05/03/2026|::1|08:09:10.25|GET / HTTP/2`, `{"time":"2026-03-05T08:09:10.25Z","client":"::1","method":"GET","target":"/","protocol":"HTTP/2"}`},
		{"%t %h %d\x00%d/%m/%Y\x00%H:%M", `08:09 ::1 05/03/2026`, `{"time":"2026-03-05T08:09:00Z","client":"::1"}`},
		{"%t %d %h\x00%d/%m/%Y\x00%H:%M", `08:09 05/03/2026 ::1`, `{"time":"2026-03-05T08:09:00Z","client":"::1"}`},
		{"%x %h\x00\x00%s", `1431857140 h`, `{"time":"2015-05-17T10:05:40Z","client":"h"}`},
		{"%x %h\x00%Y%m%d\x00%H%M%S", `20170801235000 h`, `{"time":"2017-08-01T23:50:00Z","client":"h"}`},
		{"[%x] %h\x00%d/%b/%Y:%H:%M:%S %z\x00", `[05/Mar/2026:08:09:10 +0100] h`, `{"time":"2026-03-05T07:09:10Z","client":"h"}`},
		{"[%x] %h\x00\x00", `[05/Mar/2026:08:09:10] h`, `{"time":"2026-03-05T08:09:10Z","client":"h"}`},
		{"%x %h\x00\x00%*", `1431857140250 h`, `{"time":"2015-05-17T10:05:40.25Z","client":"h"}`},
		{`%h "~h{, }" %s`, `- "10.0.0.1, 10.0.0.2" 200`, `{"status":200}`},
		{`~h{, } %^[%d:%t %^] %s %D %T`, `unknown, 10.0.0.7, 10.0.0.2 - [17/May/2015:10:05:40 +0000] 200 7 1`, `{"client":"10.0.0.7","time":"2015-05-17T10:05:40Z","status":200,"duration":7000}`},
		{`~h{,} %s`, `a,b 200`, ``},
		{`~h{,} %s`, `- 200`, `{"status":200}`},
		{`%h %~"%r" %n`, `h    "GET / HTTP/1.1" 5`, `{"client":"h","method":"GET","target":"/","protocol":"HTTP/1.1","duration":5}`},
		{`%h\t%~%e\t%s 100%%`, "h\t   ann\t200 100%", `{"client":"h","user":"ann","status":200}`},
	})
}

func TestFixedWidthsSideBySide(t *testing.T) {
	p := compile(t, "nginx", "$status$request_uri $pipe$time_iso8601", Options{})
	rows, rejects := parse(p, p.NewWorker(), "200/a p2026-03-05T08:09:10+00:00\n")
	require.Empty(t, rejects)
	assert.Equal(t, []string{`{"status":200,"target":"/a","pipe":"p","time":"2026-03-05T08:09:10Z"}`}, rows)
	p = compile(t, "nginx", "$status$time_iso8601", Options{})
	rows, rejects = parse(p, p.NewWorker(), "2002026-03-05T08:09:10+00:00\n")
	require.Empty(t, rejects)
	assert.Equal(t, []string{`{"status":200,"time":"2026-03-05T08:09:10Z"}`}, rows)
}

func TestHAProxy(t *testing.T) {
	row := `{"client":"127.0.0.1","client_port":39759,"time":"2013-12-09T12:59:46.633Z","frontend":"loadbalancer","backend":"default","server_name":"instance8","request_duration":0,"queue_duration":51536000000,"connect_duration":1000000,"response_duration":48082000000,"duration":99627000000,"status":200,"bytes":83285,"termination_state":"----","actconn":87,"feconn":87,"beconn":87,"srv_conn":1,"retries":0,"srv_queue":0,"backend_queue":67,`
	line := `127.0.0.1:39759 [09/Dec/2013:12:59:46.633] loadbalancer default/instance8 0/51536/1/48082/99627 200 83285 - - ---- 87/87/87/1/0 0/67 `
	checkSamples(t, pattern.CompileHAProxy, Options{}, []sample{
		{"httplog", line + `{77.24.148.74} "GET /path/to/image HTTP/1.1"`, row + `"captured_request_headers":["77.24.148.74"],"method":"GET","target":"/path/to/image","protocol":"HTTP/1.1"}`},
		{"httplog", line + `{docs.example.internal||} {|a b|} "GET / HTTP/1.1"`, row + `"captured_request_headers":["docs.example.internal","",""],"captured_response_headers":["","a b",""],"method":"GET","target":"/","protocol":"HTTP/1.1"}`},
		{"option httplog", line + `{} {} "GET / HTTP/1.1"`, row + `"captured_request_headers":[],"captured_response_headers":[],"method":"GET","target":"/","protocol":"HTTP/1.1"}`},
		{"option httplog", line + `"<BADREQ>"`, row + `"request":"<BADREQ>"}`},
		{"httplog", line + `"GET /a/very/long/pa`, row + `"request":"GET /a/very/long/pa"}`},
		{"httplog", line + `{x} {y}`, ``},
		{"httplog", line, ``},
		{"httplog", `2001:db8::1:50 [09/Dec/2013:12:59:46.633] f~ b/<NOSRV> -1/-1/-1/-1/+6001 408 +212 x=1 - cR-- 1/1/1/1/+3 0/0 "<BADREQ>"`,
			`{"client":"2001:db8::1","client_port":50,"time":"2013-12-09T12:59:46.633Z","frontend":"f~","backend":"b","server_name":"<NOSRV>","duration":6001000000,"status":408,"bytes":212,"request_cookie":"x=1","termination_state":"cR--","actconn":1,"feconn":1,"beconn":1,"srv_conn":1,"retries":3,"srv_queue":0,"backend_queue":0,"request":"<BADREQ>"}`},
		{"tcplog", `10.0.1.2:33313 [06/Feb/2009:12:12:51.443] fnt bck/srv1 0/0/5007 212 -- 0/0/0/0/3 0/0`,
			`{"client":"10.0.1.2","client_port":33313,"time":"2009-02-06T12:12:51.443Z","frontend":"fnt","backend":"bck","server_name":"srv1","queue_duration":0,"connect_duration":0,"duration":5007000000,"bytes":212,"termination_state":"--","actconn":0,"feconn":0,"beconn":0,"srv_conn":0,"retries":3,"srv_queue":0,"backend_queue":0}`},
		{"httpslog", line + `"GET / HTTP/2.0" 0/0/0/0/0 example.com/TLSv1.3/TLS_AES_256_GCM_SHA384`,
			row + `"method":"GET","target":"/","protocol":"HTTP/2.0","fc_err":"0","ssl_fc_err_hex":"0","ssl_c_err":"0","ssl_c_ca_err":"0","ssl_fc_is_resumed":"0","tls_server_name":"example.com","tls_version":"TLSv1.3","tls_cipher":"TLS_AES_256_GCM_SHA384"}`},
		{"clf", `10.0.0.1 - - [17/May/2015:10:05:40 +0200] "GET / HTTP/1.1" 200 5 "" "" 1234 250 "fe" "be" "srv" 0 0 1 2 3 "----" 1 1 1 1 0 0 0 "" "" "" ""`,
			`{"client":"10.0.0.1","time":"2015-05-17T08:05:40Z","method":"GET","target":"/","protocol":"HTTP/1.1","status":200,"bytes":5,"client_port":1234,"time_ms":250,"frontend":"fe","backend":"be","server_name":"srv","request_duration":0,"queue_duration":0,"connect_duration":1000000,"response_duration":2000000,"duration":3000000,"termination_state":"----","actconn":1,"feconn":1,"beconn":1,"srv_conn":1,"retries":0,"srv_queue":0,"backend_queue":0}`},
		{`log-format "%Ts.%ms %{+X}o\ %pid\ %ci %[capture.req.hdr(0)] %(who)[req.hdr(x-user)] \"%HM %HU %HV\" 100%%"`, `1431857140.250 ff 10.0.0.1 a.example bob "GET /x HTTP/1.1" 100%`,
			`{"time":"2015-05-17T10:05:40.25Z","pid":255,"client":"10.0.0.1","capture_req_hdr_0":"a.example","who":"bob","method":"GET","target":"/x","protocol":"HTTP/1.1"}`},
		{`%{+Q}CC %{+Q}ID %[src]`, `"" "a b" 10.0.0.1`, `{"request_id":"a b","client":"10.0.0.1"}`},
	})
}

func TestEnvoy(t *testing.T) {
	checkSamples(t, pattern.CompileEnvoy, Options{}, []sample{
		{"default", `[2016-04-15T20:17:00.310Z] "POST /api/v1/locations HTTP/2" 204 - 154 0 226 100 "10.0.35.28, 1.2.3.4" "nsq2http" "cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2" "locations" "tcp://10.0.2.1:80"`,
			`{"time":"2016-04-15T20:17:00.31Z","method":"POST","target":"/api/v1/locations","protocol":"HTTP/2","status":204,"bytes_received":154,"bytes":0,"duration":226000000,"upstream_duration":100000000,"forwarded_for":["10.0.35.28","1.2.3.4"],"user_agent":"nsq2http","request_id":"cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2","server":"locations","upstream":"tcp://10.0.2.1:80"}`},
		{"default", `[2016-04-15T20:17:00.310Z] "- - -" 0 UF,URX 0 0 0 - "-" "-" "-" "-" "-"`, `{"time":"2016-04-15T20:17:00.31Z","status":0,"response_flags":"UF,URX","bytes_received":0,"bytes":0,"duration":0}`},
		{"default", `[2016-04-15T20:17:00.310Z] "CONNECT - HTTP/1.1" 0 - 0 0 0 - "-" "-" "-" "-" "-"`, `{"time":"2016-04-15T20:17:00.31Z","method":"CONNECT","protocol":"HTTP/1.1","status":0,"bytes_received":0,"bytes":0,"duration":0}`},
		{"default", `[2016-04-15T20:17:00.310Z] "GET" 0 - 0 0 0 - "-" "-" "-" "-" "-"`, `{"time":"2016-04-15T20:17:00.31Z","request":"GET","status":0,"bytes_received":0,"bytes":0,"duration":0}`},
		{"default", `[x] "- - -" 0 - 0 0 0 - "-" "-" "-" "-" "-"`, ``},
		{"istio", `[2020-11-25T21:26:18.409Z] "GET /status/418 HTTP/1.1" 418 - via_upstream - "-" 0 135 4 3 "-" "curl/7.73.0-DEV" "84961386-6d84-929d-98bd-c5aee93b5c88" "httpbin:8000" "127.0.0.1:80" inbound|8000|| 127.0.0.1:41854 10.44.1.27:80 10.44.1.23:37652 outbound_.8000_._.httpbin.foo.svc.cluster.local default`,
			`{"time":"2020-11-25T21:26:18.409Z","method":"GET","target":"/status/418","protocol":"HTTP/1.1","status":418,"response_code_details":"via_upstream","bytes_received":0,"bytes":135,"duration":4000000,"upstream_duration":3000000,"user_agent":"curl/7.73.0-DEV","request_id":"84961386-6d84-929d-98bd-c5aee93b5c88","server":"httpbin:8000","upstream":"127.0.0.1:80","upstream_cluster":"inbound|8000||","upstream_local_address":"127.0.0.1:41854","server_ip":"10.44.1.27","server_port":80,"client":"10.44.1.23","client_port":37652,"requested_server_name":"outbound_.8000_._.httpbin.foo.svc.cluster.local","route_name":"default"}`},
		{`%START_TIME(%s.%3f)% %START_TIME(%Y/%m/%dT%H:%M:%E6S%Ez)% %REQ(:METHOD)% %REQ(X-A?X-B):10% %RESP(CONTENT-TYPE)% %DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% %UPSTREAM_WIRE_BYTES_SENT% 100%%\n`, `1431857140.250 2015/05/17T10:05:40.000001+0200 GET a text/html ::1 5 100%`,
			`{"time":"2015-05-17T10:05:40.25Z","start_time":"2015-05-17T08:05:40.000001Z","method":"GET","http_x_a":"a","sent_http_content_type":"text/html","client":"::1","upstream_wire_bytes_sent":5}`},
		{`%COMMON_DURATION(DS_RX_BEG:DS_TX_END:us)% %DYNAMIC_METADATA(com.test:key)%`, `1500 x`, `{"common_duration":1500000,"metadata_com_test_key":"x"}`},
	})
}

func TestLogback(t *testing.T) {
	at := `"time":"2026-03-05T08:09:10.25Z"`
	checkSamples(t, pattern.CompileLogback, Options{Clock: timestamp.Options{Now: time.Date(2026, 3, 5, 9, 0, 0, 0, time.UTC)}}, []sample{
		{"%d{HH:mm:ss.SSS} [%thread] %-5level %logger{36} -%kvp- %msg%n", `08:09:10.250 [main] INFO  c.e.App -a="b"- started`,
			`{` + at + `,"thread":"main","level":"INFO","severity":6,"logger":"c.e.App","key_values":"a=\"b\"","message":"started"}`},
		{"%d [%t] %-5p %c - %m%n", `2026-03-05 08:09:10,250 [pool-1 thread-2] DEBUG a.B - x - y`, `{` + at + `,"thread":"pool-1 thread-2","level":"DEBUG","severity":7,"logger":"a.B","message":"x - y"}`},
		{"%d{ISO8601} %5p %c{2}: %m%n%ex", `2026-03-05T08:09:10,250  WARN a.B: `, `{` + at + `,"level":"WARN","severity":4,"logger":"a.B","message":""}`},
		{"%d{ISO8601} %5p %c{2}: %m%n%ex", `2026-03-05T08:09:10,250  WARN`, ``},
		{"%-5p|%m", `ERROR|x`, `{"level":"ERROR","severity":3,"message":"x"}`},
		{"%-5p %m", `TOOLONG x`, `{"level":"TOOLONG","message":"x"}`},
		{"%p %c.%M %m", `INFO a.B.c x.y`, `{"level":"INFO","severity":6,"logger":"a.B","function":"c","message":"x.y"}`},
		{"%5p %m", `INFO trimmed by a copy`, `{"level":"INFO","severity":6,"message":"trimmed by a copy"}`},
		{"%d{yyyy-MM-dd HH:mm:ss.SSS}{GMT+2} %m", `2026-03-05 10:09:10.250 x`, `{` + at + `,"message":"x"}`},
		{`%d{"yyyy-MM-dd HH:mm:ss,SSS", Europe/Paris} %m`, `2026-03-05 09:09:10,250 x`, `{` + at + `,"message":"x"}`},
		{`%d{dd MMM yyyy HH:mm:ss,SSS} %m`, `05 Mar 2026 08:09:10,250 x`, `{` + at + `,"message":"x"}`},
		{`%d{UNIX_MILLIS}|%r|%m`, `1772698150250|17|x`, `{` + at + `,"uptime_duration":17000000,"message":"x"}`},
		{"%p %C.%M(%F:%L) %m", `INFO a.B.<init>(B.java:17) x`, `{"level":"INFO","severity":6,"class":"a.B","function":"<init>","file":"B.java","line":17,"message":"x"}`},
		{"%p (%F:%L) %m", `INFO (?:?) x`, `{"level":"INFO","severity":6,"message":"x"}`},
		{"%p [%X{traceId:-},%X{spanId}] [%X{user}] %x %m", `INFO [abc,] [] ctx x`, `{"level":"INFO","severity":6,"trace_id":"abc","context":"ctx","message":"x"}`},
		{"%highlight(%-5level) %cyan(%logger{15}) %replace(%msg){'\\d','x'}%n%nopex", `WARN  a.B x`, `{"level":"WARN","severity":4,"logger":"a.B","message":"x"}`},
		{"%highlight{%p}{FATAL=red} %style{%c}{cyan} %enc{%m}{CRLF}%n", `FATAL a.B x`, `{"level":"FATAL","severity":2,"logger":"a.B","message":"x"}`},
		{"%-5logger %-5level %m", "\u7ebf\u7a0b    WARN  x", `{"logger":"线程","level":"WARN","severity":4,"message":"x"}`},
		{"%-10(%p)|%m", `INFO      |x`, `{"level":"INFO","severity":6,"message":"x"}`},
		{"spring", `2026-03-05T09:09:10.250+01:00  INFO 17 --- [           main] o.s.b.w.embedded.tomcat.TomcatWebServer  : Tomcat started: port 8080`,
			`{` + at + `,"level":"INFO","severity":6,"pid":17,"thread":"main","logger":"o.s.b.w.embedded.tomcat.TomcatWebServer","message":"Tomcat started: port 8080"}`},
		{"spring", `2026-03-05T09:09:10.250+01:00 ERROR   --- [nio-8080-exec-1] a.B                                      : x`,
			`{` + at + `,"level":"ERROR","severity":3,"thread":"nio-8080-exec-1","logger":"a.B","message":"x"}`},
		{"spring", `2026-03-05T09:09:10.250+01:00  INFO 17 --- [shop] [nio-8080-exec-1] a.B                                      : x`,
			`{` + at + `,"level":"INFO","severity":6,"pid":17,"app":"shop","thread":"nio-8080-exec-1","logger":"a.B","message":"x"}`},
		{"%p --- %esb(){APPLICATION_NAME}%esb{APPLICATION_GROUP}[%15.15t] %c : %m%n%xwEx", `INFO --- [shop] [eu] [           main] a.B : x`, `{"level":"INFO","severity":6,"app":"shop","app_group":"eu","thread":"main","logger":"a.B","message":"x"}`},
		{"%p --- %esb(){APPLICATION_NAME}%esb{APPLICATION_GROUP}[%15.15t] %c : %m%n%xwEx", `INFO --- [           main] a.B : [x] y`, `{"level":"INFO","severity":6,"thread":"main","logger":"a.B","message":"[x] y"}`},
		{"%5p [${spring.application.name:},%X{traceId:-}] %m", ` WARN [shop,4bf9] x`, `{"level":"WARN","severity":4,"app":"shop","trace_id":"4bf9","message":"x"}`},
		{"%5p [${spring.application.name},%X{traceId:-}] %m", ` WARN [,] x`, `{"level":"WARN","severity":4,"message":"x"}`},
		{"%p %notEmpty{[%X{user}] }%c %m", `INFO [ann] a.B x`, `{"level":"INFO","severity":6,"user":"ann","logger":"a.B","message":"x"}`},
		{"%p %notEmpty{[%X{user}] }%c %m", `INFO a.B [x] y`, `{"level":"INFO","severity":6,"logger":"a.B","message":"[x] y"}`},
		{"[%p][%-25c{1.}] [%node_name]%marker %m%consoleException%n", `[INFO][o.e.n.Node               ] [es-1] started`, `{"level":"INFO","severity":6,"logger":"o.e.n.Node","node":"es-1","message":"started"}`},
		{"[%d] %p %m (%c)%n", `[2026-03-05 08:09:10,250] INFO (a) b (c) d (e.F)`, `{` + at + `,"level":"INFO","severity":6,"message":"(a) b (c) d","logger":"e.F"}`},
		{"%p %m %l%n", `INFO a - b c a.B.c(B.java:47)`, `{"level":"INFO","severity":6,"message":"a - b c","location":"a.B.c(B.java:47)"}`},
		{"%p %m [%t] [%c]", `INFO a [main] [c.D]`, `{"level":"INFO","severity":6,"message":"a","thread":"main","logger":"c.D"}`},
		{"%p %m %t", `INFO a pool 1`, `{"level":"INFO","severity":6,"message":"a","thread":"pool 1"}`},
		{`\(%p\)\_%m 100\%%n`, `(INFO)x 100%`, `{"level":"INFO","severity":6,"message":"x"}`},
		{`[%pid/%tid %sn %endOfBatch] %m %ex`, `[1/2 3 true] a message`, `{"pid":1,"tid":2,"sequence":3,"end_of_batch":true,"message":"a message"}`},
		{`%X|%X{a b}|%marker|%m`, `{k=v}|1||x`, `{"mdc":"{k=v}","a b":"1","message":"x"}`},
	})
}

func TestPythonLogging(t *testing.T) {
	at := `"time":"2026-03-05T08:09:10.25Z"`
	checkSamples(t, pattern.CompilePythonLogging, Options{}, []sample{
		{"%(asctime)s - %(name)s - %(levelname)s - %(message)s", `2026-03-05 08:09:10,250 - a.b - WARNING - x - y`, `{` + at + `,"logger":"a.b","level":"WARNING","severity":4,"message":"x - y"}`},
		{"%(levelname)s:%(name)s:%(message)s", `ERROR:root:`, `{"level":"ERROR","severity":3,"logger":"root","message":""}`},
		{"[%(asctime)s.%(msecs)03d] %(levelname)-8s [%(filename)s:%(lineno)4d] %(funcName)s %(message)s", `[2026-03-05 08:09:10.250] INFO     [app.py:  17] <module> 100%`,
			`{` + at + `,"level":"INFO","severity":6,"file":"app.py","line":17,"function":"<module>","message":"100%"}`},
		{"%(levelname)8s %(process)d/%(thread)d %(threadName)s %(relativeCreated)d %(message)s", `    INFO 1/2 MainThread 17 x`,
			`{"level":"INFO","severity":6,"pid":1,"tid":2,"thread":"MainThread","uptime_duration":17000000,"message":"x"}`},
		{"{asctime} {levelname:<8} {name!r} {{{process:>6d}}} {message}", `2026-03-05 08:09:10,250 DEBUG    'a' {    17} x`, `{` + at + `,"level":"DEBUG","severity":7,"logger":"'a'","pid":17,"message":"x"}`},
		{"$asctime ${levelname} $$ $message", `2026-03-05 08:09:10,250 CRITICAL $ x`, `{` + at + `,"level":"CRITICAL","severity":2,"message":"x"}`},
		{"%(created)f %(levelno)s %(otelTraceID)s %(request_id)s 100%% %(message)s", `1772698150.250000 30 abc r1 100% x`, `{` + at + `,"level_number":30,"trace_id":"abc","request_id":"r1","message":"x"}`},
		{"[%(asctime)s: %(levelname)s/%(processName)s] %(message)s", `[2026-03-05 08:09:10,250: INFO/MainProcess] x`, `{` + at + `,"level":"INFO","severity":6,"process_name":"MainProcess","message":"x"}`},
		{"%(asctime)s %(message)s", `2026-03-05 08:09 x`, ``},
		{"%(levelname)s %(threadName)s %(name)s %(message)s", `INFO Thread-17 (<lambda>) a.b x (y) z`, `{"level":"INFO","severity":6,"thread":"Thread-17 (<lambda>)","logger":"a.b","message":"x (y) z"}`},
		{"%(levelname)s %(threadName)s %(name)s %(message)s", `INFO Thread-17 (a b) c`, `{"level":"INFO","severity":6,"thread":"Thread-17","logger":"(a","message":"b) c"}`},
		{"%(levelname)s: %(message)s (%(filename)s:%(lineno)d)", `ERROR: no (a) b (c.py:47)`, `{"level":"ERROR","severity":3,"message":"no (a) b","file":"c.py","line":47}`},
		{"%(levelname)s %(threadName)s %(message)s", `INFO Thread-x (run) y`, `{"level":"INFO","severity":6,"thread":"Thread-x","message":"(run) y"}`},
		{"%(threadName)-12s %(message)s", `Thread-1 (r) x`, `{"thread":"Thread-1 (r)","message":"x"}`},
		{"%(name)-5s %(levelname)-8s %(message)s", "\u7efc\u5408    INFO     x", `{"logger":"综合","level":"INFO","severity":6,"message":"x"}`},
		{"%(name)-5s %(levelname)-8s %(message)s", "\u7efc\u5408\u7efc\u5408\u7efc\u5408 INFO     x", `{"logger":"综合综合综合","level":"INFO","severity":6,"message":"x"}`},
		{"%(name)5s|%(message)s", "   \u7efc\u5408|x", `{"logger":"综合","message":"x"}`},
	})
	checkSamples(t, pattern.CompilePythonLogging, Options{Fields: map[string]Declared{"time": {Type: record.Timestamp, Layout: "%d/%m/%Y %H:%M"}}}, []sample{
		{"%(asctime)s %(message)s", `05/03/2026 08:09 x`, `{"time":"2026-03-05T08:09:00Z","message":"x"}`},
	})
}

func TestVPCFlow(t *testing.T) {
	checkSamples(t, pattern.CompileVPCFlow, Options{}, []sample{
		{"version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status",
			"2 123456789010 eni-1235b8ca123456789 172.31.16.139 2001:db8::1 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK",
			`{"version":2,"account_id":"123456789010","interface_id":"eni-1235b8ca123456789","src_ip":"172.31.16.139","dst_ip":"2001:db8::1","src_port":20641,"dst_port":22,"protocol_number":6,"packets":20,"bytes":4249,"time":"2014-12-14T04:06:50Z","end_time":"2014-12-14T04:07:50Z","action":"ACCEPT","log_status":"OK"}`},
		{"version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status",
			"2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA",
			`{"version":2,"account_id":"123456789010","interface_id":"eni-1235b8ca123456789","time":"2015-05-10T18:01:16Z","end_time":"2015-05-10T18:02:14Z","log_status":"NODATA"}`},
		{"${instance-id} pkt_srcaddr", "- 10.0.1.5", `{"packet_src_ip":"10.0.1.5"}`},
		{"action log_status", "ACCEPT OK more", ``},
		{"action log_status", "ACCEPT", ``},
		{"srcaddr dstaddr", "10.0.0.1 10.0.0.x", ``},
		{"version", "version", ``},
	})
}

func TestPostgres(t *testing.T) {
	at := `"time":"2026-03-05T08:09:10.25Z"`
	checkSamples(t, pattern.CompilePostgres, Options{}, []sample{
		{"%m [%p] ", `2026-03-05 08:09:10.250 UTC [17] LOG:  database system is ready to accept connections`, `{` + at + `,"pid":17,"level":"LOG","severity":6,"message":"database system is ready to accept connections"}`},
		{"%m [%p] %q%u@%d ", `2026-03-05 08:09:10.250 UTC [17] LOG:  checkpoint: a@b c:  x`, `{` + at + `,"pid":17,"level":"LOG","severity":6,"message":"checkpoint: a@b c:  x"}`},
		{"%m [%p] %q%u@%d ", `2026-03-05 08:09:10.250 UTC [17] ann@shop ERROR:  relation "x" does not exist at character 15`,
			`{` + at + `,"pid":17,"user":"ann","database":"shop","level":"ERROR","severity":3,"message":"relation \"x\" does not exist at character 15"}`},
		{"%m [%p] %q%u@%d ", `2026-03-05 08:09:10.250 UTC [17] nonsense`, ``},
		{"log_line_prefix = '%t:%r:%u@%d:[%p]: '", `2026-03-05 08:09:10 UTC:10.0.0.1(52100):ann@shop:[17]: FATAL:  x`,
			`{"time":"2026-03-05T08:09:10Z","client":"10.0.0.1","client_port":52100,"user":"ann","database":"shop","pid":17,"level":"FATAL","severity":2,"message":"x"}`},
		{"%-6u %p ", "\u00e9a    7 LOG:  x", `{"user":"éa","pid":7,"level":"LOG","severity":6,"message":"x"}`},
		{"%n %-6u|%5p|%h %c %l %x %e ", `1772698150.250 ann   |   17|[local] 5e.11 3 0 42P01 STATEMENT:  select 1`,
			`{` + at + `,"user":"ann","pid":17,"client":"[local]","session_id":"5e.11","session_line":3,"transaction_id":0,"sql_state":"42P01","level":"STATEMENT","message":"select 1"}`},
		{"%t %a|%r ", `2026-03-05 08:09:10 CET my app|[local] DETAIL:  `, `{"time":"2026-03-05T08:09:10Z","app":"my app","client":"[local]","level":"DETAIL","message":""}`},
		{"< %m %% >", `< 2026-03-05 08:09:10.250 UTC % >LOG:  x`, `{` + at + `,"level":"LOG","severity":6,"message":"x"}`},
	})
}

func TestRsyslog(t *testing.T) {
	o := Options{Clock: timestamp.Options{Year: 2026}}
	checkSamples(t, pattern.CompileRsyslog, o, []sample{
		{"RSYSLOG_TraditionalFileFormat", `Mar  5 08:09:10 web sshd[17]: Accepted password`, `{"time":"2026-03-05T08:09:10Z","host":"web","app":"sshd","pid":"17","message":"Accepted password"}`},
		{"RSYSLOG_TraditionalFileFormat", `Mar  5 08:09:10 web kernel: x`, `{"time":"2026-03-05T08:09:10Z","host":"web","app":"kernel","message":"x"}`},
		{"RSYSLOG_FileFormat", `2026-03-05T08:09:10.250000+01:00 web CRON[1]: `, `{"time":"2026-03-05T07:09:10.25Z","host":"web","app":"CRON","pid":"1","message":""}`},
		{"RSYSLOG_ForwardFormat", `<34>2026-03-05T08:09:10Z web su: x`, `{"facility":4,"severity":2,"time":"2026-03-05T08:09:10Z","host":"web","app":"su","message":"x"}`},
		{"RSYSLOG_ForwardFormat", `<192>2026-03-05T08:09:10Z web su: x`, ``},
		{"RSYSLOG_SyslogProtocol23Format", `<165>1 2026-03-05T08:09:10Z web app - ID47 [ex@1 a="x y"][b@1] hello`,
			`{"facility":20,"severity":5,"time":"2026-03-05T08:09:10Z","host":"web","app":"app","msgid":"ID47","structured_data":"[ex@1 a=\"x y\"][b@1]","message":"hello"}`},
		{"RSYSLOG_SyslogProtocol23Format", `<165>1 2026-03-05T08:09:10Z web app 17 - - hello`, `{"facility":20,"severity":5,"time":"2026-03-05T08:09:10Z","host":"web","app":"app","pid":"17","message":"hello"}`},
		{`$template x,"%timegenerated:::date-pgsql%|%syslogfacility-text%.%syslogseverity-text%|%fromhost-ip%|%syslogtag%%msg%\n"`, `2026-03-05 08:09:10|daemon.info|10.0.0.1|a: b`,
			`{"time":"2026-03-05T08:09:10Z","facility_text":"daemon","severity_text":"info","sender_ip":"10.0.0.1","app":"a","message":"b"}`},
		{`template(name="x" type="string" string="%syslogseverity%,\"%$!user!name%\" 100%% %msg:::drop-last-lf%\n")`, `3,"ann" 100% x`, `{"severity":3,"user_name":"ann","message":"x"}`},
	})
}
