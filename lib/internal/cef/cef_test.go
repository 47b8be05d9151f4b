package cef

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-json"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/linetest"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
	"github.com/sawlog/sawlog/lib/record"
)

var clock = timestamp.Options{Year: 2026}

var leef = Options{LEEF: true, Clock: clock}

const (
	head     = `"format_version":"0","vendor":"V","product":"P","product_version":"1","event_id":"E","name":"N","level":"5","severity":4,`
	leefHead = `"format_version":"1.0","vendor":"V","product":"P","product_version":"1","event_id":"E",`
)

var tables = []struct {
	name    string
	options Options
	text    string
	want    []string
}{
	{"plain", Options{}, "CEF:0|V|P|1|E|N|5|src=192.0.2.1 msg=two words dst=x\n", []string{`{` + head + `"extensions":{"src":"192.0.2.1","msg":"two words","dst":"x"}}`}},
	{"no extension", Options{}, "CEF:0|V|P|1|E|N|5|\nCEF:0|V|P|1|E|N|5\nCEF:0|V|P|1|E|N|5|  \r\n", []string{`{` + head + `"extensions":{}}`, `{` + head + `"extensions":{}}`, `{` + head + `"extensions":{}}`}},
	{"empty fields", Options{}, "CEF:0|V|P|1||N||shost= src=x\n", []string{`{"format_version":"0","vendor":"V","product":"P","product_version":"1","event_id":"","name":"N","level":"","extensions":{"shost":"","src":"x"}}`}},
	{"escapes", Options{}, `CEF:0|V\|W|P\\|1\=|E|a \| b|5|msg=a\nb\r\=\\\| \q act=x \= y` + "\n",
		[]string{`{"format_version":"0","vendor":"V|W","product":"P\\","product_version":"1\\=","event_id":"E","name":"a | b","level":"5","severity":4,"extensions":{"msg":"a\nb\r=\\| \\q","act":"x = y"}}`}},
	{"a header that ends early", Options{}, "CEF:0|V|P|1|E|N|\nCEF:0|V|P|1|E|N\nCEF:0|V\nCEF:0|\nCEF:0\nCEF:|V\n", []string{"! no_match", "! no_match", "! no_match", "! no_match", "! no_match", "! no_match"}},
	{"= in values", Options{}, "CEF:0|V|P|1|E|N|5|msg=status=ok reason=none url=http://x/?a=b&c=d f= =x\n", []string{`{` + head + `"extensions":{"msg":"status=ok","reason":"none","url":"http://x/?a=b&c=d","f":"=x"}}`}},
	{"= in values, to the letter", Options{Strict: true}, "CEF:0|V|P|1|E|N|5|msg=status=ok\nCEF:0|V|P|1|E|N|5|a=b =c\nCEF:0|V|P|1|E|N|5|a=b\nCEF:0|V|P|1|E|N|5\n", []string{`{` + head + `"extensions":{"a":"b"}}`, "! no_match", "! no_match", "! no_match"}},
	{"no key", Options{}, "CEF:0|V|P|1|E|N|5|some text a=b\n", []string{"! no_match"}},
	{"blanks around values", Options{}, "CEF:0|V|P|1|E|N|5|  a= b  c=d\te=\"f g\" \n", []string{`{` + head + `"extensions":{"a":"b","c":"d","e":"\"f g\""}}`}},
	{"keys", Options{}, "CEF:0|V|P|1|E|N|5|ad.x_y-z[0]=1 a b=2\n", []string{`{` + head + `"extensions":{"ad.x_y-z[0]":"1 a","b":"2"}}`}},
	{"repeated keys stay", Options{}, "CEF:0|V|P|1|E|N|5|a=1 a=2\n", []string{`{` + head + `"extensions":{"a":"1","a":"2"}}`}},
	{"severity", Options{Columns: []string{"level", "severity"}}, "CEF:0|V|P|1|E|N|0|\nCEF:0|V|P|1|E|N|7|\nCEF:0|V|P|1|E|N|10|\nCEF:0|V|P|1|E|N|Very-High|\nCEF:0|V|P|1|E|N|low|\nCEF:0|V|P|1|E|N|11|\nCEF:0|V|P|1|E|N|Unknown|\n",
		[]string{`{"level":"0","severity":6}`, `{"level":"7","severity":3}`, `{"level":"10","severity":2}`, `{"level":"Very-High","severity":2}`, `{"level":"low","severity":6}`, `{"level":"11"}`, `{"level":"Unknown"}`}},
	{"syslog in front", Options{Columns: []string{"time", "host", "vendor"}, Clock: clock}, strings.Join([]string{
		"<134>Sep 19 08:26:10 host CEF:0|V|P|1|E|N|5|", "Sep  9 08:26:10 host CEF:0|V|P|1|E|N|5|", "<1>1 2026-03-01T00:00:00.5Z host app 1 - - CEF:0|V|P|1|E|N|5|", "2026-03-01T00:00:00+01:00 host app: CEF:0|V|P|1|E|N|5|",
		"Sep 19 2025 08:26:10 host CEF: 0|V|P|1|E|N|5|", "Sep 19 08:26:10 CEF:0|V|P|1|E|N|5|", "Sep 19 08:26:10 app: CEF: CEF:0|V|P|1|E|N|5|", "some text CEF:0|V|P|1|E|N|5|", "2026-03-01T00:00:00Z - CEF:0|V|P|1|E|N|5|"}, "\n") + "\n",
		[]string{`{"time":"2026-09-19T08:26:10Z","host":"host","vendor":"V"}`, `{"time":"2026-09-09T08:26:10Z","host":"host","vendor":"V"}`, `{"time":"2026-03-01T00:00:00.5Z","host":"host","vendor":"V"}`, `{"time":"2026-02-28T23:00:00Z","host":"host","vendor":"V"}`,
			`{"time":"2025-09-19T08:26:10Z","host":"host","vendor":"V"}`, `{"time":"2026-09-19T08:26:10Z","vendor":"V"}`, `{"time":"2026-09-19T08:26:10Z","vendor":"V"}`, `{"vendor":"V"}`, `{"time":"2026-03-01T00:00:00Z","vendor":"V"}`}},
	{"the event's time", Options{Columns: []string{"time"}, Clock: clock}, strings.Join([]string{
		"Sep 19 08:26:10 h CEF:0|V|P|1|E|N|5|rt=1543270652000 a=b", "CEF:0|V|P|1|E|N|5|rt=Nov 26 2018 22:17:32", "CEF:0|V|P|1|E|N|5|rt=Nov 26 2018 22:17:32.125 a=b", "CEF:0|V|P|1|E|N|5|rt=Nov 6 2018 22:17:32 UTC",
		"CEF:0|V|P|1|E|N|5|rt=Nov 26 22:17:32", "CEF:0|V|P|1|E|N|5|rt=2018-11-26T22:17:32Z", "CEF:0|V|P|1|E|N|5|rt=", "CEF:0|V|P|1|E|N|5|rt=soon",
		"CEF:0|V|P|1|E|N|5|rt=Nov 26 2018 22:17:32 GMT+02:00", "CEF:0|V|P|1|E|N|5|rt=Nov 26 2018 22:17:32.5 UTC-0130 a=b", "CEF:0|V|P|1|E|N|5|rt=Nov 26 2018 22:17:32 +0200", "CEF:0|V|P|1|E|N|5|rt=Nov 26 2018 22:17:32 GMT+x"}, "\n") + "\n",
		[]string{`{"time":"2018-11-26T22:17:32Z"}`, `{"time":"2018-11-26T22:17:32Z"}`, `{"time":"2018-11-26T22:17:32.125Z"}`, `{"time":"2018-11-06T22:17:32Z"}`, `{"time":"2026-11-26T22:17:32Z"}`, `{"time":"2018-11-26T22:17:32Z"}`, `{}`, `{}`,
			`{"time":"2018-11-26T20:17:32Z"}`, `{"time":"2018-11-26T23:47:32.5Z"}`, `{"time":"2018-11-26T20:17:32Z"}`, `{}`}},
	{"custom labels", Options{CustomLabels: true}, `CEF:0|V|P|1|E|N|5|cn1=12 cfp1Label=Up\=time h cfp1=35.46 cn1Label=Internal ID cs2Label=Rule cs3=x cs4Label= cs4=y acs1=z` + "\n",
		[]string{`{` + head + `"extensions":{"Internal ID":"12","Up=time h":"35.46","cs2Label":"Rule","cs3":"x","cs4Label":"","cs4":"y","acs1":"z"}}`}},
	{"labels stay", Options{}, "CEF:0|V|P|1|E|N|5|cs1Label=a cs1=b\n", []string{`{` + head + `"extensions":{"cs1Label":"a","cs1":"b"}}`}},
	{"no CEF", Options{}, "hello\nXCEF:0|V|P|1|E|N|5|\n\n \n", []string{"! no_match", "! no_match", "! empty", "! empty"}},
	{"renamed", Options{Columns: []string{"maker"}, Rename: map[string]string{"vendor": "maker"}}, "CEF:0|V|P|1|E|N|5|\n", []string{`{"maker":"V"}`}},
	{"too long", Options{Line: 10}, "CEF:0|V|P|1|E|N|5|\n", []string{"! too_long"}},
	{"UTF-8", Options{Reject: true}, "CEF:0|V|P|1|E|N|5|a=\xff\n", []string{"! bad_utf8"}},

	{"leef 1.0", leef, "LEEF:1.0|V|P|1|E|src=192.0.2.1\tusrName=a b\tsev=8\turl=/?a=b\tempty=\n", []string{`{` + leefHead + `"level":"8","severity":3,"extensions":{"src":"192.0.2.1","usrName":"a b","sev":"8","url":"/?a=b","empty":""}}`}},
	{"leef 2.0", leef, "LEEF:2.0|V|P|1|E|^|a=1^b=2\nLEEF:2.0|V|P|1|E|0x5E|a=1^b=2\nLEEF:2.0|V|P|1|E|x5e|a=1^b=2\nLEEF:2.0|V|P|1|E||a=1\tb=2\nLEEF:2.0|V|P|1|E|\\t|a=1\tb=2\nLEEF:2.0|V|P|1|E|a=1\tb=2\n",
		repeat(6, `{`+strings.Replace(leefHead, "1.0", "2.0", 1)+`"extensions":{"a":"1","b":"2"}}`)},
	{"leef 1.0 has no delimiter", leef, "LEEF:1.0|V|P|1|E|^|a=1\n", []string{"! no_match"}},
	{"leef between blanks", leef, "LEEF:1.0|V|P|1|E|a=1 2 b=3\n", []string{`{` + leefHead + `"extensions":{"a":"1 2","b":"3"}}`}},
	{"leef, text without a key", leef, "LEEF:1.0|V|P|1|E|a=1\tmore\tb=2\n", []string{`{` + leefHead + `"extensions":{"a":"1\tmore","b":"2"}}`}},
	{"leef without attributes", leef, "LEEF:1.0|V|P|1|E|\nLEEF:1.0|V|P|1|E\nLEEF:1.0|V|P|1|\nCEF:0|V|P|1|E|N|5|\n", []string{`{` + leefHead + `"extensions":{}}`, `{` + leefHead + `"extensions":{}}`, "! no_match", "! no_match"}},
	{"leef, times", Options{LEEF: true, Columns: []string{"time", "host"}, Clock: clock}, "<13>Jan 18 11:07:53 192.0.2.1 LEEF:1.0|V|P|1|E|a=b\nLEEF:1.0|V|P|1|E|devTime=2026-03-01 10:11:12.5\tdevTimeFormat=yyyy-MM-dd HH:mm:ss.S\nLEEF:1.0|V|P|1|E|devTime=Mar 01 2026 10:11:12\nLEEF:1.0|V|P|1|E|devTime=1543270652000\tdevTimeFormat=??\n",
		[]string{`{"time":"2026-01-18T11:07:53Z","host":"192.0.2.1"}`, `{"time":"2026-03-01T10:11:12.5Z"}`, `{"time":"2026-03-01T10:11:12Z"}`, `{"time":"2018-11-26T22:17:32Z"}`}},
}

