package value

import (
	"github.com/sawlog/sawlog/lib/internal/mem"
)

// severities is what the words for levels mean, 0 to 7 as in RFC 5424; those of three letters, and dbug and eror, are Serilog's, zerolog's and log15's; erro, debg and trac supervisord's; those of four logrus' and Charm's.
var severities = [8][]string{
	{"emerg", "emergency", "panic", "pani"},
	{"alert"},
	{"crit", "critical", "fatal", "f", "c", "ftl", "fata"},
	{"err", "error", "e", "severe", "eror", "erro"},
	{"warn", "warning", "w", "wrn", "deprecation"}, // the last as Elasticsearch has it
	{"notice", "note", "config"},
	{"info", "information", "informational", "i", "inf", "log", "stats", "system"},
	{"debug", "d", "debug1", "debug2", "debug3", "debug4", "debug5", "trace", "verbose", "v", "t", "dbg", "dbug", "debg", "debu", "trc", "trac", "vrb", "fine", "finer", "finest"},
}

// level is a word of up to eight bytes, as a number; 0 for an empty place.
type level struct {
	word     uint64
	severity uint64
}

// Levels is what words for levels mean beside the usual ones, or instead: those of up to eight bytes stand where their hash says or in the next free place, long has
// the others.
type Levels struct {
	short [128]level
	long  map[string]uint64
}

// MostLevels is how many words Levels can have: some places stay free, so that a search ends.
const MostLevels = 100

// NewLevels makes a table of words, at most MostLevels, and what they mean, 0 to 7 as in RFC 5424.
func NewLevels(words map[string]int) *Levels {
	l := &Levels{long: map[string]uint64{}}
	for text, severity := range words {
		l.add(text, uint64(severity))
	}
	return l
}

func (l *Levels) add(text string, severity uint64) {
	folded := []byte(text)
	for i := range folded {
		folded[i] |= lower
	}
	if len(folded) > 8 {
		l.long[string(folded)] = severity
		return
	}
	var word uint64
	for i, c := range folded {
		word |= uint64(c) << (8 * i)
	}
	at := hash(word)
	for l.short[at].word != 0 && l.short[at].word != word {
		at = (at + 1) % 128
	}
	l.short[at] = level{word, severity}
}

// usual are the words that mean the same to all writers.
var usual = func() *Levels {
	l := NewLevels(nil)
	for severity, words := range severities {
		for _, text := range words {
			l.add(text, uint64(severity))
		}
	}
	return l
}()

func hash(word uint64) uint64 { return word * 0x9E3779B97F4A7C15 >> 57 }

const (
	longest = 16   // bytes of the longest word for a level
	lower   = 0x20 // what makes a capital a small letter; digits have it
)

// Severity is what the level b[i:i+n], in letters of either case, means: 0 to 7 as in RFC 5424. False: it is no known word.
func Severity(b []byte, i, n int) (severity uint64, known bool) { return usual.Severity(b, i, n) }

// IsLevel tells whether text is one of the usual words.
func IsLevel(text []byte) bool {
	var room [longest + 8]byte // own reads words of eight bytes
	if len(text) == 0 || len(text) > longest {
		return false
	}
	_, known := usual.own(room[:], 0, copy(room[:], text))
	return known
}

// Severity is what the level b[i:i+n], in letters of either case, means by the table, else by the usual words. l may be nil. A level between
// two words, which is written as the one below and how far it is above that (INFO+2), means the word.
func (l *Levels) Severity(b []byte, i, n int) (severity uint64, known bool) {
	if severity, known = l.word(b, i, n); known || n < 3 || n > longest {
		return severity, known
	}
	k := i + n
	for k > i && b[k-1]-'0' <= 9 {
		k--
	}
	if k == i+n || k-i < 2 || b[k-1] != '+' && b[k-1] != '-' {
		return 0, false
	}
	return l.word(b, i, k-1-i)
}

func (l *Levels) word(b []byte, i, n int) (severity uint64, known bool) {
	if n <= 0 || n > longest {
		return 0, false
	}
	if l != nil {
		if severity, known = l.own(b, i, n); known {
			return severity, true
		}
	}
	return usual.own(b, i, n)
}

func (l *Levels) own(b []byte, i, n int) (severity uint64, known bool) {
	if n > 8 {
		var room [longest]byte
		for k, c := range b[i : i+n] {
			room[k] = c | lower
		}
		severity, known = l.long[string(room[:n])]
		return severity, known
	}
	word := (mem.Load64(b, i) | lower*0x0101010101010101) & (^uint64(0) >> (64 - 8*uint(n)))
	for at := hash(word); ; at = (at + 1) % 128 {
		if p := &l.short[at]; p.word == word || p.word == 0 {
			return p.severity, p.word != 0
		}
	}
}
