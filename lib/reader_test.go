package sawlog

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"math/rand"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/linetest"
)

const plainLog = "200 ok\n404 not here\nno number\n"

var plain = Options{Nginx: "$status $message"}

func write(t testing.TB, name, text string) string {
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func TestPathsListsAndPatterns(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"b.log", "a.log", "c.txt", "[1].log"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("200 "+name+"\n"), 0o600))
	}
	require.NoError(t, os.Mkdir(filepath.Join(dir, "z.log"), 0o700))
	read := func(paths ...string) (messages []string) {
		for i := range paths {
			paths[i] = filepath.Join(dir, paths[i])
		}
		r, err := OpenPaths(paths, plain)
		require.NoError(t, err)
		defer r.Close()
		for b, err := range r.Batches() {
			require.NoError(t, err)
			for i := range b.Len() {
				messages = append(messages, b.Column("message").Text(i))
			}
			assert.Equal(t, int64(1), b.FirstLine, "lines are counted by file")
		}
		assert.Equal(t, len(messages), r.Stats().SourcesDone)
		return messages
	}
	assert.Equal(t, []string{"c.txt", "a.log"}, read("c.txt", "a.log"))
	assert.Equal(t, []string{"[1].log", "a.log", "b.log"}, read("*.log"))
	assert.Equal(t, []string{"[1].log"}, read("[1].log"), "a file of that name goes before a pattern")
}

func TestWhatCannotBeOpened(t *testing.T) {
	dir := t.TempDir()
	for path, want := range map[string]string{filepath.Join(dir, "none"): "no such file", filepath.Join(dir, "*.log"): "no file fits", dir: "is a directory"} {
		_, err := Open(path, plain)
		var failed *ReadError
		require.ErrorAs(t, err, &failed, path)
		assert.Equal(t, KindIO, failed.Kind)
		assert.ErrorContains(t, err, want)
		assert.ErrorContains(t, err, path)
	}
	_, err := Open(filepath.Join(dir, "none"), plain)
	assert.ErrorIs(t, err, fs.ErrNotExist)
	_, err = Open(dir, plain)
	assert.ErrorIs(t, err, syscall.EISDIR)
	if os.Geteuid() != 0 {
		path := write(t, "secret", "x")
		require.NoError(t, os.Chmod(path, 0))
		_, err = Open(path, plain)
		assert.ErrorIs(t, err, fs.ErrPermission)
	}
}

func TestEmptyAndOddFiles(t *testing.T) {
	for name, c := range map[string]struct {
		text          string
		rows, rejects int
	}{
		"empty": {"", 0, 0}, "one newline": {"\n", 0, 1}, "only a mark": {"\ufeff", 0, 0}, "a mark and a line": {"\ufeff200 x", 1, 0}, "zeros": {strings.Repeat("\x00", 5000), 0, 1},
		"binary": {"\x7fELF\x02\x01\x01\n\n\xff\xfe200 x\n", 0, 3}, "carriage returns": {"\r\n200 x\r\n\r\n", 1, 2},
	} {
		r, err := Open(write(t, "log", c.text), plain)
		require.NoError(t, err)
		out := readAll(t, r)
		assert.Len(t, out.Rows, c.rows, name)
		assert.Len(t, out.Rejects, c.rejects, name)
		assert.Equal(t, parseAll(t, plain, c.text).Rejects, out.Rejects, name)
	}
}

func TestALineThatIsTooLongCostsNoMemory(t *testing.T) {
	const length = 256 << 20
	text := io.MultiReader(strings.NewReader("200 before\n404 "), io.LimitReader(repeated("x"), length), strings.NewReader("\r\n200 behind\n"))
	r, err := OpenReader(text, plain)
	require.NoError(t, err)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	out := readAll(t, r)
	runtime.ReadMemStats(&after)
	assert.Equal(t, []string{`{"status":200,"message":"before"}`, `{"status":200,"message":"behind"}`}, out.Rows)
	require.Len(t, out.Rejects, 1)
	assert.True(t, strings.HasPrefix(out.Rejects[0], "line 2 at 11, 268435460 bytes: too_long "), out.Rejects[0][:60])
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(64<<20))
}

type repeated string

func (r repeated) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = r[0]
	}
	return len(p), nil
}

