package sawlog

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/linetest"
	"github.com/sawlog/sawlog/lib/record"
)

func TestRedactTexts(t *testing.T) {
	for _, c := range []struct{ rule, text, want string }{
		{`"email"`, "from ann.b+c@mail.example.com, to <x@example.org>", "from ***, to <***>"},
		{`"email"`, "@ a@b a@b. a@b.c @example.com root@localhost café@exämple.de", "@ a@b a@b. a@b.c @example.com root@localhost ***"},
		{`"email"`, "ann@mail.example.co.uk. bye", "***. bye"},
		{`"email"`, "a@b@example.com", "a@***"},
		{`"ip"`, "192.0.2.77 and 192.0.2.78:8080, [2001:db8:1:2::3]:80", "192.0.2.0 and 192.0.2.0:8080, [2001:db8:1::]:80"},
		{`"ip"`, "1.2.3.4.5 v1.2.3.4 256.1.1.1 10:20:30 aa:bb:cc:dd:ee:ff 1.2.3 ::", "1.2.3.4.5 v1.2.3.4 256.1.1.1 10:20:30 aa:bb:cc:dd:ee:ff 1.2.3 ::"},
		{`"ip"`, "x=192.0.2.77. ::ffff:192.0.2.77 fe80::1", "x=192.0.2.0. 192.0.2.0 fe80::"},
		{`{"find": "ip", "action": "mask"}`, "192.0.2.77:80", "***:80"},
		{`"ip"`, "ip:192.0.2.77 host:192.0.2.78:443 face:192.0.2.79", "ip:192.0.2.0 host:192.0.2.0:443 face:192.0.2.0"},
		{`"ip"`, "192.0.2.77:192.0.2.78, 192.0.2.77:443:192.0.2.78:80 192.0.2.77..192.0.2.79 192.0.2.77-192.0.2.79", "192.0.2.0:192.0.2.0, 192.0.2.0:443:192.0.2.0:80 192.0.2.0..192.0.2.0 192.0.2.0-192.0.2.0"},
		{`"ip"`, "addr:2001:db8:1:2::3 16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48 x.192.0.2.77", "addr:2001:db8:1:: 16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48 x.192.0.2.77"},
		{`"card"`, "4111 1111 1111 1111, 4111111111111111; 3782-822463-10005 5500005555555559", "***1111, ***1111; ***0005 ***5559"},
		{`"card"`, "4111111111111112 1234567812345670 41111111111111111111 x4111111111111111 4111 1111 1111", "4111111111111112 1234567812345670 41111111111111111111 x4111111111111111 4111 1111 1111"},
		{`"token"`, "Authorization: Bearer abcdefgh12345678 x", "Authorization: Bearer *** x"},
		{`"token"`, "bearer abcdefgh12345678, password=hunter2&user=eve {\"api_key\": \"k-1\"}", "bearer ***, password=***&user=eve {\"api_key\": \"***\"}"},
		{`"token"`, "https://eve:hunter2@example.com/ eyJhbGciOiJI.eyJzdWIiOiI.SflKxwRJ AKIAABCDEFGHIJKLMNOP", "https://eve:***@example.com/ *** ***"},
		{`"token"`, `passwd: "two words" pwd='x y', secret = "a\"b" {\"api_key\": \"k 1\", \"n\": 1} token: "open`, `passwd: "***" pwd='***', secret = "***" {\"api_key\": \"***\", \"n\": 1} token: "***`},
		{`"email"`, "/u?m=ann%40example.com&z=%40 b%40c " + strings.Repeat("x", 511) + " eve%40example.org, @ and bob@example.net", "/u?m=***&z=%40 b%40c " + strings.Repeat("x", 511) + " ***, @ and ***"},
		{`"token"`, "the token of the keyboard", "the token of the keyboard"},
		{`"token"`, strings.Repeat("x ", 250) + "Authorization: Bearer abcdefgh12345678 " + strings.Repeat("y", 512) + " API_KEY=k1 api_key:k2", strings.Repeat("x ", 250) + "Authorization: Bearer *** " + strings.Repeat("y", 512) + " API_KEY=*** api_key:***"},
		{`"token"`, "token" + strings.Repeat(" ", 600) + "= one pwd=two", "token" + strings.Repeat(" ", 600) + "= *** pwd=***"},
		{`{"pattern": "order-\\d+"}`, "order-1 and order-22", "*** and ***"},
		{`{"pattern": "user=(\\w+)", "action": "drop"}`, "user=eve user= user=ann", "user= user= user="},
		{`{"pattern": "x*"}`, "axxb", "a***b"},
		{`["email", "ip", {"pattern": "\\*\\*\\*", "action": "drop"}]`, "a@example.com 192.0.2.1", " 192.0.2.0"},
		{`{"columns": ["m"]}`, "whatever", "***"},
	} {
		rows, _ := rowsOf(t, `{"regex": "(?P<m>.*)", "redact": `+c.rule+`}`, c.text)
		require.Len(t, rows, 1)
		var row struct{ M string }
		require.NoError(t, json.Unmarshal([]byte(rows[0]), &row))
		assert.Equal(t, c.want, row.M, "%s: %s", c.rule, c.text)
		again, _ := rowsOf(t, `{"regex": "(?P<m>.*)", "redact": `+c.rule+`}`, row.M)
		assert.Equal(t, rows, again, "what was hidden stays as it is")
	}
}

