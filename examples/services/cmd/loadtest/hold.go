package main

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"sync"
	"time"
)

// perAddress is how many connections come from one source address: one has about 28,000 ports, and finding a free one gets slow long
// before.
const perAddress = 4000

const post = "POST /v1/logs?source=held&format=logfmt HTTP/1.1\r\nHost: localhost\r\nContent-Length: 19\r\n\r\nlevel=info msg=held"

// holdConnections opens connections, posts on each, says so, and goes on posting slowly until its parent ends it.
func holdConnections(address string, from, n int, every time.Duration) {
	conns := make([]net.Conn, n)
	var workers sync.WaitGroup
	for w := range 8 {
		workers.Go(func() {
			for i := w; i < n; i += 8 {
				dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, byte(from+i/perAddress), 1)}, KeepAlive: -1, Timeout: 30 * time.Second}
				c, err := dialer.Dial("tcp", address)
				if err == nil {
					err = ask(c)
				}
				if err != nil {
					log.Fatalf("holder: connection %d of %d: %v", i, n, err)
				}
				conns[i] = c
			}
		})
	}
	workers.Wait()
	fmt.Println("open")
	pause := every / time.Duration(n)
	tick := time.NewTicker(max(pause, 100*time.Microsecond))
	defer tick.Stop()
	for i := 0; ; i = (i + 1) % n {
		<-tick.C
		if err := ask(conns[i]); err != nil {
			fmt.Fprintf(os.Stderr, "holder: connection %d: %v\n", i, err)
			os.Exit(1)
		}
	}
}

var readers = sync.Pool{New: func() any { return bufio.NewReader(nil) }}

func ask(c net.Conn) error {
	_ = c.SetDeadline(time.Now().Add(30 * time.Second))
	if _, err := io.WriteString(c, post); err != nil {
		return err
	}
	r := readers.Get().(*bufio.Reader)
	defer readers.Put(r)
	r.Reset(c)
	response, err := http.ReadResponse(r, nil)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("status %d", response.StatusCode)
	}
	return err
}
