package syslog

import (
	"bytes"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/timestamp"
	"github.com/sawlog/sawlog/lib/internal/value"
	"github.com/sawlog/sawlog/lib/record"
)

// Any line that begins with a time can be read as syslog, whoever wrote it. For telling formats apart a line counts as syslog when it has
// a priority, the time of RFC 3164, or both a host and a tag behind another time; or what firewalls send without a tag.

// Surely counts the lines of sample that are syslog and hardly anything else.
func (p *Plan) Surely(sample []byte) int {
	data := make([]byte, len(sample)+1+scan.Slack)
	n := copy(data, sample)
	data[n] = '\n'
	scan.FillSlack(data[n+1:])
	w := p.newWorker(false)
	w.b, w.data = record.NewBuilder(p.schema, record.Heap, Present), data
	w.counting = true
	w.b.Start(1)
	w.b.Begin(data, n+1, false)
	count := 0
	for i := 0; i < n; {
		stop := i + bytes.IndexByte(data[i:], '\n')
		if w.end = stop; stop > i && data[stop-1] == '\r' {
			w.end--
		}
		w.own, w.hosted, w.tagged, w.sender = false, false, false, false
		if w.end > i && w.record(i) == record.NoFault && (w.own || w.sender || w.hosted && w.tagged && !kernels(data, i) && !coloned(data, i)) {
			count++
		}
		w.b.Undo()
		i = stop + 1
	}
	return count
}

// kernels tells whether the time at i is as dmesg writes it, with a comma and nobody's name behind it: "2026-03-05T07:09:10,003000+01:00 usb 1-1: ".
func kernels(data []byte, i int) bool { return mem.At(data, i+10) == 'T' && mem.At(data, i+19) == ',' }

// coloned tells whether a colon stands behind the time at i, which begins with the year, as programs write it in logs of their own:
// "2026-03-05T07:09:10: PM2 log: ".
func coloned(data []byte, i int) bool {
	if mem.At(data, i+4) != '-' {
		return false
	}
	for i += len("2026-03-05T07:09:10"); mem.At(data, i)-'0' <= 9 || mem.At(data, i) == '.' || mem.At(data, i) == ','; i++ {
	}
	return mem.At(data, i) == ':' && mem.At(data, i+1) == ' '
}

// isHost tells whether the word data[i:end] can be the name or the address of a host; a level is none.
func (w *worker) isHost(i, end int) bool {
	word := w.data[i:end]
	letters, others := 0, 0
	for _, c := range word {
		switch {
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			letters++
		case c == '.' || c == ':':
			others++
		case c-'0' > 9 && c != '-' && c != '_' && c < 0x80:
			return false
		}
	}
	if bytes.IndexByte(word, ':') >= 0 {
		return value.IP(word)
	}
	_, level := value.Severity(w.data, i, end-i)
	return !level && word[0] != '-' && letters+others > 0
}

// sends tells whether the host data[i:end] is a device that sends without a tag: an address with "id=" or "{" behind it, or any with a number and
// a time as cells, "1,2026/03/05 07:09:10,".
func (w *worker) sends(i, end int) bool {
	address := value.IP(w.data[i:end])
	i = end + 1
	if stop := w.digits(i); stop > i && mem.At(w.data, stop) == ',' {
		return timestamp.Looks(w.data, stop+1, w.end, false)
	}
	for end = i; end < w.end; end++ {
		if c := w.data[end]; c-'0' > 9 && c|0x20-'a' > 'z'-'a' && c != '_' && c != '-' {
			break
		}
	}
	return address && end < w.end && (end > i && w.data[end] == '=' || end == i && w.data[end] == '{')
}
