//go:build !goexperiment.simd || !amd64

package scan

// Indexed tells whether an index costs less than the searches it spares.
func Indexed() bool { return false }

// mark writes the marks of the stops from b[i] on, 64 a word.
func mark(to []uint64, b []byte, i int) { markWords(to, b, i) }
