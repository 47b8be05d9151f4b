// Package report is what the Go programs under measurement have in common. Those in other languages say the same in their own words; what
// they print is told here.
//
//	PROGRAM list                                                    one line of JSON for each contender: an Entry
//	PROGRAM run NAME CASE FILE THREADS DEFINITION CHECK SMALL       one line of JSON: a Result
//
// Seconds (and the processor time in them) are from opening the file (in the page cache) to having every field of every row typed, without
// start-up and compiling of patterns. What is done for the first time only (code that is compiled as it runs, threads, the first pages of
// memory, a processor that has slept) is start-up too: so each program does its work on SMALL, an input of the same kind, again and again
// for a quarter of a second before it is measured. CHECK says what is added up over the typed values, to prove that the work was done: the
// result must be the same for all contenders of a case. Its terms, in the order in which Sums.Add takes them:
//
//	sum:COLUMN          the numbers            is:COLUMN:VALUE     how many are VALUE
//	chars:COLUMN        the lengths of texts   items:COLUMN        the entries of maps      params:COLUMN   those of maps in maps
//	span:COLUMN         the first and the last time in milliseconds, since not every language has more (at most one, the last term)
package report

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Entry is one contender.
type Entry struct {
	Name      string   `json:"name"`    // in the tables
	Program   string   `json:"program"` // the NAME to run it by
	Cases     []string `json:"cases"`
	Twice     bool     `json:"twice,omitempty"`     // worth a second core
	Slow      bool     `json:"slow,omitempty"`      // so slow that it gets a small input, once
	Yardstick bool     `json:"yardstick,omitempty"` // nothing that one can get: the summary leaves it out
	Missing   string   `json:"missing,omitempty"`   // the package that it needs and that is not here
}

// warmUp is how long a program works on SMALL.
const warmUp = time.Second / 4

// Result is what a run gives.
type Result struct {
	Rows    int64   `json:"rows"`
	Rejects int64   `json:"rejects"`
	Check   string  `json:"check"`
	Seconds float64 `json:"seconds"`
	CPU     float64 `json:"cpu"`     // processor time of those seconds: what a machine that others use too does not change as much
	BaseKB  int64   `json:"base_kb"` // resident memory before the work
	PeakKB  int64   `json:"peak_kb"`
}

// A Run is what a contender is given, and where it puts what came out.
type Run struct {
	Case, File, Definition string
	Threads                int
	Sums                   *Sums
	begin                  time.Time
	beginCPU               float64
	result                 Result
}

// Begin and End are around the work.
func (r *Run) Begin() { r.begin, r.beginCPU = time.Now(), processor() }

// End takes the time and the memory, before the check costs any.
func (r *Run) End() {
	r.result.Seconds, r.result.CPU, r.result.PeakKB = time.Since(r.begin).Seconds(), processor()-r.beginCPU, memory("VmHWM")
}

// processor is the processor time of this process so far.
func processor() float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// Sums add up the terms of a check.
type Sums struct {
	Terms         []Term
	Rows, Rejects int64
	totals        [8]float64
	first, last   int64
}

// Term is one of a check.
type Term struct{ Op, Column, Value string }

func newSums(check string) *Sums {
	s := &Sums{first: math.MaxInt64, last: math.MinInt64}
	for _, term := range strings.Fields(check) {
		t := Term{}
		t.Op, t.Column, _ = strings.Cut(term, ":")
		t.Column, t.Value, _ = strings.Cut(t.Column, ":")
		s.Terms = append(s.Terms, t)
	}
	return s
}

// Add counts a row: the values of the terms, without the span.
func (s *Sums) Add(values ...float64) {
	s.Rows++
	for i, v := range values {
		s.totals[i] += v
	}
}

// Total adds to one term, and Span to that of times: for those who have whole columns.
func (s *Sums) Total(term int, v float64) { s.totals[term] += v }

// Span counts a time in milliseconds.
func (s *Sums) Span(ms int64) { s.first, s.last = min(s.first, ms), max(s.last, ms) }

func (s *Sums) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "rows=%d rejects=%d", s.Rows, s.Rejects)
	for i, t := range s.Terms {
		if t.Op == "span" {
			if s.first <= s.last {
				fmt.Fprintf(&b, " span=%d-%d", s.first, s.last)
			}
			continue
		}
		fmt.Fprintf(&b, " %.0f", math.Round(s.totals[i]))
	}
	return b.String()
}

// Main is the main function of a program: list and run.
func Main(entries []Entry, programs map[string]func(*Run) error) {
	if err := run(entries, programs); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(entries []Entry, programs map[string]func(*Run) error) error {
	out := json.NewEncoder(os.Stdout)
	if len(os.Args) == 2 && os.Args[1] == "list" {
		for _, e := range entries {
			if err := out.Encode(e); err != nil {
				return err
			}
		}
		return nil
	}
	if len(os.Args) != 9 || os.Args[1] != "run" || programs[os.Args[2]] == nil {
		return fmt.Errorf("usage: list | run NAME CASE FILE THREADS DEFINITION CHECK SMALL")
	}
	threads, err := strconv.Atoi(os.Args[5])
	if err != nil {
		return err
	}
	base := memory("VmRSS")
	work := func(file string) (*Run, error) {
		r := &Run{Case: os.Args[3], File: file, Threads: threads, Definition: os.Args[6], Sums: newSums(os.Args[7])}
		return r, programs[os.Args[2]](r)
	}
	for begun := time.Now(); time.Since(begun) < warmUp; {
		if _, err := work(os.Args[8]); err != nil {
			return err
		}
	}
	r, err := work(os.Args[4])
	if err != nil {
		return err
	}
	r.result.BaseKB = base
	r.result.Rows, r.result.Rejects, r.result.Check = r.Sums.Rows, r.Sums.Rejects, r.Sums.String()
	return out.Encode(r.result)
}

// memory reads a line of /proc/self/status, in KiB; 0 where there is none.
func memory(key string) int64 {
	status, _ := os.ReadFile("/proc/self/status")
	_, rest, _ := strings.Cut(string(status), key+":")
	number, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	n, _ := strconv.ParseInt(number, 10, 64)
	return n
}
