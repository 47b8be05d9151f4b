package syslog

import (
	"bytes"
	"slices"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
)

// The words of syslog.conf(5), each at the place of its number; panic, error and warn are older words.
var (
	facilities = []string{"kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp", "security", "console", "clockd",
		"local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7"}
	severities = []string{"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"}
	older      = []string{0: "panic", 3: "error", 4: "warn"}
)

// level reads what some daemons write to disk between the host and the tag and goes behind it: "daemon.info dnsmasq[7]: " (busybox), "auth|security:info
// sshd[7]: " (AIX), "notice mcpd[7]: " (BIG-IP), "<auth.info> sshd[7]: ". A level alone counts only in front of a tag with a number, and a colon
// only in front of a tag. Where there is a priority, that says the same.
func (w *worker) level(i int, hasPRI bool) int {
	if mem.At(w.data, i) == '<' {
		return w.marked(i, hasPRI)
	}
	end := scan.Find4(w.data, i, ' ', '.', ':', '\n')
	facility, word, colon := -1, i, mem.At(w.data, end) == ':' && mem.At(w.data, end+1) > ' '
	if mem.At(w.data, end) == '.' || colon {
		if facility = w.facility(i, end); facility < 0 {
			return i
		}
		word = end + 1
		end = scan.Find4(w.data, word, ' ', '.', ':', '\n')
	}
	if end >= w.end || w.data[end] != ' ' {
		return i
	}
	severity := w.severity(word, end)
	if severity < 0 || facility < 0 && !w.numbered(end+1) || colon && !w.tagAt(end+1) {
		return i
	}
	w.rank(facility, severity, hasPRI)
	return end + 1
}

// marked reads what stands in front of the host: "<auth.info> " or "<4.6> " of FreeBSD's syslogd with -v, "daemon.info " of a busybox that does
// not know its host, and OpenWrt's.
func (w *worker) marked(i int, hasPRI bool) int {
	begin, close := i, byte(' ')
	if mem.At(w.data, i) == '<' {
		i, close = i+1, '>'
	} else if c := mem.At(w.data, i); c < 'a' || c > 'u' {
		return i
	}
	end := scan.Find4(w.data, i, ' ', '>', '\n', '\r')
	dot := i + max(0, bytes.IndexByte(w.data[i:min(end, w.end)], '.'))
	if end >= w.end || w.data[end] != close || dot == i {
		return begin
	}
	facility, severity := w.facility(i, dot), w.severity(dot+1, end)
	if close == '>' {
		if v, n := scan.Short(mem.Load64(w.data, i)); n > 0 && i+n == dot && v < 24 {
			facility = int(v)
		}
		if c := w.data[dot+1] - '0'; c <= 7 && dot+2 == end {
			severity = int(c)
		}
		if end++; end >= w.end || w.data[end] != ' ' {
			return begin
		}
	}
	if facility < 0 || severity < 0 {
		return begin
	}
	w.rank(facility, severity, hasPRI)
	return end + 1
}

// levelled tells whether data[i:end] is a facility and a level: "daemon.info".
func (w *worker) levelled(i, end int) bool {
	if end-i < len("kern.err") || end > w.end {
		return false
	}
	// How they end. Names of hosts with a dot in them mostly do not.
	switch mem.Load32(w.data, end-4) {
	case '.' | 'e'<<8 | 'r'<<16 | 'r'<<24, 'm' | 'e'<<8 | 'r'<<16 | 'g'<<24, 'l' | 'e'<<8 | 'r'<<16 | 't'<<24, 'c' | 'r'<<8 | 'i'<<16 | 't'<<24, 'n' | 'i'<<8 | 'n'<<16 | 'g'<<24,
		't' | 'i'<<8 | 'c'<<16 | 'e'<<24, 'i' | 'n'<<8 | 'f'<<16 | 'o'<<24, 'e' | 'b'<<8 | 'u'<<16 | 'g'<<24, 'a' | 'n'<<8 | 'i'<<16 | 'c'<<24, 'r' | 'r'<<8 | 'o'<<16 | 'r'<<24, 'w' | 'a'<<8 | 'r'<<16 | 'n'<<24:
		dot := i + bytes.IndexByte(w.data[i:end], '.')
		return dot > i && w.facility(i, dot) >= 0 && w.severity(dot+1, end) >= 0
	}
	return false
}

// rank stores facility and level, where no priority has said them.
func (w *worker) rank(facility, severity int, hasPRI bool) {
	if hasPRI {
		return
	}
	if facility >= 0 {
		w.word(colFacility, uint64(facility))
	}
	w.word(colSeverity, uint64(severity))
	w.own = w.own || facility >= 0
}

func (w *worker) facility(i, end int) int {
	if mem.String(w.data[i:end]) == "auth|security" {
		return slices.Index(facilities, "auth")
	}
	return w.oneOf(facilities, i, end)
}

func (w *worker) severity(i, end int) int {
	if severity := w.oneOf(severities, i, end); severity >= 0 {
		return severity
	}
	return w.oneOf(older, i, end)
}

// oneOf is the place of the word data[i:end] in a list. -1: it is none of them.
func (w *worker) oneOf(words []string, i, end int) int {
	if end >= w.end || end-i < 3 || end-i > 8 {
		return -1
	}
	return slices.Index(words, mem.String(w.data[i:end]))
}

// numbered tells whether "name[7]:" stands at i.
func (w *worker) numbered(i int) bool {
	bracket := scan.Find3(w.data, i, '[', ' ', '\n')
	return bracket > i && w.pidAt(bracket)
}

// tagAt tells whether a tag stands at i: "name: " or "name[7]:".
func (w *worker) tagAt(i int) bool {
	end := scan.Find4(w.data, i, '[', ':', ' ', '\n')
	return end > i && end < w.end && (w.pidAt(end) || w.data[end] == ':' && mem.At(w.data, end+1) == ' ')
}

// number tells whether data[i:end] is a number and a colon stands behind it: no program's name, but the counter of a device.
func (w *worker) number(i, end int) bool {
	return w.data[end] == ':' && w.digits(i) == end
}
