package loki

import (
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/s2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"
)

func free(int64) error { return nil }

var at = time.Unix(1772704800, 5).UTC()

func TestParseJSON(t *testing.T) {
	p, err := ParseJSON([]byte(`{"streams":[{"stream":{"job":"web"},"values":[["1772704800000000005","a line"],["1772704800000000005","b",{"pod":"p1"}]]},{"stream":{},"values":[]}]}`), free)
	require.NoError(t, err)
	assert.Equal(t, []Entry{{Time: at, Line: "a line"}, {Time: at, Line: "b", Metadata: map[string]string{"pod": "p1"}}}, p.Streams[0].Entries)
	assert.Equal(t, "web", p.Streams[0].Source())
	assert.Equal(t, "loki", p.Streams[1].Source())
	for _, bad := range []string{``, `[]`, `{"streams":[{"values":[["1"]]}]}`, `{"streams":[{"values":[[1,"x"]]}]}`, `{"streams":[{"values":[["x","x"]]}]}`,
		`{"streams":[{"values":[["1",2]]}]}`, `{"streams":[{"values":[["1","x",[]]]}]}`, `{"streams":[{"values":"x"}]}`} {
		_, err := ParseJSON([]byte(bad), free)
		require.Error(t, err, bad)
	}
}

// message builds protobuf: a text or a message for odd numbers of a pair of arguments, a number otherwise.
func message(parts ...any) (m []byte) {
	for i := 0; i < len(parts); i += 2 {
		n := protowire.Number(parts[i].(int))
		switch v := parts[i+1].(type) {
		case string:
			m = protowire.AppendString(protowire.AppendTag(m, n, protowire.BytesType), v)
		case []byte:
			m = protowire.AppendBytes(protowire.AppendTag(m, n, protowire.BytesType), v)
		case int:
			m = protowire.AppendVarint(protowire.AppendTag(m, n, protowire.VarintType), uint64(v))
		}
	}
	return m
}

func TestParseProtobuf(t *testing.T) {
	entry := message(1, message(1, 1772704800, 2, 5), 2, "a line", 3, message(1, "pod", 2, "p1"), 9, 7)
	good := message(1, message(1, `{job="web", path="/a\"b,c=d"}`, 2, entry, 3, 12345))
	p, err := ParseProtobuf(s2.EncodeSnappy(nil, good), 1000, free)
	require.NoError(t, err)
	assert.Equal(t, Push{Streams: []Stream{{Labels: map[string]string{"job": "web", "path": `/a"b,c=d`}, Entries: []Entry{{at, "a line", map[string]string{"pod": "p1"}}}}}}, p)

	_, err = ParseProtobuf(s2.EncodeSnappy(nil, good), 10, free)
	require.ErrorIs(t, err, ErrProtobuf, "too large")
	for n := range good { // cut anywhere it is an error or fewer fields, never a panic
		_, _ = ParseProtobuf(s2.EncodeSnappy(nil, good[:n]), 1000, free)
	}
	for _, labels := range []string{``, `{`, `}`, `{a}`, `{a=b}`, `{a="b}`, `x{a="b"}`} {
		_, err := ParseProtobuf(s2.EncodeSnappy(nil, message(1, message(1, labels))), 1000, free)
		require.ErrorIs(t, err, ErrProtobuf, labels)
	}
	_, err = ParseProtobuf([]byte("no snappy"), 1000, free)
	require.ErrorIs(t, err, ErrProtobuf)
}

// TestWeight: what is little to send may be much to hold. It is paid for before it is taken.
func TestWeight(t *testing.T) {
	const many = 20_000
	for name, c := range map[string]struct {
		entry []byte
		text  string
	}{
		"empty lines": {nil, `["0",""]`},
		"lines":       {message(2, strings.Repeat("line", 50)), `["0","` + strings.Repeat("line", 50) + `"]`},
		"metadata":    {message(2, "x", 3, message(1, "a", 2, "b"), 3, message(1, "c", 2, "d")), `["0","x",{"a":"b","c":"d"}]`},
	} {
		for kind, parse := range map[string]func(pay func(int64) error) (Push, error){
			"protobuf": func(pay func(int64) error) (Push, error) {
				body := message(1, `{job="web"}`)
				for range many {
					body = append(body, message(2, c.entry)...)
				}
				return ParseProtobuf(s2.EncodeSnappy(nil, message(1, body)), 16<<20, pay)
			},
			"JSON": func(pay func(int64) error) (Push, error) {
				return ParseJSON([]byte(`{"streams":[{"stream":{"job":"web"},"values":[`+strings.Repeat(c.text+",", many-1)+c.text+`]}]}`), pay)
			},
		} {
			t.Run(name+" in "+kind, func(t *testing.T) {
				before, paid := lives(), int64(0)
				p, err := parse(func(n int64) error { paid += n; return nil })
				require.NoError(t, err)
				require.Len(t, p.Streams[0].Entries, many)
				takes := lives() - before
				runtime.KeepAlive(p)
				assert.GreaterOrEqual(t, paid, takes*3/4, "about")
				assert.Less(t, paid, 6*takes)
				calls := 0
				_, err = parse(func(int64) error { calls++; return io.ErrShortBuffer })
				require.ErrorIs(t, err, io.ErrShortBuffer)
				assert.Equal(t, 1, calls)
			})
		}
	}
}

// lives is how much memory is in use. What pools hold goes with the second collection.
func lives() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func TestTimesFarAway(t *testing.T) {
	for seconds, want := range map[int]time.Time{1772704800: time.Unix(1772704800, 0).UTC(), 1 << 60: {}, -1 << 60: {}} {
		e, err := entry(message(1, message(1, seconds), 2, "x"))
		require.NoError(t, err)
		assert.Equal(t, want, e.Time)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"streams":[{"stream":{"a":"b"},"values":[["1","x",{}]]}]}`))
	f.Add(message(1, message(1, `{job="web"}`, 2, message(2, "line"))))
	f.Fuzz(func(_ *testing.T, text []byte) {
		_, _ = ParseJSON(text, free)
		_, _ = ParseProtobuf(text, 1<<20, free)
		_, _ = ParseProtobuf(s2.EncodeSnappy(nil, text), 1<<20, free)
	})
}
