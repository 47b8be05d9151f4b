package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Libraries for other processors and systems are built by compilers for these, and their tests run by what stands in for those, where both are here.
var foreign = []struct {
	goos, goarch, compiler string
	runner                 []string
	library                string // what programs are linked with
	flags                  []string
}{
	{"windows", "amd64", "x86_64-w64-mingw32-gcc", []string{"wine"}, "sawlog.lib", []string{"-D__USE_MINGW_ANSI_STDIO=1", "-static"}},
	{"linux", "arm64", "aarch64-linux-gnu-gcc", []string{"qemu-aarch64", "-L", "/usr/aarch64-linux-gnu"}, "libsawlog.so.1", []string{"-Wl,-rpath,$ORIGIN/lib"}},
}

func TestForeign(t *testing.T) {
	for _, f := range foreign {
		t.Run(f.goos+" "+f.goarch, func(t *testing.T) {
			need(t, f.compiler, f.runner[0], "bash")
			if testing.Short() {
				t.Skip("takes a minute")
			}
			dir := t.TempDir()
			t.Setenv("WINEDEBUG", "-all")
			build := exec.Command("bash", "build-library.sh", dir, "shared")
			build.Env = append(os.Environ(), "GOOS="+f.goos, "GOARCH="+f.goarch, "CC="+f.compiler)
			out, err := build.CombinedOutput()
			require.NoError(t, err, string(out))
			if f.goos == "windows" { // it looks beside the program
				run(t, "cp", filepath.Join(dir, "lib", "sawlog.dll"), dir)
			}
			compiled := func(source string) []string {
				program := filepath.Join(dir, strings.TrimSuffix(filepath.Base(source), ".c")+".exe")
				args := []string{"-std=gnu11", "-O1", "-Wall", "-Werror", "-I.", "-o", program, source, filepath.Join(dir, "lib", f.library), "-lpthread"}
				run(t, f.compiler, append(args, f.flags...)...)
				return append(f.runner, program)
			}
			ran := func(command ...string) string {
				out, err := exec.Command(command[0], command[1:]...).CombinedOutput()
				if strings.Contains(string(out), "bcryptprimitives.dll not found") {
					t.Skip("this Wine is older than the Windows that Go needs")
				}
				require.NoError(t, err, string(out))
				return strings.ReplaceAll(string(out), "\r\n", "\n")
			}
			for _, name := range []string{"parse", "handles", "arrow", "templates"} {
				t.Run(name, func(t *testing.T) { ran(compiled("tests/" + name + "_test.c")...) })
			}
			t.Run("cases", func(t *testing.T) { runCases(t, compiled("tests/cases_test.c")...) })
			t.Run("a compressed file", func(t *testing.T) {
				const source, log = "../examples/c/count.c", "../examples/data/access.log.gz"
				here := filepath.Join(dir, "count")
				run(t, "gcc", append([]string{"-I.", "-o", here, source}, against(filepath.Join(built(t), "lib"))...)...)
				require.Equal(t, run(t, here, log), ran(append(compiled(source), log)...))
			})
		})
	}
}
