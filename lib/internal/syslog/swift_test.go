package syslog

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/linetest"
)

// alikeLine is a line of RFC 3164 mostly of one minute, as swiftly reads them, or nearly so.
func alikeLine(r *rand.Rand) string {
	one := func(of ...string) string { return of[r.IntN(len(of))] }
	seldom := func(usual string, of ...string) string {
		if r.IntN(8) > 0 {
			return usual
		}
		return one(of...)
	}
	host := seldom(one("db-3", "gate", "192.0.2.7", "mail.example.com"), "fe80::1", "x=y", "a[1]", "%x", "last", "messages", "UTC", "UTC:", "2026", "", strings.Repeat("long", 3+r.IntN(14)))
	tag := seldom(one("sshd[12]: ", "cron: ", "kernel: ", "postfix/smtp[1234567]: "), "a=b: ", "app[1.5]: ", "app[]: ", "app[12]:x ", "app[12x: ", "app[12:: ", "app[12] ", "app[12345678]: ", "app[123456789]: ", "app[1234567890]: ",
		"app ", "app[7", "app[7]:", "app:x", ":", ": ", "message repeated 2 times: ", "[7]: ", "\xef\xbb\xbf: ", strings.Repeat("far", 8+r.IntN(6))+": ")
	message := seldom("message [7]: a=b", "", "\ufeffmarked", "\xef", "x", strings.Repeat("far away ", 20))
	pri := seldom(one("", "<20>", "<7>"), "<191>", "<192>", "<>", "<20", "<1234>", "<20x", "<007>")
	return pri + seldom("Mar  2", "Mar 2", "Mar 12") + seldom(" 07:59:", " 08:00:", " 07:5:") + fmt.Sprintf("%02d", r.IntN(64)) + seldom(" ", "", ".5 ", ": ", "  ", " 2026 ") + host + seldom(" ", "", "  ") + tag + message
}

// Lines are the same rows and rejects many in a row as one by one, whatever stands between them; in several batches too, whose
// dictionaries are others.
func TestSwiftlyChangesNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 9))
	rig := linetest.Rig{Noise: "<1>-\n[: "}
	for _, o := range []Options{{}, {Partial: true}, {Line: 60}, {Bytes: true}, {Columns: []string{"host", "message"}}, {Columns: []string{"time", "pid", "severity"}}} {
		p := compile(t, o)
		w := p.NewWorker()
		for range 20 {
			var text strings.Builder
			for range 300 {
				text.WriteString(alikeLine(r) + []string{"\n", "\r\n"}[r.IntN(12)/11])
			}
			require.Equal(t, linetest.Dump(rig.Parse(p, plain(p), text.String())), linetest.Dump(rig.Parse(p, w, text.String())))
		}
	}
}

// What swiftly is for it reads to the end.
func TestSwiftlyReadsManyLines(t *testing.T) {
	p := compile(t, Options{})
	w := p.newWorker(false)
	line := "<38>Mar  2 08:01:19 db-3 sshd[4519]: Accepted publickey for deploy from 192.0.2.19 port 8883 ssh2\n"
	text := strings.Repeat(line, 50)
	parse(p, w, text)
	data := []byte(text + strings.Repeat("\n", 64))
	w.data = data
	w.b.Start(64)
	w.b.Begin(data, len(text), false)
	w.swift.bind(w, w.b)
	require.Equal(t, len(text), w.swiftly(0, len(text)))
	require.Equal(t, 50, w.b.Row)
}
