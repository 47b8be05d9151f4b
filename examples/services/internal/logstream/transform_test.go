package logstream

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"

	sawlog "github.com/sawlog/sawlog/lib"
)

const access = `192.0.2.1 - - [05/Mar/2026:10:00:00 +0000] "GET /%d HTTP/1.1" 200 12 "-" "agent"`

func line(n int) string { return fmt.Sprintf(access, n) }

func transform0(t testing.TB, definition string, most int) *transformer {
	t.Helper()
	p, err := sawlog.NewParser(definition)
	require.NoError(t, err)
	return newTransformer(p, "records", "dead", most)
}

func messages(values ...string) (all []*kgo.Record) {
	for i, v := range values {
		all = append(all, &kgo.Record{Topic: "logs", Partition: 3, Offset: int64(100 + i), Key: fmt.Append(nil, "k", i), Value: []byte(v), Headers: []kgo.RecordHeader{{Key: "h", Value: []byte("v")}}})
	}
	return all
}

// output is what becomes of messages.
func output(t testing.TB, tr transform, in ...string) ([]*kgo.Record, counts) {
	t.Helper()
	p := &piece{}
	count, err := tr.messages(messages(in...), p)
	require.NoError(t, err)
	var all []*kgo.Record
	for i := range p.out {
		all = append(all, &p.out[i])
	}
	return all, count
}

// shown is an output message as the tests compare it: "topic key value".
func shown(records []*kgo.Record) (all []string) {
	for _, r := range records {
		all = append(all, fmt.Sprintf("%s %s %s", r.Topic, r.Key, r.Value))
	}
	return all
}

func header(r *kgo.Record, key string) string {
	for _, h := range r.Headers {
		if h.Key == key {
			return string(h.Value)
		}
	}
	return ""
}

func TestJSON(t *testing.T) {
	for name, c := range map[string]struct {
		definition string
		in, out    []string
		count      counts
	}{
		"one line each": {"json", []string{`{"n":1}`, `{"n":2}` + "\n", `{"n":3}` + "\r\n"}, []string{`records k0 {"n":1}`, `records k1 {"n":2}`, `records k2 {"n":3}`}, counts{3, 24, 3, 0}},
		"several lines": {"json", []string{`{"n":1}` + "\n" + `{"n":2}`, `{"n":3}`}, []string{`records k0 {"n":1}` + "\n" + `{"n":2}`, `records k1 {"n":3}`}, counts{2, 22, 3, 0}},
		"rejects between": {"json", []string{"x", `{"n":1}` + "\ny\n" + `{"n":2}`, "z", `{"n":3}`},
			[]string{"dead k0 x", "dead k1 y", "dead k2 z", `records k1 {"n":1}` + "\n" + `{"n":2}`, `records k3 {"n":3}`}, counts{4, 26, 3, 3}},
		"nothing":          {"json", []string{"", "\n", "\n\n", `{"n":1}`}, []string{`records k3 {"n":1}`}, counts{4, 10, 1, 0}},
		"records of lines": {`{"dissect":"%{time} %{message}","multiline":{"start":"^\\d"}}`, []string{"1 a\n  at b\n  at c", "2 d", "3 e\n f"}, []string{`records k0 {"time":"1","message":"a\n  at b\n  at c"}`, `records k1 {"time":"2","message":"d"}`, `records k2 {"time":"3","message":"e\n f"}`}, counts{3, 26, 3, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			tr := transform0(t, c.definition, 1000)
			for range 2 { // its memory is used again
				out, count := output(t, tr, c.in...)
				assert.Equal(t, c.out, shown(out))
				assert.Equal(t, c.count, count)
				for _, r := range out {
					assert.EqualValues(t, 3, r.Partition)
					assert.Equal(t, "v", header(r, "h"), "headers go along, traces in them")
				}
			}
		})
	}
}

func TestDeadLettersSayWhy(t *testing.T) {
	tr := transform0(t, "combined", 1000)
	bad := strings.Replace(line(1), " 200 ", " xyz ", 1)
	out, _ := output(t, tr, line(0), line(1)+"\n"+bad)
	require.Len(t, out, 3)
	dead := out[0]
	assert.Equal(t, bad, string(dead.Value))
	for key, want := range map[string]string{"sawlog.reason": "bad_value", "sawlog.source": "logs/3/101", "sawlog.line": "2", "sawlog.column": "status"} {
		assert.Equal(t, want, header(dead, key), key)
	}
}

