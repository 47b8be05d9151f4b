package source

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// codec is a way of compression, told by the first bytes of the content and never by a name.
type codec struct {
	name  string
	magic []string
	open  func(r io.Reader) (io.ReadCloser, error)
}

var codecs = []codec{
	{"gzip", []string{"\x1f\x8b"}, openGzip},
	{"zstd", zstdMagic(), openZstd},
	{"bzip2", bzip2Magic(), openBzip2},
}

// zstdMagic begins a frame, or one of the sixteen kinds that are to be skipped.
func zstdMagic() []string {
	all := []string{"\x28\xb5\x2f\xfd"}
	for kind := range 16 {
		all = append(all, string([]byte{0x50 + byte(kind), 0x2a, 0x4d, 0x18}))
	}
	return all
}

// bzip2Magic is the size of the blocks, in front of the first of them or of the end where there is none.
func bzip2Magic() (all []string) {
	for size := '1'; size <= '9'; size++ {
		all = append(all, "BZh"+string(size)+"1AY&SY", "BZh"+string(size)+"\x17\x72\x45\x38\x50\x90")
	}
	return all
}

// foreign are ways of compression that are told but not read: what they hold would pass for text that fits nothing.
var foreign = []codec{
	{"xz", []string{"\xfd7zXZ\x00"}, nil},
	{"lz4", []string{"\x04\x22\x4d\x18"}, nil},
	{"lzip", []string{"LZIP\x01"}, nil},
	{"zip", []string{"PK\x03\x04"}, nil},
	{"7z", []string{"7z\xbc\xaf\x27\x1c"}, nil},
	{"compress", []string{"\x1f\x9d"}, nil},
	{"snappy", []string{"\xff\x06\x00\x00sNaPpY"}, nil},
}

// told are all that the first bytes tell.
var told = slices.Concat(codecs, foreign)

// Codecs lists what Options.Codec may be.
func Codecs() []string {
	names := []string{"auto", "none"}
	for i := range codecs {
		names = append(names, codecs[i].name)
	}
	return names
}

// decompress gives the content of r: by the named codec, or, for "" and "auto", by its first bytes.
func decompress(r io.Reader, name string) (content io.ReadCloser, compressed bool, err error) {
	if name == "none" {
		return io.NopCloser(r), false, nil
	}
	if name != "" && name != "auto" {
		for i := range codecs {
			if codecs[i].name == name {
				content, err = codecs[i].open(r)
				return content, true, err
			}
		}
		return nil, false, fmt.Errorf("there is no codec %q", name)
	}
	first, c, end := sniff(r)
	if end != nil {
		r = failing{end}
	}
	whole := io.MultiReader(bytes.NewReader(first), r)
	switch {
	case c == nil:
		return io.NopCloser(whole), false, nil
	case c.open == nil:
		return nil, true, fmt.Errorf(`the input is compressed by %s, which is not read here: unpack it first; with the codec "none" its bytes are read as they are`, c.name)
	}
	content, err = c.open(whole)
	return content, true, err
}

// failing is an input of which no more than an error is left.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// sniff reads as many bytes as it takes to know the codec; a slow input is not kept waiting for more. end is what came behind these
// bytes, when that is no byte.
func sniff(r io.Reader) (first []byte, c *codec, end error) {
	for {
		maybe := false
		for i := range told {
			for _, magic := range told[i].magic {
				if bytes.HasPrefix(first, []byte(magic)) {
					return first, &told[i], end
				}
				maybe = maybe || bytes.HasPrefix([]byte(magic), first)
			}
		}
		if !maybe || end != nil {
			return first, nil, end
		}
		var b [1]byte
		var n int
		n, end = r.Read(b[:])
		first = append(first, b[:n]...)
	}
}

const readAhead = 1 << 18 // compressed bytes read at a time

// members reads the members of a gzip file one after another, with zeros between or behind them; anything else there is an error, after
// all that came before.
type members struct {
	all *passing
	in  *bufio.Reader
	z   *gzip.Reader
}

