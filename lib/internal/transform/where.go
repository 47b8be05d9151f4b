package transform

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"math"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/sawlog/sawlog/lib/record"
)

// A condition is an operator and a value: ">= 500", "!= debug", "~ ^/api/"; without an operator it is "=". Of the conditions of a column
// those with = and ~ are alternatives, the others must all hold. A null fits where "= null" is among them, and conditions of which all are
// != or !~. A value
// in double quotes is that text, whatever it looks like.

// operators, those first that begin with another one.
var operators = []string{"==", "=", "!=", "!~", "~", "<=", "<", ">=", ">"}

// condition is one, taken apart.
type condition struct {
	op    string
	value string
	text  string // as the user wrote it
	null  bool
}

func parseCondition(text string) condition {
	c := condition{op: "=", text: text, value: strings.TrimSpace(text)}
	for _, op := range operators {
		if rest, ok := strings.CutPrefix(c.value, op); ok {
			c.op, c.value = op, strings.TrimSpace(rest)
			break
		}
	}
	if c.op == "==" {
		c.op = "="
	}
	if n := len(c.value); n >= 2 && c.value[0] == '"' && c.value[n-1] == '"' {
		c.value = c.value[1 : n-1]
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
	o := &Options{Open: true, Find: func(string) int { return -1 }}
	for _, name := range slices.Sorted(maps.Keys(where)) {
		if _, err := compileTest(o, &record.Schema{Fields: []record.Field{{Type: record.Bytes}}}, name, 0, where[name]); err != nil {
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
		if l := newLevelTest(conditions, severity); l != nil {
			t.value = l
			return t, nil
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
		return newTextTest(name, conditions)
	}
	if o.Open {
		return neverTest{}, nil
	}
	return nil, &Error{Key: "where", Message: fmt.Sprintf("where: %q is of type %s: it can only be null or not", name, f.TypeName())}
}

// span is the values that one word of a user stands for: a day, or one number.
type span[T any] struct{ first, last T }

// numberTest is conditions on numbers: one of in, none of out, from low to high.
type numberTest[T cmp.Ordered] struct {
	in, out   []span[T]
	low, high *T
	never     bool
	of        func(word uint64) T
}

func numbers[T cmp.Ordered](o *Options, name string, f record.Field, conditions []condition, parse func(text string) (span[T], bool), of func(uint64) T) (tester, error) {
	t := &numberTest[T]{of: of}
	var above, below []span[T]
	for _, c := range conditions {
		s, ok := parse(c.value)
		if !ok && o.Open {
			// The type of the column is not the user's doing: nothing is equal to what is no number.
			if t.never = t.never || c.op != "=" && c.op != "!="; c.op == "=" && t.in == nil {
				t.in = []span[T]{}
			}
			continue
		}
		if !ok || c.op == "~" || c.op == "!~" {
			return nil, &Error{Key: "where", Message: fmt.Sprintf("where: %q is of type %s, which %q is not compared with", name, f.TypeName(), c.text)}
		}
		switch c.op {
		case "=":
			t.in = append(t.in, s)
		case "!=":
			t.out = append(t.out, s)
		case ">=", ">":
			above = append(above, s)
			if c.op == ">" {
				t.out = append(t.out, s)
			}
		default:
			below = append(below, s)
			if c.op == "<" {
				t.out = append(t.out, s)
			}
		}
	}
	for _, s := range above {
		if t.low == nil || s.first > *t.low {
			t.low = &s.first
		}
	}
	for _, s := range below {
		if t.high == nil || s.last < *t.high {
			t.high = &s.last
		}
	}
	return t, nil
}

func (t *numberTest[T]) keep(_ *record.Builder, c *record.Col, rows []int32, _ *scratch) []int32 {
	kept := rows[:0]
	for _, row := range rows {
		if t.fits(t.of(c.Words[row])) {
			kept = append(kept, row)
		}
	}
	return kept
}

func (t *numberTest[T]) fits(v T) bool {
	if t.never || t.low != nil && !(v >= *t.low) || t.high != nil && !(v <= *t.high) {
		return false
	}
	for _, s := range t.out {
		if v >= s.first && v <= s.last {
			return false
		}
	}
	for _, s := range t.in {
		if v >= s.first && v <= s.last {
			return true
		}
	}
	return t.in == nil
}

// neverTest takes no row.
type neverTest struct{}

func (neverTest) keep(_ *record.Builder, _ *record.Col, rows []int32, _ *scratch) []int32 {
	return rows[:0]
}

// boolTest wants one value.
type boolTest bool

func newBoolTest(o *Options, name string, conditions []condition) (tester, error) {
	if len(conditions) != 1 {
		return nil, &Error{Key: "where", Message: fmt.Sprintf("where: %q is a bool: one condition says it all", name)}
	}
	c := conditions[0]
	v, err := strconv.ParseBool(c.value)
	if err != nil && o.Open {
		return neverTest{}, nil
	}
	if err != nil || c.op != "=" && c.op != "!=" {
		return nil, &Error{Key: "where", Message: fmt.Sprintf("where: %q is a bool, which %q is not compared with", name, c.text), Name: c.value, Names: []string{"true", "false"}}
	}
	return boolTest(v == (c.op == "=")), nil
}

func (t boolTest) keep(_ *record.Builder, c *record.Col, rows []int32, _ *scratch) []int32 {
	kept := rows[:0]
	for _, row := range rows {
		if (c.Bits[row>>6]>>(row&63)&1 != 0) == bool(t) {
			kept = append(kept, row)
		}
	}
	return kept
}

// textTest is conditions on texts: one of any, and all the others.
type textTest struct{ any, all []textCondition }

type textCondition struct {
	op    string
	value []byte
	match *regexp.Regexp
	net   netip.Prefix
}

func newTextTest(name string, conditions []condition) (tester, error) {
	t := &textTest{}
	for _, c := range conditions {
		to := textCondition{op: c.op, value: []byte(c.value)}
		switch c.op {
		case "~", "!~":
			re, err := regexp.Compile(c.value)
			if err != nil {
				return nil, &Error{Key: "where", Message: fmt.Sprintf("where: %q: %v", name, err)}
			}
			to.match = re
		case "=", "!=":
			if net, err := netip.ParsePrefix(c.value); err == nil {
				to.net = net.Masked()
			}
		}
		if c.op == "=" || c.op == "~" {
			t.any = append(t.any, to)
		} else {
			t.all = append(t.all, to)
		}
	}
	return t, nil
}

func (t *textTest) keep(b *record.Builder, c *record.Col, rows []int32, s *scratch) []int32 {
	return keepTexts(b, c, rows, s, t.fits)
}

// keepTexts leaves the rows whose text fits. Each text of a dictionary is looked at once, and short ones seldom again.
func keepTexts(b *record.Builder, c *record.Col, rows []int32, s *scratch, fits func(text []byte) bool) []int32 {
	kept := rows[:0]
	if c.Dict != nil {
		s.known = append(s.known[:0], make([]int8, len(c.Dict.Offsets))...)
	}
	s.short = [64]verdict{}
	for _, row := range rows {
		var asked int8
		known := s.about(c, row)
		if known == nil {
			known = &asked
		}
		if *known == 0 {
			if *known = -1; fits(b.RowText(c, int(row))) {
				*known = 1
			}
		}
		if *known > 0 {
			kept = append(kept, row)
		}
	}
	return kept
}

// about is where the verdict on the text of a row is kept, nil: each is asked.
func (s *scratch) about(c *record.Col, row int32) *int8 {
	if c.Dict != nil {
		return &s.known[c.Index[row]]
	}
	const whole, spread = 12, 0x9E3779B97F4A7C15
	view := c.Views[row]
	if uint32(view[0]) > whole {
		return nil
	}
	v := &s.short[((view[0]^view[1]*spread)*spread)>>58]
	if v.view != view {
		*v = verdict{view: view}
	}
	return &v.fits
}

func (t *textTest) fits(text []byte) bool {
	for i := range t.all {
		if !t.all[i].fits(text) {
			return false
		}
	}
	for i := range t.any {
		if t.any[i].fits(text) {
			return true
		}
	}
	return t.any == nil
}

func (c *textCondition) fits(text []byte) bool {
	switch c.op {
	case "~":
		return c.match.Match(text)
	case "!~":
		return !c.match.Match(text)
	case "=":
		return bytes.Equal(text, c.value) || c.net.IsValid() && c.within(text)
	case "!=":
		return !bytes.Equal(text, c.value) && !(c.net.IsValid() && c.within(text))
	}
	order := bytes.Compare(text, c.value)
	switch c.op {
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	}
	return order >= 0
}

// within tells whether text is an address of the network.
func (c *textCondition) within(text []byte) bool {
	if len(text) > 45 {
		return false
	}
	addr, err := netip.ParseAddr(string(text))
	return err == nil && c.net.Contains(addr.Unmap())
}
