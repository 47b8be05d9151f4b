package source

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var errDisk = errors.New("the disk is gone")

func upTo(text string, err error) io.Reader {
	return io.MultiReader(strings.NewReader(text), iotest.ErrReader(err))
}

// An error at any byte: all that came before it is there, then the error, again and again.
func TestAnErrorAtEveryByte(t *testing.T) {
	for name, text := range map[string]string{"lines": "a\nbb\r\n\ncc\n", "mark": "\xef\xbb\xbfa\n\xef\n", "long": "a\nxxxxxxxxxxxxxxxxxxxxxx\r\nb\nxxxxxxxxxxxxx\n", "like gzip": "\x1fa\nb", "like zstd": "\x28\xb5\x2fa\n", "like bzip2": "BZh91AY\n"} {
		for cut := range len(text) {
			for _, size := range []int{1, 5, 14, 100} {
				for way, as := range ways {
					alloc := &checked{}
					s := New(readers(false, as(upTo(text[:cut], errDisk)), strings.NewReader("never read")), Options{Size: size, Line: limit, Alloc: alloc})
					lines, err := collect(t, s)
					at := fmt.Sprintf("%s cut at %d, %s, blocks of %d", name, cut, way, size)
					require.Equal(t, split(limit, text[:cut]), lines, at)
					var failed *Error
					require.ErrorAs(t, err, &failed, at)
					require.ErrorIs(t, err, errDisk)
					require.Equal(t, Error{IO, "<reader>", int64(cut), errDisk}, *failed, at)
					_, again := s.Next()
					require.Equal(t, err, again)
					require.Zero(t, s.Done.Load(), "an input that failed was not read to its end")
					alloc.empty(t)
				}
			}
		}
	}
}

func TestCompressedDataCutAtEveryByte(t *testing.T) {
	text := strings.Repeat("0123456789\n", 30)
	want := split(limit, text+text)
	for _, codec := range []string{"gzip", "zstd", "bzip2"} {
		packed, first := pack(t, codec, text, text), len(pack(t, codec, text))
		for cut := 1; cut < len(packed); cut++ {
			for _, way := range []string{"live", "here", "ahead"} {
				alloc := &checked{}
				s := New(readers(way == "live", strings.NewReader(packed[:cut])), Options{Size: 100, Line: limit, Codec: codec, Alloc: alloc})
				s.SetAhead(way == "ahead")
				lines, err := collect(t, s)
				alloc.empty(t)
				if cut == first {
					require.Equal(t, io.EOF, err, "a cut between two members goes unseen")
					require.Len(t, lines, 30)
					continue
				}
				var failed *Error
				require.ErrorAs(t, err, &failed, "%s cut at %d", codec, cut)
				require.Equal(t, Codec, failed.Kind)
				require.ErrorIs(t, err, io.ErrUnexpectedEOF)
				if cut > first {
					require.GreaterOrEqual(t, len(lines), 30)
				}
				if n := len(lines) - 1; n > 0 {
					require.Equal(t, want[:n], lines[:n])
				}
			}
		}
		// The system's error is no fault of the data.
		for _, ahead := range []bool{false, true} {
			s := New(readers(false, upTo(packed[:first/2], errDisk)), Options{Line: limit, Alloc: &checked{}})
			s.SetAhead(ahead)
			_, err := collect(t, s)
			var failed *Error
			require.ErrorAs(t, err, &failed)
			assert.Equal(t, IO, failed.Kind, codec)
			assert.ErrorIs(t, err, errDisk)
		}
	}
}

