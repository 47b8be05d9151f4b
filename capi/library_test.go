package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// The library is tested from the outside: built as it is shipped, looked at with the system's tools, and used by the C programs in tests/.
// SAWLOG_BUILD names a directory where build-library.sh has put it already.

func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	require.NoError(t, err, "%s %s\n%s", name, strings.Join(args, " "), out)
	return string(out)
}

func need(t *testing.T, tools ...string) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("for Linux")
	}
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip("needs " + tool)
		}
	}
}

var buildOnce struct {
	sync.Once
	dir string
	out []byte
	err error
}

// built is a directory with the library, shared and static.
func built(t *testing.T) string {
	t.Helper()
	need(t, "gcc", "bash", "objcopy", "readelf", "nm")
	if dir := os.Getenv("SAWLOG_BUILD"); dir != "" {
		return dir
	}
	b := &buildOnce
	b.Do(func() {
		if b.dir, b.err = os.MkdirTemp("", "sawlog-capi-"); b.err == nil {
			b.out, b.err = exec.Command("bash", "build-library.sh", b.dir).CombinedOutput()
		}
	})
	require.NoError(t, b.err, "%s", b.out)
	return b.dir
}

func TestMain(m *testing.M) {
	code := m.Run()
	if buildOnce.dir != "" {
		_ = os.RemoveAll(buildOnce.dir)
	}
	os.Exit(code)
}

// publicNames are the functions of sawlog.h.
func publicNames(t *testing.T) []string {
	t.Helper()
	header, err := os.ReadFile("sawlog.h")
	require.NoError(t, err)
	header = regexp.MustCompile(`(?s)/\*.*?\*/`).ReplaceAll(header, nil)
	var names []string
	for _, m := range regexp.MustCompile(`\b(sawlog_[a-z0-9_]+)\(`).FindAllSubmatch(header, -1) {
		names = append(names, string(m[1]))
	}
	slices.Sort(names)
	require.Greater(t, len(names), 50)
	return slices.Compact(names)
}

// defined lists the global names that nm prints.
func defined(output string) []string {
	var names []string
	for _, m := range regexp.MustCompile(`(?m) [A-TVX-Z] ([^\s@]+)`).FindAllStringSubmatch(output, -1) {
		if m[1] != "SAWLOG_1" { // the version itself
			names = append(names, m[1])
		}
	}
	slices.Sort(names)
	return names
}

func TestHeaderStandsAlone(t *testing.T) {
	need(t, "gcc", "g++")
	source := filepath.Join(t.TempDir(), "only.c")
	require.NoError(t, os.WriteFile(source, []byte("#include <sawlog.h>\n"), 0o600))
	for _, language := range []string{"-xc -std=c99", "-xc -std=c11", "-xc -std=c17", "-xc++ -std=c++11", "-xc++ -std=c++17"} {
		args := append(strings.Fields(language), "-Wall", "-Wextra", "-Werror", "-pedantic", "-I.", "-fsyntax-only", source)
		run(t, "gcc", args...)
	}
}

func TestEveryFunctionSaysWhereItRuns(t *testing.T) {
	header, err := os.ReadFile("sawlog.h")
	require.NoError(t, err)
	for _, name := range publicNames(t) {
		comment := regexp.MustCompile(`(?s)/\* \[(C|Go)[^*]*(?:\*[^/][^*]*)*\*/\n[^;]*\b` + name + `\(`)
		require.Regexp(t, comment, string(header), name)
	}
}

// What cgo itself offers for memory ends the process where there is none: the functions of C that Go calls answer NULL.
func TestNoAllocationEndsTheProcess(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NotRegexp(t, `\bC\.(malloc|CString|CBytes)`+`\(`, string(text), file)
	}
}

func TestExportsAreTheHeader(t *testing.T) {
	library := filepath.Join(built(t), "lib", "libsawlog.so.1")
	require.Equal(t, publicNames(t), defined(run(t, "nm", "-D", "--defined-only", library)))
	script, err := os.ReadFile("sawlog.map")
	require.NoError(t, err)
	for _, name := range publicNames(t) {
		require.Contains(t, string(script), "    "+name+";\n")
	}
}

