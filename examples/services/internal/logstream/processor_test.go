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
	skipped  []int64
	revoked  bool             // others have the partitions
	behind   int64            // how many messages the brokers have behind those that they gave
	later    [][]string       // what comes while output is acknowledged
	large    error            // what comes behind the pieces
	damage   error            // of locating it
	header   kgo.RecordHeader // of input messages, if it has a key
	parents  []string         // the header of that key of each output message
}

func (s *scripted) next(most int) kgo.Fetches {
	s.asked = append(s.asked, most)
	if s.large != nil && len(s.pieces) == 0 {
		return kgo.NewErrFetch(s.large)
	}
	if len(s.pieces) == 0 {
		return nil
	}
	values := s.pieces[0]
	s.pieces = s.pieces[1:]
	return s.fetched(values)
}

func (s *scripted) fetched(values []string) kgo.Fetches {
	if values == nil {
		return nil
	}
	piece := messages(values...)
	if s.header.Key != "" {
		for _, r := range piece {
			r.Headers = append(r.Headers, s.header)
		}
	}
	end := piece[len(piece)-1].Offset + 1 + s.behind
	return kgo.Fetches{{Topics: []kgo.FetchTopic{{Topic: "logs", Partitions: []kgo.FetchPartition{{Partition: 3, HighWatermark: end, LastStableOffset: end, Records: piece}}}}}}
}

func (s *scripted) Poll(_ context.Context, most int) kgo.Fetches {
	if len(s.pieces) == 0 {
		return kgo.NewErrFetch(kgo.ErrClientClosed)
	}
	return s.next(most)
}
func (s *scripted) More(most int) kgo.Fetches { return s.next(most) }

func (s *scripted) Wait(context.Context, int) kgo.Fetches {
	if len(s.later) == 0 {
		return nil
	}
	values := s.later[0]
	s.later = s.later[1:]
	return s.fetched(values)
}

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
	return ok && !s.revoked, s.end
}

func (s *scripted) Locate(_ context.Context, u unread, _ bool) (unread, error) { return u, s.damage }

func (s *scripted) Skip(ctx context.Context, batches []unread) (bool, error) {
	for _, u := range batches {
		s.skipped = append(s.skipped, u.next)
	}
	return s.Settle(ctx, true)
}

func (s *scripted) run(t *testing.T, most int) error {
	return s.with(t, transform0(t, "json", 1<<20), most)
}

func (s *scripted) with(t *testing.T, tr transform, most int) error {
	return s.processor(t, tr, most).run(t.Context())
}

func (s *scripted) processor(t *testing.T, tr transform, most int) *processor {
	m, err := newMetrics(metricnoop.NewMeterProvider(), "logs")
	require.NoError(t, err)
	return &processor{session: s, transform: tr, pieces: newPieces(), metrics: m, settle: time.Minute, most: most, log: slog.New(slog.DiscardHandler), tracer: noop.NewTracerProvider().Tracer("")}
}

// TestABatchHasPieces: what is there already belongs to the batch, until it is large enough.
func TestABatchHasPieces(t *testing.T) {
	s := &scripted{pieces: [][]string{{`{"n":1}`, `{"n":2}`}, {`{"n":3}`}, nil, {`{"n":4}`}}}
	require.NoError(t, s.run(t, 100))
	assert.Equal(t, []string{`{"n":1}`, `{"n":2}`, `{"n":3}`, `{"n":4}`}, s.produced)
	assert.Equal(t, []bool{true, true}, s.settled)

	s = &scripted{pieces: [][]string{{`{"n":1}`, `{"n":2}`}, {`{"n":3}`}, {`{"n":4}`}}}
	require.NoError(t, s.run(t, 3))
	assert.Equal(t, []int{3, 1, 3, 2}, s.asked, "a batch has at most three messages")
	assert.Equal(t, []bool{true, true}, s.settled)
}

// TestABatchGoesOnWhereMessagesLagBehind: while output is acknowledged, more input is taken if the brokers have some.
func TestABatchGoesOnWhereMessagesLagBehind(t *testing.T) {
	s := &scripted{pieces: [][]string{{`{"n":1}`}}, later: [][]string{{`{"n":2}`}, {`{"n":3}`}, nil, {`{"n":4}`}}, behind: 5}
	require.NoError(t, s.run(t, 100))
	assert.Equal(t, []string{`{"n":1}`, `{"n":2}`, `{"n":3}`}, s.produced)
	assert.Equal(t, []bool{true}, s.settled)

	s = &scripted{pieces: [][]string{{`{"n":1}`}}, later: [][]string{{`{"n":2}`}}}
	require.NoError(t, s.run(t, 100))
	assert.Equal(t, []string{`{"n":1}`}, s.produced, "nothing is waited for where there is no more")
}