// What is hidden in a text costs what its length costs, however much there is: of a mebibyte of secrets all of the rest was looked through for
// each, which took minutes.
func TestRedactionIsLinear(t *testing.T) {
	for kind, text := range map[string]string{"token": "pwd=x ", "ip": "192.0.2.1:", "email": "a@b.cc ", "card": "4111111111111111 "} {
		p, err := NewParser(`{"regex": "(?P<m>.*)", "redact": "` + kind + `"}`)
		require.NoError(t, err)
		linetest.Linear(t, (1<<16-1)/len(text), func(n int) {
			b := p.ParseRecord([]byte(strings.Repeat(text, n)))
			require.Equal(t, 1, b.Len(), kind)
			assert.NotContains(t, b.Column("m").Text(0), text, kind)
			b.Release()
		})
	}
}

// A secret is told by the name of its column, or its key in a map, as it is in a text by the word in front of it; a column that is hidden is
// hidden wherever its value stands.
func TestRedactByName(t *testing.T) {
	for _, c := range []struct{ definition, input, want string }{
		{`{"json": {}, "redact": "token"}`, `{"password":"ann","a":{"api_key":"ann","n":1},"tokens":"many","session_id":"-"}`,
			`{"password":"***","a":{"api_key":"***","n":1},"tokens":"many","session_id":"***"}`},
		{`{"logfmt": {}, "redact": [{"find": "token", "action": "drop"}]}`, `a=1 pwd=ann b=2`, `{"a":1,"pwd":null,"b":2}`},
		{`{"syslog": {}, "columns": ["structured_data", "message"], "redact": ["token"]}`, `<34>1 - h a - - [o@1 password="ann" user="eve"] ann`, `{"structured_data":{"o@1":{"password":"***","user":"eve"}},"message":"ann"}`},
		{`{"format": "common", "columns": ["target", "query"], "urls": ["target"], "redact": ["token"]}`, `h - - [05/Mar/2026:08:09:10 +0000] "GET /a?token=ann&x=1 HTTP/1.1" 200 5`,
			`{"target":"/a?token=***&x=1","query":{"token":"***","x":"1"}}`},
		{`{"dissect": "%{a} %{b}", "meta": ["raw"], "redact": [{"columns": ["b"], "action": "drop"}]}`, `x ann`, `{"a":"x","b":null,"_raw":"***"}`},
		{`{"dissect": "%{a} %{b}", "meta": ["raw"], "redact": [{"columns": ["b"], "pattern": "ann"}]}`, `ann ann`, `{"a":"ann","b":"***","_raw":"*** ***"}`},
		{`{"json": {"sample_records": 1}, "redact": [{"columns": ["a", "late.b"]}, {"columns": ["o.c"], "action": "drop"}]}`,
			`{"a":1,"o":{"d":"d"}}` + "\n" + `{"a":"ann","o":{"d":"<d>","c":"ann"},"late":{"b":["ann",2],"c":1.50}}`,
			`{"a":null,"o":{"d":"d"}}{"a":"***","late":{"b":["***","***"],"c":1.50},"o":{"d":"<d>"}}`},
		{`{"json": {}, "redact": [{"columns": ["user"]}]}`, `{"user":{"name":"ann","id":7},"users":"all"}`, `{"user":{"name":"***","id":null},"users":"all"}`},
	} {
		p, err := NewParser(c.definition)
		require.NoError(t, err)
		b := p.Parse([]byte(c.input))
		var got string
		for i := range b.Len() {
			got += string(b.AppendJSON(nil, i, false))
		}
		assert.Equal(t, c.want, got, c.definition)
		assert.Zero(t, b.Rejects(), c.definition)
		if !strings.Contains(c.want, `ann"`) {
			assert.False(t, leaks(b, "ann"), c.definition)
		}
		b.Release()
	}
}

