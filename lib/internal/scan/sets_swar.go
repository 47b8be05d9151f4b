//go:build !goexperiment.simd || !amd64

package scan

// Vectors tells whether 64 bytes are looked at in hardly more time than eight.
func Vectors() bool { return false }

// Wider tells whether 64 bytes are one vector: then Mask64 may be called.
func Wider() bool { return false }

// Mask64 is Mask where Wider says so, and is compiled into its caller.
func (s *Set) Mask64(b []byte, i int) uint64 { return s.plain(b, i) }

// Mask has a bit for each of 64 bytes from i on, set for those of the set. Settle is to be called before anything else uses vectors.
func (s *Set) Mask(b []byte, i int) uint64 { return s.plain(b, i) }

// Feeds64 is a Mask64 of line feeds.
func Feeds64(b []byte, i int) uint64 { return plainFeeds(b, i) }

// Same64 has a bit for each of 64 bytes from i on, set where text has the same. As for Mask64, Wider must say so.
func Same64(b []byte, i int, text *[64]uint8) uint64 { return plainSame(b, i, text) }

// Words64 is Words where Wider says so, and is compiled into its caller.
func Words64(b []byte, i int) (blanks, odd uint64) { return words(b, i) }

// Settle leaves the processor's vectors as others want them.
func Settle() {}
