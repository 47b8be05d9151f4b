package pattern

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestLineNeeds(t *testing.T) {
	for _, c := range []struct {
		pattern string
		yes, no []string
	}{
		{"{a} - {b}", []string{"x - y", " - "}, []string{"x-y", ""}},
		{"{{{a}}} {b}?]!x", []string{"{1} 2?]!x"}, []string{"{1 2?]!x", "}{ ?]!x"}},
		{"{a}: {b}; {c}", []string{"a: b; c"}, []string{"a; b: c"}}, // in this order
		{"{a}{ }| {b}", []string{"a   | b"}, []string{"a | b"[:2]}},
		{"{a}{? [{b}?]x] ?}={c}", []string{"="}, []string{"[]"}},
		{"{a}{??<{b}>?}={c}", []string{"="}, []string{"<>"}},
		{"{a}{[ <{b}>{|}>{!x{|}y!}]}={c}{*k{|}l*}", []string{"="}, []string{"<x>"}},
		{"{!A{a}{|}B{?C?}{b}{|}{!D{|}E!}{c}!}-{d}", []string{"A-", "B-", "E-"}, []string{"C-", "-A", "F-"}},
		{"{m...}{!a={x}{|}b={y}{|}{:rest}!}", []string{""}, nil},
		{"{m...}{!a={x}{|}b={y}!}", []string{"b="}, []string{"c="}},
		{"{a:word is=GET|PUT}/{b}", []string{"PUT/"}, []string{"DEL/", "GET"}},
		{"{a:word is=GET|PUT null=-}/{b}", []string{"-/"}, []string{"GET"}},
		{"{@syslog_of time sshd|sudo}{message}", []string{"Mar  5 07:09:10 gate sudo: x"}, []string{"Mar  5 07:09:10 gate su: x", "gate sudo: x", "sshd"}},
		{"<{a}> \"{:request cut}\" {b}", []string{`<x> "GET`}, []string{`"GET /"`}},
		{"{a:timestamp %H:%M | unix_s}!{b}", []string{"1!"}, []string{"%H"}},
		{"{a:timestamp} {b}", []string{"2026-03-05T07:09:10Z x", "at\n2026-03-05 07:09:10 x"}, []string{"[2026-03-05 07:09:10 x", "192.0.2.1 - - [05/Mar/2026:07:09:10 +0000] x", "2026-03-05 07.09", "2026-03-05 07:09"}},
		{"[{a:timestamp clf | %b %e %H:%M:%S}]", []string{"[05/Mar/2026:07:09:10]", "[1]\n[Mar  5 07:09:10]", "[März 5 07:09:10]"}, []string{"[2026-03-05 07:09:10]", "x [Mar  5 07:09:10]", "05/Mar/2026:07:09:10]", "[5 7:9:10]"}},
		{"{a:timestamp %y%m%d %k:%M:%S%.f} {b}", []string{"260305  7:09:10 x", "260305\t7:09:10.5 x"}, []string{"26-03-05 07.09.10 x"}},
		{"{? {a}?}[{b:timestamp}]", []string{" x[2026-03-05 07:09:10]"}, []string{" x 2026-03-05 07:09:10]"}},
		{"{[<{a:int}>]}{??{[{b:int} ]}?}{c:timestamp} {d}", []string{"<7>2026-03-05T07:09:10 x", "<7>8 2026-03-05T07:09:10 x", "8 2026-03-05T07:09:10 x", "2026-03-05T07:09:10 x"},
			[]string{"x2026-03-05T07:09:10 x", "8x 2026-03-05T07:09:10 x"}},
		{"{[<{a}>{|}({a})]}{b:timestamp} {c}", []string{"<7>2026-03-05T07:09:10 x", "(7) 2026-03-05T07:09:10 x", "2026-03-05T07:09:10 x"}, []string{"7 2026-03-05T07:09:10 x"}},
		{"{!{a:word is=x|y}{|}<{b}>!}: {c}", []string{"y: ", "<1>: ", "z\nx: "}, []string{" y: ", "b<1>: "}},
		{"{a:int}: {b}", []string{"-7: x", "7: "}, []string{"x: 7", ""}},
		{"{a:level known}{ }{b}", []string{"INFO  x", "x\nwarn x", "DEBUG4 x", "info+2 x", "E x"}, []string{"7 x", " INFO x", "Dec 10 x", "Warned x", "informationals x"}},
		{"{a:level known dec=7} {b}", []string{"Dec 10 x", "INFO x"}, []string{"7 x"}},
		{"{a:level known .=7}: {b}", []string{"7: x"}, []string{"INFO x"}},
		{"{a:timestamp rfc3339}: {b}", []string{"2026-03-05T07:09:10,5Z: x", "2026-03-05 07:09:10+01: x"}, []string{"2026-03-05 07:09:10: x", "2026-03-05 07:09:10 Z: x"}},
		{"[{a:timestamp %S}.{b:word width=6}] {c}", []string{"[   12.345678] x"}, []string{"[12.3] x", "[12.34567] x", "[12.3456789] x", "[12.345 78] x"}},
		{"{a:word width=2}+{b:word width=3 trim}] {c}", []string{"ab+] x"}, []string{"a+abc] x", "abc+] x"}},
		{"{a:timestamp %a/n%dw} {b}", []string{"Mon/n7w x"}, []string{"Mon/n7x"}},
		{"{a}: {b} {c}\n{d}-{e}", []string{"1: 2 3\n-", "0\n1: 2 3\nx\n-"}, []string{"1:\n 2 -", "- 1: 2 3\n"}},
		{"{a}: {b}-{c}", []string{"x\n: -"}, []string{": \n-"}},                                               // on one line
		{"{a:timestamp %H:%M:%S}, {b}", []string{"07:09:10, x"}, []string{"07:09:10.5, x", "at 07:09:10, x"}}, // what follows stands right behind
		{"{a:timestamp %H:%M:%S%.f},{b}", []string{"07:09:10,x", "07:09:10.5,x"}, []string{"07:09:10.x"}},
		{"{a:timestamp %d %p %Z}: {b}", []string{"7 AM UTC: x", "07 p.m. +01:00: x", "7 AM: x"}, []string{"7 : x", "7 AM UTC, x"}},
		{"{a:timestamp %a/n%dT} {b}", []string{"Mon/n7t x"}, []string{"Mon/7T x", "Mon/n7x"}},
		{"{a} [{b:int}] {c}", []string{"x [y] [7] z", " [-7] "}, []string{"x [7z] y", "x [ 7] z", "x [7]"}},
		{"{a}{ }[{b:level known}{ }{c:int}]", []string{"x  [INFO   7]"}, []string{"x [7 INFO]", "x [INFO x]"}},
		{"{!{a:timestamp %H:%M}{|}{a:int}{|}<{a}>!} <{b}>", []string{"07:09 <x>", "7 <x>", "<7> <x>"}, []string{"07:09x <x>", "x <x>", "7  <x>"}},
		{"{level=INFO}{a:int}{level=x}: {b}", []string{"7: x"}, []string{"7 : x", "x: 7"}},
		{"a\\{b:int}\\n{c}", []string{"a\\7\\n", "a\\-7\\nx"}, []string{"a\\7n"}},
		{"{a:word is=x trim}: {c}", []string{" x : "}, []string{" y : "}},
		{"{a:timestamp %Y%%%dT%H} {b}", []string{"2026%5 7 x", "2026%05t07 x"}, []string{"2026%5:7 x"}},
	} {
		for _, text := range c.yes {
			assert.True(t, LineNeeds([]string{c.pattern}).In([]byte(text)), "%s: %s", c.pattern, text)
		}
		for _, text := range c.no {
			assert.False(t, LineNeeds([]string{c.pattern}).In([]byte(text)), "%s: %s", c.pattern, text)
		}
	}
	both := LineNeeds([]string{"<{a}>", "({a})", "{-}# {}"})
	assert.True(t, both.In([]byte("(x)")))
	assert.True(t, both.In([]byte("<x>")))
	assert.False(t, both.In([]byte("# x")))
	assert.True(t, Needs(nil).In(nil))
}

