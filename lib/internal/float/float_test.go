package float

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSplit(t *testing.T) {
	for text, want := range map[string]Decimal{
		"0": {}, "-0.000": {}, "0e7": {}, "7": {7, 0}, "700": {7, 2}, "7.0": {7, 0}, "0.07": {7, -2}, "70.01": {7001, -2}, "1200.0e3": {12, 5}, ".5": {5, -1}, "5.": {5, 0},
		"1e-7": {1, -7}, "1E+7": {1, 7}, "0012": {12, 0}, "100.e2": {1, 4}, "1234567890123456789": {1234567890123456789, 0}, "9999999999999999999": {9999999999999999999, 0},
		"1e99999999999": {1, 9999999}, "10000000000000000000000000": {1, 25},
	} {
		d, negative, ok := Split([]byte(text))
		assert.True(t, ok, text)
		assert.Equal(t, want, d, text)
		assert.Equal(t, text[0] == '-', negative, text)
	}
	_, _, ok := Split([]byte("0.12345678901234567891"))
	assert.False(t, ok)
}

// sameAsText compares with the way by text.
func sameAsText(t *testing.T, text string) {
	t.Helper()
	want, err := strconv.ParseFloat(text, 64)
	v, ok := Parse([]byte(text))
	require.Equal(t, err == nil, ok, text)
	require.Equal(t, math.Float64bits(want), math.Float64bits(v), text)
	d, negative, ok := Split([]byte(text))
	if text[0] != '+' {
		d2, negative2, ok2 := SplitAt(append([]byte("\""+text), "\",\"1234567890.123\""...), 1, 1+len(text))
		require.Equal(t, []any{d, negative, ok}, []any{d2, negative2, ok2}, text)
	}
	if v = math.Abs(v); !ok || v < 0x1p-1022 || math.IsInf(v, 0) {
		return
	}
	shortest, _, _ := Split([]byte(strconv.FormatFloat(v, 'e', -1, 64)))
	require.Equal(t, shortest == d, d.Shortest(v), "%s, %v", text, shortest)
	require.True(t, shortest.Shortest(v), text)
}

func TestNumbersAreTheNearestAndTheShortest(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	for range 30_000 {
		v := math.Float64frombits(r.Uint64())
		switch r.IntN(8) {
		case 0:
			v = r.Float64()
		case 1:
			v = float64(r.Int64N(1 << (1 + r.IntN(62))))
		case 2:
			v = math.Ldexp(1, r.IntN(2000)-1000) // its neighbour below is nearer
		case 3:
			v = 1.7e9 + r.Float64()*1e8
		}
		if math.IsNaN(v) || math.IsInf(v, 0) {
			continue
		}
		for _, text := range []string{
			strconv.FormatFloat(v, 'e', -1, 64), strconv.FormatFloat(v, 'e', 16, 64), strconv.FormatFloat(v, 'e', 15, 64), strconv.FormatFloat(v, 'e', r.IntN(19), 64),
			strconv.FormatFloat(v, 'g', r.IntN(19)+1, 64), strconv.FormatFloat(v, 'f', -1, 64),
		} {
			sameAsText(t, text)
		}
	}
	for _, text := range []string{
		"18446744073709551615", "18446744073709551616", "1844674407370955161.5", "1844674407370955161.6", "0.18446744073709551615", "0.184467440737095516159", "12345678901234567.1", "0.12345678901234567890123", "10.5", "1.50", "-0.5", "9007199254740993", "9007199254740992", "9007199254740991", "2.2250738585072014e-308", "2.2250738585072011e-308", "1.7976931348623157e308", "1.7976931348623159e308", "5e-324", "1e-400", "1e400",
		"0.1", "0.30000000000000004", "4503599627370497.5", "1e23", "9.5367431640625e-07", "8.41e21", "2e22", "0." + strings.Repeat("0", 400) + "1", strings.Repeat("9", 400),
	} {
		sameAsText(t, text)
	}
}

func FuzzNumbers(f *testing.F) {
	f.Add(uint64(1), uint64(17), -3)
	f.Fuzz(func(t *testing.T, word, digits uint64, power int) {
		if v := math.Float64frombits(word); !math.IsNaN(v) && !math.IsInf(v, 0) {
			sameAsText(t, strconv.FormatFloat(v, 'e', -1, 64))
		}
		sameAsText(t, strconv.FormatUint(digits, 10)+"e"+strconv.Itoa(power%400))
	})
}

func BenchmarkNumbers(b *testing.B) {
	text := []byte("0.8444218515250481, and what follows it")[:18]
	b.Run("here", func(b *testing.B) {
		for b.Loop() {
			d, _, _ := SplitAt(text, 0, 18)
			v, _ := d.Float()
			if !d.Shortest(v) {
				b.Fatal()
			}
		}
	})
	b.Run("split", func(b *testing.B) {
		for b.Loop() {
			SplitAt(text, 0, 18)
		}
	})
	b.Run("nearest", func(b *testing.B) {
		d, _, _ := Split(text)
		for b.Loop() {
			d.Float()
		}
	})
	b.Run("shortest", func(b *testing.B) {
		d, _, _ := Split(text)
		v, _ := d.Float()
		for b.Loop() {
			d.Shortest(v)
		}
	})
	b.Run("text", func(b *testing.B) {
		var room [32]byte
		for b.Loop() {
			v, _ := strconv.ParseFloat(string(text), 64)
			if string(strconv.AppendFloat(room[:0], v, 'f', -1, 64)) != string(text) {
				b.Fatal()
			}
		}
	})
}
