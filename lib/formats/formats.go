// Package formats holds the built-in formats: one file each, a definition and samples with the rows that they must give. README.md
// beside it says how to write one. It is data only: nothing here parses a log.
package formats

import (
	"bytes"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"
)

//go:embed *.fmt
var files embed.FS

const extension = ".fmt"

// Format is what one file says.
type Format struct {
	Name, Title, URL string
	Aliases          []string // other names for it
	Files            []string // words in the names of files that have it, in small letters
	// Specificity orders formats that fit a log alike: the highest wins.
	Specificity int
	// Names has for each other vocabulary ("ecs", "otel", "native") what it calls our fields.
	Names map[string]map[string]string
	// Keys has for each field the keys of records that stand for it, the first that a log has; nil: records have fixed names.
	Keys map[string][]string
	// Types are the types of fields in Keys that are not those which such fields have everywhere; Levels is what words of the level mean,
	// nil: the usual; Signature tells the format's records from others, nil: its engine takes any that it can read.
	Types      map[string]string
	Levels     map[string]int
	Dashes     bool // a text that is a dash alone is null in the fields of Keys
	Signature  []map[string]string
	Beside     []string            // formats that the same server writes, perhaps to the same stream
	Needs      []string            // patterns of line for what detection looks for first; nil: those of the definition
	Likely     []map[string]string // what the values of its fields are like, for detection; nil: anything
	Definition string              // what says how to read it, as JSON
	Samples    []Sample
	SampleYear int // of the times in samples that have no year; 0: there are none

	keysOf string // the format whose Keys it has too
	names  []byte // of a format that Find gives: Names, as JSON
}

// Sample is a text and what must become of it: a row or a reject.
type Sample struct {
	Input   string // without the last line ending
	Row     string // the row as JSON, without its nulls; empty: the text is refused ...
	Fault   string // ... with this fault
	Element string // and at this element of the pattern; empty: not said
	Line    int    // where the sample stands in the file, from 1
}

// SampleDefinition is the definition by which samples give their rows: the format, in the year of the samples where that counts.
func (f *Format) SampleDefinition() string {
	if f.SampleYear == 0 {
		return fmt.Sprintf(`{"format": %q}`, f.Name)
	}
	return fmt.Sprintf(`{"format": %q, "year": %d}`, f.Name, f.SampleYear)
}

// Error is a mistake in a format file.
type Error struct {
	File    string
	Line    int // from 1
	Message string
}

func (e *Error) Error() string { return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Message) }

var embedded = sync.OnceValues(func() ([]Format, error) { return Load(files) })

// All gives the built-in formats, sorted by name. They are shared: do not change them.
func All() ([]Format, error) { return embedded() }

// Load reads every .fmt file of a folder, sorted by name. Names and aliases must differ. Errors are *Error, but for those of fsys.
func Load(fsys fs.FS) ([]Format, error) {
	paths, err := fs.Glob(fsys, "*"+extension)
	if err != nil {
		return nil, err
	}
	slices.Sort(paths)
	all := make([]Format, 0, len(paths))
	owner := map[string]string{}
	for _, path := range paths {
		text, err := fs.ReadFile(fsys, path)
		if err != nil {
			return nil, err
		}
		f, err := Parse(path, string(text))
		if err != nil {
			return nil, err
		}
		if f.Name != strings.TrimSuffix(path, extension) {
			return nil, &Error{path, 1, fmt.Sprintf("the format is called %q and its file otherwise", f.Name)}
		}
		for _, name := range append([]string{f.Name}, f.Aliases...) {
			if other, taken := owner[name]; taken {
				return nil, &Error{path, 1, fmt.Sprintf("the name %q is that of %s already", name, other)}
			}
			owner[name] = path
		}
		all = append(all, *f)
	}
	return all, borrow(all)
}

// borrow gives the formats that name another one for their keys those keys.
func borrow(all []Format) error {
	for i := range all {
		f := &all[i]
		if f.keysOf == "" {
			continue
		}
		k := slices.IndexFunc(all, func(other Format) bool { return other.Name == f.keysOf })
		if k < 0 || all[k].keysOf != "" || all[k].Keys == nil {
			return &Error{f.Name + ".fmt", 1, fmt.Sprintf("%q has no keys of its own", f.keysOf)}
		}
		f.Keys = all[k].Keys
	}
	return nil
}

// found has the formats that Find has read, by name.
var found sync.Map

// List gives the names of the built-in formats, sorted. No file is read.
func List() (names []string) {
	entries, _ := files.ReadDir(".")
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), extension); ok {
			names = append(names, name)
		}
	}
	return names
}

// Find is the built-in format of this name without its samples and Names, nil where there is none. Only the definition in its own file is read, when
// it is first asked for.
func Find(name string) *Format {
	if f, ok := found.Load(name); ok {
		return f.(*Format)
	}
	f := read(name)
	if f == nil {
		return nil
	}
	if f.keysOf != "" {
		if other := Find(f.keysOf); other != nil {
			f.Keys = other.Keys
		}
	}
	kept, _ := found.LoadOrStore(name, f)
	return kept.(*Format)
}

// read reads one file; nil where there is none. (That the files are right is held by a test.)
func read(name string) *Format {
	path := name + extension
	file, err := files.Open(path)
	if err != nil {
		return nil
	}
	f, p := &Format{}, parser{file: path, brief: true}
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	*buffer = beginning(file, (*buffer)[:0])
	if p.describe(f, *buffer) != nil { // it keeps nothing of the buffer
		return nil
	}
	return f
}

// buffers are for the beginnings of files: a detection reads all of them.
var buffers = sync.Pool{New: func() any { buffer := make([]byte, 0, usual); return &buffer }}

// beginning reads up to the first blank line, into text.
func beginning(file io.Reader, text []byte) []byte {
	for {
		n, err := file.Read(text[len(text):cap(text)])
		from := max(len(text)-1, 0)
		text = text[:len(text)+n]
		if end := bytes.Index(text[from:], []byte("\n\n")); end >= 0 {
			return text[:from+end]
		}
		if err != nil {
			return text
		}
		text = slices.Grow(text, usual)
	}
}

// usual is as long as most definitions.
const usual = 4 << 10

// Lookup is Find that knows the formats' other names too; without such a name it gives all names there are.
func Lookup(name string) (f *Format, names []string) {
	if f = Find(name); f != nil {
		return f, nil
	}
	for _, own := range List() {
		f := Find(own)
		for _, other := range f.Aliases {
			if other == name {
				return f, nil
			}
			names = append(names, other)
		}
		names = append(names, own)
	}
	return nil, names
}
