package texts

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-json"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
	"github.com/sawlog/sawlog/lib/record"
)

func TestClassify(t *testing.T) {
	for text, want := range map[string]Kind{
		"": Empty, "true": True, "false": False, "True": Text, "0": Number, "-5": Number, "1.50": Number, "1e9": Number, "-0.5": Number,
		"007": Text, "-0": Text, "-": Text, "1.": Text, ".5": Text, "+1": Text, "1.1.1": Text, "0x10": Text, "-01": Text, "1 ": Text,
	} {
		assert.Equal(t, want, Classify([]byte(text)), "%q", text)
	}
}

func TestEachLine(t *testing.T) {
	for _, c := range []struct {
		sample string
		want   []string
	}{{"", []string{""}}, {"a", []string{"a"}}, {"a\n", []string{"a"}}, {"a\r\nb\r\n\n", []string{"a", "b", ""}}, {"a\n\r", []string{"a", ""}}} {
		var lines []string
		EachLine([]byte(c.sample), func(data []byte, i, end int) bool {
			require.GreaterOrEqual(t, cap(data)-end, scan.Slack)
			lines = append(lines, string(data[i:end]))
			return true
		})
		assert.Equal(t, c.want, lines, "%q", c.sample)
	}
	n := 0
	EachLine([]byte("a\nb\nc\n"), func([]byte, int, int) bool { n++; return n < 2 })
	assert.Equal(t, 2, n)
}

// words reads lines whose first byte says what they are.
type words struct{ seen []string }

func (w *words) Read(b *record.Builder, data []byte, i, end int) record.Fault {
	w.seen = append(w.seen, string(data[i:end]))
	switch {
	case i == end:
		return record.Empty
	case data[i] == '#':
		b.Side = append(b.Side, "what is written for no record"...)
		return Aside
	case data[i] == '!':
		return record.NoMatch
	}
	b.SetText(&b.Cols[0], data, i, end-i)
	b.Present(&b.Cols[0])
	return record.NoFault
}

func parse(l Lines, text string) (*record.Batch, *words) {
	data := append([]byte(text), make([]byte, scan.Slack)...)[:len(text)]
	b := record.NewBuilder(record.MustSchema(record.Field{Name: "a", Type: record.String}), record.Heap, Present)
	b.Start(1)
	b.Begin(data, len(text), false)
	w := &words{}
	l.Parse(b, data, len(text), w)
	return b.Finish(), w
}

func TestLines(t *testing.T) {
	batch, w := parse(Lines{Limit: 5, Reject: true}, "a\r\n#b\n\n!c\n\xffd\nlonger\ne\n")
	assert.Equal(t, []string{"a", "#b", "", "!c", "e"}, w.seen)
	assert.Equal(t, []int64{2, 7, 1}, []int64{int64(batch.Len()), batch.Lines(), batch.Continuations()})
	var faults []string
	for i := range batch.Rejects() {
		r := batch.Reject(i)
		faults = append(faults, r.Fault.String()+" "+strconv.FormatInt(r.Line, 10)+" "+strconv.Quote(string(r.Raw)))
	}
	assert.Equal(t, []string{`empty 3 ""`, `no_match 4 "!c"`, `bad_utf8 5 "\xffd"`, `too_long 6 "longe"`}, faults)

	batch, w = parse(Lines{Whole: true}, "a\nb\r\n")
	assert.Equal(t, []string{"a\nb"}, w.seen)
	assert.Equal(t, int64(2), batch.Lines())
	batch, _ = parse(Lines{Whole: true}, "#a\n")
	assert.Equal(t, 1, batch.Rejects()) // one row or one reject
}

