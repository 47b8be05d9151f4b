package loggate

import (
	"bytes"
	"flag"
	"io"
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
	_, err := Parse([]string{"-h"}, nil, &help)
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

// TestKubernetesVariables: of a service called loggate the cluster tells every program by variables that begin as ours do.
func TestKubernetesVariables(t *testing.T) {
	links := []string{"LOGGATE_SERVICE_HOST=10.0.0.1", "LOGGATE_SERVICE_PORT=80", "LOGGATE_SERVICE_PORT_HTTP=80", "LOGGATE_SERVICE_PORT_SYSLOG=6514", "LOGGATE_PORT=tcp://10.0.0.1:80",
		"LOGGATE_PORT_80_TCP=tcp://10.0.0.1:80", "LOGGATE_PORT_80_TCP_PROTO=tcp", "LOGGATE_PORT_80_TCP_PORT=80", "LOGGATE_PORT_80_TCP_ADDR=10.0.0.1"}
	_, err := Parse(nil, links, io.Discard)
	require.NoError(t, err)
	for _, wrong := range []string{"LOGGATE_RETENTON=1h", "LOGGATE_REDIS_URL=redis://127.0.0.1", "LOGGATE_KEYSFILE=/x"} {
		_, err = Parse(nil, append(links, wrong), io.Discard)
		require.Error(t, err, wrong)
	}
}
