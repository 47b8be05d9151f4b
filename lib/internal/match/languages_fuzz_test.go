package match

import (
	"bytes"
	"html"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-json"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/pattern"
	"github.com/sawlog/sawlog/lib/record"
)

// compileWith is a program by a front end.
func compileWith(t testing.TB, front func(string) (*pattern.Tree, error), text string, o Options) *Program {
	t.Helper()
	tree, err := front(text)
	require.NoError(t, err, text)
	if o.Limit == 0 {
		o.Limit = 1 << 20
	}
	p, err := Compile(tree, o)
	require.NoError(t, err, text)
	return p
}

func goaccess(text string) (*pattern.Tree, error) { return pattern.CompileGoAccess(text, "", "") }

// A line has the same row alone and among others, with either line ending; and Explain agrees with Parse.
func FuzzLanguageLines(f *testing.F) {
	programs := []*Program{
		compileWith(f, pattern.CompileDissect, "%{a->} %{+b/2},%{+b/1}|%{c}", Options{Fields: map[string]Declared{"a": {Type: record.Int}}}),
		compileWith(f, pattern.CompileDissect, "%{t} %{+t} %{n} %{+t}", Options{Fields: map[string]Declared{"t": {Type: record.Timestamp, Layout: "%Y-%m-%d %H:%M %z"}, "n": {Type: record.String, Layout: "unquote"}}}),
		compileWith(f, pattern.CompileLogsQL, "a=<a>,b=<b>", Options{Fields: map[string]Declared{"b": {Type: record.IP}}}),
		compileWith(f, pattern.CompileLogsQL, "<a> <b>;", Options{Fields: map[string]Declared{"a": {Type: record.Float}}}),
		compileWith(f, goaccess, "COMBINED", Options{}), compileWith(f, goaccess, "~h{, } %t %~%D %d", Options{}), compileWith(f, goaccess, "VCOMMON", Options{}),
		compileWith(f, pattern.CompileHAProxy, "httplog", Options{}), compileWith(f, pattern.CompileHAProxy, "%hr %hs", Options{}), compileWith(f, pattern.CompileEnvoy, "default", Options{}),
		compileWith(f, pattern.CompileLogback, "spring", Options{}), compileWith(f, pattern.CompileLogback, "%-5p %20C.%M %6L %r %-10d{HH:mm} %m", Options{}),
		compileWith(f, pattern.CompileLogback, "%-5p [%t] %5p|%-7level %-5p %m", Options{}),
		compileWith(f, pattern.CompilePostgres, "%m [%p] %q%u@%d %-5r ", Options{}), compileWith(f, pattern.CompileRsyslog, "RSYSLOG_SyslogProtocol23Format", Options{}),
		compileWith(f, pattern.CompileRsyslog, "RSYSLOG_TraditionalFileFormat", Options{}), compileWith(f, pattern.CompileVPCFlow, "version srcaddr start action", Options{}),
		compileWith(f, lines, "{time:timestamp %y%m%d | %H:%M}{ }{level:level .=7}{? [{a:int}]?}: {b:text last}({c,d:host_port})\n{e:text null=-}{ }| {f:duration ms} {g}", Options{}),
		compileWith(f, lines, `{@syslog}{m...}{!{a:text}{*, b: {b:int}{|}, c: "{c:text}"{|}, d: {d:commas}*}!}`, Options{}),
		compileWith(f, lines, `{a:word null=-}{[ "{:request}"{|} -]}{[ {b:bars int}{[ {c:text escape=json}{r:more}]}]}`, Options{}),
		compileWith(f, lines, "{a:word has=.= begins=x} {b:word width=2 not=q}: {m,c,d:with_json}\n{l:level known}{! - {x,y:with_json}{|}: {z:rest}!}", Options{}),
		compileWith(f, lines, `{h} {n:pairs A=a B=b:int flags=f:X,Y words=w audit}`, Options{}),
	}
	for i, line := range []string{"1   x,y|z", `2026-03-05 08:09 "x\"" +01:00`, `xa="1\n",b=::1`, `1.5 "x";`,
		`10.0.0.1 - - [17/May/2015:10:05:40 +0000] "GET / HTTP/1.1" 200 5 "-" "x"`, `x, ::1 08:09:10  5 17/May/2015`, `h:80 ::1 - - [17/May/2015:10:05:40 +0000] "-" 200 -`,
		`127.0.0.1:39759 [09/Dec/2013:12:59:46.633] f b/s 0/51536/1/48082/-1 200 83285 - - ---- 87/87/87/1/0 0/67 {x|y} "GET / HTTP/1.1"`, "{a} {b}", `[2016-04-15T20:17:00.310Z] "- - -" 0 - 0 0 0 - "-" "-" "-" "-" "-"`,
		`2026-03-05T09:09:10.250+01:00  INFO 17 --- [           main] a.B                                      : x`, `INFO           a.B.c.d      7 1 08:09      x`,
		`INFO  [a]  WARN|DEBUG   CRITICAL m`, `2026-03-05 08:09:10.250 UTC [17] a@b x(1) LOG:  x`, `<34>1 2026-03-05T08:09:10Z h a - - [x y="z"] m`, `Mar  5 08:09:10 h a[1]: x`, `2 ::1 1418530010 ACCEPT`, "260305   info [5]: x(y) (::1:5)",
		`<5>Mar  5 08:09:10 h a[1]: x, y, c: "z", b: 5`, `x "GET / HTTP/1.1" 1|-| \"y z`, `h A=1 X k="v" msg='c=? comm=6C' [z=1] w`} {
		f.Add(uint8(i), []byte(line))
		f.Add(uint8(i), []byte(line[:len(line)/2]+"\r\n"+line+"\n"+line[len(line)/3:]))
	}
	for _, n := range []int{14, 15, 23, 24, 200} { // characters that are none, in a level that is padded to seven
		f.Add(uint8(12), []byte("INFO  [a]  WARN|DEBUG"+strings.Repeat("\x8a", n)+"   ERROR m\nINFO  [a]  WARN|DEBUG   CRITICAL m"))
	}
	f.Fuzz(func(t *testing.T, which uint8, text []byte) {
		if bytes.Contains(text, []byte("\r\r")) {
			return // a line that ends so loses another one when it stands alone
		}
		p := programs[int(which)%len(programs)]
		w := p.NewWorker()
		rows, rejects := parse(p, w, string(text))
		var single, refused []string
		for n, line := range bytes.Split(bytes.TrimSuffix(text, []byte("\n")), []byte("\n")) {
			line = bytes.TrimSuffix(line, []byte("\r"))
			row, reject := parse(p, w, string(line))
			single = append(single, row...)
			for _, text := range reject {
				refused = append(refused, strings.Replace(text, " 1: ", " "+strconv.Itoa(n+1)+": ", 1))
			}
			check := w.Explain(line)
			require.Equal(t, len(reject) == 0, check.OK, "%q: %+v", line, check)
			require.LessOrEqual(t, check.Offset, len(line))
			if !check.OK && len(line) > 0 {
				require.NotEmpty(t, check.Element)
				require.True(t, strings.HasPrefix(reject[0], check.Fault), "%q: %+v %s", line, check, reject[0])
			}
		}
		require.Equal(t, single, rows)
		require.Equal(t, refused, rejects)
		plainRows, plainRejects := parse(p, &plain{*p.newWorker()}, string(text))
		require.Equal(t, plainRows, rows)
		require.Equal(t, plainRejects, rejects)
	})
}

