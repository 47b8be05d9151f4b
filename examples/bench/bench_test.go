package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTable(t *testing.T) {
	run := func(seconds float64, check string) result {
		return result{Seconds: seconds, Check: check, BaseKB: 1000, PeakKB: 2000}
	}
	m := &measured{name: "combined", input: input{"x", 100e6, 445386}, wc: []float64{0.02, 0.01, 0.5}, rows: []row{
		{contender: contender{name: "one"}, results: [2][]result{{run(0.2, "a"), run(0.1, "a"), run(0.4, "a")}, {run(0.1, "a")}}},
		{contender: contender{name: "Python re, strptime"}, results: [2][]result{{run(1, "a")}, nil}},
		{contender: contender{name: "three"}, results: [2][]result{{run(2, "b")}, nil}},
		{contender: contender{name: "four"}, failure: "exit status 1"},
		{contender: contender{name: "five"}, failure: "not installed: x", absent: true},
	}}
	assert.Equal(t, `
**combined**: 100 MB, 445,386 lines; `+"`wc -l`"+` on one core: 5000 MB/s

| | MB/s, one core | two cores | of `+"`wc -l`"+` | of Python re, strptime | memory, one core |
|---|--:|--:|--:|--:|--:|
| one | 500 | 1000 | 10 % | 5.0× | 1 MB |
| Python re, strptime | 100 |  | 2 % | 1.0× | 1 MB |
| three (check differs: b) | 50 |  | 1 % | 0.5× | 1 MB |
| four | failed | | | | |
`, m.table())
	m.name, m.rows = "line", m.rows[:1]
	m.input.lines = 100_000
	assert.Contains(t, m.table(), "\n| one | 2.00 |\n")
}

func TestMedian(t *testing.T) {
	assert.Equal(t, 2.0, median([]float64{9, 1, 2}))
	assert.Equal(t, 2.5, median([]float64{9, 1, 2, 3}))
}

func TestFillReadme(t *testing.T) {
	t.Chdir(t.TempDir())
	assert.Error(t, fillReadme("x"))
	require.NoError(t, os.WriteFile("README.md", []byte("head\n"+beginMark+"old\n"+endMark+"\ntail\n"), 0o644))
	require.NoError(t, fillReadme("\nnew\n"))
	require.NoError(t, fillReadme("\nnewer\n"))
	got, err := os.ReadFile("README.md")
	require.NoError(t, err)
	assert.Regexp(t, `(?s)^head\n`+beginMark+`[^\n]+Medians[^\n]+\n\nnewer\n`+endMark+`\ntail\n$`, string(got))
}

// All programs that are here must come to the same sums on a small input.
func TestProgramsAgree(t *testing.T) {
	t.Chdir("../..")
	if _, err := os.Stat("build/bin/c-bench"); err != nil {
		t.Skip("the programs are not built: ./build.sh bench")
	}
	for _, name := range []string{"combined", "combined-gz", "ndjson", "logfmt", "line"} {
		t.Run(name, func(t *testing.T) {
			in, err := makeInput(name, "2MB")
			require.NoError(t, err)
			m := measure(name, in, 1)
			agreed := m.agreed()
			assert.Regexp(t, `^rows=\d{4,} .*=\d{6,}`, agreed)
			for _, r := range m.rows {
				if r.absent {
					continue
				}
				if assert.Empty(t, r.failure, r.name) {
					assert.Equal(t, agreed, r.results[0][0].Check, r.name)
					assert.Zero(t, r.results[0][0].Rejects, r.name)
				}
			}
		})
	}
}