func TestSharedLibraryIsAGoodGuest(t *testing.T) {
	library := filepath.Join(built(t), "lib", "libsawlog.so.1")
	dynamic := run(t, "readelf", "-dW", library)
	require.Contains(t, dynamic, "Library soname: [libsawlog.so.1]")
	require.Contains(t, dynamic, "BIND_NOW")
	require.Contains(t, dynamic, "NODELETE")
	require.NotContains(t, dynamic, "TEXTREL")
	require.NotRegexp(t, `\((RPATH|RUNPATH)\)`, dynamic)
	var needed []string
	for _, m := range regexp.MustCompile(`\(NEEDED\).*\[(.*)\]`).FindAllStringSubmatch(dynamic, -1) {
		needed = append(needed, m[1])
	}
	require.Equal(t, []string{"libc.so.6"}, needed)

	segments := run(t, "readelf", "-lW", library)
	tls := regexp.MustCompile(`(?m)^ *TLS +\S+ \S+ \S+ \S+ (0x[0-9a-f]+)`).FindStringSubmatch(segments)
	require.NotNil(t, tls)
	size, err := strconv.ParseInt(tls[1], 0, 64)
	require.NoError(t, err)
	limit := map[string]int64{"amd64": 8, "arm64": 16}[runtime.GOARCH]
	require.LessOrEqual(t, size, limit)
	require.Regexp(t, `GNU_STACK.* RW +0x`, segments)

	for _, m := range regexp.MustCompile(`GLIBC_2\.(\d+)`).FindAllStringSubmatch(run(t, "readelf", "--dyn-syms", "-W", library), -1) {
		minor, err := strconv.Atoi(m[1])
		require.NoError(t, err)
		require.LessOrEqual(t, minor, 17, m[0])
	}
}

func TestArchiveHidesTheRest(t *testing.T) {
	archive := filepath.Join(built(t), "lib", "libsawlog.a")
	require.Equal(t, publicNames(t), defined(run(t, "nm", "-g", "--defined-only", archive)))
	run(t, compile(t, "parse", "-O1", archive, "-lpthread", "-ldl"), t.TempDir())
	run(t, compile(t, "guest", "-O1", archive, "-lpthread", "-ldl", "-lrt"))
	run(t, compile(t, "host", "-O1", archive, "-lpthread", "-ldl", "-lrt", "-lm"), t.TempDir())
}

func TestBeforeAndAfterMain(t *testing.T) {
	lib := filepath.Join(built(t), "lib")
	require.Equal(t, "done\n", run(t, compile(t, "early", against(lib)...)))
	require.Equal(t, "done\n", run(t, compile(t, "early", filepath.Join(lib, "libsawlog.a"), "-lpthread", "-ldl")))
}

func TestPkgConfig(t *testing.T) {
	dir := built(t)
	need(t, "pkg-config")
	t.Setenv("PKG_CONFIG_PATH", filepath.Join(dir, "lib", "pkgconfig"))
	flags := strings.Fields(run(t, "pkg-config", "--cflags", "--libs", "sawlog"))
	program := filepath.Join(t.TempDir(), "parse")
	run(t, "gcc", append([]string{"-std=gnu11", "tests/parse_test.c", "-o", program, "-Wl,-rpath," + filepath.Join(dir, "lib")}, flags...)...)
	run(t, program)
}

// compile makes a program of tests/NAME_test.c.
func compile(t *testing.T, name string, more ...string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), name)
	args := []string{"-std=gnu11", "-g", "-Wall", "-Wextra", "-Werror", "-I.", "tests/" + name + "_test.c", "-o", program}
	run(t, "gcc", append(args, more...)...)
	return program
}

// against are the flags to link with the shared library in dir.
func against(dir string) []string {
	return []string{filepath.Join(dir, "libsawlog.so.1"), "-Wl,-rpath," + dir, "-lpthread", "-lrt", "-lm"}
}

func TestPrograms(t *testing.T) {
	lib := filepath.Join(built(t), "lib")
	for _, program := range []string{"handles", "parse", "lines", "reader", "arrow", "templates", "guest", "host", "random", "race"} {
		t.Run(program, func(t *testing.T) { run(t, compile(t, program, against(lib)...), programArgs(t, program)...) })
	}
}

