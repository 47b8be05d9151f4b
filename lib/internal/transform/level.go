package transform

import (
	"bytes"
	"fmt"

	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

// levelTest compares levels by what they mean: "error" is ERROR, E and err too, and ">= warn" is warnings and worse. Conditions in quotes,
// regular expressions and words without a meaning are about the text.
type levelTest struct {
	severity int // the column that says what the level means, -1: none
	any, all []levelCondition
	texts    bool // some are about the text
}

type levelCondition struct {
	op       string
	severity uint64
	trace    bool // a word that is less than debug, which has the same severity
	text     *textCondition
}

// level is what stands in a row. known: it has a meaning.
type level struct {
	text     []byte // where somebody asks for it
	severity uint64
	known    bool
	trace    bool
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

// newLevelTest is nil where all conditions are about texts.
func newLevelTest(o *Options, name string, conditions []condition, severity int) (tester, error) {
	t, meant := &levelTest{severity: severity}, false
	for _, c := range conditions {
		to := levelCondition{op: c.op}
		var known bool
		to.severity, to.trace, known = meaning([]byte(c.value))
		switch {
		case c.quoted || c.op == "~" || c.op == "!~" || !known && (c.op == "=" || c.op == "!=" || o.Open || startsWithDigit(c.value)):
			text, err := newTextCondition(name, record.Field{}, c)
			if err != nil {
				return nil, err
			}
			to.text, t.texts = &text, true
		case !known:
			return nil, &Error{Key: "where", Message: fmt.Sprintf("where: %q is a level, and %q is none", name, c.value), Name: c.value, Names: levels}
		default:
			meant = true
		}
		if c.op == "=" || c.op == "~" {
			t.any = append(t.any, to)
		} else {
			t.all = append(t.all, to)
		}
	}
	if !meant {
		return nil, nil
	}
	return t, nil
}

// levels are the words that a mistake may have meant.
var levels = []string{"trace", "debug", "info", "notice", "warn", "error", "critical", "alert", "emergency", "fatal"}

func startsWithDigit(text string) bool { return text != "" && text[0]-'0' <= 9 }

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
			l := level{text: text}
			l.severity, l.trace, l.known = meaning(text)
			return t.fits(&l)
		})
	}
	kept, beside := rows[:0], &b.Cols[t.severity]
	for _, row := range rows {
		l := level{severity: beside.Words[row], known: beside.Valid[row>>6]>>(row&63)&1 != 0}
		if t.texts || l.severity == 7 {
			l.text = b.RowText(c, int(row))
			l.trace = l.severity == 7 && isTrace(l.text)
		}
		if t.fits(&l) {
			kept = append(kept, row)
		}
	}
	return kept
}

func (t *levelTest) fits(l *level) bool {
	for i := range t.all {
		if !t.all[i].fits(l) {
			return false
		}
	}
	for i := range t.any {
		if t.any[i].fits(l) {
			return true
		}
	}
	return t.any == nil
}

func (c *levelCondition) fits(l *level) bool {
	if c.text != nil {
		return c.text.fits(l.text)
	}
	if !l.known {
		return c.op == "!="
	}
	// Twice, so that trace has a place below debug. The higher, the less severe.
	rank := func(severity uint64, trace bool) uint64 {
		if severity *= 2; trace {
			severity++
		}
		return severity
	}
	it, than := rank(l.severity, l.trace), rank(c.severity, c.trace)
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