func repeat(n int, text string) (lines []string) {
	for range n {
		lines = append(lines, text)
	}
	return lines
}

func TestTables(t *testing.T) {
	for _, c := range tables {
		t.Run(c.name, func(t *testing.T) { assert.Equal(t, c.want, rows(read(t, c.options, c.text))) })
	}
}

func TestOneRecord(t *testing.T) {
	p := compile(t, Options{})
	batch := parse(p, p.NewRecordWorker(), "CEF:0|V|P|1|E|N\nM|5|msg=a\nb c=d")
	assert.Equal(t, []string{`{` + strings.Replace(head, `"N"`, `"N\nM"`, 1) + `"extensions":{"msg":"a\nb","c":"d"}}`}, rows(batch))
	assert.Equal(t, int64(3), batch.Lines())
}

func TestBytesStay(t *testing.T) {
	batch := read(t, Options{Bytes: true}, "CEF:0|V\xff|P|1|E|N|5|a=\xff\n")
	assert.Equal(t, []byte("V\xff"), batch.Column("vendor").Bytes(0))
}

func TestWrongOptions(t *testing.T) {
	_, err := Compile(Options{Columns: []string{"vender"}})
	assert.ErrorContains(t, err, `no field "vender"`)
	_, err = Compile(Options{Rename: map[string]string{"vendor": "product"}})
	assert.ErrorContains(t, err, "product")
}

