package scan

import "github.com/sawlog/sawlog/lib/internal/mem"

// This file and its twins find bytes as masks: a bit for each of 64 bytes from a place on, for fields that are short and many.

// words is Words by words of eight bytes.
func words(b []byte, i int) (blanks, odd uint64) {
	const lows = ^uint64(highs)
	for s := 0; s < 64; s += 8 {
		w := mem.Load64(b, i+s)
		blank := equal(w, ' ')
		light := (w&lows + ones*0x5f) &^ (w&lows + ones) &^ w & highs // behind the blank and before DEL
		blanks |= gather(blank) << s
		odd |= gather((blank|light)^highs) << s
	}
	return blanks, odd
}

// masks4 is Masks4 by words of eight bytes.
func masks4(b []byte, i int, x, y, z, u byte) (xs, ys, zs, us uint64) {
	for s := 0; s < 64; s += 8 {
		w := mem.Load64(b, i+s)
		xs |= gather(equal(w, x)) << s
		ys |= gather(equal(w, y)) << s
		zs |= gather(equal(w, z)) << s
		us |= gather(equal(w, u)) << s
	}
	return xs, ys, zs, us
}

// masks2 is Masks2 by words of eight bytes.
func masks2(b []byte, i int, x, y byte) (xs, ys uint64) {
	for s := 0; s < 64; s += 8 {
		w := mem.Load64(b, i+s)
		xs |= gather(equal(w, x)) << s
		ys |= gather(equal(w, y)) << s
	}
	return xs, ys
}

// equal marks the high bit of each byte of w that is c, and of no other.
func equal(w uint64, c byte) uint64 {
	const lows = ^uint64(highs)
	w ^= ones * uint64(c)
	return (w&lows+lows|w)&highs ^ highs // sums of seven bits do not carry over to the next byte
}

// blanks is Blanks by words of eight bytes.
func blanks(b []byte, i int) (m uint32) {
	const lows = ^uint64(highs)
	for s := 0; s < 32; s += 8 {
		w := mem.Load64(b, i+s)
		m |= uint32(gather((w&lows+ones*0x5f|w)&highs^highs)) << s
	}
	return m
}

// quotes is Quotes by words of eight bytes.
func quotes(b []byte, i int) (m uint32) {
	for s := 0; s < 32; s += 8 {
		m |= uint32(gather(allStops(mem.Load64(b, i+s)))) << s
	}
	return m
}
