package config

import (
	"errors"
	"fmt"
	"os"
)

// Usage is a setting or an argument that is wrong.
type Usage struct{ Err error }

func (u Usage) Error() string { return u.Err.Error() }

// Unwrap gives what is wrong, for errors.Is and errors.As.
func (u Usage) Unwrap() error { return u.Err }

// Exit says why a program ends, and ends it: with status 64 (EX_USAGE of sysexits) for a Usage, which a supervisor need not try again, else with 1.
// (2 is what Go ends with after a panic.)
func Exit(program string, err error) {
	fmt.Fprintf(os.Stderr, "%s: %v\n", program, err)
	if errors.As(err, new(Usage)) {
		os.Exit(64)
	}
	os.Exit(1)
}