func TestExplain(t *testing.T) {
	for _, c := range []struct {
		line string
		want record.Check
	}{
		{"CEF:0|V|P|1|E|N|5|", record.Check{OK: true}},
		{"", record.Check{Fault: "empty", Expected: "a line that is not blank", Seen: "the end of the line"}},
		{"CEF:x", record.Check{Fault: "no_match", Element: "format_version", Column: "format_version", Expected: "CEF: and a version", Seen: "CEF:x"}},
		{"CEF:0|V|P", record.Check{Fault: "no_match", Offset: 9, Element: "product", Column: "product", Expected: "| behind the field", Seen: "the end of the line"}},
		{"CEF:0|V|P|1|E|N|5|a=b=c", record.Check{Fault: "no_match", Offset: 21, Element: "extensions", Column: "extensions", Expected: `\=, since = stands behind keys only`, Seen: "=c"}},
	} {
		assert.Equal(t, c.want, compile(t, Options{Strict: true}).NewWorker().Explain([]byte(c.line)), "%q", c.line)
	}
}

func TestNoAllocationPerRecord(t *testing.T) {
	text := strings.Repeat(`Sep 19 08:26:10 host CEF:0|V|P|1|E|a name \| more|5|rt=Nov 26 2018 22:17:32.125 msg=an \= escaped text cs1=x cs1Label=some label src=192.0.2.1`+"\n", 200)
	p := compile(t, Options{CustomLabels: true})
	rows, allocations := rig.Allocations(p, text)
	assert.Equal(t, 200, rows)
	assert.LessOrEqual(t, allocations, 1.0)
}

