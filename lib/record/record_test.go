package record

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var everyType = MustSchema(
	Field{Name: "b", Type: Bool}, Field{Name: "i", Type: Int}, Field{Name: "u", Type: Uint}, Field{Name: "f", Type: Float},
	Field{Name: "t", Type: Timestamp}, Field{Name: "d", Type: Duration}, Field{Name: "s", Type: String}, Field{Name: "m", Type: String, Dictionary: true},
	Field{Name: "x", Type: Bytes}, Field{Name: "a.b.c", Type: Int, Path: []string{"a", "b", "c"}}, Field{Name: "a.d", Type: String, Path: []string{"a", "d"}},
	Field{Name: "_overflow", Type: String, Overflow: true},
)

// slacked is text as a block: readable behind its end.
func slacked(text string) []byte {
	b := make([]byte, len(text)+64)
	copy(b, text)
	return b[:len(text):len(b)]
}

// fillRow writes row r of a batch of everyType; odd rows are null all through.
func fillRow(b *Builder, data []byte, at int, r int) {
	if b.Row == b.Cap {
		b.Grow()
	}
	if r%2 == 1 {
		for i := range b.Cols {
			b.Null(&b.Cols[i])
		}
		b.Next()
		return
	}
	c := b.Cols
	b.SetBool(&c[0], r%4 == 0)
	for i, v := range []uint64{uint64(int64(-r)), uint64(r), 0x4004000000000000, uint64(r) * 1e9, 1500} {
		c[1+i].Words[b.Row] = v
	}
	b.SetText(&c[6], data, at, 5+r%20)
	b.SetText(&c[7], data, at, 1+r%3)
	b.SetText(&c[8], data, at, 3)
	c[9].Words[b.Row] = 7
	b.SetText(&c[10], data, at, 2)
	b.Null(&c[11])
	if r == 4 {
		b.Present(&c[11])
		c[11].Views[b.Row] = b.Text([]byte(`{"a":{"b":{"z":[1,2]}},"late":12345678901234567890}`))
	}
	b.Next()
}

const alphabet = "abcdefghijklmnopqrstuvwxyz\n"

func TestValuesComeBackAsTheyWereWritten(t *testing.T) {
	for _, rows := range []int{0, 1, 63, 64, 65, 513, 2000} {
		t.Run(fmt.Sprint(rows), func(t *testing.T) {
			data := slacked(alphabet)
			b := NewBuilder(everyType, Heap, true)
			b.Start(1)
			b.Begin(data, len(data), false)
			for r := range rows {
				fillRow(b, data, 1, r)
			}
			batch := b.Finish()
			require.Equal(t, rows, batch.Len())
			assert.Equal(t, rows/2, batch.Column("i").Nulls())
			for r := range rows {
				for i := range batch.Columns() {
					c := &batch.Columns()[i]
					assert.Equal(t, r%2 == 1 || (c.Field().Overflow && r != 4), c.IsNull(r), "%s in row %d", c.Field().Name, r)
				}
				if r%2 == 1 {
					assert.Zero(t, batch.Column("i").Ints()[r], "nulls are settled")
					continue
				}
				assert.Equal(t, r%4 == 0, batch.Column("b").Value(r))
				assert.Equal(t, int64(-r), batch.Column("i").Value(r))
				assert.Equal(t, uint64(r), batch.Column("u").Value(r))
				assert.Equal(t, 2.5, batch.Column("f").Value(r))
				assert.Equal(t, alphabet[1:1+5+r%20], batch.Column("s").Value(r))
				assert.Equal(t, alphabet[1:1+1+r%3], batch.Column("m").Value(r))
			}
			batch.Release()
		})
	}
}

