// Package examples holds one idea a file, in four languages. Its tests run every example and every snippet of the README and compare
// what they print with the golden texts, which are the same for all languages wherever that is possible.
package examples

import (
	"bytes"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden texts")

// A language compiles an example when it has to and gives the command that runs it.
type language struct {
	name    string
	command func(t *testing.T, source string) *exec.Cmd
}

var languages = []language{{"c", cCommand}, {"go", goCommand}, {"python", pythonCommand}, {"node", nodeCommand}}

// Every test stands at the top of the repository, as a reader of the README does.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := os.Chdir(".."); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

func needLibrary(t *testing.T) {
	if _, err := os.Stat("build/include/sawlog.h"); err != nil {
		t.Skip("the library is not built: ./build.sh lib")
	}
}

func needTool(t *testing.T, name string) {
	if _, err := exec.LookPath(name); err != nil {
		t.Skip(name + " is not here")
	}
}

// cCommand compiles a C file against build/, by a compiler that warns of everything, into a program that ends where an index is out of bounds.
func cCommand(t *testing.T, source string) *exec.Cmd {
	needLibrary(t)
	compiler := os.Getenv("CC")
	if compiler == "" {
		compiler = "cc"
	}
	needTool(t, compiler)
	root, err := os.Getwd()
	require.NoError(t, err)
	program := filepath.Join(t.TempDir(), "program")
	out, err := exec.Command(compiler, "-std=c11", "-Wall", "-Wextra", "-Werror", "-fsanitize=bounds", "-fsanitize-undefined-trap-on-error", "-Ibuild/include", "-o", program, source, "-Lbuild/lib", "-lsawlog",
		"-Wl,-rpath,"+root+"/build/lib").CombinedOutput()
	require.NoError(t, err, "%s", out)
	return exec.Command(program)
}

func goCommand(t *testing.T, source string) *exec.Cmd {
	program := filepath.Join(t.TempDir(), "program")
	if !filepath.IsAbs(source) {
		source = "./" + source
	}
	out, err := exec.Command("go", "build", "-o", program, source).CombinedOutput()
	require.NoError(t, err, "%s", out)
	return exec.Command(program)
}

// pythonCommand takes the tests' Python, which has pyarrow, when it is there.
func pythonCommand(t *testing.T, source string) *exec.Cmd {
	needLibrary(t)
	python := "build/venv/bin/python"
	if _, err := os.Stat(python); err != nil {
		python = "python3"
	}
	needTool(t, python)
	c := exec.Command(python, source)
	c.Env = append(os.Environ(), "PYTHONPATH=bindings/python", "PYTHONIOENCODING=utf-8")
	return c
}

func nodeCommand(t *testing.T, source string) *exec.Cmd {
	needLibrary(t)
	needTool(t, "node")
	if _, err := os.Stat("bindings/node/node_modules"); err != nil {
		t.Skip("the npm packages are not installed: ./build.sh node")
	}
	return exec.Command("node", source)
}

// source is where an example stands.
func (l language) source(example string) string {
	switch l.name {
	case "go":
		return "examples/go/" + example
	case "python":
		return "examples/python/" + example + ".py"
	case "node":
		return "examples/node/" + example + ".js"
	}
	return "examples/c/" + example + ".c"
}

// drip writes the text in small pieces, so that lines arrive in parts.
func drip(text []byte) io.Reader {
	r, w := io.Pipe()
	go func() {
		for len(text) > 0 {
			n := min(len(text), 4999)
			if _, err := w.Write(text[:n]); err != nil {
				return
			}
			text = text[n:]
			time.Sleep(time.Millisecond)
		}
		w.Close()
	}()
	return r
}

func TestExamples(t *testing.T) {
	access, err := os.ReadFile("examples/data/access.log")
	require.NoError(t, err)
	cases := []struct {
		example, golden string
		args            []string
		stdin           []byte
	}{
		{"count", "count", []string{"examples/data/access.log"}, nil},
		{"count", "count", []string{"examples/data/access.log.gz"}, nil},
		{"count", "count-app-json", []string{"examples/data/app.jsonl"}, nil},
		{"follow", "follow", nil, access},
		{"rejects", "rejects", []string{"examples/data/access.log"}, nil},
		{"ownformat", "ownformat", nil, nil},
		{"arrow", "arrow", nil, nil},
		{"columns", "columns", nil, nil},
		{"show", "show-access", []string{"examples/data/access.log"}, nil},
		{"show", "show-app-json", []string{"examples/data/app.jsonl", "4"}, nil},
		{"show", "show-app-logfmt", []string{"examples/data/app.logfmt", "4"}, nil},
	}
	for _, l := range languages {
		for _, c := range cases {
			if _, err := os.Stat(l.source(c.example)); err != nil {
				continue
			}
			t.Run(l.name+"/"+c.example+"/"+c.golden, func(t *testing.T) {
				command := l.command(t, l.source(c.example))
				command.Args = append(command.Args, c.args...)
				if c.stdin != nil {
					command.Stdin = drip(c.stdin)
				}
				compare(t, l.name, c.golden, output(t, command))
			})
		}
	}
}

// TestExamplesOnOtherInputs: what cannot be read to its end, or has not what an example asks for, is an error that says so, in every language;
// what is empty is none.
func TestExamplesOnOtherInputs(t *testing.T) {
	compressed, err := os.ReadFile("examples/data/access.log.gz")
	require.NoError(t, err)
	folder := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
		return path
	}
	cut := file("cut.gz", string(compressed[:len(compressed)/2]))
	empty := file("empty.log", "")
	cases := []struct{ example, path, wrong string }{
		{"count", filepath.Join(folder, "missing.log"), "missing.log"},
		{"count", cut, "ends early"},
		{"rejects", cut, "ends early"},
		{"show", cut, "ends early"},
		{"count", file("app.log", "level=info msg=a\nlevel=warn msg=b\n"), "no .*status"},
		{"count", empty, ""},
		{"rejects", empty, ""},
		{"show", empty, ""},
	}
	for _, l := range languages {
		t.Run(l.name, func(t *testing.T) {
			programs := map[string]*exec.Cmd{} // each is compiled once
			for _, c := range cases {
				if programs[c.example] == nil {
					programs[c.example] = l.command(t, l.source(c.example))
				}
				t.Run(c.example+"/"+filepath.Base(c.path), func(t *testing.T) {
					command := *programs[c.example]
					command.Args = append(slices.Clone(command.Args), c.path)
					said, err := command.CombinedOutput()
					if c.wrong == "" {
						require.NoError(t, err, "%s", said)
						return
					}
					require.Error(t, err)
					require.Regexp(t, c.wrong, string(said))
					require.NotContains(t, string(said), "goroutine", "an error, no panic")
				})
			}
		})
	}
	t.Run("c/arrow", func(t *testing.T) {
		command := cCommand(t, "examples/c/arrow.c")
		command.Args = append(command.Args, empty)
		require.Contains(t, output(t, command), "is empty")
	})
}

