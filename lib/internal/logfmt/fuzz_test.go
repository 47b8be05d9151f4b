package logfmt

import (
	"bytes"
	"testing"
	"unicode/utf8"

	"github.com/goccy/go-json"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/texts"
	"github.com/sawlog/sawlog/lib/record"
)

// FuzzWalkAgrees: whatever a worker has learnt, it gives what the plain parser gives; and nothing is lost.
func FuzzWalkAgrees(f *testing.F) {
	for _, c := range cases {
		f.Add(c.text, c.text, uint8(0))
	}
	f.Add("n=1 t=2026-03-01T00:00:00Z\n", "n=2 t=2026-03-01T00:00:00Z\nn=2 n=3\nt=2026-03-01 00:00:00Z n=1\nt=\"2026-03-01 00:00:00Z\"\n", uint8(1))
	f.Add("a=1 b=x\nb=x a=1\n", "a=1 b=x\nb=x a=1\na=1 b=x a=1\na b\r\n", uint8(2))
	f.Add("s d f=1.5 n=3\n", "s=\"x\\\"\" d=\"\" f=-0 n=-0\r\nf=0123 n=00\nf=1. n=12345678901234567\n", uint8(3))
	f.Add("t=2026-03-01T00:00:00Z a=info b=a.go:1 s=x\n", "t=5 a=WARN b=b.go:2 s=y\nt=x a=\"e\" b=main s\nt=\"2026-03-01 00:00:00\" a=x a=\"\\\"\" b=\"c\\\\d.go:3\"\nb=x:1 b=y\n", uint8(16))
	f.Add("t=2026-03-01T00:00:00Z b=main a=30\n", "b=c.go:1 n=3 t=\nn=x t=1.5 a\n", uint8(20))
	f.Fuzz(func(t *testing.T, sample, text string, mode uint8) {
		if len(sample) > 2000 || len(text) > 2000 {
			return
		}
		o := Options{Infer: infer.Options{Columns: 20}}
		if mode&1 != 0 {
			o.Infer.Fields = []infer.Declared{timeField("t"), durationField("d", "ms"), {Name: "n", Type: record.Int}, {Name: "f", Type: record.Float}, {Name: "s", Type: record.String, Dictionary: true}}
		}
		if mode&2 != 0 {
			o.Line = 40
		}
		if mode&4 != 0 {
			o.Infer.Project = []string{"a", "n", "t"}
		}
		o.Reject = mode&8 != 0
		if mode&16 != 0 {
			o.Infer.Aliases = aliases()
		}
		if mode&32 != 0 {
			o.Infer.Rename = map[string]string{"a": "first", "n": "other"}
		}
		bound := bind(t, o, sample)
		plain := bound.NewWorker().(*worker)
		plain.plain = true
		want := parse(bound, plain, text)
		w := bound.NewWorker().(*worker)
		parse(bound, w, sample)
		for _, on := range []bool{w.quick.on, w.quick.on, false} {
			w.quick.on = on
			require.Equal(t, dump(want), dump(parse(bound, w, text)))
		}
		account(t, want, text, plain)
	})
}

// account checks that records and rejects are the lines, that each reject is where it says, and that rows are JSON.
func account(t *testing.T, batch *record.Batch, text string, w *worker) {
	data, n := block(text)
	require.Equal(t, int64(bytes.Count(data[:n], []byte("\n"))), batch.Lines())
	require.Equal(t, batch.Lines(), int64(batch.Len()+batch.Rejects())+batch.Continuations())
	for i := range batch.Rejects() {
		r := batch.Reject(i)
		require.Equal(t, string(data[r.Offset:int(r.Offset)+len(r.Raw)]), string(r.Raw))
		require.Equal(t, int64(bytes.Count(data[:r.Offset], []byte("\n"))), r.Line-1)
		line := data[r.Offset : r.Offset+r.Length]
		check := w.Explain(line)
		require.Equal(t, r.Fault.String(), check.Fault)
		require.True(t, check.Offset >= 0 && check.Offset <= len(line))
	}
	for i := range batch.Len() {
		require.True(t, json.Valid(batch.AppendJSON(nil, i, false)), "%s", batch.AppendJSON(nil, i, false))
	}
}

// FuzzRoundTrip: what is written as logfmt comes back.
func FuzzRoundTrip(f *testing.F) {
	f.Add("key", "some \"text\" with\nescapes\\", "plain")
	f.Add("a.b", "true", "-5")
	f.Fuzz(func(t *testing.T, key, quoted, plain string) {
		if key == "" || key == "=" || bytes.ContainsAny([]byte(key), " \t\n\r=") || bytes.ContainsAny([]byte(plain), " \t\n\r") || plain != "" && plain[0] == '"' {
			return
		}
		if !utf8.ValidString(key) || !utf8.ValidString(quoted) || !utf8.ValidString(plain) {
			return
		}
		line := key + "_q=" + string(texts.AppendJSON(nil, []byte(quoted))) + " " + key + "_p=" + plain
		bound := bind(t, Options{Infer: infer.Options{Fields: []infer.Declared{{Name: key + "_q", Type: record.String}, {Name: key + "_p", Type: record.String}}}}, line)
		batch := compare(t, bound, line)
		require.Equal(t, 1, batch.Len(), "%q", line)
		require.Equal(t, quoted, batch.Column(key+"_q").Text(0), "%q", line)
		require.Equal(t, plain, batch.Column(key+"_p").Text(0), "%q", line)
	})
}