func programArgs(t *testing.T, program string) []string {
	if program == "guest" {
		return nil
	}
	return []string{t.TempDir()}
}

func TestFork(t *testing.T) {
	lib, forks := filepath.Join(built(t), "lib"), "100"
	if testing.Short() {
		forks = "10"
	}
	run(t, compile(t, "fork", against(lib)...), t.TempDir(), forks)
}

func TestMemoryIsFlat(t *testing.T) {
	lib, megabytes := filepath.Join(built(t), "lib"), "2000"
	if testing.Short() {
		megabytes = "400"
	}
	t.Log(run(t, compile(t, "memory", append(against(lib), "-O1")...), t.TempDir(), megabytes))
}

// A gigabyte in a file and in one line takes no more memory than a little of either.
func TestLargeInputs(t *testing.T) {
	lib, megabytes := filepath.Join(built(t), "lib"), "1000"
	if testing.Short() {
		megabytes = "100"
	}
	dir, err := os.MkdirTemp("../build", "large-") // /tmp may be memory
	if err != nil {
		dir = t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	t.Log(run(t, compile(t, "large", append(against(lib), "-O1")...), dir, megabytes))
}

// Blocks of README.md in a language, in their order.
func readmeBlocks(t *testing.T, language string) (blocks []string) {
	t.Helper()
	page, err := os.ReadFile("README.md")
	require.NoError(t, err)
	for _, m := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```$").FindAllSubmatch(page, -1) {
		blocks = append(blocks, string(m[1]))
	}
	return blocks
}

// readmeLog has a line of 500, one of 404, and one that is no record.
func readmeLog(t *testing.T, dir string) string {
	t.Helper()
	log := filepath.Join(dir, "x.log")
	line := `1.1.1.1 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" %s 1 "-" "-"` + "\n"
	text := strings.Replace(line, "%s", "500", 1) + strings.Replace(line, "%s", "404", 1) + "what is this\n"
	require.NoError(t, os.WriteFile(log, []byte(text), 0o600))
	return log
}

func TestReadmeProgram(t *testing.T) {
	lib := filepath.Join(built(t), "lib")
	blocks := readmeBlocks(t, "c")
	require.Len(t, blocks, 3)
	dir := t.TempDir()
	source, program := filepath.Join(dir, "readme.c"), filepath.Join(dir, "readme")
	compile := func(code string) {
		require.NoError(t, os.WriteFile(source, []byte(code), 0o600))
		run(t, "gcc", append([]string{"-std=c11", "-Wall", "-Wextra", "-Werror", "-I.", source, "-o", program}, against(lib)...)...)
	}
	compile(blocks[0])
	require.Equal(t, "1 server errors\n", run(t, program, readmeLog(t, dir)))

	// The other two are pieces: of a loop over a batch, and over the elements of a list.
	with := func(definition, data, before, piece, after string) string {
		return "#include <sawlog.h>\n#include <stdio.h>\n#include <string.h>\nint main(void) {\n sawlog_parser *parser; sawlog_batch *batch; const char *data = " +
			strconv.Quote(data) + ";\n if (sawlog_parser_new(" + strconv.Quote(definition) + ", " + strconv.Itoa(len(definition)) +
			", &parser, NULL) || sawlog_parse(parser, (const uint8_t *)data, strlen(data), NULL, &batch, NULL)) return 1;\n" + before + piece + after + "\n return 0;\n}\n"
	}
	compile(with("common", "what is this\n", "", blocks[1], ""))
	require.Equal(t, "line 1: no_match: what is this\n", run(t, program))
	compile(with(`{"json": {}, "fields": {"tags": "list<string>"}}`, `{"tags": ["oak", "elm"]}`, "int32_t column = 0; int64_t row = 0; const char *text = NULL; size_t n = 0;\n", blocks[2],
		`printf("%.*s\n", (int)n, text);`))
	require.Equal(t, "elm\n", run(t, program))
}

// The ways to build and link that README.md shows.
func TestReadmeBuilds(t *testing.T) {
	need(t, "pkg-config", "cc")
	library, dir := built(t), t.TempDir()
	for _, part := range []string{"include", "lib"} {
		require.NoError(t, os.Symlink(filepath.Join(library, part), filepath.Join(dir, part)))
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "program.c"), []byte(readmeBlocks(t, "c")[0]), 0o600))
	log := readmeLog(t, dir)
	sh := func(commands string) string { return run(t, "bash", "-e", "-c", "cd "+dir+"\n"+commands) }
	lines := strings.Split(strings.TrimSpace(readmeBlocks(t, "sh")[0]), "\n")
	require.Len(t, lines, 3)
	for _, line := range lines[1:] {
		require.Equal(t, "1 server errors\n", sh(lines[0]+"\n"+line+"\n./a.out "+log), line)
	}
	if _, err := exec.LookPath("cmake"); err != nil {
		t.Skip("cmake is not here")
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "CMakeLists.txt"), []byte(readmeBlocks(t, "cmake")[0]), 0o600))
	require.Equal(t, "1 server errors\n", sh(lines[0]+"\ncmake -B made . >made.log && cmake --build made >>made.log\nmade/program "+log))
}

