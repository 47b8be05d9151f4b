package match

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/pattern"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
	"github.com/sawlog/sawlog/lib/record"
)

// lines is the front end of patterns that stand one a line.
func lines(text string) (*pattern.Tree, error) {
	tree, _, err := pattern.CompileLine(strings.Split(text, "\n"))
	return tree, err
}

func TestLine(t *testing.T) {
	checkSamples(t, lines, Options{}, []sample{
		{"{a} {b}", "x y z", `{"a":"x","b":"y z"}`},
		{"{a} {b}", "x ", `{"a":"x","b":""}`},
		{"{a}: {b}", "x y: z", ``},
		{"{a:text}: {b}", "x y: z: w", `{"a":"x y","b":"z: w"}`},
		{"{a:text last}: {b}", "x y: z: w", `{"a":"x y: z","b":"w"}`},
		{"{a:text last} ({b})", "x (y) (z)", `{"a":"x (y)","b":"z"}`},
		{"{a:text last} ({b})", "x (y) (z", ``},
		{"{a:text last} ({b})", "x (y) z)", ``},
		{"{}|{:int}|{a}|", "x|5|y|", `{"a":"y"}`},
		{"{}|{:int}|{a}|", "x|z|y|", ``},
		{"{}|{:int}|{a}|", "x|5|y|z", ``},
		{"{{{a:int}}}", "{5}", `{"a":5}`},
		{"{a}{ }{b}", "x   y  z", `{"a":"x","b":"y  z"}`},
		{"{a}{ }[{b}] {c}", "x   [y] z", `{"a":"x","b":"y","c":"z"}`},
		{"{a}{ }[{b}] {c}", "x y [y] z", ``},
		{"[{a}]{ }{b}", "[x]   y  z", `{"a":"x","b":"y  z"}`},
		{"[{a}]{ }{b:int}]{ }{c} {d}", "[x]  7]   y z", `{"a":"x","b":7,"c":"y","d":"z"}`},
		{"{a:text}:{ }{b}{ }| {c}", "x y:   z  |   c", `{"a":"x y","b":"z","c":"  c"}`},
		{"{a}{? [{b:int}]?}: {c}", "x [5]: z", `{"a":"x","b":5,"c":"z"}`},
		{"{a}{? [{b:int}]?}: {c}", "x: z", `{"a":"x","c":"z"}`},
		{"{a}{? [{b:int}{?-{d:int}?}]?}: {c}", "x [5-6]: z", `{"a":"x","b":5,"c":"z","d":6}`},
		{"{a}{? [{b:int}{?-{d:int}?}]?}: {c}", "x [5]: z", `{"a":"x","b":5,"c":"z"}`},
		{"{a}{? [{b:int}{?-{d:int}?}]?}: {c}", "x: z", `{"a":"x","c":"z"}`},
		{"{a}{? [{b:int}{?-{d:int}?}]?}: {c}", "x [y]: z", ``},
		{"{?<{p:int}> ?}{m}", "<5> a b", `{"p":5,"m":"a b"}`},
		{"{?<{p:int}> ?}{m}", "<x> a b", `{"m":"<x> a b"}`},
		{"{a:text null=- empty=null},{b:rest null=none}", "-,none", `{}`},
		{"{a:text null=- empty=null},{b:rest null=none}", ",x", `{"b":"x"}`},
		{"{a:text escape=json}\",{b:text escape=backslash}\"", `x\"y",\\"`, `{"a":"x\"y","b":"\\"}`},
		{"{a:text width=1}{b:text width=2} {c}", "xyz w", `{"a":"x","b":"yz","c":"w"}`},
		{"{a,p:host_port} {b,q:host_paren} {c,r:tag} {d:ip} {e:hex} {f:bool} {g:float} {h:uint} {i:duration ms} {j:text few}", "[::1]:80 h(7) s[x]: ::1 ff true 0.5 1 2.5 z",
			`{"a":"::1","p":80,"b":"h","q":7,"c":"s","r":"x","d":"::1","e":255,"f":true,"g":0.5,"h":1,"i":2500000,"j":"z"}`},
		{"{level:level} {m}", "INFO x", `{"level":"INFO","severity":6,"m":"x"}`},
		{"{level:level} {m}", "wArning x", `{"level":"wArning","severity":4,"m":"x"}`},
		{"{level:level} {m}", "AUDIT_1 x", `{"level":"AUDIT_1","m":"x"}`},
		{"{level:level} {m}", "INFORMATIONALLY x", `{"level":"INFORMATIONALLY","m":"x"}`},
		{"{level:level} {m}", "hello x", ``},
		{"{level:level} {m}", "1ST x", ``},
		{"[{level:level}] {m}", "[] x", ``},
		{"{??{a}: ?}{b}", "x: y", `{"b":"x: y"}`},
		{"{??{a}: ?}{b:word} z", "x: y z", `{"a":"x","b":"y"}`},
		{"{level:level .=7 *=5 info=1} {m}", ". x", `{"level":".","severity":7,"m":"x"}`},
		{"{level:level .=7 *=5 info=1} {m}", "* x", `{"level":"*","severity":5,"m":"x"}`},
		{"{level:level .=7 *=5 info=1} {m}", "Info x", `{"level":"Info","severity":1,"m":"x"}`},
		{"{level:level .=7 *=5 info=1} {m}", "# x", ``},
		{"{level:level known} {m}", "warn x", `{"level":"warn","severity":4,"m":"x"}`},
		{"{level:level known} {m}", "LOUD x", ``},
		{"{level:level known x=1 width=1}{m}", "Xyz", `{"level":"X","severity":1,"m":"yz"}`},
		{"{level:level known x=1 width=1}{m}", "Iyz", ``},
		{"{s:word is=out|err} {m}", "err x", `{"s":"err","m":"x"}`},
		{"{s:word is=out|err} {m}", "error x", ``},
		{"{a}{ }{b:int} {m}", "x   7 a b c d e f", `{"a":"x","b":7,"m":"a b c d e f"}`},
		{"{m,c:with_json}", `done {x} {"a":"b }"}`, `{"m":"done {x}","c":"{\"a\":\"b }\"}"}`},
		{"{a:word begins=req-} {b}", "req-7 x", `{"a":"req-7","b":"x"}`},
		{"{a:word begins=req-} {b}", "re x", ``},
		{"[{t:timestamp}] {l:level trim} {b}", "[2026-03-05T07:09:10Z]   INFO x", `{"t":"2026-03-05T07:09:10Z","l":"INFO","severity":6,"b":"x"}`},
		{"[{a:word width=3}] {b}", "[abc] x", `{"a":"abc","b":"x"}`},
		{"[{a:word width=3}] {b}", "[abcd] x", ``},
		{"[{a:word width=3}] {b}", "[ab] x", ``},
		{"{a:word has=.:} {b}", "x.y z", `{"a":"x.y","b":"z"}`},
		{"{a:word has=.:} {b}", "xy z", ``},
		{"{a:int} {b}", " x", ``},
		{"{a:int empty=null} {b}", " x", `{"b":"x"}`},
		{"{a:float}|{t:timestamp}|{b}", "||x", ``},
		{"{a:float empty=null}|{t:timestamp}|{b}", "||x", ``},
		{"{a:float empty=null}|{t:timestamp}|{b}", "|2026-03-05T07:09:10Z|x", `{"t":"2026-03-05T07:09:10Z","b":"x"}`},
		{"{a:ip}{ }| {b}", "  | x", ``},
		{"{m,c:with_json}", "done\t{}", `{"m":"done"}`},
		{"{m,c:with_json}", `done [1]`, `{"m":"done [1]"}`},
		{"{m,c:with_json}", `{"a":1}`, `{"m":"","c":"{\"a\":1}"}`},
		{"> {m,c:with_json}", `> `, `{"m":""}`},
		{"{m,c:with_json}", `x{"a":1}`, `{"m":"x{\"a\":1}"}`},
		{"{m,c:with_json}", `x {"a":1} {"b":2}`, `{"m":"x {\"a\":1}","c":"{\"b\":2}"}`},
		{"{m,c,d:with_json}", `x {"a":1} {"b":2}`, `{"m":"x","c":"{\"a\":1}","d":"{\"b\":2}"}`},
		{"{m,c,d:with_json}", `x [] {"b":2} `, `{"m":"x","d":"{\"b\":2}"}`},
		{"{m,c,d:with_json}", `x [1] [2]`, `{"m":"x","c":"[1]","d":"[2]"}`},
		{"{m,c,d:with_json}", `x [] []`, `{"m":"x"}`},
		{"{m,c,d:with_json}", `x {"a":1} `, `{"m":"x","c":"{\"a\":1}"}`},
		{"{m,c,d,s:with_json}", "x {\"e\":\"E\x1f[stacktrace]\x1f#0 a\x1f#1 b\x1f\"} []", `{"m":"x","c":"{\"e\":\"E\u001f[stacktrace]\u001f#0 a\u001f#1 b\u001f\"}","s":"#0 a\u001f#1 b"}`},
		{"{m,c,d,s:with_json}", `x {"e":"[stacktrace]"} []`, `{"m":"x","c":"{\"e\":\"[stacktrace]\"}"}`},
		{"{m,c,d,s:with_json}", `x`, `{"m":"x"}`},
		{"{m,c,d:with_json}|", `x {"a":1}|`, `{"m":"x","c":"{\"a\":1}"}`},
		{"{m,c:with_json}", strings.Repeat("{ ", 40) + "{}", `{"m":"` + strings.Repeat("{ ", 40) + `{}"}`},
		{"{time:timestamp} {m}", "2026-03-05 08:09:10,250 x", `{"time":"2026-03-05T08:09:10.25Z","m":"x"}`},
		{"{time:timestamp %y%m%d %H%M%S | unix_s}{level} {m}", "260305 080910I x", `{"time":"2026-03-05T08:09:10Z","level":"I","m":"x"}`},
		{"{time:timestamp %y%m%d %H%M%S | unix_s}{level} {m}", "1772698150I x", `{"time":"2026-03-05T08:09:10Z","level":"I","m":"x"}`},
		{"{time:timestamp %y%m%d %H%M%S}{ }[{level:level}]", "260305 080910   [info]", `{"time":"2026-03-05T08:09:10Z","level":"info","severity":6}`},
		{"{a}: {m...}took {b:duration ms} ms {c}", "x: took 5 ms for y", `{"a":"x","m":"took 5 ms for y","b":5000000,"c":"for y"}`},
		{"{a}: {m...}took {b:duration ms} ms {c}", "x: toot 5 ms for y", ``},
		{"{a}: {m...}{b:int} {c}", "x: 5 y", `{"a":"x","m":"5 y","b":5,"c":"y"}`},
		{"{a:text not=]} {b}", "x y", `{"a":"x","b":"y"}`},
		{"[{a:text not=]}]: {b}", "[x] [y]: z", ``},
		{"{level:level any} {b}", "fine-ish x", `{"level":"fine-ish","b":"x"}`},
		{"({a:int trim}) {b:text trim}: {c}", "(  5 ) x y  : z", `{"a":5,"b":"x y","c":"z"}`},
		{"({a:int trim}) {b:text trim}: {c}", "(5)   : z", `{"a":5,"b":"","c":"z"}`},
		{"[{a,b:split :}@{c:int}] {d}", "[x:y:z@5] d", `{"a":"x:y","b":"z","c":5,"d":"d"}`},
		{"[{a,b:split :}@{c:int}] {d}", "[x@5] d", `{"a":"x","c":5,"d":"d"}`},
		{"{+time:timestamp %Y-%m-%d %H:%M:%S} {a} {+time:timestamp %Y-%m-%d %H:%M:%S} {b}", "2026-03-05 x 07:09:10 y", `{"time":"2026-03-05T07:09:10Z","a":"x","b":"y"}`},
		{"{+time:timestamp %Y-%m-%d %H:%M:%S} {a} {+time:timestamp %Y-%m-%d %H:%M:%S} {b}", "2026-03-05 x 07:09:71 y", ``},
		{"{a:text cell},{b:int empty=null},{c,d:host_port cell},{e:text cell}", `"x ""y"", z",5,"[::1]:80",""`, `{"a":"x \"y\", z","b":5,"c":"::1","d":80,"e":""}`},
		{"{a,p:ip_port} {b,q:ip_port} x", "192.0.2.7:80 2001:db8::7 x", `{"a":"192.0.2.7","p":80,"b":"2001:db8::7"}`},
		{"{a,p:ip_port} {b,q:ip_port}", "2001:db8:0:0:0:0:0:7:80 [::1]:443", `{"a":"2001:db8:0:0:0:0:0:7","p":80,"b":"::1","q":443}`},
		{"{a,p:ip_port} x", "gate:80 x", ``}, {"{a,p:ip_port} x", "192.0.2.7:x x", ``}, {"{a,p:ip_port} x", "192.0.2.7:80:90 x", ``},
		{"{a:text cell},{b:int empty=null},{c,d:host_port cell},{e:text cell}", `x,,,`, `{"a":"x"}`},
		{"{a:text cell},{b:int empty=null},{c,d:host_port cell},{e:text cell}", `"x,,,`, ``},
		{"{a:text cell},{b:int empty=null},{c,d:host_port cell},{e:text cell}", `"x"y,,,`, ``},
		{"{m,d:took cell},{a}", `"duration: 0.211 ms  statement: x",y`, `{"m":"duration: 0.211 ms  statement: x","d":211000,"a":"y"}`},
		{"{m,d:took cell},{a}", `"duration: x ms",y`, `{"m":"duration: x ms","a":"y"}`},
		// Several patterns fill the columns of all.
		{"a {a:int}\nb {b}\n{c} {a:int}", "a 5", `{"a":5}`},
		{"a {a:int}\nb {b}\n{c} {a:int}", "b 5 x", `{"b":"5 x"}`},
		{"a {a:int}\nb {b}\n{c} {a:int}", "c 5", `{"c":"c","a":5}`},
		{"a {a:int}\nb {b}\n{c} {a:int}", "a x", ``},
	})
	o := Options{Columns: []string{"b", "t"}, Rename: map[string]string{"time": "t"}, Fields: map[string]Declared{"t": {Type: record.Timestamp, Layout: "%d.%m. %H:%M"}}, Clock: timestamp.Options{Year: 2024}}
	checkSamples(t, lines, o, []sample{
		{"{a}|{b}\n{c:int};{time:timestamp} x", "1|x", `{"b":"x"}`},
		{"{a}|{b}\n{c:int};{time:timestamp} x", "1;29.02. 10:00 x", `{"t":"2024-02-29T10:00:00Z"}`},
		{"{a}|{b}\n{c:int};{time:timestamp} x", "1;30.02. 10:00 x", ``},
	})
}

