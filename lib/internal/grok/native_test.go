package grok

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/linetest"
	"github.com/sawlog/sawlog/lib/internal/regex"
)

// without compiles a pattern with its shortcuts taken out.
func without(t testing.TB, pattern string) *regex.Program {
	d, err := load(&Options{})
	require.NoError(t, err)
	x := &expander{defs: d, o: &Options{}}
	tree, err := x.expand(pattern, regex.DotAll)
	require.NoError(t, err)
	var strip func(n *regex.Node)
	strip = func(n *regex.Node) {
		n.Native = nil
		for _, sub := range n.Subs {
			strip(sub)
		}
	}
	strip(tree)
	p, err := regex.Compile(tree, len(x.captures))
	require.NoError(t, err)
	return p
}

// pieces are what texts for natives are made of.
var pieces = []string{"$", "o.e.App$1", "a..b", "10.0.0.1", "1.2.3.4", "255.255.255.255", "256.1.1.1", "01.2.3.4", "::1", "fe80::1", "::", ":1", "1:2:3:4:5:6:7:8", "fe80:", "1:2:3:4:", "5:6:7::", "abcd", "12345", "::ffff:10.0.0.1", "%eth0", "a", "b1", "host-1.example", "_", "-", ".", ":", "%", "@", "+", "=", ",", "/", " ", " ", "\"", "\\", "'", "ann", "12", "1.5", "-3", ".5", "é",
	"INFO", "info", "Info", "inFo", "iNFO", "INFORMATION", "infor", "WARN", "warning", "WARNi", "Error", "er", "ERR", "emerg", "EMERGENCY", "x", "17/May/2015:10:05:03 +0200", "17/May-2015:10:05:03 +0200", "2/Jan/2015:10:05:03 -0700", "17/May/2015:10:05:03.123", "09/Dec/2013:12:59:46.6", "Jul 14 12:17:01", "Jul  4 12:17:01", "Jul  14 12:17:01", "Jul 45 12:17:01", "Jul 4 2:17:01", "Mai 14 12:17:01", "2026-03-01T10:05:03", "26-03-01T10:05:03", "026-03-01 10:05", "2026-03-01 10:05:03.123Z", "2026-03-01T10:05:03+02:00", "2026-03-01 10:05:03,5+0200", "+0160", "Z", "5:03:00", "05:3:00,7", "+7", "0", "09", "31", "32", "23", "24", "999", "May", "June", "60", ".123", "\n", "7", "jan"}

func nativeText(r *rand.Rand) string {
	text := ""
	for range 1 + r.IntN(6) {
		text += pieces[r.IntN(len(pieces))]
	}
	if r.IntN(3) == 0 { // nearly one of them
		const others = "0123456789:/ +-.aFz%_\xff"
		at := r.IntN(len(text))
		text = text[:at] + others[r.IntN(len(others)):][:1] + text[at+1:]
	}
	return text
}

func TestNativesMatchWhatTheirDefinitionsDo(t *testing.T) {
	const seed = 3
	r := rand.New(rand.NewPCG(seed, 4))
	for _, name := range slices.Sorted(maps.Keys(natives)) {
		for _, around := range []string{"%s", "%s ", " %s$", "^%s,", `%s"`, "%s:", "x?%s(?: |$)", `%s\.`, `%s[0-9]`, `%s[-_a-z@]`, "%s [-0-9]+[a-z:]", "(?:%s)+ ", "(?:%s)+(?:;|$)", "(?:%s)+[-:a]"} {
			pattern := fmt.Sprintf(around, "%{"+name+":a}")
			p, err := Compile(Options{Patterns: []string{pattern}})
			require.NoError(t, err)
			short, plain := p.patterns[0].program.NewMachine(), without(t, pattern).NewMachine()
			for range linetest.Rounds(3000) {
				text := nativeText(r)
				data, _ := rig.Block(text + "\n")
				requireSame(t, plain, short, data, len(text), pattern)
			}
		}
	}
}

