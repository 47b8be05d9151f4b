package transform

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/sawlog/sawlog/lib/record"
)

// A condition is an operator and a value: ">= 500", "!= debug", "~ ^/api/"; without an operator it is "=". Of the conditions of a column
// those with = and ~ are alternatives, the others must all hold. A null fits where "= null" is among them, and conditions of which all are
// != or !~. A value in double quotes is that text, whatever it looks like.

// operators, those first that begin with another one.
var operators = []string{"==", "=~", "=", "!=", "!~", "~", "<=", "<", ">=", ">"}

// others are what operators are called elsewhere.
var others = map[string]string{"==": "=", "=~": "~"}

// condition is one, taken apart.
type condition struct {
	op     string
	value  string
	text   string // as the user wrote it
	null   bool
	quoted bool
}

func parseCondition(text string) condition {
	c := condition{op: "=", text: text, value: strings.TrimSpace(text)}
	for _, op := range operators {
		if rest, ok := strings.CutPrefix(c.value, op); ok {
			c.op, c.value = op, strings.TrimSpace(rest)
			break
		}
	}
	if other, ok := others[c.op]; ok {
		c.op = other
	}
	if n := len(c.value); n >= 2 && c.value[0] == '"' && c.value[n-1] == '"' {
		c.value, c.quoted = c.value[1:n-1], true
	} else {
		c.null = c.value == "null"
	}
	return c
}

// test is all conditions of a column.
type test struct {
	column int
	nulls  bool // null rows fit
	values bool // rows with a value may fit
	value  tester
}

// tester tests rows that are not null; nil: each fits.
type tester interface {
	keep(b *record.Builder, c *record.Col, rows []int32, s *scratch) []int32
}

// scratch is what testing needs room for.
type scratch struct {
	known []int8 // by index of a dictionary: fits, does not
	nulls []int32
	short [64]verdict // of short texts, by hash
}

// verdict tells whether a text that stands whole in its view fits.
type verdict struct {
	view record.View
	fits int8 // 1: yes, -1: no, 0: not asked yet
}

// keep leaves the rows that fit.
func (t *test) keep(b *record.Builder, rows []int32, s *scratch) []int32 {
	if t.column == noColumn {
		return rows[:0]
	}
	c := &b.Cols[t.column]
	if t.nulls && t.values && t.value != nil {
		// Null rows pass by the test of values.
		s.nulls = s.nulls[:0]
		with := rows[:0:0]
		for _, row := range rows {
			if c.Valid[row>>6]>>(row&63)&1 == 0 {
				s.nulls = append(s.nulls, row)
			} else {
				with = append(with, row)
			}
		}
		return merge(rows[:0], t.value.keep(b, c, with, s), s.nulls)
	}
	want := uint64(1)
	if !t.values {
		want = 0
	}
	kept := rows[:0]
	for _, row := range rows {
		if t.nulls && t.values || c.Valid[row>>6]>>(row&63)&1 == want {
			kept = append(kept, row)
		}
	}
	if t.values && t.value != nil {
		kept = t.value.keep(b, c, kept, s)
	}
	return kept
}

func merge(to, a, b []int32) []int32 {
	for len(a)+len(b) > 0 {
		if len(b) == 0 || len(a) > 0 && a[0] < b[0] {
			to, a = append(to, a[0]), a[1:]
		} else {
			to, b = append(to, b[0]), b[1:]
		}
	}
	return to
}

// compileWhere makes the tests, those first that cost least.
func compileWhere(o *Options, schema *record.Schema) (tests []test, err error) {
	for _, name := range slices.Sorted(maps.Keys(o.Where)) {
		column := o.Find(name)
		if column < 0 && o.Open {
			if !nullFits(o.Where[name]) {
				tests = append(tests, test{column: noColumn})
			}
			continue
		}
		if column < 0 {
			return nil, &Error{Key: "where", Message: fmt.Sprintf("where: there is no field %q", name), Name: name, Names: schema.Names()}
		}
		t, err := compileTest(o, schema, name, column, o.Where[name])
		if err != nil {
			return nil, err
		}
		tests = append(tests, t)
	}
	slices.SortStableFunc(tests, func(a, b test) int { return cost(schema, a.column) - cost(schema, b.column) })
	return tests, nil
}

