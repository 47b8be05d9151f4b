package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	sawlog "github.com/sawlog/sawlog/lib"

	"github.com/sawlog/sawlog/examples/services/internal/budget"
	"github.com/sawlog/sawlog/examples/services/internal/store"
)

var now = time.Date(2026, 3, 5, 12, 0, 0, 0, time.UTC)

const access = `192.0.2.1 - - [05/Mar/2026:10:00:00 +0000] "GET /a HTTP/1.1" 200 12 "-" "agent"` + "\n"

// sink keeps what is committed, until it should fail.
type sink struct {
	mu     sync.Mutex
	failAt int
	rows   []store.Record
	calls  int
}

var errAway = fmt.Errorf("test: %w", store.ErrUnavailable)

func (s *sink) commit(_ context.Context, b *store.Batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.calls++; s.calls == s.failAt {
		return errAway
	}
	s.rows = append(s.rows, b.Records...)
	return nil
}

func ingester(t testing.TB, s *sink, o Options) *Ingester {
	t.Helper()
	f, err := NewFormats(map[string]string{"shop": `{"dissect": "%{level} %{message}"}`}, 10)
	require.NoError(t, err)
	o.Now = func() time.Time { return now }
	return New(f, s.commit, budget.New(64<<20, time.Millisecond), o)
}

func TestFormats(t *testing.T) {
	for name, c := range map[string]struct {
		format, text     string
		want             string
		detected         bool
		records, rejects int64
		first            store.Record
		fields           string
	}{
		"access log": {"", access + access + "nonsense\n", "nginx_combined", true, 2, 1,
			store.Record{Time: time.Date(2026, 3, 5, 10, 0, 0, 0, time.UTC), Severity: -1, Status: 200}, `{"client":"192.0.2.1"`},
		"json": {"auto", `{"time":"2026-01-02T03:04:05Z","level":"WARN","message":"x"}`, "json", true, 1, 0,
			store.Record{Time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Level: "WARN", Severity: 4}, `"message":"x"`},
		"no time":        {"logfmt", "level=error msg=a\nlevel=info msg=b\n", "logfmt", false, 2, 0, store.Record{Time: now, Level: "error", Severity: 3}, `{`},
		"a level no one": {"logfmt", "level=17 msg=a\n", "logfmt", false, 1, 0, store.Record{Time: now, Level: "17", Severity: -1}, `{`},
		"the operator's": {"shop", "ERROR it broke\n", "shop", false, 1, 0, store.Record{Time: now, Level: "ERROR", Severity: 3}, `"message":"it broke"`},
		"anything":       {"", "some words\nand more\n", "generic", true, 2, 0, store.Record{Time: now, Severity: -1}, `"some words"`},
		"syslog": {"syslog", "<34>1 2026-03-05T10:00:00Z host app 1 id - failed\n", "syslog", false, 1, 0,
			store.Record{Time: time.Date(2026, 3, 5, 10, 0, 0, 0, time.UTC), Severity: 2}, `"app":"app"`},
	} {
		t.Run(name, func(t *testing.T) {
			s := &sink{}
			r, err := ingester(t, s, Options{}).Read(t.Context(), Body{Reader: strings.NewReader(c.text), Format: c.format, Source: "src"})
			require.NoError(t, err)
			assert.Contains(t, []string{c.want, strings.TrimPrefix(c.want, "nginx_")}, r.Format)
			assert.Equal(t, c.detected, r.Detected)
			assert.Equal(t, []int64{c.records, c.rejects, int64(len(c.text))}, []int64{r.Records, r.Rejects, r.Bytes})
			require.NotEmpty(t, s.rows)
			got := s.rows[0]
			assert.Contains(t, string(got.Fields), c.fields)
			got.Fields = nil
			c.first.Received, c.first.Source, c.first.Format = now, "src", r.Format
			assert.Equal(t, c.first, got)
		})
	}
}