func TestRowsAsJSON(t *testing.T) {
	data := slacked(alphabet)
	b := NewBuilder(everyType, Heap, true)
	b.Start(1)
	b.Begin(data, len(data), false)
	for r := range 6 {
		fillRow(b, data, 0, r)
	}
	batch := b.Finish()
	assert.Equal(t, `{"b":true,"i":0,"u":0,"f":2.5,"t":"1970-01-01T00:00:00Z","d":1500,"s":"abcde","m":"a","x":"abc","a":{"b":{"c":7},"d":"ab"}}`, string(batch.AppendJSON(nil, 0, false)))
	assert.Equal(t, `{"b":null,"i":null,"u":null,"f":null,"t":null,"d":null,"s":null,"m":null,"x":null}`, string(batch.AppendJSON(nil, 1, false)))
	assert.Equal(t, `{}`, string(batch.AppendJSON(nil, 1, true)))
	assert.JSONEq(t, `{"b":true,"i":-4,"u":4,"f":2.5,"t":"1970-01-01T00:00:04Z","d":1500,"s":"abcdefghi","m":"ab","x":"abc","a":{"b":{"c":7,"z":[1,2]},"d":"ab"},"late":12345678901234567890}`,
		string(batch.AppendJSON(nil, 4, false)), "what overflowed is merged in, digits and all")
	for _, drop := range []bool{false, true} {
		want := []byte("before")
		for r := 1; r < 6; r++ {
			want = append(batch.AppendJSON(want, r, drop), '\n')
		}
		assert.Equal(t, string(want), string(batch.AppendRows([]byte("before"), 1, 6, drop)))
	}
	assert.Empty(t, batch.AppendRows(nil, 3, 3, false))
}

// TestNumbersAsJSON compares with the standard library where the number of digits and of bits changes.
func TestNumbersAsJSON(t *testing.T) {
	around := func(v uint64) {
		for d := range uint64(3) {
			u := v + d - 1
			require.Equal(t, strconv.FormatUint(u, 10), string(appendUint(nil, u)))
			require.Equal(t, strconv.FormatInt(int64(u), 10), string(appendInt(nil, int64(u))))
			require.Equal(t, strconv.FormatInt(-int64(u), 10), string(appendInt([]byte{}, -int64(u))))
		}
	}
	for power := uint64(1); power < 1e19; power *= 10 {
		around(power)
		around(5 * power)
	}
	for bit := range 64 {
		around(1 << bit)
	}
	around(1e19)
}

func TestTimesAsJSON(t *testing.T) {
	for ns, want := range map[int64]string{
		0: "1970-01-01T00:00:00Z", -1: "1969-12-31T23:59:59.999999999Z", 1772323200009938243: "2026-03-01T00:00:00.009938243Z",
		1431857103500000000: "2015-05-17T10:05:03.5Z", -9223372036854775808: "1677-09-21T00:12:43.145224192Z", 9223372036854775807: "2262-04-11T23:47:16.854775807Z",
	} {
		assert.Equal(t, want, string(appendTime(nil, ns)))
	}
	var m minutes // what it remembers is of use, and of no harm
	for _, ns := range []int64{0, -1, 59_999_999_999, 60_000_000_000, -60_000_000_000, -60_000_000_001, 61e9, 3600e9, 86400e9, 86399e9, 0} {
		assert.Equal(t, time.Unix(0, ns).UTC().Format(time.RFC3339Nano), string(m.append(nil, ns)))
	}
}

func TestStringsAsJSON(t *testing.T) {
	for text, want := range map[string]string{
		"": `""`, "plain": `"plain"`, `a "b" \c`: `"a \"b\" \\c"`, "\x00\x1f\n\r\t": `"\u0000\u001f\n\r\t"`, "caf\u00e9 \u2615 01234567": "\"caf\u00e9 \u2615 01234567\"",
		"bad \xff\xc3": "\"bad \ufffd\ufffd\"", "0123456\"": `"0123456\""`, "01234567\x7f\u2028": "\"01234567\x7f\u2028\"",
	} {
		assert.Equal(t, want, string(appendString(nil, []byte(text))))
	}
}

