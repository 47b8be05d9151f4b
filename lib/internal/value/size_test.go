package value

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSizes(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "512": 512, "512B": 512, "1.5 MB": 1500000, "10KiB": 10240, "10 kib": 10240, "0.1 KiB": 102, "1.9999B": 2, "2g": 2e9, "3 bytes": 3,
		"8191PiB": 8191 << 50, "9223372036854775807": 9223372036854775807, "1.123456789123 GB": 1123456789, "007k": 7000,
		"": -1, ".5": -1, "1.": -1, "-1": -1, "1 XB": -1, "1 2": -1, "8192PiB": -1, "9223372036854775808": -1, "1kilobytes": -1, "99999999999999999999": -1,
	} {
		got, ok := Size([]byte(text))
		assert.Equal(t, want >= 0, ok, text)
		if ok {
			assert.Equal(t, want, got, text)
		}
		room := append([]byte(text), make([]byte, 64)...)
		read, end, ok := ReadSize(room, 0)
		if want >= 0 {
			assert.True(t, ok, text)
			assert.Equal(t, want, read, text)
			assert.Equal(t, len(text), end, text)
		} else {
			assert.False(t, ok && end == len(text), text)
		}
	}
}
