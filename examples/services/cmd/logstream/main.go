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
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "logstream:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	config, err := logstream.Parse(args, os.LookupEnv, os.Stdout)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	logstream.RareCollections()
	telemetry.LogErrors(telemetry.Options{Output: os.Stderr, Level: config.LogLevel, Text: config.LogText})
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	return logstream.Run(ctx, config, os.Stderr)
}
