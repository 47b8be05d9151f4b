package sawlog

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/formats"
)

// What a line costs that does not fit, compared with one that does.

// refusable is a definition and lines that are records of it.
type refusable struct {
	name, definition string
	lines            []string
}

// damage makes another line of one: the same where it finds nothing to spoil. What is made may still fit.
type damage struct {
	name string
	make func(line string) string
}

var damages = []damage{
	{"last-byte-cut", func(s string) string { return s[:len(s)-1] }},
	{"first-byte-cut", func(s string) string { return s[1:] }},
	{"half", func(s string) string { return s[:len(s)/2] }},
	{"last-quote-cut", func(s string) string { return without(s, strings.LastIndexByte(s, '"')) }},
	{"first-quote-cut", func(s string) string { return without(s, strings.IndexByte(s, '"')) }},
	{"first-blank-cut", func(s string) string { return without(s, strings.IndexByte(s, ' ')) }},
	{"last-blank-cut", func(s string) string { return without(s, strings.LastIndexByte(s, ' ')) }},
	{"first-bracket-cut", func(s string) string { return without(s, strings.IndexAny(s, "[(<{")) }},
	{"first-colon-cut", func(s string) string { return without(s, strings.IndexByte(s, ':')) }},
	{"first-digit-spoilt", func(s string) string { return spoilt(s, strings.IndexAny(s, "0123456789"), "x") }},
	{"quarter-spoilt", func(s string) string { return spoilt(s, len(s)/4, "\x01") }},
	{"middle-spoilt", func(s string) string { return spoilt(s, len(s)/2, "\x01") }},
	{"end-spoilt", func(s string) string { return spoilt(s, len(s)*7/8, "\x01") }},
	{"middle-no-utf8", func(s string) string { return spoilt(s, len(s)/2, "\xff") }},
	{"three-quarters", func(s string) string { return s[:len(s)*3/4] }},
	{"second-word-cut", wordCut(1)},
	{"third-word-cut", wordCut(2)},
	{"last-word-cut", wordCut(-1)},
	{"last-word-spoilt", lastWordSpoilt},
	{"number-a-word", numberToWord},
	{"words-turned", turned},
	{"twice-in-a-line", func(s string) string { return s + " " + s }},
	{"twice-as-long", func(s string) string { return strings.Repeat("x", len(s)) + " " + s }},
	{"tabs-for-blanks", func(s string) string { return strings.ReplaceAll(s, " ", "\t") }},
	{"text-in-front", func(s string) string { return "web-1 app: " + s }},
	{"quotes-other", func(s string) string { return strings.ReplaceAll(s, `"`, "'") }},
	{"digits-filled", digitsFilled},
	{"more-behind", func(s string) string { return s + ` "and "more` }},
	{"blanks-doubled", func(s string) string { return strings.ReplaceAll(s, " ", "  ") }},
	{"blanks-filled", func(s string) string { return strings.ReplaceAll(s, " ", "_") }},
	{"colons-cut", func(s string) string { return strings.ReplaceAll(s, ":", "") }},
	{"other-words", other("something went wrong while the host was looked for: no route, giving up after 3 times, ")},
	{"other-access", other(`192.0.2.7 - - [12/Nov/2024:17:03:00 +0100] "GET /a/page.html HTTP/1.1" 200 5124 "https://www.example.com/" "Mozilla/5.0 (X11; Linux x86_64)" `)},
	{"other-syslog", other("Nov 12 17:03:00 web-1 sshd[4711]: Accepted publickey for ada from 192.0.2.7 port 50022 ssh2, ")},
	{"other-json", other(`{"time":"2024-11-12T17:03:00Z","level":"info","msg":"done","took":17,"path":"/a/page.html"}`)},
	{"other-stamped", other("2024-11-12 17:03:00.123 +0100 INFO [main] com.example.Main - started in 17 ms, ")},
}

// without is s without the byte at i, if there is one.
func without(s string, i int) string { return spoilt(s, i, "") }

// spoilt is s with another text for the byte at i, if there is one.
func spoilt(s string, i int, text string) string {
	if i < 0 || i >= len(s) {
		return s
	}
	return s[:i] + text + s[i+1:]
}

// numberToWord puts a word in place of the last number that stands between blanks.
func numberToWord(s string) string {
	words := strings.Split(s, " ")
	for k := len(words) - 1; k > 0; k-- {
		if words[k] != "" && strings.Trim(words[k], "0123456789") == "" {
			words[k] = "ok"
			return strings.Join(words, " ")
		}
	}
	return s
}

// wordCut leaves out the word k of those between blanks, from behind where k is negative.
func wordCut(k int) func(string) string {
	return func(s string) string {
		words := strings.Split(s, " ")
		at := k
		if at < 0 {
			at += len(words)
		}
		if at <= 0 || at >= len(words) {
			return s
		}
		return strings.Join(slices.Delete(words, at, at+1), " ")
	}
}

