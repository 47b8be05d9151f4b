package redis

import (
	"context"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/examples/services/internal/cache"
)

func open(t *testing.T, url string) *Backend {
	t.Helper()
	b, err := Open(url, nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = b.Close() })
	return b
}

func TestBackend(t *testing.T) {
	double := miniredis.RunT(t)
	t.Run("double", func(t *testing.T) { backend(t, "redis://"+double.Addr()) })
	t.Run("real", func(t *testing.T) {
		url := os.Getenv("REDIS_URL")
		if url == "" {
			t.Skip("it needs Redis: ./build.sh services test starts one, or set REDIS_URL")
		}
		backend(t, url)
	})
}

func backend(t *testing.T, url string) {
	b, other := open(t, url), open(t, url)
	key := "k" + strconv.FormatInt(time.Now().UnixNano(), 10)
	_, found, err := b.Get(t.Context(), key)
	require.NoError(t, err)
	assert.False(t, found)
	require.NoError(t, b.Set(t.Context(), key, []byte("v"), 300*time.Millisecond))
	value, found, err := other.Get(t.Context(), key)
	require.NoError(t, err)
	assert.True(t, found)
	assert.Equal(t, "v", string(value))
	before, err := b.Generation(t.Context())
	require.NoError(t, err)
	require.NoError(t, other.Step(t.Context()))
	after, err := b.Generation(t.Context())
	require.NoError(t, err)
	assert.Equal(t, before+1, after, "other processes see it")
	require.NoError(t, b.Set(t.Context(), key+"large", make([]byte, maxValue+1), time.Minute))
	_, found, err = b.Get(t.Context(), key+"large")
	require.NoError(t, err)
	assert.False(t, found)
}

// getter asks the cache for what is worked out from data where it has nothing.
func getter(t *testing.T, c *cache.Cache, data *string) func() string {
	return func() string {
		value, err := c.Do(t.Context(), "k", func(context.Context) ([]byte, error) { return []byte(*data), nil })
		require.NoError(t, err)
		return string(value)
	}
}

// TestItDiesAndComesBack: callers get their answers all the time, at once, and nothing old afterwards.
func TestItDiesAndComesBack(t *testing.T) {
	double := miniredis.RunT(t)
	b := open(t, "redis://"+double.Addr())
	now := time.Now()
	b.now = func() time.Time { return now }
	c := cache.New(b, time.Minute, time.Minute, nil)
	data := "old"
	get := getter(t, c, &data)
	assert.Equal(t, "old", get())
	double.Close()
	data = "new"
	c.Step(t.Context()) // cannot reach it
	begin := time.Now()
	for range 100 {
		assert.Equal(t, "new", get())
	}
	assert.Less(t, time.Since(begin), time.Second, "it is not asked again each time")
	require.NoError(t, double.Restart())
	assert.Equal(t, "new", get(), "still not asked")
	now = now.Add(pause)
	assert.Equal(t, "new", get(), "the step that was owed is made first")
	assert.False(t, b.owed.Load())
	data = "newer"
	assert.Equal(t, "new", get(), "it remembers again")
}

// TestRedisLosesItsKeys all of them, or that of the generation, or comes back from a copy of before: no number comes again, and nothing old is given.
func TestRedisLosesItsKeys(t *testing.T) {
	for name, lose := range map[string]func(*miniredis.Miniredis){
		"all": func(m *miniredis.Miniredis) { m.FlushAll() }, "the generation": func(m *miniredis.Miniredis) { m.Del(generator) },
		"what came last": func(m *miniredis.Miniredis) { require.NoError(t, m.Set(generator, "7")) },
	} {
		t.Run(name, func(t *testing.T) {
			double := miniredis.RunT(t)
			b := open(t, "redis://"+double.Addr())
			c := cache.New(b, time.Minute, time.Minute, nil)
			data := "old"
			get := getter(t, c, &data)
			seen := map[int64]bool{}
			number := func() {
				n, err := b.Generation(t.Context())
				require.NoError(t, err)
				assert.False(t, seen[n], n)
				seen[n] = true
			}
			for range 10 {
				number()
				assert.Equal(t, data, get())
				data += "er"
				c.Step(t.Context())
			}
			assert.Equal(t, data, get())
			copied, err := double.Get(generator)
			require.NoError(t, err)
			lose(double)
			number()
			require.NoError(t, double.Set(generator, copied)) // answers of that number are there still, and a step has been made since
			data = "new"
			lose(double)
			for range 10 {
				c.Step(t.Context())
				number()
				assert.Equal(t, "new", get())
			}
		})
	}
}

// TestTheClockIsSetBack while Redis is away: it is asked again after the same time.
func TestTheClockIsSetBack(t *testing.T) {
	double := miniredis.RunT(t)
	b := open(t, "redis://"+double.Addr())
	double.Close()
	_, err := b.Generation(t.Context())
	require.ErrorIs(t, err, ErrAway)
	require.NoError(t, double.Restart())
	until := *b.until.Load()
	assert.NotEqual(t, until.Round(0).String(), until.String(), "it has the monotonic clock, by which times are compared")
}

// TestAURLThatIsNone is not repeated: there is a password in it.
func TestAURLThatIsNone(t *testing.T) {
	for _, url := range []string{"redis://:s3cr%zz@127.0.0.1:1", "redis://:s3cr@127.0.0.1:port", "redis://:s3cr/et@127.0.0.1:1", "rdis://:s3cr@127.0.0.1", ":s3cr@127.0.0.1"} {
		_, err := Open(url, nil)
		require.Error(t, err, url)
		assert.NotContains(t, err.Error(), "s3cr")
	}
}
