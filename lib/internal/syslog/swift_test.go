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
	host := seldom(one("db-3", "gate", "192.0.2.7", "mail.example.com"), "fe80::1", "x=y", "a[1]", "%x", "daemon.info", "host.info", "<auth.info>", "<4.6>", "fw01:", "last", "messages", "UTC", "UTC:", "2026", "", strings.Repeat("long", 3+r.IntN(14)))
	tag := seldom(one("sshd[12]: ", "cron: ", "kernel: ", "postfix/smtp[1234567]: "), "a=b: ", "app[1.5]: ", "app[]: ", "app[12]:x ", "app[12x: ", "app[12:: ", "app[12] ", "app[12345678]: ", "app[123456789]: ", "app[1234567890]: ",
		"app ", "app[7", "app[7]:", "app:x", ":", ": ", "message repeated 2 times: ",
		"7: ", "7: Mar  2 08:00:00.5: %SYS-5-X: ", ": %ASA-6-302013: ", "%ASA-6-302013: ", "sw-1: 7: Mar  2 08:00:00 UTC: %SYS-5-X: ", "sw-1: *A b c: Mar  2 08:00:00: %SYS-5-X: ", "*A b: x: ", "date=1,time=07:09:10: ", "a\tb: ", "daemon.info init: ", "err x[7]: ", "1 1772694550.5 MX84 flows ", "2026 Mar  2 08:00:00 UTC: %SYS-5-X: ", "[7]: ", "\xef\xbb\xbf: ", strings.Repeat("far", 8+r.IntN(6))+": ")
	message := seldom("message [7]: a=b", "", "\ufeffmarked", "\xef", "x", strings.Repeat("far away ", 20))
	pri := seldom(one("", "<20>", "<7>"), "<191>", "<192>", "<>", "<20", "<1234>", "<20x", "<007>")
	if r.IntN(8) == 0 {
		return pri + seldom("2026-03-02T07:59:", "2026-03-02 07:59:", "2026-03-02T07:5:") + fmt.Sprintf("%02d", r.IntN(64)) + seldom("+01:00 ", " ", ".5Z ", ",5+01:00 ", ": ", "+01:00  ", "Z  ", " UTC: ") + host + seldom(" ", "", "  ") + tag + message
	}
	return pri + seldom("Mar  2", "Mar 2", "Mar 12") + seldom(" 07:59:", " 08:00:", " 07:5:") + fmt.Sprintf("%02d", r.IntN(64)) + seldom(" ", "", ".5 ", ": ", "  ", " 2026 ") + host + seldom(" ", "", "  ") + tag + message
}

// statelyLine is the same for RFC 5424 and stately.
func statelyLine(r *rand.Rand) string {
	one := func(of ...string) string { return of[r.IntN(len(of))] }
	seldom := func(usual string, of ...string) string {
		if r.IntN(16) > 0 {
			return usual
		}
		return one(of...)
	}
	fraction := fmt.Sprintf("%02d.%03d", r.IntN(62), r.IntN(1000))
	names := seldom(one("db-3.example.com", "gate", "192.0.2.7", "::1"), "-", "", "h\xc3\xa9", strings.Repeat("long", 9+r.IntN(6))) + seldom(" ", "", "  ") +
		seldom(one("sshd", "cron", "postfix/smtp"), "-", "a:", strings.Repeat("p", 46+r.IntN(4))) + " " +
		seldom(one("7", "12345", "-"), "", "-7", "1\x01", strings.Repeat("9", 11+r.IntN(20))) + " " + seldom(one("ID7", "-"), "x", "\t", strings.Repeat("m", 31+r.IntN(3))) + " "
	data := seldom(one("-", `[a@1 x="`+one("", "7", "far away", strings.Repeat("far ", 20), `q\"\]q`)+`" user="anna"]`, `[b@1 y="5"][c id="`+one("6", `\\`)+`"]`, `[aVeryLongNameOfElement@32473 aVeryLongParameter="z"]`),
		"", "x", "[", "[a@1]", `[a@1 x="1"][a@1 x="2"]`, `[a@1 x="1" user="2"`, `[a@1 x="1" user="2\]`, `[a@1 x="]" user="2"]`, "--")
	message := seldom(" a message: x", "", " ", " \ufeffmarked", "x", " x", " "+strings.Repeat("far ", 30))
	return seldom("<38>", "<191>", "<192>", "<5>", "<05>", "<>", "<1x>", "x<3>") + seldom("1 ", "2 ", "12 ", "1", "", "01 ") +
		seldom("2026-03-02T07:59:", "2026-03-02t07:59:", "2026-03-02 07:59:", "2026-03-02T08:00:") + fraction + seldom("Z ", "z ", "+01:00 ", " ", "12Z ", "123456Z ", "1234567Z ", "Z", "Z  ") + names + data + message
}

// Lines are the same rows and rejects many in a row as one by one, whatever stands between them; in several batches too, whose
// dictionaries are others.
func TestSwiftlyChangesNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 9))
	rig := linetest.Rig{Noise: "<1>-\n[: "}
	for _, o := range []Options{{}, {Partial: true}, {Line: 60}, {Bytes: true}, {Columns: []string{"host", "message"}}, {Columns: []string{"time", "pid", "severity"}}, {Strict: true}, {Reject: true}} {
		p := compile(t, o)
		w := p.NewWorker()
		for range linetest.Rounds(20) {
			var text strings.Builder
			for range 300 {
				line := alikeLine(r)
				if r.IntN(10) > 4 {
					line = statelyLine(r)
				}
				text.WriteString(line + []string{"\n", "\r\n"}[r.IntN(12)/11])
			}
			require.Equal(t, linetest.Dump(rig.Parse(p, plain(p), text.String())), linetest.Dump(rig.Parse(p, w, text.String())))
		}
	}
}

// What swiftly is for it reads to the end.
func TestSwiftlyReadsManyLines(t *testing.T) {
	p := compile(t, Options{})
	w := p.newWorker(false)
	for _, c := range []struct {
		line string
		read func(i, n int) int
	}{{"<38>Mar  2 08:01:19 db-3 sshd[4519]: Accepted publickey for deploy from 192.0.2.19 port 8883 ssh2\n", w.swiftly},
		{`<132>1 2026-03-02T07:59:58.015921Z web-1 shop 39161 ORD7 [request@32473 user="2726416"][meta note="a \"b\""] stock level read` + "\n", w.stately}} {
		text := strings.Repeat(c.line, 50)
		parse(p, w, text)
		data := []byte(text + strings.Repeat("\n", 64))
		w.data = data
		w.b.Start(64)
		w.b.Begin(data, len(text), false)
		w.swift.bind(w, w.b)
		require.Equal(t, len(text), c.read(0, len(text)), c.line)
		require.Equal(t, 50, w.b.Row)
	}
}

// A record of several lines has its end where it is told, also where the end of a value is not at once in sight.
func TestFamiliarValuesMayHaveLineFeeds(t *testing.T) {
	p := compile(t, Options{})
	w := p.NewRecordWorker()
	record := "<34>1 2026-03-02T07:59:58Z h a p m [a@1 x=\"one\ntwo \\\"three\\\"\"] four\nfive"
	want, _ := parse(p, w, record)
	require.Len(t, want, 1)
	require.Contains(t, want[0], `"one\ntwo \"three\""`)
	again, _ := parse(p, w, record)
	require.Equal(t, want, again)
}
