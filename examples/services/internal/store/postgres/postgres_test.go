package postgres

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/examples/services/internal/store"
	"github.com/sawlog/sawlog/examples/services/internal/store/storetest"
)

// database makes an empty one on the server that DATABASE_URL names, and gives its URL.
func database(t testing.TB) string {
	t.Helper()
	server := os.Getenv("DATABASE_URL")
	if server == "" {
		t.Skip("it needs PostgreSQL: ./build.sh services test starts one, or set DATABASE_URL")
	}
	c, err := pgx.Connect(t.Context(), server)
	require.NoError(t, err)
	name := fmt.Sprintf("loggate_test_%d", time.Now().UnixNano())
	_, err = c.Exec(t.Context(), "CREATE DATABASE "+name)
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := c.Exec(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)")
		assert.NoError(t, err)
		assert.NoError(t, c.Close(context.Background()))
	})
	u, err := url.Parse(server)
	require.NoError(t, err)
	u.Path = "/" + name
	return u.String()
}

func open(t testing.TB) *Store {
	t.Helper()
	s, err := Open(t.Context(), database(t), Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func TestStore(t *testing.T) {
	database(t) // one line says why all are skipped
	storetest.Run(t, func(t *testing.T) store.Store { return open(t) })
}

func TestSeveralProcessesStartAtOnce(t *testing.T) {
	database := database(t)
	errs := make(chan error)
	for range 4 {
		go func() {
			s, err := Open(t.Context(), database, Options{})
			if err == nil {
				err = s.Close()
			}
			errs <- err
		}()
	}
	for range 4 {
		require.NoError(t, <-errs)
	}
}

// TestAnOlderSchema becomes this version's, with all that is in it.
func TestAnOlderSchema(t *testing.T) {
	url := database(t)
	first, err := migrations.ReadFile("migrations/001_records.sql")
	require.NoError(t, err)
	c, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	_, err = c.Exec(t.Context(), string(first)+`CREATE TABLE loggate_schema (name text PRIMARY KEY, at timestamptz NOT NULL DEFAULT now());
		INSERT INTO loggate_schema (name) VALUES ('migrations/001_records.sql'); INSERT INTO tally VALUES (29545200, 'web', 'json', 'INFO', 0, false, 7);`)
	require.NoError(t, err)
	require.NoError(t, c.Close(t.Context()))
	s, err := Open(t.Context(), url, Options{})
	require.NoError(t, err)
	_, err = s.Expire(t.Context(), time.Now().Add(-time.Hour))
	require.NoError(t, err)
	stats, err := s.Stats(t.Context(), store.Range{})
	require.NoError(t, err)
	assert.Equal(t, map[string]int64{"web": 7}, stats.Sources)
	require.NoError(t, s.Close())
}

// TestAServerThatOnlyReads is away for who brings records, and says so before any come.
func TestAServerThatOnlyReads(t *testing.T) {
	url := database(t)
	s, err := Open(t.Context(), url, Options{})
	require.NoError(t, err)
	defer s.Close()
	require.NoError(t, s.Ping(t.Context()))
	var name string
	require.NoError(t, s.pool.QueryRow(t.Context(), "SELECT current_database()").Scan(&name))
	set := func(value string) {
		_, err := s.read.Exec(t.Context(), "ALTER DATABASE "+name+" SET default_transaction_read_only = "+value)
		require.NoError(t, err)
	}
	put := func() error {
		return s.Append(t.Context(), []*store.Batch{{Records: []store.Record{{Time: time.Now(), Received: time.Now(), Source: "s", Format: "f", Fields: []byte(`{}`)}}}})
	}
	_, err = s.read.Exec(t.Context(), "SET default_transaction_read_only = off") // this one is for mending it
	require.NoError(t, err)
	for _, try := range []func() error{func() error { return s.Ping(t.Context()) }, put} {
		set("on")
		s.pool.Reset() // new connections see it
		require.ErrorIs(t, try(), store.ErrUnavailable)
		set("off")
		require.NoError(t, try(), "the connections of before are not used any more")
	}
}

// What the version with schema 002 sends to the database. It stays as it is when this version sends something else, for as long as the two may run
// beside each other.
const (
	copyBefore  = "COPY record (time, received, source, format, level, severity, status, fault, fields) FROM STDIN"
	tallyBefore = `INSERT INTO tally AS t (minute, source, format, level, status, reject, day, n) SELECT 1, 's', 'f', '', 200::smallint, false, 2, 3
		ON CONFLICT (minute, source, format, level, status, reject, day) DO UPDATE SET n = t.n + excluded.n`
	searchBefore = "SELECT id, time, received, source, format, level, severity, status, fault, fields FROM record WHERE (time, id) < (9, 9) AND status BETWEEN 200 AND 299 ORDER BY time DESC, id DESC LIMIT 2"
	statsBefore  = "SELECT minute, format, source, level, status::text, sum(n)::bigint, coalesce(sum(n) FILTER (WHERE reject), 0)::bigint FROM tally WHERE minute >= 0 GROUP BY 1, 2, 3, 4, 5"
)

// TestTheVersionBefore writes and reads beside this one: processes are replaced one after the other.
func TestTheVersionBefore(t *testing.T) {
	s := open(t)
	c, err := s.pool.Acquire(t.Context())
	require.NoError(t, err)
	defer c.Release()
	_, err = c.Conn().PgConn().CopyFrom(t.Context(), strings.NewReader("1\t2026-03-05T12:00:00Z\ts\tf\t\t-1\t200\t\t{}\n"), copyBefore)
	require.NoError(t, err)
	for _, sql := range []string{tallyBefore, tallyBefore, searchBefore, statsBefore} {
		tag, err := c.Exec(t.Context(), sql)
		require.NoError(t, err, sql)
		assert.EqualValues(t, 1, tag.RowsAffected(), sql)
	}
}

// TestSearchesDoNotHoldUpWhatComesIn though each of them takes as long as it may.
func TestSearchesDoNotHoldUpWhatComesIn(t *testing.T) {
	s := open(t)
	slow, cancel := context.WithCancel(t.Context())
	var searches sync.WaitGroup
	for range s.read.Config().MaxConns {
		searches.Go(func() { _, _ = s.read.Exec(slow, "SELECT pg_sleep(60)") })
	}
	require.Eventually(t, func() bool { return s.read.Stat().AcquiredConns() == s.read.Config().MaxConns }, 10*time.Second, 10*time.Millisecond)
	ctx, end := context.WithTimeout(t.Context(), 10*time.Second)
	defer end()
	require.NoError(t, s.Append(ctx, []*store.Batch{{Records: []store.Record{{Time: time.Now(), Received: time.Now(), Source: "s", Format: "f", Fields: []byte(`{}`)}}}}))
	require.NoError(t, s.Ping(ctx))
	short, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	_, err := s.Search(short, store.Query{Limit: 1})
	require.ErrorIs(t, err, store.ErrUnavailable)
	cancel()
	searches.Wait()
}

// TestChangesDoNotHoldUpWhatComesIn: partitions come and go under a search that takes long, and records come in meanwhile.
func TestChangesDoNotHoldUpWhatComesIn(t *testing.T) {
	url := database(t)
	s, err := Open(t.Context(), url, Options{})
	require.NoError(t, err)
	old := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, -40)
	require.NoError(t, s.partition(t.Context(), old))
	search, err := s.read.Begin(t.Context())
	require.NoError(t, err)
	_, err = search.Exec(t.Context(), "SELECT count(*) FROM record") // and it is not done yet
	require.NoError(t, err)
	for name, change := range map[string]func(context.Context) error{
		"a new day":     func(ctx context.Context) error { return s.partition(ctx, time.Now().AddDate(0, 0, 10)) },
		"an old day":    func(ctx context.Context) error { _, err := s.Expire(ctx, old.AddDate(0, 0, 10)); return err },
		"a new process": func(ctx context.Context) error { return startAndEnd(ctx, url) },
	} {
		ctx, cancel := context.WithCancel(t.Context())
		changed := make(chan error)
		go func() { changed <- change(ctx) }()
		for end := time.Now().Add(1500 * time.Millisecond); time.Now().Before(end); {
			short, done := context.WithTimeout(t.Context(), 5*time.Second)
			require.NoError(t, s.Append(short, []*store.Batch{{Records: []store.Record{{Time: time.Now(), Received: time.Now(), Source: "s", Format: "f", Fields: []byte(`{}`)}}}}), name)
			done()
		}
		cancel()
		<-changed
	}
	require.NoError(t, search.Rollback(t.Context()))
	n, err := s.Expire(t.Context(), old.AddDate(0, 0, 10))
	require.NoError(t, err)
	assert.Zero(t, n)
	var gone bool
	require.NoError(t, s.pool.QueryRow(t.Context(), "SELECT to_regclass($1) IS NULL", dayName(old)).Scan(&gone))
	assert.True(t, gone)
	require.NoError(t, s.Close())
}

func startAndEnd(ctx context.Context, url string) error {
	s, err := Open(ctx, url, Options{})
	if err == nil {
		err = s.Close()
	}
	return err
}

func TestDays(t *testing.T) {
	s := open(t)
	today := time.Now().UTC().Truncate(24 * time.Hour)
	far := today.AddDate(0, 0, ahead+5)
	put := func(received time.Time) {
		require.NoError(t, s.Append(t.Context(), []*store.Batch{{Records: []store.Record{{Time: received, Received: received, Source: "s", Format: "f", Fields: []byte(`{}`)}}}}))
	}
	put(today)
	put(far) // no partition is there yet
	in := func(table string) (n int) {
		require.NoError(t, s.pool.QueryRow(t.Context(), "SELECT count(*) FROM "+table).Scan(&n))
		return n
	}
	assert.Equal(t, []int{1, 1}, []int{in(dayName(today)), in("record_rest")})
	require.NoError(t, s.partition(t.Context(), far))
	assert.Equal(t, []int{1, 0}, []int{in(dayName(far)), in("record_rest")})
	page, err := s.Search(t.Context(), store.Query{Limit: 10})
	require.NoError(t, err)
	assert.Len(t, page.Records, 2)

	n, err := s.Expire(t.Context(), today.AddDate(0, 0, 1))
	require.NoError(t, err)
	assert.EqualValues(t, 1, n)
	var gone bool
	require.NoError(t, s.pool.QueryRow(t.Context(), "SELECT to_regclass($1) IS NULL", dayName(today)).Scan(&gone))
	assert.True(t, gone, "the day is dropped, not deleted from")
}

// TestDaysGoAsAWhole when they are over, and not an hour's worth each hour; what is kept for hours only goes by the hour.
func TestDaysGoAsAWhole(t *testing.T) {
	s := open(t)
	today := time.Now().UTC().Truncate(24 * time.Hour)
	old := today.AddDate(0, 0, -40)
	require.NoError(t, s.partition(t.Context(), old))
	for _, received := range []time.Time{old.Add(time.Hour), old.Add(20 * time.Hour), old.AddDate(0, 0, -5), today.Add(-time.Nanosecond)} { // the last two are in no day's partition
		require.NoError(t, s.Append(t.Context(), []*store.Batch{{Records: []store.Record{{Time: received, Received: received, Source: "s", Format: "f", Fields: []byte(`{}`)}}}}))
	}
	for _, c := range []struct {
		before time.Time
		want   int64
	}{{old.Add(12 * time.Hour), 1}, {old.Add(23 * time.Hour), 0}, {old.AddDate(0, 0, 1), 2}, {today, 1}} {
		n, err := s.Expire(t.Context(), c.before)
		require.NoError(t, err)
		assert.Equal(t, c.want, n, c.before)
	}
}

func TestNULs(t *testing.T) {
	for in, want := range map[string]string{`{"a":"\u0000"}`: `{"a":"\ufffd"}`, `{"a":"\\u0000"}`: `{"a":"\\u0000"}`, `{"a":"\\\u0000b\""}`: `{"a":"\\\ufffdb\""}`, `{}`: `{}`} {
		assert.Equal(t, want, string(cleanJSON([]byte(in))))
	}
	assert.Equal(t, "a\ufffd", clean("a\x00"))
}

func TestUnavailable(t *testing.T) {
	_, err := Open(t.Context(), "postgres://x@127.0.0.1:1/x?sslmode=disable", Options{})
	require.ErrorIs(t, err, store.ErrUnavailable)
	for code, want := range map[string]bool{"57P01": true, "53100": true, "40P01": true, "25006": true, "42P01": true, "42P10": true, "42501": true, "22P02": false, "": false} {
		assert.Equal(t, want, errors.Is(wrap("append", &pgconn.PgError{Code: code}), store.ErrUnavailable), code)
	}
	_, err = Open(t.Context(), "not a url", Options{})
	require.Error(t, err)
	assert.NotErrorIs(t, err, store.ErrUnavailable)
}

// TestNobodyIsLetIn: a database that is missing is one that cannot be reached, until somebody has made it.
func TestNobodyIsLetIn(t *testing.T) {
	_, err := Open(t.Context(), strings.Replace(database(t), "loggate_test_", "loggate_missing_", 1), Options{})
	require.ErrorIs(t, err, store.ErrUnavailable)
	assert.ErrorContains(t, err, "does not exist")
}

func BenchmarkAppend(b *testing.B) {
	s := open(b)
	batch := &store.Batch{}
	for i := range 5000 {
		batch.Records = append(batch.Records, store.Record{Time: time.Unix(int64(i), 0), Received: time.Now(), Source: "s", Format: "combined", Status: 200,
			Fields: fmt.Appendf(nil, `{"client":"192.0.2.1","method":"GET","target":"/%d","status":200,"bytes":1234,"user_agent":%q}`, i, strings.Repeat("agent ", 16))})
	}
	for b.Loop() {
		require.NoError(b, s.Append(b.Context(), []*store.Batch{batch}))
	}
	b.ReportMetric(float64(b.N*5000)/b.Elapsed().Seconds(), "rows/s")
}
