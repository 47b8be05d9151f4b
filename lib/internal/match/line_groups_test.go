package match

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/linetest"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
	"github.com/sawlog/sawlog/lib/record"
)

func TestLineGroups(t *testing.T) {
	checkSamples(t, lines, Options{Clock: timestamp.Options{Year: 2026}}, []sample{
		// one of several
		{"{!<{a:int}>{|}({b})!} {c}", "<5> x", `{"a":5,"c":"x"}`},
		{"{!<{a:int}>{|}({b})!} {c}", "(y) x", `{"b":"y","c":"x"}`},
		{"{!<{a:int}>{|}({b})!} {c}", "<y> x", ``},
		{"{!<{a:int}>{|}({b})!} {c}", "x", ``},
		{"{!{a:int} ms{|}{b:float} s!}", "5 ms", `{"a":5}`},
		{"{!{a:int} ms{|}{b:float} s!}", "5 s", `{"b":5}`},
		{"{!{d:duration ms} ms{|}{d:duration s} s!}", "5 s", `{"d":5000000000}`},
		{"{!{t:timestamp %Y-%m-%d | unix_s}{|}-!} {a}", "1772698150 x", `{"t":"2026-03-05T08:09:10Z","a":"x"}`},
		{"{!{t:timestamp %Y-%m-%d | unix_s}{|}-!} {a}", "- x", `{"a":"x"}`},
		{"{!{t:timestamp %b %e %Y}{|}{t:timestamp %Y-%m-%d}!} {a}", "Mar  5 2026 x", `{"t":"2026-03-05T00:00:00Z","a":"x"}`},
		{"{!{t:timestamp %b %e %Y}{|}{t:timestamp %Y-%m-%d}!} {a}", "2026-03-05 x", `{"t":"2026-03-05T00:00:00Z","a":"x"}`},
		{"{!{t:timestamp %b %e %Y}{|}{t:timestamp %Y-%m-%d}!}", "Mar  5 2026", `{"t":"2026-03-05T00:00:00Z"}`},
		// at the line's end: what leaves something over does not fit
		{"{a} {!in {b}{|}in {b} of {c:int}!}", "x in y", `{"a":"x","b":"y"}`},
		{"{a} {!in {b}{|}in {b} of {c:int}!}", "x in y of 7", `{"a":"x","b":"y","c":7}`},
		{"{a} {!in {b}{|}in {b} of {c:int}!}", "x in y of z", ``},
		{"{a} {!in{|}inside{|}in {!{b:int}{|}{c:rest}!}!}", "x inside", `{"a":"x"}`},
		{"{a} {!in{|}inside{|}in {!{b:int}{|}{c:rest}!}!}", "x in 7", `{"a":"x","b":7}`},
		{"{a} {!in{|}inside{|}in {!{b:int}{|}{c:rest}!}!}", "x in 7 z", `{"a":"x","c":"7 z"}`},
		{"{a} {!in{|}inside{|}in {!{b:int}{|}{c:rest}!}!}", "x in", `{"a":"x"}`},
		{"{m...}{!{k=joined}{u} came in{|}{k=other}{:rest}!}", "ann came in late", `{"m":"ann came in late","k":"other"}`},
		{"{!{k=found}{f:text}{!: {s:word not=(} FOUND{|}: {s:word}({n:int}) FOUND!}{|}{r:rest}!}", "a: b c: d(7) FOUND", `{"f":"a: b c","k":"found","s":"d","n":7}`},
		{"{!{k=found}{f:text}{!: {s:word not=(} FOUND{|}: {s:word}({n:int}) FOUND!}{|}{r:rest}!}", "a: b c: d(e) LOST", `{"r":"a: b c: d(e) LOST"}`},
		{"{k=first}{!{u} in{|}{v:text} out!}", "ann bob out", `{"v":"ann bob","k":"first"}`},
		// words of more than eight bytes beside shorter ones
		{"{!{level:level known Error=3 Fatal_error=2}: {m:rest}{|}{m:rest}!}", "Fatal error: x", `{"level":"Fatal error","severity":2,"m":"x"}`},
		{"{!{level:level known Error=3 Fatal_error=2}: {m:rest}{|}{m:rest}!}", "error: x", `{"level":"error","severity":3,"m":"x"}`},
		{"{!{level:level known Error=3 Fatal_error=2}: {m:rest}{|}{m:rest}!}", "Later: x", `{"m":"Later: x"}`},
		// one or none
		{"{a}{[ [{b:int}]]}: {c}", "x [5]: y", `{"a":"x","b":5,"c":"y"}`},
		{"{a}{[ [{b:int}]]}: {c}", "x: y", `{"a":"x","c":"y"}`},
		{"{a}{[ [{b:int}]]}: {c}", "x [z]: y", ``},
		{"{[{a}({b:int}): ]}{c:text}", "f.c(5): x: y", `{"a":"f.c","b":5,"c":"x: y"}`},
		{"{[{a}({b:int}): ]}{c:text}", "f.c(5) x", `{"c":"f.c(5) x"}`},
		{"{a:text}{[ x={b}{[ y={c}]}]}", "1 2 x=3 y=4", `{"a":"1 2","b":"3","c":"4"}`},
		{"{a:text}{[ x={b}{[ y={c}]}]}", "1 2 x=3", `{"a":"1 2","b":"3"}`},
		{"{a:text}{[ x={b}{[ y={c}]}]}", "1 2", `{"a":"1 2"}`},
		{"{a:text}{[ x={b}{[ y={c}]}]}", "1 x=2 3", `{"a":"1 x=2 3"}`},
		{"{a:text}{[ x={b:int}]}", "x=1 x=y x=3", `{"a":"x=1 x=y","b":3}`},
		{"{a:text empty}{[,{b:text empty}]}", "", ``}, // a blank line is none
		{"{a:text empty}{[,{b:text empty}]}", ",", `{"a":"","b":""}`},
		{"{a:text escape=json}{[,{b:text escape=backslash}]}", `x\",\"`, `{"a":"x\"","b":"\""}`},
		{"{a:int null=-}{[ {b:int null=-}{[ {c:ip null=-}]}]}", "- 5 ::1", `{"b":5,"c":"::1"}`},
		{"{a:int null=-}{[ {b:int null=-}{[ {c:ip null=-}]}]}", "5 -", `{"a":5}`},
		{"{a:int null=-}{[ {b:int null=-}{[ {c:ip null=-}]}]}", "5 5 x", ``},
		// any of them, in any order
		{"{m:text}{*, a: {a:int}{|}, b: \"{b:text}\"{|}, c: {c}*}", `hi, you, b: "x, a: "y"", a: 5`, `{"m":"hi, you","b":"x, a: \"y\"","a":5}`},
		{"{m:text}{*, a: {a:int}{|}, b: \"{b:text}\"{|}, c: {c}*}", `hi, a: z, c: w`, `{"m":"hi, a: z","c":"w"}`},
		{"{m:text}{*, a: {a:int}{|}, b: \"{b:text}\"{|}, c: {c}*}", `hi`, `{"m":"hi"}`},
		{"{m:text}{*, a: {a:int}{|}, b: \"{b:text}\"{|}, c: {c}*}", `hi, a: 1, a: 2`, `{"m":"hi, a: 1","a":2}`},
		{"{* x{a:int};{|} y{b:int};*} {c}", " y1; x2; z", `{"a":2,"b":1,"c":"z"}`},
		{"{* x{a:int};{|} y{b:int};*} {c}", " y1; y2; z", `{"b":1,"c":"y2; z"}`},
		{"{*a{k=first}{|}b{l=second}*}-{c}", "ba-z", `{"k":"first","l":"second","c":"z"}`},
		// constants, the whole line, the rest
		{"{!{k=in}+{u}{|}{k=a long text that stands nowhere}-{u}!}", "-x", `{"k":"a long text that stands nowhere","u":"x"}`},
		{"{m...}{[{u} logged {!{k=in}in{|}{k=out}out!}{:more}]}{:rest}", "ann logged in today", `{"m":"ann logged in today","u":"ann","k":"in"}`},
		{"{m...}{[{u} logged {!{k=in}in{|}{k=out}out!}{:more}]}{:rest}", "ann left", `{"m":"ann left"}`},
		{"{a}{[ x{b}{r:more}]}", "1 x2 3 4", `{"a":"1","b":"2","r":"3 4"}`},
		{"{a}{r:more}", "1", `{"a":"1"}`},
		{"{a:duration ms null=-}{r:more}", "- 2", `{"r":"2"}`},
		{"{a:word begins=AH} {b}", "AH1 x", `{"a":"AH1","b":"x"}`},
		{"{a:word begins=AH} {b}", "BH1 x", ``},
		// requests and lists
		{`"{:request}" {a}`, `"GET / HTTP/1.1" x`, `{"method":"GET","target":"/","protocol":"HTTP/1.1","a":"x"}`},
		{`{["{:request}"{|}"-"]}{[,{a}]}`, `"GET /"x" HTTP/1.1",x`, `{"method":"GET","target":"/\"x\"","protocol":"HTTP/1.1","a":"x"}`},
		{`"{:request dashes null=-}" {a}`, `"- /x -" x`, `{"target":"/x","a":"x"}`},
		{"{a:commas};{b:bars};{c:upstreams s};{d:blanks int}", "x, y,z;p||q|;0.5, - : 2;1 2 -", `{"a":["x","y","z"],"b":["p","","q",""],"c":[500000000,null,2000000000],"d":[1,2,null]}`},
		{"{a:commas null=-};{b:bars empty null=-};{c:upstreams s};{d:blanks int}", "-;-;-, -;", `{"b":[],"c":[],"d":[]}`},
		{"{a:commas};{b:bars};{c:upstreams s};{d:blanks int}", "x;y;z;1", ``},
		{"{a:commas}{[;{b:blanks}]}", "x,y;1 2", `{"a":["x","y"],"b":["1","2"]}`},
		// pairs
		{"{n:pairs A=a B=b:int C=c:ip flags=f:X,Y words=w} ", "", ``},
		{"<{n:pairs A=a B=b:int C=c:ip flags=f:X,Y words=w}", `<A=1 X B=5 C=:: D="x y" E= go Y B=6 on`, `{"n":{"D":"x y","E":"","w":"go on"},"a":"1","b":5,"c":"::","f":["X","Y"]}`},
		{"<{n:pairs A=a B=b:int C=c:ip flags=f:X,Y words=w}", `<B=x [A=2 C=::] C=y Z`, `{"n":{"B":"x","C":"y","w":"Z"},"f":[]}`},
		{"<{n:pairs audit}", `<a=? comm=6C730A exe="/bin/ls" msg='op=x acct="r"' k=(null) z=6C`, `{"n":{"a":null,"comm":"ls\n","exe":"/bin/ls","op":"x","acct":"r","k":null,"z":"6C"}}`},
		// syslog
		{"{[<{facility,severity:priority}>]}{@syslog at}{m}", "<34>Oct 11 22:14:15 gate su[7]: x y", `{"facility":4,"severity":2,"at":"2026-10-11T22:14:15Z","host":"gate","app":"su","pid":7,"m":"x y"}`},
		{"{@syslog at}{m}", "<34>Oct 11 22:14:15 gate su[7]: x y", `{"at":"2026-10-11T22:14:15Z","host":"gate","app":"su","pid":7,"m":"x y"}`},
		{"{@syslog at}{m}", "2026-03-05T08:09:10.5+01:00 gate kernel: [1.5] x", `{"at":"2026-03-05T07:09:10.5Z","host":"gate","app":"kernel","m":"[1.5] x"}`},
		{"{@syslog}{m}", "Oct 11 22:14:15 kernel: x", `{"time":"2026-10-11T22:14:15Z","app":"kernel","m":"x"}`},
		{"{@syslog}{m}", "Oct 11 22:14:15 gate x y", `{"time":"2026-10-11T22:14:15Z","host":"gate","m":"x y"}`},
		{"{@syslog}{m}", "x y", ``},
		{"{@syslog}{m}", "Mar  2 23:24:28 gate user.warn kernel: [1.5] x", `{"time":"2026-03-02T23:24:28Z","host":"gate","app":"kernel","m":"[1.5] x"}`},
		{"{@syslog_of at su|sshd}{m}", "Mar  2 23:24:28 gate sshd[5]: x", `{"at":"2026-03-02T23:24:28Z","host":"gate","app":"sshd","pid":5,"m":"x"}`},
		{"{@syslog_of at su|sshd}{m}", "Mar  2 23:24:28 gate cron[5]: x", ``},
		{"<{p:priority}>{d:duration hms}", "<34>1:00:05", `{"p":4,"d":3605000000000}`},
		{"<{n:pairs A=a}", `<u="x\"y\" A=1" A=2 d="C\\" e="C\" f="z" g="C\" h="" i="C\"`, `{"n":{"u":"x\\\"y\\\" A=1","d":"C\\\\","e":"C\\","f":"z","g":"C\\","h":"","i":"C\\"},"a":"2"}`},
		{"<{n:pairs A=a:ip,p:int,i B=b:int C=p:int}", `<A=192.0.2.1:80:X0:gate B=x`, `{"n":{"B":"x"},"a":"192.0.2.1","p":80,"i":"X0:gate"}`},
		{"<{n:pairs A=a:ip,p:int,i B=b:int C=p:int}", `<A=2001:db8::1 B=7 C=5`, `{"n":{},"a":"2001:db8::1","b":7,"p":5}`},
		{"<{n:pairs A=a:ip,p:int,i}", `<A=192.0.2.1::X0`, `{"n":{},"a":"192.0.2.1","i":"X0"}`},
		{"<{n:pairs A=a:ip,p:int,i C=a:ip}", `<C=::1 A=:80:X0`, `{"n":{},"a":"::1","p":80,"i":"X0"}`},
		{"<{n:pairs A=a:ip,p:int,i}", `<A=:80:X0`, `{"n":{},"p":80,"i":"X0"}`},
		{"<{n:pairs A=a:ip,p:int,i}", `<A=gate:80`, `{"n":{"A":"gate:80"},"p":80}`},
		{"<{n:pairs A=a,b}", `<A=x:y:z`, `{"n":{},"a":"x","b":"y:z"}`},
		{"<{n:pairs arguments}", `<a0="ls" a1=2D6C a2=5 exe=2F62`, `{"n":{"a0":"ls","a1":"-l","a2":"5","exe":"/b"}}`},
		{"<{n:pairs A=a:int B=a:int}", `<B=1 A=2`, `{"n":{},"a":1}`},
	})
}

