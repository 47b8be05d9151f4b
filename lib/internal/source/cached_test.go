package source

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCachedReadsWhatAFileReads(t *testing.T) {
	for _, n := range []int{0, 1, 4095, 4096, 4097, 300_000} {
		path := filepath.Join(t.TempDir(), "f")
		content := strings.Repeat("0123456789", n/10) + "abcdefghi"[:n%10]
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		for _, piece := range []int{1 << 16, 4096, 1000, 7} {
			f, err := os.Open(path)
			require.NoError(t, err)
			plain, err := os.Open(path)
			require.NoError(t, err)
			got, want := inPieces(t, fromCache(f), piece), inPieces(t, plain, piece)
			assert.Equal(t, content, got, "%d bytes by %d", n, piece)
			assert.Equal(t, want, got, "%d bytes by %d", n, piece)
		}
	}
}

func inPieces(t *testing.T, r io.ReadCloser, size int) string {
	var all strings.Builder
	_, err := io.CopyBuffer(struct{ io.Writer }{&all}, struct{ io.Reader }{r}, make([]byte, size))
	require.NoError(t, err)
	require.NoError(t, r.Close())
	_, err = r.Read(make([]byte, size))
	assert.ErrorIs(t, err, os.ErrClosed)
	return all.String()
}

func TestCachedReadsWhatIsAddedMeanwhile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	require.NoError(t, os.WriteFile(path, []byte("one"), 0o600))
	f, err := os.Open(path)
	require.NoError(t, err)
	r, p := fromCache(f), make([]byte, 100)
	defer r.Close()
	n, err := r.Read(p)
	require.NoError(t, err)
	assert.Equal(t, "one", string(p[:n]))
	_, err = r.Read(p)
	assert.Equal(t, io.EOF, err)
	w, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = w.WriteString("two")
	require.NoError(t, err)
	require.NoError(t, w.Close())
	n, err = r.Read(p)
	require.NoError(t, err)
	assert.Equal(t, "two", string(p[:n]))
}
