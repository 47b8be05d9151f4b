package infer

import (
	"math/bits"

	"github.com/sawlog/sawlog/lib/internal/mem"
	"github.com/sawlog/sawlog/lib/internal/scan"
)

// FileLine splits FILE:LINE, as writers name the place in their code, in data[i:end]: file is where FILE ends. False for what is none, or is
// more, as FILE:LINE:COLUMN.
func FileLine(data []byte, i, end int) (file int, line int64, ok bool) {
	if end-i < 8 {
		return fileLine(data, i, end)
	}
	// All of it in the last eight bytes: something, a colon, digits.
	const high, zeros = 0x8080808080808080, 0x3030303030303030
	digits := mem.Load64(data, end-8) ^ zeros
	odd := (digits&^high + 0x7676767676767676 | digits) & high // the bytes that are no digits
	n := bits.LeadingZeros64(odd) >> 3
	rest := digits << (8 * n & 63) // the colon is its last byte now, what stands in front of it the one before
	if n == 0 || n > 6 || rest>>56 != ':'^'0' || odd<<(8*n&63)>>55&1 == 0 || n > 1 && digits>>(64-8*n)&0xFF == 0 {
		return fileLine(data, i, end)
	}
	return end - n - 1, int64(scan.Eight(digits >> (64 - 8*n) << (64 - 8*n))), true
}

// fileLine is FileLine byte by byte.
func fileLine(data []byte, i, end int) (file int, line int64, ok bool) {
	at := end
	for at > i && data[at-1]-'0' <= 9 {
		at--
	}
	digits := data[at:end]
	if at < i+2 || data[at-1] != ':' || len(digits) == 0 || len(digits) > 9 || digits[0] == '0' && len(digits) > 1 {
		return 0, 0, false
	}
	for _, c := range digits {
		line = line*10 + int64(c-'0')
	}
	file = at - 1
	before := file
	for before > i && data[before-1]-'0' <= 9 {
		before--
	}
	if before < file && before > i && data[before-1] == ':' {
		return 0, 0, false
	}
	return file, line, true
}
