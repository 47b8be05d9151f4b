package detect

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

// Likely is what the values of a format's records are like. Formats that read nearly the same text differ in what a value means, not in its
// type: what stands behind the user agent can be an address or a ratio. It counts in detection only: a record that is otherwise is still read.
type Likely struct {
	shapes [][]likelyRule // a record is likely when it fits one of them
}

type likelyRule struct {
	field    string
	is       func(v any) bool
	optional bool // a null says nothing
}

// likelyForms are what can be said of a value, by the words for it.
var likelyForms = map[string]func(v any) bool{
	"any":       func(v any) bool { return true },
	"host":      isHost,
	"no number": func(v any) bool { return !isNumber(v) },
	"no offset": func(v any) bool { return !beginsWithOffset(v) },
	"natural": func(v any) bool {
		n, ok := v.(int64)
		return ok && n >= 0
	},
	"several": func(v any) bool {
		list, ok := v.([]any)
		return ok && len(list) > 1
	},
	"words": func(v any) bool {
		text, ok := v.(string)
		return ok && strings.Contains(text, " ")
	},
}

// CompileLikely makes one of shapes: fields, and what their values are. A ? behind that says that a null tells nothing.
//
//	any            not null
//	host           an address, or a name with a dot in it
//	no number      neither a number nor a text that reads like one
//	no offset      a text that does not begin with an offset from UTC, which a time in front of it would have
//	natural        a whole number that is not negative
//	several        a list of more than one
//	words          a text with a blank in it
//	without CHARS  a text that has none of these characters
func CompileLikely(shapes []map[string]string) (*Likely, error) {
	l := &Likely{}
	for _, shape := range shapes {
		var rules []likelyRule
		for _, field := range slices.Sorted(maps.Keys(shape)) {
			form, optional := strings.CutSuffix(shape[field], "?")
			is := likelyForm(form)
			if is == nil {
				return nil, fmt.Errorf("%q: a value cannot be %q: known are %s, without CHARACTERS", field, shape[field], strings.Join(slices.Sorted(maps.Keys(likelyForms)), ", "))
			}
			rules = append(rules, likelyRule{field, is, optional})
		}
		l.shapes = append(l.shapes, rules)
	}
	return l, nil
}

// likelyForm is what the words say, nil for others.
func likelyForm(form string) func(v any) bool {
	if chars, ok := strings.CutPrefix(form, "without "); ok {
		return func(v any) bool {
			text, ok := v.(string)
			return ok && !strings.ContainsAny(text, chars)
		}
	}
	return likelyForms[form]
}

// in tells whether as many rows are likely as are not.
func (l *Likely) in(batch *record.Batch) bool {
	balance := 0
	for i := range batch.Len() {
		balance += l.vote(batch, i)
	}
	return balance >= 0
}

// vote is 1 for a row that fits a shape, -1 for one that fits none, 0 where nulls say nothing.
func (l *Likely) vote(batch *record.Batch, row int) int {
	best := -1
	for _, rules := range l.shapes {
		vote := 1
		for _, r := range rules {
			vote = min(vote, r.vote(batch.Column(r.field), row))
		}
		best = max(best, vote)
	}
	return best
}

func (r *likelyRule) vote(c *record.Column, row int) int {
	var v any
	if c != nil {
		v = c.Value(row)
	}
	switch {
	case v == nil && r.optional:
		return 0
	case v != nil && r.is(v):
		return 1
	}
	return -1
}

// isHost tells whether the value is an address, or a name with a dot in it.
func isHost(v any) bool {
	text, ok := v.(string)
	return ok && (text == "localhost" || value.IP([]byte(text)) || strings.IndexByte(text, '.') > 0)
}

// beginsWithOffset tells whether the value is a text like "+01:00 done".
func beginsWithOffset(v any) bool {
	text, _ := v.(string)
	word, _, _ := strings.Cut(text, " ")
	if len(word) < len("+0100") || word[0] != '+' && word[0] != '-' {
		return false
	}
	digits := strings.Replace(word[1:], ":", "", 1)
	return len(digits) == 4 && strings.Trim(digits, "0123456789") == ""
}

// isNumber tells whether the value is a number, or a text or a list of one element that reads so.
func isNumber(v any) bool {
	switch v := v.(type) {
	case int64, uint64, float64:
		return true
	case string:
		_, err := strconv.ParseFloat(v, 64)
		return err == nil
	case []any:
		return len(v) == 1 && isNumber(v[0])
	}
	return false
}
