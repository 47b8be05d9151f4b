package float

import (
	"math/big"
	"sync"
)

// The powers of ten that the nearest float64 of 19 digits may need, and those that the shortest number of a float64 may.
const (
	leastPower = -348
	mostPower  = 347
)

// power is what the first 128 bits of a power of ten are, the rest cut off; the highest of them is set.
type power struct{ high, low uint64 }

// powers are found out for the first number that needs them.
var powers = sync.OnceValue(func() *[mostPower - leastPower + 1]power {
	var table [mostPower - leastPower + 1]power
	one, ten := big.NewInt(1), big.NewInt(10)
	for k := range table {
		n := new(big.Int).Exp(ten, big.NewInt(int64(max(k+leastPower, -k-leastPower))), nil)
		if k+leastPower < 0 {
			n.Div(new(big.Int).Lsh(one, uint(n.BitLen()+127)), n)
		} else {
			n.Lsh(n, 128)
		}
		n.Rsh(n, uint(n.BitLen()-128))
		table[k].low = new(big.Int).And(n, new(big.Int).SetUint64(1<<64-1)).Uint64()
		table[k].high = n.Rsh(n, 64).Uint64()
	}
	return &table
})