func TestTheLimitOfBytes(t *testing.T) {
	bomb := pack(t, "gzip", strings.Repeat(strings.Repeat("200 x\n", 1000), 1000))
	assert.Less(t, len(bomb), 1<<20)
	o := plain
	o.Limits = &Limits{Bytes: 1_000_000}
	r, err := OpenReader(bytes.NewReader(bomb), o)
	require.NoError(t, err)
	defer r.Close()
	bytes := int64(0)
	for b, err := range r.Batches() {
		if err != nil {
			var failed *ReadError
			require.ErrorAs(t, err, &failed)
			assert.Equal(t, KindLimit, failed.Kind)
			assert.ErrorContains(t, err, "limit of 1000000 bytes")
			assert.Equal(t, int64(1_000_000), bytes)
			return
		}
		bytes += b.InputBytes()
	}
	t.Fatal("the limit was not seen")
}

// A pipe that brings a line now and then: each is handed on when it is there.
func TestALiveInputIsNotKeptWaiting(t *testing.T) {
	in, out, err := os.Pipe()
	require.NoError(t, err)
	r, err := OpenFile(in, plain)
	require.NoError(t, err)
	for range 3 {
		_, err = out.WriteString("200 x\n404")
		require.NoError(t, err)
		b, err := r.Next()
		require.NoError(t, err)
		assert.Equal(t, 1, b.Len())
		_, err = out.WriteString(" y\n")
		require.NoError(t, err)
		b, err = r.Next()
		require.NoError(t, err)
		assert.Equal(t, "y", b.Column("message").Text(0))
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	_, err = r.NextContext(ctx)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	_, err = out.WriteString("500 again\n")
	require.NoError(t, err)
	b, err := r.Next()
	require.NoError(t, err, "the call can be repeated")
	assert.Equal(t, "again", b.Column("message").Text(0))
	require.NoError(t, out.Close())
	_, err = r.Next()
	require.Equal(t, io.EOF, err)
	require.NoError(t, r.Close())
}

func TestClosingAtAnyTimeLeavesNothingBehind(t *testing.T) {
	path := write(t, "log", strings.Repeat(plainLog, 20000))
	before := runtime.NumGoroutine()
	rnd := rand.New(rand.NewSource(1))
	for range 40 {
		o := plain
		o.Threads, o.BlockSize = 1+rnd.Intn(4), 1000
		r, err := Open(path, o)
		require.NoError(t, err)
		for range rnd.Intn(50) {
			b, err := r.Next()
			require.NoError(t, err)
			b.Release()
		}
		require.NoError(t, r.Close())
		_, err = r.Next()
		require.Error(t, err)
		require.NoError(t, r.Close(), "closing twice is fine")
	}
	in, out, err := os.Pipe()
	require.NoError(t, err)
	r, err := OpenFile(in, plain)
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	_, err = r.NextContext(ctx)
	require.Error(t, err)
	cancel()
	require.NoError(t, r.Close(), "a reader that waits for a pipe")
	require.NoError(t, out.Close())
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	assert.LessOrEqual(t, runtime.NumGoroutine(), before)
}

type failing struct{ r io.Reader }

var errDisk = errors.New("the disk is gone")

func (f failing) Read(p []byte) (int, error) {
	n, err := f.r.Read(p)
	if err == io.EOF {
		err = errDisk
	}
	return n, err
}

func TestAReadThatFailsComesAfterWhatWasThere(t *testing.T) {
	for _, threads := range []int{1, 2} {
		o := plain
		o.Threads = threads
		r, err := OpenReader(failing{strings.NewReader(plainLog + "500 cut")}, o)
		require.NoError(t, err)
		b, err := r.Next()
		require.NoError(t, err)
		rows := b.Len()
		if b, err = r.Next(); err == nil {
			rows += b.Len()
			_, err = r.Next()
		}
		assert.Equal(t, 3, rows)
		var failed *ReadError
		require.ErrorAs(t, err, &failed)
		assert.Equal(t, KindIO, failed.Kind)
		assert.ErrorIs(t, err, errDisk)
		_, again := r.Next()
		assert.Equal(t, err.Error(), again.Error())
		require.NoError(t, r.Close())
	}
}

func TestAFileThatShrinksWhileItIsRead(t *testing.T) {
	path := write(t, "log", strings.Repeat(plainLog, 10000))
	o := plain
	o.BlockSize, o.Threads = 1000, 1
	r, err := Open(path, o)
	require.NoError(t, err)
	defer r.Close()
	_, err = r.Next()
	require.NoError(t, err)
	require.NoError(t, os.Truncate(path, 0))
	for _, err := range r.Batches() {
		require.NoError(t, err)
	}
}

func TestDetectionOfAStream(t *testing.T) {
	access := strings.Repeat(`10.0.0.1 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 2326 "-" "x"`+"\n", 20)
	r, err := OpenReader(strings.NewReader("starting up\n"+access), Options{})
	require.NoError(t, err)
	info, err := r.Info()
	require.NoError(t, err)
	assert.Equal(t, "combined", info.Format)
	assert.Equal(t, "combined", info.Detection.Format)
	out := readAll(t, r)
	assert.Len(t, out.Rows, 20)
	assert.Equal(t, []string{`line 1 at 0, 11 bytes: no_match "starting up"`}, out.Rejects)
	d, err := DetectPath(write(t, "log", access), Options{})
	require.NoError(t, err)
	assert.Equal(t, "combined", d.Format)
}

func TestNothingToRead(t *testing.T) {
	_, err := OpenFile(nil, Options{})
	require.ErrorIs(t, err, os.ErrInvalid)
	_, err = OpenReader(nil, Options{})
	require.ErrorIs(t, err, os.ErrInvalid)
	_, err = Open(filepath.Join(t.TempDir(), "log[1"), Options{})
	require.ErrorIs(t, err, os.ErrNotExist)
	require.ErrorContains(t, err, "and as a pattern it has a syntax error")
}

// No line fits what cannot be read, but that is not why it has no format.
func TestAFileThatCannotBeReadHasNoFormat(t *testing.T) {
	for name, data := range map[string]string{"xz": "\xfd7zXZ\x00\x00\x04", "damaged": "\x1f\x8bno gzip", "a byte of gzip": "\x1f\x8b"} {
		_, err := DetectPath(write(t, "log", data), Options{})
		var failed *ReadError
		require.ErrorAs(t, err, &failed, name)
		assert.Equal(t, KindCodec, failed.Kind, name)
	}
	for name, data := range map[string]string{"empty": "", "blank": "\n\n", "no log": "\x00\x01"} {
		d, err := DetectPath(write(t, "log", data), Options{})
		require.NoError(t, err, name)
		assert.Zero(t, d.Confidence, name)
	}
}

func TestReadingOptionsAreChecked(t *testing.T) {
	for _, o := range []Options{{Threads: -1}, {BlockSize: -1}, {Codec: "gzp"}, {Limits: &Limits{Line: -1}}, {Limits: &Limits{Bytes: -1}}, {Zone: "Nowhere/Land"}, {UTF8: "ignore"}} {
		_, err := OpenReader(strings.NewReader(""), o)
		var wrong *FormatError
		require.ErrorAs(t, err, &wrong, "%+v", o)
		assert.Equal(t, KindOption, wrong.Kind)
	}
}

// A stream has the limits of its parser, but for those that it is given; of a reader's own limits only that of all bytes has an effect.
func TestLimitsOfAParserAndOfReading(t *testing.T) {
	deep := []byte(`{"a":{"b":{"c":{"d":1}}}}` + "\n")
	p, err := NewParser(`{"json": {}, "limits": {"depth": 2}}`)
	require.NoError(t, err)
	for depth, rows := range map[int]int{0: 0, 2: 0, 9: 1} {
		s, err := p.Stream(Options{Limits: &Limits{Line: 300, Depth: depth}})
		require.NoError(t, err)
		_, err = s.Feed(deep)
		require.NoError(t, err)
		b, err := s.Flush()
		require.NoError(t, err)
		assert.Equal(t, []int{rows, 1 - rows}, []int{b.Len(), b.Rejects()}, depth)
	}
	long := strings.Repeat("x", 1<<19) + "\n"
	for definition, kept := range map[string]int{"common": 1 << 19, "auto": 1 << 19, `{"limits": {"line": 100}}`: 100} {
		p, err := NewParser(definition)
		require.NoError(t, err)
		r, err := p.OpenReader(strings.NewReader(long), Options{Limits: &Limits{Line: 10, Bytes: 1 << 20}})
		require.NoError(t, err)
		b, err := r.Next()
		require.NoError(t, err)
		if b.Len() == 0 {
			assert.Len(t, b.Reject(0).Raw, kept, definition)
		} else {
			assert.Len(t, b.Column("message").Bytes(0), kept, definition)
		}
		require.NoError(t, r.Close())
	}
}

func TestAStreamIsFedWhatIsDecompressed(t *testing.T) {
	p, err := NewParser("combined")
	require.NoError(t, err)
	for _, codec := range []string{"", "auto", "none"} {
		_, err = p.Stream(Options{Codec: codec})
		require.NoError(t, err)
	}
	_, err = p.Stream(Options{Codec: "gzip"})
	var wrong *FormatError
	require.ErrorAs(t, err, &wrong)
	assert.Equal(t, "codec", wrong.Key)
	assert.Contains(t, wrong.Message, "decompressed already")
}

func TestAStreamIsFedNoMoreWhenItIsClosed(t *testing.T) {
	for _, definition := range []string{"combined", "auto", `{"json": {}, "multiline": "indent"}`} {
		p, err := NewParser(definition)
		require.NoError(t, err)
		s, err := p.Stream(Options{})
		require.NoError(t, err)
		s.Close()
		s.Close()
		batch, err := s.Feed([]byte("x\n"))
		require.ErrorContains(t, err, "closed", definition)
		require.Nil(t, batch, definition)
		_, err = s.Flush()
		require.ErrorContains(t, err, "closed", definition)
	}
}

func TestALiveStreamBeginsAfterItsFirstRecords(t *testing.T) {
	for definition, lines := range map[string]string{
		`{"json": {"sample_records": 3}}`:     "not json\n{\"a\":1}\n{\"a\":2}\n{\"a\":3,\"b\":4}\n{\"c\":5}\n",
		`{"logfmt": {"sample_records": 3}}`:   "\na=1\na=2\na=3 b=4\nc=5\n",
		`{"keyvalue": {"sample_records": 3}}`: "\na=1\na=2\na=3 b=4\nc=5\n",
		`{"ltsv": {"sample_records": 3}}`:     "\na:1\tb:\na:2\tb:\na:3\tb:4\nc:5\n",
		`{"csv": {"sample_records": 3}}`:      "a,b,c\n1,1,\"x\"\n2,1,\"x\"\n3,4,\"x\"\n5,6,\"x\"\n",
	} {
		t.Run(definition, func(t *testing.T) {
			o, err := ParseOptions(definition)
			require.NoError(t, err)
			in, out, err := os.Pipe()
			require.NoError(t, err)
			r, err := OpenFile(in, o)
			require.NoError(t, err)
			_, err = out.WriteString(lines)
			require.NoError(t, err)
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			var rows []string
			for len(rows) < 4 {
				b, err := r.NextContext(ctx)
				require.NoError(t, err)
				for i := range b.Len() {
					rows = append(rows, string(b.AppendJSON(nil, i, true)))
				}
			}
			assert.Contains(t, rows[2], `{"a":3,"b":4`)
			assert.Regexp(t, `^\{"c":5\}$|^\{"a":5,"b":6,"c":"x"\}$`, rows[3])
			require.NoError(t, out.Close())
			require.NoError(t, r.Close())
		})
	}
}

// A program that asks again and again does so too in the moment in which the goroutine that looks at the beginning has found the columns.
func TestAskingAgainBeginsALiveStreamOnce(t *testing.T) {
	o, err := ParseOptions(`{"json": {}}`)
	require.NoError(t, err)
	impatient, cancel := context.WithCancel(t.Context())
	cancel()
	for range 500 {
		in, out, err := os.Pipe()
		require.NoError(t, err)
		r, err := OpenFile(in, o)
		require.NoError(t, err)
		_, err = out.WriteString("{\"a\":1}\n{\"a\":2}\n")
		require.NoError(t, err)
		require.NoError(t, out.Close())
		for !r.Ready() {
			_, err = r.NextContext(impatient)
			require.ErrorIs(t, err, context.Canceled)
		}
		b, err := r.Next()
		require.NoError(t, err)
		require.Equal(t, 2, b.Len())
		_, err = r.Next()
		require.Equal(t, io.EOF, err)
		require.NoError(t, r.Close())
	}
}

// counting counts what is taken and not given back.
type counting struct {
	lock sync.Mutex
	live map[*byte]int
}

func (c *counting) Alloc(n int) []byte {
	b := make([]byte, n)
	c.lock.Lock()
	defer c.lock.Unlock()
	if c.live == nil {
		c.live = map[*byte]int{}
	}
	c.live[&b[0]] = n
	return b
}

func (c *counting) Free(b []byte) {
	c.lock.Lock()
	defer c.lock.Unlock()
	if _, ok := c.live[&b[0]]; !ok {
		panic("freed twice, or never taken")
	}
	delete(c.live, &b[0])
}

func TestAllMemoryIsGivenBack(t *testing.T) {
	path := write(t, "log", strings.Repeat(plainLog, 30000))
	for _, o := range []Options{plain, {}, {JSON: &JSONOptions{}}} {
		for batches := range 4 {
			for _, threads := range []int{1, 3} {
				memory := &counting{}
				o.Allocator, o.Threads, o.BlockSize = memory, threads, 4096
				r, err := Open(path, o)
				require.NoError(t, err)
				if batches == 1 {
					_, err = r.Schema()
					require.NoError(t, err)
				}
				for range batches {
					b, err := r.Next()
					require.NoError(t, err)
					b.Release()
				}
				require.NoError(t, r.Close())
				assert.Eventually(t, func() bool {
					memory.lock.Lock()
					defer memory.lock.Unlock()
					return len(memory.live) == 0
				}, 10*time.Second, time.Millisecond, "%d batches, %d threads", batches, threads)
			}
		}
	}
}

func TestAParserKeepsItsDefinition(t *testing.T) {
	p, err := NewParser("combined")
	require.NoError(t, err)
	_, err = p.OpenReader(strings.NewReader(""), Options{Zone: "UTC", Threads: 1})
	assert.ErrorContains(t, err, `"zone" belongs to the parser`)
	r, err := p.OpenReader(strings.NewReader(accessLine), Options{Threads: 1, Limits: &Limits{Bytes: 1 << 20}})
	require.NoError(t, err)
	assert.Len(t, readAll(t, r).Rows, 1)
}

// However small the pieces are that a stream is fed, an unfinished line is looked through once: a line of a mebibyte in pieces of 16 bytes took
// 20 seconds when it was not, and takes some milliseconds.
func TestAnUnfinishedLineIsLookedThroughOnce(t *testing.T) {
	p, err := NewParser("common")
	require.NoError(t, err)
	piece := []byte("0123456789abcdef")
	linetest.Linear(t, defaultLine/16, func(n int) {
		s, err := p.Stream(Options{})
		require.NoError(t, err)
		for size := 0; size < n; size += len(piece) {
			b, err := s.Feed(piece)
			require.NoError(t, err)
			require.Nil(t, b)
		}
		b, err := s.Feed([]byte("\n"))
		require.NoError(t, err)
		require.Equal(t, 1, b.Rejects())
		assert.Equal(t, int64(n), b.Reject(0).Length)
		b.Release()
	})
}

// A document that is too long costs a stream no more memory than its limit, and is the reject that Parse makes of it.
func TestADocumentThatIsTooLongForAStream(t *testing.T) {
	p, err := NewParser(`{"json": {"document": true}, "limits": {"line": 100}}`)
	require.NoError(t, err)
	s, err := p.Stream(Options{})
	require.NoError(t, err)
	for size := 90; size < 2000; size += 7 {
		for _, ending := range []string{"", "\n", "\r\n", "\r"} {
			text := []byte(`{"a":"` + strings.Repeat("x", size) + `"}` + ending)
			for piece := range slices.Chunk(text, 16) {
				_, err := s.Feed(piece)
				require.NoError(t, err)
				require.Less(t, len(s.rest), 120)
			}
			got, err := s.Flush()
			require.NoError(t, err)
			want := p.Parse(text)
			require.Equal(t, []int{want.Len(), want.Rejects()}, []int{got.Len(), got.Rejects()}, size)
			require.Equal(t, []int64{want.Lines(), want.InputBytes()}, []int64{got.Lines(), got.InputBytes()}, "%d %q", size, ending)
			if want.Rejects() > 0 {
				a, b := want.Reject(0), got.Reject(0)
				require.Equal(t, []any{a.Fault, a.Length, string(a.Raw)}, []any{b.Fault, b.Length, string(b.Raw)}, "%d %q", size, ending)
			}
		}
	}
}
