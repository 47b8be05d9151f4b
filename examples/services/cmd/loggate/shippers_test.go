package main

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/examples/services/internal/fulltest"
)

// rsyslogFile has rsyslog follow a file and send what comes to three places: as it does by itself, with counted octets in the newer format, and
// by datagrams.
const rsyslogFile = `
global(workDirectory="%[1]s")
module(load="imfile" mode="polling" PollingInterval="1")
input(type="imfile" File="%[1]s/app.log" Tag="app:" Severity="warning" Facility="local3")
action(type="omfwd" target="127.0.0.1" port="%[2]s" protocol="tcp")
action(type="omfwd" target="127.0.0.1" port="%[2]s" protocol="tcp" TCP_Framing="octet-counted" template="RSYSLOG_SyslogProtocol23Format")
action(type="omfwd" target="127.0.0.1" port="%[3]s" protocol="udp" template="RSYSLOG_SyslogProtocol23Format")
`

// TestRsyslog points the real rsyslog at it, unchanged.
func TestRsyslog(t *testing.T) {
	fulltest.Long(t)
	program, err := exec.LookPath("rsyslogd")
	if err != nil {
		t.Skip("it needs rsyslogd (Debian package rsyslog)")
	}
	dir := t.TempDir()
	stream, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	datagrams, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	tcp, udp := fulltest.Port(stream.Addr().String()), fulltest.Port(datagrams.LocalAddr().String())
	require.NoError(t, errors.Join(stream.Close(), datagrams.Close()))
	p := start(t, nil, "-data", filepath.Join(dir, "x.db"), "-syslog-tcp", "127.0.0.1:"+tcp, "-syslog-udp", "127.0.0.1:"+udp)
	conf, log := filepath.Join(dir, "rsyslog.conf"), filepath.Join(dir, "app.log")
	require.NoError(t, os.WriteFile(conf, fmt.Appendf(nil, rsyslogFile, dir, tcp, udp), 0o600))
	const lines = 100 // the system's own buffer for datagrams has room for them
	var text strings.Builder
	for i := range lines {
		fmt.Fprintf(&text, "something happened %d\n", i)
	}
	require.NoError(t, os.WriteFile(log, []byte(text.String()), 0o600))
	cmd := exec.Command(program, "-n", "-f", conf, "-i", filepath.Join(dir, "pid"))
	cmd.Stdout, cmd.Stderr = t.Output(), t.Output()
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	happened := func() (n int) {
		for message, times := range p.stored() {
			if strings.HasPrefix(strings.TrimSpace(message), "something happened ") {
				n += min(times, 3)
			}
		}
		return n
	}
	for end := time.Now().Add(30 * time.Second); happened() < 3*lines && time.Now().Before(end); {
		time.Sleep(200 * time.Millisecond)
	}
	assert.Equal(t, 3*lines, happened(), "each line by each of the three ways")
	status, answer := p.do("GET", "/v1/logs/search?limit=9&q=happened+99&severity=4&field.host="+url.QueryEscape(host(t))+"&field.app=app", "")
	require.Equal(t, 200, status, "%s", answer)
	assert.Equal(t, 3, strings.Count(string(answer), `"facility":19,"severity":4,`), "%s", answer)
	_, answer = p.do("GET", "/v1/stats", "")
	assert.Contains(t, string(answer), `"rejects":0`)
}

func host(t *testing.T) string {
	name, err := os.Hostname()
	require.NoError(t, err)
	name, _, _ = strings.Cut(name, ".")
	return name
}

// TestAnExporter points the exporter of OpenTelemetry's own library at it: that of another loggate, which logs its requests there.
func TestAnExporter(t *testing.T) {
	dir := t.TempDir()
	p := start(t, nil, "-data", filepath.Join(dir, "x.db"))
	other := start(t, []string{"OTEL_EXPORTER_OTLP_LOGS_ENDPOINT=" + p.base + "/otlp/v1/logs", "OTEL_EXPORTER_OTLP_ENDPOINT=" + p.base + "/nowhere"}, "-data", filepath.Join(dir, "y.db"), "-log-level", "DEBUG")
	for range 3 {
		require.Equal(t, 200, other.status("POST", "/v1/logs?format=json", `{"message":"x"}`))
	}
	require.NoError(t, other.Stop(syscall.SIGTERM), "it sends what is left; that nobody takes its traces is no failure")
	_, answer := p.do("GET", "/v1/logs/search?q=request", "")
	assert.Equal(t, 3, strings.Count(string(answer), `"route":"POST /v1/logs"`), "%s", answer)
	assert.Contains(t, string(answer), `"source":"loggate"`)
	t.Logf("%s", answer)
}