func TestRejectsTakeBackTheRecordUnderWay(t *testing.T) {
	for _, present := range []bool{true, false} {
		data := slacked("first\nbad\nlast\n")
		b := NewBuilder(MustSchema(Field{Name: "s", Type: String}), Heap, present)
		b.Start(1)
		b.Begin(data, len(data), false)
		write := func(at, n int) {
			b.SetText(&b.Cols[0], data, at, n)
			b.Present(&b.Cols[0])
		}
		write(0, 5)
		b.Next()
		write(6, 3)
		if present {
			b.Null(&b.Cols[0])
		}
		b.Reject(NoMatch, 6, 9)
		write(10, 4)
		b.Next()
		batch := b.Finish()
		batch.FirstLine, batch.Offset, batch.Source = 101, 1000, 3
		assert.Equal(t, 2, batch.Len())
		assert.Equal(t, 0, batch.Column("s").Nulls())
		assert.Equal(t, "last", batch.Column("s").Text(1))
		require.Equal(t, 1, batch.Rejects())
		assert.Equal(t, Reject{Source: 3, Line: 102, Offset: 1006, Length: 3, Fault: NoMatch, Raw: []byte("bad")}, batch.Reject(0))
		assert.Equal(t, int64(3), batch.Lines())
		assert.Equal(t, int64(15), batch.InputBytes())
	}
}

func TestInvalidUTF8IsReplacedInTextsAndKeptInBytes(t *testing.T) {
	text := "ok \xff short and a long one with \xc3( inside it, then caf\u00e9\n"
	data := slacked(text)
	b := NewBuilder(MustSchema(Field{Name: "long", Type: String}, Field{Name: "short", Type: String}, Field{Name: "fine", Type: String}, Field{Name: "word", Type: String, Dictionary: true}, Field{Name: "raw", Type: Bytes}), Heap, true)
	b.Start(1)
	b.Begin(data, len(data), false)
	n := len(text) - 1
	b.SetText(&b.Cols[0], data, 0, n)
	b.SetText(&b.Cols[1], data, 0, 5)
	b.SetText(&b.Cols[2], data, strings.Index(text, "inside"), 18)
	b.SetText(&b.Cols[3], data, 0, 5)
	b.SetText(&b.Cols[4], data, 0, n)
	b.Next()
	batch := b.Finish()
	assert.Equal(t, strings.ToValidUTF8(text[:n], "\ufffd"), batch.Column("long").Text(0))
	assert.Equal(t, "ok \ufffd ", batch.Column("short").Text(0))
	assert.Equal(t, text[strings.Index(text, "inside"):][:18], batch.Column("fine").Text(0))
	assert.Equal(t, "ok \ufffd ", batch.Column("word").Text(0))
	assert.Equal(t, text[:n], batch.Column("raw").Text(0))
}

// What was made of the characters of a block is not looked at once more, unless the block itself is not UTF-8, or there is something else.
func TestSoundTextsAreRepairedWhereTheyMustBe(t *testing.T) {
	const fine, broken = "a text that is longer than twelve bytes, caf\u00e9", "another text, which is \xff not UTF-8"
	b := NewBuilder(MustSchema(Field{Name: "text", Type: String}), Heap, true) // a batch knows nothing of the one before
	for _, c := range []struct {
		name, block string
		texts       []string
		sound       int // how many of the texts are said to be
		want        []string
	}{
		{"all of it", "block\n", []string{fine, fine}, 2, []string{fine, fine}},
		{"something behind it", "block\n", []string{fine, broken}, 1, []string{fine, strings.ToValidUTF8(broken, "\ufffd")}},
		{"a block that is not UTF-8", "block \xff\n", []string{broken, fine}, 2, []string{strings.ToValidUTF8(broken, "\ufffd"), fine}},
		{"none of it", "block\n", []string{broken, fine}, 0, []string{strings.ToValidUTF8(broken, "\ufffd"), fine}},
	} {
		b.Start(2)
		data := slacked(c.block)
		b.Begin(data, len(data), false)
		for i, text := range c.texts {
			start := len(b.Side)
			b.Cols[0].Views[b.Row] = b.Text([]byte(text))
			if i < c.sound {
				b.Sound(start)
			}
			b.Next()
		}
		batch := b.Finish()
		for i, want := range c.want {
			assert.Equal(t, want, batch.Column("text").Text(i), c.name)
		}
		batch.Release()
	}
	b.Start(2)
	b.Begin(slacked("block\n"), 6, false)
	b.Cols[0].Views[0] = b.Text([]byte(broken))
	start := len(b.Side)
	b.Next()
	b.Cols[0].Views[1] = b.Text([]byte(fine))
	b.Sound(start) // says nothing of what is before
	b.Next()
	assert.Equal(t, strings.ToValidUTF8(broken, "\ufffd"), b.Finish().Column("text").Text(0))
}

