// Package detect finds the format of a log: every candidate parses a sample of its lines, and the most special one of those that fit
// wins. sample.go takes the lines, detect.go ranks who fits, times.go and likely.go look at what is in them.
package detect

import (
	"fmt"
	"slices"

	"github.com/sawlog/sawlog/lib/record"
)

// Size is how much of a stream's beginning is looked at.
const Size = 1 << 20

// perPart lines are taken from the head, the middle and the tail each, and so many of them to see whether a format fits at all.
const (
	perPart = 120
	few     = 8
)

// Candidate is a format to try.
type Candidate struct {
	Name string
	// Rank: of two formats that fit alike the one of higher rank is the more special.
	Rank int
	// Hinted: the name of the file says that it may have this format.
	Hinted bool
	// Count is how the lines fit. It is asked for all lines only when a few of them fit.
	Count func(text Text) Fit
	// Explain says of a line why it does not fit, "" when it does.
	Explain func(line []byte) string
}

// Fit is how lines fit a format.
type Fit struct {
	Matched int
	Left    int  // how many of those have text behind what the format knows
	Strange bool // not one of their levels is known: they may be anything in capitals
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

// Logs have lines of other kinds in between. A format that is hard to be mistaken for need not fit many: the lines of a trace, of a banner
// and of a statement in SQL outnumber those that tell. But of the lines that begin with a time, and so are records of their own, it must fit
// half. One that takes nearly anything must fit half of all.
const (
	special    = 20  // the rank from which on a format is hard to be mistaken for
	lenient    = 5   // the rank up to which it takes nearly anything
	enough     = 0.5 // the share of lines
	enoughRare = 0.1 // the same, of a special format
	hint       = 12  // the ranks that the name of a file is worth
	unread     = 6   // the ranks that a format is worth less which leaves text behind most lines to a column for the rest
	strange    = 24  // the same, of one whose levels are all unknown: what it takes for them may be the name of a host
)

// Rank tries the candidates on the lines. The first result is the winner, unless it fits too little: then found is false.
func Rank(lines [][]byte, candidates []Candidate) (results []Result, found bool) {
	if binary(lines) {
		return nil, false
	}
	results, best, bestLenient := tried(lines, candidates)
	timed := 0
	for _, line := range lines {
		if dated(line) {
			timed++
		}
	}
	// A special format may miss a few lines that a general one takes, and more that a format takes which takes anything.
	fits := func(r *Result) bool {
		if r.Matched == 0 || r.Matched*10 < best*9 {
			return false
		}
		if share := r.Share(); share < enough && (r.Rank < special || share < enoughRare || 2*r.Matched < timed) {
			return false
		}
		return r.Rank > lenient || r.Matched*10 >= bestLenient*9
	}
	sorted, order := ordered(results, fits)
	found = len(sorted) > 0 && fits(&sorted[0])
	if found && sorted[0].Rank <= lenient && haveTimes(lines) {
		// Cells or words behind a time say less than the time, which whoever reads any text finds.
		found = false
	}
	if found {
		blame(sorted[1:], order[1:], candidates, lines, &sorted[0], fits)
	} else {
		blame(sorted, order, candidates, lines, nil, fits)
	}
	return sorted, found
}

// tried is how each of the candidates does, and how many lines the best of those above lenient has matched, and the best of all. Most
// candidates match none of a few lines, and are not shown the others.
func tried(lines [][]byte, candidates []Candidate) (results []Result, best, bestLenient int) {
	all := Join(lines)
	some := all
	if few := Few(lines); len(few) < len(lines) {
		some = Join(few)
	}
	for i := range candidates {
		c := &candidates[i]
		r := Result{Name: c.Name, Rank: c.Rank, Lines: len(lines)}
		if c.Hinted {
			r.Rank += hint
		}
		fit := c.Count(some)
		if fit.Matched > 0 && some.lines < all.lines {
			fit = c.Count(all)
		}
		if r.Matched = fit.Matched; 2*fit.Left > fit.Matched {
			r.Rank -= unread
		}
		if fit.Strange {
			r.Rank = min(r.Rank, max(r.Rank-strange, lenient+1))
		}
		if c.Rank > lenient {
			best = max(best, r.Matched)
		}
		bestLenient = max(bestLenient, r.Matched)
		results = append(results, r)
	}
	return results, best, bestLenient
}

// ordered are the results, those that fit first, by rank, and the others by how much they have matched; order is where each was.
func ordered(results []Result, fits func(*Result) bool) (sorted []Result, order []int) {
	order = make([]int, len(results))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int {
		a, b := &results[x], &results[y]
		if fits(a) != fits(b) {
			if fits(a) {
				return -1
			}
			return 1
		}
		if fits(a) && a.Rank != b.Rank {
			return b.Rank - a.Rank
		}
		return b.Matched - a.Matched
	})
	sorted = make([]Result, len(results))
	for i, at := range order {
		sorted[i] = results[at]
	}
	return sorted, order
}

