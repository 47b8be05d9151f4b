package match

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/linetest"
)

// A list is gone through once, whatever is in it: where there was a dash for each server that was tried, it was asked again with each of them
// whether there was nothing else, which took half a minute of 240 KB.
func TestAListOfDashesIsGoneThroughOnce(t *testing.T) {
	w := compile(t, "nginx", "$status $upstream_response_time $upstream_status", Options{}).NewWorker()
	p := w.(*worker).p
	linetest.Linear(t, 2500, func(tried int) {
		rows, rejects := parse(p, w, "200 "+strings.Repeat("-, ", tried)+"1.5 "+strings.Repeat("-, ", tried)+"200\n")
		require.Empty(t, rejects)
		require.Len(t, rows, 1)
		assert.Equal(t, 2*tried, strings.Count(rows[0], "null"))
		assert.Contains(t, rows[0], `null,1500000000]`)
	})
	rows, _ := parse(p, w, "200 -, - -, -\n200 - -\n")
	nothing := `{"status":200,"upstream_durations":[],"upstream_statuses":[]}`
	assert.Equal(t, []string{nothing, nothing}, rows)
}