func TestRejectsAreKeptAndExplained(t *testing.T) {
	s := &sink{}
	text := access + "nonsense\n\n" + strings.Replace(access, " 200 ", " x\xff ", 1)
	r, err := ingester(t, s, Options{}).Read(t.Context(), Body{Reader: strings.NewReader(text), Format: "combined"})
	require.NoError(t, err)
	assert.Equal(t, map[string]int64{"no_match": 1, "empty": 1, "bad_value": 1}, r.Faults)
	assert.Equal(t, r.Lines, r.Records+r.Continuations+r.Rejects)
	require.Len(t, r.Explained, 3)
	assert.EqualValues(t, 2, r.Explained[0].Line)
	assert.EqualValues(t, len(access), r.Explained[0].Offset)
	assert.Equal(t, "status", r.Explained[2].Column)
	require.Len(t, s.rows, 3, "a blank line is only counted")
	for _, want := range []string{`{"message":"nonsense"}`, `x�`} {
		assert.Contains(t, fmt.Sprintf("%s", []string{string(s.rows[1].Fields), string(s.rows[2].Fields)}), want)
	}
	assert.NotEmpty(t, s.rows[2].Fault)
}

// TestCutting holds that the records of a body do not depend on how it comes.
func TestCutting(t *testing.T) {
	var text strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&text, `{"time":"2026-01-02T03:04:05Z","n":%d,"message":"number %d"}`+"\n", i, i)
		if i%100 == 0 {
			text.WriteString("bad\n")
		}
	}
	for name, body := range map[string]func() io.Reader{
		"whole":     func() io.Reader { return strings.NewReader(text.String()) },
		"by a byte": func() io.Reader { return iotest.OneByteReader(strings.NewReader(text.String())) },
		"data, EOF": func() io.Reader { return iotest.DataErrReader(strings.NewReader(text.String())) },
		"gzip":      func() io.Reader { return bytes.NewReader(zip(t, text.String())) },
		"zstd":      func() io.Reader { return bytes.NewReader(zst(t, text.String())) },
	} {
		for _, chunk := range []int{4 << 10, 16<<10 + 1, 1 << 20} {
			t.Run(fmt.Sprint(name, chunk), func(t *testing.T) {
				s := &sink{}
				r, err := ingester(t, s, Options{Chunk: chunk}).Read(t.Context(), Body{Reader: body()})
				require.NoError(t, err)
				assert.Equal(t, []int64{3030, 3000, 30, int64(text.Len())}, []int64{r.Lines, r.Records, r.Rejects, r.Bytes})
				require.Len(t, s.rows, 3030)
				n := 0
				for _, row := range s.rows {
					if row.Fault == "" {
						require.Contains(t, string(row.Fields), fmt.Sprintf(`"message":"number %d"`, n))
						n++
					}
				}
			})
		}
	}
}

func zip(t testing.TB, text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(text))
	require.NoError(t, errors.Join(err, w.Close()))
	return b.Bytes()
}

func zst(t testing.TB, text string) []byte {
	w, err := zstd.NewWriter(nil)
	require.NoError(t, err)
	return w.EncodeAll([]byte(text), nil)
}

