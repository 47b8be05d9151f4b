package arrowgo

import (
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// Strings is how texts lie in Arrow.
type Strings uint8

const (
	Views     Strings = iota // string_view and binary_view: not copied
	UTF8                     // utf8 and binary: copied; up to 2 GiB in one column of a batch
	LargeUTF8                // large_utf8 and large_binary: copied
)

// Unit is the unit of times and durations.
type Unit uint8

const (
	Nanoseconds  Unit = iota // not copied
	Microseconds             // copied; what is finer is cut off, towards the past
	Milliseconds
)

// Options say which of several types a column takes. The zero value copies nothing.
type Options struct {
	Strings Strings
	// NoDictionary writes the columns of few distinct texts like all others.
	NoDictionary bool
	Unit         Unit
	// Allocator gives the memory of what is copied. Nil: memory.DefaultAllocator.
	Allocator memory.Allocator
}

func (o *Options) check() error {
	if o.Strings > LargeUTF8 {
		return fmt.Errorf("arrowgo: %d is none of Views, UTF8 and LargeUTF8", o.Strings)
	}
	if o.Unit > Milliseconds {
		return fmt.Errorf("arrowgo: %d is none of Nanoseconds, Microseconds and Milliseconds", o.Unit)
	}
	return nil
}

func (o *Options) allocator() memory.Allocator {
	if o.Allocator == nil {
		return memory.DefaultAllocator
	}
	return o.Allocator
}

func (o *Options) unit() arrow.TimeUnit {
	return [...]arrow.TimeUnit{arrow.Nanosecond, arrow.Microsecond, arrow.Millisecond}[o.Unit]
}
