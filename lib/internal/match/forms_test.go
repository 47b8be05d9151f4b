package match

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-json"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/formats"
	"github.com/sawlog/sawlog/lib/internal/pattern"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
)

// oneByOne is a program with its forms tried one after the other, each from the beginning of the line, and the sequences of its groups too.
func oneByOne(p *Program) *Program {
	forms := p.forms
	if forms == nil {
		forms = []*Program{p}
	}
	forms = append(slices.Clip(forms), p.others...)
	var plain []*Program
	for _, form := range forms {
		q := *form
		q.others, q.sequence = nil, everySequence(form.sequence)
		plain = append(plain, &q)
	}
	plain[0].others = plain[1:]
	return plain[0]
}

// everySequence is a sequence in whose groups the next byte decides nothing, and what does not fit is forgotten in all its columns.
func everySequence(q sequence) sequence {
	q.steps = append([]step(nil), q.steps...)
	for k := range q.steps {
		if g := q.steps[k].group; g != nil {
			plain := *g
			plain.first, plain.rivals, plain.needed, plain.sequences = nil, nil, nil, nil
			for _, q := range g.sequences {
				plain.sequences = append(plain.sequences, everySequence(q))
			}
			q.steps[k].group = &plain
		}
	}
	q.early, q.stamp, q.touched, q.hasty = constant{}, nil, q.fills, true
	return q
}

// withoutRivals is the program with all tried that the first byte allows.
func (p *Program) withoutRivals() *Program {
	p.rivals, p.needed, p.gate = nil, nil, gate{}
	p.sequence.withoutRivals()
	for _, next := range append(slices.Clip(p.next), p.others...) {
		next.withoutRivals()
	}
	return p
}

func (q *sequence) withoutRivals() {
	for k := range q.steps {
		if g := q.steps[k].group; g != nil {
			g.rivals, g.needed = nil, nil
			for i := range g.sequences {
				g.sequences[i].withoutRivals()
			}
		}
	}
}

// damaged is a line with a few changes.
func damaged(r *rand.Rand, line string, others []string) string {
	for range r.IntN(3) {
		at := r.IntN(len(line) + 1)
		switch r.IntN(6) {
		case 0:
			line = line[:at]
		case 1:
			line = line[at:]
		case 2:
			line = line[:at] + []string{" ", "[", "]", "-", ":", "=", "x", "7", "\"", "(", "\r", "@", "."}[r.IntN(13)] + line[at:]
		case 3:
			line = line[:at] + line[min(at+1+r.IntN(3), len(line)):]
		case 4:
			line = strings.Replace(line, " ", []string{"  ", "", " - ", " null "}[r.IntN(4)], 1+r.IntN(3))
		case 5:
			other := others[r.IntN(len(others))]
			line = line[:at] + other[min(at, len(other)):]
		}
	}
	return line
}

// Forms that share what they begin with, and are told apart by the next byte, give what they give one by one.
func TestFormsTogetherGiveWhatTheyGiveAlone(t *testing.T) {
	all, err := formats.All()
	require.NoError(t, err)
	rounds := 60
	if testing.Short() {
		rounds = 6
	}
	tried := 0
	for i := range all {
		f := &all[i]
		var definition struct{ Line json.RawMessage }
		require.NoError(t, json.Unmarshal([]byte(f.Definition), &definition))
		var texts []string
		if definition.Line == nil || json.Unmarshal(definition.Line, &texts) != nil {
			continue
		}
		tree, _, err := pattern.CompileLine(texts)
		require.NoError(t, err, f.Name)
		p, err := Compile(tree, Options{Limit: 1 << 20, Clock: timestamp.Options{Year: 2026}})
		require.NoError(t, err, f.Name)
		r := rand.New(rand.NewPCG(9, uint64(i)))
		var inputs []string
		for _, s := range f.Samples {
			if s.Input != "" && !strings.Contains(s.Input, "\n") {
				inputs = append(inputs, s.Input)
			}
		}
		var text strings.Builder
		for _, input := range inputs {
			for range rounds {
				line := damaged(r, input, inputs)
				fmt.Fprintln(&text, line)
			}
		}
		rows, rejects := parse(p, p.NewWorker(), text.String())
		every, err := Compile(tree, Options{Limit: 1 << 20, Clock: timestamp.Options{Year: 2026}})
		require.NoError(t, err, f.Name)
		everyRow, everyReject := parse(every.withoutRivals(), every.NewWorker(), text.String())
		require.Equal(t, everyReject, rejects, f.Name)
		require.Equal(t, everyRow, rows, f.Name)
		wantRows, wantRejects := parse(oneByOne(p), oneByOne(p).NewWorker(), text.String())
		require.Len(t, rejects, len(wantRejects), f.Name)
		require.Equal(t, wantRows, rows, f.Name)
		tried += len(rows)
	}
	require.Greater(t, tried, 1000)
}

