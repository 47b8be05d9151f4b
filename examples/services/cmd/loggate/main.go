// Loggate is an ingest gateway for logs: see loggate -h, and the README beside it.
package main

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/sawlog/sawlog/examples/services/internal/auth"
	"github.com/sawlog/sawlog/examples/services/internal/config"
	"github.com/sawlog/sawlog/examples/services/internal/loggate"
	"github.com/sawlog/sawlog/examples/services/internal/telemetry"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		config.Exit("loggate", err)
	}
}

func run(args []string) error {
	if len(args) > 0 {
		switch args[0] {
		case "key":
			return key(os.Stdout, args[1:])
		case "check":
			return check(args[1:])
		}
	}
	settings, err := loggate.Parse(args, os.Environ(), os.Stdout)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return config.Usage{Err: err}
	}
	return serve(settings)
}

func serve(settings loggate.Config) error {
	telemetry.LogErrors(telemetry.Options{Output: os.Stderr, Level: settings.LogLevel, Text: settings.LogText})
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	service, err := loggate.Start(ctx, settings, os.Stderr)
	if err != nil {
		return err
	}
	var failed error
	select {
	case <-ctx.Done():
	case failed = <-service.Failed():
	}
	stop() // a second signal ends the process at once
	drain, cancel := context.WithTimeout(context.Background(), settings.Drain)
	defer cancel()
	return errors.Join(failed, service.Stop(drain))
}

// key prints a new API key, and the line that lets it in.
func key(w io.Writer, args []string) error {
	if len(args) < 1 || len(args) > 2 || strings.ContainsAny(args[0], " \t\n;#") {
		return config.Usage{Err: errors.New("usage: loggate key NAME [SCOPE,SCOPE]")}
	}
	scopes := []auth.Scope{auth.Ingest}
	if len(args) == 2 {
		scopes = nil
		for word := range strings.SplitSeq(args[1], ",") {
			scopes = append(scopes, auth.Scope(word))
		}
	}
	secret, line := auth.NewKey(args[0], scopes...)
	if _, err := auth.ParseKeys(line); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "for the client, shown only now:  %s\nfor -keys or -keys-file:         %s\n", secret, line)
	return err
}

func check(args []string) error {
	if len(args) > 1 {
		return config.Usage{Err: errors.New("usage: loggate check [URL]")}
	}
	if len(args) == 0 {
		settings, _ := loggate.Parse(nil, os.Environ(), io.Discard) // whether all of it is right is not the question here
		args = []string{settings.HealthURL()}
	}
	client := http.Client{Timeout: 3 * time.Second}
	if u, err := url.Parse(args[0]); err == nil && loggate.Loopback(u.Hostname()) { // its certificate is for the name that others call it by
		client.Transport = &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	}
	response, err := client.Get(args[0])
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return errors.New(response.Status)
	}
	return nil
}