// cutAt is dissect without a matcher: each field goes up to the next occurrence of what follows.
func cutAt(elements []pattern.Element, line string) (map[string]string, bool) {
	row := map[string]string{}
	for i, e := range elements {
		if e.Kind == pattern.KindLiteral {
			if !strings.HasPrefix(line, e.Literal) {
				return nil, false
			}
			line = line[len(e.Literal):]
			for i > 0 && elements[i-1].Repeat && strings.HasPrefix(line, e.Literal) {
				line = line[len(e.Literal):]
			}
			continue
		}
		end := len(line)
		if i+1 < len(elements) {
			if end = strings.Index(line, elements[i+1].Literal); end < 0 {
				return nil, false
			}
		}
		if e.Field != "" {
			row[e.Field] = line[:end]
		}
		line = line[end:]
	}
	return row, true
}

func FuzzDissectAgreesWithItsPlainTwin(f *testing.F) {
	f.Add("%{a} %{b->}, %{?c}|%{d}", "1 2, , 3|4")
	f.Add("x%{a}aab%{b}y", "xaaabz y")
	f.Add("%{a}%{", "")
	f.Fuzz(func(t *testing.T, text, line string) {
		if strings.ContainsAny(line, "\r\n") || line == "" || len(line) > 1000 || strings.ContainsAny(text, "+#|") {
			return
		}
		text = strings.ToValidUTF8(text, "\ufffd") // half a letter could cut one of the line
		tree, err := pattern.CompileDissect(text)
		if err != nil {
			return
		}
		p, err := Compile(tree, Options{Limit: 1 << 20})
		require.NoError(t, err, text)
		want, ok := cutAt(tree.Elements, strings.ToValidUTF8(line, "\ufffd"))
		rows, _ := parse(p, p.NewWorker(), strings.ToValidUTF8(line, "\ufffd"))
		require.Equal(t, ok, len(rows) == 1, "%q by %q", line, text)
		if ok {
			got := map[string]string{}
			require.NoError(t, json.Unmarshal([]byte(rows[0]), &got))
			require.Equal(t, want, got)
		}
	})
}