// A line that has a pattern has what it needs, whatever the pattern and the line.
func FuzzLineNeeds(f *testing.F) {
	f.Add("{a}{? [{b}?]x] ?}={c}")
	f.Add("{!A{a}{|}B{?C?}{b}{|}{!D{|}E!}{c}!}-{d}{")
	f.Add("{?<{p:int}>?}{[{a:level known} [{b:int}]{|}-]}: {!x{|}{c:int}!}{=} {d=e}{f:int}")
	f.Fuzz(func(t *testing.T, text string) {
		LineNeeds([]string{text}).In([]byte(text)) // it ends
		tree, _, err := CompileLine([]string{text})
		if err != nil {
			return
		}
		needs := LineNeeds([]string{text})
		for tree := tree; tree != nil; tree = tree.Else {
			if !tree.Aside {
				assert.True(t, needs.In([]byte(strings.ReplaceAll(sampleText(tree.Elements), LineFeed, "\n"))), text)
			}
		}
	})
}

// sampleText writes the constant texts of a form, and of the first part of each group.
func sampleText(elements []Element) (text string) {
	for i := range elements {
		switch e := &elements[i]; {
		case e.Kind == KindLiteral:
			text += e.Literal
		case e.Kind == KindConstant: // takes nothing
		case e.Kind == KindInt || e.Kind == KindUint:
			text += "0"
		case e.Known:
			text += "info"
		case e.Kind == KindGroup && e.Choice == One && len(e.Groups) > 0:
			text += sampleText(e.Groups[0].Elements)
		case e.Kind == KindGroup: // may be missing
		case len(e.Values) > 0:
			text += e.Values[0]
		default:
			text += "\x00"
		}
	}
	return text
}
