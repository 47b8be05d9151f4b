package syslogd

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/examples/services/internal/budget"
	"github.com/sawlog/sawlog/examples/services/internal/ingest"
	"github.com/sawlog/sawlog/examples/services/internal/store"
)

// datagrams gives so many of a size, and then fails until it is closed.
type datagrams struct {
	net.PacketConn
	left, size  int
	reads, none atomic.Int64
}

func (d *datagrams) ReadFrom(p []byte) (int, net.Addr, error) {
	d.reads.Add(1)
	if d.left == 0 {
		d.none.Add(1)
		return 0, nil, errors.New("no buffer")
	}
	d.left--
	return copy(p, make([]byte, d.size)), nil, nil
}

func (d *datagrams) Close() error { return nil }

// TestDatagramsAreBounded: while the store is away, datagrams wait, but not more bytes of them than may; the rest is counted. A socket that
// fails is asked again, and not without a pause.
func TestDatagramsAreBounded(t *testing.T) {
	formats, err := ingest.NewFormats(nil, 10)
	require.NoError(t, err)
	away := make(chan struct{})
	in := ingest.New(formats, func(context.Context, *store.Batch) error { <-away; return nil }, budget.New(1<<30, time.Second), ingest.Options{})
	var stored, dropped atomic.Int64
	s := New(in, slog.New(slog.DiscardHandler), Options{QueueBytes: 1 << 20, Seen: func(_ context.Context, _ string, r ingest.Result, d int64) {
		stored.Add(r.Lines)
		dropped.Add(d)
	}})
	const all, size = 1000, 60_000
	c := &datagrams{left: all, size: size}
	s.ServeUDP(c)
	require.Eventually(t, func() bool { return c.none.Load() > 0 }, 10*time.Second, time.Millisecond)
	begun, before := time.Now(), c.none.Load()
	time.Sleep(50 * time.Millisecond)
	assert.LessOrEqual(t, c.none.Load()-before, 2+time.Since(begun).Milliseconds())
	close(away)
	require.NoError(t, s.Close(t.Context()))
	assert.EqualValues(t, all, stored.Load()+dropped.Load(), "each is stored or counted")
	assert.GreaterOrEqual(t, stored.Load(), int64(1<<20/size))
	assert.LessOrEqual(t, stored.Load(), int64((1<<20+2*batchBytes)/size), "and what is being stored")
}

// TestALongOutageIsFewLines of the log, however many connections wait, and so are connections that are too many; these are counted.
func TestALongOutageIsFewLines(t *testing.T) {
	formats, err := ingest.NewFormats(nil, 10)
	require.NoError(t, err)
	var tries atomic.Int64
	in := ingest.New(formats, func(context.Context, *store.Batch) error { tries.Add(1); return store.ErrUnavailable }, budget.New(1<<30, time.Second), ingest.Options{})
	var out bytes.Buffer // the log locks it
	s := New(in, slog.New(slog.NewTextHandler(&out, nil)), Options{Connections: 20, Retry: time.Millisecond})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s.ServeTCP(l, nil)
	for n := range 30 {
		c, err := net.Dial("tcp", l.Addr().String())
		require.NoError(t, err)
		defer c.Close()
		if n < 20 {
			_, err = io.WriteString(c, "<13>Mar  5 10:00:00 host app: hello\n")
			require.NoError(t, err)
			require.Eventually(t, func() bool { return s.Open() == int64(n+1) }, 5*time.Second, time.Millisecond)
		}
	}
	require.Eventually(t, func() bool { return s.Refused() == 10 && tries.Load() > 200 }, 10*time.Second, time.Millisecond)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.NoError(t, s.Close(ctx))
	assert.Equal(t, 1, strings.Count(out.String(), "not stored yet"))
	assert.Equal(t, 1, strings.Count(out.String(), "too many connections"))
	assert.Equal(t, 20, strings.Count(out.String(), "syslog: lost"), "what is lost is said each time")
}

