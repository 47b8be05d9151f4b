package match

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/pattern"
	"github.com/sawlog/sawlog/lib/internal/scan"
)

// until is where a value ends behind which one of several things follows: at the first of their beginnings.
type until struct {
	constants []constant
	first     [2]byte    // the bytes that they begin with, but for the newline ...
	many      bool       // ... when they are more than two: firsts
	firsts    *[256]bool // shared
	newline   bool       // the line may end there
	blank     bool       // one of them begins with a blank, or the line may end
	retry     bool       // what follows may turn out not to be there
	simple    bool       // the value has no wishes of its own
	single    bool       // simple, and a blank in the value is all that it takes not to fit
	touched   []int      // retry: the columns that the value and what is behind it may make null
}

// until makes one. The same ends come many times: those share what is found out about them.
func (c *compiler) until(ends []string, retry bool) *until {
	key := strings.Join(ends, "\x00")
	shared := c.untils[key]
	if shared == nil {
		shared = c.newUntil(ends)
		c.untils[key] = shared
	}
	u := *shared
	u.retry = retry
	return &u
}

func (c *compiler) newUntil(ends []string) *until {
	u := &until{constants: make([]constant, 0, len(ends))}
	var firsts []byte
	for _, end := range ends {
		u.blank = u.blank || end[0] == ' ' || end == "\n"
		if end == "\n" {
			u.newline = true
			continue
		}
		for _, text := range lineEndings(end) {
			u.constants = append(u.constants, makeConstant(text))
		}
		if first := end[0]; !slices.Contains(firsts, first) {
			firsts = append(firsts, first)
		}
	}
	u.firsts = c.table(firsts)
	u.many = len(firsts) > 2
	if len(firsts) == 0 {
		firsts = []byte{'\n'}
	}
	u.first = [2]byte{firsts[0], firsts[len(firsts)-1]}
	return u
}

// settle finds the values that have one end, though several things may follow: none other need be tried. What is behind a value that is tried
// takes the first end that it finds, so that this is asked of the last of them only.
func (q *sequence) settle() {
	for k := len(q.steps) - 1; k >= 0; k-- {
		if e := &q.steps[k]; !e.retries() {
			continue
		} else if e.until == nil || e.must || !e.endsOnce() {
			return
		} else {
			e.until.retry = false
		}
	}
}

// retries tells whether the step, or one inside of it, tries several ends of a value.
func (e *step) retries() bool {
	if e.until != nil && e.until.retry {
		return true
	}
	if e.group == nil {
		return false
	}
	for i := range e.group.sequences { // steps are large: nothing is copied
		for k := range e.group.sequences[i].steps {
			if e.group.sequences[i].steps[k].retries() {
				return true
			}
		}
	}
	return false
}

// endsOnce tells whether the value may not have in it what it ends in front of: then it ends there at the first of its ends, or is none.
func (e *step) endsOnce() bool {
	x := e.element
	return e.until.simple && !slices.ContainsFunc(e.until.constants, func(c constant) bool {
		first := c.text[:1]
		return strings.Contains(x.Null, first) || !strings.Contains(x.Not, first) && !(first == " " && x.NoBlank)
	})
}

// table has for each byte whether it is one of these or the newline. Most sets of bytes come many times.
func (c *compiler) table(bytes []byte) *[256]bool {
	sorted := slices.Sorted(slices.Values(bytes))
	t := c.tables[string(sorted)]
	if t == nil {
		t = &[256]bool{'\n': true}
		for _, b := range sorted {
			t[b] = true
		}
		c.tables[string(sorted)] = t
	}
	return t
}

// lineEndings are the ways in which a text that may end with the line's end can be written.
func lineEndings(text string) []string {
	if before, is := bytes.CutSuffix([]byte(text), []byte("\n")); is {
		return []string{text, string(before) + "\r\n"}
	}
	return []string{text}
}

// find is the end of the value at i, which goes on at least up to from. Where there is none, ok is false and end is where the line
// stopped to fit.
func (u *until) find(e *step, data []byte, i, from int) (end int, escaped, ok bool) {
	if e.element.Escape != pattern.EscapeNone {
		return u.findEscaped(e, data, i, from)
	}
	for j := from; ; j++ {
		if u.many {
			for !u.firsts[mem.At(data, j)] {
				j++
			}
		} else {
			j = scan.Find3(data, j, u.first[0], u.first[1], '\n')
		}
		if u.at(data, j) {
			return j, false, true
		}
		if mem.At(data, j) == '\n' {
			return u.atNewline(data, i, j)
		}
	}
}

func (u *until) at(data []byte, j int) bool {
	for k := range u.constants {
		if u.constants[k].at(data, j) {
			return true
		}
	}
	return false
}

// endsAt tells whether a value may end at j.
func (u *until) endsAt(data []byte, j int) bool {
	if u.at(data, j) {
		return true
	}
	_, ok := newline(data, j)
	return ok && u.newline
}

func (u *until) atNewline(data []byte, i, j int) (end int, escaped, ok bool) {
	if j > i && mem.At(data, j-1) == '\r' {
		j--
	}
	return j, false, u.newline
}

func (u *until) findEscaped(e *step, data []byte, i, from int) (end int, escaped, ok bool) {
	for j := from; ; j++ {
		for !u.firsts[mem.At(data, j)] && mem.At(data, j) != '\\' {
			j++
		}
		switch {
		case u.at(data, j):
			return j, escaped, true
		case mem.At(data, j) == '\n':
			end, _, ok = u.atNewline(data, i, j)
			return end, escaped, ok
		case mem.At(data, j) == '\\':
			escaped = true
			if mem.At(data, j+1) != '\n' {
				j++
			}
		}
	}
}

// lineEndAt is the place of the newline that ends the line of i.
func lineEndAt(data []byte, i int) int { return i + bytes.IndexByte(data[i:], '\n') }

// describe says what a value and one of its ends are.
func (u *until) describe(what string) string {
	var ends []string
	for k := range u.constants {
		ends = append(ends, strconv.Quote(u.constants[k].text))
	}
	if u.newline {
		ends = append(ends, "the end of the line")
	}
	return what + " and " + strings.Join(ends, " or ")
}
