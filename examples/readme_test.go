package examples

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A snippet is a fenced block of README.md in one of the languages, with the text block that follows it or its neighbours: what it prints.
type snippet struct {
	language, code, want string
}

var fence = regexp.MustCompile("(?ms)^```([a-z]+)\n(.*?)^```$")

// snippets reads the blocks in order. A block of text is the output of all blocks since the last one.
func snippets(readme string) (list []snippet) {
	open := 0
	for _, m := range fence.FindAllStringSubmatchIndex(readme, -1) {
		language, code := readme[m[2]:m[3]], readme[m[4]:m[5]]
		if language == "text" {
			for ; open < len(list); open++ {
				list[open].want = code
			}
			continue
		}
		list = append(list, snippet{language: language, code: code})
	}
	return list
}

// What the README's programs make of statuses that nobody has: a log is written by others, and may say anything.
func TestReadmeOnAnOddLog(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	const line = `192.0.2.1 - - [05/Mar/2026:10:00:00 +0000] "GET / HTTP/1.1" %s 12 "-" "agent"` + "\n"
	log := filepath.Join(t.TempDir(), "odd.log")
	require.NoError(t, os.WriteFile(log, []byte(strings.ReplaceAll(line, "%s", "200")+strings.ReplaceAll(line, "%s", "999")+strings.ReplaceAll(line, "%s", "000")), 0o644))
	n := 0
	for _, s := range snippets(string(readme)) {
		const sample = `"examples/data/access.log.gz"`
		if !strings.Contains(strings.ReplaceAll(s.code, "'", `"`), sample) {
			continue
		}
		n++
		t.Run(s.language, func(t *testing.T) {
			s.code = strings.Replace(strings.ReplaceAll(s.code, "'examples/data/access.log.gz'", sample), sample, `"`+log+`"`, 1)
			got := output(t, snippetCommand(t, s))
			assert.Contains(t, got, "3 records, 0 rejects\n")
			assert.Regexp(t, `(?m)^200 +1 +12$`, got)
		})
	}
	assert.Equal(t, 4, n)
}

// Every snippet of the README runs as it stands there and prints what the README says.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	seen := map[string]bool{}
	for i, s := range snippets(string(readme)) {
		seen[s.language] = true
		first, _, _ := strings.Cut(strings.TrimSpace(s.code), "\n")
		t.Run(s.language+"/"+string(rune('a'+i))+" "+first, func(t *testing.T) {
			if s.language == "sh" {
				runShell(t, s.code, s.want)
				return
			}
			got := output(t, snippetCommand(t, s))
			if s.want != "" {
				assert.Equal(t, s.want, got)
			}
		})
	}
	for _, language := range []string{"sh", "go", "c", "python", "js"} {
		assert.True(t, seen[language], "README.md has no snippet in "+language)
	}
}

func snippetCommand(t *testing.T, s snippet) *exec.Cmd {
	dir := t.TempDir()
	write := func(name string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(s.code), 0o644))
		return path
	}
	switch s.language {
	case "go":
		return goCommand(t, write("main.go"))
	case "c":
		return cCommand(t, write("main.c"))
	case "python":
		return pythonCommand(t, write("main.py"))
	case "js":
		return packageCommand(t, dir, write("main.js"))
	}
	t.Fatalf("README.md: a block of %q, which nothing here runs", s.language)
	return nil
}

// packageCommand runs a file that says require('sawlog'), as it does where the package is installed.
func packageCommand(t *testing.T, dir, file string) *exec.Cmd {
	binding, err := filepath.Abs("bindings/node")
	require.NoError(t, err)
	require.NoError(t, os.Mkdir(filepath.Join(dir, "node_modules"), 0o755))
	require.NoError(t, os.Symlink(binding, filepath.Join(dir, "node_modules", "sawlog")))
	return nodeCommand(t, file)
}

// runShell runs the lines of a shell block, without the verbs that run this test or the benchmark: of them only the name is checked.
func runShell(t *testing.T, code, want string) {
	help, err := exec.Command("./build.sh").Output()
	require.NoError(t, err)
	for line := range strings.Lines(code) {
		command, _, _ := strings.Cut(strings.TrimSpace(line), " #")
		fields := strings.Fields(command)
		if len(fields) == 0 {
			continue
		}
		require.Equal(t, "./build.sh", fields[0], "a block of sh calls build.sh; other commands go into a block of console")
		require.Contains(t, string(help), "\n  "+fields[1]+" ", "a verb of build.sh")
		if fields[1] == "demo" {
			needLibrary(t)
			out := output(t, exec.Command("./build.sh", fields[1:]...))
			assert.Contains(t, out, "MB/s")
			for line := range strings.Lines(want) { // but for the figures of speed
				if !strings.Contains(line, " MB in ") {
					assert.Contains(t, out, line)
				}
			}
		}
	}
}

