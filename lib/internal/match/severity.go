package match

import "github.com/sawlog/sawlog/lib/internal/value"

// levelTable has what words mean that are not known everywhere, by their bytes in small letters as a number; they are short.
type levelTable struct {
	own   map[uint64]uint8
	known bool // there are no other words: than these, or, where there are none, than those known everywhere
	any   bool // every word is a level
}

var plainLevels = &levelTable{}

func tableOf(levels map[string]uint8, known, any bool) *levelTable {
	if len(levels) == 0 && !known && !any {
		return plainLevels
	}
	t := &levelTable{known: known, any: any}
	if len(levels) > 0 {
		t.own = map[uint64]uint8{}
	}
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
	if t.own != nil && t.known {
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
