package infer

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/float"
	"github.com/sawlog/sawlog/lib/record"
)

// collect adds one record: "path kind" or "path number" each, paths with slashes.
func collect(k *Keys, members ...string) {
	for _, m := range members {
		path, value, _ := strings.Cut(m, " ")
		keys := strings.Split(path, "/")
		n := k.Root
		for i, key := range keys {
			if n = k.Child(n, []byte(key)); n == nil {
				break
			}
			if i < len(keys)-1 {
				n.Add(Object)
			}
		}
		if kind, ok := map[string]Kind{"null": Null, "bool": Bool, "text": String, "json": JSON, "object": Object}[value]; n == nil {
		} else if ok {
			n.Add(kind)
		} else {
			n.AddNumber([]byte(value))
		}
	}
	k.Record()
}

func decide(t *testing.T, o Options, records ...[]string) *Layout {
	k := New(o)
	for _, r := range records {
		collect(k, r...)
	}
	l, err := k.Decide()
	require.NoError(t, err)
	for i, n := range l.Nodes {
		require.Equal(t, i, n.ID)
	}
	return l
}

func TestTypes(t *testing.T) {
	for _, c := range []struct {
		values string
		want   string
	}{
		{"null", ""}, {"bool,bool", "bool"}, {"text", "string"}, {"json", "string"}, {"object", ""}, {"object,json", "string"}, {"null,1", "int"},
		{"1,-5", "int"}, {"9223372036854775807", "int"}, {"-9223372036854775808", "int"}, {"9223372036854775808,1", "uint"}, {"18446744073709551615", "uint"},
		{"18446744073709551616", "string"}, {"9223372036854775808,-1", "string"}, {"-9223372036854775809", "string"},
		{"1.5", "float"}, {"1,1e3", "float"}, {"0.1,9007199254740993", "string"}, {"0.1,9007199254740992", "float"}, {"0.12345678901234567890", "string"},
		{"1e400", "string"}, {"1e-400", "string"}, {"0e999,-0.0", "float"}, {"100018002000001906146520", "string"},
		{"1,text", "string"}, {"1,2,text", "int"}, {"bool,1", "int"}, {"bool,bool,1", "bool"}, {"text,json", "string"}, {"json,json,1", "string"},
	} {
		var records [][]string
		for _, v := range strings.Split(c.values, ",") {
			records = append(records, []string{"k " + v})
		}
		want := strings.TrimPrefix(c.want+", ", ", ")
		if c.want != "" {
			want = "k " + want
		}
		assert.Equal(t, want+"_overflow string", decide(t, Options{}, records...).Schema.String(), c.values)
	}
}

func TestHolds(t *testing.T) {
	l := decide(t, Options{Depth: 2}, []string{"a json", "b/c json", "d 1e400", "e/f 1", "g null"})
	holds := map[string]Holds{}
	for _, n := range l.Nodes[1:] {
		holds[n.Name()] = n.Holds
		assert.Equal(t, n, n.Parent.Find([]byte(n.Key)))
	}
	assert.Equal(t, map[string]Holds{"a": Arrays, "b": Members, "b.c": JSONTexts, "d": Numbers, "e": Members, "e.f": Ints, "g": Nothing}, holds)
	assert.Equal(t, 4, l.Overflow)
}

func TestMixedTextsStayTexts(t *testing.T) {
	l := decide(t, Options{Texts: true}, []string{"a 1", "b 1", "c bool"}, []string{"a 1", "b 2", "c bool"}, []string{"a text", "b 2.5", "c 1"})
	assert.Equal(t, "a string, b float, c string, _overflow string", l.Schema.String())
}

func TestOrderAndPaths(t *testing.T) {
	l := decide(t, Options{}, []string{"a/x 1", "b 1"}, []string{"b 1", "a/y/z 1", "a.x text"})
	assert.Equal(t, "a.x int, a.y.z int, b int, _overflow string", l.Schema.String(), "the key with a dot comes too late for the name")
	assert.Equal(t, []string{"a", "y", "z"}, l.Schema.Fields[1].Path)
	assert.Nil(t, l.Schema.Fields[2].Path)
	assert.True(t, l.Schema.Fields[3].Overflow)
	assert.Equal(t, -1, l.Root.Find([]byte("a.x")).Column)
	assert.Nil(t, decide(t, Options{Flatten: true}, []string{"a/x 1"}).Schema.Fields[0].Path)
}

func TestInvalidUTF8InKeys(t *testing.T) {
	l := decide(t, Options{}, []string{"a\xff\xfe/b 1"})
	assert.Equal(t, "a\uFFFD\uFFFD.b int, _overflow string", l.Schema.String())
	assert.NotNil(t, l.Root.Find([]byte("a\xff\xfe")))
}

func TestDeclared(t *testing.T) {
	o := Options{Fields: []Declared{{Name: "n", Type: record.Float}, {Name: "a.b", Type: record.Int}, {Name: "o", Type: record.String}, {Name: "x.y.z", Type: record.Bool},
		{Name: "a.late", Type: record.Int}, {Name: "s.t", Type: record.Int}, {Name: "level", Type: record.String, Dictionary: true}, {Name: "u.v", Type: record.Int}}}
	l := decide(t, o, []string{"a/b text", "n 1", "o/p 1", "s text", "level text", "u null", "r bool"})
	assert.Equal(t, "a.b int, a.late int, n float, o string, s string, level string, u.v int, r bool, x.y.z bool, s.t int, _overflow string", l.Schema.String())
	assert.True(t, l.Schema.Fields[l.Schema.Find("level")].Dictionary)
	assert.Nil(t, l.Schema.Fields[l.Schema.Find("s.t")].Path, "s is a text, so s.t can only be a key with a dot")
	assert.Equal(t, []string{"u", "v"}, l.Schema.Fields[l.Schema.Find("u.v")].Path)
	assert.Equal(t, Given, l.Root.Find([]byte("o")).Holds)
	for _, f := range []Declared{{Name: "x", Type: record.Duration}, {Name: "x", Type: record.List}, {Name: "x"}, {Name: OverflowName, Type: record.Int}} {
		_, err := New(Options{Fields: []Declared{f}}).Decide()
		assert.Error(t, err, "%+v", f)
	}
}