// TestLongLinesTakeLinearTime: no text makes the search for keys start again and again.
func TestLongLinesTakeLinearTime(t *testing.T) {
	for _, piece := range []string{"=", "a=", " =", " a", `\=`, "a ", " CEF:", "CEF:0"} {
		p := compile(t, Options{})
		linetest.Linear(t, 1<<16/len(piece), func(n int) {
			parse(p, p.NewWorker(), "CEF:0|V|P|1|E|N|5|a="+strings.Repeat(piece, n)+"\n", strings.Repeat(piece, n)+"\n")
		})
	}
}

// TestALabelIsWrittenOnce: what a line makes does not grow with its square, however many values have the same label.
func TestALabelIsWrittenOnce(t *testing.T) {
	p := compile(t, Options{CustomLabels: true})
	const n = 1000
	text := "CEF:0|V|P|1|E|N|5|cs1Label=" + strings.Repeat(`\=`, n) + strings.Repeat(" cs1=a", n) + "\n"
	batch := parse(p, p.NewWorker(), text)
	require.Equal(t, 1, batch.Len())
	size := 0
	for _, buffer := range batch.Buffers() {
		size += len(buffer)
	}
	assert.Less(t, size, 2*len(text))
	assert.Equal(t, n, strings.Count(dump(batch), strings.Repeat("=", n)))
}