// noColumn is that of a field which the log does not have: no row fits.
const noColumn = -1

// nullFits tells whether conditions want a field to be missing.
func nullFits(texts []string) bool {
	t, err := compileTest(&Options{Open: true, Find: func(string) int { return -1 }}, &record.Schema{Fields: []record.Field{{Type: record.Bytes}}}, "", 0, texts)
	return err == nil && t.nulls
}

// check finds what is wrong with conditions whatever the type of their column.
func check(where map[string][]string) error {
	for _, name := range slices.Sorted(maps.Keys(where)) {
		o := &Options{Find: func(other string) int {
			if other == name {
				return 0
			}
			return -1
		}}
		if _, err := compileTest(o, &record.Schema{Fields: []record.Field{{Type: record.String}}}, name, 0, where[name]); err != nil {
			return err
		}
	}
	return nil
}

// cost says which columns are dearer to look at.
func cost(schema *record.Schema, column int) int {
	if column == noColumn {
		return -1
	}
	switch f := &schema.Fields[column]; {
	case f.Dictionary:
		return 1
	case f.Type.Text():
		return 2
	}
	return 0
}

func compileTest(o *Options, schema *record.Schema, name string, column int, texts []string) (test, error) {
	t := test{column: column, values: true}
	var conditions []condition
	only, notNull, some := true, false, false
	for _, text := range texts {
		c := parseCondition(text)
		if c.value == "" && !strings.Contains(c.text, `""`) && c.op != "=" && c.op != "!=" {
			return t, &Error{Key: "where", Message: fmt.Sprintf("where: %q: %q has no value", name, text)}
		}
		switch {
		case c.null && c.op == "=":
			t.nulls, some = true, true
			continue
		case c.null && c.op == "!=":
			notNull = true
			continue
		case c.op != "!=" && c.op != "!~":
			only = false
		}
		conditions = append(conditions, c)
	}
	if len(texts) == 0 {
		return t, &Error{Key: "where", Message: fmt.Sprintf("where: %q has no condition", name)}
	}
	if only && len(conditions) > 0 && !notNull && !some {
		t.nulls = true
	}
	if len(conditions) == 0 {
		t.values = !some // nothing but null, or all that is not
		return t, nil
	}
	f := schema.Fields[column]
	var err error
	if severity := severityBeside(o, schema, name); f.Type == record.String && severity >= -1 {
		l, err := newLevelTest(o, name, conditions, severity)
		if t.value = l; l != nil || err != nil {
			return t, err
		}
	}
	if t.value, err = newTester(o, name, f, conditions); err != nil {
		return t, err
	}
	return t, nil
}

// newTester reads the values as the type of the column wants them.
func newTester(o *Options, name string, f record.Field, conditions []condition) (tester, error) {
	switch f.Type {
	case record.Int:
		return numbers(o, name, f, conditions, parseInt, func(w uint64) int64 { return int64(w) })
	case record.Uint:
		parse := parseUint
		if f.Name == "severity" {
			parse = parseSeverity
		}
		return numbers(o, name, f, conditions, parse, func(w uint64) uint64 { return w })
	case record.Float:
		return numbers(o, name, f, conditions, parseFloat, math.Float64frombits)
	case record.Timestamp:
		return numbers(o, name, f, conditions, o.parseTime, func(w uint64) int64 { return int64(w) })
	case record.Duration:
		return numbers(o, name, f, conditions, parseDuration, func(w uint64) int64 { return int64(w) })
	case record.Bool:
		return newBoolTest(o, name, conditions)
	case record.String, record.IP, record.Bytes:
		return newTextTest(name, f, conditions)
	}
	if o.Open {
		return neverTest{}, nil
	}
	return nil, &Error{Key: "where", Message: fmt.Sprintf("where: %q is of type %s: it can only be null or not", name, f.TypeName())}
}