// TestAPoisonedMessage: whatever a message holds, it ends as a dead letter as it was, and those around it are not touched.
func TestAPoisonedMessage(t *testing.T) {
	for name, poison := range map[string]string{
		"binary": "\x00\xff\xfe\x80", "a gzip": "\x1f\x8b\x08\x00\x00\x00\x00\x00", "half a line": line(1)[:40], "very long": strings.Repeat("x", 3<<20), "quotes": strings.Repeat(`"`, 10_000),
		"nested": strings.Repeat("[", 100_000), "another encoding": "\xff\xfel\x00i\x00n\x00e\x00",
	} {
		t.Run(name, func(t *testing.T) {
			tr := transform0(t, "combined", 1<<20)
			out, _ := output(t, tr, line(0), poison, line(2))
			var dead []*kgo.Record
			records := 0
			for _, r := range out {
				if r.Topic == "dead" {
					dead = append(dead, r)
				} else {
					records++
				}
			}
			require.Len(t, dead, 1)
			assert.Equal(t, 2, records)
			assert.NotEmpty(t, header(dead[0], "sawlog.reason"))
			assert.Equal(t, "logs/3/101", header(dead[0], "sawlog.source"))
			assert.True(t, strings.HasPrefix(poison, string(dead[0].Value)), "as it was, if not all of a very long one")
			assert.NotEmpty(t, dead[0].Value)
		})
	}
}

func TestLargeOutput(t *testing.T) {
	tr := transform0(t, "json", 40)
	row := func(n int) string { return fmt.Sprintf(`{"n":%d}`, n) }
	many := row(1) + "\n" + row(2) + "\n" + row(3) + "\n" + row(4) + "\n" + row(5) + "\n" + row(6)
	out, _ := output(t, tr, many, `{"s":"`+strings.Repeat("x", 100)+`"}`, row(7))
	got := shown(out)
	require.Len(t, got, 4)
	assert.Equal(t, many, strings.ReplaceAll(got[0]+"\n"+got[1], "records k0 ", ""))
	assert.Equal(t, "too_large", header(out[2], "sawlog.reason"))
	assert.Equal(t, "dead", out[2].Topic)
	assert.Equal(t, "records k2 "+row(7), got[3])
}

// TestNothingIsTooLargeToBeSent: a message that no broker takes would come again for ever.
func TestNothingIsTooLargeToBeSent(t *testing.T) {
	const most = 8 << 10
	long := strings.Repeat("x", 5*most)
	for name, c := range map[string]struct {
		value  string
		key    int
		header int
		reason string
		length string
	}{
		"a line that does not fit":     {value: long, reason: "bad_json", length: fmt.Sprint(5 * most)},
		"a record":                     {value: `{"s":"` + long + `"}`, reason: tooLong, length: fmt.Sprint(5*most + 8)},
		"a key":                        {value: `{"n":1}`, key: maxEnvelope, reason: tooLong},
		"headers":                      {value: `{"n":1}`, header: maxEnvelope, reason: tooLong},
		"headers of one that is wrong": {value: "x", header: maxEnvelope, reason: "bad_json"},
		"all":                          {value: long, key: 2 << 20, header: 1 << 20, reason: "bad_json", length: fmt.Sprint(5 * most)},
	} {
		for _, arrow := range []bool{false, true} {
			t.Run(fmt.Sprint(name, arrow), func(t *testing.T) {
				tr, p := transform0(t, "json", most), &piece{}
				if arrow {
					tr.arrow = newArrowOutput()
				}
				in := messages(`{"n":0}`, c.value, `{"n":2}`)
				in[1].Key, in[1].Headers = make([]byte, c.key), []kgo.RecordHeader{{Key: "h", Value: make([]byte, c.header)}}
				_, err := tr.messages(in, p)
				require.NoError(t, err)
				var letters []kgo.Record
				for _, r := range p.out {
					size := len(r.Key)
					for _, h := range r.Headers {
						size += len(h.Key) + len(h.Value)
					}
					assert.LessOrEqual(t, len(r.Value), most)
					assert.LessOrEqual(t, size, aroundValue-1024)
					if r.Topic == "dead" {
						letters = append(letters, r)
					}
				}
				if arrow && c.reason == tooLong && len(c.value) < most { // its records go without keys and headers
					assert.Empty(t, letters)
					return
				}
				require.Len(t, letters, 1)
				assert.Equal(t, c.reason, header(&letters[0], "sawlog.reason"))
				assert.Equal(t, c.length, header(&letters[0], "sawlog.length"), "of all of it")
				assert.Equal(t, "logs/3/101", header(&letters[0], "sawlog.source"))
				assert.NotEmpty(t, letters[0].Value)
			})
		}
	}
}

func TestReasonsAreShort(t *testing.T) {
	letter := transform0(t, "json", 100).letter(messages("x")[0], nil, "why", kgo.RecordHeader{Key: "sawlog.expected", Value: make([]byte, 5000)})
	assert.Len(t, header(&letter, "sawlog.expected"), maxReason)
}