// serve gives a server that listens, and what it stores by a function.
func serve(t *testing.T, o Options, commit func(context.Context, *store.Batch) error) (s *Server, address string) {
	t.Helper()
	formats, err := ingest.NewFormats(nil, 10)
	require.NoError(t, err)
	s = New(ingest.New(formats, commit, budget.New(1<<30, time.Second), ingest.Options{}), slog.New(slog.DiscardHandler), o)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s.ServeTCP(l, nil)
	return s, l.Addr().String()
}

// TestWhatStandsBetweenMessages is not waited behind: some senders end counted messages with a line feed too.
func TestWhatStandsBetweenMessages(t *testing.T) {
	stored := make(chan int, 10)
	s, address := serve(t, Options{}, func(_ context.Context, b *store.Batch) error { stored <- len(b.Records); return nil })
	c, err := net.Dial("tcp", address)
	require.NoError(t, err)
	defer c.Close()
	for range 2 {
		_, err = io.WriteString(c, "9 <13>hello\n\x00\n")
		require.NoError(t, err)
		select {
		case n := <-stored:
			assert.Equal(t, 1, n)
		case <-time.After(5 * time.Second):
			t.Fatal("it waits for the next message")
		}
	}
	require.NoError(t, s.Close(t.Context()))
}

// TestConnectionsPayForMemory: while the store is away, few of them read what they are sent, and the others make their senders wait. Nothing is lost, and
// who is silent holds nothing.
func TestConnectionsPayForMemory(t *testing.T) {
	const one = 2*batchBytes + 2*1024
	memory := budget.New(4*one, 10*time.Millisecond)
	var away, batches atomic.Int64
	back := make(chan struct{})
	s, address := serve(t, Options{Message: 1024, Memory: memory}, func(context.Context, *store.Batch) error {
		away.Add(1)
		<-back
		batches.Add(1)
		return nil
	})
	for n := range 40 {
		c, err := net.Dial("tcp", address)
		require.NoError(t, err)
		defer c.Close()
		if n%2 == 0 {
			_, err = io.WriteString(c, "<13>hello\n")
			require.NoError(t, err)
		}
	}
	require.Eventually(t, func() bool { return s.Open() == 40 && away.Load() == 3 }, 10*time.Second, time.Millisecond, "three quarters")
	time.Sleep(50 * time.Millisecond)
	assert.EqualValues(t, 3, away.Load())
	require.NoError(t, memory.Lease("other").Grow(t.Context(), one/2))
	close(back)
	require.Eventually(t, func() bool { return batches.Load() == 20 }, 10*time.Second, time.Millisecond)
	require.NoError(t, s.Close(t.Context()))
}

// hesitant is a connection that is given its next deadline just when the server closes.
type hesitant struct {
	net.Conn
	once        sync.Once
	asked, goOn chan struct{}
	ended       chan struct{} // the deadline that ends reading was set
}

func (c *hesitant) SetReadDeadline(t time.Time) error {
	if time.Until(t) > time.Minute {
		c.once.Do(func() { close(c.asked); <-c.goOn })
		return c.Conn.SetReadDeadline(t)
	}
	defer func() {
		select {
		case c.ended <- struct{}{}:
		default:
		}
	}()
	return c.Conn.SetReadDeadline(t)
}

// TestCloseDoesNotWaitForSilence: a connection that nothing comes from holds nobody up, at whatever moment the server closes.
func TestCloseDoesNotWaitForSilence(t *testing.T) {
	formats, err := ingest.NewFormats(nil, 10)
	require.NoError(t, err)
	in := ingest.New(formats, func(context.Context, *store.Batch) error { return nil }, budget.New(1<<30, time.Second), ingest.Options{})
	s := New(in, slog.New(slog.DiscardHandler), Options{})
	ours, theirs := net.Pipe()
	defer theirs.Close()
	c := &hesitant{Conn: ours, asked: make(chan struct{}), goOn: make(chan struct{}), ended: make(chan struct{}, 1)}
	s.admit(c, "syslog-tcp")
	<-c.asked
	closed := make(chan error)
	go func() { closed <- s.Close(t.Context()) }()
	<-c.ended
	close(c.goOn)
	select {
	case err := <-closed:
		require.NoError(t, err)
	case <-time.After(10 * time.Second):
		t.Fatal("it waits for the connection")
	}
}
