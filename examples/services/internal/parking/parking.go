// Package parking makes silent HTTP/1.1 connections cheap. net/http keeps a goroutine with two buffers of 4 KiB and a grown stack for each
// connection, some 19 KiB, also while nothing happens. Here a silent connection waits in a goroutine that reads one byte and holds
// nothing else. When the byte comes, the connection goes to net/http; when it has been idle there for a moment, net/http is told that
// it ended, and it is parked again. Handlers, middleware and HTTP/2 (which is never parked) see no difference.
package parking

import (
	"container/list"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// Options of a Lot. Zero values have defaults.
type Options struct {
	Linger time.Duration // how long an idle connection stays with net/http; 500 ms
	Idle   time.Duration // how long a connection may be silent; 5 min
	Most   int           // connections in all; 0: any number. For one more a silent one is closed, and where none is silent it is answered with 503
}

// Lot is a listener: give it to http.Server.Serve, and its ConnState to the server.
type Lot struct {
	net.Listener
	options Options
	ready   chan net.Conn
	closed  chan struct{}
	once    sync.Once
	open    atomic.Int64
	mu      sync.Mutex
	parked  map[net.Conn]*list.Element
	silent  [2]list.List // of those that are parked, the longest silent first: who has never said anything, and who has
	waiting sync.WaitGroup
	failed  error // of the listener
}

// New takes connections from l at once.
func New(l net.Listener, o Options) *Lot {
	if o.Linger <= 0 {
		o.Linger = 500 * time.Millisecond
	}
	if o.Idle <= 0 {
		o.Idle = 5 * time.Minute
	}
	lot := &Lot{Listener: l, options: o, ready: make(chan net.Conn), closed: make(chan struct{}), parked: map[net.Conn]*list.Element{}}
	lot.waiting.Go(lot.listen)
	return lot
}

// Open is how many connections there are, and how many of them are parked.
func (l *Lot) Open() (all, parked int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return int(l.open.Load()), len(l.parked)
}

// Accept gives a connection that has something to say.
func (l *Lot) Accept() (net.Conn, error) {
	select {
	case c := <-l.ready:
		return c, nil
	case <-l.closed:
		if l.failed != nil {
			return nil, l.failed
		}
		return nil, net.ErrClosed
	}
}

// Close closes the listener and all parked connections, and waits for their goroutines.
func (l *Lot) Close() error {
	err := l.Listener.Close()
	l.shut(nil)
	l.waiting.Wait()
	return err
}

func (l *Lot) shut(err error) {
	l.once.Do(func() {
		l.failed = err
		l.mu.Lock()
		defer l.mu.Unlock()
		close(l.closed)
		for c := range l.parked {
			_ = c.Close()
		}
	})
}

func (l *Lot) listen() {
	for pause := time.Millisecond; ; {
		c, err := l.Listener.Accept()
		var e net.Error
		switch {
		case err == nil:
			pause = time.Millisecond
			l.admit(c)
		case errors.As(err, &e) && e.Temporary(): //lint:ignore SA1019 out of files, as net/http asks too
			time.Sleep(pause)
			pause = min(2*pause, time.Second)
		default:
			l.shut(err)
			return
		}
	}
}

const refusal = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"

func (l *Lot) admit(c net.Conn) {
	if n := l.open.Add(1); l.options.Most > 0 && int(n) > l.options.Most && !l.makeRoom() {
		l.open.Add(-1)
		_ = c.SetWriteDeadline(time.Now().Add(100 * time.Millisecond)) // fits the kernel's buffer
		_, _ = io.WriteString(c, refusal)
		_ = c.Close()
		return
	}
	l.park(c, 0)
}

// makeRoom closes the connection that was silent longest, of those that never said anything if there are any: whoever opens connections and leaves it at
// that does not keep others out, nor those who ask whether the service is well.
func (l *Lot) makeRoom() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for kind := range l.silent {
		if first := l.silent[kind].Front(); first != nil {
			c := first.Value.(net.Conn)
			l.forget(c, kind)
			_ = c.Close() // the goroutine that waits for it does the rest
			return true
		}
	}
	return false
}

// forget ends parking. It is false when that has been done already, to make room.
func (l *Lot) forget(c net.Conn, kind int) bool {
	at, parked := l.parked[c]
	if parked {
		l.silent[kind].Remove(at)
		delete(l.parked, c)
	}
	return parked
}

