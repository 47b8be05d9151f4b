package ndjson

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// walked is how many bytes of text the walk reads, once it has seen it. looked says that steps are looked up.
func walked(t *testing.T, o Options, text string, looked bool) (bytes, size int) {
	bound := bind(t, o, text)
	w := bound.newWorker(false)
	parse(bound, w, text)
	if looked {
		lookUp(w)
	}
	data, n := block(text)
	b := record.NewBuilder(bound.Schema(), record.Heap, Present)
	b.Start(1)
	b.Begin(data, n, false)
	if w.indexed {
		w.stops.Reset(data, 0, n)
		w.marks = w.stops.Marks()
	}
	return w.walk(b, data, 0, n), n
}

func TestWhatTheWalkReads(t *testing.T) {
	for name, text := range map[string]string{
		"optional keys":  `{"a":1,"b":"x","c":2}` + "\n" + `{"a":1,"c":2}` + "\n" + `{"b":"x"}` + "\n" + `{}` + "\n" + `{"a":5,"b":"y"}` + "\n",
		"nulls":          `{"a":1,"b":"x","c":true}` + "\n" + `{"a":null,"b":null,"c":null}` + "\n",
		"other orders":   `{"a":1,"b":"x"}` + "\n" + `{"b":"x","a":1}` + "\n",
		"nested":         `{"a":{"b":{"c":1},"d":[1,{"e":2}]},"f":1.5}` + "\n" + `{"a":{"d":[]},"f":2}` + "\n",
		"escapes":        `{"a":"x\ny"}` + "\n" + `{"a":"\u0041"}` + "\n",
		"texts":          `{"a":"x", "b" : "y"}` + "\n" + `{"a": "x","b":"y"}` + "\n" + `{"a": "z","b":"y"}` + "\n",
		"white space":    `{"a": 1, "b": "x"}` + "\r\n" + `{ "a":2 , "b": "x" }` + "\n",
		"long constants": `{"` + strings.Repeat("k", 50) + `":1,"` + strings.Repeat("l", 9) + `":2}` + "\n",
		"numbers":        `{"a":1,"b":18446744073709551615,"c":1.25,"d":1e5}` + "\n" + `{"a":123456789012345678,"b":1,"c":1234567890.123456,"d":-0.5}` + "\n",
	} {
		for _, looked := range []bool{false, true} {
			got, size := walked(t, Options{}, text+text, looked)
			assert.Equal(t, size, got, "%s, looked up: %v", name, looked)
		}
	}
	for name, text := range map[string]string{
		"late keys":     `{"a":1}` + "\n" + `{"z":1}` + "\n",
		"misfits":       `{"a":1}` + "\n" + `{"a":"x"}` + "\n",
		"repeated keys": `{"a":1}` + "\n" + `{"a":1,"a":2}` + "\n",
		"broken":        `{"a":1}` + "\n" + `{"a":01}` + "\n",
	} {
		for _, looked := range []bool{false, true} {
			got, size := walked(t, Options{Infer: infer.Options{Records: 1}}, text+text, looked)
			assert.Less(t, got, size, "%s, looked up: %v", name, looked)
		}
	}
}

// Numbers with and without a fraction, of any length and written in any way, between texts and where steps are guessed or looked up.
func TestNumbersOfAnyKind(t *testing.T) {
	random := rand.New(rand.NewPCG(8, 9))
	odd := []string{"0", "-0", "-0.0", "0.5", "00.5", "05", "12.", ".5", "-.5", "-", "1e5", "1.5E3", "1.5e-3", "1.2.3", "1.5x", "1,5", "NaN", "null", "true", `"1.5"`, "123456789012345", "1234567890123456",
		"12345678901234.5", "1234567.12345678", "0.1234567890123456", "9999999999999999.9", "1.7976931348623157e308", " 1.5", "1.5 "}
	var text strings.Builder
	for k := range 3000 {
		n, f := strconv.Itoa(random.IntN(1e6)-1000), strconv.FormatFloat(float64(random.IntN(1e9))/1e3-1e3, 'f', 1+random.IntN(6), 64)
		if k > infer.DefaultRecords && k%3 == 0 {
			n, f = odd[random.IntN(len(odd))], odd[random.IntN(len(odd))]
		}
		members := []string{`"n":` + n, `"f":` + f, `"s":"a text"`, `"of":{"f":` + f + `}`}
		if k%5 == 0 {
			random.Shuffle(len(members), func(i, k int) { members[i], members[k] = members[k], members[i] })
		}
		text.WriteString("{" + strings.Join(members, ",") + "}\n")
	}
	bound := bind(t, Options{}, text.String())
	require.Equal(t, record.Float, bound.Schema().Fields[bound.Schema().Find("f")].Type)
	check(t, Options{}, text.String(), 100)
}

