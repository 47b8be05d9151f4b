package sawlog

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/record"
)

// costs are what reading a file took, beside time: none of it depends on the machine or on what else it does.
type costs struct {
	allocations uint64 // of Go
	heap        uint64 // their bytes
	memory      int64  // asked of the allocator of blocks and columns
	records     int64
	input       int64
}

// metered is an allocator that counts.
type metered struct {
	Allocator
	bytes int64
}

func (c *metered) Alloc(n int) []byte {
	c.bytes += int64(n)
	return c.Allocator.Alloc(n)
}

// costOf reads size bytes of the lines of a case.
func costOf(t *testing.T, in *benchInput, size int) costs {
	var text strings.Builder
	for k := 0; text.Len() < size; k++ {
		text.WriteString(in.line(k))
	}
	path := filepath.Join(t.TempDir(), "lines.log")
	require.NoError(t, os.WriteFile(path, []byte(text.String()), 0o600))
	memory := &metered{Allocator: record.Heap}
	o := in.o
	o.Threads, o.Allocator = 1, memory
	r, err := Open(path, o)
	require.NoError(t, err)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for batch, err := range r.Batches() {
		require.NoError(t, err)
		batch.Release()
	}
	runtime.ReadMemStats(&after)
	require.NoError(t, r.Close())
	stats := r.Stats()
	require.Equal(t, in.name == "refused", stats.Records == 0)
	require.Equal(t, in.name != "refused", stats.Rejects == 0)
	return costs{after.Mallocs - before.Mallocs, after.TotalAlloc - before.TotalAlloc, memory.bytes, stats.Lines, stats.BytesIn}
}

// What a record costs in allocations of Go and in memory of columns is held here for every engine, so that a change which makes each
// record dearer is seen without a clock. The larger of two inputs must cost more than the smaller only what its lines cost.
func TestCostOfARecord(t *testing.T) {
	if testing.Short() {
		t.Skip("takes more than a second")
	}
	most := map[string]struct {
		allocations float64 // for a thousand records: some for each block, none for each record
		memory      float64 // bytes of blocks, columns and lists of rejects for a byte of input
	}{
		"combined": {13, 1.5}, "two-columns": {8, 1.15}, "grok": {8, 1.8}, "refused": {14, 1.25}, "ndjson": {8, 1.6}, "ndjson-deep": {135, 1.85},
		"logfmt": {8, 1.7}, "syslog3164": {10, 1.85}, "syslog5424": {40, 2.5}, "pattern": {8, 1.75},
	}
	for i := range benchCases {
		in := &benchCases[i]
		limit, ok := most[in.name]
		if !ok {
			continue // it has the lines of another
		}
		t.Run(in.name, func(t *testing.T) {
			small, large := costOf(t, in, 2<<20), costOf(t, in, 6<<20)
			records := float64(large.records - small.records)
			assert.LessOrEqual(t, float64(large.allocations)-float64(small.allocations), limit.allocations*records/1000)
			assert.LessOrEqual(t, float64(large.memory-small.memory), limit.memory*float64(large.input-small.input))
			t.Logf("%.1f allocations for a thousand records, %.1f bytes of Go's heap a record, %.2f bytes of columns and blocks for a byte of input",
				float64(int64(large.allocations-small.allocations))/records*1000, float64(int64(large.heap-small.heap))/records, float64(large.memory-small.memory)/float64(large.input-small.input))
		})
	}
}

// A parser that learns its columns from each text leaves nothing behind that a collection of garbage would take for memory in use.
func TestTextsOfTheirOwnColumnsLeaveNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("takes more than a second")
	}
	var text strings.Builder
	for k := range 300 {
		fmt.Fprintf(&text, "{\"k%d\":1}\n", k)
	}
	data := []byte(text.String())
	for _, definition := range []string{`{"json": {}}`, "auto", `{"json": {}, "multiline": {"start": "^."}}`, `{"json": {}, "envelope": ["cri", "none"]}`} {
		p, err := NewParser(definition)
		require.NoError(t, err)
		p.Parse(data).Release()
		defer debug.SetGCPercent(debug.SetGCPercent(-1))
		var before, after runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&before)
		for range 200 {
			p.Parse(data).Release()
			p.Explain(data[:9])
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		assert.Less(t, int64(after.HeapAlloc)-int64(before.HeapAlloc), int64(24<<20), definition)
	}
}

// Opening a parser makes no more than it needs: what lines that fit nothing are tried with is left for the first of them.
func TestCostOfOpening(t *testing.T) {
	for name, most := range map[string]float64{"combined": 260, "nginx_main": 260, "syslog": 110, "json": 140, `{"grok": "%{COMBINEDAPACHELOG}"}`: 11500} {
		assert.LessOrEqual(t, testing.AllocsPerRun(20, func() {
			_, err := NewParser(name)
			require.NoError(t, err)
		}), most, name)
	}
}