// special builds the library in a way that is not shipped.
func special(t *testing.T, tags string, flags ...string) string {
	t.Helper()
	need(t, "gcc")
	dir := t.TempDir()
	args := []string{"build", "-buildmode=c-shared", "-ldflags=-w -X=runtime.godebugDefault=asyncpreemptoff=1,gcshrinkstackoff=1", "-tags=osusergo,netgo" + tags}
	run(t, "go", append(append(args, flags...), "-o", filepath.Join(dir, "libsawlog.so.1"), ".")...)
	return dir
}

func TestWithFaults(t *testing.T) {
	dir := special(t, ",sawlog_faults")
	t.Run("panics stay inside", func(t *testing.T) { run(t, compile(t, "faults", against(dir)...), t.TempDir()) })
	t.Run("lists and maps of every kind", func(t *testing.T) { run(t, compile(t, "nested", against(dir)...)) })
}

func TestAddressSanitizer(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	dir := special(t, "", "-asan")
	for _, program := range []string{"handles", "parse", "lines", "reader", "arrow", "templates", "random", "race"} {
		t.Run(program, func(t *testing.T) {
			run(t, compile(t, program, append(against(dir), "-fsanitize=address")...), t.TempDir())
		})
	}
}

func TestValgrind(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	need(t, "valgrind")
	dir := special(t, ",valgrind")
	// After a garbage collection valgrind's search for leaks fails over Go's heap: it runs where there was none.
	t.Setenv("GOGC", "off")
	for program, leaks := range map[string]string{"handles": "full", "parse": "no", "arrow": "no"} {
		t.Run(program, func(t *testing.T) {
			run(t, "valgrind", "-q", "--fair-sched=try", "--fair-sched=try", "--suppressions=tests/valgrind.supp", "--error-exitcode=9", "--leak-check="+leaks, "--show-leak-kinds=definite",
				"--errors-for-leak-kinds=definite", compile(t, program, against(dir)...), t.TempDir())
		})
	}
}

func TestBuildIsReproducible(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	first := filepath.Join(built(t), "lib", "libsawlog.so.1")
	if os.Getenv("SAWLOG_BUILD") != "" {
		t.Skip("the library at hand may be of other sources")
	}
	elsewhere := filepath.Join(t.TempDir(), "another place", "sawlog")
	require.NoError(t, os.MkdirAll(elsewhere, 0o750))
	for _, part := range []string{"go.mod", "go.sum", "lib", "capi"} {
		run(t, "cp", "-R", filepath.Join("..", part), elsewhere)
	}
	out := t.TempDir()
	run(t, "bash", filepath.Join(elsewhere, "capi", "build-library.sh"), out, "shared")
	a, err := os.ReadFile(first)
	require.NoError(t, err)
	b, err := os.ReadFile(filepath.Join(out, "lib", "libsawlog.so.1"))
	require.NoError(t, err)
	require.True(t, bytes.Equal(a, b))
}