func TestBadBodies(t *testing.T) {
	long := strings.Repeat(access, 1000)
	gz, zs := zip(t, long), zst(t, long)
	flipped := bytes.Clone(gz)
	flipped[len(flipped)-6] ^= 1
	for name, c := range map[string]struct {
		body Body
		want error
	}{
		"half a gzip":          {Body{Reader: bytes.NewReader(gz[:len(gz)/2])}, ErrDamaged},
		"half a zstd":          {Body{Reader: bytes.NewReader(zs[:len(zs)/2])}, ErrDamaged},
		"a checksum":           {Body{Reader: bytes.NewReader(flipped)}, ErrDamaged},
		"says gzip, is not":    {Body{Reader: strings.NewReader(long), Encoding: "gzip"}, ErrDamaged},
		"says zstd, is not":    {Body{Reader: strings.NewReader(long), Encoding: "zstd"}, ErrDamaged},
		"says gzip, is empty":  {Body{Reader: strings.NewReader(""), Encoding: "gzip"}, ErrDamaged},
		"br":                   {Body{Reader: strings.NewReader(long), Encoding: "br"}, ErrEncoding},
		"too large":            {Body{Reader: strings.NewReader(long + long)}, ErrTooLarge},
		"too large, a bomb":    {Body{Reader: bytes.NewReader(zip(t, strings.Repeat(long, 20)))}, ErrTooLarge},
		"no such format":       {Body{Reader: strings.NewReader(long), Format: "combind"}, ErrFormat},
		"no definition":        {Body{Reader: strings.NewReader(long), Format: `{"grok":"x","pattern_files":["/etc"]}`}, ErrFormat},
		"the client goes away": {Body{Reader: io.MultiReader(strings.NewReader(long), iotest.ErrReader(io.ErrUnexpectedEOF))}, io.ErrUnexpectedEOF},
		"away inside gzip":     {Body{Reader: io.MultiReader(bytes.NewReader(gz[:len(gz)/2]), iotest.ErrReader(io.ErrClosedPipe))}, io.ErrClosedPipe},
	} {
		t.Run(name, func(t *testing.T) {
			s := &sink{}
			r, err := ingester(t, s, Options{Chunk: 8 << 10, MaxBody: int64(len(long)) + 10}).Read(t.Context(), c.body)
			require.ErrorIs(t, err, c.want)
			assert.LessOrEqual(t, strings.Count(err.Error(), ErrDamaged.Error()), 1, err)
			assert.EqualValues(t, len(s.rows), r.Records, "the result says what was committed")
			assert.False(t, IsTemporary(err), "sending it again would not help")
		})
	}
	var f *sawlog.FormatError
	_, err := ingester(t, &sink{}, Options{}).Read(t.Context(), Body{Reader: strings.NewReader("x"), Format: "combind"})
	require.ErrorAs(t, err, &f)
	assert.Contains(t, f.Error(), "combined")
}

func TestAStoreThatFailsMidway(t *testing.T) {
	s := &sink{failAt: 3}
	text := strings.Repeat(access, 1000)
	r, err := ingester(t, s, Options{Chunk: 4 << 10}).Read(t.Context(), Body{Reader: strings.NewReader(text)})
	require.ErrorIs(t, err, store.ErrUnavailable)
	assert.True(t, IsTemporary(err))
	require.Positive(t, r.Records)
	assert.EqualValues(t, len(s.rows), r.Records)

	// Going on behind what was committed gives every record once.
	rest, err := ingester(t, s, Options{}).Read(t.Context(), Body{Reader: strings.NewReader(text[r.Bytes:])})
	require.NoError(t, err)
	assert.EqualValues(t, 1000, r.Records+rest.Records)
}

func TestALineThatNeverEnds(t *testing.T) {
	s := &sink{}
	r, err := ingester(t, s, Options{Chunk: 4 << 10, Line: 10_000}).Read(t.Context(), Body{Format: "combined", Reader: strings.NewReader(access + strings.Repeat("x", 1<<20) + "\n" + access)})
	require.NoError(t, err)
	assert.EqualValues(t, 2, r.Records)
	assert.Equal(t, map[string]int64{"too_long": 1}, r.Faults)
}

func TestMemoryIsBounded(t *testing.T) {
	f, err := NewFormats(nil, 1)
	require.NoError(t, err)
	b := budget.New(1<<20, time.Millisecond)
	in := New(f, (&sink{}).commit, b, Options{})
	_, err = in.Read(t.Context(), Body{Reader: bytes.NewReader(zst(t, access))})
	require.ErrorIs(t, err, budget.ErrNever, "a window of 8 MiB does not fit")
	_, err = in.Read(t.Context(), Body{Reader: strings.NewReader(strings.Repeat(access, 10_000))})
	require.ErrorIs(t, err, budget.ErrNever)
	all := b.Lease("other")
	require.NoError(t, all.Grow(t.Context(), 1<<20), "everything was given back")
}

// TestLinesAreBounded whatever the length of the body that they are in.
func TestLinesAreBounded(t *testing.T) {
	long := strings.Repeat("x", 2000) + "\n"
	for name, text := range map[string]string{"a small body": "a\n" + long + "b\n", "without its end": "a\nb\n" + strings.TrimSuffix(long, "\n"), "a large one": strings.Repeat("a\n", 200_000) + long} {
		t.Run(name, func(t *testing.T) {
			r, err := ingester(t, &sink{}, Options{Line: 1000}).Read(t.Context(), Body{Reader: strings.NewReader(text), Format: "generic"})
			require.NoError(t, err)
			assert.Equal(t, map[string]int64{"too_long": 1}, r.Faults)
			assert.EqualValues(t, len(text), r.Bytes)
		})
	}
}