func TestRedactedTextsAreUTF8(t *testing.T) {
	for _, definition := range []string{`{"dissect": "%{a} %{b}", "redact": ["email"]}`, `{"format": "common", "redact": ["email"]}`, `{"json": {}, "redact": ["email"]}`, `{"logfmt": {}, "redact": ["email"], "meta": ["raw"]}`,
		`{"dissect": "%{a} %{b}", "envelope": "cri", "redact": ["email"], "meta": ["raw"]}`} {
		p, err := NewParser(definition)
		require.NoError(t, err)
		for _, input := range []string{"\xff \xff\n", "a \xe2\x82\n", "2026-03-05T08:09:10Z stdout P x \xe2\n2026-03-05T08:09:10Z stdout F \xff\n", `{"a":"` + "\xff" + `"}` + "\n", "a=\xff\n",
			"\xff - \xff [05/Mar/2026:08:09:10 +0000] \"G\xff /\xff HTTP/1.1\" 200 5\n"} {
			b := p.Parse([]byte(input))
			for i := range b.Columns() {
				for row := range b.Len() {
					if c := &b.Columns()[i]; c.Field().Type == record.String {
						assert.True(t, utf8.ValidString(c.Text(row)), "%s: %q: %q", definition, input, c.Text(row))
					}
				}
			}
			b.Release()
		}
	}
}

func TestRedactedHashesKeepWhatIsEqualEqual(t *testing.T) {
	const rule = `{"format": "common", "columns": ["client", "user"], "redact": [{"columns": ["user"], "action": "hash", "key": "%"}, "ip"]}`
	line := func(client, user string) string {
		return client + " - " + user + ` [05/Mar/2026:08:09:10 +0000] "GET / HTTP/1.1" 200 5` + "\n"
	}
	values, _ := column(t, strings.Replace(rule, "%", "one", 1), line("192.0.2.1", "eve")+line("192.0.2.9", "ann")+line("h", "eve"), "user")
	require.Len(t, values, 3)
	assert.Equal(t, values[0], values[2])
	assert.NotEqual(t, values[0], values[1])
	assert.Regexp(t, "^[0-9a-f]{16}$", values[0])
	other, _ := column(t, strings.Replace(rule, "%", "two", 1), line("h", "eve"), "user")
	assert.NotEqual(t, values[0], other[0])
	// One after the other, in the same memory.
	p, err := NewParser(strings.Replace(rule, "%", "one", 1))
	require.NoError(t, err)
	r, err := p.NewRecordParser(nil)
	require.NoError(t, err)
	for _, user := range []string{"eve", "ann", "eve", "eve"} {
		b := r.Parse([]byte(line("192.0.2.77", user)))
		want := values[0]
		if user == "ann" {
			want = values[1]
		}
		assert.Equal(t, want, b.Column("user").Text(0))
		assert.Equal(t, "192.0.2.0", b.Column("client").Text(0))
	}
	r.Close()
}

// leaks tells whether anything that a batch hands out holds a text.
func leaks(b *Batch, secret string) bool {
	for _, buffer := range b.Buffers() {
		if bytes.Contains(buffer, []byte(secret)) {
			return true
		}
	}
	var look func(columns []Column) bool
	look = func(columns []Column) bool {
		for i := range columns {
			c := &columns[i]
			_, texts := []int32(nil), []byte(nil)
			if c.Field().Dictionary {
				_, texts = c.Dictionary()
			}
			if bytes.Contains(texts, []byte(secret)) || bytes.Contains(c.Data(), []byte(secret)) || look(c.Children()) {
				return true
			}
		}
		return false
	}
	for i := range b.Rejects() {
		if bytes.Contains(b.Reject(i).Raw, []byte(secret)) {
			return true
		}
	}
	return look(b.Columns())
}

