package source

import (
	"fmt"
	"io"
	"math/rand"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const limit = 12 // longest line of these tests

// nasty are inputs whose borders are at every place that matters to a limit of 12 bytes.
func nasty() map[string]string {
	inputs := map[string]string{
		"nothing": "", "a byte": "x", "a newline": "\n", "newlines": "\n\n\n\n", "carriage return": "\r", "crlf": "\r\n", "two lines": "a\nbb\n",
		"no last newline": "a\nbb", "crlf lines": "a\r\nbb\r\n\r\nccc\r\n", "crs in lines": "a\rb\n\r\rc\r\r\n", "a mark": "\xef\xbb\xbfa\nb\n",
		"only a mark": "\xef\xbb\xbf", "half a mark": "\xef\xbb", "half a mark and a line": "\xef\n", "a mark twice": "\xef\xbb\xbf\xef\xbb\xbfa", "like gzip": "\x1f",
		"like zstd": "\x28\xb5\x2f", "like a frame": "\x50*M\n", "zeros": "\x00\x00\n\x00", "long in the middle": "a\n" + strings.Repeat("b", 40) + "\nc\n\nd",
		"long lines only": strings.Repeat(strings.Repeat("y", 33)+"\r\n", 4),
	}
	for n := limit - 1; n <= limit+4; n++ {
		for name, ending := range map[string]string{"LF": "\n", "CRLF": "\r\n", "CR": "\r", "nothing": "", "CRCRLF": "\r\r\n"} {
			inputs[fmt.Sprintf("%d and %s", n, name)] = "ab\n" + strings.Repeat("x", n) + ending
			inputs[fmt.Sprintf("%d and %s between", n, name)] = strings.Repeat("x", n) + ending + "cd\n" + strings.Repeat("z", n) + ending + "e"
		}
	}
	return inputs
}

var ways = map[string]func(io.Reader) io.Reader{
	"whole": func(r io.Reader) io.Reader { return r }, "byte by byte": iotest.OneByteReader, "by halves": iotest.HalfReader, "end with data": iotest.DataErrReader,
	"byte by byte, end with data": func(r io.Reader) io.Reader { return iotest.DataErrReader(iotest.OneByteReader(r)) },
	"nothing now and then":        func(r io.Reader) io.Reader { return &stutter{r: r} },
}

// stutter brings nothing at every second read, as io.Reader allows.
type stutter struct {
	r    io.Reader
	turn bool
}

func (s *stutter) Read(p []byte) (int, error) {
	if s.turn = !s.turn; s.turn {
		return 0, nil
	}
	return s.r.Read(p)
}

func TestBlocksAreTheInput(t *testing.T) {
	sizes := []int{1, 2, 3, 5, 11, 12, 13, 14, 15, 16, 40, 1000}
	if testing.Short() {
		sizes = []int{1, 13, 16}
	}
	for name, text := range nasty() {
		want := split(limit, text)
		for way, as := range ways {
			for _, size := range sizes {
				for _, live := range []bool{false, true} {
					alloc := &checked{}
					s := New(readers(live, as(strings.NewReader(text))), Options{Size: size, Line: limit, Alloc: alloc})
					lines, err := collect(t, s)
					at := fmt.Sprintf("%s, %s, blocks of %d, live %t", name, way, size, live)
					require.Equal(t, io.EOF, err, at)
					require.Equal(t, want, lines, at)
					require.Equal(t, int64(1), s.Done.Load(), at)
					require.Equal(t, int64(len(text)), s.In.Load(), at)
					alloc.empty(t)
				}
			}
		}
	}
}

func TestCompressedBlocksAreTheInput(t *testing.T) {
	for name, text := range nasty() {
		want := split(limit, text)
		for _, codec := range []string{"gzip", "zstd"} {
			whole := pack(t, codec, text)
			parts := pack(t, codec, text[:len(text)/3], "", text[len(text)/3:])
			for i, packed := range []string{whole, parts} {
				for _, size := range []int{1, 13, 1000} {
					alloc := &checked{}
					s := New(readers(size == 13, iotest.HalfReader(strings.NewReader(packed))), Options{Size: size, Line: limit, Alloc: alloc})
					s.SetAhead(size != 1)
					lines, err := collect(t, s)
					require.Equal(t, io.EOF, err, "%s, %s, %d, %d", name, codec, i, size)
					require.Equal(t, want, lines, "%s, %s, %d, %d", name, codec, i, size)
					require.Equal(t, int64(len(packed)), s.In.Load())
					alloc.empty(t)
				}
			}
		}
	}
}

func TestSeveralInputsOneAfterAnother(t *testing.T) {
	texts := []string{"a\nb", "", "\xef\xbb\xbfc\n", strings.Repeat("d", 30), "\n", strings.Repeat("e", 30) + "\nf"}
	for size := 1; size < 40; size++ {
		alloc := &checked{}
		var inputs []io.Reader
		for i, text := range texts {
			inputs = append(inputs, strings.NewReader(pack(t, []string{"none", "gzip", "zstd"}[i%3], text)))
		}
		s := New(readers(false, inputs...), Options{Size: size, Line: limit, Alloc: alloc})
		lines, err := collect(t, s)
		require.Equal(t, io.EOF, err)
		require.Equal(t, split(limit, texts...), lines)
		require.Equal(t, int64(len(texts)), s.Done.Load())
		alloc.empty(t)
	}
}

// What Sample looked at comes again.
func TestASampleIsKeptForNext(t *testing.T) {
	for name, text := range nasty() {
		text = strings.TrimPrefix(text, "\xef\xbb\xbf")
		want := split(limit, text)
		for _, size := range []int{1, 7, 1000} {
			for _, enough := range []int{0, 1, 10, 1 << 20} {
				alloc := &checked{}
				s := New(readers(false, strings.NewReader(text)), Options{Size: size, Line: limit, Alloc: alloc})
				for range 2 {
					sample, err := s.Sample(background, func(sample []byte) bool { return len(sample) >= enough })
					require.NoError(t, err)
					require.LessOrEqual(t, len(sample), len(text))
					for i, l := range split(limit, string(sample)) {
						require.Equal(t, want[i].Text, l.Text, "%s: %q", name, sample)
						require.Equal(t, want[i].Length > limit, l.Length > limit)
					}
				}
				lines, err := collect(t, s)
				require.Equal(t, io.EOF, err)
				require.Equal(t, want, lines, name)
				alloc.empty(t)
			}
		}
	}
}

func TestAWholeInputIsOneBlock(t *testing.T) {
	text := "{\n\"a\": 1\n}"
	for size := 1; size < 20; size++ {
		alloc := &checked{}
		s := New(readers(true, strings.NewReader(text), strings.NewReader("[]\n")), Options{Size: size, Line: 100, Whole: true, Alloc: alloc})
		for i, want := range []string{text, "[]\n"} {
			b, err := s.Next()
			require.NoError(t, err)
			assert.Equal(t, want, string(b.appendText(nil)))
			assert.Equal(t, i, b.Source)
			alloc.Free(b.Data)
		}
		_, err := s.Next()
		require.Equal(t, io.EOF, err)
		s = New(readers(false, strings.NewReader(text)), Options{Size: size, Line: 5, Whole: true, Alloc: alloc})
		_, err = s.Next()
		var failed *Error
		require.ErrorAs(t, err, &failed)
		assert.Equal(t, Limit, failed.Kind)
		alloc.empty(t)
	}
}

// FuzzBlocks cuts any text anyhow.
func FuzzBlocks(f *testing.F) {
	for _, text := range nasty() {
		f.Add([]byte(text), uint16(3), uint8(limit), int64(1))
	}
	f.Fuzz(func(t *testing.T, text []byte, size uint16, line uint8, seed int64) {
		for len(text) > 0 && text[0] >= 0xEF {
			text = text[1:] // a byte order mark says how the rest is to be read
		}
		rnd := rand.New(rand.NewSource(seed))
		alloc := &checked{}
		longest := int(line) + 1
		s := New(readers(seed&1 == 0, &pieces{string(text), rnd}), Options{Size: int(size) + 1, Line: longest, Codec: "none", Alloc: alloc})
		if seed&2 == 0 {
			_, err := s.Sample(background, func(sample []byte) bool { return len(sample) >= int(line) })
			require.NoError(t, err)
		}
		lines, err := collect(t, s)
		require.Equal(t, io.EOF, err)
		require.Equal(t, split(longest, string(text)), lines)
		alloc.empty(t)
	})
}

// pieces brings a text in pieces of random length.
type pieces struct {
	rest string
	rnd  *rand.Rand
}

func (r *pieces) Read(p []byte) (int, error) {
	n := copy(p[:min(len(p), r.rnd.Intn(len(r.rest)+2))], r.rest)
	if r.rest = r.rest[n:]; r.rest == "" && r.rnd.Intn(2) == 0 {
		return n, io.EOF
	}
	return n, nil
}