func TestRename(t *testing.T) {
	o := Options{Rename: map[string]string{"ts": "time", "req": "request", "req.id": "request_id", "gone": "kept"},
		Fields: []Declared{{Name: "time", Type: record.Int}, {Name: "request.late", Type: record.Int}, {Name: "kept", Type: record.Int}, {Name: "ts", Type: record.Int}}}
	l := decide(t, o, []string{"ts 1", "req/id 1", "req/path text"})
	assert.Equal(t, "time int, request_id int, request.path string, request.late int, kept int, _overflow string", l.Schema.String())
	assert.Equal(t, []string{"request", "path"}, l.Schema.Fields[2].Path)
	assert.Nil(t, l.Schema.Fields[1].Path)
	assert.Equal(t, "req.late", l.Nodes[l.Root.Find([]byte("req")).Find([]byte("late")).ID].From())
	assert.NotNil(t, l.Root.Find([]byte("gone")))
}

func TestProject(t *testing.T) {
	records := []string{"a 1", "o/x 1", "o/y text", "n null", "z bool"}
	for want, names := range map[string][]string{
		"z bool":                          {"z"},
		"a int, z bool":                   {"z", "a"},
		"o.x int, o.y string":             {"o"},
		"o.y string, _overflow string":    {"o.y", OverflowName},
		"a int, n string, nowhere string": {"n", "nowhere", "a"},
		"o.x int, o.new string":           {"o.new", "o.x"},
		"":                                {},
	} {
		l := decide(t, Options{Project: names}, records)
		assert.Equal(t, want, l.Schema.String())
		assert.Equal(t, !strings.Contains(want, "a int"), l.Root.Find([]byte("a")).Skipped)
	}
}

func TestLimits(t *testing.T) {
	k := New(Options{Columns: 3, Records: 2, Fields: []Declared{{Name: "z", Type: record.Int}}})
	for i := range 50 {
		collect(k, fmt.Sprintf("k%d 1", i))
		assert.Equal(t, i > 0, k.Full())
	}
	l, err := k.Decide()
	require.NoError(t, err)
	assert.Equal(t, "k0 int, k1 int, z int, _overflow string", l.Schema.String())
	assert.Len(t, l.Nodes, 1+12+1)
	for _, n := range l.Nodes[1:] {
		assert.Equal(t, n, l.Root.Find([]byte(n.Key)), "the index of many keys")
	}
	assert.Nil(t, l.Root.Find([]byte("k40")))
	assert.True(t, New(Options{Depth: 2}).Open(&Node{Level: 1}))
	assert.False(t, New(Options{Depth: 2}).Open(&Node{Level: 2}))
	assert.Equal(t, DefaultBytes, New(Options{}).Options().Bytes)
}

func TestFloatsKeepEveryDigit(t *testing.T) {
	for text, want := range map[string]bool{"0": true, "-0.0": true, "0.1": true, "0.10000": true, "000.5": true, "1e22": true, "123456789012345": true, "0.30000000000000004": true,
		"0.3000000000000000": true, "0.300000000000000004": false, "9007199254740993": false, "9007199254740992.0": true, "5e-324": true, "4e-324": false,
		"1.7976931348623157e308": true, "1e309": false, "1e-999": false, "0e-999": true, "12345678901234567890": false, "10000000000000000000000": true, "1E+2": true, "1e0000000000000000000001": true} {
		_, whole, _ := Float([]byte(text))
		assert.Equal(t, want, whole, text)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		f := (random.Float64() - 0.5) * []float64{1, 1e3, 1e10, 1e-10, 1e300}[random.IntN(5)]
		text := strconv.FormatFloat(f, "eEfgG"[random.IntN(5)], []int{-1, random.IntN(20)}[random.IntN(2)], 64)
		v, whole, ok := Float([]byte(text))
		require.True(t, ok, text)
		number, _, ok := float.Split([]byte(text))
		d, _, _ := float.Split(strconv.AppendFloat(nil, v, 'e', -1, 64))
		require.Equal(t, ok && number == d, whole, text)
	}
}

func TestNotNumbers(t *testing.T) {
	for _, text := range []string{"", "-", "+1", "1.", ".5", "1e", "1e+", "0x10", "NaN", "Inf", "1_000", " 1", "1 "} {
		_, _, ok := Float([]byte(text))
		assert.False(t, ok, text)
		_, ok = Int([]byte(text))
		assert.False(t, ok, text)
	}
}

func FuzzNumbers(f *testing.F) {
	for _, text := range []string{"1", "-1.5e10", "18446744073709551616", "00", "1e400"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		i, err := strconv.ParseInt(text, 10, 64)
		if got, ok := Int([]byte(text)); len(text) > 0 && text[0] != '+' {
			require.Equal(t, err == nil, ok, "%q", text)
			if ok {
				require.Equal(t, i, got)
			}
		}
		if v, whole, ok := Float([]byte(text)); ok {
			want, err := strconv.ParseFloat(text, 64)
			require.NoError(t, err)
			require.Equal(t, want, v)
			if d, _, short := float.Split([]byte(text)); short && d.Digits < 1e15 && len(text) < 18 && !strings.ContainsAny(text, "eE") {
				require.True(t, whole, "%q", text)
			}
		}
	})
}
