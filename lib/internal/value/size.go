package value

import (
	"math"
	"math/bits"

	"github.com/sawlog/sawlog/lib/internal/mem"
)

// sizeUnits are the bytes in a unit of size by its name in small letters.
var sizeUnits = map[string]uint64{"": 1, "b": 1, "byte": 1, "bytes": 1, "k": 1e3, "kb": 1e3, "m": 1e6, "mb": 1e6, "g": 1e9, "gb": 1e9, "t": 1e12, "tb": 1e12, "p": 1e15, "pb": 1e15,
	"ki": 1 << 10, "kib": 1 << 10, "mi": 1 << 20, "mib": 1 << 20, "gi": 1 << 30, "gib": 1 << 30, "ti": 1 << 40, "tib": 1 << 40, "pi": 1 << 50, "pib": 1 << 50}

// Size is how many bytes a text like 512, 1.5 MB or 10KiB means, rounded to whole ones.
func Size(text []byte) (int64, bool) {
	var whole, part, scale uint64 = 0, 0, 1
	i := 0
	for ; i < len(text) && text[i]-'0' <= 9; i++ {
		if whole > (math.MaxUint64-9)/10 {
			return 0, false
		}
		whole = whole*10 + uint64(text[i]-'0')
	}
	if i == 0 {
		return 0, false
	}
	if i < len(text) && text[i] == '.' {
		start := i + 1
		for i = start; i < len(text) && text[i]-'0' <= 9; i++ {
			if scale < 1e9 { // what is behind is less than a byte of anything
				part, scale = part*10+uint64(text[i]-'0'), scale*10
			}
		}
		if i == start {
			return 0, false
		}
	}
	for i < len(text) && text[i] == ' ' {
		i++
	}
	var room [8]byte
	if len(text)-i > len(room) {
		return 0, false
	}
	n := copy(room[:], text[i:])
	for k := range n {
		room[k] |= lower
	}
	unit, known := sizeUnits[string(room[:n])]
	high, low := bits.Mul64(whole, unit)
	if !known || high != 0 || low > math.MaxInt64 {
		return 0, false
	}
	high, product := bits.Mul64(part, unit)
	more, rest := bits.Div64(high, product, scale)
	if rest >= (scale+1)/2 {
		more++
	}
	if low += more; low > math.MaxInt64 {
		return 0, false
	}
	return int64(low), true
}

// ReadSize reads a size at a position: a number, and perhaps a unit behind it.
func ReadSize(b []byte, i int) (size int64, end int, ok bool) {
	for end = i; mem.At(b, end)-'0' <= 9 || mem.At(b, end) == '.'; end++ {
	}
	unit := end
	for mem.At(b, unit) == ' ' {
		unit++
	}
	if letter(mem.At(b, unit)) {
		for end = unit; letter(mem.At(b, end)); end++ {
		}
	}
	size, ok = Size(b[i:end])
	return size, end, ok
}
