package texts

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/sawlog/sawlog/lib/internal/linetest"
)

func TestNamesDiffer(t *testing.T) {
	var n Names
	for _, c := range [][2]string{{"a", "a"}, {"a_2", "a_2"}, {"a", "a_3"}, {"a", "a_4"}, {"b", "b"}, {"a_2", "a_2_2"}, {"a_5", "a_5"}, {"a", "a_6"}, {"", ""}, {"", "_2"}} {
		assert.Equal(t, c[1], n.Give(c[0]))
	}
	assert.True(t, n.Taken("a_6"))
	assert.False(t, n.Taken("a_7"))
}

func TestOneNameManyTimesTakesLinearTime(t *testing.T) {
	linetest.Linear(t, 10_000, func(n int) {
		var names Names
		for range n {
			names.Give("a")
		}
	})
}
