package main

import (
	"fmt"
	"strconv"
	"time"
)

// What machines send each other: syslog of both kinds, CEF, and the lines of a log4j-like layout.

var (
	hosts  = []string{"web-1", "web-2", "db-3", "edge-7", "mail-2"}
	daemon = []struct {
		name  string
		texts []string
	}{
		{"sshd", []string{"Accepted publickey for deploy from 100.64.7.19 port %d ssh2", "Connection closed by 100.64.7.19 port %d [preauth]", "Failed password for invalid user %d from 100.71.3.4"}},
		{"cron", []string{"(root) CMD (run-parts /etc/cron.hourly #%d)", "pam_unix(cron:session): session opened for user root(uid=%d)"}},
		{"kernel", []string{"eth0: link up, %d Mbps, full duplex", "oom: task %d scored 912, sparing it"}},
		{"postfix/smtp", []string{"8C2F1: to=<orders@sawmill.example>, relay=mx.sawmill.example[192.0.2.25]:25, delay=%d, status=sent"}},
		{"backup", []string{"snapshot %d written, nothing to prune"}},
	}
)

// syslog3164 is the BSD form with its priority, as it goes over the wire.
func (l *log) syslog3164() {
	l.clock = l.clock.Add(time.Duration(l.dice.IntN(900)) * time.Millisecond)
	from := pick(l, daemon)
	l.text("<")
	l.number(8*often(l, []int{4, 3, 9, 2, 0}) + often(l, []int{6, 5, 4, 3}))
	l.text(">")
	l.line = l.clock.AppendFormat(l.line, "Jan _2 15:04:05 ")
	l.text(pick(l, hosts), " ", from.name)
	if from.name != "kernel" {
		l.text("[")
		l.number(300 + l.dice.IntN(60_000))
		l.text("]")
	}
	l.text(": ")
	l.line = fmt.Appendf(l.line, pick(l, from.texts), 10+l.dice.IntN(60_000))
	l.text("\n")
}

// syslog5424 has two elements of structured data; one value in fifty has something escaped.
func (l *log) syslog5424() {
	l.clock = l.clock.Add(time.Duration(1000 + l.dice.IntN(9_000_000)))
	l.text("<")
	l.number(8*(16+l.dice.IntN(8)) + often(l, []int{6, 5, 4, 3, 7}))
	l.text(">1 ")
	l.line = l.clock.AppendFormat(l.line, "2006-01-02T15:04:05.000000Z ")
	l.text(pick(l, hosts), ".sawmill.example ", pick(l, []string{"shop", "basket", "stock", "mailer"}), " ")
	l.number(1 + l.dice.IntN(40_000))
	l.text(" ORD")
	l.number(l.dice.IntN(40))
	l.text(` [request@32473 id="`)
	l.line = strconv.AppendUint(l.line, l.dice.Uint64(), 16)
	l.text(`" path="`, pick(l, routes), `" user="`)
	l.number(1 + l.dice.IntN(3_000_000))
	l.text(`"][meta sequenceId="`)
	l.number(l.dice.IntN(1 << 30))
	l.text(`" note="`)
	if l.chance(2) {
		l.text(`a \"quoted\" word, a \] and a \\`)
	} else {
		l.text(pick(l, words), " ", pick(l, words))
	}
	l.text(`"] `, pick(l, messages), "\n")
}

var classes = []string{"shop.Basket", "shop.Stock", "shop.pay.Gateway", "web.Router", "web.filter.Session", "jobs.Queue"}

// pattern is a line of log4j: date, level in five places, thread, class, text.
func (l *log) pattern() {
	l.clock = l.clock.Add(time.Duration(l.dice.IntN(30)) * time.Millisecond)
	l.line = l.clock.AppendFormat(l.line, "2006-01-02 15:04:05,000 ")
	l.text(often(l, []string{"INFO ", "DEBUG", "WARN ", "ERROR"}), " [worker-")
	l.number(l.dice.IntN(24))
	l.text("] example.sawmill.", pick(l, classes), ": ", pick(l, messages), " for ", pick(l, words), " ")
	l.number(l.dice.IntN(1_000_000))
	l.text(" after ")
	l.number(l.dice.IntN(900))
	l.text(" ms\n")
}

// chain is what a chain of %{DATA} takes apart: four words, any text, and a word in brackets at the end, which one line in twenty lacks.
func (l *log) chain() {
	for range 4 {
		l.text(pick(l, words), " ")
	}
	for range 3 + l.dice.IntN(9) {
		l.text(pick(l, messages), " ")
	}
	if l.chance(5) {
		l.text("[cut o\n")
	} else {
		l.text("[", pick(l, words), "]\n")
	}
}

var cefEvents = []struct{ id, name string }{{"100", "login accepted"}, {"101", "login refused"}, {"220", "port scan"}, {"340", "file quarantined"}, {"512", "policy changed"}}

func (l *log) cef() {
	l.clock = l.clock.Add(time.Duration(l.dice.IntN(400)) * time.Millisecond)
	e := pick(l, cefEvents)
	l.text("CEF:0|Sawmill|Gate|2.4|", e.id, "|", e.name, "|")
	l.number(l.dice.IntN(11))
	l.text("|rt=")
	l.line = strconv.AppendInt(l.line, l.clock.UnixMilli(), 10)
	l.text(" src=100.64.")
	l.number(l.dice.IntN(256))
	l.text(".")
	l.number(l.dice.IntN(256))
	l.text(" spt=")
	l.number(1024 + l.dice.IntN(60_000))
	l.text(" dst=192.0.2.")
	l.number(l.dice.IntN(256))
	l.text(" dpt=443 proto=TCP act=", pick(l, []string{"allow", "deny"}), " suser=", pick(l, words), " msg=")
	if l.chance(2) {
		l.text(`rule a\=b matched, see C:\\gate`)
	} else {
		l.text(pick(l, messages), " by ", pick(l, words))
	}
	l.text(" cnt=")
	l.number(1 + l.dice.IntN(90))
	l.text("\n")
}

// refuse is an access log whose lines have all lost their last quote: what is dear to refuse.
func (l *log) refuse() {
	l.combined()
	l.line = append(l.line[:len(l.line)-2], '\n')
}
