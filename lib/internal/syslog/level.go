package syslog

import (
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

// level reads what some daemons write to disk between the host and the tag and goes behind it: "daemon.info dnsmasq[7]: " (busybox, OpenWrt)
// or "notice mcpd[7]: " (BIG-IP). A level alone counts only in front of a tag with a number.
func (w *worker) level(i int) int {
	end := scan.Find4(w.data, i, ' ', '.', ':', '\n')
	facility, word := -1, i
	if mem.At(w.data, end) == '.' {
		if facility = w.oneOf(facilities, i, end); facility < 0 {
			return i
		}
		word = end + 1
		end = scan.Find4(w.data, word, ' ', '.', ':', '\n')
	}
	if end >= w.end || w.data[end] != ' ' {
		return i
	}
	severity := w.oneOf(severities, word, end)
	if severity < 0 {
		severity = w.oneOf(older, word, end)
	}
	if severity < 0 || facility < 0 && !w.numbered(end+1) {
		return i
	}
	if facility >= 0 {
		w.word(colFacility, uint64(facility))
	}
	w.word(colSeverity, uint64(severity))
	return end + 1
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
