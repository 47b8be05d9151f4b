package syslog

import (
	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/record"
)

// RFC 5424 without its priority, which relays and collectors keep to themselves when they write to a file: with the version in front of the
// time, or from the time on. What is left must be by the letter, since any text may begin alike.

// versioned reads "1 TIME HOST APP PROCID MSGID [DATA] MESSAGE". False: nothing is stored.
func (w *worker) versioned(i int) bool {
	version, next, ok := w.version(i)
	if !ok || version != 1 || mem.At(w.data, next)-'0' > 9 {
		return false
	}
	if w.rfc5424(next) != record.NoFault {
		w.b.Undo()
		return false
	}
	w.word(colVersion, version)
	w.own = true
	return true
}

// behindApp reads what RFC 5424 has from PROCID on, where that is a number or a dash. False: nothing is stored.
func (w *worker) behindApp(i int) bool {
	pid := w.digits(i)
	if pid == i && w.data[i] == '-' {
		pid++
	}
	if pid == i || mem.At(w.data, pid) != ' ' {
		return false
	}
	msgid := scan.PrintableEnd(w.data, pid+1)
	if n := msgid - pid - 1; n == 0 || n > names[3].longest || mem.At(w.data, msgid) != ' ' {
		return false
	}
	data := msgid + 1
	end := w.dataEnd(data)
	if end < 0 || end < w.end && w.data[end] != ' ' {
		return false
	}
	w.named(colPid, i, pid)
	w.named(colMsgid, pid+1, msgid)
	w.structured(data)
	w.message(min(end+1, w.end))
	return true
}

// named stores a name of the header; a dash is none.
func (w *worker) named(column, i, end int) {
	if end-i > 1 || w.data[i] != '-' {
		w.text(column, i, end)
	}
}

// dataEnd goes behind the structured data, or the dash, at i, and stores nothing. -1: there are none.
func (w *worker) dataEnd(i int) int {
	if mem.At(w.data, i) == '-' {
		return i + 1
	}
	start := i
	for mem.At(w.data, i) == '[' {
		end := w.name(i + 1)
		if end < 0 {
			return -1
		}
		var fault record.Fault
		if i, fault = w.parameters(end, nil); fault != record.NoFault {
			return -1
		}
	}
	if i == start {
		return -1
	}
	return i
}