// TestShortLines: of many short lines some are parsed and committed at a time, because each costs much more than its text. They are the same
// records.
func TestShortLines(t *testing.T) {
	const many = 100_000
	for _, line := range []string{"a\n", "\n"} {
		s, most := &sink{}, 0
		in := ingester(t, s, Options{})
		in.commit = func(ctx context.Context, b *store.Batch) error {
			most = max(most, len(b.Records))
			return s.commit(ctx, b)
		}
		r, err := in.Read(t.Context(), Body{Reader: strings.NewReader(strings.Repeat(line, many)), Format: "generic"})
		require.NoError(t, err)
		assert.EqualValues(t, many, r.Lines)
		assert.Len(t, s.rows, int(r.Records))
		assert.LessOrEqual(t, most, maxLines)

		in.budget = budget.New(2<<20, time.Millisecond)
		_, err = in.Read(t.Context(), Body{Reader: strings.NewReader(strings.Repeat(line, many)), Format: "generic"})
		require.ErrorIs(t, err, budget.ErrNever, "they are paid for")
	}
}

// TestACollectionIsBounded: what lines have in common is in the record of each.
func TestACollectionIsBounded(t *testing.T) {
	b := budget.New(16<<20, time.Millisecond)
	collect := func(most int64) (n int, err error) {
		lease := b.Lease("other")
		defer lease.Release()
		lines := ingester(t, &sink{}, Options{}).Lines(t.Context(), "c")
		lines.Bound(lease, most)
		require.NoError(t, lines.Begin("s", "generic", nil))
		members := []byte(`"labels":"` + strings.Repeat("x", 10_000) + `",`)
		for ; n < 10_000 && err == nil; n++ {
			err = lines.Line("a", Envelope{Members: members})
		}
		return n, err
	}
	n, err := collect(1 << 20)
	require.ErrorIs(t, err, ErrTooLarge)
	assert.InDelta(t, 100, n, 5)
	n, err = collect(1 << 30)
	require.ErrorIs(t, err, budget.ErrNever)
	assert.InDelta(t, 800, n, 100)
	all := b.Lease("other")
	require.NoError(t, all.Grow(t.Context(), 16<<20), "everything was given back")
}

func TestASourceKeepsItsFormat(t *testing.T) {
	f, err := NewFormats(nil, 2)
	require.NoError(t, err)
	detect := func(source, text string) string {
		format, err := f.Detect(source, []byte(text))
		require.NoError(t, err)
		return format.Name
	}
	const logfmt = "level=info msg=a\n"
	web := detect("web", access+access)
	assert.Equal(t, web, detect("web", "half of it\n"+access), "what fitted before still fits well enough")
	assert.Equal(t, "logfmt", detect("web", logfmt+logfmt), "a source may change")
	assert.Equal(t, web, detect("other", access))
	for i := range 100 {
		detect(fmt.Sprint(i), access)
	}
	assert.Len(t, f.sources, 2)
	assert.Equal(t, 2, f.recent.Len())
}

func TestSeverity(t *testing.T) {
	for word, want := range map[string]int{"ERROR": 3, "Warn": 4, "30": 6, "": -1, "louder": -1, "E": 3} {
		assert.Equal(t, want, SeverityOf(word), word)
	}
}

func BenchmarkRead(b *testing.B) {
	text := strings.Repeat(access, 5000)
	in := ingester(b, &sink{}, Options{})
	in.commit = func(context.Context, *store.Batch) error { return nil }
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		_, err := in.Read(b.Context(), Body{Reader: strings.NewReader(text)})
		require.NoError(b, err)
	}
}

func TestTheYearOfLinesWithoutOneIsThis(t *testing.T) {
	f, err := NewFormats(nil, 1)
	require.NoError(t, err)
	format, err := f.Named("syslog")
	require.NoError(t, err)
	at := time.Now().UTC().Add(-time.Hour)
	batch := format.Parser.Parse([]byte(at.Format(time.Stamp) + " host app: text\n"))
	require.Equal(t, 1, batch.Len())
	assert.WithinDuration(t, at, batch.Column("time").Time(0), 2*time.Second)
	batch.Release()
}
