// Package fulltest helps tests that need real servers or take long: ./build.sh services test runs them, go test alone does not.
package fulltest

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Long skips a test unless everything is to be tested.
func Long(t testing.TB) {
	t.Helper()
	if os.Getenv("SERVICES_FULL") == "" {
		t.Skip("it takes long: ./build.sh services test runs it")
	}
}

// Component is a real server that a test has for itself, so that it can stop it.
type Component struct {
	t      testing.TB
	script string
	dir    string
	Env    map[string]string
}

// Start starts one by its script in components, and stops it with the test.
func Start(t testing.TB, name string, args ...string) *Component {
	t.Helper()
	folder := os.Getenv("SERVICES_COMPONENTS")
	if folder == "" {
		t.Skipf("it needs %s: ./build.sh services test starts it", name)
	}
	dir, err := os.MkdirTemp("", "services-"+name)
	require.NoError(t, err)
	require.NoError(t, os.Chmod(dir, 0o755)) // PostgreSQL runs as a user of its own
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	c := &Component{t: t, script: filepath.Join(folder, name+".sh"), dir: dir}
	if out, err := c.Do(append([]string{"start"}, args...)...); err != nil {
		t.Skipf("it needs %s, which does not start: %s", name, lastLines(out))
	}
	t.Cleanup(func() {
		if out, err := c.Do("stop"); err != nil {
			t.Errorf("%s does not stop: %s", name, out)
		}
	})
	c.readEnv()
	return c
}

// Do runs the script with a verb: stop, start, or one of its own. Arguments follow the component's folder.
func (c *Component) Do(args ...string) (out string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.script, append([]string{args[0], c.dir}, args[1:]...)...)
	text, err := cmd.CombinedOutput()
	return string(text), err
}

// Again is Do that must succeed.
func (c *Component) Again(args ...string) {
	c.t.Helper()
	out, err := c.Do(args...)
	require.NoError(c.t, err, out)
}

// File is the path of a file in the component's folder.
func (c *Component) File(name string) string { return filepath.Join(c.dir, name) }

func (c *Component) readEnv() {
	f, err := os.Open(c.File("env"))
	require.NoError(c.t, err)
	defer f.Close()
	c.Env = map[string]string{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if name, value, ok := strings.Cut(lines.Text(), "="); ok {
			c.Env[name] = value
		}
	}
}

// Port is the port at the end of an address or URL in Env.
func Port(address string) string {
	address, _, _ = strings.Cut(address, "?")
	address = strings.TrimSuffix(strings.TrimSuffix(address, "/postgres"), "/0")
	return address[strings.LastIndexByte(address, ':')+1:]
}

func lastLines(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-3):], " | ")
}

// Process is a program that a test has started.
type Process struct {
	*exec.Cmd
	t    testing.TB
	done chan error
}

// asProgram is set in a test's own program that Run has started.
const asProgram = "SERVICES_AS_PROGRAM"

// Main is the TestMain of a program whose tests use Run.
func Main(m *testing.M, main func()) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// Run starts this test's own program again, in which Main runs the program instead of the tests. It dies with the test.
func Run(t testing.TB, env []string, args ...string) *Process {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(self, args...)
	cmd.Env = append(append(os.Environ(), env...), asProgram+"=1")
	cmd.Stdout, cmd.Stderr = t.Output(), t.Output()
	require.NoError(t, cmd.Start())
	p := &Process{Cmd: cmd, t: t, done: make(chan error, 1)}
	go func() { p.done <- cmd.Wait() }()
	t.Cleanup(func() { _ = p.Stop(syscall.SIGKILL) })
	return p
}

// Ended waits so long until the program has ended, and gives what it ended with.
func (p *Process) Ended(within time.Duration) (with error, ended bool) {
	select {
	case with = <-p.done:
		p.done <- with
		return with, true
	case <-time.After(within):
		return nil, false
	}
}

// Stop sends a signal, and gives what the program ended with.
func (p *Process) Stop(s syscall.Signal) error {
	_ = p.Cmd.Process.Signal(s)
	select {
	case err := <-p.done:
		p.done <- err
		return err
	case <-time.After(30 * time.Second):
		_ = p.Cmd.Process.Kill()
		p.t.Error("the program did not end in 30 s")
		return <-p.done
	}
}
