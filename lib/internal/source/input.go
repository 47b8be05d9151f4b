// Package source opens inputs and cuts them into blocks of whole lines: files, lists and globs of files, descriptors, readers. What is
// compressed is told by its first bytes and decompressed straight into the blocks.
package source

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"sort"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// Kind tells errors apart.
type Kind uint8

const (
	IO    Kind = iota // the system refused to open or read
	Codec             // compressed data is damaged or ends early
	Limit             // Options.Bytes was reached
)

// Error is an input that could not be read to its end. The blocks before it are complete.
type Error struct {
	Kind   Kind
	Path   string
	Offset int64 // bytes read before, after decompression
	Err    error
}

func (e *Error) Error() string { return fmt.Sprintf("%s: after %d bytes: %v", e.Path, e.Offset, e.Err) }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Input is one thing to read.
type Input struct {
	Name string
	// Live: reading may wait for somebody else, so what is there is handed on before the block is full.
	Live bool
	Size int64 // bytes as stored, 0 where that is not known
	// Written is when a file was last written; the zero time where that is not known.
	Written time.Time
	Open    func() (io.ReadCloser, error)
	// Given is open already, by somebody else: it is to be closed even when it was never read.
	Given io.Closer
}

// Paths makes inputs of paths: files, or patterns (*, ?, []) where no file has the name. A pattern's files are sorted by name.
func Paths(paths []string) ([]Input, error) {
	var inputs []Input
	for _, path := range paths {
		info, err := os.Stat(path)
		if err == nil {
			input, err := file(path, info)
			if err != nil {
				return nil, err
			}
			inputs = append(inputs, input)
			continue
		}
		if !strings.ContainsAny(path, "*?[") {
			return nil, &Error{Path: path, Err: withoutPath(err)}
		}
		more, err := glob(path, withoutPath(err))
		if err != nil {
			return nil, err
		}
		inputs = append(inputs, more...)
	}
	return inputs, nil
}

// glob finds the files that fit a pattern; missing is why it is not the name of one.
func glob(pattern string, missing error) ([]Input, error) {
	names, err := filepath.Glob(pattern)
	if err != nil {
		return nil, &Error{Path: pattern, Err: fmt.Errorf("%w, and as a pattern it has a %w", missing, err)}
	}
	sort.Strings(names)
	var inputs []Input
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil || info.IsDir() {
			continue // a folder that fits the pattern is not meant
		}
		input, err := file(name, info)
		if err != nil {
			return nil, err
		}
		inputs = append(inputs, input)
	}
	if len(inputs) == 0 {
		return nil, &Error{Path: pattern, Err: fmt.Errorf("no file fits the pattern: %w", os.ErrNotExist)}
	}
	return inputs, nil
}

func file(path string, info os.FileInfo) (Input, error) {
	if info.IsDir() {
		return Input{}, &Error{Path: path, Err: fmt.Errorf("%w: give its files, or a pattern such as %s", syscall.EISDIR, filepath.Join(path, "*.log"))}
	}
	at, err := filepath.Abs(path) // it is opened later, when the program may have gone to another folder
	if err != nil {
		at = path
	}
	in := Input{Name: path, Live: !info.Mode().IsRegular(), Open: func() (io.ReadCloser, error) { return open(at) }}
	if info.Mode()&os.ModeNamedPipe != 0 {
		in.Open = func() (io.ReadCloser, error) { return openFIFO(at) }
	}
	if info.Mode().IsRegular() {
		in.Size, in.Written = info.Size(), info.ModTime()
	}
	return in, nil
}

// withoutPath is why the system refuses, without the path that an Error names anyway.
func withoutPath(err error) error {
	var refused *fs.PathError
	if errors.As(err, &refused) {
		return refused.Err
	}
	return err
}

// open opens a file or a device.
func open(path string) (io.ReadCloser, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, withoutPath(err)
	}
	return waking(f)
}

// File makes an input of an open file, pipe or socket. It is closed with the input.
func File(f *os.File) Input {
	given := &once{ReadCloser: f}
	if w, err := waking(f); err == nil {
		given.ReadCloser = w
	}
	in := Input{Name: f.Name(), Live: true, Given: given, Open: func() (io.ReadCloser, error) { return given, nil }}
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		in.Live, in.Written = false, info.ModTime()
		if at, err := f.Seek(0, io.SeekCurrent); err == nil {
			in.Size = max(0, info.Size()-at)
		}
	}
	return in
}

// Reader makes an input of r. It is closed with the input when it can be.
func Reader(r io.Reader) Input {
	c, ok := r.(io.ReadCloser)
	if !ok {
		c = io.NopCloser(r)
	}
	given := &once{ReadCloser: c}
	return Input{Name: "<reader>", Live: true, Given: given, Open: func() (io.ReadCloser, error) { return given, nil }}
}

// once is closed once: what a second Close does is up to every reader.
type once struct {
	io.ReadCloser
	closed atomic.Bool
}

func (o *once) Close() error {
	if o.closed.Swap(true) {
		return nil
	}
	return o.ReadCloser.Close()
}

// counted counts what is read as stored and remembers the error of the input itself, to tell it from one of the decompressor. Readers
// that break the rules of io.Reader end with an error rather than in a loop without end.
type counted struct {
	r    io.Reader
	n    *atomic.Int64
	own  int64 // of this input
	err  error
	idle int // reads that brought nothing, in a row
}

func (c *counted) add(n int) {
	c.own += int64(n)
	c.n.Add(int64(n))
}

const patience = 100 // the same as bufio's

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if n < 0 || n > len(p) {
		n, err = 0, errors.New("the reader says that it read more than there was room for")
	}
	c.add(n)
	if c.idle++; n > 0 {
		c.idle = 0
	} else if err == nil && c.idle >= patience {
		err = io.ErrNoProgress
	}
	if err != nil && err != io.EOF {
		c.err = err
	}
	return n, err
}

// Panic is a panic, caught: nothing that goes wrong here may end the host.
type Panic struct {
	Value any
	Stack []byte
}

func (p *Panic) Error() string { return fmt.Sprintf("internal error: %v\n%s", p.Value, p.Stack) }

// Unwrap gives the value of the panic when it is an error.
func (p *Panic) Unwrap() error {
	err, _ := p.Value.(error)
	return err
}

// caught gives the error of f, also when that is a panic.
func caught(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &Panic{v, debug.Stack()}
		}
	}()
	return f()
}
