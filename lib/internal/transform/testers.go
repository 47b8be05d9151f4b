package transform

import (
	"bytes"
	"cmp"
	"fmt"
	"net/netip"
	"regexp"
	"strconv"

	"github.com/sawlog/sawlog/lib/record"
)

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
	net   netip.Prefix     // of = and !=
	addrs span[netip.Addr] // of the others
}

func newTextTest(name string, f record.Field, conditions []condition) (tester, error) {
	t := &textTest{}
	for _, c := range conditions {
		to, err := newTextCondition(name, f, c)
		if err != nil {
			return nil, err
		}
		if c.op == "=" || c.op == "~" {
			t.any = append(t.any, to)
		} else {
			t.all = append(t.all, to)
		}
	}
	return t, nil
}

func newTextCondition(name string, f record.Field, c condition) (textCondition, error) {
	to := textCondition{op: c.op, value: []byte(c.value)}
	net, isNet := network(c)
	switch c.op {
	case "~", "!~":
		re, err := regexp.Compile(c.value)
		if err != nil {
			return to, &Error{Key: "where", Message: fmt.Sprintf("where: %q: %v", name, err)}
		}
		to.match = re
	case "=", "!=":
		if isNet && !(net.IsSingleIP() && net.Addr().Is4()) { // which is always written in the same way
			to.net = net
		}
	default:
		if isNet {
			to.addrs = span[netip.Addr]{net.Addr(), last(net)}
		} else if f.Type == record.IP && !c.quoted {
			return to, &Error{Key: "where", Message: fmt.Sprintf("where: %q is of type %s, which %q is not compared with", name, f.TypeName(), c.text)}
		}
	}
	return to, nil
}

// network is the addresses that a condition names: a network, or one.
func network(c condition) (netip.Prefix, bool) {
	if c.quoted {
		return netip.Prefix{}, false
	}
	if net, err := netip.ParsePrefix(c.value); err == nil {
		return net.Masked(), true
	}
	addr, err := netip.ParseAddr(c.value)
	addr = addr.WithZone("").Unmap()
	return netip.PrefixFrom(addr, addr.BitLen()), err == nil
}

// last is the last address of a network.
func last(net netip.Prefix) netip.Addr {
	bytes := net.Addr().AsSlice()
	for bit := net.Bits(); bit < 8*len(bytes); bit++ {
		bytes[bit/8] |= 0x80 >> (bit % 8)
	}
	addr, _ := netip.AddrFromSlice(bytes)
	return addr
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
	first := bytes.Compare(text, c.value)
	last := first
	if c.addrs.first.IsValid() {
		addr, ok := addressOf(text)
		if !ok || addr.Is4() != c.addrs.first.Is4() {
			return false
		}
		first, last = addr.Compare(c.addrs.first), addr.Compare(c.addrs.last)
	}
	switch c.op {
	case "<":
		return first < 0
	case "<=":
		return last <= 0
	case ">":
		return last > 0
	}
	return first >= 0
}

// within tells whether text is an address of the network.
func (c *textCondition) within(text []byte) bool {
	addr, ok := addressOf(text)
	return ok && c.net.Contains(addr)
}

func addressOf(text []byte) (netip.Addr, bool) {
	if len(text) > 45 {
		return netip.Addr{}, false
	}
	addr, err := netip.ParseAddr(string(text))
	return addr.WithZone("").Unmap(), err == nil
}