// Keys in every order teach the walk a path from each key to each other; a record may then go in circles.
func TestKeysRepeatedAlongLearntPaths(t *testing.T) {
	text := `{"a":1,"b":{"x":1,"y":2},"c":"s"}` + "\n" + `{"c":"s","b":{"y":2},"a":1}` + "\n" + `{"b":{"y":2,"x":1},"a":1,"c":"s"}` + "\n" + `{"b":{"x":3},"c":"s","a":4}` + "\n" +
		`{"a":2,"c":"t","b":{"x":1}}` + "\n"
	circles := `{"a":1,"c":"s","a":2}` + "\n" + `{"b":{"x":3},"a":4,"b":{"y":2}}` + "\n" + `{"b":{"x":1,"y":2,"x":3},"c":"t"}` + "\n" + `{"a":1,"c":"s","b":{"y":2},"a":5,"c":"z","b":{"x":9}}` + "\n" +
		"{" + strings.Repeat(`"a":1,"c":"s",`, 50) + `"b":{"y":2}}` + "\n"
	check(t, Options{}, text+circles+text+circles, 3)
}

// manyShapes makes records whose keys come in any order, with any white space.
func manyShapes(records int) string {
	random := rand.New(rand.NewPCG(3, 4))
	var b bytes.Buffer
	for range records {
		b.WriteByte('{')
		for i, k := range random.Perm(30)[:12] {
			fmt.Fprintf(&b, `%s"key%d"%s:%d`, ","[:min(i, 1)], k, strings.Repeat(" ", random.IntN(30)), i)
		}
		b.WriteString("}\n")
	}
	return b.String()
}

func TestManyShapesStayBounded(t *testing.T) {
	text := manyShapes(10_000)
	bound := bind(t, Options{}, text)
	w := bound.newWorker(false)
	batch := parse(bound, w, text)
	assert.Equal(t, 10_000, batch.Len())
	assert.LessOrEqual(t, w.shapes.steps, maxSteps)
	for i := range w.shapes.places {
		assert.LessOrEqual(t, len(w.shapes.places[i].all), maxChoices)
	}
}

// TestStepsAreLookedUpWhereTheyVary: and no longer once they do not.
func TestStepsAreLookedUpWhereTheyVary(t *testing.T) {
	if !scan.Indexed() {
		t.Skip("no index on this processor")
	}
	varied, same := string(shapesLines(1<<20)), strings.Repeat(`{"ts":"2026-03-01T00:00:00Z","level":"info","tag_zone1":"oak","status":200}`+"\n", 10_000)
	bound := bind(t, Options{}, varied)
	w, plain := bound.newWorker(false), bound.newWorker(false)
	plain.plain = true
	used := func() (n int) {
		for i := range w.shapes.places {
			if w.shapes.places[i].table != nil {
				n++
			}
		}
		return n
	}
	same1 := parse(bound, w, same)
	assert.Zero(t, used())
	require.Equal(t, dump(parse(bound, plain, varied)), dump(parse(bound, w, varied)))
	assert.Greater(t, used(), 10)
	for i := range w.shapes.places {
		if table := w.shapes.places[i].shared; table != nil {
			assert.LessOrEqual(t, len(table.slots), max(2, 16*table.steps))
		}
	}
	require.Equal(t, dump(same1), dump(parse(bound, w, same)))
	assert.Zero(t, used())
}

// TestTextsInAnyOrder: with any way to write what stands between them, and keys that occur twice.
func TestTextsInAnyOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(8, 9))
	for _, c := range []struct{ open, key, value, comma, end string }{
		{`{`, `"%s":`, `"%s"`, `,`, `}`}, {`{`, `"%s": `, `"%s"`, `, `, `}`}, {`{"o":{`, `"%s":`, `"%s"`, `,`, `},"p":"x"}`}, {`{ `, `"long key %s" : `, `"%s"`, ` , `, ` }`},
		{`{`, `"%s\\u0020":`, `"%s and more of it, so that no window shows its end at once, however it lies"`, `,`, `}`}, {`{`, `"%s":`, `"%s\n"`, `,`, `}`},
		{`{`, `"%s":{"x":`, `"%s"`, `},`, `}}`},
	} {
		var text strings.Builder
		for record := range 300 {
			text.WriteString(c.open)
			keys := random.Perm(8)[:1+random.IntN(8)]
			if record%10 == 9 {
				keys = append(keys, keys[random.IntN(len(keys))])
			}
			for i, k := range keys {
				text.WriteString(c.comma[:min(i, 1)*len(c.comma)])
				name := []string{"a", "bb", "message", "region0", "region1", "container_name", "é", "x.y"}[k]
				if random.IntN(5) == 0 {
					fmt.Fprintf(&text, c.key+"null", name)
				} else {
					fmt.Fprintf(&text, c.key+c.value, name, strings.Repeat("v", random.IntN(15))+name)
				}
			}
			text.WriteString(c.end + "\n")
		}
		check(t, Options{}, text.String(), 7)
	}
}

