package sawlog

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// corpus is the path of a file of the corpus that lies beside the checkout, or the test is skipped.
func corpus(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join("..", "..", "shared", "corpus", name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the corpus is not there: %s", path)
	}
	return path
}

func TestRealAccessLog(t *testing.T) {
	data, err := os.ReadFile(corpus(t, "access/apache_logs"))
	require.NoError(t, err)
	d := Detect(data)
	assert.Equal(t, "combined", d.Format, d.Explain())
	p, err := NewParser(d.Definition)
	require.NoError(t, err)
	batch := p.Parse(data)
	assert.Equal(t, 9999, batch.Len())
	require.Equal(t, 1, batch.Rejects())
	assert.Equal(t, int64(8899), batch.Reject(0).Line)
	sum := int64(0)
	for _, v := range batch.Column("bytes").Ints() {
		sum += v
	}
	assert.Equal(t, int64(2747282505), sum)
}