func TestFinishIntoUsesItsMemoryAgain(t *testing.T) {
	data := slacked(alphabet)
	b := NewBuilder(everyType, Heap, true)
	var batch Batch
	one := func(r int) string {
		b.Restart()
		b.Begin(data, len(data), false)
		fillRow(b, data, 0, r)
		b.FinishInto(&batch)
		return string(batch.AppendJSON(nil, 0, true))
	}
	first := one(0)
	assert.Equal(t, "{}", one(1))
	assert.Equal(t, first, one(0))
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		b.Restart()
		b.Begin(data, len(data), false)
		fillRow(b, data, 0, 2)
		b.FinishInto(&batch)
	}))
}

func TestDictionaryFindsEveryText(t *testing.T) {
	var d Dict
	d.reset()
	texts := []string{"", "GET", "POST", "12345678", "123456789", "G", "GE", "GET\x00", strings.Repeat("x", 40), "sshd(pam_unix)", "1234567890abcdef", "1234567890abcdeg",
		"12345678 one 12345678", "12345678 two 12345678", "12345678"[:7] + "x12345678"}
	for i := range 3000 {
		texts = append(texts, fmt.Sprint("word", i))
	}
	for range 2 {
		for range 2 {
			for i, text := range texts {
				assert.EqualValues(t, i, d.Lookup(slacked(text), 0, len(text)), "%q", text)
			}
		}
		d.reset()
		assert.Zero(t, d.Lookup(slacked("word7"), 0, 5))
		d.reset() // for the second time the table is smaller
	}
}

// What is written otherwise in place of the text that came last takes its index; of any other text the index stays.
func TestDictionaryReplaces(t *testing.T) {
	var d Dict
	d.reset()
	lookup := func(text string) int32 { return d.Lookup(slacked(text), 0, len(text)) }
	for i := range 200 {
		require.EqualValues(t, 2*i, lookup(fmt.Sprint("a b", i)))
		require.EqualValues(t, 2*i, d.replace(int32(2*i), ' ', '_'))
		require.EqualValues(t, 2*i, lookup(fmt.Sprint("a_b", i)))
		require.EqualValues(t, 2*i+1, lookup(fmt.Sprint("a b", i)))
	}
	require.EqualValues(t, 6, d.replace(7, ' ', '_'))
	require.EqualValues(t, 7, lookup("a b3"))
}

func TestSchema(t *testing.T) {
	_, err := NewSchema([]Field{{Name: "a"}, {Name: "a"}})
	assert.ErrorContains(t, err, `"a"`)
	assert.Equal(t, 1, everyType.Find("i"))
	assert.Equal(t, -1, everyType.Find("nothing"))
	assert.Equal(t, "bool", everyType.Fields[0].TypeName())
	for i := Bool; i <= Struct; i++ {
		assert.Equal(t, i, ParseType(i.String()))
	}
	assert.Equal(t, Invalid, ParseType("invalid"))
	assert.Equal(t, Invalid, ParseType("number"))
}

