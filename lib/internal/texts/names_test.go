package texts

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
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
	var n Names
	start := time.Now()
	for range 200_000 {
		n.Give("a")
	}
	assert.Less(t, time.Since(start), 10*time.Second)
}
