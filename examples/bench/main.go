// Bench measures sawlog from Go, C, Python and Node.js beside what one would use without it: ./build.sh bench.
//
//	bench drive [CASE...] [--rounds N] [--size 100MB] [--readme] [--cpu]    makes the inputs, runs everything and prints the tables
//	bench list | run ...                                            sawlog from Go, see package report
//
// cases.go says what is measured. Each program tells itself which contenders it has and in which cases: sawlog in sawlog.go, c/bench.c,
// bindings/python/benchmarks/run.py and bindings/node/bench/run.js; the others, which are here only when ./build.sh bench could get
// them, in peers (Go), c/hand.c, c/pcre2.c, c/simdjson.cc, rust, peers.py and peers.js beside these.
package main

import (
	"fmt"
	"os"

	"github.com/sawlog/sawlog/examples/bench/report"
)

func main() {
	if len(os.Args) < 2 || os.Args[1] != "drive" {
		report.Main(entries(), map[string]func(*report.Run) error{"sawlog": runSawlog})
		return
	}
	if err := drive(os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}