func TestLineErrors(t *testing.T) {
	for _, c := range []struct {
		text    string
		pos     int
		message string
	}{
		{"", 0, "no field"}, {"abc", 0, "no field"}, {"{a", 0, "not closed"}, {"x }", 2, "closes nothing"}, {"{a}{b}", 3, "side by side"}, {"{a} {a}", 4, "twice"}, {"{+a} {a}", 5, "twice"},
		{"{A}", 0, "no name"}, {"{a b}", 0, "no name"}, {"{a:}", 0, "no type"}, {"{a:txt}", 0, "unknown type"}, {"{a:text nul=-}", 0, "unknown word nul=-"}, {"{a:level x=8}", 0, "unknown word"},
		{"{a:text is=}", 0, "unknown word"}, {"{a:int is=5}", 0, "unknown word"}, {"{a:text known}", 0, "unknown word"}, {"{a:level 1234567890123456789012345=1}", 0, "unknown word"}, {"{a:host_port}", 0, "wrong number of names"}, {"{a:ip_port}", 0, "wrong number of names"}, {"{a,b:int}", 0, "wrong number of names"}, {"{a:with_json}", 0, "wrong number of names"}, {"{a,b,c,d,e:with_json}", 0, "wrong number of names"}, {"{a,b,c:split :}", 0, "wrong number of names"}, {"{a:duration h}", 0, "s, ms, us, ns or hms"},
		{"x {? {a}", 2, "not closed"}, {"{a}\n{b}{c}", 3, "side by side"}, {"{a:text width=0}{b}", 0, "unknown word"}, {"{a:timestamp %Q} x", 0, "unknown directive"},
		{"{a...}", 0, "nothing follows"}, {"{a...:int} x", 0, "three points"}, {"{...} x", 0, "three points"}, {"{a,b:split} x", 0, "byte to split at"},
		{"{a:int any} x", 0, "unknown word any"}, {"{a:int not=x} x", 0, "unknown word not"}, {"{a:int x=5} x", 0, "unknown word"}, {"{a:int} x\n{a:float} y", 0, "two types"}, {strings.Repeat("{?{:int} ?}", 8) + "{a}", 0, "more than 128 forms"},
	} {
		tree, err := lines(c.text)
		if err == nil {
			_, err = Compile(tree, Options{Limit: 100})
		}
		if assert.Error(t, err, c.text) {
			assert.ErrorContains(t, err, c.message, c.text)
			pos := -1
			switch e := err.(type) {
			case *pattern.Error:
				pos = e.Pos
			case *Error:
				pos = e.Pos
			}
			assert.Equal(t, c.pos, pos, c.text)
		}
	}
	_, text, err := pattern.CompileLine([]string{"{a}", "{b} {?{c} ", "{d}"})
	require.Error(t, err)
	assert.Equal(t, 1, text)
}
