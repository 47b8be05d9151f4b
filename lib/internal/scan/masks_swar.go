//go:build !goexperiment.simd || !amd64

package scan

// Words has a bit for each of 64 bytes from i on: set for blanks, and for what is neither a blank nor a printable byte of ASCII.
func Words(b []byte, i int) (blanks, odd uint64) { return words(b, i) }

// Masks2 is Masks4 for two bytes.
func Masks2(b []byte, i int, x, y byte) (xs, ys uint64) { return masks2(b, i, x, y) }

// Masks4 has bits for 64 bytes from i on: set in the first of them where x stands, in the second where y does, and so on.
func Masks4(b []byte, i int, x, y, z, u byte) (xs, ys, zs, us uint64) {
	return masks4(b, i, x, y, z, u)
}

// Blanks has a bit for each of 32 bytes from i on: set for blanks and control bytes. It may be called where Indexed says so.
func Blanks(b []byte, i int) uint32 { return blanks(b, i) }

// Quotes has a bit for each of 32 bytes from i on: set where StringEnd stops. It may be called where Indexed says so.
func Quotes(b []byte, i int) uint32 { return quotes(b, i) }