func TestArrow(t *testing.T) {
	tr := transform0(t, "combined", 64<<10)
	tr.arrow = newArrowOutput()
	var in []string
	for i := range 3000 {
		in = append(in, line(i), "bad")
	}
	out, _ := output(t, tr, in...)
	rows, dead := int64(0), 0
	for _, r := range out {
		if r.Topic == "dead" {
			dead++
			continue
		}
		assert.LessOrEqual(t, len(r.Value), 64<<10)
		assert.NotEmpty(t, header(r, "sawlog.offsets"))
		stream, err := ipc.NewReader(bytes.NewReader(r.Value))
		require.NoError(t, err)
		for stream.Next() {
			rows += stream.RecordBatch().NumRows()
		}
		require.NoError(t, stream.Err())
		stream.Release()
	}
	assert.EqualValues(t, 3000, rows)
	assert.Equal(t, 3000, dead)
}

// TestMemoryOfArrowIsUsedAgain: what texts are gathered in for one stream serves the next, and holds nothing of the one before.
func TestMemoryOfArrowIsUsedAgain(t *testing.T) {
	tr := transform0(t, "combined", 1<<20)
	tr.arrow = newArrowOutput()
	made := tr.arrow.options.Allocator.(*columns)
	first, _ := output(t, tr, packed(1, 100))
	kept := made.free.kept
	require.Positive(t, kept)
	for range 3 {
		again, _ := output(t, tr, packed(1, 100))
		assert.Equal(t, first[0].Value, again[0].Value)
		assert.Equal(t, kept, made.free.kept)
	}
	b := made.Allocate(100)
	copy(b, "something")
	b = made.Reallocate(4, b)
	assert.Equal(t, "some\x00\x00", string(made.Reallocate(6, b)))
	assert.Equal(t, "some\x00", string(made.Reallocate(1000, b)[:5]))
}

// TestLinesThatAreNotOneRecordEach: some lines are left out by the definition's where, some hold several records. Each record is its message's.
func TestLinesThatAreNotOneRecordEach(t *testing.T) {
	otlp := func(bodies ...string) string {
		var records []string
		for _, body := range bodies {
			records = append(records, `{"body":{"stringValue":"`+body+`"}}`)
		}
		return `{"resourceLogs":[{"scopeLogs":[{"logRecords":[` + strings.Join(records, ",") + `]}]}]}`
	}
	for name, c := range map[string]struct {
		definition string
		in, want   []string // want: key and a part of the value
	}{
		"where":         {`{"format":"combined","where":{"target":["/1","/3","/5"]}}`, []string{line(1), line(2), line(3) + "\nbad\n" + line(4) + "\n" + line(5), line(6)}, []string{"k0 /1", "k2 bad", "k2 /3", "k2 /5"}},
		"nothing fits":  {`{"format":"combined","where":{"target":"/9"}}`, []string{line(1), line(2)}, nil},
		"several":       {"otlp", []string{otlp("a", "b"), otlp("c"), otlp("d", "e", "f")}, []string{"k0 a", "k0 b", "k1 c", "k2 d", "k2 e", "k2 f"}},
		"several, none": {"otlp", []string{otlp("a", "b"), otlp(), otlp("c")}, []string{"k0 a", "k0 b", "k2 c"}},
		"none, several": {"otlp", []string{otlp(), otlp("a", "b"), "no OTLP", otlp("c")}, []string{"k1 a", "k1 b", "k2 no OTLP", "k3 c"}},
		"framed":        {`{"json":{},"framing":"nul"}`, []string{"{\"a\":1}\x00{\"a\":2}\x00no\x00{\"a\":3}", `{"a":4}`, "{\"a\":\n5}"}, []string{"k0 no", `k0 {"a":1}`, `k0 {"a":2}`, `k0 {"a":3}`, `k1 {"a":4}`, `k2 {"a":5}`}},
		"of the same":   {"combined", []string{line(1) + "\n" + line(2), line(3)}, []string{"k0 /1", "k0 /2", "k1 /3"}},
	} {
		t.Run(name, func(t *testing.T) {
			out, _ := output(t, transform0(t, c.definition, 1<<20), c.in...)
			var got []string
			for _, r := range out {
				for one := range strings.SplitSeq(string(r.Value), "\n") {
					got = append(got, string(r.Key)+" "+one)
				}
			}
			require.Len(t, got, len(c.want), got)
			for i, want := range c.want {
				key, part, _ := strings.Cut(want, " ")
				assert.True(t, strings.HasPrefix(got[i], key+" ") && strings.Contains(got[i], part), "%s: %s", want, got[i])
			}
		})
	}
}
