package sawlog_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	sawlog "github.com/sawlog/sawlog/lib"
)

// A line with several log records gives several rows, which all stand on that line; one with none is a continuation.
func TestOTLPRowsStandOnTheirLine(t *testing.T) {
	line := func(bodies ...string) string {
		records := make([]string, len(bodies))
		for i, body := range bodies {
			records[i] = `{"body":{"stringValue":"` + body + `"}}`
		}
		return `{"resourceLogs":[{"scopeLogs":[{"logRecords":[` + strings.Join(records, ",") + `]}]}]}` + "\n"
	}
	text := line("a", "b", "c") + line() + "no request\n" + line("d") + line("e", "f")
	for _, threads := range []int{1, 2} {
		for _, block := range []int{0, 40, 200} {
			o, err := sawlog.ParseOptions(`{"format": "otlp_json", "meta": ["line", "offset"], "columns": ["message", "_line", "_offset"]}`)
			require.NoError(t, err)
			o.Threads, o.BlockSize = threads, block
			r, err := sawlog.OpenReader(strings.NewReader(text), o)
			require.NoError(t, err)
			var got []string
			for {
				b, err := r.Next()
				if err == io.EOF {
					break
				}
				require.NoError(t, err)
				for i := range b.Len() {
					got = append(got, string(b.AppendJSON(nil, i, true)))
				}
				for i := range b.Rejects() {
					got = append(got, fmt.Sprint("line ", b.Reject(i).Line))
				}
				b.Release()
			}
			starts := []int{0, len(line("a", "b", "c")), 0, 0}
			starts[2] = starts[1] + len(line()) + len("no request\n")
			starts[3] = starts[2] + len(line("d"))
			var want []string
			for i, message := range []string{"a", "b", "c", "d", "e", "f"} {
				at, n := []int{0, 0, 0, 2, 3, 3}[i], []int{1, 1, 1, 4, 5, 5}[i]
				want = append(want, fmt.Sprintf(`{"message":"%s","_line":%d,"_offset":%d}`, message, n, starts[at]))
			}
			assert.ElementsMatch(t, append(want, "line 3"), got, "%d threads, blocks of %d", threads, block)
			stats := r.Stats()
			assert.Equal(t, []int64{5, 6, -2, 1}, []int64{stats.Lines, stats.Records, stats.Continuations, stats.Rejects})
			require.NoError(t, r.Close())
		}
	}
	for _, definition := range []string{`{"formats": ["otlp_json", "json"]}`, `{"format": "otlp_json", "envelope": "docker_json"}`} {
		_, err := sawlog.NewParser(definition)
		assert.ErrorContains(t, err, "several rows of a line", definition)
	}
}
