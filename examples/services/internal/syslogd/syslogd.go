// Package syslogd takes syslog over TCP, TLS and UDP.
//
// Syslog has no answers. Over TCP a store that is slow or away makes the senders wait: nothing is read before what was read is stored. Over
// UDP nobody can be made to wait: what does not fit the queue is dropped, and counted.
package syslogd

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sawlog/sawlog/examples/services/internal/budget"
	"github.com/sawlog/sawlog/examples/services/internal/ingest"
)

// Options of a Server. Zero values have defaults.
type Options struct {
	Message     int            // the longest message; 64 KiB
	Connections int            // at once; 1000
	Queue       int            // datagrams that wait; 4096
	QueueBytes  int64          // and their size; 8 MiB
	Idle        time.Duration  // how long a connection may be silent; 10 min
	Retry       time.Duration  // between attempts while the store is away, at first; 500 ms, and at most ten times as much
	Memory      *budget.Budget // pays for what a connection has read and not stored yet; nil: nobody does
	// Seen is told what was stored, and how many messages were dropped.
	Seen func(ctx context.Context, protocol string, r ingest.Result, dropped int64)
}

// Server takes messages for an Ingester.
type Server struct {
	ingester *ingest.Ingester
	log      *slog.Logger
	options  Options
	open     atomic.Int64
	refused  atomic.Int64

	refusals, waits seldom // lines of the log

	stop    context.CancelFunc // ends reading
	reading context.Context
	writing context.Context // ends attempts to store
	abandon context.CancelFunc
	running sync.WaitGroup
	closers []io.Closer
}

// New makes a server without listeners.
func New(in *ingest.Ingester, log *slog.Logger, o Options) *Server {
	defaults := Options{Message: 64 << 10, Connections: 1000, Queue: 4096, QueueBytes: 8 << 20, Idle: 10 * time.Minute, Retry: 500 * time.Millisecond,
		Seen: func(context.Context, string, ingest.Result, int64) {}}
	if o.Message <= 0 {
		o.Message = defaults.Message
	}
	if o.Connections <= 0 {
		o.Connections = defaults.Connections
	}
	if o.Queue <= 0 {
		o.Queue = defaults.Queue
	}
	if o.QueueBytes <= 0 {
		o.QueueBytes = defaults.QueueBytes
	}
	if o.Idle <= 0 {
		o.Idle = defaults.Idle
	}
	if o.Retry <= 0 {
		o.Retry = defaults.Retry
	}
	if o.Seen == nil {
		o.Seen = defaults.Seen
	}
	s := &Server{ingester: in, log: log, options: o}
	s.reading, s.stop = context.WithCancel(context.Background())
	s.writing, s.abandon = context.WithCancel(context.Background())
	return s
}

const udp = "syslog-udp"

// ServeTCP takes connections in the background, over TLS when config is set.
func (s *Server) ServeTCP(l net.Listener, config *tls.Config) {
	protocol := "syslog-tcp"
	if config != nil {
		l, protocol = tls.NewListener(l, config), "syslog-tls"
	}
	s.closers = append(s.closers, l)
	s.running.Go(func() {
		for pause := time.Millisecond; s.reading.Err() == nil; {
			c, err := l.Accept()
			if err != nil {
				if s.reading.Err() == nil { // out of files, perhaps: later there may be some
					s.log.ErrorContext(s.reading, "syslog: accept", "error", err)
					time.Sleep(pause)
					pause = min(2*pause, time.Second)
				}
				continue
			}
			pause = time.Millisecond
			s.admit(c, protocol)
		}
	})
}

func (s *Server) admit(c net.Conn, protocol string) {
	if s.open.Add(1) > int64(s.options.Connections) {
		s.open.Add(-1)
		_ = c.Close() // the sender sees it, and tries again
		n := s.refused.Add(1)
		s.refusals.do(func() {
			s.log.WarnContext(s.reading, "syslog: too many connections, new ones are closed", "most", s.options.Connections, "closed", n, "client", c.RemoteAddr().String())
		})
		return
	}
	s.running.Go(func() {
		defer s.open.Add(-1)
		defer c.Close()
		stop := context.AfterFunc(s.reading, func() { _ = c.SetReadDeadline(time.Now()) })
		defer stop()
		if err := s.connection(c, protocol); err != nil && s.reading.Err() == nil {
			s.log.DebugContext(s.reading, "syslog: connection", "client", c.RemoteAddr().String(), "error", err)
		}
	})
}

// batchRows and batchBytes end a batch while more is waiting to be read; without more it ends at once.
const (
	batchRows  = 2000
	batchBytes = 256 << 10
)

// messageTime is how long a message may take that has begun: what is before it waits for it, and so does the memory of both.
const messageTime = time.Minute

func (s *Server) connection(c net.Conn, protocol string) error {
	r := bufio.NewReaderSize(c, 16<<10)
	lease := s.lease()
	for {
		s.deadline(c, s.options.Idle)
		if _, err := r.Peek(1); err != nil {
			return ended(err)
		}
		if !s.reserve(lease) {
			return nil
		}
		err := s.batch(c, r, protocol)
		lease.Release()
		if err != nil {
			return ended(err)
		}
	}
}

