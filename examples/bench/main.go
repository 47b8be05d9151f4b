// Bench measures sawlog from Go, C, Python and Node.js beside what one would write without it: ./build.sh bench.
//
//	bench drive [CASE...] [--rounds N] [--size 100MB] [--readme]   makes the inputs, runs everything and prints the tables
//	bench run PROGRAM CASE FILE THREADS DEFINITION                 one of the Go programs under measurement
//
// Every program prints one line of JSON: {"name", "case", "rows", "rejects", "check", "seconds", "base_kb", "peak_kb"}. seconds is from
// opening the file (in the page cache) to having every field of every row typed, without start-up and compiling of patterns. check is
// made of sums over the typed values and must be the same for all programs of a case. peak_kb - base_kb is the memory that the work took, from /proc/self/status.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
)

func main() {
	var err error
	switch {
	case len(os.Args) > 1 && os.Args[1] == "drive":
		err = drive(os.Args[2:])
	case len(os.Args) == 7 && os.Args[1] == "run":
		err = run(os.Args[2], os.Args[3], os.Args[4], os.Args[5], os.Args[6])
	default:
		err = fmt.Errorf("usage: bench drive [CASE...] | bench run PROGRAM CASE FILE THREADS DEFINITION")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// A result is what a program prints.
type result struct {
	Name    string  `json:"name"`
	Case    string  `json:"case"`
	Rows    int64   `json:"rows"`
	Rejects int64   `json:"rejects"`
	Check   string  `json:"check"`
	Seconds float64 `json:"seconds"`
	BaseKB  int64   `json:"base_kb"`
	PeakKB  int64   `json:"peak_kb"`
}

func run(program, name, file, threads, definition string) error {
	work, ok := programs[program]
	if !ok {
		return fmt.Errorf("no program %q", program)
	}
	n, err := strconv.Atoi(threads)
	if err != nil {
		return err
	}
	r := result{Name: program, Case: name, BaseKB: memory("VmRSS")}
	if err := work(&r, file, n, definition); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(r)
}

// memory reads a line of /proc/self/status, in KiB; 0 where there is none.
func memory(key string) int64 {
	status, _ := os.ReadFile("/proc/self/status")
	_, rest, _ := strings.Cut(string(status), key+":")
	number, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	n, _ := strconv.ParseInt(number, 10, 64)
	return n
}
