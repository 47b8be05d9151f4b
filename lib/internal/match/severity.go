package match

import (
	"github.com/sawlog/sawlog/lib/internal/mem"
)

// severities is what the words for levels mean, 0 to 7 as in RFC 5424.
var severities = map[string]uint8{
	"emerg": 0, "emergency": 0, "panic": 0, "alert": 1, "crit": 2, "critical": 2, "fatal": 2, "f": 2, "c": 2,
	"err": 3, "error": 3, "e": 3, "severe": 3, "warn": 4, "warning": 4, "w": 4, "notice": 5, "note": 5, "config": 5,
	"info": 6, "information": 6, "informational": 6, "i": 6, "log": 6, "stats": 6, "system": 6,
	"debug": 7, "d": 7, "debug1": 7, "debug2": 7, "debug3": 7, "debug4": 7, "debug5": 7, "trace": 7, "verbose": 7, "v": 7, "t": 7,
	"fine": 7, "finer": 7, "finest": 7,
}

// shortSeverities is severities for words of up to eight bytes, by the bytes as a number.
var shortSeverities = func() map[uint64]uint8 {
	short := map[uint64]uint8{}
	for text, severity := range severities {
		if len(text) <= 8 {
			short[makeConstant(text).word] = severity
		}
	}
	return short
}()

// severityOf is what the level data[i:end], in letters of either case, means.
func severityOf(data []byte, i, end int) (uint64, bool) {
	n := end - i
	if n == 0 || n > 16 {
		return 0, false
	}
	const lower = 0x2020202020202020
	if n <= 8 {
		severity, known := shortSeverities[(mem.Load64(data, i)|lower)&(^uint64(0)>>(64-8*uint(n)))]
		return uint64(severity), known
	}
	var room [16]byte
	for k, c := range data[i:end] {
		room[k] = c | 0x20
	}
	severity, known := severities[string(room[:n])]
	return uint64(severity), known
}

// levelTable has what words mean that are not known everywhere, by their bytes in small letters as a number; they are short.
type levelTable struct{ own map[uint64]uint8 }

var plainLevels = &levelTable{}

func tableOf(levels map[string]uint8) *levelTable {
	if len(levels) == 0 {
		return plainLevels
	}
	t := &levelTable{own: map[uint64]uint8{}}
	for word, severity := range levels {
		t.own[makeConstant(word).word] = severity
	}
	return t
}

// meaning is the severity of the level data[i:end]; none for a word in capitals that is not known. ok is false for what is no level.
func (t *levelTable) meaning(data []byte, i, end int) (severity uint64, known, ok bool) {
	if t.own != nil && end-i <= 8 {
		var word uint64
		for k := end - 1; k >= i; k-- {
			c := data[k]
			if c-'A' < 26 {
				c |= 0x20
			}
			word = word<<8 | uint64(c)
		}
		if own, known := t.own[word]; known {
			return uint64(own), true, true
		}
	}
	if severity, known = severityOf(data, i, end); known {
		return severity, true, true
	}
	for _, c := range data[i:end] {
		if c-'A' >= 26 && c-'0' > 9 && c != '_' {
			return 0, false, false
		}
	}
	return 0, false, end > i
}
