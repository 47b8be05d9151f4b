package loggate

import (
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"
)

// renewed is what files say. They are read again when they have changed: certificates are renewed every few weeks, and a key that has become known has
// to go at once; nobody restarts a gateway for that. Where they cannot be read, or are damaged, what they said before stays.
type renewed[T any] struct {
	what  string // for the log
	files []string
	read  func() (T, error)
	log   *slog.Logger

	mu     sync.Mutex
	value  T
	stamp  []time.Time // of the files, when they were read
	looked time.Time
}

// lookEvery is how often it is asked whether the files have changed.
const lookEvery = 10 * time.Second

// renew fails when there is nothing to begin with. A file without a name is none.
func renew[T any](what string, log *slog.Logger, read func() (T, error), files ...string) (r *renewed[T], err error) {
	files = slices.DeleteFunc(files, func(name string) bool { return name == "" })
	r = &renewed[T]{what: what, files: files, read: read, log: log, looked: time.Now()}
	r.stamp = r.stamps()
	if r.value, err = read(); err != nil {
		return nil, err
	}
	return r, nil
}

// now is what the files say now.
func (r *renewed[T]) now() T {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now := time.Now(); now.Sub(r.looked).Abs() >= lookEvery {
		r.looked = now
		if stamp := r.stamps(); !slices.Equal(stamp, r.stamp) {
			r.again(stamp)
		}
	}
	return r.value
}

// again reads. Of two files one may be new already and the other not yet: what was before serves meanwhile.
func (r *renewed[T]) again(stamp []time.Time) {
	value, err := r.read()
	if err != nil {
		r.log.Error(fmt.Sprintf("the %s has changed and cannot be read: what was before stays", r.what), "error", err)
		return
	}
	r.value, r.stamp = value, stamp
	r.log.Info(fmt.Sprintf("the %s was read again", r.what), "files", r.files)
}

func (r *renewed[T]) stamps() []time.Time {
	at := make([]time.Time, len(r.files))
	for i, file := range r.files {
		if info, err := os.Stat(file); err == nil {
			at[i] = info.ModTime()
		}
	}
	return at
}
