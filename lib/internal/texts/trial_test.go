package texts

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/record"
)

// firstByte keeps the first byte of a line, and refuses some.
type firstByte struct{}

func (firstByte) Read(b *record.Builder, data []byte, i, end int) record.Fault {
	switch {
	case i == end:
		return record.Empty
	case data[i] == '#':
		return Aside
	case data[end] != '\n' || b.Row != 0 || b.IsPresent(&b.Cols[0]):
		return record.BadValue // it is not the first in its block
	}
	b.SetText(&b.Cols[0], data, i, 1)
	b.Present(&b.Cols[0])
	return record.NoFault
}

func TestATrialReadsLinesAlone(t *testing.T) {
	schema, err := record.NewSchema([]record.Field{{Name: "a", Type: record.String}})
	require.NoError(t, err)
	trial := NewTrial(schema)
	for range 3 {
		for line, want := range map[string]record.Fault{"": record.Empty, "# x": Aside, "a": record.NoFault, "longer than the one before": record.NoFault} {
			assert.Equal(t, want, trial.Try([]byte(line), firstByte{}), line)
		}
	}
	line := []byte("some line")
	assert.Zero(t, testing.AllocsPerRun(100, func() { trial.Try(line, firstByte{}) }))
}