func TestSnippets(t *testing.T) {
	text := "a\n```go\nx\n```\nb\n```c\ny\n```\n```text\nout\n```\n```js\nz\n```\n"
	assert.Equal(t, []snippet{{language: "go", code: "x\n", want: "out\n"}, {language: "c", code: "y\n", want: "out\n"}, {language: "js", code: "z\n"}}, snippets(text))
}

func TestBuildScript(t *testing.T) {
	help, err := exec.Command("./build.sh").Output()
	require.NoError(t, err)
	for _, verb := range []string{"lib", "python", "node", "demo", "test", "bench", "package", "services", "fuzz", "clean"} {
		assert.Contains(t, string(help), "\n  "+verb+" ")
	}
	asked, err := exec.Command("./build.sh", "--help").Output()
	require.NoError(t, err)
	assert.Equal(t, string(help), string(asked))
	out, err := exec.Command("./build.sh", "dmeo").CombinedOutput()
	assert.Error(t, err)
	assert.Contains(t, string(out), "no verb called dmeo")
	out, err = exec.Command("./build.sh", "test", "rust").CombinedOutput()
	assert.Error(t, err)
	assert.Contains(t, string(out), "no tests called rust")
	out, err = exec.Command("./build.sh", "demo", "no-such.log").CombinedOutput()
	assert.Error(t, err)
	assert.Contains(t, string(out), "cannot read")
}

// Links of the pages lead to files, and to headings of them, that there are.
func TestLinks(t *testing.T) {
	pages, err := exec.Command("git", "ls-files", "*.md").Output()
	if err != nil {
		t.Skip("no git, or no checkout")
	}
	link := regexp.MustCompile(`\]\(([^)\s]*)\)`)
	for page := range strings.FieldsSeq(string(pages)) {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, m := range link.FindAllStringSubmatch(fence.ReplaceAllString(string(text), ""), -1) {
			target, heading, _ := strings.Cut(m[1], "#")
			if strings.Contains(target, ":") {
				continue // of the network
			}
			file := page
			if target != "" {
				file = filepath.Join(filepath.Dir(page), target)
			}
			there, err := os.Stat(file)
			if !assert.NoError(t, err, "%s: %s", page, m[1]) || heading == "" || there.IsDir() {
				continue
			}
			other, err := os.ReadFile(file)
			require.NoError(t, err)
			assert.Contains(t, anchors(string(other)), heading, "%s: %s", page, m[1])
		}
	}
}

// anchors are the names of a page's headings, as they stand behind # in links.
func anchors(page string) (names []string) {
	for _, m := range regexp.MustCompile("(?m)^#+ (.*)$").FindAllStringSubmatch(page, -1) {
		name := regexp.MustCompile(`[^\w\- ]`).ReplaceAllString(strings.ToLower(m[1]), "")
		names = append(names, strings.ReplaceAll(name, " ", "-"))
	}
	return names
}

// What the pages say about build.sh, it knows: verbs, and the groups of tests.
func TestPagesNameVerbs(t *testing.T) {
	pages, err := exec.Command("git", "ls-files", "*.md").Output()
	if err != nil {
		t.Skip("no git, or no checkout")
	}
	help, err := exec.Command("./build.sh").Output()
	require.NoError(t, err)
	named := 0
	for page := range strings.FieldsSeq(string(pages)) {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, m := range regexp.MustCompile(`\./build\.sh ([a-z]+)(?: ([a-z]+))?`).FindAllStringSubmatch(string(text), -1) {
			named++
			assert.Contains(t, string(help), "\n  "+m[1]+" ", "%s: %s", page, m[0])
			if m[1] == "test" && m[2] != "" {
				assert.Regexp(t, `only: .*\b`+m[2]+`\b`, string(help), "%s: %s", page, m[0])
			}
		}
	}
	assert.Greater(t, named, 10)
}
