package record_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/linetest"
	"github.com/sawlog/sawlog/lib/record"
)

// A header may have as many columns as fit in a line.
func TestSchemasOfManyFieldsTakeLinearTime(t *testing.T) {
	linetest.Linear(t, 10_000, func(n int) {
		fields := make([]record.Field, n)
		for i := range fields {
			fields[i] = record.Field{Name: strconv.Itoa(i), Type: record.Int}
		}
		_, err := record.NewSchema(fields)
		require.NoError(t, err)
	})
}
