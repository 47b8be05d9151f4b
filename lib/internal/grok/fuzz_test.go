package grok

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// FuzzCompile wants a plan or an error that points into the pattern, and every line accounted for.
func FuzzCompile(f *testing.F) {
	f.Add("%{COMBINEDAPACHELOG}", "%{A:b:int}", "x 1\n\ny")
	f.Add("%{A:[a][b]:float} (?<c>x)|%{A:c}", "[0-9]+", "1 x")
	f.Add("(?:%{A:a})%{GREEDYDATA:b}%{A:c}|(?<d>x*)(?<e>(?:xy)*)", "%{INT:n}%{INT:m}", "1 x")
	f.Add("%{A=x+}%{SPACE}%{QS:q}", "", `xx "a\"`)
	f.Fuzz(func(t *testing.T, pattern, define, text string) {
		if len(pattern) > 200 || len(define) > 100 || len(text) > 500 {
			return
		}
		p, err := Compile(Options{Patterns: []string{pattern}, Define: map[string]string{"A": define}, All: len(text)%2 == 0, Limit: 100})
		if err != nil {
			var e *Error
			if assert.True(t, errors.As(err, &e), "%v", err) {
				assert.LessOrEqual(t, e.Pos, len(pattern))
				assert.NotEmpty(t, e.Message)
			}
			return
		}
		for _, a := range p.Ambiguous() {
			assert.True(t, a.Pos >= 0 && a.Pos <= len(pattern) && a.First != "" && a.Second != "", "%+v", a)
		}
		parse(p, p.NewWorker(), text)
		line := strings.TrimSuffix(text, "\n")
		check := p.NewWorker().Explain([]byte(line))
		assert.LessOrEqual(t, check.Offset, len(line))
		parse(p, p.NewRecordWorker(), text)
	})
}
