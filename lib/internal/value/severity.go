package value

import (
	"github.com/sawlog/sawlog/lib/internal/mem"
)

// severities is what the words for levels mean, 0 to 7 as in RFC 5424.
var severities = [8][]string{
	{"emerg", "emergency", "panic"},
	{"alert"},
	{"crit", "critical", "fatal", "f", "c"},
	{"err", "error", "e", "severe"},
	{"warn", "warning", "w"},
	{"notice", "note", "config"},
	{"info", "information", "informational", "i", "log", "stats", "system"},
	{"debug", "d", "debug1", "debug2", "debug3", "debug4", "debug5", "trace", "verbose", "v", "t", "fine", "finer", "finest"},
}

// level is a word of up to eight bytes, as a number; 0 for an empty place.
type level struct {
	word     uint64
	severity uint64
}

// short has the words of up to eight bytes where their hash says, or in the next free place; long has the others.
var short, long = func() (table [128]level, long map[string]uint64) {
	long = map[string]uint64{}
	for severity, words := range severities {
		for _, text := range words {
			if len(text) > 8 {
				long[text] = uint64(severity)
				continue
			}
			var word uint64
			for i := range len(text) {
				word |= uint64(text[i]) << (8 * i)
			}
			at := hash(word)
			for table[at].word != 0 {
				at = (at + 1) % 128
			}
			table[at] = level{word, uint64(severity)}
		}
	}
	return table, long
}()

func hash(word uint64) uint64 { return word * 0x9E3779B97F4A7C15 >> 57 }

// longest is how long the longest word for a level is.
const longest = 16

// Severity is what the level b[i:i+n], in letters of either case, means: 0 to 7 as in RFC 5424. False: it is no known word.
func Severity(b []byte, i, n int) (severity uint64, known bool) {
	if n <= 0 || n > longest {
		return 0, false
	}
	const lower = 0x2020202020202020
	if n > 8 {
		var room [longest]byte
		for k, c := range b[i : i+n] {
			room[k] = c | 0x20
		}
		severity, known = long[string(room[:n])]
		return severity, known
	}
	word := (mem.Load64(b, i) | lower) & (^uint64(0) >> (64 - 8*uint(n)))
	for at := hash(word); ; at = (at + 1) % 128 {
		if l := &short[at]; l.word == word || l.word == 0 {
			return l.severity, l.word != 0
		}
	}
}
