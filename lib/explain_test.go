package sawlog

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/formats"
)

// What Explain says of a line is what parsing does with it, wherever the line goes wrong.
func TestExplainAgreesWithParse(t *testing.T) {
	all, err := formats.All()
	require.NoError(t, err)
	step := 5
	if testing.Short() {
		step = 97
	}
	for _, f := range all {
		if f.Name == "journald_export" {
			continue // a line is no record there
		}
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			p, err := NewParser(fmt.Sprintf(`{"format": %q}`, f.Name))
			require.NoError(t, err)
			for _, s := range f.Samples {
				for at := 1; at < len(s.Input) && !strings.Contains(s.Input, "\n"); at += step {
					for _, line := range []string{s.Input[:at], s.Input[:at] + "=" + s.Input[at+1:], s.Input[:at] + "\"" + s.Input[at:]} {
						explained(t, p, line)
					}
				}
			}
		})
	}
}

func explained(t *testing.T, p *Parser, line string) {
	batch, check := p.Parse([]byte(line+"\n")), p.Explain([]byte(line))
	defer batch.Release()
	if batch.Rejects() == 0 {
		assert.True(t, check.OK, "%q: %+v", line, check)
		return
	}
	assert.Equal(t, batch.Reject(0).Fault.String(), check.Fault, "%q: %+v", line, check)
	assert.NotEmpty(t, check.Expected, "%q: %+v", line, check)
	assert.LessOrEqual(t, check.Offset, len(line), "%q: %+v", line, check)
}