// What a form has made null before it turned out not to fit is a value where the next one has it.
func TestWhatDoesNotFitLeavesNoNulls(t *testing.T) {
	for _, c := range []struct {
		texts      []string
		line, want string
	}{
		{[]string{"{[<{x:word}> ]}foo {y:int}", "{x:word} {z}"}, "foz zed", `{"x":"foz","z":"zed"}`},
		{[]string{"{a:word null=-} {b:int}", "{a:word} {c:word}"}, "- x", `{"a":"-","c":"x"}`},
		{[]string{"0 {a:word null=-} {b:int}", "0 {a:word} {c:word}"}, "0 - x", `{"a":"-","c":"x"}`},
		{[]string{"{!{a:word null=-} {b:int}{|}{a:word} {c:word}!}"}, "- x", `{"a":"-","c":"x"}`},
		{[]string{"{!{[{a:int} ]}{b:int};{|}{a:int} {c:word}!}"}, "5 x", `{"a":5,"c":"x"}`},
		{[]string{"{s:word} {!{!{a:int}{|}x{b:int}!} end{|}{a:int} {b:int}!}"}, "s 5 6", `{"a":5,"b":6,"s":"s"}`},
		{[]string{"0 {!{a:int}{|}x{b:int}!} end", "0 {a:int} {b:int}"}, "0 5 6", `{"a":5,"b":6}`},
		{[]string{"{!{a:int}{|}x{b:int}!} end", "{a:int}{ }{b:int}"}, "5 6", `{"a":5,"b":6}`},
		{[]string{"{!{a:int}{|}x{b:int}!} end {c}", "{!{a:int}{|}x{b:int}!} {d}"}, "x6 foo", `{"b":6,"d":"foo"}`},
		{[]string{"0 {!{a:word}-{|}x{b:word}!} end", "0 {a:word} {b:word}"}, "0 5- 6", `{"a":"5-","b":"6"}`},
		{[]string{"{l:level} 7", "{l:word} {n:word}"}, "MINE 8", `{"l":"MINE","n":"8"}`},
		{[]string{"0 {a:commas} 7", "0 {a:commas} {n:word}"}, "0 b,c 8", `{"a":["b","c"],"n":"8"}`},
		{[]string{"1 {a:commas} 7{b}", "{c:int} {a:commas} {n:word}"}, "1 b,c 8", `{"a":["b","c"],"c":1,"n":"8"}`},
	} {
		tree, _, err := pattern.CompileLine(c.texts)
		require.NoError(t, err)
		p, err := Compile(tree, Options{Limit: 100})
		require.NoError(t, err, c.texts)
		rows, rejects := parse(p, p.NewWorker(), c.line)
		require.Empty(t, rejects, c.texts)
		require.JSONEq(t, c.want, rows[0], c.texts)
	}
}

// What a layout gave at a place is not what it gives there in the next block, nor in a line to explain.
func TestTimesAreReadAnewInEachBlock(t *testing.T) {
	tree, _, err := pattern.CompileLine([]string{"{t:timestamp rfc3339} a", "{t:timestamp rfc3339}{ }{b}: {c}"})
	require.NoError(t, err)
	p, err := Compile(tree, Options{Limit: 100})
	require.NoError(t, err)
	w := p.NewWorker()
	for _, day := range []string{"05", "06", "xx", "07"} {
		line := "2026-03-" + day + "T08:09:10Z b: c"
		rows, rejects := parse(p, w, line)
		require.Equal(t, day == "xx", len(rejects) == 1)
		if day != "xx" {
			require.JSONEq(t, `{"t":"2026-03-`+day+`T08:09:10Z","b":"b","c":"c"}`, rows[0])
		}
		require.Equal(t, day != "xx", w.Explain([]byte(line)).OK)
		require.False(t, w.Explain([]byte("2026-03-09T08:09:10Z b, c")).OK)
	}
}

// More forms than there are bits in a table are all tried, and leave nothing behind.
func TestManyForms(t *testing.T) {
	var texts []string
	for k := range 70 {
		texts = append(texts, fmt.Sprintf("{a:word null=-} {b:word} k%d {c:int}", k))
	}
	texts = append(texts, "{a:word} {d}")
	tree, _, err := pattern.CompileLine(texts)
	require.NoError(t, err)
	p, err := Compile(tree, Options{Limit: 100})
	require.NoError(t, err)
	rows, rejects := parse(p, p.NewWorker(), "- x k69 7\n- x k70 7\nu v k0 8")
	require.Empty(t, rejects)
	require.Equal(t, []string{`{"b":"x","c":7}`, `{"a":"-","d":"x k70 7"}`, `{"a":"u","b":"v","c":8}`}, rows)
}
