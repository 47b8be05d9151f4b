package loggate

import (
	"context"
	"log/slog"
	"time"

	"github.com/sawlog/sawlog/examples/services/internal/store"
)

const sweepEvery = time.Hour

// sweep removes old records, now and every hour.
func (s *Service) sweep(ctx context.Context) {
	if s.config.Retention <= 0 {
		return
	}
	ctx, s.stopSweep = context.WithCancel(context.WithoutCancel(ctx))
	s.sweeping = make(chan struct{})
	begin := time.Now()
	w := sweeper{store: s.store, log: s.telemetry.Log, retention: s.config.Retention, now: time.Now, running: func() time.Duration { return time.Since(begin) }}
	go func() {
		defer close(s.sweeping)
		tick := time.NewTicker(sweepEvery)
		defer tick.Stop()
		for {
			w.once(ctx)
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
		}
	}()
}

// sweeper removes what is older than retention, by a clock that it does not believe whatever it says: one that is set to a day of next year, and back
// when somebody has seen it, must not cost all that is stored.
type sweeper struct {
	store     store.Store
	log       *slog.Logger
	retention time.Duration
	now       func() time.Time
	running   func() time.Duration // by the monotonic clock, which nobody sets

	last   time.Time
	lasted time.Duration
}

func (w *sweeper) once(ctx context.Context) {
	if ahead := w.ahead(); ahead > sweepEvery {
		w.log.ErrorContext(ctx, "the clock was set forward: nothing is removed before the next time", "by", ahead.Round(time.Second).String(), "next", sweepEvery.String())
		return
	}
	n, err := w.store.Expire(ctx, w.now().Add(-w.retention))
	if err != nil && ctx.Err() == nil {
		w.log.ErrorContext(ctx, "expire", "error", err)
	} else if n > 0 {
		w.log.InfoContext(ctx, "expired", "records", n)
	}
}

// ahead is by how much the clock has gone faster than time since it was looked at last. A machine that was asleep looks the same.
func (w *sweeper) ahead() (ahead time.Duration) {
	now, running := w.now().Round(0), w.running()
	if !w.last.IsZero() {
		ahead = now.Sub(w.last) - (running - w.lasted)
	}
	w.last, w.lasted = now, running
	return ahead
}
