package mine

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The logs of ten systems with the templates that people have found in them, where they lie beside the checkout. A group is right where it
// has exactly the lines of one of theirs.
func TestCorpus(t *testing.T) {
	folder := "../../../../shared/corpus/loghub"
	systems, _ := filepath.Glob(filepath.Join(folder, "*", "structured.csv"))
	if len(systems) == 0 {
		t.Skip("there is no " + folder)
	}
	var lines, groups float64
	for _, path := range systems {
		if corrected := filepath.Join(filepath.Dir(path), "structured_corrected.csv"); exists(corrected) {
			path = corrected
		}
		ga, fga := accuracy(t, path)
		t.Logf("%-8s lines in right groups %.3f, groups (F1) %.3f", filepath.Base(filepath.Dir(path)), ga, fga)
		lines, groups = lines+ga, groups+fga
	}
	n := float64(len(systems))
	assert.Greater(t, lines/n, 0.96)
	assert.Greater(t, groups/n, 0.965)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// accuracy is the share of lines in groups that are right, and the F1 of the groups.
func accuracy(t *testing.T, path string) (lines, groups float64) {
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	rows, err := r.ReadAll()
	require.NoError(t, err)
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	m := New(Options{})
	ids := make([]int64, len(rows)-1)
	for i, row := range rows[1:] {
		ids[i] = m.Add([]byte(row[column["Content"]]))
	}
	ours, theirs, both := map[int64]int{}, map[string]int{}, map[[2]any]int{}
	for i, row := range rows[1:] {
		id, ok := m.Resolve(ids[i])
		require.True(t, ok)
		text := row[column["EventTemplate"]]
		ours[id]++
		theirs[text]++
		both[[2]any{id, text}]++
	}
	right, hit := 0, 0
	for pair, n := range both {
		if ours[pair[0].(int64)] == n && theirs[pair[1].(string)] == n {
			right += n
			hit++
		}
	}
	return float64(right) / float64(len(ids)), 2 * float64(hit) / float64(len(ours)+len(theirs))
}
