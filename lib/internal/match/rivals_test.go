package match

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/pattern"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
)

// randomLines are n lines of up to most pieces each.
func randomLines(r *rand.Rand, n, most int, pieces []string) string {
	var text strings.Builder
	for range n {
		for range 1 + r.IntN(most) {
			text.WriteString(pieces[r.IntN(len(pieces))])
		}
		text.WriteByte('\n')
	}
	return text.String()
}

// What is left out because of what stands at a place would not have fitted, nor have come further: rows and reasons are the same without that.
func TestRivalsAreLeftOutWithoutATrace(t *testing.T) {
	pieces := []string{"INFO", "note", "note 7 ", "x", "7", "2026", "10:05:03", "2026-03-05", "2026/03/05 10:05:03", "05 Mar 2026", "05-03-2026", "-", ":", ": ", " - ", " ", " ", " ", "  ", "[a]", "(b:7)", "] ", "\r", "a:b: ", "9", "00:", "[", "[(", "["}
	for _, texts := range [][]string{
		{"{t:timestamp %H:%M:%S} {a:word} {b:int}", "{t:timestamp %Y/%m/%d %H:%M:%S} {a}", "{t:timestamp %d %b %Y} {a}", "{t:timestamp %d-%m-%Y} {a}", "{t:timestamp %d.%m.%Y}{ }{a}", "{b:int} {l:level} {a}"},
		{"{a:word} - {b:int} {c}", "{a:word} [{c:word}] {b:int}", "{a:word}: {b:int}", "{a:word} ({c:word}:{b:int})", "{a:word} {b:int} {c}", "{a:word} {t:timestamp %H:%M:%S}"},
		{"{l:level known}:{b:int}", "{l:level known}{ }{b:int} {c}", "{l:level known own=3}: {c}", "{l:level own=3}: {c}", "{b:int} {c}", "{t:timestamp %Y-%m-%d} {c}", "{l:level} {b:int}"},
		{"{a:word null=-} - {b:int} {c}", "{a:word null=-} [{c}", "{b:int} {l:level known null=x} {c}", "{l:level known null=x} {b:int} {c}"},
		{"{t:timestamp %H:%M:%S} {a}", "{a:word} - {b:int} {c}", "{a:word empty=null} [{c:word}] {b:int}"},
		{"{a:word} - {b:int}", "{l:level known} {b:int} {c}", "{l:level known own=3}: {c}", "{l:level known}: {c}", "{b:int} {c}"},
		{"{!{a:word} - {b:int}{|}{a:word}: {b:int}{|}{a:word} [{c:word}] {b:int}{|}{l:level known} {t:timestamp %H:%M:%S}{|}{t:timestamp %d-%m-%Y} {a:word}!} {d}", "{b:int}, {d}"},
		{"x{!{t:timestamp %H:%M:%S} {a:word}{|}{t:timestamp %Y-%m-%d} {a:word}{|}{l:level known own=3} {b:int}{|}!} {d}", "{a:word} - {b:int} {c}"},
		{"[({c}", "[{b:int}] {c}", "[{t:timestamp %H:%M:%S}] {a}", "[{l:level known own=3}] {a}", "{b:int} {c}"},
		{"[({c}", "[{t:timestamp %H:%M:%S}] {a}"}, {"[({c}", "[{l:level known own=3} {a}"}, {"[({c}", "[{a:word}: {b:int}", "[{a:word} {b:int}", "{b:int} {c}"},
		{"{a:word} - {b:int}: {c}", "{a:word}{? - {c:word}: {b:int}?}", "{a:word}{? [{c:word}]?} {b:int}: {d}"},
		{"{a:word} - {b:int}: {c}", "{a:word} - {b:int}] {c}", "{a:word}{!] {b:int}{|} - {b:int}!}"},
	} {
		both := [2]*Program{}
		for k := range both {
			tree, _, err := pattern.CompileLine(texts)
			require.NoError(t, err)
			both[k], err = Compile(tree, Options{Limit: 1 << 20, Clock: timestamp.Options{Year: 2026}})
			require.NoError(t, err)
		}
		with, without := both[0], both[1].withoutRivals()
		r := rand.New(rand.NewPCG(3, uint64(len(texts))))
		text := randomLines(r, 30000, 7, pieces)
		rows, rejects := parse(with, with.NewWorker(), text)
		wantRows, wantRejects := parse(without, without.NewWorker(), text)
		require.Equal(t, wantRejects, rejects, texts)
		require.Equal(t, wantRows, rows, texts)
		require.NotEmpty(t, rows, texts)
		require.Contains(t, strings.Join(rejects, "\n"), "bad_value", texts)
	}
}

// A text is needed only where the line cannot do without: not behind a place where it may end, nor where what stands in brackets may be missing.
func TestWhatIsNeeded(t *testing.T) {
	plain, open, quoted := &pattern.Element{}, &pattern.Element{}, &pattern.Element{}
	open.Open, quoted.Quoted = "[", true
	q := &sequence{lead: makeConstant("<- "), steps: []step{
		{op: opText, element: plain, after: makeConstant("] ")}, {op: opText, element: plain, after: makeConstant(" ")}, {op: opOdd, element: open, after: makeConstant(" a")},
		{op: opOdd, element: quoted, after: makeConstant(" b")}, {op: opUntil, element: plain, after: makeConstant(" c")}, {op: opLiteral, element: plain, after: makeConstant(": \n")},
		{op: opText, optional: true, element: plain, after: makeConstant(" - ")}, {op: opText, element: plain, after: makeConstant(" d")},
	}}
	require.Equal(t, []string{"<- ", "] ", ": "}, q.rival().needs)
	require.Nil(t, newNeeded([]rival{q.rival(), {}}))
	require.Equal(t, []needed{{[]byte("] "), 6}}, newNeeded([]rival{q.rival(), {needs: []string{"x] y"}}, {needs: []string{"] "}}, {}}))
	all := newNeeded([]rival{{}, {needs: []string{"a", "b: "}}, {needs: []string{" - "}}, {}, {needs: []string{"b: ", " - "}}, {needs: []string{"c", " d"}}})
	require.Equal(t, []needed{{[]byte(" - "), 1<<2 | 1<<4}, {[]byte(" d"), 1 << 5}, {[]byte("b: "), 1 << 1}}, all, "one text for each")
	line := []byte("x - y b: z\n")
	require.Equal(t, uint64(1<<5), lacking(all, line, 0, len(line)-1, 1<<1|1<<2|1<<5))
	require.Equal(t, uint64(1<<2|1<<4|1<<5), lacking(all, line, 4, len(line)-1, 1<<1|1<<2|1<<5))
	require.Zero(t, lacking(all, line, 0, len(line)-1, 1<<3))
}