// TestABatchEnds in time.
func TestABatchEnds(t *testing.T) {
	part := func(end, stable int64) kgo.FetchTopicPartition {
		return kgo.FetchTopicPartition{FetchPartition: kgo.FetchPartition{Partition: 3, HighWatermark: end, LastStableOffset: stable, Records: messages("a", "b")}} // 100, 101
	}
	for name, c := range map[string]struct {
		age      time.Duration
		messages int64
		end      int64
		stable   int64
		full     bool
	}{
		"young":                            {0, 9, 102, 102, false},
		"young and behind":                 {0, 9, 200, 200, false},
		"as many as may be":                {0, 10, 102, 102, true},
		"a while old":                      {batchTime, 9, 102, 102, true},
		"a while old and behind":           {batchTime, 9, 103, 103, false},
		"what is not committed is no more": {batchTime, 9, 103, 102, true},
		"old and behind":                   {behindTime, 9, 200, 200, true},
		"a broker that does not say":       {batchTime, 9, 200, -1, true},
	} {
		b := &batch{begun: time.Now().Add(-c.age), count: counts{messages: c.messages}}
		b.note(part(200, 200))
		b.note(part(c.end, c.stable)) // the newest counts
		assert.Equal(t, c.full, b.full(10), name)
	}
}

// TestWhatIsNotReadIsSkippedLast: a batch that is not read is taken as done after what stands before it, and not without it.
func TestWhatIsNotReadIsSkippedLast(t *testing.T) {
	large := &kgo.ErrDecompressTooLarge{Topic: "logs", Partition: 3, Offset: 7, NextOffset: 9}
	s := &scripted{pieces: [][]string{{`{"n":1}`}}, large: large}
	require.ErrorIs(t, s.run(t, 100), errSkipped)
	assert.Equal(t, []string{`{"n":1}`, ""}, s.produced)
	assert.Equal(t, []bool{true, true}, s.settled)
	assert.Equal(t, []int64{9}, s.skipped)
	assert.True(t, anew(errSkipped), "another session goes on behind it")

	s = &scripted{pieces: [][]string{{`{"n":1}`}}, large: large, revoked: true}
	require.ErrorIs(t, s.run(t, 100), errSkipped)
	assert.Equal(t, []bool{true}, s.settled)
	assert.Empty(t, s.skipped, "both come again")
}

// noted is a transform that notes how many messages it had each time, and how many had been produced before.
type noted struct {
	*transformer
	session *scripted
	had     [][2]int
}

func (n *noted) messages(in []*kgo.Record, to *piece) (counts, error) {
	n.had = append(n.had, [2]int{len(in), len(n.session.produced)})
	return n.transformer.messages(in, to)
}

// TestWhatIsPolledIsTakenInPieces: the output of one is on its way before the next is parsed.
func TestWhatIsPolledIsTakenInPieces(t *testing.T) {
	large := fmt.Sprintf(`{"s":"%s"}`, strings.Repeat("x", pieceBytes*2/3))
	s := &scripted{pieces: [][]string{{large, large, large, `{"n":1}`, `{"n":2}`}}}
	tr := &noted{transformer: transform0(t, "json", 1<<20), session: s}
	require.NoError(t, s.with(t, tr, 100))
	assert.Equal(t, [][2]int{{1, 0}, {1, 1}, {3, 2}}, tr.had)
	assert.Len(t, s.produced, 5)
	assert.Equal(t, []bool{true}, s.settled)
}

// TestOutputThatIsNotAcknowledged: the batch is not settled and work goes on.
func TestOutputThatIsNotAcknowledged(t *testing.T) {
	s := &scripted{pieces: [][]string{{`{"n":1}`, "bad"}}, produce: errors.New("away")}
	require.NoError(t, s.run(t, 100))
	assert.Equal(t, []bool{false}, s.settled)

	s = &scripted{pieces: [][]string{{`{"n":1}`}}, produce: kerr.MessageTooLarge}
	err := s.run(t, 100)
	require.ErrorIs(t, err, kerr.MessageTooLarge)
	assert.Equal(t, []bool{false}, s.settled)
	assert.False(t, anew(err), "it would be refused again")

	s = &scripted{pieces: [][]string{{`{"n":1}`}}, end: errors.New("away")}
	err = s.run(t, 100)
	require.ErrorContains(t, err, "settle: away")
	assert.True(t, anew(err), "whether it is settled is not known: a new session ends it, and gets the input that was not")

	s = &scripted{pieces: [][]string{{`{"n":1}`}}, end: kerr.ProducerFenced}
	err = s.run(t, 100)
	require.ErrorIs(t, err, kerr.ProducerFenced)
	assert.False(t, anew(err), "another process has this one's transactional id")
}

// TestTopicsThatFitNoMore: what cannot be sent for as long as nobody does something about it ends the process with what is to be done. What may be over
// soon is tried again, and not at once.
func TestTopicsThatFitNoMore(t *testing.T) {
	for name, c := range map[string]struct {
		topics, settle error
		ends           bool
	}{
		"partitions are missing":                   {fmt.Errorf("%w: records has 3 partitions, logs has 6", ErrTopics), nil, true},
		"partitions are missing, at least once":    {fmt.Errorf("%w: records has 3 partitions, logs has 6", ErrTopics), errors.New("output was not acknowledged"), true},
		"nobody answers":                           {errors.New("kafka: unable to dial"), nil, false},
		"the topics fit, and it is something else": {nil, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := &scripted{pieces: [][]string{{`{"n":1}`}, nil, {`{"n":1}`}}, produce: errors.New("invalid record partitioning choice of 4 from 3 available"), end: c.settle}
			p := s.processor(t, transform0(t, "json", 1<<20), 100)
			p.topics = func(context.Context) error { return c.topics }
			begin := time.Now()
			err := p.run(t.Context())
			if c.ends {
				require.ErrorContains(t, err, "records has 3 partitions")
				require.ErrorContains(t, err, "4 from 3")
				assert.False(t, anew(err))
				return
			}
			require.NoError(t, err)
			assert.Equal(t, []bool{false, false}, s.settled)
			assert.GreaterOrEqual(t, time.Since(begin), time.Second)
		})
	}
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

