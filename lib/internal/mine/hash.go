package mine

import (
	"encoding/binary"
	"math/bits"
)

const (
	prime1 = 0x9E3779B97F4A7C15
	prime2 = 0xD6E8FEB86659FD93
	// wild stands in place of a token that is a value.
	wild = 0xA5A5B4C3D2E1F00F
)

// mix folds two words into one.
func mix(a, b uint64) uint64 {
	high, low := bits.Mul64(a^prime1, b^prime2)
	return high ^ low
}

// hashToken is the hash of a token's bytes; of up to eight of them in one step where eight may be read.
func hashToken(line []byte, start, end int) uint64 {
	n := end - start
	if n <= 8 && start+8 <= len(line) {
		return mix(uint64(n)*prime2, binary.LittleEndian.Uint64(line[start:])<<(64-8*uint(n)))
	}
	return hashBytes(line[start:end])
}

func hashBytes(b []byte) uint64 {
	h := uint64(len(b)) * prime2
	for ; len(b) > 8; b = b[8:] {
		h = mix(h, binary.LittleEndian.Uint64(b))
	}
	if len(b) == 0 {
		return h
	}
	var word uint64
	for i := len(b) - 1; i >= 0; i-- {
		word = word<<8 | uint64(b[i])
	}
	return mix(h, word<<(64-8*uint(len(b))))
}

// wildHash is the hash of a value in front of which a constant head stands.
func wildHash(head []byte) uint64 {
	if len(head) == 0 {
		return wild
	}
	return mix(wild, hashBytes(head))
}

// hashGlue is the hash of what stands between two tokens, runs of blanks counting as one.
func hashGlue(glue []byte) uint64 {
	if len(glue) == 1 {
		c := glue[0]
		if c <= ' ' && space(c) {
			c = ' '
		}
		return uint64(c) * prime1
	}
	h, blanks, only := uint64(0), false, true
	for _, c := range glue {
		if space(c) {
			if blanks {
				continue
			}
			blanks, c = true, ' '
		} else {
			blanks, only = false, false
		}
		h = (h ^ uint64(c)) * prime1
		h ^= h >> 29
	}
	switch {
	case len(glue) == 0:
		return 0
	case only:
		blank := uint64(' ')
		return blank * prime1
	case h == 0:
		return 1
	}
	return h
}
