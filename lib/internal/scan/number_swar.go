//go:build !goexperiment.simd || !amd64

package scan

// Integer reads the run of up to 16 decimal digits at i: its value and how many they are. 16 bytes at i must be readable.
func Integer(b []byte, i int) (uint64, int) { return integer(b, i) }

// LeadingDecimal is the number at i, of up to 15 digits and a point behind the first of them: all its digits as those of Leading, how many stand
// in front of the point, and how many bytes it has, 16 at most: more may follow then. Without a point both are the same. Of 16 digits the
// first means nothing. It may be called where Indexed says so.
func LeadingDecimal(b []byte, i int) (_ Digits16, whole, size int) { return decimal(b, i) }

// Decimal is LeadingDecimal with its digits joined.
func Decimal(b []byte, i int) (v uint64, whole, size int) { return decimal(b, i) }

// Digits16 are 16 digits, the last of them the ones.
type Digits16 = uint64

// Leading is the run of up to 16 decimal digits at i, zeros in front of them, and how many they are. 16 bytes at i must be readable. It may be
// called where Indexed says so.
func Leading(b []byte, i int) (Digits16, int) { return integer(b, i) }

// Join is the number that x are the digits of.
func Join(x Digits16) uint64 { return x }
