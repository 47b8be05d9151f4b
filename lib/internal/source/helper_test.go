package source

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/scan"
)

// checked is an allocator that knows what is out, and spoils what comes back.
type checked struct {
	mu    sync.Mutex
	out   map[*byte]int
	bytes int
	most  int
	wrong []string
}

func (c *checked) Alloc(n int) []byte {
	b := make([]byte, n)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.out == nil {
		c.out = map[*byte]int{}
	}
	c.out[&b[0]] = n
	c.bytes += n
	c.most = max(c.most, c.bytes)
	return b
}

func (c *checked) Free(b []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n, ok := c.out[&b[0]]
	if !ok {
		c.wrong = append(c.wrong, fmt.Sprintf("freed twice, or never given: %d bytes", len(b)))
		return
	}
	delete(c.out, &b[0])
	c.bytes -= n
	for i := range b {
		b[i] = 0xee
	}
}

func (c *checked) empty(t testing.TB) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	assert.Empty(t, c.wrong)
	assert.Zero(t, len(c.out), "%d bytes were not given back", c.bytes)
}

// line is a line as the blocks tell it: a long one by its beginning.
type line struct {
	Source         int
	Offset, Length int64
	Text           string
}

// split is what blocks of texts must come to.
func split(limit int, texts ...string) (lines []line) {
	for i, text := range texts {
		at := int64(0)
		if rest, ok := strings.CutPrefix(text, "\xef\xbb\xbf"); ok {
			text, at = rest, 3
		}
		for _, l := range strings.SplitAfter(text, "\n") {
			if l != "" {
				content := strings.TrimSuffix(strings.TrimSuffix(l, "\n"), "\r")
				lines = append(lines, line{i, at, int64(len(content)), content[:min(len(content), limit)]})
				at += int64(len(l))
			}
		}
	}
	return lines
}

// collect reads s to its end and holds every promise about a Block.
func collect(t testing.TB, s *Blocks) (lines []line, err error) {
	t.Helper()
	next := map[int]int64{}
	for {
		b, err := s.Next()
		if err != nil {
			return lines, err
		}
		if at, ok := next[b.Source]; ok {
			require.Equal(t, at, b.Offset, "blocks follow each other without gap")
		}
		lines = append(lines, linesOf(t, s, b)...)
		end := b.Offset + int64(b.N)
		if b.Short {
			end--
		}
		if b.Long > 0 {
			end += b.Gap - 1
		}
		next[b.Source] = end
		s.o.Alloc.Free(b.Data)
	}
}

func linesOf(t testing.TB, s *Blocks, b Block) (lines []line) {
	t.Helper()
	require.Positive(t, b.N)
	require.Equal(t, byte('\n'), b.Data[b.N-1])
	limit := s.o.Line
	if b.Long > 0 {
		require.Equal(t, limit+1, b.N)
		require.Greater(t, b.Long, int64(limit))
		return []line{{b.Source, b.Offset, b.Long, string(b.Data[:limit])}}
	}
	require.Equal(t, strings.Repeat("\n", scan.Slack), string(b.Data[b.N:b.N+scan.Slack]))
	at := b.Offset
	for _, l := range bytes.SplitAfter(b.Data[:b.N], []byte("\n")) {
		if len(l) > 0 {
			content := bytes.TrimSuffix(l[:len(l)-1], []byte("\r"))
			lines = append(lines, line{b.Source, at, int64(len(content)), string(content[:min(len(content), limit)])})
			at += int64(len(l))
		}
	}
	return lines
}

// readers makes inputs that are not live of readers, so that blocks are filled.
func readers(live bool, rs ...io.Reader) (inputs []Input) {
	for _, r := range rs {
		in := Reader(r)
		in.Live = live
		inputs = append(inputs, in)
	}
	return inputs
}

// bzipped is what the bzip2 program makes of texts.
var bzipped = map[string]string{
	"":                                 "QlpoORdyRThQkAAAAAA=",
	"a\nb\n":                           "QlpoOTFBWSZTWTyFQRIAAAFBAAAQMAAgADDMDHqCcXckU4UJA8hUESA=",
	strings.Repeat("0123456789\n", 30): "QlpoOTFBWSZTWeLOVFgAAB3IAAAQf+AgAFCAaaaBNVEaDNwxDMOodw1DyHsPofw3Dgu5IpwoSHFnKiwA",
}

// pack compresses each part as a member or frame of its own.
func pack(t testing.TB, codec string, parts ...string) string {
	var out bytes.Buffer
	for _, part := range parts {
		switch codec {
		case "gzip":
			w := gzip.NewWriter(&out)
			_, err := w.Write([]byte(part))
			require.NoError(t, err)
			require.NoError(t, w.Close())
		case "zstd":
			w, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
			require.NoError(t, err)
			out.Write(w.EncodeAll([]byte(part), nil))
			require.NoError(t, w.Close())
		case "bzip2": // which Go only reads
			packed, err := base64.StdEncoding.DecodeString(bzipped[part])
			require.NoError(t, err)
			require.NotEmpty(t, packed, part)
			out.Write(packed)
		default:
			out.WriteString(part)
		}
	}
	return out.String()
}

// endless is a line that never ends.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

var background = context.Background()