// park waits for a connection's first byte, in a goroutine of its own with a small stack. kind is 1 when it has said something before.
func (l *Lot) park(c net.Conn, kind int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-l.closed:
		l.drop(c)
	default:
		l.parked[c] = l.silent[kind].PushBack(c)
		l.waiting.Add(1)
		go l.wait(c, kind)
	}
}

func (l *Lot) wait(c net.Conn, kind int) {
	defer l.waiting.Done()
	conn := &Conn{Conn: c, lot: l}
	_ = c.SetReadDeadline(time.Now().Add(l.options.Idle))
	_, err := c.Read(conn.head[:1])
	l.mu.Lock()
	stays := l.forget(c, kind) && err == nil
	if !stays {
		l.open.Add(-1) // at once: another may have its place
	}
	l.mu.Unlock()
	if !stays {
		_ = c.Close()
		return
	}
	_ = c.SetReadDeadline(time.Time{})
	conn.first = true
	select {
	case l.ready <- conn:
	case <-l.closed:
		l.drop(c)
	}
}

func (l *Lot) drop(c net.Conn) {
	_ = c.Close()
	l.open.Add(-1)
}

// ConnState is for http.Server.ConnState.
func (l *Lot) ConnState(c net.Conn, state http.ConnState) {
	if conn, ok := c.(*Conn); ok {
		if state == http.StateIdle {
			conn.phase.Store(answered)
		} else {
			conn.phase.Store(busy)
		}
	}
}

// The phases of a connection. After an answer net/http sets the deadline for silence, waits for the next request, and sets the deadline of
// that: only between these two may the connection be parked. (The state alone does not tell: it stays idle for a request that came together
// with the one before.)
const (
	busy = iota
	answered
	waiting
)

// Conn is a connection while net/http has it.
type Conn struct {
	net.Conn
	lot      *Lot
	head     [4]byte // the first bytes
	seen     int     // how many of them net/http has had
	first    bool    // head[0] is still to be given out
	phase    atomic.Int32
	parked   atomic.Bool  // net/http was told that it ended
	closed   atomic.Bool  //
	deadline atomic.Int64 // net/http's own for reading, Unix nanoseconds
}

// readBuffer is the size of net/http's buffer. A read into all of it means that the buffer is empty: no part of a next request is in it.
const readBuffer = 4096

// Read is net/http's. It ends an idle connection, to be parked.
func (c *Conn) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if c.first {
		c.first = false
		p[0] = c.head[0]
		c.seen = 1
		return 1, nil
	}
	if c.phase.Load() != waiting || len(p) != readBuffer || c.http2() {
		n, err := c.Conn.Read(p)
		c.note(p[:n])
		return n, err
	}
	_ = c.Conn.SetReadDeadline(time.Now().Add(c.lot.options.Linger))
	n, err := c.Conn.Read(p)
	if n == 0 && errors.Is(err, os.ErrDeadlineExceeded) {
		c.parked.Store(true)
		return 0, io.EOF
	}
	own := time.Time{}
	if at := c.deadline.Load(); at != 0 {
		own = time.Unix(0, at)
	}
	_ = c.Conn.SetReadDeadline(own)
	return n, err
}

func (c *Conn) note(p []byte) {
	if c.seen < len(c.head) {
		c.seen += copy(c.head[c.seen:], p)
	}
}

// http2 tells whether the connection began with HTTP/2's preface: such a connection stays with net/http.
func (c *Conn) http2() bool { return c.seen == len(c.head) && string(c.head[:]) == "PRI " }

// SetReadDeadline is net/http's.
func (c *Conn) SetReadDeadline(t time.Time) error {
	if !c.phase.CompareAndSwap(answered, waiting) {
		c.phase.CompareAndSwap(waiting, busy)
	}
	if t.IsZero() {
		c.deadline.Store(0)
	} else {
		c.deadline.Store(t.UnixNano())
	}
	return c.Conn.SetReadDeadline(t)
}

// Close is net/http's: it parks what was only told to have ended.
func (c *Conn) Close() error {
	if c.closed.Swap(true) {
		return nil
	}
	if c.parked.Load() {
		_ = c.Conn.SetDeadline(time.Time{})
		c.lot.park(c.Conn, 1)
		return nil
	}
	c.lot.open.Add(-1)
	return c.Conn.Close()
}
