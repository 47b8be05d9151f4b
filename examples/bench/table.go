package main

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/sawlog/sawlog/examples/bench/report"
)

// table is the case as a Markdown table: medians over the rounds.
func (m *measured) table() string {
	var b strings.Builder
	mb := float64(m.input.bytes) / 1e6
	wc := mb / median(m.wc)
	fmt.Fprintf(&b, "\n**%s**: %.0f MB, %s lines", m.name, mb, thousands(m.input.lines))
	if !m.cpu {
		fmt.Fprintf(&b, "; `wc -l` on one core: %.0f MB/s", wc)
	}
	b.WriteString(".")
	if m.note != "" {
		b.WriteString(" " + m.note)
	}
	if m.perLine {
		b.WriteString("\n\n| one line a call | \u00b5s a line |\n|---|--:|\n")
	} else if m.cpu {
		fmt.Fprintf(&b, "\n\n| | MB for a second of processor time | of %s | memory |\n|---|--:|--:|--:|\n", m.today)
	} else {
		fmt.Fprintf(&b, "\n\n| | MB/s, one core | two cores | of `wc -l` | of %s | memory, one core |\n|---|--:|--:|--:|--:|--:|\n", m.today)
	}
	agreed, base := m.agreed(), m.base()
	for _, r := range m.rows {
		m.line(&b, &r, agreed, base, mb, wc)
	}
	return b.String()
}

func (m *measured) line(b *strings.Builder, r *row, agreed string, base, mb, wc float64) {
	name := r.Name
	if r.failure != "" || len(r.results[0]) == 0 {
		fmt.Fprintf(b, "| %s | failed |%s\n", name, map[bool]string{true: "", false: " | | | |"}[m.perLine])
		return
	}
	if r.Slow { // the test holds that it comes to the same sums on the same input
		name += fmt.Sprintf(" (%.0f MB)", float64(m.small.bytes)/1e6)
		mb, base = float64(m.small.bytes)/1e6, base*float64(m.small.bytes)/float64(m.input.bytes)
	} else if c := r.results[0][0].Check; c != agreed {
		name += " (check differs: " + c + ")"
	}
	one := median(m.seconds(r.results[0]))
	if m.perLine {
		fmt.Fprintf(b, "| %s | %.2f |\n", name, one/float64(m.input.lines)*1e6)
		return
	}
	two, times := "", ""
	if len(r.results[1]) > 0 {
		two = rate(mb / median(m.seconds(r.results[1])))
	}
	if base > 0 && one > 0 {
		times = fmt.Sprintf("%.1f\u00d7", base/one)
	}
	if m.cpu {
		fmt.Fprintf(b, "| %s | %s | %s | %.0f MB |\n", name, rate(mb/one), times, memoryOf(r.results[0]))
		return
	}
	fmt.Fprintf(b, "| %s | %s | %s | %s %% | %s | %.0f MB |\n", name, rate(mb/one), two, rate(100*mb/one/wc), times, memoryOf(r.results[0]))
}

// rate keeps two digits of what is slow.
func rate(v float64) string {
	if v < 9.95 {
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.0f", v)
}

// base is the seconds of the contender that the others are compared with, 0 when it is not here.
func (m *measured) base() float64 {
	for _, r := range m.rows {
		if r.Name == m.today && len(r.results[0]) > 0 {
			if r.Slow {
				return median(m.seconds(r.results[0])) * float64(m.input.bytes) / float64(m.small.bytes)
			}
			return median(m.seconds(r.results[0]))
		}
	}
	return 0
}

// agreed is the check that most programs give.
func (m *measured) agreed() string {
	votes, best := map[string]int{}, ""
	for _, r := range m.rows {
		if len(r.results[0]) > 0 && !r.Slow {
			check := r.results[0][0].Check
			if votes[check]++; votes[check] > votes[best] {
				best = check
			}
		}
	}
	return best
}

func (m *measured) seconds(results []report.Result) (list []float64) {
	for _, r := range results {
		if m.cpu {
			r.Seconds = r.CPU
		}
		list = append(list, r.Seconds)
	}
	return list
}

// memoryOf is the largest peak above the program's own start.
func memoryOf(results []report.Result) (mb float64) {
	for _, r := range results {
		mb = max(mb, float64(r.PeakKB-r.BaseKB)*1024/1e6)
	}
	return mb
}

func median(list []float64) float64 {
	list = slices.Sorted(slices.Values(list))
	n := len(list)
	return (list[(n-1)/2] + list[n/2]) / 2
}

func thousands(n int64) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// summary is the case as one row for README.md: sawlog from C, the fastest of the others, and what one would write in Python.
func (m *measured) summary() string {
	if m.perLine {
		return ""
	}
	var ours, best, today cell
	for _, r := range m.rows {
		if r.failure != "" || len(r.results[0]) == 0 || r.Yardstick {
			continue
		}
		bytes := m.input.bytes
		if r.Slow {
			bytes = m.small.bytes
		}
		c := cell{r.Name, float64(bytes) / 1e6 / median(m.seconds(r.results[0]))}
		switch {
		case strings.HasPrefix(c.name, "**sawlog** from C"):
			ours = c
		case strings.HasPrefix(c.name, "**sawlog**"):
		case c.rate > best.rate:
			best = c
		}
		if c.name == m.today {
			today = c
		}
	}
	if ours.rate == 0 || best.rate == 0 {
		return ""
	}
	return fmt.Sprintf("| %s | %s | %s | %s |\n", m.name, rate(ours.rate), best.beside(ours), today.beside(ours))
}

// cell is a contender and its MB/s.
type cell struct {
	name string
	rate float64
}

// beside tells the rate and how many times faster ours is.
func (c cell) beside(ours cell) string {
	if c.rate == 0 {
		return ""
	}
	return fmt.Sprintf("%s: %s (%s\u00d7)", c.name, rate(c.rate), rate(ours.rate/c.rate))
}

const summaryHead = "\n| case | **sawlog** from C | the fastest of the others (ratio) | in Python (ratio) |\n|---|--:|---|---|\n"

// What ./build.sh bench --readme writes stands between these two, in README.md and in lib/PERFORMANCE.md.
const (
	beginMark = "<!-- bench: made by ./build.sh bench --readme -->\n"
	endMark   = "<!-- bench: end -->"
)

// fill puts text between the two marks of a file.
func fill(file, text string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	head, rest, ok := strings.Cut(string(data), beginMark)
	_, tail, ok2 := strings.Cut(rest, endMark)
	if !ok || !ok2 {
		return fmt.Errorf("%s has no marks for the tables", file)
	}
	return os.WriteFile(file, []byte(head+beginMark+text+endMark+tail), 0o644)
}

// note says where and how the numbers were made.
func note(cpu bool) string {
	version, _, _ := strings.Cut(strings.TrimPrefix(runtime.Version(), "go"), "-")
	text := fmt.Sprintf("%s, %s/%s, Go %s. Medians, all programs in turns.", processor(), runtime.GOOS, runtime.GOARCH, version)
	if cpu {
		return text + " The machine was in use by others\nmeanwhile, so MB for a second of processor time on one core are shown (`--cpu`), not MB for a second.\n"
	}
	return text + " MB/s on one core.\n"
}

func processor() string {
	info, _ := os.ReadFile("/proc/cpuinfo")
	_, rest, ok := strings.Cut(string(info), "model name\t: ")
	if !ok {
		return "Unknown processor"
	}
	name, _, _ := strings.Cut(rest, "\n")
	return name
}
