package infer

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestShortNumbersCountAsLongOnesDo(t *testing.T) {
	texts := []string{"0", "-0", "7", "-7", "0.5", "-0.5", "1.0", "123456789012345", "-12345678901234", "1234567890123456", "0.0000000000001", "1234567890.12345",
		"12345678.123456", "1e5", "1E5", "-1e-5", "1.5e300", "9007199254740993", "9223372036854775807", "9223372036854775808", "-9223372036854775809",
		"18446744073709551616", "0.1234567890123456789", "1e400"}
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		texts = append(texts, fmt.Sprintf("%.*f", random.IntN(8), (random.Float64()-0.5)*float64(random.Uint64()>>random.IntN(64))))
	}
	for _, text := range texts {
		var short, long numbers
		short.add([]byte(text))
		long.addLong([]byte(text))
		assert.Equal(t, long, short, text)
	}
}
