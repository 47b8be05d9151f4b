package ndjson

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/record"
)

// maker writes records at random: few shapes with many small differences, as in logs, and some that are broken.
type maker struct {
	*rand.Rand
	bytes.Buffer
}

func (m *maker) pick(words ...string) { m.WriteString(words[m.IntN(len(words))]) }

func (m *maker) space() {
	if m.IntN(20) == 0 {
		m.pick(" ", "  ", "\t", "\r")
	}
}

func (m *maker) value(level int) {
	switch m.IntN(14) {
	case 0:
		m.pick("null", "true", "false")
	case 1, 2:
		fmt.Fprint(m, m.IntN(1000)-100)
	case 3:
		m.pick("0", "-0", "-1", "1234567", "12345678", "123456789012345", "1234567890123456", "12345678901234567", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
			"18446744073709551615", "18446744073709551616", "01", "-", "1e5", "1E400", "1e-400", "1.", ".5", "+1", "0.1", "0.10", "-0.0", "1234567.12345678", "123456789.1234567", "0.30000000000000004",
			"5e-324", "1.7976931348623157e308", "0.12345678901234567890", "100000000000000000000000", "1.5e3")
	case 4, 5, 6, 7:
		m.WriteByte('"')
		for range m.IntN(4) {
			m.pick("abc", "hello world", `\"`, `\\`, `\n`, `\u00e9`, `\ud83d\ude00`, `\ud800`, `\udc00`, "é", "\xff", "{", "}", ",", ":", "x", "0123456789abcdef0123456789abcdef", "\x7f")
		}
		if m.IntN(60) == 0 {
			m.pick("\x01", "\\x", `\u12`, "\\")
		}
		m.WriteByte('"')
	case 8:
		m.pick(`"a.go:12"`, `"b\\c.go:7"`, `"server/http.go:123456"`, `"a.js:1:2"`, `"INFO"`, `"info"`, `"debug"`, `"trace"`, `"fatal"`, `"WARNING"`, `"informational"`, `"neither"`, `"w\u0061rn"`, `"error"`, `"2026-03-01T00:00:00.5Z"`, `"2026-03-01T00:00:59Z"`, `"2026-03-01T00:01:00.123456789Z"`, `"2026-03-01T00:00:60Z"`, `"2026-03-01T02:00:00+02:00"`, `""`)
	case 9:
		m.pick("[]", "{}", "[1,2]", "[{}]", "[ ]", "{ }", "[1,]", "[[[[1]]]]", `{"a":[}`)
	case 10, 11:
		if level < 4 {
			m.object(level + 1)
		} else {
			m.WriteString("[[1],{\"x\":null}]")
		}
	default:
		m.WriteString("7")
	}
}

func (m *maker) object(level int) {
	m.WriteByte('{')
	keys := []string{"a", "b", "c", "d", "e", "ts", "level", `\u0061`, "", "late", "n.m", "caller", "error"}
	start := m.IntN(3)
	first := true
	for _, key := range keys[start : start+m.IntN(len(keys)-start)] {
		if m.IntN(12) == 0 {
			continue
		}
		if m.IntN(25) == 0 {
			key = keys[m.IntN(len(keys))]
		}
		if !first {
			m.WriteByte(',')
		}
		first = false
		m.space()
		m.WriteString(`"` + key + `"`)
		m.space()
		m.WriteByte(':')
		m.space()
		if m.IntN(4) > 0 {
			m.pick(`1`, `"text"`, `22`)
		} else {
			m.value(level)
		}
		m.space()
	}
	m.WriteByte('}')
}

func (m *maker) lines(n int) string {
	m.Reset()
	for range n {
		switch m.IntN(30) {
		case 0:
			m.value(3)
		case 1:
			m.pick("", " ", "nope", "{", `{"a"`, `{"a":1`, `{"a":1}}`)
		default:
			m.object(0)
		}
		m.pick("\n", "\n", "\n", "\r\n")
	}
	return m.String()
}

