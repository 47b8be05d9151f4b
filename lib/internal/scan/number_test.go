package scan

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// checkNumber holds both twins to what strconv says.
func checkNumber(t *testing.T, text string) {
	b := padded(text)
	run := func(s string) string { return s[:len(s)-len(strings.TrimLeft(s, "0123456789"))] }
	whole := run(text)
	for name, read := range map[string]func([]byte, int) (uint64, int){"Integer": Integer, "integer": integer} {
		v, n := read(b, 0)
		require.Equal(t, min(len(whole), 16), n, "%s of %q", name, text)
		want, _ := strconv.ParseUint("0"+text[:n], 10, 64)
		require.Equal(t, want, v, "%s of %q", name, text)
	}
	number := whole
	if strings.HasPrefix(text[len(whole):], ".") {
		number += "." + run(text[len(whole)+1:])
	}
	for name, read := range map[string]func([]byte, int) (uint64, int, int){"Decimal": Decimal, "decimal": decimal} {
		v, digits, size := read(b, 0)
		require.Equal(t, []int{min(len(whole), 16), min(len(number), 16)}, []int{digits, size}, "%s of %q", name, text)
		if digits < 16 {
			want, _ := strconv.ParseUint("0"+strings.Replace(text[:size], ".", "", 1), 10, 64)
			require.Equal(t, want, v, "%s of %q", name, text)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, text := range []string{"", ".", "..", ".5", "5.", "5..5", "0", "00", "1.2.3", "/9", ":9", "9/", "9:", "9.9/", "9.9:", "-1", "1e5", "999999999999999", "9999999999999999", "99999999999999999",
		"12345678", "1234567.8", "12345678.", "12345678.9", "0.12345678901234", "0.123456789012345", "123456789012345.6", "123456789012345.", "1234567890123456.5", "466.817\xff", "466.817\x80"} {
		checkNumber(t, text)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		text := make([]byte, random.IntN(24))
		for i := range text {
			text[i] = "0123456789012345678901234567890123456789.,/:e "[random.IntN(46)]
		}
		checkNumber(t, string(text))
	}
}

func TestNumbersAtAnyPlace(t *testing.T) {
	b := padded("007 12.5 9")
	v, n := Integer(b, 4)
	assert.Equal(t, []uint64{12, 2}, []uint64{v, uint64(n)})
	v, whole, size := Decimal(b, 4)
	assert.Equal(t, []uint64{125, 2, 4}, []uint64{v, uint64(whole), uint64(size)})
}

func FuzzNumbers(f *testing.F) {
	f.Add("466.817")
	f.Fuzz(checkNumber)
}

func BenchmarkNumbers(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	var text []byte
	var places []int
	for range 1000 {
		places = append(places, len(text))
		text = append(strconv.AppendUint(text, random.Uint64()>>random.IntN(60)%1e12, 10), ',')
	}
	data := padded(string(text))
	for name, read := range map[string]func([]byte, int) (uint64, int){"Integer": Integer, "integer": integer} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				for _, i := range places {
					read(data, i)
				}
			}
		})
	}
	for name, read := range map[string]func([]byte, int) (uint64, int, int){"Decimal": Decimal, "decimal": decimal} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				for _, i := range places {
					read(data, i)
				}
			}
		})
	}
}
