package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The library for Windows is built by a compiler for that, and its tests run under Wine, where both are here.
func TestForWindows(t *testing.T) {
	const compiler = "x86_64-w64-mingw32-gcc"
	need(t, compiler, "wine", "bash")
	if testing.Short() {
		t.Skip("takes a minute")
	}
	dir := t.TempDir()
	t.Setenv("WINEDEBUG", "-all")
	build := exec.Command("bash", "build-library.sh", dir, "shared")
	build.Env = append(os.Environ(), "GOOS=windows", "GOARCH=amd64", "CC="+compiler)
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	run(t, "cp", filepath.Join(dir, "lib", "sawlog.dll"), dir)
	program := func(source string) string {
		exe := filepath.Join(dir, strings.TrimSuffix(filepath.Base(source), ".c")+".exe")
		run(t, compiler, "-std=gnu11", "-O1", "-Wall", "-Werror", "-D__USE_MINGW_ANSI_STDIO=1", "-I.", "-o", exe, source, filepath.Join(dir, "lib", "sawlog.lib"), "-static", "-lpthread")
		return exe
	}
	wine := func(args ...string) string {
		out, err := exec.Command("wine", args...).CombinedOutput()
		if strings.Contains(string(out), "bcryptprimitives.dll not found") {
			t.Skip("this Wine is older than the Windows that Go needs")
		}
		require.NoError(t, err, string(out))
		return strings.ReplaceAll(string(out), "\r\n", "\n")
	}
	for _, name := range []string{"parse", "handles", "arrow", "templates"} {
		t.Run(name, func(t *testing.T) { wine(program("tests/" + name + "_test.c")) })
	}
	t.Run("cases", func(t *testing.T) { runCases(t, "wine", program("tests/cases_test.c")) })
	t.Run("a compressed file", func(t *testing.T) {
		const source, log = "../examples/c/count.c", "../examples/data/access.log.gz"
		here := filepath.Join(dir, "count")
		run(t, "gcc", append([]string{"-I.", "-o", here, source}, against(filepath.Join(built(t), "lib"))...)...)
		require.Equal(t, run(t, here, log), wine(program(source), log))
	})
}
