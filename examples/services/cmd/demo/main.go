// Demo shows loggate at work: it starts it with its embedded store in a folder of its own, sends it a log, asks for rows and counts, and
// shows the trace that loggate sent about that, for which it plays the OpenTelemetry collector.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/goccy/go-json"
)

func main() {
	program := flag.String("loggate", "loggate", "the program to show")
	file := flag.String("file", "", "a log to send")
	flag.Parse()
	if err := demo(*program, *file); err != nil {
		log.Fatal("demo: ", err)
	}
}

func demo(program, file string) error {
	folder, err := os.MkdirTemp("", "loggate-demo")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	traces, err := collect()
	if err != nil {
		return err
	}
	defer traces.server.Close()
	address, err := freeAddress()
	if err != nil {
		return err
	}
	stop, err := start(program, address, folder, traces.url)
	if err != nil {
		return err
	}
	err = show("http://"+address, file)
	if err := errors.Join(err, stop()); err != nil { // stopping sends what is left of the telemetry
		return err
	}
	fmt.Println("\nThe trace of sending it, as the collector got it:")
	traces.print("POST /v1/logs")
	return nil
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

func start(program, address, folder, otlp string) (stop func() error, err error) {
	cmd := exec.Command(program, "-listen", address, "-data", filepath.Join(folder, "demo.db"), "-log-level", "WARN", "-otlp", otlp)
	cmd.Env = append(os.Environ(), "OTEL_EXPORTER_OTLP_ENDPOINT="+otlp)
	cmd.Stderr = os.Stderr
	fmt.Printf("$ %s\n", strings.Join(cmd.Args, " "))
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	stop = func() error { return errors.Join(cmd.Process.Signal(syscall.SIGTERM), cmd.Wait()) }
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if response, err := http.Get("http://" + address + "/ready"); err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return stop, nil
			}
		}
	}
	return nil, errors.Join(errors.New("loggate is not ready after 10 s"), stop())
}

func show(base, file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	begin := time.Now()
	if err := call("POST", base+"/v1/logs?source=demo", text, 2000); err != nil {
		return err
	}
	fmt.Printf("(%.1f MB parsed and on disk in %d ms)\n", float64(len(text))/1e6, time.Since(begin).Milliseconds())
	return errors.Join(
		call("GET", base+"/v1/logs/search?source=demo&limit=2", nil, 1500),
		call("GET", base+"/v1/logs/search?status=5xx&limit=1", nil, 800),
		call("GET", base+"/v1/stats", nil, 900),
	)
}

func call(method, url string, body []byte, most int) error {
	fmt.Printf("\n$ curl -X %s '%s'\n", method, url)
	request, err := http.NewRequest(method, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	var pretty bytes.Buffer
	if json.Indent(&pretty, answer, "", "  ") == nil {
		answer = pretty.Bytes()
	}
	if len(answer) > most {
		answer = append(answer[:most:most], " ...\n"...)
	}
	fmt.Printf("%s\n%s", response.Status, answer)
	return nil
}

// traces keeps what comes by OTLP/HTTP.
type traces struct {
	url    string
	server *http.Server
	spans  chan span
}

func collect() (*traces, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	t := &traces{url: "http://" + l.Addr().String(), spans: make(chan span, 10_000)}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/traces", t.take)
	mux.HandleFunc("POST /", func(http.ResponseWriter, *http.Request) {}) // metrics and logs are not shown
	t.server = &http.Server{Handler: mux, ReadTimeout: 10 * time.Second}
	go func() { _ = t.server.Serve(l) }()
	return t, nil
}

func (t *traces) take(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 16<<20))
	if err != nil {
		return
	}
	for _, s := range spansOf(body) {
		select {
		case t.spans <- s:
		default: // enough for a demo
		}
	}
}

// print shows the newest trace whose root has a name.
func (t *traces) print(root string) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	var all []span
	for len(t.spans) > 0 && ctx.Err() == nil {
		all = append(all, <-t.spans)
	}
	slices.SortFunc(all, func(a, b span) int { return a.start.Compare(b.start) })
	for _, s := range slices.Backward(all) {
		if s.name == root {
			tree(all, s, "  ")
			return
		}
	}
	fmt.Println("  none came")
}

func tree(all []span, s span, indent string) {
	fmt.Printf("%s%-40s %8.2f ms  %s\n", indent, s.name, float64(s.took.Microseconds())/1000, s.about)
	children := 0
	for _, c := range all {
		if c.parent == s.id {
			if children++; children > 8 {
				fmt.Println(indent + "  ...")
				return
			}
			tree(all, c, indent+"  ")
		}
	}
}
