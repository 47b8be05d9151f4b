package detect

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// holding is a candidate that takes the lines which hold a word.
func holding(name string, rank int, word string) Candidate {
	return Candidate{Name: name, Rank: rank, Count: func(text Text) (fit Fit) {
		for line := range bytes.SplitSeq(text.Bytes(), []byte{'\n'}) {
			if bytes.Contains(line, []byte(word)) {
				fit.Matched++
			}
		}
		return fit
	}, Explain: func(line []byte) string {
		if bytes.Contains(line, []byte(word)) {
			return ""
		}
		return "no " + word
	}}
}

func repeated(parts ...any) (lines [][]byte) {
	for i := 0; i < len(parts); i += 2 {
		for range parts[i+1].(int) {
			lines = append(lines, []byte(parts[i].(string)))
		}
	}
	return lines
}

func TestRank(t *testing.T) {
	for _, c := range []struct {
		name       string
		lines      [][]byte
		candidates []Candidate
		want       string
		why        string // of the second
	}{
		{"nothing", nil, []Candidate{holding("a", 10, "a")}, "", ""},
		{"no candidates", repeated("a", 5), nil, "", ""},
		{"one that fits", repeated("a", 5), []Candidate{holding("x", 10, "x"), holding("a", 10, "a")}, "a", "no line fits"},
		{"the more special", repeated("a b", 10), []Candidate{holding("a", 10, "a"), holding("b", 11, "b")}, "b", "10 of 10 lines fit, but b is more special"},
		{"which may miss a few", repeated("a b", 10, "a", 1), []Candidate{holding("a", 10, "a"), holding("b", 11, "b")}, "b", "11 of 11 lines fit, but b is more special"},
		{"but not more", repeated("a b", 10, "a", 2), []Candidate{holding("a", 10, "a"), holding("b", 11, "b")}, "a", `10 of 12 lines fit; not "a": no b`},
		{"unless the other takes anything", repeated("a b", 10, "a", 8), []Candidate{holding("a", 5, "a"), holding("b", 11, "b")}, "b", "18 of 18 lines fit, but b is more special"},
		{"half of the lines", repeated("a", 5, "-", 5), []Candidate{holding("a", 10, "a")}, "a", ""},
		{"less than half", repeated("a", 5, "-", 6), []Candidate{holding("a", 10, "a")}, "", ""},
		{"of a special one a tenth", repeated("a", 5, "-", 45), []Candidate{holding("a", 20, "a")}, "a", ""},
		{"but not less", repeated("a", 5, "-", 46), []Candidate{holding("a", 20, "a")}, "", ""},
		{"nor less than half of those with a time", repeated("a", 5, "2026-03-05 07:09:10 x", 11, "-", 20), []Candidate{holding("a", 20, "a")}, "", ""},
		{"others do not count", repeated("a", 5, "2026-03-05 07:09:10 x", 10, " 2026-03-05 07:09:10", 20), []Candidate{holding("a", 20, "a")}, "a", ""},
		{"a lenient one against a lenient one", repeated("a", 7, "b", 10), []Candidate{holding("a", 4, "a"), holding("b", 2, "b")}, "b", `7 of 17 lines fit; not "b": no a`},
		{"times and cells", repeated("2026-03-05 07:09:10,a", 10), []Candidate{holding("a", 4, "a")}, "", ""},
		{"times and cells under a header", repeated("time,a", 1, "2026-03-05 07:09:10,a", 10), []Candidate{holding("a", 4, "a")}, "a", ""},
		{"times and cells under a banner", repeated("server 8.0, started; it says:", 1, "2026-03-05 07:09:10\ta", 5), []Candidate{holding("a", 4, "a")}, "", ""},
		{"delimiters in quotes under a header", repeated("time,a", 1, "2026-03-05 07:09:10,\"a, b, c\"", 10), []Candidate{holding("a", 4, "a")}, "a", ""},
		{"a few times in cells", repeated("a b", 6, "2026-03-05 07:09:10\ta", 5), []Candidate{holding("a", 4, "a")}, "a", ""},
		{"binary", repeated("a\x00\x01", 7, "a", 3), []Candidate{holding("a", 20, "a")}, "", ""},
	} {
		results, found := Rank(c.lines, c.candidates)
		assert.Equal(t, c.want != "", found, c.name)
		if found && assert.Equal(t, c.want, results[0].Name, c.name) {
			assert.Empty(t, results[0].Why, c.name)
		}
		if c.why != "" && assert.Greater(t, len(results), 1, c.name) {
			assert.Equal(t, c.why, results[1].Why, c.name)
		}
	}
	hinted := holding("a", 15, "a")
	hinted.Hinted = true
	results, _ := Rank(repeated("a b", 9), []Candidate{holding("b", 20, "b"), hinted})
	assert.Equal(t, "a", results[0].Name)
	results, _ = Rank(repeated("b", 9), []Candidate{holding("b", 20, "b"), hinted})
	assert.Equal(t, "b", results[0].Name)
	foreign := holding("a", 40, "a")
	foreign.Count = func(text Text) Fit { return Fit{Matched: text.lines, Strange: true} }
	results, _ = Rank(repeated("a b", 9), []Candidate{holding("b", 20, "b"), foreign})
	assert.Equal(t, "b", results[0].Name)
	results, found := Rank(repeated("2026-03-05 07:09:10 a", 9), []Candidate{holding("b", 20, "b"), foreign})
	assert.True(t, found)
	assert.Equal(t, "a", results[0].Name, "rather than none")
}

func TestRankCountsAllLinesOnlyOfWhatFitsAFew(t *testing.T) {
	asked := map[string][]int{}
	counting := func(c Candidate) Candidate {
		count := c.Count
		c.Count = func(text Text) Fit {
			asked[c.Name] = append(asked[c.Name], text.lines)
			return count(text)
		}
		return c
	}
	_, found := Rank(repeated("a", 300), []Candidate{counting(holding("a", 10, "a")), counting(holding("b", 10, "b"))})
	assert.True(t, found)
	assert.Equal(t, map[string][]int{"a": {24, 300}, "b": {24}}, asked)
}

func TestSample(t *testing.T) {
	assert.Empty(t, Sample(nil))
	assert.Empty(t, Sample([]byte("\n \n\r\n")))
	assert.Equal(t, [][]byte{[]byte("a"), []byte("b")}, Sample([]byte("\ufeffa\r\n\n  \nb")))
	var text strings.Builder
	for i := range 10000 {
		fmt.Fprintln(&text, i)
	}
	lines := Sample([]byte(text.String()))
	assert.Len(t, lines, 360)
	assert.Equal(t, "0", string(lines[0]))
	assert.Equal(t, "5000", string(lines[180]))
	assert.Equal(t, "9999", string(lines[359]))
	// Long lines are fewer, and a line that the end of the sample cuts is none.
	lines = Sample([]byte(strings.Repeat(strings.Repeat("x", 9999)+"\n", 200)))
	assert.Len(t, lines, 24)
	for _, line := range lines {
		assert.Len(t, line, 9999)
	}
}

// As many lines are taken whatever the size of a word: of very short ones there are so many that their number times the bytes to look at is
// more than 32 bits hold.
func TestSampleOfShortLines(t *testing.T) {
	assert.Equal(t, 3*perPart, len(Sample(bytes.Repeat([]byte("a\n"), Size/2))))
}