func (m *maker) options() Options {
	o := Options{Depth: 2 + m.IntN(6), Reject: m.IntN(4) == 0, Infer: infer.Options{Records: 1 + m.IntN(20), Depth: 1 + m.IntN(4), Columns: 1 + m.IntN(12)}}
	if m.IntN(3) == 0 {
		o.Line = 20 + m.IntN(100)
	}
	if m.IntN(2) == 0 {
		o.Infer.Fields = []infer.Declared{timeField("ts"), {Name: "c", Type: record.Type(1 + m.IntN(4))}, {Name: "level", Type: record.String, Dictionary: m.IntN(2) == 0}}
	}
	if m.IntN(3) == 0 {
		elem := &infer.Declared{Type: []record.Type{record.String, record.Int, record.Float, record.Bool, record.Timestamp}[m.IntN(5)]}
		if elem.Type == record.Timestamp {
			elem.Words = readTime
		}
		o.Infer.Fields = append(o.Infer.Fields, infer.Declared{Name: []string{"a", "b.a", "e"}[m.IntN(3)], Type: record.List, Elem: elem})
	}
	if m.IntN(4) == 0 {
		o.Infer.Project = []string{"a", "ts", "d"}
	}
	if m.IntN(4) == 0 {
		o.Infer.Rename = map[string]string{"a": "first", "d": "object", "b.a": "inner"}
	}
	if m.IntN(2) == 0 {
		o.Infer.Aliases = aliases()
		if m.IntN(4) == 0 {
			o.Infer.Project = []string{"severity", "line", "message", "time"}[m.IntN(3):]
		}
		if m.IntN(2) == 0 {
			o.Infer.Aliases = append(o.Infer.Aliases, infer.Alias{Declared: infer.Declared{Name: "map", Type: record.Map}, Keys: []string{"d", "b"}},
				infer.Alias{Declared: infer.Declared{Name: "more", Type: record.Map}, Keys: []string{"n*"}})
			o.Infer.Fixed = m.IntN(2) == 0
		}
	}
	return o
}

// check parses text with the plain parser in one block, then with the walk, cut into pieces, and compares.
func check(t testing.TB, o Options, text string, pieces int) {
	bound := bind(t, o, text)
	plain := bound.NewWorker().(*worker)
	plain.plain = true
	want := dump(parse(bound, plain, text))
	w := bound.NewWorker()
	require.Equal(t, want, dump(parse(bound, w, text)), "first time")
	require.Equal(t, want, dump(parse(bound, w, text)), "with learnt shapes")
	lookUp(w.(*worker))
	require.Equal(t, want, dump(parse(bound, w, text)), "with steps that are looked up")
	bare := bound.NewWorker().(*worker)
	bare.indexed = false
	require.Equal(t, want, dump(parse(bound, bare, text)), "first time, without an index")
	require.Equal(t, want, dump(parse(bound, bare, text)), "without an index")
	lines := strings.SplitAfter(text, "\n")
	b := record.NewBuilder(bound.Schema(), record.Heap, Present)
	b.Start(1)
	for len(lines) > 0 {
		n := min(len(lines), pieces)
		data, size := block(strings.Join(lines[:n], ""))
		lines = lines[n:]
		b.Begin(data, size, false)
		w.Parse(b, data, size)
	}
	require.Equal(t, want, dump(b.Finish()), "in pieces of %d lines", pieces)
}

// lookUp has steps looked up everywhere, as if records went on differently each time.
func lookUp(w *worker) {
	for i := range w.shapes.places {
		w.shapes.places[i].table = w.shapes.places[i].shared
	}
}

func TestWalkAgreesWithThePlainParser(t *testing.T) {
	rounds := 1500
	if testing.Short() {
		rounds = 300
	}
	for round := range rounds {
		m := &maker{Rand: rand.New(rand.NewPCG(uint64(round), 7))}
		o := m.options()
		text := m.lines(1 + m.IntN(60))
		check(t, o, text, 1+m.IntN(5))
		if t.Failed() {
			t.Fatalf("round %d: %+v", round, o)
		}
	}
}

