package sawlog

import (
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// floors lists the rooms from the top down: a package imports only from floors below its own, or from the few neighbours named here.
const floors = `
6 capi lib/arrow
5 lib
4 lib/internal/pipeline lib/internal/detect lib/internal/mine
3 lib/internal/engine lib/internal/envelope lib/internal/mixed
2 lib/internal/match lib/internal/ndjson lib/internal/logfmt lib/internal/syslog lib/internal/grok lib/internal/csv lib/internal/keyvalue lib/internal/cef lib/internal/w3c lib/internal/zeek lib/internal/timed lib/internal/slowlog lib/internal/journald lib/internal/transform lib/internal/meta
1 lib/internal/linetest lib/internal/frame lib/internal/texts lib/internal/explain lib/internal/regex lib/internal/infer lib/record lib/internal/pattern lib/internal/source lib/internal/value lib/internal/timestamp
0 lib/internal/scan lib/internal/mem lib/internal/float lib/internal/charset lib/formats
`

// neighbours may be imported on the same floor.
var neighbours = map[string]bool{
	"lib/internal/scan lib/internal/mem": true, "lib/internal/float lib/internal/mem": true, "lib/internal/float lib/internal/scan": true, "lib/internal/infer lib/record": true, "lib/internal/source lib/record": true,
	"lib/internal/pattern lib/internal/timestamp": true, "lib/internal/pattern lib/internal/value": true, "lib/internal/timestamp lib/record": true, "lib/internal/frame lib/record": true, "lib/internal/frame lib/internal/value": true, "lib/internal/frame lib/internal/timestamp": true, "lib/internal/frame lib/internal/regex": true,
	"lib/internal/source lib/internal/frame": true, "lib/internal/linetest lib/record": true, "lib/internal/texts lib/record": true, "lib/internal/texts lib/internal/infer": true, "lib/internal/texts lib/internal/value": true, "lib/internal/texts lib/internal/explain": true, "lib/internal/explain lib/record": true,
}

// only names packages that alone may import something.
var only = map[string][]string{
	"unsafe":                         {"lib/internal/mem", "lib/internal/scan", "capi"},
	"C":                              {"capi"},
	"simd/archsimd":                  {"lib/internal/scan"},
	"github.com/klauspost/compress/": {"lib/internal/source"},
	"github.com/apache/arrow-go/":    {"lib/arrow"},
	"os/signal":                      {},
	"net/http":                       {},
	"github.com/stretchr/testify/":   {"lib/internal/linetest"},
}

// The top level has what the README's map of the house shows, and no file that a tool left behind.
func TestTopLevel(t *testing.T) {
	command := exec.Command("git", "ls-files")
	command.Dir = ".."
	out, err := command.Output()
	if err != nil {
		t.Skip("no git, or no checkout")
	}
	there := map[string]bool{}
	for file := range strings.Lines(string(out)) {
		first, _, _ := strings.Cut(strings.TrimSpace(file), "/")
		there[first] = true
	}
	assert.Equal(t, strings.Fields(".ci .github .gitignore CONTRIBUTING.md LICENSE README.md bindings build.sh capi examples go.mod go.sum lib"), slices.Sorted(maps.Keys(there)))
}

func TestImportsGoDownTheFloorsOnly(t *testing.T) {
	const module = "github.com/sawlog/sawlog/"
	floor := map[string]int{}
	for _, line := range strings.Split(strings.TrimSpace(floors), "\n") {
		rooms := strings.Fields(line)
		for _, room := range rooms[1:] {
			floor[room] = int(rooms[0][0] - '0')
		}
	}
	command := exec.Command("go", "list", "-f", `{{.ImportPath}}{{range .Imports}} {{.}}{{end}}`, "./lib/...", "./capi/...")
	command.Dir = ".."
	command.Env = append(command.Environ(), "GOEXPERIMENT=simd")
	out, err := command.Output()
	require.NoError(t, err)
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		words := strings.Fields(line)
		room := strings.TrimPrefix(words[0], module)
		if strings.HasPrefix(room, "capi/") {
			continue // programs of its tests
		}
		require.Contains(t, floor, room, "this room has no floor yet")
		for _, path := range words[1:] {
			for owned, owners := range only {
				if path == owned || strings.HasSuffix(owned, "/") && strings.HasPrefix(path, owned) {
					assert.Contains(t, owners, room, "%s must not import %s", room, path)
				}
			}
			below, ours := strings.CutPrefix(path, module)
			if !ours || neighbours[room+" "+below] {
				continue
			}
			assert.Less(t, floor[below], floor[room], "%s must not import %s", room, below)
		}
	}
}
