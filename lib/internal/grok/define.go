package grok

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// definition is what a name stands for.
type definition struct {
	text   string
	source string // a file and a line, for messages; empty: given by the user or built in
}

// definitions by name. The user's stand before those of files, and these before those that are built in.
type definitions struct {
	named map[string]definition
}

// load collects the definitions.
func load(o *Options) (*definitions, error) {
	d := &definitions{named: map[string]definition{}}
	if o.Regex {
		return d, nil
	}
	d.lines(base, "")
	for _, path := range o.Files {
		if err := d.path(path); err != nil {
			return nil, err
		}
	}
	for name, text := range o.Define {
		if nameEnd(name, 0) != len(name) || name == "" {
			return nil, &Error{Key: "patterns", Pos: -1, Message: fmt.Sprintf("patterns: %q is no name of a pattern", name), Hint: "letters, digits, _ . and -"}
		}
		d.named[name] = definition{text: text}
	}
	return d, nil
}

// path reads a file, or all files of a folder in the order of their names.
func (d *definitions) path(path string) error {
	info, err := os.Stat(path)
	if err == nil && !info.IsDir() {
		return d.file(path)
	}
	var entries []os.DirEntry
	if err == nil {
		entries, err = os.ReadDir(path)
	}
	if err != nil {
		return &Error{Key: "pattern_files", Pos: -1, Message: fmt.Sprintf("pattern_files: %v", err)}
	}
	for _, entry := range entries {
		if entry.IsDir() || strings.HasPrefix(entry.Name(), ".") {
			continue
		}
		if err := d.file(filepath.Join(path, entry.Name())); err != nil {
			return err
		}
	}
	return nil
}

// largestFile bounds a pattern file.
const largestFile = 16 << 20

func (d *definitions) file(path string) error {
	info, err := os.Stat(path)
	if err == nil && info.Size() > largestFile {
		err = fmt.Errorf("%s: larger than %d bytes", path, largestFile)
	}
	var text []byte
	if err == nil {
		text, err = os.ReadFile(path)
	}
	if err != nil {
		return &Error{Key: "pattern_files", Pos: -1, Message: fmt.Sprintf("pattern_files: %v", err)}
	}
	d.lines(string(text), filepath.Base(path))
	return nil
}

// lines reads Logstash's form: a name, blanks, a pattern. Lines that are blank or begin with # are comments, and so, as in Logstash, is
// every line that does not begin with a name. Of two definitions of a name the later counts.
func (d *definitions) lines(text, source string) {
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimRight(line, "\r\n")
		end := nameEnd(line, 0)
		pattern := strings.TrimLeft(line[end:], " \t")
		if end == 0 || pattern == "" || len(pattern) == len(line)-end {
			continue
		}
		at := ""
		if source != "" {
			at = fmt.Sprintf("%s:%d", source, number)
		}
		d.named[line[:end]] = definition{text: pattern, source: at}
	}
}

// nameEnd is the place behind the pattern's name at i.
func nameEnd(text string, i int) int {
	for i < len(text) {
		c := text[i]
		if c|0x20 < 'a' || c|0x20 > 'z' {
			if (c < '0' || c > '9') && c != '_' && c != '.' && c != '-' {
				break
			}
		}
		i++
	}
	return i
}

// nearest lists the defined names, those most like name first.
func (d *definitions) nearest(name string) []string {
	const most = 5
	type near struct {
		name     string
		distance int
	}
	var all []near
	upper := strings.ToUpper(name)
	for known := range d.named {
		distance := editDistance(upper, strings.ToUpper(known))
		if strings.HasPrefix(strings.ToUpper(known), upper) || strings.HasPrefix(upper, strings.ToUpper(known)) {
			distance = min(distance, 2)
		}
		if distance <= max(2, len(name)/3) {
			all = append(all, near{known, distance})
		}
	}
	slices.SortFunc(all, func(a, b near) int {
		if a.distance != b.distance {
			return a.distance - b.distance
		}
		return strings.Compare(a.name, b.name)
	})
	names := make([]string, 0, most)
	for _, n := range all[:min(len(all), most)] {
		names = append(names, n.name)
	}
	return names
}

// editDistance is Levenshtein's.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for k := range row {
		row[k] = k
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for k := range len(b) {
			cost := before
			if a[i] != b[k] {
				cost++
			}
			before = row[k+1]
			row[k+1] = min(cost, row[k]+1, before+1)
		}
	}
	return row[len(b)]
}