// lastWordSpoilt puts a control byte into the last word between blanks.
func lastWordSpoilt(s string) string { return spoilt(s, strings.LastIndexByte(s, ' ')+1, "\x01") }

// turned has the words between blanks in the other order.
func turned(s string) string {
	words := strings.Split(s, " ")
	slices.Reverse(words)
	return strings.Join(words, " ")
}

// digitsFilled has a letter for each digit.
func digitsFilled(s string) string {
	return strings.Map(func(c rune) rune {
		if '0' <= c && c <= '9' {
			return 'x'
		}
		return c
	}, s)
}

// other is a line of another kind that is as long as the one that should be there.
func other(text string) func(string) string {
	return func(s string) string { return strings.Repeat(text, len(s)/len(text)+1)[:len(s)] }
}

// formatRefusals are the built-in formats whose records are lines, with their samples.
func formatRefusals(t testing.TB) (all []refusable) {
	list, err := formats.All()
	require.NoError(t, err)
	for i := range list {
		f := &list[i]
		r := refusable{name: f.Name, definition: f.SampleDefinition()}
		for _, s := range f.Samples {
			if s.Row != "" && s.Input != "" && !strings.Contains(s.Input, "\n") {
				r.lines = append(r.lines, s.Input)
			}
		}
		all = append(all, r)
	}
	return all
}

// of are the lines that are records one by one, and what damage makes of them that is none.
func (r *refusable) of(p *Parser, d damage) (records, refused []string) {
	for _, line := range r.lines {
		bad := d.make(line)
		if bad == line || strings.TrimSpace(bad) == "" {
			continue
		}
		good, wrong := p.ParseRecord([]byte(line)), p.ParseRecord([]byte(bad))
		if good.Len() == 1 && wrong.Rejects() == 1 {
			records, refused = append(records, line), append(refused, bad)
		}
		good.Release()
		wrong.Release()
	}
	return records, refused
}

// refusalBlock is a block of some 32 KB of the lines, and how many it has.
func refusalBlock(lines []string) ([]byte, int) {
	once := strings.Join(lines, "\n") + "\n"
	times := 32<<10/len(once) + 1
	return []byte(strings.Repeat(once, times)), times * len(lines)
}

// BenchmarkRefusal tells how many times as long a line takes that is refused as the one that it was made from, for each built-in format, some
// grok patterns and definitions of several forms, by what was done to the line. At the end those are listed that take more than twice as long.
//
//	go test ./lib -run '^$' -bench Refusal -benchtime 20x
//	go test ./lib -run '^$' -bench 'Refusal/postgres/' -benchtime 200x
func BenchmarkRefusal(b *testing.B) {
	type pair struct {
		name  string
		times float64
	}
	var slow []pair
	tried := 0
	for _, r := range slices.Concat(formatRefusals(b), grokRefusals, formRefusals) {
		p, err := NewParser(r.definition)
		require.NoError(b, err, r.name)
		if p.Schema() == nil {
			continue // what a line is depends on those before it
		}
		require.Equal(b, len(r.lines), p.Parse([]byte(strings.Join(r.lines, "\n"))).Len(), r.name)
		for _, d := range damages {
			records, refused := r.of(p, d)
			if len(records) == 0 {
				continue
			}
			good, lines := refusalBlock(records)
			bad, badLines := refusalBlock(refused)
			if batch := p.Parse(bad); batch.Rejects() != badLines {
				continue // they are lines of a record, or no records, among others
			}
			b.Run(r.name+"/"+d.name, func(b *testing.B) {
				fit, not := time.Duration(1<<62), time.Duration(1<<62)
				for b.Loop() {
					fit, not = min(fit, timeToParse(p, good)), min(not, timeToParse(p, bad))
				}
				times := float64(not) / float64(badLines) / float64(fit) * float64(lines)
				b.ReportMetric(0, "ns/op")
				b.ReportMetric(float64(fit)/float64(lines), "ns/record")
				b.ReportMetric(float64(not)/float64(badLines), "ns/reject")
				b.ReportMetric(times, "times")
				if tried++; times > 2 {
					slow = append(slow, pair{r.name + "/" + d.name, times})
				}
			})
		}
	}
	slices.SortFunc(slow, func(a, b pair) int { return cmp.Compare(b.times, a.times) })
	text := fmt.Sprintf("%d of %d take more than twice as long", len(slow), tried)
	for _, p := range slow {
		text += fmt.Sprintf("\n%5.1f %s", p.times, p.name)
	}
	fmt.Println(text) // the log of a benchmark that has others in it is not shown
}

func timeToParse(p *Parser, text []byte) time.Duration {
	start := time.Now()
	p.Parse(text).Release()
	return time.Since(start)
}
