//go:build !unix

package loggate

import (
	"context"
	"errors"
	"net"
)

func listenTCP(ctx context.Context, address string, reuse bool) (net.Listener, error) {
	if reuse {
		return nil, errors.New("this system has no SO_REUSEPORT")
	}
	var l net.ListenConfig
	return l.Listen(ctx, "tcp", address)
}

func openFiles() int { return 0 }
