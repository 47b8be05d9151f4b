// Logstream is a processor between Kafka topics: see logstream -h, and the README beside it.
package main

import (
	"context"
	"errors"
	"flag"
	"os"
	"os/signal"
	"syscall"

	"github.com/sawlog/sawlog/examples/services/internal/config"
	"github.com/sawlog/sawlog/examples/services/internal/logstream"
	"github.com/sawlog/sawlog/examples/services/internal/telemetry"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		config.Exit("logstream", err)
	}
}

func run(args []string) error {
	settings, err := logstream.Parse(args, os.Environ(), os.Stdout)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return config.Usage{Err: err}
	}
	logstream.RareCollections()
	telemetry.LogErrors(telemetry.Options{Output: os.Stderr, Level: settings.LogLevel, Text: settings.LogText})
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	return logstream.Run(ctx, settings, os.Stderr)
}
