package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

// results are the latencies of the requests that were answered 200, and how many were answered otherwise.
type results struct {
	mu       sync.Mutex
	took     []time.Duration
	statuses map[int]int
}

func (r *results) add(status int, took time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.statuses[status]++
	if status == http.StatusOK {
		r.took = append(r.took, took)
	}
}

func body(lines int) []byte {
	var b bytes.Buffer
	for i := range lines {
		fmt.Fprintf(&b, `192.0.2.%d - - [05/Mar/2026:10:00:%02d +0000] "GET /articles/%d HTTP/1.1" %d 5120 "https://example.com/" "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"`+"\n",
			i%250, i%60, i, 200+i%3*102)
	}
	return b.Bytes()
}

// maxWaiting bounds the requests under way: when so many are not answered, the server has lost, and the rest is counted as not sent.
const maxWaiting = 5000

func measure(s settings, base string) {
	if s.share > 0 {
		limit := s
		limit.rate = 0
		s.rate = s.share * load(limit, base)
	}
	load(s, base)
}

// load sends requests as s says, reports, and gives how many a second were answered.
func load(s settings, base string) (rate float64) {
	text, r := body(s.lines), &results{statuses: map[int]int{}}
	client := &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 256, DisableCompression: true}}
	send := func(due time.Time) {
		status := 0
		response, err := client.Post(base+"/v1/logs?source=load&format=combined", "text/plain", bytes.NewReader(text))
		if err == nil {
			_, _ = io.Copy(io.Discard, response.Body)
			response.Body.Close()
			status = response.StatusCode
		}
		r.add(status, time.Since(due))
	}
	begin := time.Now()
	if s.rate > 0 {
		openLoop(s, send, r)
	} else {
		closedLoop(s, send)
	}
	took := time.Since(begin)
	report(s, r, took, len(text))
	return float64(len(r.took)) / took.Seconds()
}

func openLoop(s settings, send func(due time.Time), r *results) {
	var all sync.WaitGroup
	waiting := make(chan struct{}, maxWaiting)
	begin := time.Now()
	for i := range int(s.rate * float64(s.seconds)) {
		due := begin.Add(time.Duration(float64(i) / s.rate * float64(time.Second)))
		time.Sleep(time.Until(due))
		select {
		case waiting <- struct{}{}:
			all.Go(func() {
				send(due)
				<-waiting
			})
		default:
			r.add(-1, 0)
		}
	}
	all.Wait()
}

func closedLoop(s settings, send func(due time.Time)) {
	var all sync.WaitGroup
	end := time.Now().Add(time.Duration(s.seconds) * time.Second)
	for range 8 {
		all.Go(func() {
			for now := time.Now(); now.Before(end); now = time.Now() {
				send(now)
			}
		})
	}
	all.Wait()
}

func report(s settings, r *results, took time.Duration, size int) {
	kind := fmt.Sprintf("%.0f requests/s asked for", s.rate)
	if s.rate == 0 {
		kind = "8 clients, as fast as they can"
	}
	ok := len(r.took)
	fmt.Printf("%s, %d lines each: %d answered 200 in %.1f s = %.0f requests/s, %.0f lines/s, %.1f MB/s\n", kind, s.lines, ok, took.Seconds(),
		float64(ok)/took.Seconds(), float64(ok*s.lines)/took.Seconds(), float64(ok*size)/1e6/took.Seconds())
	for status, n := range r.statuses {
		if status != http.StatusOK {
			fmt.Printf("  %d answered %d (0: no answer, -1: not sent, too many were waiting)\n", n, status)
		}
	}
	if ok == 0 {
		return
	}
	slices.Sort(r.took)
	at := func(q float64) float64 { return float64(r.took[min(ok-1, int(q*float64(ok)))].Microseconds()) / 1000 }
	fmt.Printf("latency: p50 %.1f ms, p99 %.1f ms, p99.9 %.1f ms, most %.1f ms\n", at(.5), at(.99), at(.999), at(1))
}
