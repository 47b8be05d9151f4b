//go:build !unix

package loggate

import (
	"errors"
	"net"
)

func listener(reuse bool) (*net.ListenConfig, error) {
	if reuse {
		return nil, errors.New("this system has no SO_REUSEPORT")
	}
	return &net.ListenConfig{}, nil
}

func openFiles() int { return 0 }
