package match

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/internal/scan"
)

// plainDash is hasDash as its comment says it.
func plainDash(line []byte, text string) bool {
	_, behind, found := bytes.Cut(line, []byte(text))
	for at := range behind {
		before := at == 0 || behind[at-1] == ' '
		after := at+1 == len(behind) || behind[at+1] == ' ' || behind[at+1] == '\r'
		if found && behind[at] == '-' && before && after {
			return true
		}
	}
	return false
}

func TestADashAloneIsFound(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	pieces := []string{" ", "-", "\" ", "\"", "x", "\r", " - ", "a long word without any of it", "] \"", "--"}
	found := 0
	for range 20000 {
		line := ""
		for range r.IntN(9) {
			line += pieces[r.IntN(len(pieces))]
		}
		block := []byte(line + "\n" + strings.Repeat("\" - ", scan.Slack/4))
		for _, text := range []string{"\" ", "] ", " "} {
			want := plainDash([]byte(line), text)
			require.Equal(t, want, hasDash(block, 0, text), "%q behind %q", line, text)
			if want {
				found++
			}
		}
	}
	require.Greater(t, found, 1000)
}
