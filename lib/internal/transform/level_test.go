package transform

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestWordsBelowDebug(t *testing.T) {
	for word, want := range map[string]bool{"trace": true, "TRACE": true, "T": true, "Finest": true, "finer": true, "debug": false, "": false, "fine": false, "traces": false} {
		assert.Equal(t, want, isTrace([]byte(word)), word)
	}
	severity, trace, known := meaning([]byte("FINEST"))
	assert.Equal(t, []any{uint64(7), true, true}, []any{severity, trace, known})
	word := []byte("FINEST")
	assert.Zero(t, testing.AllocsPerRun(100, func() { isTrace(word); meaning(word) }))
}