func openGzip(r io.Reader) (io.ReadCloser, error) {
	all := &passing{r: r}
	in := bufio.NewReaderSize(all, readAhead)
	z, err := gzip.NewReader(in)
	if err != nil {
		return nil, early(err)
	}
	z.Multistream(false)
	return &members{all, in, z}, nil
}

func (m *members) Read(p []byte) (int, error) {
	for {
		n, err := m.z.Read(p)
		switch {
		case err != nil && err != io.EOF:
			return n, early(err)
		case n > 0 || err == nil:
			return n, nil
		}
		if err := m.next(); err != nil {
			return 0, err
		}
	}
}

// next goes on to the next member, io.EOF when there is none.
func (m *members) next() error {
	if _, err := skipZeros(m.in); err != nil {
		return err
	}
	at := m.all.n - int64(m.in.Buffered())
	if b, _ := m.in.Peek(2); len(b) == 1 && b[0] == 0x1f {
		return errEarly
	} else if len(b) < 2 || b[0] != 0x1f || b[1] != 0x8b {
		return behind("gzip", at)
	}
	if err := m.z.Reset(m.in); err != nil {
		return early(err)
	}
	m.z.Multistream(false)
	return nil
}

func (m *members) Close() error { return m.z.Close() }

// early makes an end in the middle look like one.
func early(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || err == io.EOF {
		return errEarly
	}
	return err
}

var errEarly = fmt.Errorf("the compressed data ends early: %w", io.ErrUnexpectedEOF)

// largestWindow is how far back zstd data may refer, which costs that much memory: what the zstd program takes without being asked.
const largestWindow = 1 << 27

// frames reads the frames of a zstd file one after another, with zeros between or behind them.
type frames struct {
	z  *zstd.Decoder
	in *followed
}

func openZstd(r io.Reader) (io.ReadCloser, error) {
	in := &followed{r: r, walk: newWalk(false)}
	z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(largestWindow))
	if err != nil {
		return nil, early(err)
	}
	return frames{z, in}, nil
}

func (f frames) Read(p []byte) (int, error) {
	for {
		n, err := f.z.Read(p)
		switch first := f.in.walk.between(); {
		case err == nil:
			return n, nil
		case err == io.EOF && f.in.n == 0:
			return n, errEarly // nothing at all is no frame, as for gzip
		case err == io.EOF:
			return n, err
		case errors.Is(err, zstd.ErrWindowSizeExceeded):
			return n, fmt.Errorf("the data needs more than %d MiB of memory to decompress: %w", largestWindow>>20, err)
		case len(first) == 0:
			return n, early(err)
		default:
			if err := f.next(first); err != nil || n > 0 {
				return n, err
			}
		}
	}
}

// next goes on to the next frame, io.EOF when there is none, behind bytes that begin none.
func (f frames) next(first []byte) error {
	switch {
	case zeros(first) > 0:
		if err := f.in.skipZeros(bytes.Clone(first)); err != nil {
			return err
		}
		return f.z.Reset(f.in)
	case bytes.HasPrefix([]byte(zstdMagic()[0]), first):
		return errEarly
	}
	return behind("zstd", f.in.n-int64(len(first)))
}

func (f frames) Close() error {
	f.z.Close()
	return nil
}

// bunzip reads the streams of a bzip2 file one after another, with zeros between or behind them.
type bunzip struct {
	in *bits
	z  io.Reader
}

func openBzip2(r io.Reader) (io.ReadCloser, error) {
	in := &bits{in: bufio.NewReaderSize(r, readAhead)}
	return &bunzip{in, bzip2.NewReader(in)}, nil
}

func (b *bunzip) Read(p []byte) (int, error) {
	for {
		n, err := b.z.Read(p)
		if n > 0 {
			return n, nil // the error comes again
		}
		if err == nil || err == io.EOF {
			return 0, err
		}
		first := b.in.between(err)
		if first == nil {
			return n, early(err)
		}
		if zeros(first) == 0 {
			return n, behind("bzip2", b.in.n-int64(len(first)))
		}
		if err := b.in.skipZeros(first); err != nil {
			return n, err
		}
		b.z = bzip2.NewReader(b.in)
	}
}

func (*bunzip) Close() error { return nil }