func output(t *testing.T, command *exec.Cmd) string {
	var messages bytes.Buffer
	command.Stderr = &messages
	out, err := command.Output()
	require.NoError(t, err, "%s%s", out, messages.String())
	return string(out)
}

// speed is the last line of what show prints: its end is true only on one machine.
var speed = regexp.MustCompile(`(?m)^(C|Go|Python|Node\.js) +(.*?) in +[0-9.]+ s(?: +[0-9.]+ MB/s)?$`)

// compare holds the output against golden/NAME.LANGUAGE.txt, or golden/NAME.txt when there is none.
func compare(t *testing.T, language, name, got string) {
	got = speed.ReplaceAllString(got, "LANGUAGE $2")
	path := "examples/golden/" + name + "." + language + ".txt"
	if _, err := os.Stat(path); err != nil {
		path = "examples/golden/" + name + ".txt"
	}
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

// Every example must be in a case above.
func TestEveryExampleIsRun(t *testing.T) {
	test, err := os.ReadFile("examples/examples_test.go")
	require.NoError(t, err)
	for _, pattern := range []string{"examples/c/*.c", "examples/go/*", "examples/python/*.py", "examples/node/*.js"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		require.NotEmpty(t, files, pattern)
		for _, file := range files {
			name := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
			require.Contains(t, string(test), `{"`+name+`", `, file)
		}
	}
}