func TestLineGroupsOfOptions(t *testing.T) {
	o := Options{Columns: []string{"b", "n"}, Rename: map[string]string{"a": "n"}, Fields: map[string]Declared{"n": {Type: record.Int}}, Clock: timestamp.Options{Year: 2024}}
	checkSamples(t, lines, o, []sample{
		{"{c}{[ a={a}{|} b={b}]}", "1 a=2", `{"n":2}`},
		{"{c}{[ a={a}{|} b={b}]}", "1 b=2", `{"b":"2"}`},
		{"{c}{[ a={a}{|} b={b}]}", "1 a=x", ``},
		{"{c}{* a={a}{|} b={b}*}", "1 b=2 a=3", `{"b":"2","n":3}`},
		{"{b}{[ {a:commas}]}", "1 2", `{"b":"1","n":2}`},
	})
}

func TestLinesThatAreNoRecords(t *testing.T) {
	tree, err := lines("{a:int} {b}\n{-}#{}\n{-}{} cut")
	require.NoError(t, err)
	p, err := Compile(tree, Options{Limit: 100})
	require.NoError(t, err)
	rows, rejects := parse(p, p.NewWorker(), "#x y\n1 x\n\n#z\r\n2 y\n5 cut\n6 cut here\nx cut\nz\n")
	assert.Equal(t, []string{`{"a":1,"b":"x"}`, `{"a":2,"b":"y"}`, `{"a":5,"b":"cut"}`, `{"a":6,"b":"cut here"}`}, rows)
	assert.Equal(t, []string{"empty 3: ", "no_match 9: z"}, rejects)
	_, err = lines("{-}#{a}")
	assert.ErrorContains(t, err, "the first pattern is that of a record")
}

