package value

import (
	"bytes"
	"net/netip"

	"github.com/sawlog/sawlog/lib/internal/mem"
)

// IP tells whether text is an address of IPv4 (four decimal numbers without leading zeros) or IPv6, with or without a zone.
func IP(text []byte) bool {
	if len(text) >= 7 && len(text) <= 15 && ip4(text) {
		return true
	}
	// The longest is eight groups of four and a zone; a zone in turn has no end of its own.
	if len(text) < 2 || len(text) > 128 || bytes.IndexByte(text, ':') < 0 {
		return false
	}
	for _, c := range text {
		if c == '%' {
			break
		}
		if nibble[c] > 15 && c != ':' && c != '.' {
			return false
		}
	}
	_, err := netip.ParseAddr(mem.String(text))
	return err == nil
}

// IP4 tells whether text is an address of IPv4.
func IP4(text []byte) bool { return len(text) >= 7 && len(text) <= 15 && ip4(text) }

func ip4(text []byte) bool {
	number, digits, dots := 0, 0, 0
	for _, c := range text {
		switch {
		case c == '.':
			if digits == 0 || dots == 3 {
				return false
			}
			number, digits = 0, 0
			dots++
		case c-'0' > 9, digits > 0 && number == 0:
			return false
		default:
			number = number*10 + int(c-'0')
			if digits++; number > 255 {
				return false
			}
		}
	}
	return dots == 3 && digits > 0
}