var nestedTypes = MustSchema(
	Field{Name: "words", Type: List, Elem: &Field{Type: String}}, Field{Name: "n", Type: List, Elem: &Field{Type: Int}},
	Field{Name: "sd", Type: Map, Elem: &Field{Type: Map, Elem: &Field{Type: String}}},
)

// fillNested writes row r: r words, their lengths (every second null), and a map of r maps; rows divisible by three are null.
func fillNested(b *Builder, data []byte, r int) {
	if b.Row == b.Cap {
		b.Grow()
	}
	words, n, sd := &b.Cols[0], &b.Cols[1], &b.Cols[2]
	if r%3 == 0 {
		for i := range b.Cols {
			b.Null(&b.Cols[i])
		}
		return
	}
	for k := range r % 7 {
		words.Nested.Items.Text(MakeView(data, k, k*2, b.Buffer))
		if k%2 == 0 {
			n.Nested.Items.Word(uint64(k))
		} else {
			n.Nested.Items.Null()
		}
		sd.Nested.Keys.Text(MakeView(data, k, 1, b.Buffer))
		inner := sd.Nested.Items.Nested
		for i := range k {
			inner.Keys.Text(MakeView(data, i, 2, b.Buffer))
			inner.Items.Text(MakeView(data, i, 14, b.Buffer))
		}
		sd.Nested.Items.End()
	}
	b.EndList(words)
	b.EndList(n)
	b.EndList(sd)
}

// lender counts what it has given out and not got back.
type lender struct{ out map[*byte]int }

func (l lender) Alloc(n int) []byte {
	b := aligned(n + 64)
	for i := range b {
		b[i] = 0xa5 // not cleared
	}
	l.out[&b[0]] = cap(b)
	return b
}

func (l lender) Free(b []byte) {
	if l.out[&b[0]] != cap(b) {
		panic("this was not given out")
	}
	delete(l.out, &b[0])
}

func TestListsAndMaps(t *testing.T) {
	data := slacked(alphabet)
	alloc := lender{map[*byte]int{}}
	b := NewBuilder(nestedTypes, alloc, true)
	want := []string{`{}`, `{"words":[""],"n":[0],"sd":{"a":{}}}`, `{"words":["","bc"],"n":[0,null],"sd":{"a":{},"b":{"ab":"abcdefghijklmn"}}}`, `{}`,
		`{"words":["","bc","cdef","defghi"],"n":[0,null,2,null],"sd":{"a":{},"b":{"ab":"abcdefghijklmn"},"c":{"ab":"abcdefghijklmn","bc":"bcdefghijklmno"},"d":{"ab":"abcdefghijklmn","bc":"bcdefghijklmno","cd":"cdefghijklmnop"}}}`}
	for range 2 { // the second batch uses the memory of the first
		b.Start(1)
		b.Begin(data, len(data), false)
		for r := range 1500 {
			fillNested(b, data, r+1) // a line that is taken back
			if r%2 == 0 {
				b.Reject(NoMatch, 0, 1)
			} else {
				b.Undo()
			}
			fillNested(b, data, r)
			b.Next()
		}
		batch := b.Finish()
		for r, row := range want {
			assert.Equal(t, row, string(batch.AppendJSON(nil, r, true)))
		}
		assert.Equal(t, []any{"", "bc"}, batch.Column("words").Value(2))
		assert.Equal(t, map[string]any{"a": map[string]any{}, "b": map[string]any{"ab": "abcdefghijklmn"}}, batch.Column("sd").Value(2))
		assert.Equal(t, 500, batch.Column("n").Nulls())
		assert.Len(t, batch.Column("words").Offsets(), 1501)
		assert.Equal(t, "list<int>", batch.Column("n").Field().TypeName())
		assert.Equal(t, "map<string,map<string,string>>", batch.Column("sd").Field().TypeName())
		for r := range 1400 {
			require.Equal(t, string(batch.AppendJSON(nil, r%21, true)), string(batch.AppendJSON(nil, r, true)), "row %d is as row %d", r, r%21)
		}
		batch.Release()
		assert.Empty(t, alloc.out, "what the elements stood in is given back too")
	}
	b.Start(1)
	b.Begin(data, len(data), false)
	for r := range 1500 {
		fillNested(b, data, r)
		b.Next()
	}
	b.Close()
	assert.Empty(t, alloc.out, "a batch under way")
	var lent Batch
	for r := range 5 {
		b.Restart()
		b.Begin(data, len(data), false)
		fillNested(b, data, r)
		b.Next()
		b.FinishInto(&lent)
		assert.Equal(t, want[r], string(lent.AppendJSON(nil, 0, true)))
	}
}