func TestLineGroupErrors(t *testing.T) {
	for _, c := range []struct {
		text    string
		pos     int
		message string
	}{
		{"{a}{[{b}: ]}", 0, "does not begin with constant text"}, {"{a}{!{b}!}", 0, "does not begin"}, {"x {! {a}", 2, "not closed"}, {"x {[ {a}{|}", 2, "not closed"},
		{"{a} {[ {a}]}", 4, "twice"}, {"{!{a:int}{|}{a}!}", 9, ""}, {"{@nginx}{a}", 0, "unknown pattern"}, {"{@syslog a b}{a}", 0, "do not go together"}, {"{@syslog_of a}{a}", 0, "do not go together"}, {"{@syslog A}{a}", 0, "no name"}, {"{@syslog", 0, "not closed"},
		{"{a:request}", 0, "has a name"}, {"<{a:pairs A=}", 1, "a pair is written"}, {"<{a:pairs A=b:level2}", 1, "a pair is written"}, {"<{a:pairs A=b,}", 1, "a pair is written"}, {"<{a:pairs flags=x}", 1, "flags are written"},
		{"{a:commas float}", 0, "unknown word float"}, {"{a:text dashes}", 0, "unknown word dashes"}, {strings.Repeat("{[ ", 25) + "{a}" + strings.Repeat("]}", 25), 72, "deep"},
		{"{! {:int}{|}" + strings.Repeat("{? {:int}?}", 8) + "!}{a}", 0, "forms in a group"}, {"{a}{[ {b:int}]}{c}", 6, "nothing tells where it ends"},
		{"{! {+a} {+a}!}", 3, "a part of a value stands inside a group"}, {"{+a:int}{[ {+b:int}]}", 8, "a part of a value stands inside a group"},
	} {
		tree, err := lines(c.text)
		if err == nil {
			_, err = Compile(tree, Options{Limit: 100})
		}
		if c.message == "" {
			continue
		}
		if assert.Error(t, err, c.text) {
			assert.ErrorContains(t, err, c.message, c.text)
		}
	}
}

