//go:build unix

package loggate

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// listener makes sockets, which other processes may share when reuse is set.
func listener(reuse bool) (*net.ListenConfig, error) {
	l := &net.ListenConfig{KeepAliveConfig: net.KeepAliveConfig{Enable: true}}
	if reuse {
		l.Control = func(_, _ string, raw syscall.RawConn) (err error) {
			controlled := raw.Control(func(fd uintptr) { err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1) })
			if controlled != nil {
				return controlled
			}
			return err
		}
	}
	return l, nil
}

// openFiles is how many files this process may have open; 0: not known.
func openFiles() int {
	var limit unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &limit) != nil || limit.Cur > 1<<30 {
		return 0
	}
	return int(limit.Cur)
}
