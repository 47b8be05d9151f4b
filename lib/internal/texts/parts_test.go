package texts

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/internal/scan"
	"github.com/sawlog/sawlog/lib/internal/value"
)

// A word is remembered where its hash says, which many words share.
func TestRememberedLevels(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	words := []string{"info", "INFO", "warn", "WARN", "err", "error", "ERROR", "debug", "trace", "fatal", "critical", "i", "i\x00", "\x00", "notice", "mine", "alarm"}
	for k := range 100 {
		words = append(words, fmt.Sprintf("w%03d", k))
	}
	levels := value.NewLevels(map[string]int{"mine": 2, "w007": 3})
	for _, levels := range []*value.Levels{nil, levels} {
		p := NewParts(&infer.Node{}, levels)
		for range 3000 {
			word := words[r.IntN(len(words))]
			data := append([]byte(word), make([]byte, scan.Slack)...)
			severity, known := levels.Severity(data, 0, len(word))
			got := p.level(data, 0, len(word))
			assert.Equal(t, []any{severity, known}, []any{got.severity, got.known}, "%q", word)
		}
	}
}
