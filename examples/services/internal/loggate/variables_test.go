package loggate

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestDeployedVariables: the files in deploy set only variables that there are.
func TestDeployedVariables(t *testing.T) {
	var help bytes.Buffer
	_, err := Parse([]string{"-h"}, func(string) (string, bool) { return "", false }, &help)
	require.ErrorIs(t, err, flag.ErrHelp)
	n := 0
	for _, pattern := range []string{"*.yaml", "Containerfile", "systemd/*"} {
		files, err := filepath.Glob(filepath.Join("../../deploy", pattern))
		require.NoError(t, err)
		require.NotEmpty(t, files, pattern)
		for _, file := range files {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			for _, name := range regexp.MustCompile(`\b(?:LOGGATE_[A-Z_]+|DATABASE_URL|REDIS_URL|OTEL_EXPORTER_OTLP_ENDPOINT)\b`).FindAllString(string(text), -1) {
				assert.Contains(t, help.String(), "["+name+"]", file)
				n++
			}
		}
	}
	assert.Greater(t, n, 5)
}
