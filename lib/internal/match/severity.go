package match

import (
	"maps"
	"slices"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/pattern"
	"github.com/sawlog/sawlog/lib/internal/value"
)

// levelTable has what words mean that are not known everywhere.
type levelTable struct {
	own   []levelWord
	long  map[string]uint64 // longer words, in small letters
	known bool              // there are no other words: than these, or, where there are none, than those known everywhere
	any   bool              // every word is a level
}

// levelWord is a word of up to eight bytes in small letters, as a number.
type levelWord struct {
	word     uint64
	severity uint64
}

var plainLevels = &levelTable{}

func tableOf(levels map[string]uint8, known, any bool) *levelTable {
	if len(levels) == 0 && !known && !any {
		return plainLevels
	}
	t := &levelTable{known: known, any: any}
	for _, text := range slices.Sorted(maps.Keys(levels)) {
		if len(text) > 8 {
			if t.long == nil {
				t.long = map[string]uint64{}
			}
			t.long[text] = uint64(levels[text])
			continue
		}
		t.own = append(t.own, levelWord{makeConstant(text).word | lowered(len(text)), uint64(levels[text])})
	}
	return t
}

// ownWords tells whether there are words of its own.
func (t *levelTable) ownWords() bool { return len(t.own)+len(t.long) > 0 }

// beginnings are the bytes that its own words begin with, in small letters.
func (t *levelTable) beginnings() (first []byte) {
	for k := range t.own {
		first = append(first, byte(t.own[k].word))
	}
	for word := range t.long {
		first = append(first, word[0])
	}
	return first
}

// lowered are the bits that make small letters of the capitals among the first n of eight bytes.
func lowered(n int) uint64 { return 0x2020202020202020 & (^uint64(0) >> (64 - 8*uint(n))) }

// meaning is the severity of the level data[i:end]; none for a word in capitals that is not known. ok is false for what is no level.
func (t *levelTable) meaning(data []byte, i, end int) (severity uint64, known, ok bool) {
	if n := end - i; len(t.own) > 0 && n > 0 && n <= 8 {
		word := mem.Load64(data, i)&(^uint64(0)>>(64-8*uint(n))) | lowered(n)
		for k := range t.own {
			if t.own[k].word == word {
				return t.own[k].severity, true, true
			}
		}
	}
	if n := end - i; t.long != nil && n > 8 && n <= pattern.MostOfLevel {
		var room [pattern.MostOfLevel]byte
		for k, c := range data[i:end] {
			if room[k] = c; c-'A' <= 25 {
				room[k] = c | 0x20
			}
		}
		if severity, known = t.long[string(room[:n])]; known {
			return severity, true, true
		}
	}
	if t.ownWords() && t.known {
		return 0, false, false
	}
	if severity, known = value.Severity(data, i, end-i); known || t.known || t.any || end == i {
		return severity, known, known || t.any
	}
	if data[i]-'A' >= 26 {
		return 0, false, false
	}
	for _, c := range data[i:end] {
		if c-'A' >= 26 && c-'0' > 9 && c != '_' {
			return 0, false, false
		}
	}
	return 0, false, true
}