// blame says of each result why it lost.
func blame(results []Result, order []int, candidates []Candidate, lines [][]byte, winner *Result, fits func(*Result) bool) {
	for i := range results {
		r := &results[i]
		switch {
		case r.Matched == 0:
			r.Why = "no line fits"
		case winner == nil && fits(r):
			r.Why = fmt.Sprintf("%d of %d lines fit, but they begin with a time, which it does not know", r.Matched, r.Lines)
		case winner != nil && fits(r):
			r.Why = fmt.Sprintf("%d of %d lines fit, but %s is more special", r.Matched, r.Lines, winner.Name)
		default:
			r.Why = fmt.Sprintf("%d of %d lines fit", r.Matched, r.Lines)
			if line, why := miss(lines, &candidates[order[i]]); why != "" {
				r.Why += fmt.Sprintf("; not %q: %s", shorten(line), why)
			}
		}
	}
}

// miss is the first line that does not fit, and why.
func miss(lines [][]byte, c *Candidate) (line []byte, why string) {
	for _, line := range lines {
		if why := c.Explain(line); why != "" {
			return line, why
		}
	}
	return nil, ""
}

// binary tells whether most lines have control bytes that no log has: then nothing that fits them means anything.
func binary(lines [][]byte) bool {
	odd := 0
	for _, line := range lines {
		for _, c := range line {
			if c < ' ' && c != '\t' && c != 0x1b && c != '\r' && c != auditSeparator {
				odd++
				break
			}
		}
	}
	return odd*2 > len(lines)
}

// auditSeparator stands in lines of the kernel's audit before the names that auditd has found.
const auditSeparator = 0x1d

func shorten(line []byte) []byte { return line[:min(len(line), 60)] }

// Values is what else the values of a format's records say.
type Values struct {
	Likely *Likely // nil: they can be anything
	Rest   string  // the column for text behind what the format knows; "": there is none
	Levels bool    // level is one of the words that are known, or any other in capitals
}

// ByWorker counts with a worker: a line fits when it becomes a record.
func ByWorker(schema *record.Schema, present bool, w record.Worker, values Values) func(text Text) Fit {
	return func(text Text) Fit {
		batch := text.parse(schema, present, w)
		defer batch.Release()
		return values.Fit(batch, int(batch.Lines())-batch.Rejects()) // comments and headers are the format's too, where there are records
	}
}

// Fit is how the records of a batch fit, which are of so many lines: not at all where there are none, or their values are not like those of the
// format.
func (v *Values) Fit(batch *record.Batch, lines int) Fit {
	if batch.Len() == 0 || v.Likely != nil && !v.Likely.in(batch) {
		return Fit{}
	}
	fit := Fit{Matched: lines}
	if rest := batch.Column(v.Rest); rest != nil {
		fit.Left = batch.Len() - rest.Nulls()
	}
	if level, severity := batch.Column("level"), batch.Column("severity"); v.Levels && level != nil && severity != nil {
		fit.Strange = level.Nulls() < batch.Len() && severity.Nulls() == batch.Len()
	}
	return fit
}

// ExplainBy explains with a worker.
func ExplainBy(w record.Worker) func(line []byte) string {
	return func(line []byte) string {
		check := w.Explain(line)
		switch {
		case check.OK:
			return ""
		case check.Expected != "":
			return fmt.Sprintf("expected %s at byte %d, seen %q", check.Expected, check.Offset, check.Seen)
		}
		return check.Fault
	}
}

// ByCounter counts with an engine's own eye for its lines, which is stricter than its parser: nearly any prose can be read as pairs.
func ByCounter(count func(sample []byte) int) func(text Text) Fit {
	return func(text Text) Fit { return Fit{Matched: count(text.Bytes())} }
}

// ExplainCounter explains with the same eye.
func ExplainCounter(name string, count func(sample []byte) int) func(line []byte) string {
	return func(line []byte) string {
		if count(line) > 0 {
			return ""
		}
		return "it does not look like " + name
	}
}