// What may follow a value is tried at a bounded number of places, and what does not fit leaves no trace: the time is linear in the line.
func TestLineGroupsAreLinear(t *testing.T) {
	tree, err := lines(`{m:text}{*, a: {a:int}{|}, b: "{b:text}"{|}, c: {c:commas}*}`)
	require.NoError(t, err)
	p, err := Compile(tree, Options{Limit: 1 << 26})
	require.NoError(t, err)
	w := p.NewWorker()
	linetest.Linear(t, 2500, func(n int) {
		rows, _ := parse(p, w, strings.Repeat(`, b: "x, a: z, c: y`, n)+"\n")
		require.Len(t, rows, 1)
	})
}

// Whatever the pattern: it compiles or says where it is wrong, and a line is a record, a reject or passed over, as Explain says too.
func FuzzLinePatterns(f *testing.F) {
	for _, text := range []string{`{a} {b:int}{[ {c:text}{[ {d:commas}]}]}{e:more}`, "{!<{a:int}>{|}({b}){k=x}!} {c}\n{-}#{}", `{m:text}{*, a: {a:int}{|}, b: "{b:text}"{|}, c: {c}*}`,
		"{@syslog}{m...}{!{u} in{|}{:rest}!}", `{m:pairs A=a B=b:int flags=f:X words=w audit}`, `"{:request dashes cut}"`, "{a,b:host_port null=-} {t:timestamp %b %e | rfc3339}{? x?}{??y?}{ }z{l:level}",
		"{a:text last}({b:bars int empty}){{}}", "{[{!{*{a}*}!}]}", "{a:duration hms}{[|{a2:upstreams s}]}"} {
		for _, line := range []string{"a 1 b c,d more", "<5> x", `hi, b: "x", a: 5`, "Mar  5 08:09:10 h a[1]: u in", "A=1 X B=2", `"- / -"`, "h:5 Mar  5z info", ""} {
			f.Add(text, line)
		}
	}
	f.Fuzz(func(t *testing.T, text, line string) {
		if len(text) > 500 || len(line) > 500 || strings.Contains(line, "\n") || strings.Contains(text, "\r") { // which may be that of an ending
			return
		}
		tree, err := lines(text)
		if err != nil {
			return
		}
		p, err := Compile(tree, Options{Limit: 1000, Clock: timestamp.Options{Year: 2026}})
		if err != nil {
			return
		}
		w := p.NewWorker()
		line = strings.TrimRight(line, "\r") // one at the end is the line's ending
		rows, rejects := parse(p, w, line)
		require.LessOrEqual(t, len(rows)+len(rejects), 1)
		check := w.Explain([]byte(line))
		require.Equal(t, len(rejects) == 0, check.OK, "%q: %+v %v", line, check, rejects)
		both, refused := parse(p, w, line+"\r\n"+line+"\n")
		require.Len(t, both, 2*len(rows))
		require.Len(t, refused, 2*len(rejects))
		if len(rows) == 1 {
			require.Equal(t, []string{rows[0], rows[0]}, both)
		}
	})
}

