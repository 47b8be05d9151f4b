package fulltest

import (
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Supervised holds that who runs a service waits for its end as long as that may take, and starts it again however long something is away that it
// needs, but not when a setting is wrong.
func Supervised(t testing.TB, service, unit string, end time.Duration) {
	t.Helper()
	text, err := os.ReadFile("../../deploy/systemd/" + unit)
	require.NoError(t, err)
	assert.GreaterOrEqual(t, seconds(t, string(text), `(?m)^TimeoutStopSec=(\S+)$`), end)
	for _, line := range []string{"Restart=on-failure", "RestartPreventExitStatus=64", "StartLimitIntervalSec=0"} {
		assert.Contains(t, string(text), "\n"+line+"\n")
	}
	text, err = os.ReadFile("../../deploy/compose.yaml")
	require.NoError(t, err)
	assert.GreaterOrEqual(t, seconds(t, string(text), `(?s)\n  `+service+`:\n.*?\n    stop_grace_period: (\S+)`), end)
}

func seconds(t testing.TB, text, pattern string) time.Duration {
	t.Helper()
	found := regexp.MustCompile(pattern).FindStringSubmatch(text)
	require.NotNil(t, found, pattern)
	d, err := time.ParseDuration(found[1])
	require.NoError(t, err)
	return d
}
