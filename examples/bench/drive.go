package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A realLog is measured too when it lies there: a combined log that is not ours to ship.
const realLog = "../shared/corpus/access/apache_logs"

// today is what the others are compared with in each case: what one would write in Python.
func today(name string) string {
	switch name {
	case "ndjson":
		return "Python json.loads"
	case "logfmt":
		return "Python re, findall"
	}
	return "Python re, strptime"
}

// caseNames are the cases in the order of the tables.
var caseNames = []string{"combined", "combined-gz", "combined-real", "ndjson", "logfmt", "line"}

// definition says how sawlog reads the input of a case.
func definition(name string) string {
	switch name {
	case "ndjson":
		return `{"json": {}, "fields": {"time": "timestamp"}}`
	case "logfmt":
		return `{"logfmt": {}, "fields": {"time": "timestamp", "user_id": "int", "latency_ms": "float"}}`
	}
	return `{"format": "combined"}`
}

// A contender is one program in the cases it can do.
type contender struct {
	name    string
	command []string // CASE FILE THREADS DEFINITION follow
	cases   []string
	twice   bool // worth a second core
}

func contenders() []contender {
	all := []string{"combined", "combined-gz", "combined-real", "ndjson", "logfmt"}
	texts, lines := []string{"combined", "combined-real"}, []string{"combined", "combined-real", "line"}
	python := first("build/venv-bench/bin/python", "python3")
	py := []string{python, "bindings/python/benchmarks/run.py"}
	js := []string{"node", "bindings/node/bench/run.js"}
	with := func(command []string, program string) []string { return append(slices.Clone(command), program) }
	list := []contender{
		{"**sawlog** from Go", []string{"build/bin/bench", "run", "sawlog"}, append(all, "line"), true},
		{"**sawlog** from C", []string{"build/bin/c-bench"}, all, true},
		{"**sawlog** from Python", with(py, "sawlog"), append(all, "line"), true},
		{"**sawlog** from Node.js", with(js, "sawlog"), append(all, "line"), true},
		{"Go regexp", []string{"build/bin/bench", "run", "regexp"}, lines, false},
		{"Python re, strptime", with(py, "re"), append(lines, "combined-gz"), false},
		{"Python re, own time code", with(py, "re-fast"), lines, false},
		{"Node.js RegExp", with(js, "regexp"), lines, false},
		{"polars extract_groups", with(py, "polars"), texts, true},
		{"duckdb regexp_extract", with(py, "duckdb"), texts, true},
		{"Go encoding/json", []string{"build/bin/bench", "run", "json"}, []string{"ndjson"}, false},
		{"Python json.loads", with(py, "json"), []string{"ndjson"}, false},
		{"Python orjson.loads", with(py, "orjson"), []string{"ndjson"}, false},
		{"Node.js JSON.parse", with(js, "json"), []string{"ndjson"}, false},
		{"polars read_ndjson", with(py, "polars"), []string{"ndjson"}, true},
		{"duckdb read_json", with(py, "duckdb"), []string{"ndjson"}, true},
		{"Python re, findall", with(py, "logfmt"), []string{"logfmt"}, false},
		{"Node.js RegExp, matchAll", with(js, "logfmt"), []string{"logfmt"}, false},
	}
	return slices.DeleteFunc(list, func(c contender) bool {
		_, err := exec.LookPath(c.command[0])
		return err != nil
	})
}

func first(names ...string) string {
	for _, name := range names {
		if _, err := exec.LookPath(name); err == nil {
			return name
		}
	}
	return names[len(names)-1]
}

// An input is a file and what it holds uncompressed.
type input struct {
	file         string
	bytes, lines int64
}

func drive(args []string) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	rounds := flags.Int("rounds", 5, "how often each program runs")
	size := flags.String("size", "100MB", "how large the inputs are")
	readme := flags.Bool("readme", false, "write the tables into README.md too")
	var cases []string
	for len(args) > 0 { // names and flags in any order
		if err := flags.Parse(args); err != nil {
			return err
		}
		args = flags.Args()
		for len(args) > 0 && !strings.HasPrefix(args[0], "-") {
			if !slices.Contains(caseNames, args[0]) {
				return fmt.Errorf("no case %q; there are %s", args[0], strings.Join(caseNames, ", "))
			}
			cases, args = append(cases, args[0]), args[1:]
		}
	}
	var text strings.Builder
	for _, name := range caseNames {
		if len(cases) > 0 && !slices.Contains(cases, name) {
			continue
		}
		in, err := makeInput(name, *size)
		if err != nil {
			return err
		}
		if in.file == "" {
			continue
		}
		table := measure(name, in, *rounds).table()
		fmt.Print(table)
		if name != "combined-real" { // readers of README.md cannot repeat it
			text.WriteString(table)
		}
	}
	if *readme {
		return fillReadme(text.String())
	}
	return nil
}

