package parking

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve starts a server that echoes bodies, on a lot.
func serve(t *testing.T, o Options) (*Lot, string) {
	t.Helper()
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	lot := New(inner, o)
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	server := &http.Server{ConnState: lot.ConnState, IdleTimeout: time.Minute, ReadHeaderTimeout: time.Second, Protocols: &protocols,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err == nil {
				fmt.Fprintf(w, "%s %d %s", r.URL.Path, r.ProtoMajor, body)
			}
		})}
	done := make(chan error)
	go func() { done <- server.Serve(lot) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		assert.NoError(t, server.Shutdown(ctx))
		assert.ErrorIs(t, <-done, http.ErrServerClosed)
		all, parked := lot.Open()
		assert.Zero(t, all+parked)
	})
	return lot, inner.Addr().String()
}

func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", address)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	require.NoError(t, c.SetDeadline(time.Now().Add(10*time.Second)))
	return c
}

func ask(t *testing.T, c io.Writer, r *bufio.Reader, text, want string) {
	t.Helper()
	_, err := io.WriteString(c, text)
	require.NoError(t, err)
	expect(t, r, want)
}

func expect(t *testing.T, r *bufio.Reader, want string) {
	t.Helper()
	response, err := http.ReadResponse(r, nil)
	require.NoError(t, err)
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	assert.Equal(t, want, string(body))
}

func parks(t *testing.T, lot *Lot, want int) {
	t.Helper()
	require.Eventually(t, func() bool { _, parked := lot.Open(); return parked == want }, 5*time.Second, time.Millisecond)
}

func post(path, body string) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", path, len(body), body)
}

func TestAConnectionIsParkedBetweenRequests(t *testing.T) {
	lot, address := serve(t, Options{Linger: time.Millisecond})
	c := dial(t, address)
	r := bufio.NewReader(c)
	parks(t, lot, 1)
	for i := range 5 {
		body := strings.Repeat("x", i*3000)
		ask(t, c, r, post(fmt.Sprint("/", i), body), fmt.Sprint("/", i, " 1 ", body))
		parks(t, lot, 1)
	}
	all, _ := lot.Open()
	assert.Equal(t, 1, all)
}

func TestRequestsInARowStayWithTheServer(t *testing.T) {
	lot, address := serve(t, Options{Linger: time.Minute})
	c := dial(t, address)
	r := bufio.NewReader(c)
	for range 3 {
		ask(t, c, r, post("/", "a"), "/ 1 a")
		_, parked := lot.Open()
		assert.Zero(t, parked)
	}
}

// TestPieces holds that no byte of a next request is lost, however it is cut and whatever the server is doing.
func TestPieces(t *testing.T) {
	_, address := serve(t, Options{Linger: time.Millisecond})
	c := dial(t, address)
	r := bufio.NewReader(c)
	two := post("/a", "1") + post("/b", "2")
	for cut := range len(two) {
		_, err := io.WriteString(c, two[:cut])
		require.NoError(t, err)
		time.Sleep(3 * time.Millisecond) // longer than the server lingers
		_, err = io.WriteString(c, two[cut:])
		require.NoError(t, err)
		expect(t, r, "/a 1 1")
		expect(t, r, "/b 1 2")
	}
}

func TestHTTP2IsNotParked(t *testing.T) {
	lot, address := serve(t, Options{Linger: time.Millisecond})
	var protocols http.Protocols
	protocols.SetUnencryptedHTTP2(true)
	transport := &http.Transport{Protocols: &protocols}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	for range 3 {
		response, err := client.Post("http://"+address+"/h2", "text/plain", strings.NewReader("a"))
		require.NoError(t, err)
		body, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		assert.Equal(t, "/h2 2 a", string(body))
		time.Sleep(5 * time.Millisecond)
		all, parked := lot.Open()
		assert.Equal(t, []int{1, 0}, []int{all, parked}, "one connection all the time")
	}
}

// TestTooMany: where all are busy, one more is refused.
func TestTooMany(t *testing.T) {
	lot, address := serve(t, Options{Most: 2})
	a, b := dial(t, address), dial(t, address)
	for _, c := range []net.Conn{a, b} {
		_, err := io.WriteString(c, "POST / HTTP/1.1\r\n")
		require.NoError(t, err)
	}
	require.Eventually(t, func() bool { all, parked := lot.Open(); return all == 2 && parked == 0 }, 5*time.Second, time.Millisecond)
	response, err := http.ReadResponse(bufio.NewReader(dial(t, address)), nil)
	require.NoError(t, err)
	assert.Equal(t, 503, response.StatusCode)
	assert.Equal(t, "1", response.Header.Get("Retry-After"))
	require.NoError(t, a.Close())
	require.Eventually(t, func() bool { all, _ := lot.Open(); return all == 1 }, 5*time.Second, time.Millisecond)
	c := dial(t, address)
	ask(t, c, bufio.NewReader(c), post("/", ""), "/ 1 ")
	ask(t, b, bufio.NewReader(b), "Host: x\r\n\r\n", "/ 1 ")
}

// TestWhoIsSilentMakesRoom for who comes: first who never said anything, then who has been silent longest.
func TestWhoIsSilentMakesRoom(t *testing.T) {
	lot, address := serve(t, Options{Linger: time.Millisecond, Most: 3})
	var known []net.Conn
	for n := range 2 {
		c := dial(t, address)
		ask(t, c, bufio.NewReader(c), post("/", ""), "/ 1 ")
		known = append(known, c)
		parks(t, lot, n+1)
	}
	gone := func(c net.Conn) {
		t.Helper()
		_, err := c.Read(make([]byte, 1))
		require.ErrorIs(t, err, io.EOF)
	}
	mute := dial(t, address)
	parks(t, lot, 3)
	for range 20 { // they come and say nothing: each takes the place of the one before it
		next := dial(t, address)
		gone(mute)
		mute = next
	}
	c := dial(t, address)
	ask(t, c, bufio.NewReader(c), post("/", "a"), "/ 1 a")
	gone(mute)
	parks(t, lot, 3)
	for _, c := range known {
		ask(t, c, bufio.NewReader(c), post("/", "b"), "/ 1 b")
		parks(t, lot, 3)
	}
	last := dial(t, address)
	ask(t, last, bufio.NewReader(last), post("/", "d"), "/ 1 d")
	gone(c) // it has been silent longest
	require.Eventually(t, func() bool { all, _ := lot.Open(); return all == 3 }, 5*time.Second, time.Millisecond)
}

func TestSilenceEnds(t *testing.T) {
	_, address := serve(t, Options{Linger: time.Millisecond, Idle: 20 * time.Millisecond})
	c := dial(t, address)
	_, err := c.Read(make([]byte, 1))
	require.ErrorIs(t, err, io.EOF)
	c = dial(t, address)
	r := bufio.NewReader(c)
	ask(t, c, r, post("/", ""), "/ 1 ")
	_, err = r.ReadByte()
	require.ErrorIs(t, err, io.EOF)
}

func TestManyAtOnce(t *testing.T) {
	lot, address := serve(t, Options{Linger: time.Microsecond})
	var clients sync.WaitGroup
	for i := range 50 {
		clients.Go(func() {
			c := dial(t, address)
			r := bufio.NewReader(c)
			for n := range 40 {
				body := fmt.Sprint(i, ".", n)
				ask(t, c, r, post("/", body), "/ 1 "+body)
			}
			_ = c.Close()
		})
	}
	clients.Wait()
	require.Eventually(t, func() bool { all, _ := lot.Open(); return all == 0 }, 5*time.Second, time.Millisecond)
}