// plain is a worker that takes no short cut.
func plain(p *Plan) record.Worker {
	w := p.newWorker(false)
	w.plain, w.straight = true, false
	return w
}

// line is a line of CEF with some of many keys, mostly in the order of its device, and sometimes with one byte that is wrong.
func line(r *rand.Rand, devices int) string {
	var b strings.Builder
	device := r.IntN(devices)
	fmt.Fprintf(&b, "CEF:0|vendor %d|%s|1.0|%d|a name|%d|", device, []string{"gate", "a \\| pipe", strings.Repeat("long", 15)}[device%3], r.IntN(1000), r.IntN(12))
	for k := range []int{0, 1, 9, 9, 9, 70}[r.IntN(6)] {
		key := (device*7 + k*(k+3)) % 400
		if r.IntN(20) == 0 {
			key = r.IntN(3000)
		}
		name := "key" + strconv.Itoa(key)
		switch key % 9 {
		case 0:
			name = "rt"
		case 1:
			name = "aVeryLongNameOfAKey" + strconv.Itoa(key)
		case 2:
			name = strings.Repeat("k", 55+key%12)
		}
		value := []string{"", "plain", "a value with blanks ", `an \= escape \\`, "https://example.com/?a=b&c=d", " = ", "1772438398059", "Mar  2 2026 07:59:58", "x=", "tab\tkey="}[r.IntN(10)]
		fmt.Fprintf(&b, "%s%s=%s", []string{" ", "  ", "\t"}[r.IntN(20)/18], name, value)
	}
	text := []byte(b.String())
	switch at := r.IntN(len(text)); r.IntN(6) {
	case 0:
		text[at] = "=\\| \tx"[r.IntN(6)]
	case 1:
		text = append(text[:at], text[at+1:]...)
	}
	return string(text)
}

func TestPairsInPlaceAreAsAnyOthers(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, devices := range []int{1, 5, 500} {
		var text strings.Builder
		for range 600 {
			text.WriteString(line(r, devices) + "\n")
		}
		for _, o := range []Options{{}, {Strict: true}, {Columns: []string{"extensions"}}, {Bytes: true}} {
			o.Clock = clock
			p := compile(t, o)
			want, got := parse(p, plain(p), text.String()), parse(p, p.NewWorker(), text.String())
			lines := rows(got)
			for i, row := range rows(want) {
				require.Equal(t, row, lines[i])
			}
			require.Equal(t, dump(want), dump(got))
		}
	}
}

