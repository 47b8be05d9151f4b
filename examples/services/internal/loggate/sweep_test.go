package loggate

import (
	"bytes"
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/sawlog/sawlog/examples/services/internal/store"
)

type expiring struct {
	store.Store
	before []time.Time
}

func (e *expiring) Expire(_ context.Context, before time.Time) (int64, error) {
	e.before = append(e.before, before)
	return 0, nil
}

// TestAClockThatIsSetForward and back costs no records; one that stays there does when it has been so for an hour.
func TestAClockThatIsSetForward(t *testing.T) {
	var out bytes.Buffer
	s := &expiring{}
	now, running := time.Date(2026, 3, 5, 12, 0, 0, 0, time.UTC), time.Duration(0)
	w := sweeper{store: s, log: slog.New(slog.NewTextHandler(&out, nil)), retention: 30 * 24 * time.Hour, now: func() time.Time { return now }, running: func() time.Duration { return running }}
	hour := func(set time.Duration) (removes bool) {
		now, running = now.Add(time.Hour+set), running+time.Hour
		n := len(s.before)
		w.once(t.Context())
		return len(s.before) > n
	}
	const year = 365 * 24 * time.Hour
	assert.True(t, hour(0))
	assert.True(t, hour(0))
	assert.False(t, hour(year))
	assert.Contains(t, out.String(), "by=8760h0m0s")
	assert.True(t, hour(-year))
	assert.Equal(t, time.Date(2026, 2, 3, 16, 0, 0, 0, time.UTC), s.before[len(s.before)-1])
	assert.True(t, hour(time.Minute), "small steps are usual")
	assert.False(t, hour(year))
	assert.True(t, hour(0), "it has been so for an hour")
}
