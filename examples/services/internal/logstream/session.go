package logstream

import (
	"context"
	"errors"

	"github.com/twmb/franz-go/pkg/kgo"
)

// session is the way in which input is taken, output is sent, and both are settled together.
type session interface {
	// Poll waits for messages, and gives at most so many.
	Poll(ctx context.Context, most int) kgo.Fetches
	// More gives what else is there already.
	More(most int) kgo.Fetches
	// Wait gives what comes before all that was produced is acknowledged or has failed, and before ctx ends.
	Wait(ctx context.Context, most int) kgo.Fetches
	Begin() error
	Produce(ctx context.Context, r *kgo.Record, promise func(*kgo.Record, error))
	// Flush returns when all that was produced is acknowledged or has failed: promises have been told.
	Flush(ctx context.Context) error
	// Settle makes all output since Begin valid and all input since then done, or, when ok is false, neither. settled says which it was: the
	// group may have given the input to somebody else meanwhile.
	Settle(ctx context.Context, ok bool) (settled bool, err error)
	// Locate gives the offsets of a batch that cannot be read. A damaged one is an error unless it is to be skipped.
	Locate(ctx context.Context, u unread, skip bool) (unread, error)
	// Skip is Settle that takes input as done which was not even read.
	Skip(ctx context.Context, batches []unread) (settled bool, err error)
	Close()
}

// exactlyOnce takes and sends in transactions.
type exactlyOnce struct{ *kgo.GroupTransactSession }

func (s exactlyOnce) Poll(ctx context.Context, most int) kgo.Fetches { return s.PollRecords(ctx, most) }
func (s exactlyOnce) More(most int) kgo.Fetches                      { return more(s.Client(), most) }
func (s exactlyOnce) Wait(ctx context.Context, most int) kgo.Fetches {
	return wait(ctx, s.Client(), most)
}
func (s exactlyOnce) Flush(ctx context.Context) error { return s.Client().Flush(ctx) }

// more gives what the client has already.
func more(k *kgo.Client, most int) kgo.Fetches {
	return k.PollRecords(nil, most) //lint:ignore SA1012 nil means: without waiting
}

// wait flushes meanwhile, so that nothing lingers that is waited for.
func wait(ctx context.Context, k *kgo.Client, most int) kgo.Fetches {
	ctx, cancel := context.WithCancel(ctx)
	flushed := make(chan struct{})
	go func() {
		defer close(flushed)
		_ = k.Flush(ctx)
		cancel()
	}()
	polled := k.PollRecords(ctx, most)
	cancel()
	<-flushed
	return polled
}

func (s exactlyOnce) Settle(ctx context.Context, ok bool) (bool, error) {
	return s.End(ctx, kgo.TransactionEndTry(ok))
}

// atLeastOnce commits offsets when the output has been acknowledged. Until then no partition moves to another member.
type atLeastOnce struct{ *kgo.Client }

func (s atLeastOnce) Poll(ctx context.Context, most int) kgo.Fetches {
	s.AllowRebalance()
	return s.PollRecords(ctx, most)
}
func (s atLeastOnce) More(most int) kgo.Fetches { return more(s.Client, most) }
func (s atLeastOnce) Wait(ctx context.Context, most int) kgo.Fetches {
	return wait(ctx, s.Client, most)
}
func (s atLeastOnce) Begin() error { return nil }

func (s atLeastOnce) Settle(ctx context.Context, ok bool) (bool, error) {
	if !ok {
		return false, errors.New("output was not acknowledged") // the group gives its input out again when this member ends
	}
	return true, s.CommitUncommittedOffsets(ctx) // of what was polled
}

func (s atLeastOnce) Close() { s.CloseAllowingRebalance() }