// FuzzParse: nothing is lost, no line knows its neighbours, and a line read as a record of its own says the same.
func FuzzParse(f *testing.F) {
	for i, c := range tables {
		f.Add(c.text, uint8(i))
	}
	f.Fuzz(func(t *testing.T, text string, mode uint8) {
		if len(text) > 3000 {
			return
		}
		o := Options{LEEF: mode&1 != 0, CustomLabels: mode&2 != 0, Strict: mode&4 != 0, Reject: mode&8 != 0, Bytes: mode&16 != 0, Clock: clock}
		if mode&32 != 0 {
			o.Line = 60
		}
		if mode&64 != 0 {
			o.Columns = []string{"vendor", "severity"}
		}
		p := compile(t, o)
		batch := parse(p, p.NewWorker(), text)
		account(t, p, batch, text)
		require.Equal(t, dump(parse(p, plain(p), text)), dump(batch), "what is usual is read as anything else")
		for i := range batch.Len() {
			require.True(t, json.Valid(batch.AppendJSON(nil, i, false)))
		}
		var lines []string
		for _, line := range strings.SplitAfter(text, "\n") {
			if line != "" {
				lines = append(lines, line)
			}
		}
		require.Equal(t, dump(batch), dump(parse(p, p.NewRecordWorker(), lines...)))
	})
}

// TestCorpus reads the cases of other projects, where they are at hand.
func TestCorpus(t *testing.T) {
	file, err := os.Open("../../../../shared/corpus/vrl/cases.jsonl")
	if err != nil {
		t.Skip("no corpus here")
	}
	defer file.Close()
	ours := map[string]string{"cefVersion": "format_version", "deviceVendor": "vendor", "deviceProduct": "product", "deviceVersion": "product_version", "deviceEventClassId": "event_id", "name": "name", "severity": "level"}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var c struct {
			ID, Function string
			Args         struct {
				Labels bool `json:"translate_custom_fields"`
				Strict *bool
			}
			Input  any
			Expect map[string]any
			Error  bool
		}
		if json.Unmarshal(lines.Bytes(), &c) != nil || c.Function != "parse_cef" || c.Error && c.Args.Labels {
			continue
		}
		t.Run(c.ID, func(t *testing.T) {
			batch := read(t, Options{CustomLabels: c.Args.Labels, Strict: c.Args.Strict == nil || *c.Args.Strict}, c.Input.(string))
			if c.Error {
				require.Equal(t, 0, batch.Len())
				return
			}
			require.Equal(t, 1, batch.Len())
			extensions := batch.Column("extensions").Value(0).(map[string]any)
			for key, want := range c.Expect {
				if name, fixed := ours[key]; fixed {
					assert.Equal(t, want, batch.Column(name).Text(0), key)
				} else {
					assert.Equal(t, want, extensions[key], key)
				}
			}
			assert.Len(t, extensions, len(c.Expect)-len(ours))
		})
	}
}

func BenchmarkParse(b *testing.B) {
	for _, c := range []struct {
		name    string
		options Options
		line    string
	}{
		{"cef", Options{}, "<134>Sep 19 08:26:%02d host CEF:0|Check Point|VPN-1|R80|Log|https|Unknown|act=Accept rt=%d spt=%d dpt=443 cs2Label=Rule Name cs2=allow out src=192.0.2.%d dst=198.51.100.4 request=https://example.com/a\\=b proto=6\n"},
		{"leef", leef, "<134>Sep 19 08:26:%02d host LEEF:1.0|V|P|1|E|devTime=%d\tsrcPort=%d\tdstPort=443\tusrName=some user\tsrc=192.0.2.%d\tdst=198.51.100.4\turl=https://example.com/a=b\tsev=5\n"},
	} {
		b.Run(c.name, func(b *testing.B) {
			var text strings.Builder
			for i := 0; text.Len() < 1<<20; i++ {
				fmt.Fprintf(&text, c.line, i%60, 1543270652000+int64(i), i%65536, i%256)
			}
			p := compile(b, c.options)
			rig.Benchmark(b, p, p.NewWorker(), text.String())
		})
	}
}