func TestDamagedAndWrongData(t *testing.T) {
	gz, zs, bz := pack(t, "gzip", "a\nb\n"), pack(t, "zstd", "a\nb\n"), pack(t, "bzip2", "a\nb\n")
	wrongSum := gz[:len(gz)-8] + "\x00" + gz[len(gz)-7:]
	window := "\x28\xb5\x2f\xfd\x00" + string([]byte{20 << 3}) + "\x29\x00\x00hello"
	for name, c := range map[string]struct {
		codec, data string
		lines       int
		want        string
	}{
		"text as gzip": {"gzip", "plain text, no gzip at all\n", 0, "invalid header"}, "text as zstd": {"zstd", "plain text\n", 0, "magic number"},
		"nothing as gzip": {"gzip", "", 0, "ends early"}, "nothing as zstd": {"zstd", "", 0, "ends early"}, "a byte as gzip": {"gzip", "\x1f", 0, "ends early"},
		"a byte as zstd": {"zstd", "\x28", 0, "ends early"}, "gzip as zstd": {"zstd", gz, 0, "magic number"}, "zstd as gzip": {"gzip", zs, 0, "header"},
		"checksum": {"", wrongSum, 2, "checksum"}, "text behind gzip": {"", gz + "text", 2, fmt.Sprintf("not gzip follows the compressed data, from byte %d", len(gz))}, "half a magic behind gzip": {"", gz + "\x1f", 2, "ends early"},
		"text behind zstd":   {"", zs + "some text", 2, fmt.Sprintf("something that is not zstd follows the compressed data, from byte %d of the stored data on", len(zs))},
		"a byte behind zstd": {"", zs + "\n", 2, fmt.Sprintf("not zstd follows the compressed data, from byte %d", len(zs))}, "half a magic behind zstd": {"", zs + zs[:3], 2, "ends early"},
		"text behind zeros behind zstd": {"", zs + strings.Repeat("\x00", 9001) + zs + "\x00x", 4, fmt.Sprintf("not zstd follows the compressed data, from byte %d", 2*len(zs)+9002)},
		"frames to skip, and text":      {"", "\x53\x2a\x4d\x18\x02\x00\x00\x00ab" + zs + "text", 2, fmt.Sprintf("not zstd follows the compressed data, from byte %d", len(zs)+10)},
		"a byte behind bzip2":           {"", bz + "\n", 2, fmt.Sprintf("not bzip2 follows the compressed data, from byte %d", len(bz))}, "half a magic behind bzip2": {"", bz + "BZ", 2, "ends early"},
		"a byte of a magic behind bzip2": {"", bz + "B", 2, "ends early"}, "text behind zeros behind bzip2": {"", bz + strings.Repeat("\x00", 9001) + bz + "\x00x", 4, fmt.Sprintf("not bzip2 follows the compressed data, from byte %d", 2*len(bz)+9002)},
		"text behind zeros behind gzip": {"", gz + strings.Repeat("\x00", 300001) + gz + "\x00x", 4, fmt.Sprintf("not gzip follows the compressed data, from byte %d", 2*len(gz)+300002)}, "a window of a gigabyte": {"", window, 0, "128 MiB"}, "no codec": {"lzma", "x", 0, "no codec"},
		"text as bzip2": {"bzip2", "plain text\n", 0, "bad magic"}, "nothing as bzip2": {"bzip2", "", 0, "ends early"}, "text behind bzip2": {"", bz + "some text", 2, fmt.Sprintf("not bzip2 follows the compressed data, from byte %d", len(bz))},
		"a wrong bit in bzip2": {"", bz[:30] + "\x00" + bz[31:], 6, "checksum"},
		// told, not read
		"xz": {"", "\xfd7zXZ\x00\x00\x04", 0, "by xz, which is not read here"}, "lz4": {"auto", "\x04\x22\x4d\x18\x64", 0, "by lz4"}, "zip": {"", "PK\x03\x04\x14", 0, "by zip"},
		"7z": {"", "7z\xbc\xaf\x27\x1c\x00", 0, "by 7z"}, "lzip": {"", "LZIP\x01", 0, "by lzip"}, "compress": {"", "\x1f\x9d\x90", 0, "by compress"},
		"snappy": {"", "\xff\x06\x00\x00sNaPpY", 0, "by snappy"},
	} {
		for _, ahead := range []bool{false, true} {
			alloc := &checked{}
			s := New(readers(false, strings.NewReader(c.data)), Options{Line: limit, Codec: c.codec, Alloc: alloc})
			s.SetAhead(ahead)
			lines, err := collect(t, s)
			var failed *Error
			require.ErrorAs(t, err, &failed, name)
			assert.Equal(t, Codec, failed.Kind, name)
			assert.ErrorContains(t, err, c.want, name)
			assert.Len(t, lines, c.lines, name)
			alloc.empty(t)
		}
	}
	for name, data := range map[string]string{"zeros behind gzip": gz + strings.Repeat("\x00", 3000), "gzip not looked at": gz, "xz not looked at": "\xfd7zXZ\x00\x00\x04", "nearly bzip2": "BZh91AY&SX"} {
		codec := map[bool]string{true: "none"}[strings.HasSuffix(name, "looked at")]
		s := New(readers(false, strings.NewReader(data)), Options{Line: limit, Codec: codec, Alloc: &checked{}})
		_, err := collect(t, s)
		assert.Equal(t, io.EOF, err, name)
	}
}

// Tapes, disk images and some writers fill up with zeros, also between what was put together.
func TestZerosBehindCompressedData(t *testing.T) {
	for _, codec := range []string{"gzip", "zstd", "bzip2"} {
		packed := pack(t, codec, "a\nb\n")
		for _, n := range []int{1, 2, 3, 4, 5, 511, 300000} {
			fill := strings.Repeat("\x00", n)
			for _, data := range []string{packed + fill, packed + fill + packed, packed + fill + packed + fill + packed + packed + fill} {
				for _, ahead := range []bool{false, true} {
					s := New(readers(false, strings.NewReader(data)), Options{Line: limit, Alloc: &checked{}})
					s.SetAhead(ahead)
					lines, err := collect(t, s)
					assert.Equal(t, io.EOF, err, "%s, %d zeros", codec, n)
					assert.Len(t, lines, 2*strings.Count(data, packed), "%s, %d zeros", codec, n)
				}
			}
		}
	}
}

