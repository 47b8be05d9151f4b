//go:build armbe || arm64be || m68k || mips || mips64 || mips64p32 || ppc || ppc64 || s390 || s390x || shbe || sparc || sparc64

package mem

// Words are taken for the bytes that they have in memory, the lowest first: where it is the highest every result would be wrong.
var _ = sawlog_is_for_little_endian_processors
