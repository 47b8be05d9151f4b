package logstream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	sawlog "github.com/sawlog/sawlog/lib"

	"github.com/sawlog/sawlog/examples/services/internal/telemetry"
)

// Version of the service.
const Version = "0.1.0"

// lastWords is how long telemetry may be sent at the end. A supervisor has to wait for that, and for a batch to be settled.
const lastWords = 5 * time.Second

// ErrTopics are topics that do not fit together.
var ErrTopics = errors.New("topics")

// Run works until ctx ends, and then settles what it has begun.
func Run(ctx context.Context, c Config, logs io.Writer) error {
	t, err := telemetry.Start(ctx, telemetry.Options{Service: "logstream", Version: Version, Output: logs, Level: c.LogLevel, Text: c.LogText, OTLP: c.OTLPEndpoint})
	if err != nil {
		return err
	}
	defer func() {
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
		defer cancel()
		t.End(stop)
	}()
	m, err := newMetrics(t.Meter, c.Input)
	if err != nil {
		return err
	}
	var joined atomic.Bool // the group
	stop, err := serve(c.Listen, &joined, t.Metrics)
	if err != nil {
		return err
	}
	defer stop()
	if err := c.topics(ctx); err != nil {
		return err
	}
	parser, err := c.parser(ctx)
	if err != nil || parser == nil {
		return err
	}
	s, err := c.session(m, &joined)
	if err != nil {
		return err
	}
	t.Log.InfoContext(ctx, "working", "input", c.Input, "output", c.Output, "format", parser.Definition(), "exactly once", !c.AtLeastOnce)
	transform := newTransformer(parser, c.Output, c.Dead, int(c.Message))
	if c.As == "arrow" {
		transform.arrow = newArrowOutput()
	}
	p := &processor{input: c.Input, group: c.Group, transform: transform, pieces: newPieces(), metrics: m, log: t.Log, settle: c.Settle, most: c.Poll, topics: c.topics, skipDamaged: c.Damaged == "skip", tracer: t.Tracer.Tracer("github.com/sawlog/sawlog/examples/services/logstream")}
	for {
		p.session = s
		err := p.run(ctx) // closes the session
		joined.Store(false)
		if err == nil || !anew(err) {
			return err
		}
		t.Log.WarnContext(ctx, "connects anew", "error", err)
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return nil
		}
		if s, err = c.session(m, &joined); err != nil {
			return err
		}
		p.pieces = newPieces() // the client that was closed may still have some
	}
}

// anew tells whether a new session may succeed where one has ended with err: brokers went away while a batch was being settled, and whether it
// is, nobody knows. The new one ends what the old one has left open, and gets the input that was not settled. A broker that refuses this
// member, for instance because another process has its transactional id, does so again.
func anew(err error) bool {
	var refused *kerr.Error
	return errors.Is(err, errSkipped) || errors.Is(err, errUnsettled) && (!errors.As(err, &refused) || refused.Retriable)
}

// session connects, as a member of the group.
func (c *Config) session(m *metrics, joined *atomic.Bool) (session, error) {
	i, err := newInflater(int64(c.Batch))
	if err != nil {
		return nil, err
	}
	return c.sessionWith(i, m, joined)
}

func (c *Config) sessionWith(i *inflater, m *metrics, joined *atomic.Bool) (session, error) {
	options, err := c.connect()
	if err != nil {
		return nil, err
	}
	options = append(options,
		kgo.ConsumeTopics(c.Input), kgo.ConsumerGroup(c.Group), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.Balancers(kgo.CooperativeStickyBalancer()), // a rebalance stops only the partitions that move
		kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.DisableAutoCommit(),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		// what waits in memory is bounded by this: compressed, from each broker; and all of it, decompressed, by the inflater
		kgo.FetchMaxBytes(2<<20), kgo.FetchMaxPartitionBytes(1<<20), kgo.FetchMaxWait(250*time.Millisecond), kgo.WithPools(i), kgo.WithDecompressor(i),
		kgo.ProducerLinger(10*time.Millisecond), kgo.MaxBufferedRecords(100_000), // a batch that is complete does not linger
		kgo.ProducerBatchMaxBytes(int32(c.Message)+aroundValue),
		// Output that comes while the brokers still write the end of the transaction before is refused, and sent again when the client has asked anew
		// where its partitions are: by itself it does so each five seconds at most, and nothing goes on until then.
		kgo.MetadataMinAge(200*time.Millisecond),
		kgo.MetadataMaxAge(time.Minute), // partitions that are added are seen so late
		kgo.SessionTimeout(10*time.Second), kgo.RebalanceTimeout(c.Settle+10*time.Second),
		kgo.OnPartitionsAssigned(func(context.Context, *kgo.Client, map[string][]int32) { joined.Store(true) }), // also when none are
		kgo.OnPartitionsRevoked(func(_ context.Context, _ *kgo.Client, gone map[string][]int32) { m.forget(gone) }),
		kgo.OnPartitionsLost(func(_ context.Context, _ *kgo.Client, gone map[string][]int32) {
			joined.Store(false)
			m.forget(gone)
		}),
	)
	if c.AtLeastOnce {
		client, err := kgo.NewClient(append(options, kgo.BlockRebalanceOnPoll())...)
		if err != nil {
			return nil, fmt.Errorf("kafka: %w", err)
		}
		return atLeastOnce{client}, nil
	}
	// What a process leaves open when it dies ends after 15 s: until then readers of committed records wait in its partitions.
	s, err := kgo.NewGroupTransactSession(append(options, kgo.TransactionalID(c.Transactional), kgo.TransactionTimeout(15*time.Second))...)
	if err != nil {
		return nil, fmt.Errorf("kafka: %w", err)
	}
	return exactlyOnce{s}, nil
}