// held is a session whose client holds its messages until it is told.
type held struct {
	scripted
	promises []func()
}

func (h *held) Produce(_ context.Context, r *kgo.Record, promise func(*kgo.Record, error)) {
	h.promises = append(h.promises, func() { promise(r, h.produce) })
}

// TestMemoryWaitsForAcknowledgement: a piece is used again when the client needs none of its messages, and not before.
func TestMemoryWaitsForAcknowledgement(t *testing.T) {
	for name, failure := range map[string]error{"acknowledged": nil, "failed": errors.New("away")} {
		t.Run(name, func(t *testing.T) {
			h := &held{scripted: scripted{produce: failure}}
			p := &processor{session: h, transform: transform0(t, "json", 1<<20), pieces: newPieces()}
			b := &batch{span: noop.Span{}}
			first, second := messages(`{"n":1}`, "bad", `{"n":2}`), messages(`{"n":3}`)
			require.NoError(t, b.piece(t.Context(), p, first))
			require.NoError(t, b.piece(t.Context(), p, second))
			require.Len(t, h.promises, 4)
			assert.Empty(t, p.pieces.free)
			for i, n := range []int{0, 0, 1, 2} {
				h.promises[i]()
				assert.Len(t, p.pieces.free, n)
			}
			assert.Equal(t, failure != nil, b.error() != nil)
			require.ErrorIs(t, b.error(), failure)
			again, err := p.pieces.take(t.Context())
			require.NoError(t, err)
			assert.Empty(t, again.out)
			assert.Empty(t, again.arena)
			assert.Equal(t, kgo.Record{}, again.out[:1][0], "it points to nothing that is gone")
			require.NoError(t, b.piece(t.Context(), p, messages("")), "no output at all")
			assert.Len(t, p.pieces.free, 1)
		})
	}
}

// TestPiecesAreBounded: where brokers take nothing, nothing more is made; and one large message does not cost its memory for ever.
func TestPiecesAreBounded(t *testing.T) {
	ps := newPieces()
	var all []*piece
	for range piecesMost {
		p, err := ps.take(t.Context())
		require.NoError(t, err)
		all = append(all, p)
	}
	short, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	_, err := ps.take(short)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	all[0].arena = make([]byte, 0, largestKept+1)
	ps.put(all[0])
	assert.Empty(t, ps.free)
	ps.put(all[1])
	again, err := ps.take(t.Context())
	require.NoError(t, err)
	assert.Same(t, all[1], again)

	again.in, again.out, again.batch = nil, make([]kgo.Record, 1, outKept+1), &batch{}
	again.left.Store(1)
	again.done()
	again, err = ps.take(t.Context())
	require.NoError(t, err)
	assert.Nil(t, again.out, "neither do many dead letters")

	h := &held{}
	p := &processor{session: h, transform: transform0(t, "json", 1<<20), pieces: ps, most: 100}
	b := &batch{begun: time.Now(), span: noop.Span{}}
	short, cancel = context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	require.NoError(t, p.fill(short, b, kgo.Fetches{{Topics: []kgo.FetchTopic{{Topic: "logs", Partitions: []kgo.FetchPartition{{Records: messages(`{"n":1}`)}, {Records: messages(`{"n":2}`)}}}}}}))
	assert.Len(t, h.promises, 1, "one piece was left")
	require.ErrorIs(t, b.error(), context.DeadlineExceeded, "the batch is not settled")
}

// TestPiecesHaveEachMessage, in order.
func TestPiecesHaveEachMessage(t *testing.T) {
	var in []string
	for i := range 20_000 {
		in = append(in, line(i))
		if i%777 == 0 {
			in = append(in, "bad")
		}
	}
	s := &scripted{pieces: [][]string{in}}
	require.NoError(t, s.with(t, transform0(t, "combined", 1<<20), 100_000))
	next, bad := 0, 0
	for _, value := range s.produced {
		if value == "bad" {
			bad++
			continue
		}
		require.Contains(t, value, fmt.Sprintf(`"target":"/%d"`, next))
		next++
	}
	assert.Equal(t, []int{20_000, 26}, []int{next, bad})
	assert.Zero(t, cut(nil))
	assert.Equal(t, 1, cut(messages(strings.Repeat("x", 2*pieceBytes), "y")), "however large")
	assert.Equal(t, pieceMost, cut(messages(make([]string, pieceMost+1)...)), "however small")
}
