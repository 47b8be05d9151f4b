package logfmt

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/record"
)

// TestValuesOfAnyKind: numbers of any size and texts of any length, in any order, with keys that occur twice, and among what is neither.
func TestValuesOfAnyKind(t *testing.T) {
	random := rand.New(rand.NewPCG(8, 9))
	pick := func(words ...string) string { return words[random.IntN(len(words))] }
	number := func() string {
		return "-"[:random.IntN(4)/3] + strconv.FormatUint(1+random.Uint64()>>random.IntN(64)%1e16, 10)
	}
	fraction := func() string {
		return "-"[:random.IntN(4)/3] + strconv.FormatFloat(float64(1+random.Uint64()>>random.IntN(64)%1e9)+0.25, 'f', 1+random.IntN(8), 64)
	}
	word := func() string { return strings.Repeat("v", random.IntN(15)) + pick("", "x", "caf\u00e9") }
	var text strings.Builder
	for record := range 3000 {
		values := []string{"n=" + number(), "user_id=" + number(), "a=" + word(), `message="` + word() + " " + word() + `"`, "request_identifier=" + strings.Repeat("0f", 16), "up", "took=" + fraction()}
		if record%7 == 6 {
			values = append(values, pick("n=5", "a=again", "up", "user_id=7"))
		}
		if record > infer.DefaultRecords && record%3 == 0 {
			values[0] = pick("n=-0", "n=0", "n=007", "n=1234567890123456", "n=12345678901234567", "n=", "n=-", "n=5x", `n="5"`, "n=1.5", "n", "late=1")
			values[6] = pick("took=5", "took=-0.0", "took=0", "took=-0", "took=0.5", "took=00.5", "took=12.", "took=.5", "took=1e5", "took=1.5E3", "took=1.2.3", "took=1.5x", "took=-", "took=1.", "took=NaN",
				"took=123456789012345", "took=1234567890123456", "took=12345678901234.5", "took=1234567.12345678", "took=0.1234567890123456", "took=9999999999999999.9", `took="1.5"`)
			values[2] = pick("a=\x01b", `a=x"y`, "a=x\ty", `a="x\"y"`, `a="x"y`, `a="x`, `a="x\"`, `a=""`, "a=", "a="+strings.Repeat("long", 20))
			values[3] = pick(`message="`+strings.Repeat("long ", 7)+`"`, `message="`+strings.Repeat("long ", 20)+`"`)
		}
		random.Shuffle(len(values), func(i, k int) { values[i], values[k] = values[k], values[i] })
		fmt.Fprint(&text, strings.Join(values, pick(" ", " ", " ", "  ")), pick("\n", "\n", "\r\n"))
	}
	bound := bind(t, Options{}, text.String())
	require.Equal(t, record.Int, bound.Schema().Fields[bound.Schema().Find("n")].Type)
	require.Equal(t, record.Float, bound.Schema().Fields[bound.Schema().Find("took")].Type)
	compare(t, bound, text.String())
}