func ended(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

// batch reads what there is, and stores it.
func (s *Server) batch(c net.Conn, r *bufio.Reader, protocol string) error {
	batch, err := s.begin()
	if err != nil {
		return err
	}
	var buf []byte
	for batch.Len() < batchRows && batch.Size() < batchBytes && (batch.Len() == 0 || more(r)) && err == nil {
		s.deadline(c, min(s.options.Idle, messageTime))
		var message []byte
		var cut bool
		if message, cut, err = frame(r, buf[:0], s.options.Message); err == nil {
			take(batch, message, cut)
			buf = message[:0]
		}
	}
	if stored := s.store(batch, protocol, 0); stored != nil {
		return errors.Join(ended(err), stored)
	}
	return err
}

// deadline is for the next reading.
func (s *Server) deadline(c net.Conn, d time.Duration) {
	if s.reading.Err() == nil {
		_ = c.SetReadDeadline(time.Now().Add(d))
	}
	if s.reading.Err() != nil { // in between: the deadline that ends reading stands, not the one above
		_ = c.SetReadDeadline(time.Now())
	}
}

func (s *Server) lease() *budget.Lease {
	if s.options.Memory == nil {
		return budget.New(1<<62, 0).Lease("")
	}
	return s.options.Memory.Lease("syslog")
}

// reserve waits for the memory that a batch may take, which is what its sender waits for too. It is false when the server is closed.
func (s *Server) reserve(lease *budget.Lease) bool {
	for s.reading.Err() == nil {
		if lease.Grow(s.reading, int64(2*batchBytes+2*s.options.Message)) == nil {
			return true
		}
	}
	return false
}

func (s *Server) begin() (*ingest.Lines, error) {
	batch := s.ingester.Lines(s.writing, "syslog")
	return batch, batch.Begin("syslog", "syslog", nil)
}

func take(batch *ingest.Lines, message []byte, cut bool) {
	if cut {
		batch.Reject(message, "too_long")
		return
	}
	_ = batch.Line(string(message), ingest.Envelope{}) // the batch is bounded here
}

// store tries until the batch is stored, or the server is closed for good, or the store says that it will never take it.
func (s *Server) store(batch *ingest.Lines, protocol string, dropped int64) error {
	records := batch.Len()
	if records == 0 {
		return nil
	}
	commit := batch.Committing()
	longest := 10 * s.options.Retry
	if protocol == udp { // datagrams are dropped meanwhile
		longest = s.options.Retry
	}
	for pause := s.options.Retry; ; pause = min(2*pause, longest) {
		result, err := commit()
		if err == nil {
			s.options.Seen(s.writing, protocol, result, dropped)
			return nil
		}
		if !ingest.IsTemporary(err) {
			s.log.ErrorContext(s.writing, "syslog: lost", "records", records, "error", err)
			s.options.Seen(s.writing, protocol, ingest.Result{}, dropped+int64(records))
			return err
		}
		s.waits.do(func() { s.log.WarnContext(s.writing, "syslog: not stored yet", "records", records, "error", err) })
		select {
		case <-time.After(pause):
		case <-s.writing.Done():
			s.log.ErrorContext(s.writing, "syslog: lost", "records", records, "error", err)
			return err
		}
	}
}

// Open is how many connections there are.
func (s *Server) Open() int64 { return s.open.Load() }

// Refused is how many connections were closed at once.
func (s *Server) Refused() int64 { return s.refused.Load() }

// seldom does something once a minute, and not each time: a thousand connections wait for a store that is away for hours, and each says so.
type seldom struct {
	mu   sync.Mutex
	last time.Time
}

func (s *seldom) do(f func()) {
	s.mu.Lock()
	due := s.last.IsZero() || time.Since(s.last) >= time.Minute
	if due {
		s.last = time.Now()
	}
	s.mu.Unlock()
	if due {
		f()
	}
}

// ServeUDP takes datagrams in the background.
func (s *Server) ServeUDP(c net.PacketConn) {
	queue := make(chan []byte, s.options.Queue)
	var waiting, dropped atomic.Int64 // bytes, datagrams
	s.closers = append(s.closers, c)
	s.running.Go(func() {
		defer close(queue)
		buf := make([]byte, 64<<10)
		for s.reading.Err() == nil {
			n, _, err := c.ReadFrom(buf)
			if err != nil { // one datagram that was no good; or closed
				select {
				case <-time.After(time.Millisecond):
				case <-s.reading.Done():
				}
				continue
			}
			if waiting.Load()+int64(n) > s.options.QueueBytes {
				dropped.Add(1)
				continue
			}
			select {
			case queue <- append([]byte(nil), buf[:n]...):
				waiting.Add(int64(n))
			default:
				dropped.Add(1)
			}
		}
	})
	s.running.Go(func() {
		for first := range queue {
			s.datagrams(first, queue, &waiting, dropped.Swap(0))
		}
	})
}

func (s *Server) datagrams(first []byte, queue <-chan []byte, waiting *atomic.Int64, dropped int64) {
	batch, err := s.begin()
	if err != nil {
		waiting.Add(-int64(len(first)))
		s.log.ErrorContext(s.reading, "syslog: datagrams", "error", err)
		return
	}
	for message, open := first, true; open; {
		waiting.Add(-int64(len(message)))
		take(batch, message[:min(len(message), s.options.Message)], len(message) > s.options.Message)
		if batch.Len() >= batchRows || batch.Size() >= batchBytes {
			break
		}
		select {
		case message, open = <-queue:
		default:
			open = false
		}
	}
	_ = s.store(batch, udp, dropped) // logged there
}

// Close reads no more, stores what was read, and ends. When ctx ends first, what is not stored by then is lost.
func (s *Server) Close(ctx context.Context) error {
	s.stop()
	var errs []error
	for _, c := range s.closers {
		errs = append(errs, c.Close())
	}
	stop := context.AfterFunc(ctx, s.abandon)
	defer stop()
	s.running.Wait()
	s.abandon()
	return errors.Join(errs...)
}
