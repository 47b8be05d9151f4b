// Package mem is the one place of the core that steps outside Go's type system: loads of several bytes at once, and the same memory
// seen as another type. Every function names what it relies on; none checks it.
package mem

import "unsafe"

// Load64 reads eight bytes at i, little endian. b must be readable up to i+8, even beyond its length.
func Load64(b []byte, i int) uint64 {
	return *(*uint64)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(b)), i))
}

// Load32 reads four bytes at i, little endian. b must be readable up to i+4, even beyond its length.
func Load32(b []byte, i int) uint32 {
	return *(*uint32)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(b)), i))
}

// Copy32 copies 32 bytes from b[i] to to[j]. Both must reach that far, even beyond their lengths, and not overlap.
func Copy32(to []byte, j int, b []byte, i int) {
	p, q := unsafe.Add(unsafe.Pointer(unsafe.SliceData(to)), j), unsafe.Add(unsafe.Pointer(unsafe.SliceData(b)), i)
	*(*[16]byte)(p) = *(*[16]byte)(q)
	*(*[16]byte)(unsafe.Add(p, 16)) = *(*[16]byte)(unsafe.Add(q, 16))
}

// At reads the byte at i. b must be readable there, even beyond its length.
func At(b []byte, i int) byte {
	return *(*byte)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(b)), i))
}

// String is b as a string without a copy: valid as long as b keeps its content.
func String(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// Bytes is s as bytes without a copy: they must not be written to.
func Bytes(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

// Cast is the same memory as values of T. b must be aligned for T; bytes that do not fill a value are left out.
func Cast[T any](b []byte) []T {
	var t T
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/int(unsafe.Sizeof(t)))
}

// Words is memory as words of eight bytes, by its beginning alone: whoever uses it knows where it ends.
type Words struct{ first *uint64 }

// WordsOf is the memory of s, which must be aligned to eight bytes.
func WordsOf[T any](s []T) Words { return Words{(*uint64)(unsafe.Pointer(unsafe.SliceData(s)))} }

// Put writes word i.
func (w Words) Put(i int, v uint64) { *(*uint64)(unsafe.Add(unsafe.Pointer(w.first), 8*i)) = v }

// Slot is value i of T in w.
func Slot[T any](w Words, i int) *T {
	return (*T)(unsafe.Add(unsafe.Pointer(w.first), i*Size[T]()))
}

// Set sets bit i.
func (w Words) Set(i int) { *(*uint64)(unsafe.Add(unsafe.Pointer(w.first), i>>6<<3)) |= 1 << (i & 63) }

// Or sets the bits of word i that bits has.
func (w Words) Or(i int, bits uint64) { *(*uint64)(unsafe.Add(unsafe.Pointer(w.first), 8*i)) |= bits }

// AndNot clears the bits of word i that bits has.
func (w Words) AndNot(i int, bits uint64) {
	*(*uint64)(unsafe.Add(unsafe.Pointer(w.first), 8*i)) &^= bits
}

// Raw is the memory of s as bytes.
func Raw[T any](s []T) []byte {
	var t T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), len(s)*int(unsafe.Sizeof(t)))
}

// Size is how many bytes a value of T takes.
func Size[T any]() int {
	var t T
	return int(unsafe.Sizeof(t))
}

// Address is where b lies: for alignment and for telling two buffers apart, never to be turned back.
func Address(b []byte) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(b))) }