func TestNothingOfABatchHoldsWhatWasRedacted(t *testing.T) {
	const secret = "ann@example.com"
	long := strings.Repeat("x ", 150) + secret
	for definition, input := range map[string]string{
		`{"format": "combined", "redact": "email"}`: `192.0.2.1 - ann@example.com [05/Mar/2026:08:09:10 +0000] "GET /a?` + strings.Repeat("q", 40) + `ann@example.com HTTP/1.1" 200 5 "ann@example.com" "ann@example.com"` + "\nann@example.com\n" + long,
		`{"json": {}, "redact": "email"}`:           `{"a":"ann@example.com","b":["ann@example.com"],"c":1}` + "\n" + `{"a":"\u0061nn@example.com","c":"late ann@example.com"}` + "\n{ann@example.com",
		`{"format": "combined", "urls": ["target"], "where": {"status": "!= 500"}, "redact": "email", "columns": ["query", "status"]}`: `192.0.2.1 - - [05/Mar/2026:08:09:10 +0000] "GET /a?x=ann%40example.com&y=ann@example.com HTTP/1.1" 200 5 "-" "-"` + "\n" +
			`192.0.2.1 - ann@example.com [05/Mar/2026:08:09:10 +0000] "GET /a?x HTTP/1.1" 500 5 "-" "-"`,
		`{"json": {}, "envelope": "docker_json", "redact": ["email"]}`:                  `{"log":"{\"a\":\"ann@"}` + "\n" + `{"log":"example.com\"}\n"}` + "\n" + `{"log":"{}\n","stream":"ann@example.com"}` + "\n" + `{"log":"ann@"}` + "\n" + `{"log":"example.com\n"}` + "\n",
		`{"formats": ["common", "syslog", "json"], "redact": ["email"]}`:                `<13>1 - ann@example.com app - - [a b="ann@example.com"] ann@example.com` + "\n" + `{"a":"ann@example.com"}` + "\nann@example.com\n",
		`{"dissect": "%{a} %{b}", "multiline": {"start": "^\\S"}, "redact": ["email"]}`: "x ann@example.com\n more ann@example.com\nann@example.com\n",
		`{"dissect": "%{a} %{b}", "redact": [{"columns": ["b"]}]}`:                      "x ann@example.com\nann@example.com\n",
	} {
		o, err := ParseOptions(definition)
		require.NoError(t, err)
		o.Limits = &Limits{Line: 290}
		p, err := NewParserOptions(o)
		require.NoError(t, err, definition)
		b := p.Parse([]byte(input))
		assert.Positive(t, b.Len(), definition)
		assert.False(t, leaks(b, secret), definition)
		rows := []string{}
		for i := range b.Len() {
			rows = append(rows, string(b.AppendJSON(nil, i, true)))
		}
		assert.Contains(t, strings.Join(rows, ""), "***", definition)
		r, err := p.OpenReader(strings.NewReader(input), Options{BlockSize: 60, Threads: 2})
		require.NoError(t, err)
		for b, err := range r.Batches() {
			require.NoError(t, err)
			assert.False(t, leaks(b, secret), definition)
		}
		require.NoError(t, r.Close())
		s, err := p.Stream(Options{})
		require.NoError(t, err)
		for _, piece := range []string{input[:len(input)/2], input[len(input)/2:], long} {
			if b, err := s.Feed([]byte(piece)); assert.NoError(t, err) && b != nil {
				assert.False(t, leaks(b, secret), definition)
			}
		}
		if b, err := s.Flush(); assert.NoError(t, err) && b != nil {
			assert.False(t, leaks(b, secret), definition)
		}
		assert.False(t, leaks(p.ParseRecord([]byte(strings.Split(input, "\n")[0])), secret), definition)
	}
}

func TestRedactedAddressesStayAddresses(t *testing.T) {
	rows, _ := rowsOf(t, `{"line": "{a:ip} {b:ip} {c:ip}", "redact": [{"find": "ip", "columns": ["a"]}, {"columns": ["b"], "action": "hash", "key": "k"}]}`, "192.0.2.77 192.0.2.78 192.0.2.79")
	assert.Equal(t, []string{`{"a":"192.0.2.0","c":"192.0.2.79"}`}, rows)
}

func FuzzRedact(f *testing.F) {
	p, err := NewParser(`{"regex": "(?P<m>.*)", "redact": ["email", "ip", "card", "token", {"pattern": "a(b*)"}]}`)
	require.NoError(f, err)
	f.Add("ann@example.com 192.0.2.1 2001:db8::1 4111-1111-1111-1111 password=x abb")
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			return // what stands for invalid bytes may make an address of what was none
		}
		b := p.Parse([]byte(text))
		for i := range b.Len() {
			// What was hidden once is not found again.
			line := b.Column("m").Text(i)
			again := p.Parse([]byte(line))
			if strings.ContainsAny(line, "*\r\n") || again.Len() == 0 {
				continue // a star may complete something else
			}
			require.Equal(t, line, again.Column("m").Text(0))
		}
	})
}
