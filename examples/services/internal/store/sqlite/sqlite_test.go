package sqlite

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/examples/services/internal/store"
	"github.com/sawlog/sawlog/examples/services/internal/store/storetest"
)

func open2(t testing.TB, o Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "a file?.db"), o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store { return open2(t, Options{}) })
}

// TestNobodyElseReadsIt unless its owner has given others the right, which stays.
func TestNobodyElseReadsIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	for _, mode := range []os.FileMode{0o600, 0o640} {
		s, err := Open(t.Context(), path, Options{})
		require.NoError(t, err)
		require.NoError(t, s.Append(t.Context(), rows(1)))
		for _, beside := range []string{"", "-wal", "-shm"} {
			info, err := os.Stat(path + beside)
			require.NoError(t, err)
			assert.Equal(t, mode, info.Mode(), beside)
		}
		require.NoError(t, s.Close())
		require.NoError(t, os.Chmod(path, 0o640))
	}
}

func TestItIsThereAfterReopening(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	for n := range 3 {
		s, err := Open(t.Context(), path, Options{})
		require.NoError(t, err)
		require.NoError(t, s.Ping(t.Context()))
		page, err := s.Search(t.Context(), store.Query{Limit: 10})
		require.NoError(t, err)
		assert.Len(t, page.Records, n)
		require.NoError(t, s.Append(t.Context(), rows(1)))
		require.NoError(t, s.Close())
	}
}

func TestAFileOfANewerVersionIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	s, err := Open(t.Context(), path, Options{})
	require.NoError(t, err)
	_, err = s.write.Exec("PRAGMA user_version = 99")
	require.NoError(t, err)
	require.NoError(t, s.Close())
	_, err = Open(t.Context(), path, Options{})
	require.ErrorContains(t, err, "newer version")
}

// TestAFileOfAnOlderVersion becomes one of this version, with all that is in it.
func TestAFileOfAnOlderVersion(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	db, err := open(path, 1, "_txlock=immediate")
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), schema+"INSERT INTO tally VALUES (29545200, 'web', 'json', 'INFO', 0, 0, 7); PRAGMA user_version = 1;")
	require.NoError(t, err)
	require.NoError(t, db.Close())
	for range 2 { // the second time there is nothing to do
		s, err := Open(t.Context(), path, Options{})
		require.NoError(t, err)
		_, err = s.Expire(t.Context(), time.Now().Add(-time.Hour))
		require.NoError(t, err)
		stats, err := s.Stats(t.Context(), store.Range{})
		require.NoError(t, err)
		assert.Equal(t, map[string]int64{"web": 7}, stats.Sources)
		require.NoError(t, s.Append(t.Context(), rows(1)))
		require.NoError(t, s.Close())
	}
}

func TestAFullDisk(t *testing.T) {
	s := open2(t, Options{MaxPages: 64})
	var err error
	n := 0
	for ; n < 100 && err == nil; n++ {
		err = s.Append(t.Context(), rows(100))
	}
	require.ErrorIs(t, err, store.ErrUnavailable)
	stats, err := s.Stats(t.Context(), store.Range{})
	require.NoError(t, err)
	assert.EqualValues(t, (n-1)*100, stats.Records, "what was acknowledged is there, and nothing of the rest")
	_, err = s.Expire(t.Context(), time.Now().Add(time.Hour))
	require.NoError(t, err)
	require.NoError(t, s.Append(t.Context(), rows(10)), "with room again it goes on")
}

func rows(n int) []*store.Batch {
	b := &store.Batch{}
	for i := range n {
		b.Records = append(b.Records, store.Record{Time: time.Unix(int64(i), 0), Received: time.Unix(0, 0), Source: "s", Format: "combined", Status: 200,
			Fields: fmt.Appendf(nil, `{"client":"192.0.2.1","method":"GET","target":"/%d","status":200,"bytes":1234,"user_agent":%q}`, i, strings.Repeat("agent ", 16))})
	}
	return []*store.Batch{b}
}

func BenchmarkAppend(b *testing.B) {
	s := open2(b, Options{})
	batches := rows(5000)
	for b.Loop() {
		require.NoError(b, s.Append(b.Context(), batches))
	}
	b.ReportMetric(float64(b.N*5000)/b.Elapsed().Seconds(), "rows/s")
}
