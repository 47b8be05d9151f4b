package loki

import (
	"testing"
	"time"

	"github.com/klauspost/compress/s2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"
)

var at = time.Unix(1772704800, 5).UTC()

func TestParseJSON(t *testing.T) {
	p, err := ParseJSON([]byte(`{"streams":[{"stream":{"job":"web"},"values":[["1772704800000000005","a line"],["1772704800000000005","b",{"pod":"p1"}]]},{"stream":{},"values":[]}]}`))
	require.NoError(t, err)
	assert.Equal(t, []Entry{{Time: at, Line: "a line"}, {Time: at, Line: "b", Metadata: map[string]string{"pod": "p1"}}}, p.Streams[0].Entries)
	assert.Equal(t, "web", p.Streams[0].Source())
	assert.Equal(t, "loki", p.Streams[1].Source())
	for _, bad := range []string{``, `[]`, `{"streams":[{"values":[["1"]]}]}`, `{"streams":[{"values":[[1,"x"]]}]}`, `{"streams":[{"values":[["x","x"]]}]}`,
		`{"streams":[{"values":[["1",2]]}]}`, `{"streams":[{"values":[["1","x",[]]]}]}`, `{"streams":[{"values":"x"}]}`} {
		_, err := ParseJSON([]byte(bad))
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
	p, err := ParseProtobuf(s2.EncodeSnappy(nil, good), 1000)
	require.NoError(t, err)
	assert.Equal(t, Push{Streams: []Stream{{Labels: map[string]string{"job": "web", "path": `/a"b,c=d`}, Entries: []Entry{{at, "a line", map[string]string{"pod": "p1"}}}}}}, p)

	_, err = ParseProtobuf(s2.EncodeSnappy(nil, good), 10)
	require.ErrorIs(t, err, ErrProtobuf, "too large")
	for n := range good { // cut anywhere it is an error or fewer fields, never a panic
		_, _ = ParseProtobuf(s2.EncodeSnappy(nil, good[:n]), 1000)
	}
	for _, labels := range []string{``, `{`, `}`, `{a}`, `{a=b}`, `{a="b}`, `x{a="b"}`} {
		_, err := ParseProtobuf(s2.EncodeSnappy(nil, message(1, message(1, labels))), 1000)
		require.ErrorIs(t, err, ErrProtobuf, labels)
	}
	_, err = ParseProtobuf([]byte("no snappy"), 1000)
	require.ErrorIs(t, err, ErrProtobuf)
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"streams":[{"stream":{"a":"b"},"values":[["1","x",{}]]}]}`))
	f.Add(message(1, message(1, `{job="web"}`, 2, message(2, "line"))))
	f.Fuzz(func(_ *testing.T, text []byte) {
		_, _ = ParseJSON(text)
		_, _ = ParseProtobuf(text, 1<<20)
		_, _ = ParseProtobuf(s2.EncodeSnappy(nil, text), 1<<20)
	})
}