// FuzzPut: what a column of numbers takes, it takes whole; all else goes to the overflow column as it was.
func FuzzPut(f *testing.F) {
	for _, text := range []string{"5", "-5", "007", "1.5", "0.1", "1e400", "9223372036854775808", "-0", "x", "", "true", "123456789012345", "1234567890123456", "0.30000000000000004", "0"} {
		f.Add(text, uint8(0))
		f.Add(text, uint8(1))
	}
	f.Fuzz(func(t *testing.T, text string, mode uint8) {
		if strings.ContainsAny(text, "\n") {
			return
		}
		s := NewSample(infer.Options{})
		s.Add([]byte("n"), Unknown, []byte([]string{"1", "1.5", "true", "18446744073709551615"}[mode%4]))
		layout, err := s.Decide(false)
		require.NoError(t, err)
		store := NewStore(layout, nil, nil)
		store.Data = append(append([]byte(text), "\n123.5"...), make([]byte, scan.Slack)...)
		b := record.NewBuilder(layout.Schema, record.Heap, Present)
		b.Start(1)
		store.Values = append(store.Values, Value{Node: layout.Root.Find([]byte("n")), End: len(text)})
		require.True(t, store.Write(b))
		b.Next()
		batch := b.Finish()
		c := &batch.Columns()[0]
		var over map[string]any
		if !batch.Columns()[1].IsNull(0) {
			require.NoError(t, json.Unmarshal(batch.Columns()[1].Bytes(0), &over))
		}
		kind := Classify([]byte(text))
		switch {
		case text == "":
			require.True(t, c.IsNull(0))
			require.Nil(t, over)
		case c.IsNull(0):
			require.NotNil(t, over)
		case mode%4 == 0:
			require.Equal(t, text, strconv.FormatInt(c.Ints()[0], 10))
		case mode%4 == 1:
			require.Equal(t, Number, kind)
			want, err := strconv.ParseFloat(text, 64)
			require.NoError(t, err)
			require.Equal(t, math.Float64bits(want), math.Float64bits(c.Floats()[0]))
		case mode%4 == 2:
			require.Equal(t, text, strconv.FormatBool(c.Bool(0)))
		default:
			require.Equal(t, text, strconv.FormatUint(c.Uints()[0], 10))
		}
	})
}

// What Quick stores is what Put does, and what Put stores of the usual values Quick does.
func TestQuickIsPut(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 9))
	given := func(kind record.Type) *infer.Declared { return &infer.Declared{Name: "n", Type: kind} }
	at := given(record.Timestamp)
	at.Words = func() infer.Read { return timestamp.MustCompile("rfc3339").NewClock(timestamp.Options{}).Parse }
	for name, c := range map[string]struct {
		sample, usual string
		declared      *infer.Declared
	}{
		"ints": {"1", "17", nil}, "uints": {"18446744073709551615", "", nil}, "floats": {"1.5", "0.25", nil}, "texts": {"x", "a text", nil}, "bools": {"true", "", nil},
		"int": {"1", "007", given(record.Int)}, "uint": {"1", "17", given(record.Uint)}, "float": {"1", "00.5", given(record.Float)}, "string": {"1", "", given(record.String)},
		"bool": {"1", "", given(record.Bool)}, "timestamp": {"2026-03-05T07:09:10Z", "2026-03-05T07:09:10.25+01:00", at},
	} {
		o := infer.Options{}
		if c.declared != nil {
			o.Fields = []infer.Declared{*c.declared}
		}
		s := NewSample(o)
		s.Add([]byte("n"), Unknown, []byte(c.sample))
		layout, err := s.Decide(false)
		require.NoError(t, err, name)
		n := layout.Root.Find([]byte("n"))
		store := NewStore(layout, nil, nil)
		builder := func(text string) *record.Builder {
			store.Data = append(append([]byte("<"+text), "\n123.5"...), make([]byte, scan.Slack)...)
			b := record.NewBuilder(layout.Schema, record.Heap, Present)
			b.Start(1)
			b.Begin(store.Data, len(text)+2, false)
			return b
		}
		row := func(b *record.Builder) string {
			b.Next()
			return string(b.Finish().AppendJSON(nil, 0, true))
		}
		for k := range 3000 {
			text := c.usual
			for range r.IntN(18) * min(k, 1) {
				text = text[:r.IntN(len(text)+1)] + []string{"0", "1", "9", ".", "-", "e", "+", "x", " ", "2026-03-05T07:09:10Z"}[r.IntN(10)]
			}
			b := builder(text)
			quick := store.Quick(b, n, 1, 1+len(text))
			if k == 0 {
				require.Equal(t, c.usual != "" || name == "string", quick, name)
			}
			if !quick {
				continue
			}
			got := row(b)
			b = builder(text)
			require.Equal(t, Stored, store.Put(b, &Value{Node: n, At: 1, End: 1 + len(text)}), "%s: %q", name, text)
			require.Equal(t, row(b), got, "%s: %q", name, text)
		}
	}
}
