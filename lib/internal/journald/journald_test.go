package journald

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// rows are what entries give, one at a time; "! fault" for one that is none.
func rows(t testing.TB, o Options, entries ...string) (out []string) {
	t.Helper()
	p, err := Compile(o)
	require.NoError(t, err)
	bound, err := p.Bind([]byte(strings.Join(entries, "\n\n")))
	require.NoError(t, err)
	w := bound.NewRecordWorker()
	for _, entry := range entries {
		data := append(append([]byte(entry), '\n'), make([]byte, scan.Slack)...)
		n := len(entry) + 1
		b := record.NewBuilder(bound.Schema(), record.Heap, Present)
		b.Start(1)
		b.Begin(data, n, false)
		w.Parse(b, data, n)
		batch := b.Finish()
		require.Equal(t, 1, batch.Len()+batch.Rejects(), "%q", entry)
		check := w.Explain([]byte(entry))
		if batch.Len() == 1 {
			assert.True(t, check.OK, "%q: %+v", entry, check)
			out = append(out, string(batch.AppendJSON(nil, 0, true)))
			continue
		}
		assert.Equal(t, batch.Fault(0).String(), check.Fault, "%q", entry)
		assert.True(t, strings.HasPrefix(entry, string(batch.Reject(0).Raw)))
		out = append(out, "! "+check.Fault)
	}
	return out
}

func TestEntries(t *testing.T) {
	for _, c := range []struct {
		name    string
		options Options
		entries []string
		want    []string
	}{
		{"lines", Options{}, []string{"A=1\nB=x=y\nC="}, []string{`{"A":1,"B":"x=y","C":""}`}},
		{"a value with its length", Options{}, []string{"A\n\x03\x00\x00\x00\x00\x00\x00\x00x\ny\nB=2"}, []string{`{"A":"x\ny","B":2}`}},
		{"at the end", Options{}, []string{"B=2\nA\n\x02\x00\x00\x00\x00\x00\x00\x00\n\n"}, []string{`{"B":2,"A":"\n\n"}`}},
		{"an empty value", Options{}, []string{"A\n\x00\x00\x00\x00\x00\x00\x00\x00\nB=2"}, []string{`{"A":"","B":2}`}},
		{"a length that lies", Options{}, []string{"A\n\x04\x00\x00\x00\x00\x00\x00\x00xyz", "A\n\x02\x00\x00\x00\x00\x00\x00\x00xyz", "A\n\x02", "A\n\xff\xff\xff\xff\xff\xff\xff\xffx", "A"}, []string{"! no_match", "! no_match", "! no_match", "! no_match", "! no_match"}},
		{"names", Options{}, []string{"_A9=1", "9A=1", "a=1", "=1", "A B=1", strings.Repeat("A", 65) + "=1"}, []string{`{"_A9":1}`, "! no_match", "! no_match", "! no_match", "! no_match", "! no_match"}},
		{"a name twice", Options{}, []string{"A=1\nA=x", "A=2"}, []string{`{"A":[1,"x"]}`, `{"A":"2"}`}},
		{"a declared one twice, and one that does not fit", Options{Infer: infer.Options{Fields: []infer.Declared{{Name: "A", Type: record.Int}}}}, []string{"A=1\nA=2", "A=x"}, []string{`{"A":2}`, "! bad_value"}},
		{"too long", Options{Line: 5}, []string{"A=123", "A=1234"}, []string{`{"A":123}`, "! too_long"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := rows(t, c.options, c.entries...)
			for i := range got {
				if strings.HasPrefix(c.want[i], "!") {
					assert.Equal(t, c.want[i], got[i], "%q", c.entries[i])
				} else {
					assert.JSONEq(t, c.want[i], got[i], "%q", c.entries[i])
				}
			}
		})
	}
}

func TestRecords(t *testing.T) {
	p, err := Compile(Options{})
	require.NoError(t, err)
	for _, c := range []struct {
		sample         string
		records, lines int
	}{
		{"__CURSOR=x\nA=1\nB\nb=1", 2, 4},
		{"A=1\nB=2", 0, 2},
		{"", 0, 0},
	} {
		records, lines := p.Records([]byte(c.sample))
		assert.Equal(t, []int{c.records, c.lines}, []int{records, lines}, c.sample)
	}
}

func FuzzEntries(f *testing.F) {
	f.Add("A=1\nB\n\x02\x00\x00\x00\x00\x00\x00\x00x\n\nC=3")
	f.Add("A\n\xff\xff\xff\xff\xff\xff\xff\x7f")
	f.Add("\n\n")
	f.Fuzz(func(t *testing.T, entry string) {
		if entry != "" && !strings.HasSuffix(entry, "\r") {
			rows(t, Options{}, entry)
		}
	})
}
