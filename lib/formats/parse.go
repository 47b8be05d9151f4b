package formats

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-json"
)

// The marks that begin the lines of a sample which are not input.
const (
	rowMark     = "=> "
	rejectMark  = "!> "
	commentMark = "#> "
)

// Parse reads the text of one file: a definition up to the first blank line, then samples with blank lines between. file is its name
// for errors, which are *Error.
func Parse(file, text string) (*Format, error) {
	p := parser{file: file, lines: strings.Split(strings.TrimSuffix(text, "\n"), "\n")}
	f, err := p.format()
	if err != nil {
		return nil, err
	}
	return f, nil
}

type parser struct {
	file  string
	lines []string
	at    int  // the next line, from 0
	brief bool // Names are left as they are
}

func (p *parser) fail(line int, format string, args ...any) *Error {
	return &Error{p.file, line, fmt.Sprintf(format, args...)}
}

func (p *parser) format() (*Format, *Error) {
	f := &Format{}
	if err := p.definition(f); err != nil {
		return nil, err
	}
	for p.at < len(p.lines) {
		if p.lines[p.at] == "" || strings.HasPrefix(p.lines[p.at], commentMark) {
			p.at++
			continue
		}
		s, err := p.sample()
		if err != nil {
			return nil, err
		}
		f.Samples = append(f.Samples, s)
	}
	return f, nil
}

// definition reads the object at the top.
func (p *parser) definition(f *Format) *Error {
	for p.at < len(p.lines) && p.lines[p.at] != "" {
		p.at++
	}
	return p.describe(f, []byte(strings.Join(p.lines[:p.at], "\n")))
}

// describe reads an object. What describes the format goes to f, the rest is the definition.
func (p *parser) describe(f *Format, text []byte) *Error {
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(text, &keys); err != nil {
		return p.fail(1+errorLine(string(text)), "the definition is no JSON object: %v", err)
	}
	if p.brief {
		f.names = keys["names"]
		delete(keys, "names")
	} else {
		f.Names = map[string]map[string]string{}
	}
	for _, d := range []struct {
		key      string
		to       any
		required bool
	}{
		{"name", &f.Name, true}, {"title", &f.Title, true}, {"url", &f.URL, true}, {"aliases", &f.Aliases, false}, {"files", &f.Files, false},
		{"specificity", &f.Specificity, false}, {"sample_year", &f.SampleYear, false}, {"names", &f.Names, false},
	} {
		value, there := keys[d.key]
		if !there {
			if d.required {
				return p.fail(1, "the definition has no %q", d.key)
			}
			continue
		}
		if err := json.Unmarshal(value, d.to); err != nil || string(value) == "null" || string(value) == `""` {
			return p.fail(lineOf(text, d.key), "%q cannot be %s", d.key, value)
		}
		delete(keys, d.key)
	}
	if value, there := keys["keys"]; there {
		if message := f.readKeys(value); message != "" {
			return p.fail(lineOf(text, "keys"), "%s", message)
		}
		delete(keys, "keys")
	}
	if err := p.details(f, keys, text); err != nil {
		return err
	}
	if len(keys) == 0 {
		return p.fail(1, "the definition does not say how records are read")
	}
	f.Definition = object(keys)
	return nil
}

// lineOf is the line, from 1, that a key of the object stands in.
func lineOf(text []byte, key string) int {
	return 1 + bytes.Count(text[:max(0, bytes.Index(text, []byte(`"`+key+`"`)))], []byte{'\n'})
}

// details reads what else is said of the keys and values. A signature is one object, or a list of them, and so is what is likely.
func (p *parser) details(f *Format, keys map[string]json.RawMessage, text []byte) *Error {
	for _, key := range []string{"signature", "likely"} {
		if value, there := keys[key]; there && strings.HasPrefix(string(value), "{") {
			keys[key] = json.RawMessage("[" + string(value) + "]")
		}
	}
	for key, to := range map[string]any{"types": &f.Types, "levels": &f.Levels, "dashes": &f.Dashes, "signature": &f.Signature, "likely": &f.Likely, "beside": &f.Beside, "needs": &f.Needs} {
		value, there := keys[key]
		if !there {
			continue
		}
		if err := json.Unmarshal(value, to); err != nil {
			return p.fail(lineOf(text, key), "%q cannot be %s", key, value)
		}
		delete(keys, key)
	}
	return nil
}

