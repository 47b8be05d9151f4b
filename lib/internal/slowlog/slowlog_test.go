package slowlog

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

func parse(p *Plan, w record.Worker, text string) (rows, rejects []string) {
	data := append([]byte(text), make([]byte, scan.Slack+1)...)
	for i := len(text); i < len(data); i++ {
		data[i] = '\n'
	}
	b := record.NewBuilder(p.Schema(), record.Heap, Present)
	b.Start(1)
	b.Begin(data, len(text)+1, false)
	w.Parse(b, data, len(text)+1)
	batch := b.Finish()
	for i := range batch.Len() {
		rows = append(rows, string(batch.AppendJSON(nil, i, true)))
	}
	for i := range batch.Rejects() {
		rejects = append(rejects, batch.Reject(i).Fault.String())
	}
	return rows, rejects
}

func TestRecords(t *testing.T) {
	p, err := Compile(Options{})
	require.NoError(t, err)
	w := p.NewRecordWorker()
	for _, c := range []struct{ text, row, fault string }{
		{"# Time: 2026-03-05T07:09:10Z\n# User@Host: a b[c] @ h [::1]  Id: 5\n# X: 1 y  Z: 2\nselect 1;\n\n", `{"time":"2026-03-05T07:09:10Z","user":"a b","host":"h","client":"::1","connection_id":5,"statement":"select 1;","attributes":{"X":"1 y","Z":"2"}}`, ""},
		{"# User@Host: a[b] @ h []\nuse d;\nSET timestamp=1772694550.25;\nuse e;", `{"time":"2026-03-05T07:09:10.25Z","user":"a","host":"h","database":"d","statement":"use e;"}`, ""},
		{"# User@Host: a[b] @ h []\nuse d;", `{"user":"a","host":"h","statement":"use d;"}`, ""},
		{"# User@Host: a[b] @ h []\n# Schema: x  Query_time: 0.5\n", `{"user":"a","host":"h","database":"x","duration":500000000}`, ""},
		{"# User@Host: a[b] @ h []\n# \n#\n", `{"user":"a","host":"h","statement":"#"}`, ""},
		{"# User@Host: a[b] @ h []\n# Rows_affected: 1\n#\n# explain: 1\tnone: x\n#\nuse d;\nSET timestamp=1772694550;\nselect 1;", `{"time":"2026-03-05T07:09:10Z","user":"a","host":"h","database":"d","statement":"select 1;","attributes":{"Rows_affected":"1","explain":"1\tnone: x"}}`, ""},
		{"# User@Host: a[b] @ h []\n# explain: ", `{"user":"a","host":"h","attributes":{"explain":""}}`, ""},
		{"# Time: 260305  7:09:10", `{"time":"2026-03-05T07:09:10Z"}`, ""},
		{"# Time: 260305  7:09:61", "", "bad_value"}, {"# Time: 2026-03-05T07:09:10Z x", "", "bad_value"}, {"# User@Host: a", "", "bad_value"}, {"# User@Host: a @ h", "", "bad_value"}, {"# User@Host: a @ h [", "", "bad_value"},
		{"# User@Host: a[b] @ h [] Id: x", "", "bad_value"}, {"# Time: 2026-03-05T07:09:10Z\n# Rows_sent: many", "", "bad_value"}, {"# Query_time: 1", "", "no_match"}, {"select 1;", "", "no_match"}, {"", "", "empty"},
	} {
		for _, text := range []string{c.text, strings.ReplaceAll(c.text, "\n", "\r\n")} {
			rows, rejects := parse(p, w, text)
			check := w.Explain([]byte(text))
			if c.fault != "" {
				assert.Equal(t, []string{c.fault}, rejects, text)
				assert.Equal(t, c.fault, check.Fault, text)
				continue
			}
			if assert.Len(t, rows, 1, "%q: %+v", text, check) {
				assert.JSONEq(t, c.row, rows[0], text)
			}
			assert.True(t, check.OK, text)
		}
	}
}

func TestOptions(t *testing.T) {
	p, err := Compile(Options{Columns: []string{"rows_sent", "u"}, Rename: map[string]string{"user": "u"}, Line: 60, Reject: true})
	require.NoError(t, err)
	w := p.NewRecordWorker()
	rows, _ := parse(p, w, "# User@Host: a[b] @ h []\n# Rows_sent: 5  Other: x")
	assert.Equal(t, []string{`{"u":"a","rows_sent":5}`}, rows)
	for text, fault := range map[string]string{"# Time: \xff": "bad_utf8", "# Time: " + strings.Repeat("x", 60): "too_long", "": "empty"} {
		_, rejects := parse(p, w, text)
		assert.Equal(t, []string{fault}, rejects)
		assert.Equal(t, fault, w.Explain([]byte(text)).Fault)
	}
	_, err = Compile(Options{Columns: []string{"usr"}})
	assert.ErrorContains(t, err, `no field "usr"`)
	_, err = Compile(Options{Rename: map[string]string{"user": "host"}})
	assert.Error(t, err)
	rows, rejects := parse(p, p.NewWorker(), "# User@Host: a[b] @ h []\n# Rows_sent: 5")
	assert.Len(t, rows, 1)
	assert.Len(t, rejects, 1)
}

// Explain agrees with Parse, and nothing panics.
func FuzzRecords(f *testing.F) {
	f.Add([]byte("# Time: 2026-03-05T07:09:10Z\r\n# User@Host: a[b] @ h [::1]  Id: 5\n# X: 1  Query_time: 2\nuse d;\nSET timestamp=1;\nselect 1;\n"))
	f.Add([]byte("# User@Host: a @ [\n# : : a:\n# administrator command: Quit;"))
	p, err := Compile(Options{})
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, text []byte) {
		w := p.NewRecordWorker()
		rows, rejects := parse(p, w, string(text))
		require.Equal(t, 1, len(rows)+len(rejects))
		if n := len(text); n > 0 && text[n-1] == '\r' {
			text = text[:n-1]
		}
		check := w.Explain(text)
		require.Equal(t, len(rows) == 1, check.OK)
		require.LessOrEqual(t, check.Offset, len(text))
	})
}