// unquote takes off the string that text begins with: one of Go, or any number of characters between single quotes.
func unquote(text string) (value, behind string, ok bool) {
	if quoted, err := strconv.QuotedPrefix(text); err == nil && text[0] != '\'' {
		value, err = strconv.Unquote(quoted)
		return value, text[len(quoted):], err == nil
	}
	if behind, ok = strings.CutPrefix(text, "'"); !ok {
		return "", text, false
	}
	for !strings.HasPrefix(behind, "'") {
		r, _, tail, err := strconv.UnquoteChar(behind, '\'')
		if err != nil {
			return "", text, false
		}
		value, behind = value+string(r), tail
	}
	return value, behind[1:], true
}

// extract is what VictoriaLogs does with a pattern, by its rules and the standard library.
func extract(text, line string) (row map[string]string, ok bool) {
	row = map[string]string{}
	first, rest, _ := strings.Cut(text, "<")
	at := strings.Index(line, html.UnescapeString(first))
	if at < 0 {
		return nil, false
	}
	line = line[at+len(html.UnescapeString(first)):]
	for rest != "" {
		name, behind, _ := strings.Cut(rest, ">")
		literal, next, more := strings.Cut(behind, "<")
		rest = ""
		if more {
			rest = next
		}
		literal = html.UnescapeString(literal)
		value, plain := "", strings.HasPrefix(name, "plain:")
		unquoted, behind, ok := unquote(line)
		switch {
		case ok && !plain:
			value = unquoted
			if line = behind; strings.HasPrefix(line, literal) {
				line = line[len(literal):]
			} else if rest != "" {
				return nil, false
			}
		case literal == "":
			value, line = line, ""
		default:
			end := strings.Index(line, literal)
			if end < 0 {
				return nil, false
			}
			value, line = line[:end], line[end+len(literal):]
		}
		if name = strings.TrimSpace(strings.TrimPrefix(name, "plain:")); name != "" && name != "_" && name != "*" {
			row[name] = value
		}
	}
	return row, true
}

func FuzzLogsQLAgreesWithItsPlainTwin(f *testing.F) {
	f.Add("a=<a>,b=<plain:b>;", `xa="1\"",b="2";`)
	f.Add("<a>&lt;<_> <b>", "`x`<2 \"\\101\\xe9\"z")
	f.Add("<a>&lt;<_> <b>", "`x`<2 \"\\200\\x80\"0")
	f.Add("a=<a>,<b>", `a='it\'s \xe9 "1"','x' y`)
	f.Fuzz(func(t *testing.T, text, line string) {
		line, text = strings.ToValidUTF8(line, "\ufffd"), strings.ToValidUTF8(text, "\ufffd")
		if strings.ContainsAny(line, "\r\n") || line == "" || len(line) > 1000 || strings.ContainsAny(text, "\r\n") {
			return
		}
		tree, err := pattern.CompileLogsQL(text)
		if err != nil {
			return
		}
		p, err := Compile(tree, Options{Limit: 1 << 20})
		require.NoError(t, err, text)
		want, ok := extract(text, line)
		rows, _ := parse(p, p.NewWorker(), line)
		require.Equal(t, ok, len(rows) == 1, "%q by %q", line, text)
		if ok {
			got := map[string]string{}
			require.NoError(t, json.Unmarshal([]byte(rows[0]), &got))
			require.Len(t, got, len(want))
			for name := range want { // each byte that is no UTF-8 is a rune of its own
				require.Equal(t, []rune(want[name]), []rune(got[name]), name)
			}
		}
	})
}
