// Loadtest opens many connections to loggate, and measures what each costs and how fast requests are answered meanwhile.
//
//	loadtest -loggate PROGRAM -connections 50000 -processes 3
//
// It starts the processes of loggate on one port (SO_REUSEPORT) where one may not have so many open files, each with its own store, and
// holders that keep the connections: each connection posts a line, is silent, and posts again after a while. Then requests are sent at a fixed
// rate, whether the ones before have been answered or not (an open loop: a slow server does not slow the clients), and latency is counted
// from the moment a request should have been sent. All of it is on loopback addresses, and ends by itself.
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

type settings struct {
	loggate     string
	connections int
	processes   int
	rate        float64
	share       float64
	lines       int
	seconds     int
	every       time.Duration
	database    string
}

func main() {
	var s settings
	hold := flag.String("hold", "", "for itself: hold connections to this address")
	from := flag.Int("from", 2, "for itself: the first source address is 127.0.FROM.1")
	flag.StringVar(&s.loggate, "loggate", "loggate", "the program")
	flag.IntVar(&s.connections, "connections", 5000, "connections to hold")
	flag.IntVar(&s.processes, "processes", 1, "processes of loggate on one port")
	flag.Float64Var(&s.rate, "rate", 200, "requests a second; 0: as many as 8 clients can, to find the limit")
	flag.Float64Var(&s.share, "share", 0, "find the limit first, and then send at this share of it, say 0.7")
	flag.IntVar(&s.lines, "lines", 100, "lines in a request")
	flag.IntVar(&s.seconds, "seconds", 10, "how long requests are sent")
	flag.DurationVar(&s.every, "every", time.Minute, "how often each held connection posts")
	flag.StringVar(&s.database, "database-url", "", "store in PostgreSQL, else in what DATABASE_URL names")
	flag.Parse()
	if s.database == "" { // no default: the help would show its password
		s.database = os.Getenv("DATABASE_URL")
	}
	if *hold != "" {
		holdConnections(*hold, *from, s.connections, s.every)
		return
	}
	if err := run(s); err != nil {
		log.Fatal("loadtest: ", err)
	}
}

func run(s settings) error {
	runtime.LockOSThread() // children die with this thread, and so with this program
	folder, err := os.MkdirTemp("", "loadtest")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		return err
	}
	servers, err := startServers(s, address, folder)
	defer stop(servers)
	if err != nil {
		return err
	}
	if s.connections > 0 {
		holders, err := holdAll(s, address, servers)
		defer stop(holders)
		if err != nil {
			return err
		}
	}
	measure(s, "http://"+address)
	return nil
}

// command is a program that dies with this one.
func command(env []string, name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Env, cmd.Stderr = append(os.Environ(), env...), os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd
}

func stop(list []*exec.Cmd) {
	for _, cmd := range list {
		_ = cmd.Process.Signal(syscall.SIGTERM)
	}
	for _, cmd := range list {
		timer := time.AfterFunc(15*time.Second, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait()
		timer.Stop()
	}
}

func startServers(s settings, address, folder string) (all []*exec.Cmd, err error) {
	for i := range s.processes {
		cmd := command([]string{"DATABASE_URL=" + s.database}, s.loggate, "-listen", address, "-reuse-port", "-data", filepath.Join(folder, fmt.Sprint(i, ".db")), "-log-level", "ERROR")
		if err := cmd.Start(); err != nil {
			return all, err
		}
		all = append(all, cmd)
	}
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		c, err := net.Dial("tcp", address)
		if err == nil {
			time.Sleep(500 * time.Millisecond) // the other processes
			return all, c.Close()
		}
		if time.Now().After(end) {
			return all, errors.New("loggate does not listen")
		}
	}
}

// perHolder is how many connections one process of clients may have.
const perHolder = 17_000

func holdAll(s settings, address string, servers []*exec.Cmd) (holders []*exec.Cmd, err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	before, begin := memory(servers), time.Now()
	for left, i := s.connections, 0; left > 0; i++ {
		n := min(left, perHolder)
		left -= n
		cmd := command(nil, self, "-hold", address, "-connections", strconv.Itoa(n), "-from", strconv.Itoa(2+10*i), "-every", s.every.String())
		ready, err := cmd.StdoutPipe()
		if err != nil {
			return holders, err
		}
		if err := cmd.Start(); err != nil {
			return holders, err
		}
		holders = append(holders, cmd)
		var word [5]byte
		if _, err := ready.Read(word[:]); err != nil || string(word[:4]) != "open" {
			return holders, errors.New("a holder could not open its connections")
		}
	}
	opened := time.Since(begin)
	time.Sleep(15 * time.Second) // what the burst took is given back to the system
	after := memory(servers)
	fmt.Printf("%d connections to %d process(es) on one port, opened in %.1f s, each has posted and posts again every %s\n", s.connections, s.processes, opened.Seconds(), s.every)
	fmt.Printf("memory of loggate: %d MiB before, %d MiB with them: %.1f KiB a connection\n", before>>10, after>>10, float64(after-before)/float64(s.connections))
	return holders, nil
}

// memory is the resident memory of processes in KiB.
func memory(list []*exec.Cmd) (sum int) {
	for _, cmd := range list {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid))
		if err != nil {
			continue
		}
		_, rest, _ := strings.Cut(string(text), "\nVmRSS:")
		n, _ := strconv.Atoi(strings.Fields(rest)[0])
		sum += n
	}
	return sum
}