// TestIntegersOfAnySize: in objects and in any order, with keys that occur twice, and among what is no integer.
func TestIntegersOfAnySize(t *testing.T) {
	random := rand.New(rand.NewPCG(6, 7))
	odd := []string{"-0", "01", "-", "null", "1.5", "1e3", "1234567890123456", "12345678901234567", "9223372036854775807", "9223372036854775808", `"7"`, "[1]", "{}", "1x", "1 "}
	number := func(record int) string {
		if record > infer.DefaultRecords && random.IntN(60) == 0 {
			return odd[random.IntN(len(odd))]
		}
		return "-"[:random.IntN(4)/3] + strconv.FormatUint(random.Uint64()>>random.IntN(64)%1e16, 10)
	}
	var text strings.Builder
	for record := range 3000 {
		keys := []string{[]string{`"o":{"1xx":%s}`, `"o":{"2xx":%s}`}[random.IntN(2)], `"a":%s`, `"bb":%s`, `"p":{"total":{"of all":%s}}`, `"text":"%s"`, `"request_id":%s`}
		if record%7 == 6 {
			keys = append(keys, []string{`"o":{"1xx":%s}`, `"a":%s`}[random.IntN(2)])
		}
		random.Shuffle(len(keys), func(i, k int) { keys[i], keys[k] = keys[k], keys[i] })
		for i, k := range keys {
			fmt.Fprintf(&text, "{,"[min(i, 1):][:1]+k, number(record))
		}
		text.WriteString("}\n")
	}
	check(t, Options{}, text.String(), 7)
}

func TestKeysOfSteps(t *testing.T) {
	block := []byte(`..,"a":1,"":2,"key":"x", "key":{"b":"y"}}` + "\n" + `{"c":` + strings.Repeat(" ", scan.Slack))
	for _, c := range []struct {
		constant string
		at, size int // where in block the same key stands, 0: it has none
	}{{`,"a":`, 2, 4}, {`,"key":"`, 13, 6}, {`, "key":{"b":"`, 23, 7}, {"}\n", 0, 0}, {"}", 0, 0}, {"", 0, 0}} {
		want := uint64(0)
		if c.size > 0 {
			want = keyed(block, c.at, c.size)
		}
		assert.Equal(t, want, key(c.constant), c.constant)
	}
}

func TestFastFloatKeepsEveryDigit(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	fast := 0
	for _, text := range []string{"9007199254740993", "0.9007199254740993", "9007199254.740993", "900719925474099.3", "01", "-", "-.5", "1.", "1.5e3", "1e5", "00.5", "12345678901234567"} {
		data, _ := block(text + ",")
		_, _, ok := fastFloat(data, 0)
		assert.False(t, ok, text)
	}
	for range 20_000 {
		text := strconv.FormatUint(random.Uint64()>>random.IntN(64), 10)
		if k := random.IntN(len(text) + 1); k > 0 && k < len(text) {
			text = text[:k] + "." + text[k:]
		}
		text = []string{"", "-", "0", "0."}[random.IntN(4)] + text
		data, _ := block(text + ",")
		got, end, ok := fastFloat(data, 0)
		if !ok {
			continue
		}
		fast++
		want, whole, valid := infer.Float([]byte(text))
		require.True(t, valid && whole && end == len(text), text)
		require.Equal(t, math.Float64bits(want), math.Float64bits(got), text)
	}
	assert.Greater(t, fast, 5000)
}

func TestNothingIsAllocatedPerRecord(t *testing.T) {
	for name, text := range map[string][]byte{"flat": flatLines(1 << 17), "deep": deepLines(1 << 17), "shapes": []byte(manyShapes(2000)),
		"late": []byte(strings.Repeat(`{"ts":"2026-03-01T00:00:00Z","late":{"x":[1,2]},"other":"x"}`+"\n", 1000)),
		"bad":  []byte(strings.Repeat(`{"ts":"x"`+"\n", 1000))} {
		for _, plain := range []bool{false, true} {
			sample := `{"ts":"2026-03-01T00:00:00Z"}` + "\n"
			if name == "flat" || name == "deep" || name == "shapes" {
				sample = string(text)
			}
			bound := bind(t, Options{Infer: infer.Options{Fields: []infer.Declared{timeField("ts")}}}, sample)
			w := bound.newWorker(false)
			for i, d := range w.reads {
				if d != nil { // time.Parse allocates
					w.reads[i] = func(b []byte, i int) (int64, int, bool) { return 0, i + bytes.IndexByte(b[i:], '"'), true }
				}
			}
			w.plain = plain
			data := append(text, make([]byte, scan.Slack)...)[:len(text)]
			b := record.NewBuilder(bound.Schema(), record.Heap, Present)
			b.Start(20_000)
			run := func() {
				b.Row, b.Side = 0, b.Side[:0]
				w.Parse(b, data, len(data))
			}
			b.Begin(data, len(data), false)
			run()
			rows := float64(b.Lines())
			require.Greater(t, rows, 50.0)
			assert.Less(t, testing.AllocsPerRun(5, run)/rows, 0.01, "%s, plain %v", name, plain)
		}
	}
}