// readKeys reads the table of keys, or the name of the format that has it. It gives what is wrong with it, or "".
func (f *Format) readKeys(value []byte) string {
	if json.Unmarshal(value, &f.keysOf) == nil && f.keysOf != "" {
		return ""
	}
	if err := json.Unmarshal(value, &f.Keys); err != nil || len(f.Keys) == 0 {
		return fmt.Sprintf(`"keys" cannot be %s`, value)
	}
	owner := map[string]string{}
	for field, keys := range f.Keys {
		if len(keys) == 0 {
			return fmt.Sprintf("the field %q has no keys", field)
		}
		for _, key := range keys {
			if other, twice := owner[key]; twice {
				return fmt.Sprintf("the key %q stands for %q and for %q", key, min(field, other), max(field, other))
			}
			owner[key] = field
		}
	}
	return ""
}

// errorLine is the line, from 0, up to which text is the beginning of a JSON object: the number of lines that a decoder reads before it
// finds fault. It is looked for by taking lines away from the end until the rest is only unfinished.
func errorLine(text string) int {
	lines := strings.Split(text, "\n")
	for n := len(lines) - 1; n > 0; n-- {
		if !broken(strings.Join(lines[:n], "\n")) {
			return n
		}
	}
	return 0
}

// broken tells whether text cannot be made a JSON value by writing more behind it.
func broken(text string) bool {
	decoder := json.NewDecoder(strings.NewReader(text))
	for {
		if _, err := decoder.Token(); err != nil {
			return !strings.Contains(err.Error(), "EOF") && !strings.Contains(err.Error(), "unexpected end")
		}
	}
}

// object writes the keys in a steady order, their values as they are.
func object(keys map[string]json.RawMessage) string {
	names, size := make([]string, 0, len(keys)), len("{}")
	for name, value := range keys {
		names = append(names, name)
		size += 2*len(name) + len(`"": , `) + len(value)
	}
	slices.Sort(names)
	var b strings.Builder
	b.Grow(size)
	b.WriteByte('{')
	for i, name := range names {
		b.WriteString(", "[:min(i, 1)*2])
		quoted, _ := json.MarshalWithOption(name, json.DisableHTMLEscape())
		b.Write(quoted)
		b.WriteString(": ")
		b.Write(bytes.TrimSpace(keys[name]))
	}
	b.WriteByte('}')
	return b.String()
}

// sample reads one sample: the lines of the input, then what must become of them.
func (p *parser) sample() (Sample, *Error) {
	start := p.at
	for p.at < len(p.lines) && p.lines[p.at] != "" {
		line := p.lines[p.at]
		row, isRow := strings.CutPrefix(line, rowMark)
		reject, isReject := strings.CutPrefix(line, rejectMark)
		if !isRow && !isReject {
			p.at++
			continue
		}
		s := Sample{Input: strings.Join(p.lines[start:p.at], "\n"), Line: start + 1}
		p.at++
		if next := p.at; next < len(p.lines) && p.lines[next] != "" {
			return s, p.fail(next+1, "a blank line is needed between samples")
		}
		if isReject {
			s.Fault, s.Element, _ = strings.Cut(reject, " ")
			if strings.Trim(s.Fault, "abcdefghijklmnopqrstuvwxyz_0123456789") != "" || s.Fault == "" {
				return s, p.fail(p.at, "%q is no fault", s.Fault)
			}
			return s, nil
		}
		s.Row = row
		if s.Input == "" {
			return s, p.fail(p.at, "a row without a line that gives it")
		}
		var fields map[string]any
		if err := json.Unmarshal([]byte(row), &fields); err != nil || fields == nil {
			return s, p.fail(p.at, "the row is no JSON object")
		}
		return s, nil
	}
	return Sample{}, p.fail(start+1, "a sample without => ROW or !> FAULT behind it")
}
