package main

import (
	"bytes"
	"encoding/json"
	"errors"
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

	"github.com/sawlog/sawlog/examples/bench/report"
)

// A realLog is measured too when it lies there: a combined log that is not ours to ship.
const realLog = "../shared/corpus/access/apache_logs"

// programs are what has contenders, sawlog first.
func programs() [][]string {
	python := first("build/venv-bench/bin/python", "python3")
	return [][]string{
		{"build/bin/bench"}, {"build/bin/c-bench"}, {python, "bindings/python/benchmarks/run.py"}, {"node", "bindings/node/bench/run.js"},
		{"build/bin/bench-peers"}, {"build/bin/c-hand"}, {"build/bin/c-pcre2"}, {"build/bin/c-simdjson"}, {"build/bin/rust-bench"}, {python, "bindings/python/benchmarks/peers.py"}, {"node", "bindings/node/bench/peers.js"},
	}
}

// A contender is one program in the cases it can do.
type contender struct {
	report.Entry
	command []string
}

// contenders asks the programs that are here. What one lacks is said once.
func contenders() (list []contender, err error) {
	for _, command := range programs() {
		if _, err := exec.LookPath(command[0]); err != nil {
			continue
		}
		out, err := pinned(append(slices.Clone(command), "list"), 1).Output()
		if err != nil {
			return nil, fmt.Errorf("%s list: %w", strings.Join(command, " "), err)
		}
		for decoder := json.NewDecoder(strings.NewReader(string(out))); decoder.More(); {
			c := contender{command: command}
			if err := decoder.Decode(&c.Entry); err != nil {
				return nil, fmt.Errorf("%s list: %w", strings.Join(command, " "), err)
			}
			if c.Missing != "" {
				fmt.Fprintf(os.Stderr, "bench: %s is left out: it needs %s\n", c.Name, c.Missing)
				continue
			}
			for _, name := range c.Cases {
				if findCase(name) == nil {
					return nil, fmt.Errorf("%s knows a case %q that there is not", c.Name, name)
				}
			}
			list = append(list, c)
		}
	}
	return list, nil
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
	cpu := flags.Bool("cpu", false, "processor time on one core instead of time: for a machine that others use too")
	var wanted []string
	for len(args) > 0 { // names and flags in any order
		if err := flags.Parse(args); err != nil {
			return err
		}
		args = flags.Args()
		for len(args) > 0 && !strings.HasPrefix(args[0], "-") {
			if findCase(args[0]) == nil {
				return fmt.Errorf("no case %q; there are %s", args[0], strings.Join(caseNames(), ", "))
			}
			wanted, args = append(wanted, args[0]), args[1:]
		}
	}
	all, err := contenders()
	if err != nil {
		return err
	}
	var text, short strings.Builder
	for i := range cases {
		c := &cases[i]
		if len(wanted) > 0 && !slices.Contains(wanted, c.name) {
			continue
		}
		in, err := makeInput(c, *size)
		if err != nil {
			return err
		}
		if in.file == "" {
			continue
		}
		small, err := makeInput(c, slowSize)
		if err != nil {
			return err
		}
		cores := 2
		if *cpu {
			cores = 1
		}
		m := measure(c, in, small, all, *rounds, cores)
		m.cpu = *cpu
		table := m.table()
		fmt.Print(table)
		if c.kind != "" { // readers of README.md cannot repeat what is made of a real log
			text.WriteString(table)
			short.WriteString(m.summary())
		}
	}
	if !*readme {
		return nil
	}
	return errors.Join(fill("README.md", note(*cpu)+summaryHead+short.String()), fill("lib/PERFORMANCE.md", note(*cpu)+text.String()))
}

const (
	smallSize = "5MB" // of slow cases: one call a line
	slowSize  = "1MB" // for slow contenders
)

// makeInput makes the file of a case when it is not there yet. No file: the case is left out.
func makeInput(c *benchCase, size string) (input, error) {
	dir := "build/bench"
	if c.perLine {
		size = smallSize
	}
	args := []string{"-size", size}
	name := c.kind
	if c.kind == "" {
		if _, err := os.Stat(realLog); err != nil {
			return input{}, nil
		}
		name, args = c.name, append(args, "-repeat", realLog)
	} else {
		args = append(args, "-kind", c.kind)
	}
	plain := filepath.Join(dir, name+"."+size)
	if err := makeFile(plain, args); err != nil {
		return input{}, err
	}
	file := plain
	if strings.HasSuffix(c.name, "-gz") {
		file += ".gz"
		if err := makeFile(file, append(args, "-gzip")); err != nil {
			return input{}, err
		}
	}
	unpacked, lines, err := count(plain)
	return input{file, unpacked, lines}, err
}

func makeFile(file string, args []string) error {
	if _, err := os.Stat(file); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, "bench: making", file)
	if out, err := exec.Command("build/bin/generate", append(args, "-o", file)...).CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

// count also brings the file into the page cache.
func count(file string) (size, lines int64, err error) {
	in, err := os.Open(file)
	if err != nil {
		return 0, 0, err
	}
	defer in.Close()
	buffer := make([]byte, 1<<20)
	for {
		n, err := in.Read(buffer)
		size += int64(n)
		lines += int64(bytes.Count(buffer[:n], []byte("\n")))
		if err == io.EOF {
			return size, lines, nil
		} else if err != nil {
			return 0, 0, err
		}
	}
}

// measured is all runs of one case.
type measured struct {
	*benchCase
	input input
	small input // of slow contenders, and what all do first
	rows  []row
	wc    []float64
	cpu   bool // the table shows processor time
}

type row struct {
	contender
	results [2][]report.Result // on one core, on two
	failure string
}

// measure runs the contenders in turns, so that what disturbs the machine disturbs all of them.
func measure(c *benchCase, in, small input, all []contender, rounds, cores int) *measured {
	m := &measured{benchCase: c, input: in, small: small}
	for _, one := range all {
		if slices.Contains(one.Cases, c.name) {
			m.rows = append(m.rows, row{contender: one})
		}
	}
	for round := range rounds {
		m.wc = append(m.wc, countLines(in.file)) // its processor time is not asked for: with that the column is left out
		for i := range m.rows {
			if round == 0 || !m.rows[i].Slow {
				m.run(&m.rows[i], cores)
			}
		}
		fmt.Fprintf(os.Stderr, "bench: %s, round %d of %d\n", c.name, round+1, rounds)
	}
	return m
}

// run is one turn of one contender.
func (m *measured) run(r *row, most int) {
	in := m.input
	if r.Slow {
		in = m.small
	}
	for cores := 1; cores <= most && r.failure == ""; cores++ {
		if cores == 2 && (!r.Twice || m.perLine) {
			return
		}
		args := []string{"run", r.Program, m.name, in.file, strconv.Itoa(cores), m.definition, m.check, m.small.file}
		result, err := call(append(slices.Clone(r.command), args...), cores)
		if err != nil {
			r.failure = err.Error()
			fmt.Fprintf(os.Stderr, "bench: %s, %s: %s\n", m.name, r.Name, r.failure)
			return
		}
		r.results[cores-1] = append(r.results[cores-1], result)
	}
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

func call(command []string, cores int) (r report.Result, err error) {
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
func countLines(file string) float64 {
	command := []string{"wc", "-l", file}
	if strings.HasSuffix(file, ".gz") {
		command = []string{"sh", "-c", "gzip -dc " + file + " | wc -l"}
	}
	begin := time.Now()
	if err := pinned(command, 1).Run(); err != nil {
		return 0
	}
	return time.Since(begin).Seconds()
}
