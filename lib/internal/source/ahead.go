package source

import (
	"io"
	"sync"
)

// ahead reads an input in a goroutine of its own, some piecesAhead ahead of who reads it: what is compressed is unpacked there while workers
// parse. The input must not wait for anybody.
type ahead struct {
	r     io.ReadCloser
	full  chan piece
	empty chan []byte
	stop  chan struct{}
	once  sync.Once
	ended chan struct{}
	now   piece // under way
	at    int   // how much of it has been read
}

// piece is some of an input, and the error behind it.
type piece struct {
	data []byte
	err  error
}

const (
	pieceSize   = 1 << 18
	piecesAhead = 6
)

func newAhead(r io.ReadCloser) *ahead {
	a := &ahead{r: r, full: make(chan piece, piecesAhead), empty: make(chan []byte, piecesAhead), stop: make(chan struct{}), ended: make(chan struct{})}
	go a.run()
	return a
}

func (a *ahead) run() {
	defer close(a.ended)
	for made := 0; ; {
		var room []byte
		select {
		case room = <-a.empty:
		case <-a.stop:
			return
		default:
			if made < piecesAhead {
				made++
				room = make([]byte, pieceSize)
				break
			}
			select {
			case room = <-a.empty:
			case <-a.stop:
				return
			}
		}
		p := a.fill(room[:pieceSize])
		select {
		case a.full <- p:
		case <-a.stop:
			return
		}
		if p.err != nil {
			return
		}
	}
}

// fill reads a piece.
func (a *ahead) fill(room []byte) piece {
	n := 0
	err := caught(func() error {
		for n < len(room) {
			m, err := a.r.Read(room[n:])
			if n += m; err != nil {
				return err
			}
		}
		return nil
	})
	return piece{room[:n], err}
}

// Read implements io.Reader.
func (a *ahead) Read(p []byte) (int, error) {
	for a.at == len(a.now.data) {
		if a.now.err != nil || len(p) == 0 {
			return 0, a.now.err
		}
		if a.now.data != nil {
			a.empty <- a.now.data // there is room for all
			a.now.data, a.at = nil, 0
		}
		select {
		case a.now = <-a.full:
		case <-a.stop:
			return 0, ErrClosed
		}
	}
	n := copy(p, a.now.data[a.at:])
	a.at += n
	return n, nil
}

// leave lets the goroutine end, soon.
func (a *ahead) leave() { a.once.Do(func() { close(a.stop) }) }

// Close implements io.Closer.
func (a *ahead) Close() error {
	a.leave()
	<-a.ended
	return a.r.Close()
}
