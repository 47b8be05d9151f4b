// Logstream is a processor between Kafka topics: see logstream -h, and the README beside it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/sawlog/sawlog/examples/services/internal/logstream"
	"github.com/sawlog/sawlog/examples/services/internal/telemetry"
)

func main() {
	err := run(os.Args[1:])
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, "logstream:", err)
	if errors.As(err, new(usage)) {
		os.Exit(64) // EX_USAGE of sysexits: a supervisor need not try again. (2 is what Go ends with after a panic.)
	}
	os.Exit(1)
}

// usage is a setting that is wrong.
type usage struct{ error }

func run(args []string) error {
	config, err := logstream.Parse(args, os.Environ(), os.Stdout)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return usage{err}
	}
	logstream.RareCollections()
	telemetry.LogErrors(telemetry.Options{Output: os.Stderr, Level: config.LogLevel, Text: config.LogText})
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	return logstream.Run(ctx, config, os.Stderr)
}
