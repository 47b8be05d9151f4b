package logstream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/trace/noop"
)

// scripted is a session that gives prepared pieces, and fails as it is told.
type scripted struct {
	pieces   [][]string // the next ones; nil ends a batch
	produced []string
	produce  error // of every output message
	end      error // of settling
	asked    []int // how many messages were asked for
	settled  []bool
	header   kgo.RecordHeader // of input messages, if it has a key
	parents  []string         // the header of that key of each output message
}

func (s *scripted) next(most int) kgo.Fetches {
	s.asked = append(s.asked, most)
	if len(s.pieces) == 0 {
		return nil
	}
	piece := messages(s.pieces[0]...)
	s.pieces = s.pieces[1:]
	if s.header.Key != "" {
		for _, r := range piece {
			r.Headers = append(r.Headers, s.header)
		}
	}
	return kgo.Fetches{{Topics: []kgo.FetchTopic{{Topic: "logs", Partitions: []kgo.FetchPartition{{Partition: 3, Records: piece}}}}}}
}

func (s *scripted) Poll(_ context.Context, most int) kgo.Fetches {
	if len(s.pieces) == 0 {
		return kgo.NewErrFetch(kgo.ErrClientClosed)
	}
	return s.next(most)
}
func (s *scripted) More(most int) kgo.Fetches   { return s.next(most) }
func (s *scripted) Begin() error                { return nil }
func (s *scripted) Flush(context.Context) error { return nil }
func (s *scripted) Close()                      {}

func (s *scripted) Produce(_ context.Context, r *kgo.Record, promise func(*kgo.Record, error)) {
	s.produced = append(s.produced, string(r.Value))
	if s.header.Key != "" {
		s.parents = append(s.parents, header(r, s.header.Key))
	}
	promise(r, s.produce)
}

func (s *scripted) Settle(_ context.Context, ok bool) (bool, error) {
	s.settled = append(s.settled, ok)
	return ok, s.end
}

func (s *scripted) run(t *testing.T, most int) (*transformer, error) {
	tr := transform0(t, "json", 1<<20)
	return tr, s.with(t, tr, most)
}

func (s *scripted) with(t *testing.T, tr transform, most int) error {
	m, err := newMetrics(metricnoop.NewMeterProvider(), "logs")
	require.NoError(t, err)
	p := &processor{session: s, transform: tr, metrics: m, settle: time.Minute, most: most, log: slog.New(slog.DiscardHandler), tracer: noop.NewTracerProvider().Tracer("")}
	return p.run(t.Context())
}

// TestABatchHasPieces: what is there already belongs to the batch, until it is large enough.
func TestABatchHasPieces(t *testing.T) {
	s := &scripted{pieces: [][]string{{`{"n":1}`, `{"n":2}`}, {`{"n":3}`}, nil, {`{"n":4}`}}}
	_, err := s.run(t, 100)
	require.NoError(t, err)
	assert.Equal(t, []string{`{"n":1}`, `{"n":2}`, `{"n":3}`, `{"n":4}`}, s.produced)
	assert.Equal(t, []bool{true, true}, s.settled)

	s = &scripted{pieces: [][]string{{`{"n":1}`, `{"n":2}`}, {`{"n":3}`}, {`{"n":4}`}}}
	_, err = s.run(t, 3)
	require.NoError(t, err)
	assert.Equal(t, []int{3, 1, 3, 2}, s.asked, "a batch has at most three messages")
	assert.Equal(t, []bool{true, true}, s.settled)
}

// noted is a transform that notes how many messages it had each time, and how many had been produced before.
type noted struct {
	*transformer
	session *scripted
	had     [][2]int
}

func (n *noted) messages(in []*kgo.Record) error {
	n.had = append(n.had, [2]int{len(in), len(n.session.produced)})
	return n.transformer.messages(in)
}

// TestWhatIsPolledIsTakenInPieces: the output of one is on its way before the next is parsed.
func TestWhatIsPolledIsTakenInPieces(t *testing.T) {
	large := fmt.Sprintf(`{"s":"%s"}`, strings.Repeat("x", pieceBytes*2/3))
	s := &scripted{pieces: [][]string{{large, large, large, `{"n":1}`, `{"n":2}`}}}
	tr := &noted{transformer: transform0(t, "json", 1<<20), session: s}
	require.NoError(t, s.with(t, tr, 100))
	assert.Equal(t, [][2]int{{2, 0}, {3, 2}}, tr.had)
	assert.Len(t, s.produced, 5)
	assert.Equal(t, []bool{true}, s.settled)
}

// TestOutputThatIsNotAcknowledged: the batch is not settled and work goes on; its memory is left to the client, which may still read it.
func TestOutputThatIsNotAcknowledged(t *testing.T) {
	s := &scripted{pieces: [][]string{{`{"n":1}`, "bad"}}, produce: errors.New("away")}
	tr, err := s.run(t, 100)
	require.NoError(t, err)
	assert.Equal(t, []bool{false}, s.settled)
	assert.Nil(t, tr.arena)
	assert.Nil(t, tr.slabs)

	s = &scripted{pieces: [][]string{{`{"n":1}`}}, end: errors.New("away")}
	_, err = s.run(t, 100)
	require.ErrorContains(t, err, "settle: away")
	assert.True(t, anew(err), "whether it is settled is not known: a new session ends it, and gets the input that was not")

	s = &scripted{pieces: [][]string{{`{"n":1}`}}, end: kerr.ProducerFenced}
	_, err = s.run(t, 100)
	require.ErrorIs(t, err, kerr.ProducerFenced)
	assert.False(t, anew(err), "another process has this one's transactional id")
}

// TestErrorsOfFetching: what passes by itself does not end the process.
func TestErrorsOfFetching(t *testing.T) {
	p := &processor{log: slog.New(slog.DiscardHandler)}
	for _, c := range []struct {
		err   error
		fatal bool
	}{
		{&kgo.ErrGroupSession{Err: fmt.Errorf("unable to dial: %w", syscall.ECONNREFUSED)}, false}, // the group's broker is away
		{&kgo.ErrGroupSession{Err: kerr.CoordinatorNotAvailable}, false},
		{&kgo.ErrGroupSession{Err: kerr.GroupAuthorizationFailed}, true},
		{&kgo.ErrDataLoss{Topic: "logs"}, false},
		{context.DeadlineExceeded, false},
		{kerr.TopicAuthorizationFailed, true},
		{errors.New("something else"), true},
	} {
		err := p.errors(t.Context(), kgo.NewErrFetch(c.err))
		assert.Equal(t, c.fatal, err != nil, "%v", c.err)
	}
}

// TestMemoryOfOutputDoesNotMove: what was given to the client stays where it is while the batch grows.
func TestMemoryOfOutputDoesNotMove(t *testing.T) {
	tr := transform0(t, "combined", 1<<20)
	for range 2 {
		tr.reset()
		var given []*kgo.Record
		var values []string
		for n := range 30 {
			require.NoError(t, tr.messages(messages(packed(n, 200), long(n))))
			for _, r := range tr.output()[len(given):] {
				given = append(given, r)
				values = append(values, string(r.Value))
			}
		}
		for i, r := range given {
			require.Equal(t, values[i], string(r.Value))
			require.Same(t, tr.output()[i], r)
		}
	}
	parts := len(tr.full) + len(tr.free) + 1
	tr.reset()
	require.NoError(t, tr.messages(messages(long(1))))
	assert.Equal(t, parts, len(tr.full)+len(tr.free)+1, "parts are used again")
}
