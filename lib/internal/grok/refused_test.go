package grok

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Lines of a log that are nearly right, and the most steps that one is worth: a line that fits takes some sixty. Where what each match needs is not
// there at all, none is taken.
func TestRefusedLinesTakeFewSteps(t *testing.T) {
	const service = `^%{TIMESTAMP_ISO8601:time}\s+%{LOGLEVEL:level} \[%{DATA:thread}\] %{NOTSPACE:logger} - order %{INT:order:int} for customer %{INT:customer:int} %{GREEDYDATA:message}$`
	for _, c := range []struct {
		pattern, line, old, new string
		most                    int
	}{
		{"%{COMBINEDAPACHELOG}", accessLine(7), `" 200 `, `" ok `, 0},
		{"%{COMBINEDAPACHELOG}", accessLine(7), `" 200 `, `" 200 x`, 0},
		{"%{COMBINEDAPACHELOG}", accessLine(7), `" 200 `, `' 200 `, 0},
		{"%{COMBINEDAPACHELOG}", accessLine(7), ` - - [`, ` - [`, 0},
		{"%{COMBINEDAPACHELOG}", accessLine(7), ` +0000] `, `] `, 0},
		{"%{COMBINEDAPACHELOG}", accessLine(7), `/May/`, `/Mxy/`, 40},
		{"%{COMBINEDAPACHELOG}", accessLine(7), `:10:05:`, `:10:65:`, 60},
		{"%{COMBINEDAPACHELOG}", accessLine(7), `Safari/537.36"`, `Safari/537.36`, 60},
		{service, serviceLine(7), "INFO", "KNOW", 40},
		{service, serviceLine(7), "order ", "order x", 0},
		{service, serviceLine(7), " - ", " ", 0},
		{service, serviceLine(7), "2026-03", "2026-13", 40},
		{"%{SYSLOGBASE} %{GREEDYDATA:message}", syslogLine(7), "Jul 14", "Jul14", 6},
		{"%{SYSLOGBASE} %{GREEDYDATA:message}", syslogLine(7), "12:07:01", "12:0701", 6},
		{"%{SYSLOGBASE} %{GREEDYDATA:message}", syslogLine(7), "sshd[", "sshd", 20},
		{"%{SYSLOGLINE}", serviceLine(7), "INFO", "INFO", 30},
		{`^%{INT:n} %{JAVACLASS:class}: %{GREEDYDATA:message}`, "7 com.example.service.orders.OrderService: ready", "orders.Order", "orders?Order", 10},
	} {
		p, err := Compile(Options{Patterns: []string{c.pattern}})
		require.NoError(t, err)
		require.Contains(t, c.line, c.old)
		line := strings.Replace(c.line, c.old, c.new, 1)
		m := p.patterns[0].program.NewMachine()
		for range 20 {
			data, _ := rig.Block(line + "\n")
			_, _, _, ok := m.Match(data, 0, len(line))
			require.False(t, ok, line)
		}
		assert.LessOrEqual(t, m.Steps(), c.most, "%q for %q", c.new, c.old)
	}
}

// What a machine has learnt about lines that are refused changes no result: lines with a byte changed here and there, on a machine that has seen
// all before, and without any shortcut.
func TestRefusedLinesAreRefusedByTheDefinitionsToo(t *testing.T) {
	const seed, pattern = 11, "%{COMBINEDAPACHELOG}"
	r := rand.New(rand.NewPCG(seed, 12))
	p, err := Compile(Options{Patterns: []string{pattern}})
	require.NoError(t, err)
	warm, plain := p.patterns[0].program.NewMachine(), without(t, pattern)
	refused := 0
	for i := range 3000 {
		line := []byte(accessLine(i))
		if i%3 == 0 {
			line = append([]byte("fe80::1%eth0 - - ["), line...)
		}
		for range r.IntN(3) {
			line[r.IntN(60)] = " -.:%[]/\"ax09"[r.IntN(13)]
		}
		data, _ := rig.Block(string(line) + "\n")
		if _, ok := requireSame(t, plain.NewMachine(), warm, data, len(line), pattern); !ok {
			refused++
		}
	}
	assert.Greater(t, refused, 300)
	assert.Less(t, refused, 2700)
}

// A line may end anywhere, in what a shortcut reads too: what explains it says what the worker did.
func TestBeginningsOfLinesAreExplained(t *testing.T) {
	texts := []string{"2026-03-01T10:05:03.123+02:00", "Jul 14 12:17:01", "17/May/2015:10:05:03 +0200", "fe80::1:2", "10.0.0.1", "host-1.example", "o.e.App$1", `"a b"`, "-1.5", "Warning"}
	for name := range natives {
		p, err := Compile(Options{Patterns: []string{"%{" + name + ":a}$"}})
		require.NoError(t, err)
		w := p.NewWorker()
		for _, text := range texts {
			for n := 1; n < len(text); n++ {
				rows, _ := parse(p, w, text[:n]+"\n")
				assert.Equal(t, len(rows) == 1, w.Explain([]byte(text[:n])).OK, "%s: %s", name, text[:n])
			}
		}
	}
}
