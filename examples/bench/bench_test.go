package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/examples/bench/report"
)

func TestTable(t *testing.T) {
	run := func(seconds float64, check string) report.Result {
		return report.Result{Seconds: seconds, Check: check, BaseKB: 1000, PeakKB: 2000}
	}
	named := func(name string) contender { return contender{Entry: report.Entry{Name: name}} }
	m := &measured{benchCase: &benchCase{name: "combined", today: "re", note: "A note."}, input: input{"x", 100e6, 445386}, wc: []float64{0.02, 0.01, 0.5}, rows: []row{
		{contender: named("one"), results: [2][]report.Result{{run(0.2, "a"), run(0.1, "a"), run(0.4, "a")}, {run(0.1, "a")}}},
		{contender: named("re"), results: [2][]report.Result{{run(1, "a")}, nil}},
		{contender: named("three"), results: [2][]report.Result{{run(40, "b")}, nil}},
		{contender: named("four"), failure: "exit status 1"},
	}}
	assert.Equal(t, `
**combined**: 100 MB, 445,386 lines; `+"`wc -l`"+` on one core: 5000 MB/s. A note.

| | MB/s, one core | two cores | of `+"`wc -l`"+` | of re | memory, one core |
|---|--:|--:|--:|--:|--:|
| one | 500 | 1000 | 10 % | 5.0× | 1 MB |
| re | 100 |  | 2.0 % | 1.0× | 1 MB |
| three (check differs: b) | 2.5 |  | 0.1 % | 0.0× | 1 MB |
| four | failed | | | | |
`, m.table())
	m.cpu = true
	for i := range m.rows[0].results[0] {
		m.rows[0].results[0][i].CPU = 0.05
	}
	assert.Contains(t, m.table(), "\n**combined**: 100 MB, 445,386 lines. A note.\n\n| | MB for a second of processor time | of re | memory |\n|---|--:|--:|--:|\n| one | 2000 |")
	m.cpu = false
	m.benchCase, m.rows = &benchCase{name: "line", perLine: true}, m.rows[:1]
	m.input.lines = 100_000
	assert.Contains(t, m.table(), "\n| one | 2.00 |\n")
}

func TestMedian(t *testing.T) {
	assert.Equal(t, 2.0, median([]float64{9, 1, 2}))
	assert.Equal(t, 2.5, median([]float64{9, 1, 2, 3}))
}

func TestFill(t *testing.T) {
	t.Chdir(t.TempDir())
	assert.Error(t, fill("README.md", "x"))
	require.NoError(t, os.WriteFile("README.md", []byte("head\n"+beginMark+"old\n"+endMark+"\ntail\n"), 0o644))
	require.NoError(t, fill("README.md", "new\n"))
	require.NoError(t, fill("README.md", "newer\n"))
	got, err := os.ReadFile("README.md")
	require.NoError(t, err)
	assert.Equal(t, "head\n"+beginMark+"newer\n"+endMark+"\ntail\n", string(got))
	assert.Contains(t, note(true), "--cpu")
	assert.NotContains(t, note(false), "--cpu")
}

func TestSummary(t *testing.T) {
	one := func(name string, seconds float64) row {
		return row{contender: contender{Entry: report.Entry{Name: name}}, results: [2][]report.Result{{{Seconds: seconds}}, nil}}
	}
	hand := one("by hand", 0.03)
	hand.Yardstick = true
	m := &measured{benchCase: &benchCase{name: "combined", today: "re"}, input: input{bytes: 100e6}, rows: []row{
		hand,
		one("**sawlog** from Go", 0.04), one("**sawlog** from C", 0.05), one("PCRE2", 0.1), one("re", 4), {contender: contender{Entry: report.Entry{Name: "gone"}}, failure: "x"}}}
	assert.Equal(t, "| combined | 2000 | PCRE2: 1000 (2.0\u00d7) | re: 25 (80\u00d7) |\n", m.summary())
}

// Of the programs that could be built here no contender may be lost.
func TestContendersAreListed(t *testing.T) {
	t.Chdir("../..")
	for program, wanted := range map[string]map[string][]string{
		"build/bin/rust-bench": {
			"Rust sonic-rs":          {"ndjson", "ndjson-deep", "ndjson-shapes", "ndjson-escapes"},
			"Rust simd-json":         {"ndjson", "ndjson-deep", "ndjson-shapes", "ndjson-escapes"},
			"Rust regex":             {"combined", "combined-real", "refuse", "rows", "line", "pattern"},
			"Rust regex, serde_json": {"rows-json"},
			"Rust syslog_loose":      {"syslog3164", "syslog5424"},
		},
		"build/bin/c-hand": {
			"C by hand, for this one format": {"combined", "combined-real", "refuse", "rows", "line", "syslog3164", "pattern"},
		},
		"build/bin/bench-peers": {
			"Go Loki pattern": {"combined", "combined-real", "refuse", "rows", "line", "combined-gz", "pattern"},
			"Go Loki logfmt":  {"logfmt"},
		},
	} {
		t.Run(program, func(t *testing.T) {
			if _, err := os.Stat(program); err != nil {
				t.Skip("it is not built: ./build.sh bench")
			}
			all, err := contenders()
			require.NoError(t, err)
			got := map[string][]string{}
			for _, c := range all {
				if c.command[0] == program && wanted[c.Name] != nil {
					got[c.Name] = append(got[c.Name], c.Cases...)
				}
			}
			assert.Equal(t, wanted, got)
		})
	}
}

// All contenders that are here must come to the same sums on a small input of each case, and so must sawlog from every language.
func TestContendersAgree(t *testing.T) {
	t.Chdir("../..")
	if _, err := os.Stat("build/bin/c-bench"); err != nil {
		t.Skip("the programs are not built: ./build.sh bench")
	}
	all, err := contenders()
	require.NoError(t, err)
	for i := range cases {
		c := &cases[i]
		t.Run(c.name, func(t *testing.T) {
			in, err := makeInput(c, "200KB")
			require.NoError(t, err)
			if in.file == "" {
				t.Skip("no real log here")
			}
			m := measure(c, in, in, all, 1, 1)
			require.NotEmpty(t, m.rows)
			assert.Equal(t, "**sawlog** from Go", m.rows[0].Name)
			for _, r := range m.rows {
				if assert.Empty(t, r.failure, r.Name) {
					got := r.results[0][0]
					assert.Equal(t, m.rows[0].results[0][0].Check, got.Check, r.Name)
					assert.Equal(t, in.lines, got.Rows+got.Rejects, r.Name)
					assert.Equal(t, c.name == "refuse", got.Rows == 0, r.Name)
				}
			}
		})
	}
}