// Of a group the sequence that comes furthest says where the line stops to fit.
func TestLineGroupsExplain(t *testing.T) {
	for _, c := range []struct {
		pattern, line     string
		offset            int
		element, expected string
	}{
		{"{a} {!in {b}{|}out of {c:int}!}", "x in y z", 5, "{b}", "text and the end of the line"},
		{"{a} {!in {b}{|}out of {c:int}!}", "x out of y", 9, "{c:int}", "a whole number"},
		{"{a} {!in {b}{|}out of {c:int}!}", "x on y", 2, "{!in {b}{|}out of {c:int}!}", `"in " or "out of "`},
		{"{!<{a:int}>{|}({b})!} {c}", "<5 x", 1, "{a:int}", `a whole number and ">"`},
		{"{!<{a:int}{!:{|};!}{b:int}{|}({c})!}", "<5;x", 3, "{b:int}", "a whole number"},
	} {
		tree, err := lines(c.pattern)
		require.NoError(t, err, c.pattern)
		p, err := Compile(tree, Options{Limit: 1 << 20})
		require.NoError(t, err, c.pattern)
		check := p.NewWorker().Explain([]byte(c.line))
		assert.False(t, check.OK, c.line)
		assert.Equal(t, c.offset, check.Offset, "%s: %+v", c.line, check)
		assert.Equal(t, c.element, check.Element, c.line)
		assert.Equal(t, c.expected, check.Expected, c.line)
	}
}

