package sawlog

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const accessLine = `83.149.9.216 - - [17/May/2015:10:05:03 +0000] "GET /presentations/a-talk/images/search.png HTTP/1.1" 200 203023 "http://www.example.com/presentations/a-talk/" "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_9_1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/32.0.1700.77 Safari/537.36"`

func TestOneRecord(t *testing.T) {
	for _, c := range []struct{ definition, line, row, fault string }{
		{"combined", accessLine + "\n", `"status":200`, ""},
		{"combined", "", "", "empty"},
		{"combined", "no\nlog", "", "no_match"},
		{`{"nginx": "$status $message"}`, "404 a\nb\r\n", `{"status":404,"message":"a\nb"}`, ""},
		{`{"nginx": "$status $message"}`, "404 a long text that does not stand in its view\nand a second line", `a long text that does not stand in its view\nand a second line`, ""},
		{`{"nginx": "$status $message"}`, "404 \n\n", `{"status":404,"message":"\n"}`, ""},
		{`{"json": {}}`, "{\"a\":\n1,\r\n\"b\": \"x\"}\r\n", `{"a":1,"b":"x"}`, ""},
		{`{"json": {}}`, "{\"a\":\"x\ny\"}", "", "bad_json"},
		{`{"logfmt": {}}`, "a=1 b=two", `{"a":1,"b":"two"}`, ""},
		{"auto", accessLine, `"status":200`, ""},
		{"auto", "anything", `{"message":"anything"}`, ""},
	} {
		p, err := NewParser(c.definition)
		require.NoError(t, err)
		batch := p.ParseRecord([]byte(c.line))
		require.Equal(t, 1, batch.Len()+batch.Rejects(), "%q", c.line)
		if c.fault != "" {
			require.Equal(t, 1, batch.Rejects(), "%q", c.line)
			assert.Equal(t, c.fault, batch.Reject(0).Fault.String(), "%q", c.line)
			assert.Equal(t, strings.TrimSuffix(c.line, "\n"), string(batch.Reject(0).Raw))
			continue
		}
		require.Equal(t, 1, batch.Len(), "%q", c.line)
		assert.Contains(t, string(batch.AppendJSON(nil, 0, true)), c.row)
		batch.Release()
	}
}

func TestARecordParserUsesItsMemoryAgain(t *testing.T) {
	p, err := NewParser("combined")
	require.NoError(t, err)
	r, err := p.NewRecordParser(nil)
	require.NoError(t, err)
	defer r.Close()
	line := []byte(accessLine)
	assert.Zero(t, testing.AllocsPerRun(100, func() { r.Parse(line) }))
	long := []byte(strings.Replace(accessLine, "Mozilla", strings.Repeat("long ", 1000), 1))
	assert.Equal(t, 1, r.Parse(long).Len())
	assert.Equal(t, 1, r.Parse([]byte("x")).Rejects())
	batch := r.Parse(line)
	assert.Equal(t, "GET", batch.Column("method").Text(0))
}

func TestAParserIsSharedByGoroutines(t *testing.T) {
	t.Parallel()
	input := strings.Repeat(accessLine+"\nno\n", 500)
	for _, definition := range []string{"combined", "auto"} {
		p, err := NewParser(definition)
		require.NoError(t, err)
		var wait sync.WaitGroup
		for range 8 {
			wait.Go(func() {
				for range 5 {
					batch := p.Parse([]byte(input))
					assert.Equal(t, 500, batch.Len())
					assert.Equal(t, 500, batch.Rejects())
					assert.Equal(t, 1, p.ParseRecord([]byte(accessLine)).Len())
					assert.True(t, p.Explain([]byte(accessLine)).OK)
					batch.Release()
				}
			})
		}
		wait.Wait()
	}
}

// A big buffer is not copied: texts point into it, but for the last line, behind which there is no slack.
func TestABigBufferIsBorrowed(t *testing.T) {
	data := []byte(strings.Repeat(accessLine+"\n", 40000))
	p, err := NewParser("combined")
	require.NoError(t, err)
	batch := p.Parse(data)
	require.Equal(t, 40000, batch.Len())
	data[len(accessLine)-30] = '#'
	assert.Contains(t, batch.Column("user_agent").Text(0), "#")
	assert.Equal(t, int64(len(data)), batch.InputBytes())
	last := batch.Column("user_agent").Text(39999)
	assert.True(t, strings.HasSuffix(last, "Safari/537.36"), last)
}

func BenchmarkOneRecord(b *testing.B) {
	p, err := NewParser("combined")
	require.NoError(b, err)
	r, err := p.NewRecordParser(nil)
	require.NoError(b, err)
	line := []byte(accessLine)
	b.SetBytes(int64(len(line)))
	for b.Loop() {
		r.Parse(line)
	}
}

func BenchmarkParse(b *testing.B) {
	data := []byte(strings.Repeat(accessLine+"\n", 4000))
	p, err := NewParser("combined")
	require.NoError(b, err)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		p.Parse(data).Release()
	}
}

