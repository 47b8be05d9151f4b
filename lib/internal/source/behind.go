package source

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// What stands behind compressed data: more of its kind, zeros (tapes, disk images, some writers), or an error that says from where on.

// behind is the error of anything else. at is where it begins, in bytes as stored.
func behind(codec string, at int64) error {
	return fmt.Errorf("something that is not %s follows the compressed data, from byte %d of the stored data on", codec, at)
}

// zeros is how many zeros the bytes begin with.
func zeros(p []byte) int { return len(p) - len(bytes.TrimLeft(p, "\x00")) }

// skipZeros reads up to the first byte that is none, which stays: how many they were.
func skipZeros(in *bufio.Reader) (n int64, err error) {
	for {
		if _, err = in.Peek(1); err != nil {
			return n, err
		}
		p, _ := in.Peek(in.Buffered())
		k := zeros(p)
		n += int64(k)
		_, _ = in.Discard(k)
		if k < len(p) {
			return n, nil
		}
	}
}

// passing counts the bytes of an input.
type passing struct {
	r io.Reader
	n int64
}

func (p *passing) Read(to []byte) (int, error) {
	n, err := p.r.Read(to)
	p.n += int64(n)
	return n, err
}

// followed is an input of zstd's.
type followed struct {
	r    io.Reader
	back []byte // comes first
	n    int64
	walk walk
}

func (f *followed) Read(p []byte) (n int, err error) {
	if len(f.back) > 0 {
		n = copy(p, f.back)
		f.back = f.back[n:]
	} else {
		n, err = f.r.Read(p)
	}
	f.n += int64(n)
	f.walk.pass(p[:n])
	return n, err
}

// skipZeros puts back what was read behind a frame, and reads up to the first byte that is no zero.
func (f *followed) skipZeros(first []byte) error {
	in := bufio.NewReader(io.MultiReader(bytes.NewReader(append(first, f.back...)), f.r))
	n, err := skipZeros(in)
	f.n += n - int64(len(first))
	f.back, _ = in.Peek(in.Buffered())
	f.walk = newWalk(true)
	return err
}

// walk follows the frames of zstd data as the decoder reads them, to know what stands between two of them.
type walk struct {
	part  part
	head  [8]byte
	have  int   // bytes of head
	need  int   // ... and how many it takes
	skip  int64 // bytes before the next head
	sum   bool  // it has a checksum
	ended bool  // a frame has ended
}

type part uint8

const (
	frameBegin part = iota
	frameSkipped
	frameHead
	frameBlock
)

// between are the bytes behind a frame that begin none, or not as far as they go.
func (w *walk) between() []byte {
	if w.part != frameBegin || w.skip > 0 || !w.ended {
		return nil
	}
	return w.head[:w.have]
}

func newWalk(ended bool) walk { return walk{need: 4, ended: ended} }

func (w *walk) pass(p []byte) {
	for len(p) > 0 {
		if w.skip > 0 {
			n := min(w.skip, int64(len(p)))
			w.skip -= n
			p = p[n:]
			continue
		}
		n := copy(w.head[w.have:w.need], p)
		if n == 0 {
			return // it is lost
		}
		w.have += n
		if p = p[n:]; w.have == w.need {
			w.step()
		}
	}
}

// step goes on behind a head.
func (w *walk) step() {
	head := binary.LittleEndian.Uint64(w.head[:])
	switch w.part {
	case frameBegin:
		switch {
		case string(w.head[:4]) == zstdMagic()[0]:
			w.expect(frameHead, 1)
		case string(w.head[1:4]) == "\x2a\x4d\x18" && w.head[0]&0xf0 == 0x50:
			w.expect(frameSkipped, 4)
		}
	case frameSkipped:
		w.skip = int64(uint32(head))
		w.ended = true
		w.expect(frameBegin, 4)
	case frameHead:
		flags := w.head[0]
		single := flags >> 5 & 1
		w.sum = flags&4 != 0
		w.skip = int64(1-single) + int64([]byte{0, 1, 2, 4}[flags&3]) + int64([]byte{single, 2, 4, 8}[flags>>6])
		w.expect(frameBlock, 3)
	case frameBlock:
		head &= 1<<24 - 1
		w.skip = int64(head >> 3)
		if head>>1&3 == 1 {
			w.skip = 1 // one byte, again and again
		}
		if head&1 == 0 {
			w.expect(frameBlock, 3)
			return
		}
		if w.sum {
			w.skip += 4
		}
		w.ended = true
		w.expect(frameBegin, 4)
	}
}

func (w *walk) expect(p part, need int) { w.part, w.head, w.have, w.need = p, [8]byte{}, 0, need }

// bits is an input of bzip2's: its bytes one by one, the last of them kept.
type bits struct {
	in    *bufio.Reader
	back  []byte // comes first
	n     int64
	begun int64 // where a stream begins behind zeros
	// The sixteen bytes read last.
	high, low uint64
}

func (b *bits) ReadByte() (byte, error) {
	c, err := byte(0), error(nil)
	if len(b.back) > 0 {
		c, b.back = b.back[0], b.back[1:]
	} else if c, err = b.in.ReadByte(); err != nil {
		return 0, err
	}
	b.n++
	b.high, b.low = b.high<<8|b.low>>56, b.low<<8|uint64(c)
	return c, nil
}

// Read is there for the type: bzip2 reads bytes.
func (b *bits) Read(p []byte) (int, error) {
	c, err := b.ReadByte()
	if err != nil || len(p) == 0 {
		return 0, err
	}
	p[0] = c
	return 1, nil
}

// between are the bytes behind a stream that begin none; nil: the error is of something else.
func (b *bits) between(err error) []byte {
	var wrong bzip2.StructuralError
	switch {
	case errors.As(err, &wrong) && (wrong == "bad magic value in continuation file" || b.begun > 0 && wrong == "bad magic value"):
		return []byte{byte(b.low >> 8), byte(b.low)}
	case errors.Is(err, io.ErrUnexpectedEOF) && (b.ended() || b.begun > 0 && b.n == b.begun+1) && byte(b.low) != 'B':
		return []byte{byte(b.low)}
	}
	return nil
}

// ended tells whether a stream ends in front of the last byte: the digits of the square root of pi and a checksum, up to seven bits before.
func (b *bits) ended() bool {
	high, low := b.high>>8, b.low>>8|b.high<<56
	for pad := range 8 {
		shift := 32 + pad
		if (high<<(64-shift)|low>>shift)&(1<<48-1) == 0x177245385090 {
			return true
		}
	}
	return false
}

// skipZeros puts back what was read behind a stream, and reads up to the first byte that is no zero.
func (b *bits) skipZeros(first []byte) error {
	k := zeros(first)
	b.n -= int64(len(first) - k)
	b.back = first[k:]
	var n int64
	var err error
	if len(b.back) == 0 {
		n, err = skipZeros(b.in)
	}
	b.n += n
	b.begun = b.n
	return err
}