func TestTextsOfADictionary(t *testing.T) {
	var d Dict
	d.reset()
	var texts []string
	for n := range 40 {
		for at := range n { // alike but for one byte
			texts = append(texts, strings.Repeat("x", at)+"y"+strings.Repeat("x", n-at-1))
		}
	}
	want := map[string]int32{}
	for k := range 20 * len(texts) {
		text := texts[k*k%len(texts)]
		if k%3 > 0 {
			text = texts[k%40*19]
		}
		if _, known := want[text]; !known {
			want[text] = int32(len(want))
		}
		data := slacked("<" + text + ">")
		require.Equal(t, want[text], d.Lookup(data, 1, len(text)), text)
	}
	require.Len(t, d.Offsets, len(want)+1)
	for text, index := range want {
		require.Equal(t, text, string(d.Bytes[d.Offsets[index]:d.Offsets[index+1]]))
	}
}

func TestListsOfBools(t *testing.T) {
	b := NewBuilder(MustSchema(Field{Name: "l", Type: List, Elem: &Field{Type: Bool}}), Heap, false)
	c := &b.Cols[0]
	write := func(r int) (want []any) {
		want = []any{}
		for k := range r % 5 {
			if (r+k)%7 == 0 {
				c.Nested.Items.Null()
				want = append(want, nil)
				continue
			}
			c.Nested.Items.Bool((r*k)%3 == 1)
			want = append(want, (r*k)%3 == 1)
		}
		b.EndList(c)
		return want
	}
	b.Start(1)
	b.Begin(slacked(alphabet), len(alphabet), false)
	var want [][]any
	for r := range 400 {
		if b.Row == b.Cap {
			b.Grow()
		}
		write(r + 3)
		b.Undo()
		want = append(want, write(r))
		b.Next()
	}
	batch := b.Finish()
	for r := range want {
		assert.Equal(t, want[r], batch.Column("l").Value(r), "row %d", r)
	}
}

func TestTextsAsJSON(t *testing.T) {
	plainText := strings.Repeat("abcdefgh ~", 7)
	for n := range len(plainText) {
		text := []byte(plainText[:n])
		assert.Equal(t, `"`+string(text)+`"`, string(appendString([]byte("x")[:0], text)))
		for at := range n {
			for odd, want := range map[byte]string{'"': `\"`, '\\': `\\`, 0: `\u0000`, 0x1f: `\u001f`, '\n': `\n`, 0x80: "\ufffd", 0x7f: "\x7f", ' ': " "} {
				changed := append([]byte(nil), text...)
				changed[at] = odd
				got := appendString([]byte("["), changed)
				assert.Equal(t, `["`+string(text[:at])+want+string(text[at+1:])+`"`, string(got))
				assert.Equal(t, string(appendOdd([]byte(`["`), changed)), string(got), "as the plain way")
			}
		}
	}
}

// TestEveryDayAsJSON compares with the standard library on every day that 64 bits of nanoseconds reach.
func TestEveryDayAsJSON(t *testing.T) {
	for day := int64(-106_751); day < 106_751; day++ {
		at := time.Unix(day*86400+(day*7919%86400+86400)%86400, (day%3+3)%3*1_234_560)
		require.Equal(t, at.UTC().Format(time.RFC3339Nano), string(appendTime(nil, at.UnixNano())))
	}
}
