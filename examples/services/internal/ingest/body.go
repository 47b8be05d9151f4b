package ingest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/sawlog/sawlog/examples/services/internal/budget"
)

var (
	// ErrTooLarge is a body beyond the limit after decompression.
	ErrTooLarge = errors.New("the body is too large")
	// ErrEncoding is a Content-Encoding that is not known.
	ErrEncoding = errors.New("unknown content encoding")
	// ErrMalformed is a body that is not what its endpoint takes.
	ErrMalformed = errors.New("malformed")
	// ErrBody is a body that cannot be read: its client has gone away, or has sent chunks that are none.
	ErrBody = errors.New("the body cannot be read")
	// ErrDamaged is compressed text that is damaged or ends early.
	ErrDamaged = errors.New("the compressed body is damaged")
)

// What a decompressor takes.
const (
	gzipMemory = 64 << 10
	zstdWindow = 8 << 20
	peekMemory = 512
)

// Decode undoes a content encoding ("", "identity", "gzip" or "zstd"). Without one the first bytes tell, so that a compressed file can be
// sent as it is. At most limit bytes come out. The lease pays for the decompressor.
func Decode(ctx context.Context, body io.Reader, encoding string, limit int64, lease *budget.Lease) (io.ReadCloser, error) {
	from := &source{Reader: body}
	d := &decoded{Reader: from, from: from, left: limit}
	encoding = strings.ToLower(strings.TrimSpace(encoding))
	if encoding == "" || encoding == "identity" {
		peek := bufio.NewReaderSize(from, peekMemory)
		d.Reader = peek
		magic, _ := peek.Peek(4) // an error comes again with the next read
		switch {
		case len(magic) >= 2 && magic[0] == 0x1f && magic[1] == 0x8b:
			encoding = "gzip"
		case string(magic) == "\x28\xb5\x2f\xfd":
			encoding = "zstd"
		default:
			return d, nil
		}
	}
	switch encoding {
	case "gzip", "x-gzip":
		if err := lease.Grow(ctx, gzipMemory); err != nil {
			return nil, err
		}
		z, err := gzip.NewReader(d.Reader)
		if err != nil {
			return nil, d.wrap(damaged(err))
		}
		d.Reader, d.close = z, func() { _ = z.Close() }
	case "zstd":
		if err := lease.Grow(ctx, zstdWindow+1<<20); err != nil {
			return nil, err
		}
		z, err := zstd.NewReader(d.Reader, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(zstdWindow))
		if err != nil {
			return nil, d.wrap(damaged(err))
		}
		d.Reader, d.close = z, z.Close
	default:
		return nil, fmt.Errorf("%w %q: gzip and zstd are known", ErrEncoding, encoding)
	}
	return d, nil
}

// source keeps the error of the connection apart from what a decompressor makes of it.
type source struct {
	io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if err != nil && err != io.EOF {
		err = fmt.Errorf("%w: %w", ErrBody, err)
		s.err = err
	}
	return n, err
}

// decoded counts what comes out, and tells damage from a client that stopped sending.
type decoded struct {
	io.Reader
	from  *source
	left  int64
	close func() // nil when nothing was compressed
}

func (d *decoded) Read(p []byte) (int, error) {
	if d.left <= 0 { // only an end may come now
		var one [1]byte
		if n, err := io.ReadFull(d.Reader, one[:]); n == 0 {
			return 0, d.wrap(err)
		}
		return 0, ErrTooLarge
	}
	n, err := d.Reader.Read(p[:min(int64(len(p)), d.left)])
	d.left -= int64(n)
	return n, d.wrap(err)
}

func (d *decoded) wrap(err error) error {
	switch {
	case err == nil || err == io.EOF:
		return err
	case d.from.err != nil:
		return d.from.err
	}
	return damaged(err)
}

func (d *decoded) Close() error {
	if d.close != nil {
		d.close()
	}
	return nil
}

func damaged(err error) error {
	if errors.Is(err, ErrDamaged) { // of the head it has been said already
		return err
	}
	return fmt.Errorf("%w: %w", ErrDamaged, err)
}