// Small texts in memory that is used again give what Parse gives, whatever was there before them.
func TestParseTextIsParse(t *testing.T) {
	for _, c := range []struct{ definition, one string }{
		{"combined", accessLine},
		{`{"nginx": "$status $message"}`, "404 a longer message than stands in a view"},
		{"syslog", "<34>Oct 11 22:14:15 host app[12]: text"},
		{"cef", "CEF:0|v|p|1|id|name|5|src=192.0.2.1 msg=text"},
		{`{"grok": "%{IP:client} %{GREEDYDATA:rest}", "fields": {"rest": "string"}}`, "192.0.2.1 and more than twelve bytes"},
	} {
		p, err := NewParser(c.definition)
		require.NoError(t, err)
		r, err := p.NewRecordParser(nil)
		require.NoError(t, err)
		defer r.Close()
		for _, text := range []string{
			"", "\n", c.one, c.one + "\n", c.one + "\nno\n" + c.one + "\n\n", "no", "\ufeff" + c.one, "\ufeff", c.one + "\r\n" + c.one,
			strings.Repeat(c.one+"\n", 200), c.one + "\xff\n" + c.one, c.one + "\n",
		} {
			want, got := p.Parse([]byte(text)), r.ParseText([]byte(text))
			require.Equal(t, describe(want), describe(got), "%s: %q", c.definition, text)
			require.Equal(t, 1, r.Parse([]byte(c.one)).Len())
		}
	}
}

// The same for all that the tests of cuts have: whatever stands around records, and however they are told apart.
func TestParseTextIsParseWhateverTheDefinition(t *testing.T) {
	t.Parallel()
	for name, input := range cases(t) {
		if leftOut(name) && moreCases[name].definition == "" {
			continue
		}
		p, err := NewParserOptions(definitionOf(name))
		require.NoError(t, err)
		if p.Schema() == nil {
			continue
		}
		r, err := p.NewRecordParser(nil)
		require.NoError(t, err)
		for _, text := range []string{input, input[:len(input)/2], input} {
			want, got := p.Parse([]byte(text)), r.ParseText([]byte(text))
			require.Equal(t, describe(want), describe(got), name)
			want.Release()
		}
		r.Close()
	}
}

// One record behind another gives what it gives alone, whatever was null, new in a dictionary, beyond ASCII or broken in the one before.
func TestRecordsInTurnsAreParsedAsAlone(t *testing.T) {
	for definition, lines := range map[string][]string{
		"combined": {accessLine, strings.Replace(accessLine, " - - ", " - ada ", 1), strings.Replace(accessLine, "Mozilla", "M\u00f6zilla", 1), strings.Replace(accessLine, "Mozilla", "M\xffzilla", 1),
			strings.Replace(accessLine, "GET ", "BREW ", 1), strings.Replace(accessLine, "203023", "-", 1), "no", "", accessLine + "\r\n", "a\nb", strings.Replace(accessLine, "talk/images", "talk\nimages", 1)},
		`{"line": "{a:bool} {b:int null=-} {c:word} {d:float null=-} {e}"}`:                                   {"true 5 a 1.5 text", "false - b - ", "true - \u00e4 2 -", "false 7 a - a text of more than twelve"},
		`{"line": "{a:bool} {b:int null=-} {c:word} {e}", "columns": ["e", "b"], "meta": ["line", "source"]}`: {"true 5 a text", "false - b ", "true 6 c -"},
		`{"nginx": "$status $request_method $message", "redact": [{"find": "email"}]}`:                        {"404 GET a", "- - -", "200 POST x ada@example.com", "- GET -"},
	} {
		p, err := NewParser(definition)
		require.NoError(t, err, definition)
		r, err := p.NewRecordParser(nil)
		require.NoError(t, err, definition)
		defer r.Close()
		for i := range 4 * len(lines) {
			for _, k := range []int{i * i, i} { // each behind several others, and behind itself
				line := []byte(lines[k%len(lines)])
				alone, batch := p.ParseRecord(line), r.Parse(line)
				require.Equal(t, describe(alone), describe(batch), "%s: %q", definition, line)
				for c := range batch.Columns() {
					if column := &batch.Columns()[c]; column.Nulls() > 0 {
						require.Equal(t, make([]byte, len(column.Data())), column.Data(), "%s: %q: %s", definition, line, column.Field().Name)
					}
				}
			}
		}
	}
}

// describe is all that a batch says.
func describe(b *Batch) string {
	var text strings.Builder
	fmt.Fprintln(&text, b.Len(), b.Rejects(), b.Lines(), b.Continuations(), b.InputBytes(), b.Offset)
	for i := range b.Len() {
		text.Write(b.AppendJSON(nil, i, false))
	}
	for i := range b.Columns() {
		c := &b.Columns()[i]
		fmt.Fprintf(&text, "\n%s %d %x", c.Field().Name, c.Nulls(), c.Validity())
	}
	for i := range b.Rejects() {
		fmt.Fprintf(&text, "\n%+v", b.Reject(i))
	}
	return text.String()
}

// BenchmarkOneLine is one call for each line, all fields typed.
func BenchmarkOneLine(b *testing.B) {
	p, err := NewParser("combined")
	require.NoError(b, err)
	r, err := p.NewRecordParser(nil)
	require.NoError(b, err)
	defer r.Close()
	line := []byte(accessLine)
	b.ReportAllocs()
	for b.Loop() {
		if r.Parse(line).Len() != 1 {
			b.Fatal("no record")
		}
	}
}