// Logstash's definition lets any character stand in front of the fraction.
func TestHAProxyDatesAsLogstashDefinesThem(t *testing.T) {
	m := without(t, `\A%{MONTHDAY}/%{MONTH}/%{YEAR}:(?!<[0-9])%{HOUR}:%{MINUTE}(?::%{SECOND})(?![0-9]).%{INT}`).NewMachine()
	r := rand.New(rand.NewPCG(7, 8))
	known := 0
	for range 30000 {
		text := []string{"17/May/2015:10:05:03.123", "09/Dec/2013:12:59:46.6", ""}[r.IntN(3)] + nativeText(r)
		data, _ := rig.Block(text + "\n")
		end := haproxyDateEnd(data, 0, 0, len(text))
		_, want, _, ok := m.Match(data, 0, len(text))
		switch {
		case end >= 0:
			known++
			require.True(t, ok, "%q", text)
			require.Equal(t, want, end, "%q", text)
		case end == -2:
			require.False(t, ok, "%q", text)
		}
	}
	require.Greater(t, known, 1000)
}

// requireSame holds that two machines find the same in data[:n], and tells where it begins.
func requireSame(t *testing.T, want, got *regex.Machine, data []byte, n int, pattern string) (start int, ok bool) {
	t.Helper()
	s, e, c, ok := got.Match(data, 0, n)
	s2, e2, c2, ok2 := want.Match(data, 0, n)
	require.Equal(t, ok2, ok, "%s on %q", pattern, data[:n])
	require.Equal(t, []int{s2, e2}, []int{s, e}, "%s on %q", pattern, data[:n])
	require.Equal(t, c2, c, "%s on %q", pattern, data[:n])
	return s, ok
}

// Matches that begin inside a piece that led nowhere are left out, and no others.
func TestWhatBeginsInsideATimeIsLeftOut(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	parts := []string{"2026-03-01", "26-3-1", "2026-03-01T10:05:03", "26-03-01 10:05", "20", "03-01", "T", " ", " ", " ", "-", "10:05", ":03", "10:05:03", ".123", ",5", "Z", "+02:00", "-0100", "-03-02 11:12", "x", " x", "|", "\n", "é"}
	for _, pattern := range []string{"%{TIMESTAMP_ISO8601:a} x", "%{TIMESTAMP_ISO8601:a}x", `%{TIMESTAMP_ISO8601:a}\|`, "%{TIMESTAMP_ISO8601:a} (?<b>x+) ", "(?<b>%{TIMESTAMP_ISO8601:a}) x", `\b%{TIMESTAMP_ISO8601:a} x`, "%{TIMESTAMP_ISO8601:a} %{INT:b} x",
		"(?:%{TIMESTAMP_ISO8601:a}|%{WORD:b}\\|) x", "(?:%{YEAR}-%{MONTHNUM:a})-%{MONTHDAY} x", "%{HOUR:a}:%{MINUTE} x", "%{MONTHDAY:a}-%{INT:b}[T ]x?1", "(?:%{MONTHNUM:a}|-)-%{MONTHDAY:b} x", "(?:%{YEAR:a}|[-x]%{INT:b}) x",
		"(?:%{TIMESTAMP_ISO8601:a}|:[0-9:]+x) x"} {
		p, err := Compile(Options{Patterns: []string{pattern}})
		require.NoError(t, err)
		short, plain := p.patterns[0].program.NewMachine(), without(t, pattern).NewMachine()
		fit := 0
		for range 20000 {
			text := ""
			for range 1 + r.IntN(9) {
				text += parts[r.IntN(len(parts))]
			}
			data, _ := rig.Block(text + "\n")
			if s, ok := requireSame(t, plain, short, data, len(text), pattern); ok && s > 0 {
				fit++
			}
		}
		require.Positive(t, fit, pattern)
	}
}

func TestNativesAreTakenForDefinitionsOfTheSameMeaning(t *testing.T) {
	native := func(o Options) bool {
		p, err := Compile(o)
		require.NoError(t, err)
		for _, line := range p.Describe() {
			if line == "NUMBER: native" || line == "INT: native" {
				return true
			}
		}
		return false
	}
	assert.True(t, native(Options{Patterns: []string{"%{NUMBER:a} "}}))
	assert.True(t, native(Options{Patterns: []string{"%{NUMBER:a} "}, Define: map[string]string{"NUMBER": "(?:%{BASE10NUM})"}}))
	assert.False(t, native(Options{Patterns: []string{"%{NUMBER:a} "}, Define: map[string]string{"BASE10NUM": "[0-9]+"}}), "what it refers to is another")
	assert.True(t, native(Options{Patterns: []string{"%{NUMBER:a}%{INT}"}}), "it has one end")
	assert.False(t, native(Options{Patterns: []string{"%{INT:NUMBER}%{INT}"}}), "another end could be followed by what follows")
}