// topics checks that the topics are there, and that each partition of the input has one in the outputs.
func (c *Config) topics(ctx context.Context) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	defer client.Close()
	begin := time.Now()
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	admin := kadm.NewClient(client)
	for {
		err := c.fit(ctx, admin)
		// A topic that was made just now is not known to every broker yet.
		if !errors.Is(err, kerr.UnknownTopicOrPartition) || time.Since(begin) > newTopic {
			return err
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			return err
		}
	}
}

// newTopic is how long a topic may be unknown.
const newTopic = 5 * time.Second

func (c *Config) fit(ctx context.Context, admin *kadm.Client) error {
	details, err := admin.ListTopics(ctx, c.Input, c.Output, c.Dead)
	if err != nil {
		return fmt.Errorf("kafka: %w", err)
	}
	for _, name := range []string{c.Input, c.Output, c.Dead} {
		if d := details[name]; d.Err != nil {
			return fmt.Errorf("%w: %s: %w", ErrTopics, name, d.Err)
		}
		if have, want := len(details[name].Partitions), len(details[c.Input].Partitions); have < want {
			return fmt.Errorf("%w: %s has %d partitions, %s has %d: the order of a partition could not be kept", ErrTopics, name, have, c.Input, want)
		}
	}
	return nil
}

// auto is the format that the first messages look like.
const auto = "auto"

// parser is the one of -format, or of what the first messages look like. It is nil when ctx ends before there are any.
func (c *Config) parser(ctx context.Context) (*sawlog.Parser, error) {
	if c.Format != auto {
		return parserOf(c.Format)
	}
	sample, err := c.sample(ctx)
	if sample == nil {
		return nil, err
	}
	return parserOf(sawlog.Detect(sample).Definition)
}

func parserOf(definition string) (*sawlog.Parser, error) {
	o, err := sawlog.ParseOptions(definition)
	if err == nil && o.Year == 0 && o.Now == "" {
		o.Now = "clock" // messages without a year have just been written
		return sawlog.NewParserOptions(o)
	}
	return sawlog.NewParser(definition) // which says where a definition is wrong
}

// sample is the beginning of the input, read without the group.
func (c *Config) sample(ctx context.Context) (sample []byte, err error) {
	i, err := newInflater(int64(c.Batch))
	if err != nil {
		return nil, err
	}
	client, err := c.client(kgo.ConsumeTopics(c.Input), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.FetchMaxBytes(1<<20), kgo.FetchMaxPartitionBytes(1<<20), kgo.WithPools(i), kgo.WithDecompressor(i))
	if err != nil {
		return nil, err
	}
	defer client.Close()
	behind := map[int32]int64{}
	for sample == nil {
		fetches := client.PollRecords(ctx, 100)
		if ctx.Err() != nil {
			return nil, nil
		}
		for _, r := range fetches.Records() {
			sample = append(append(sample, r.Value...), '\n')
		}
		if err := c.beyond(ctx, client, fetches, behind); err != nil {
			return sample, err
		}
	}
	return sample, nil
}

// beyond goes on behind batches that cannot be read, and knows by partition how far it has come. Another error is given back.
func (c *Config) beyond(ctx context.Context, client *kgo.Client, fetches kgo.Fetches, behind map[int32]int64) (err error) {
	fetches.EachPartition(func(part kgo.FetchTopicPartition) {
		u, ok := unreadOf(part)
		switch {
		case err != nil, part.Err == nil, errors.Is(part.Err, errNoRoom): // others have messages then
			return
		case !ok:
			err = fmt.Errorf("fetch %s/%d: %w", part.Topic, part.Partition, part.Err)
			return
		}
		u.offset = max(u.offset, behind[u.partition])
		if u, err = u.located(ctx, client, c.Damaged == "skip"); err == nil {
			behind[u.partition] = u.next
			client.SetOffsets(map[string]map[int32]kgo.EpochOffset{u.topic: {u.partition: {Epoch: u.epoch, Offset: u.next}}})
		}
	})
	return err
}
