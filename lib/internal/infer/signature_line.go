package infer

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// line is what a shape says of a record as a whole. Writers of JSON have their own order of keys, which is what tells logs that have the
// same few keys apart.
//
//	begins with     the text that the line begins with
//	first key       the first key
//	last key        the last one
//	keys in order   keys in the order in which they stand, those that are there
//	keys sorted     "all": by their bytes, as Go's maps are written
type line struct {
	begins, first, last string
	order               []string
	sorted              bool
}

// take takes over one of these; known is false for a key of records.
func (l *line) take(name, value string) (known bool, err error) {
	switch name {
	case "begins with":
		l.begins = value
	case "first key":
		l.first = value
	case "last key":
		l.last = value
	case "keys in order":
		l.order = strings.Fields(value)
	case "keys sorted":
		if l.sorted = value == "all"; !l.sorted {
			return true, fmt.Errorf("%q can only be \"all\", not %q", name, value)
		}
	default:
		return false, nil
	}
	if value == "" {
		return true, fmt.Errorf("%q cannot be empty", name)
	}
	return true, nil
}

// fits tells whether the record is so.
func (l *line) fits(record []byte) bool {
	if !bytes.HasPrefix(bytes.TrimLeft(record, " \t"), []byte(l.begins)) {
		return false
	}
	if l.first == "" && l.last == "" && l.order == nil && !l.sorted {
		return true
	}
	n, at, ok := 0, 0, true
	var before []byte
	eachKey(record, func(key []byte) {
		if n++; n == 1 && l.first != "" && string(key) != l.first {
			ok = false
		}
		if k := slices.Index(l.order, string(key)); k >= 0 {
			ok, at = ok && k >= at, k
		}
		ok = ok && !(l.sorted && bytes.Compare(before, key) > 0)
		before = key
	})
	return ok && n > 0 && (l.last == "" || string(before) == l.last)
}

// eachKey shows the keys of a JSON object, as they are written.
func eachKey(object []byte, show func(key []byte)) {
	depth, key := 0, false
	for i := 0; i < len(object); i++ {
		switch c := object[i]; c {
		case '{', '[':
			depth++
			key = depth == 1
		case '}', ']':
			depth--
		case ',':
			key = depth == 1
		case '"':
			start := i + 1
			for i = start; i < len(object) && object[i] != '"'; i++ {
				if object[i] == '\\' {
					i++
				}
			}
			if key && i < len(object) {
				show(object[start:i])
			}
			key = false
		}
	}
}