func FuzzWalk(f *testing.F) {
	m := &maker{Rand: rand.New(rand.NewPCG(1, 1))}
	for range 20 {
		f.Add(uint64(m.IntN(100)), m.lines(10))
	}
	f.Fuzz(func(t *testing.T, seed uint64, text string) {
		if text == "" || len(text) > 1<<12 {
			return
		}
		m := &maker{Rand: rand.New(rand.NewPCG(seed, 7))}
		o := m.options()
		if text[len(text)-1] != '\n' {
			text += "\n"
		}
		check(t, o, text+text, 1+m.IntN(5))
		agree(t, text)
	})
}

// agree compares with encoding/json, line by line: what is accepted, and every value.
func agree(t testing.TB, text string) {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	batch := read(t, Options{Depth: 9000}, text)
	row, reject := 0, 0
	for _, line := range lines {
		line = strings.TrimSuffix(line, "\r")
		object := strings.HasPrefix(strings.TrimLeft(line, " \t\r"), "{")
		if !object || !json.Valid([]byte(line)) {
			require.Less(t, reject, batch.Rejects(), "%q", line)
			require.Equal(t, line, string(batch.Reject(reject).Raw))
			reject++
			continue
		}
		require.Less(t, row, batch.Len(), "%q", line)
		want := decode(t, line)
		got := decode(t, string(batch.AppendJSON(nil, row, true)))
		require.True(t, equal(want, got), "%s: %v is not %v", line, got, want)
		row++
	}
	require.Equal(t, row, batch.Len())
	require.Equal(t, reject, batch.Rejects())
}

func decode(t testing.TB, text string) any {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	require.NoError(t, d.Decode(&v), "%s", text)
	return v
}

// equal compares values; arrays and numbers may be their text, null may be absent, and so may objects that hold nothing but nulls.
func equal(want, got any) bool {
	if text, ok := got.(string); ok {
		switch want := want.(type) {
		case json.Number:
			return string(want) == text
		case []any, map[string]any:
			var inner any
			d := json.NewDecoder(strings.NewReader(text))
			d.UseNumber()
			return d.Decode(&inner) == nil && equal(want, inner)
		}
	}
	switch want := want.(type) {
	case nil:
		return got == nil
	case json.Number:
		n, ok := got.(json.Number)
		return ok && sameNumber(string(want), string(n))
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(want) {
			return false
		}
		for i := range want {
			if !equal(want[i], list[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		object, ok := got.(map[string]any)
		if !ok {
			return got == nil && len(want) > 0 && empty(want)
		}
		for key, value := range want {
			if !equal(value, object[key]) {
				return false
			}
		}
		for key := range object {
			if _, ok := want[key]; !ok {
				return false
			}
		}
		return true
	}
	return want == got
}

func empty(v any) bool {
	object, ok := v.(map[string]any)
	if !ok {
		return v == nil
	}
	for _, inner := range object {
		if !empty(inner) {
			return false
		}
	}
	return len(object) > 0
}

func sameNumber(a, b string) bool {
	if a == b {
		return true
	}
	if len(a) > 100 || strings.ContainsAny(a, "eE") && (strings.Contains(a, "400") || strings.Contains(a, "999")) {
		return false
	}
	x, ok := new(big.Rat).SetString(a)
	y, also := new(big.Rat).SetString(b)
	return ok && also && x.Cmp(y) == 0
}

func TestAgreesWithEncodingJSON(t *testing.T) {
	rounds := 1000
	if testing.Short() {
		rounds = 200
	}
	for round := range rounds {
		m := &maker{Rand: rand.New(rand.NewPCG(uint64(round), 9))}
		agree(t, m.lines(1+m.IntN(40)))
	}
}