// makeInput makes the file of a case when it is not there yet. No file: the case is left out.
func makeInput(name, size string) (input, error) {
	dir := "build/bench"
	kind := name
	args := []string{"-size", size}
	switch name {
	case "combined-gz":
		kind, args = "combined", append(args, "-gzip")
	case "combined-real":
		if _, err := os.Stat(realLog); err != nil {
			return input{}, nil
		}
		args = append(args, "-repeat", realLog)
	case "line":
		kind, args = "combined", []string{"-lines", "20000"}
	}
	file := filepath.Join(dir, name+"."+size)
	if name == "line" {
		file = filepath.Join(dir, name)
	}
	plain := file
	if name == "combined-gz" {
		plain = filepath.Join(dir, "combined."+size)
		if _, err := makeInput("combined", size); err != nil {
			return input{}, err
		}
	}
	if name != "combined-real" {
		args = append(args, "-kind", kind)
	}
	if _, err := os.Stat(file); err != nil {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return input{}, err
		}
		fmt.Fprintln(os.Stderr, "bench: making", file)
		if out, err := exec.Command("build/bin/generate", append(args, "-o", file)...).CombinedOutput(); err != nil {
			return input{}, fmt.Errorf("%w: %s", err, out)
		}
	}
	bytes, lines, err := count(plain)
	return input{file, bytes, lines}, err
}

// count also brings the file into the page cache.
func count(file string) (bytes, lines int64, err error) {
	in, err := os.Open(file)
	if err != nil {
		return 0, 0, err
	}
	defer in.Close()
	buffer := make([]byte, 1<<20)
	for {
		n, err := in.Read(buffer)
		bytes += int64(n)
		for _, b := range buffer[:n] {
			if b == '\n' {
				lines++
			}
		}
		if err == io.EOF {
			return bytes, lines, nil
		} else if err != nil {
			return 0, 0, err
		}
	}
}

// measured is all runs of one case.
type measured struct {
	name  string
	input input
	rows  []row
	wc    []float64
}

type row struct {
	contender
	results [2][]result // on one core, on two
	failure string
	absent  bool // a package that is not here: no row in the table
}

// measure runs the contenders in turns, so that what disturbs the machine disturbs all of them.
func measure(name string, in input, rounds int) *measured {
	m := &measured{name: name, input: in}
	for _, c := range contenders() {
		if slices.Contains(c.cases, name) {
			m.rows = append(m.rows, row{contender: c})
		}
	}
	for round := range rounds {
		m.wc = append(m.wc, countLines(name, in.file))
		for i := range m.rows {
			r := &m.rows[i]
			for cores := 1; cores <= 2 && r.failure == ""; cores++ {
				if cores == 2 && (!r.twice || name == "line") {
					break
				}
				result, err := call(append(slices.Clone(r.command), name, in.file, strconv.Itoa(cores), definition(name)), cores)
				if err != nil {
					r.failure, r.absent = err.Error(), strings.Contains(err.Error(), "not installed: ")
					fmt.Fprintf(os.Stderr, "bench: %s, %s: %s\n", name, r.name, r.failure)
					break
				}
				r.results[cores-1] = append(r.results[cores-1], result)
			}
		}
		fmt.Fprintf(os.Stderr, "bench: %s, round %d of %d\n", name, round+1, rounds)
	}
	return m
}

// pinned puts a command on the first cores, where the system has taskset.
func pinned(command []string, cores int) *exec.Cmd {
	if taskset, err := exec.LookPath("taskset"); err == nil {
		command = append([]string{taskset, "-c", []string{"0", "0,1"}[cores-1]}, command...)
	}
	c := exec.Command(command[0], command[1:]...)
	c.Env = append(os.Environ(), "PYTHONPATH=bindings/python", "POLARS_MAX_THREADS="+strconv.Itoa(cores))
	return c
}

func call(command []string, cores int) (r result, err error) {
	c := pinned(command, cores)
	var messages strings.Builder
	c.Stderr = &messages
	out, err := c.Output()
	if err != nil {
		lines := strings.Split(strings.TrimSpace(messages.String()), "\n")
		return r, fmt.Errorf("%w: %s", err, lines[len(lines)-1])
	}
	err = json.Unmarshal(out, &r)
	return r, err
}

// countLines is how long `wc -l` takes.
func countLines(name, file string) float64 {
	command := []string{"wc", "-l", file}
	if name == "combined-gz" {
		command = []string{"sh", "-c", "gzip -dc " + file + " | wc -l"}
	}
	begin := time.Now()
	if err := pinned(command, 1).Run(); err != nil {
		return 0
	}
	return time.Since(begin).Seconds()
}