func TestLineGroupsDoNotAllocate(t *testing.T) {
	for _, c := range []struct{ pattern, line string }{
		{`{t:timestamp %Y/%m/%d %H:%M:%S} [{level:level}] {m:text}{*, a: {a:int}{|}, b: "{b:text}"{|}, c: {c:commas}*}`, `2026/03/05 08:09:10 [error] hi, x, c: 1,2, b: "y"`},
		{"{@syslog}{m...}{!{event=in a long word of more than that}{u} in{|}{event=out}{u} out{|}{:rest}!}", "Mar  5 08:09:10 h a[1]: ann out"},
		{"{@syslog}{p:pairs A=a B=b:int flags=f:X,Y audit}", `Mar  5 08:09:10 h a: A=1 X B=2 c="d" Y e=?`},
		{`{a:word null=-}{[ {b:ip}{[ {c:duration s null=-1}{d:more}]}]}`, "- ::1 0.5 x y"},
	} {
		tree, err := lines(c.pattern)
		require.NoError(t, err)
		p, err := Compile(tree, Options{Limit: 1000, Clock: timestamp.Options{Year: 2026}})
		require.NoError(t, err)
		w := p.NewWorker()
		data, n := block(strings.Repeat(c.line+"\n", 500))
		b := record.NewBuilder(p.Schema(), record.Heap, true)
		var batch record.Batch
		run := func() {
			b.Restart()
			b.Begin(data, n, false)
			w.Parse(b, data, n)
			b.FinishInto(&batch)
		}
		for range 10 {
			run()
		}
		require.Equal(t, 500, batch.Len(), c.pattern)
		assert.Less(t, testing.AllocsPerRun(10, run), 50.0, c.pattern) // of the batch, not of its 500 rows
	}
}

// A word that goes on over a blank is none, wherever it ends: that does not hide how far the shorter one came.
func TestWordsOfSeveralEndsSayHowFarTheyCame(t *testing.T) {
	tree, err := lines("{a:word}{!: {b}{|} {c:int}-{d:int}!}")
	require.NoError(t, err)
	p, err := Compile(tree, Options{Limit: 1000})
	require.NoError(t, err)
	for line, at := range map[string]int{"x 12-y: z": 5, "x 1-2 3: z": 4} {
		data, n := block(line + "\n")
		b := record.NewBuilder(p.Schema(), record.Heap, true)
		b.Start(1)
		b.Begin(data, n, false)
		stop, fault := p.newWorker().walk(b, data, 0)
		assert.Equal(t, record.BadValue, fault, line)
		assert.Equal(t, at, stop, line)
	}
}

// A value that may not have in it what stands in front of a group ends there once: forms that go on alike are one then.
func TestValuesWithOneEndAreSharedByForms(t *testing.T) {
	for text, shared := range map[string]bool{
		"{a:word not=[}{![{|} [!}{b:int}]":             true,
		"{a:word}{![{|} [!}{b:int}]":                   false,
		"{a:text not=[}{![{|} [!}{b:int}]":             false, // a blank may stand in it
		"{a:text not=[}{![{|}[[!}{b:int}] ":            true,
		"{a:word not=[}{![{|} [!}{b:text}{[] x{d}]}] ": false, // what is tried with several ends comes behind it
	} {
		tree, err := lines(text + " {c:int}")
		require.NoError(t, err, text)
		other, err := lines(text + "-{e:word}")
		require.NoError(t, err, text)
		tree.Else, tree.Union = other, true
		p, err := Compile(tree, Options{Limit: 1000})
		require.NoError(t, err, text)
		assert.Equal(t, shared, len(p.next) == 1, text)
	}
}
