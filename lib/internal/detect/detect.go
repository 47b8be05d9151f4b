// Package detect finds the format of a log: every candidate parses a sample of its lines, and the most special one of those that fit
// wins.
package detect

import (
	"bytes"
	"fmt"
	"slices"
	"sort"

	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// Size is how much of a stream's beginning is looked at.
const Size = 1 << 20

// perPart lines are taken from the head, the middle and the tail each.
const perPart = 120

// Candidate is a format to try.
type Candidate struct {
	Name string
	// Rank: of two formats that fit alike the one of higher rank is the more special.
	Rank int
	// Count is how many of the lines fit, and one that does not with the reason.
	Count func(lines [][]byte) (matched int, miss []byte, why string)
}

// Result is how a candidate did.
type Result struct {
	Name    string
	Rank    int
	Matched int
	Lines   int
	Why     string // why it lost; empty for the winner
}

// Share is the part of the lines that fitted.
func (r *Result) Share() float64 {
	if r.Lines == 0 {
		return 0
	}
	return float64(r.Matched) / float64(r.Lines)
}

// Sample takes lines from the head, the middle and the tail of data, never the first line alone: logs begin with banners and in the
// middle of a trace. Blank lines say nothing and are left out.
func Sample(data []byte) [][]byte {
	data = bytes.TrimPrefix(data[:min(len(data), Size)], []byte("\ufeff"))
	if len(data) == Size {
		// The last line may be cut.
		if end := bytes.LastIndexByte(data, '\n'); end > 0 {
			data = data[:end]
		}
	}
	var all [][]byte
	for _, line := range bytes.Split(data, []byte{'\n'}) {
		if line = bytes.TrimSuffix(line, []byte{'\r'}); len(bytes.TrimSpace(line)) > 0 {
			all = append(all, line)
		}
	}
	if len(all) <= 3*perPart {
		return all
	}
	middle := len(all)/2 - perPart/2
	return slices.Concat(all[:perPart], all[middle:middle+perPart], all[len(all)-perPart:])
}

// enough is the share of lines that a format must fit to be taken for it: logs have lines of other kinds in between.
const enough = 0.5

// Rank tries the candidates on the lines. The first result is the winner, unless it fits too little: then found is false.
func Rank(lines [][]byte, candidates []Candidate) (results []Result, found bool) {
	misses := map[string][]byte{}
	if binary(lines) {
		return nil, false
	}
	for _, c := range candidates {
		matched, miss, why := c.Count(lines)
		r := Result{Name: c.Name, Rank: c.Rank, Matched: matched, Lines: len(lines)}
		if matched < len(lines) && why != "" {
			r.Why = fmt.Sprintf("%d of %d lines fit; not %q: %s", matched, len(lines), shorten(miss), why)
		}
		misses[c.Name] = miss
		results = append(results, r)
	}
	best := 0
	for i := range results {
		best = max(best, results[i].Matched)
	}
	// A special format may miss a few lines that a general one takes.
	fits := func(r *Result) bool { return r.Matched > 0 && r.Matched*10 >= best*9 && r.Share() >= enough }
	sort.SliceStable(results, func(i, j int) bool {
		a, b := &results[i], &results[j]
		if fits(a) != fits(b) {
			return fits(a)
		}
		if fits(a) && a.Rank != b.Rank {
			return a.Rank > b.Rank
		}
		return a.Matched > b.Matched
	})
	found = len(results) > 0 && fits(&results[0])
	for i := range results {
		r := &results[i]
		switch {
		case i == 0 && found:
			r.Why = ""
		case fits(r):
			r.Why = fmt.Sprintf("%d of %d lines fit, but %s is more special", r.Matched, r.Lines, results[0].Name)
		}
	}
	return results, found
}

// binary tells whether most lines have control bytes that no log has: then nothing that fits them means anything.
func binary(lines [][]byte) bool {
	odd := 0
	for _, line := range lines {
		for _, c := range line {
			if c < ' ' && c != '\t' && c != 0x1b && c != '\r' {
				odd++
				break
			}
		}
	}
	return odd*2 > len(lines)
}

func shorten(line []byte) []byte { return line[:min(len(line), 60)] }

// ByWorker counts with a worker: a line fits when it becomes a record.
func ByWorker(schema *record.Schema, present bool, w record.Worker) func(lines [][]byte) (int, []byte, string) {
	return func(lines [][]byte) (int, []byte, string) {
		n := 0
		for _, line := range lines {
			n += len(line) + 1
		}
		block := make([]byte, 0, n+scan.Slack)
		for _, line := range lines {
			block = append(append(block, line...), '\n')
		}
		b := record.NewBuilder(schema, record.Heap, present)
		b.Start(len(lines))
		b.Begin(block[:cap(block)], n, false)
		w.Parse(b, block[:cap(block)], n)
		batch := b.Finish()
		defer batch.Release()
		if batch.Rejects() == 0 {
			return batch.Len(), nil, ""
		}
		miss := bytes.Clone(batch.Reject(0).Raw)
		check := w.Explain(miss)
		why := check.Fault
		if check.Expected != "" {
			why = fmt.Sprintf("expected %s at byte %d, seen %q", check.Expected, check.Offset, check.Seen)
		}
		return batch.Len(), miss, why
	}
}

// ByCounter counts with an engine's own eye for its lines, which is stricter than its parser: nearly any prose can be read as pairs.
func ByCounter(name string, count func(sample []byte) (matched, lines int)) func(lines [][]byte) (int, []byte, string) {
	return func(lines [][]byte) (int, []byte, string) {
		matched, _ := count(bytes.Join(lines, []byte{'\n'}))
		for _, line := range lines {
			if one, _ := count(line); one == 0 {
				return matched, line, "it does not look like " + name
			}
		}
		return matched, nil, ""
	}
}
