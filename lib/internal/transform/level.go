package transform

import (
	"bytes"

	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

// levelTest compares levels by what they mean: "error" is ERROR, E and err too, and ">= warn" is warnings and worse.
type levelTest struct {
	severity int // the column that says what the level means, -1: none
	any, all []levelCondition
}

type levelCondition struct {
	op       string
	severity uint64
	trace    bool // a word that is less than debug, which has the same severity
}

// severityBeside is the column with the meaning of the level called name: -1 where there is none, -2 where name is no level.
func severityBeside(o *Options, schema *record.Schema, name string) int {
	if column := o.Find("level"); column < 0 || column != o.Find(name) {
		return -2
	}
	if k := o.Find("severity"); k >= 0 && schema.Fields[k].Type == record.Uint && schema.Fields[k].Name == "severity" {
		return k
	}
	return -1
}

// newLevelTest is nil where a condition has no word that is known.
func newLevelTest(conditions []condition, severity int) tester {
	t := &levelTest{severity: severity}
	for _, c := range conditions {
		to := levelCondition{op: c.op}
		var known bool
		if to.severity, to.trace, known = meaning([]byte(c.value)); !known || c.op == "~" || c.op == "!~" {
			return nil
		}
		if c.op == "=" {
			t.any = append(t.any, to)
		} else {
			t.all = append(t.all, to)
		}
	}
	return t
}

// meaning is the severity of a word.
func meaning(word []byte) (severity uint64, trace, known bool) {
	var room [40]byte
	if len(word) > 20 {
		return 0, false, false
	}
	n := copy(room[:], word)
	for i, c := range room[:n] {
		if c-'A' < 26 {
			room[i] = c | 0x20
		}
	}
	severity, known = value.Severity(room[:], 0, n)
	return severity, known && isTrace(room[:n]), known
}

var traces = [...][]byte{[]byte("trace"), []byte("t"), []byte("finer"), []byte("finest")}

// isTrace tells the words below debug.
func isTrace(word []byte) bool {
	for _, trace := range traces {
		if bytes.EqualFold(word, trace) {
			return true
		}
	}
	return false
}

func (t *levelTest) keep(b *record.Builder, c *record.Col, rows []int32, s *scratch) []int32 {
	if t.severity < 0 {
		return keepTexts(b, c, rows, s, func(text []byte) bool {
			severity, trace, known := meaning(text)
			return known && t.fits(severity, trace)
		})
	}
	kept, beside := rows[:0], &b.Cols[t.severity]
	for _, row := range rows {
		if beside.Valid[row>>6]>>(row&63)&1 == 0 {
			continue
		}
		severity := beside.Words[row]
		if t.fits(severity, severity == 7 && isTrace(b.RowText(c, int(row)))) {
			kept = append(kept, row)
		}
	}
	return kept
}

func (t *levelTest) fits(severity uint64, trace bool) bool {
	for _, c := range t.all {
		if !c.fits(severity, trace) {
			return false
		}
	}
	for _, c := range t.any {
		if c.fits(severity, trace) {
			return true
		}
	}
	return t.any == nil
}

func (c *levelCondition) fits(severity uint64, trace bool) bool {
	// Twice, so that trace has a place below debug. The higher, the less severe.
	rank := func(severity uint64, trace bool) uint64 {
		if severity *= 2; trace {
			severity++
		}
		return severity
	}
	it, than := rank(severity, trace), rank(c.severity, c.trace)
	switch c.op {
	case "=":
		return it == than
	case "!=":
		return it != than
	case ">":
		return it < than
	case ">=":
		return it <= than
	case "<":
		return it > than
	}
	return it >= than
}