func TestTheLimitHoldsOverAllInputs(t *testing.T) {
	texts := []string{"\xef\xbb\xbfab\ncd\n", "efghijklmnopqrstuvwxyz\n", "12\n345"}
	all := strings.Join(texts, "")
	for most := 1; most <= len(all)+1; most++ {
		for _, size := range []int{1, 6, 100} {
			alloc := &checked{}
			var inputs []io.Reader
			for _, text := range texts {
				inputs = append(inputs, strings.NewReader(text))
			}
			s := New(readers(size == 6, inputs...), Options{Size: size, Line: limit, Bytes: int64(most), Alloc: alloc})
			lines, err := collect(t, s)
			alloc.empty(t)
			if most >= len(all) {
				require.Equal(t, io.EOF, err, "exactly as much as the limit is not too much")
				require.Equal(t, split(limit, texts...), lines)
				continue
			}
			var want []string
			rest, number := most, 0
			for ; rest >= len(texts[number]); number++ {
				want = append(want, texts[number])
				rest -= len(texts[number])
			}
			require.Equal(t, split(limit, append(want, texts[number][:rest])...), lines, "limit %d, blocks of %d", most, size)
			var failed *Error
			require.ErrorAs(t, err, &failed)
			require.Equal(t, Limit, failed.Kind)
			require.Equal(t, int64(rest), failed.Offset, "counted in its input")
		}
	}
}

type bad func(p []byte) (int, error)

func (b bad) Read(p []byte) (int, error) { return b(p) }

func TestReadersThatBreakTheRules(t *testing.T) {
	for name, c := range map[string]struct {
		read bad
		want string
	}{
		"nothing for ever": {func([]byte) (int, error) { return 0, nil }, io.ErrNoProgress.Error()},
		"more than all":    {func(p []byte) (int, error) { return len(p) + 1, nil }, "more than there was room for"},
		"less than none":   {func([]byte) (int, error) { return -1, nil }, "more than there was room for"},
		"panic":            {func([]byte) (int, error) { panic("oh no") }, "oh no"},
		"panic by error":   {func([]byte) (int, error) { panic(errDisk) }, errDisk.Error()},
	} {
		for _, codec := range []string{"auto", "none", "gzip", "zstd"} {
			text := "a\nb"
			if codec != "none" {
				text = pack(t, codec, text)
			}
			alloc := &checked{}
			s := New(readers(false, io.MultiReader(strings.NewReader(text), c.read)), Options{Line: limit, Codec: codec, Alloc: alloc})
			lines, err := collect(t, s)
			require.ErrorContains(t, err, c.want, "%s, %s", name, codec)
			require.Equal(t, name == "panic by error", errors.Is(err, errDisk))
			require.Equal(t, split(limit, "a\nb"), lines, "%s, %s", name, codec)
			alloc.empty(t)
		}
	}
	s := New([]Input{{Name: "x", Open: func() (io.ReadCloser, error) { panic("at open") }}}, Options{Line: limit, Alloc: &checked{}})
	_, err := s.Next()
	assert.ErrorContains(t, err, "at open")
}

// poor has no memory at its n-th call.
type poor struct {
	checked
	calls int
}

func (p *poor) Alloc(n int) []byte {
	if p.calls--; p.calls == 0 {
		panic("no memory")
	}
	return p.checked.Alloc(n)
}

func TestAllocatorsThatPanicLoseNothing(t *testing.T) {
	text := "a\n" + strings.Repeat("x", 11) + "\nb\n" + strings.Repeat("y", 50) + "\nc\n"
	for calls := 1; calls < 12; calls++ {
		alloc := &poor{calls: calls}
		s := New(readers(false, strings.NewReader(text)), Options{Size: 2, Line: limit, Alloc: alloc})
		var lines []line
		var err error
		for err == nil {
			func() {
				defer func() { _ = recover() }()
				var b Block
				if b, err = s.Next(); err == nil {
					lines = append(lines, linesOf(t, s, b)...)
					alloc.Free(b.Data)
				}
			}()
		}
		// It went on where it was, or said that it cannot; it must not leave out what was under way.
		if want := split(limit, text); err == io.EOF {
			require.Equal(t, want, lines)
		} else {
			require.Equal(t, want[:len(lines)], lines)
		}
		alloc.empty(t)
	}
}

func TestAWindowIsNotPaidForBeforeItIsAllowed(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	s := New(readers(false, strings.NewReader("\x28\xb5\x2f\xfd\x00"+string([]byte{21 << 3})+"\x29\x00\x00hello")), Options{Line: limit, Alloc: &checked{}})
	_, err := s.Next()
	runtime.ReadMemStats(&after)
	require.Error(t, err)
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(16<<20))
}
