// Package config fills flags from the command line, else from the environment, else with defaults.
package config

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Set is a flag set whose flags have variables in the environment: NAME for a flag listed in Names, else PREFIX_FLAG_NAME.
type Set struct {
	*flag.FlagSet
	Prefix string
	Names  map[string]string // of flags whose variables have names that everybody knows: DATABASE_URL
	Intro  string            // what -h prints first
}

// Parse reads the environment and then the arguments, which win. Errors name the variable or the flag. flag.ErrHelp means that the help was
// printed to w.
func (s *Set) Parse(args []string, lookup func(string) (string, bool), w io.Writer) error {
	s.SetOutput(io.Discard)
	s.Usage = func() {}
	var errs []error
	s.VisitAll(func(f *flag.Flag) {
		if value, ok := lookup(s.Variable(f.Name)); ok && value != "" {
			if err := s.FlagSet.Set(f.Name, value); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", s.Variable(f.Name), err))
			}
		}
	})
	err := s.FlagSet.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		s.help(w)
		return err
	}
	if rest := s.Args(); err == nil && len(rest) > 0 {
		err = fmt.Errorf("unexpected argument %q", rest[0])
	}
	return errors.Join(append(errs, err)...)
}

// Variable is the name of a flag's variable.
func (s *Set) Variable(name string) string {
	if known := s.Names[name]; known != "" {
		return known
	}
	return s.Prefix + "_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

func (s *Set) help(w io.Writer) {
	fmt.Fprintf(w, "%s\n\n", s.Intro)
	s.VisitAll(func(f *flag.Flag) {
		kind, usage := flag.UnquoteUsage(f)
		fmt.Fprintf(w, "  -%s %s", f.Name, kind)
		if f.DefValue != "" && f.DefValue != "0" && f.DefValue != "false" && f.DefValue != "0s" {
			fmt.Fprintf(w, "  (%s)", f.DefValue)
		}
		fmt.Fprintf(w, "\n        %s  [%s]\n", usage, s.Variable(f.Name))
	})
}

// Size is a number of bytes: 4096, 64KiB, 256MiB, 1GiB.
type Size int64

var units = []struct {
	name  string
	bytes int64
}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}}

// Set is flag.Value's.
func (s *Size) Set(text string) error {
	factor := int64(1)
	for _, u := range units {
		if rest, ok := strings.CutSuffix(text, u.name); ok {
			text, factor = strings.TrimSpace(rest), u.bytes
			break
		}
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n > (1<<50)/factor {
		return fmt.Errorf("want a size like 64KiB, 256MiB or 1GiB, not %q", text)
	}
	*s = Size(n * factor)
	return nil
}

func (s *Size) String() string {
	for _, u := range units {
		if n := int64(*s); n >= u.bytes && n%u.bytes == 0 {
			return strconv.FormatInt(n/u.bytes, 10) + u.name
		}
	}
	return strconv.FormatInt(int64(*s), 10)
}

// Words is a list with commas between.
type Words []string

// Set is flag.Value's.
func (w *Words) Set(text string) error {
	*w = nil
	for word := range strings.SplitSeq(text, ",") {
		if word = strings.TrimSpace(word); word != "" {
			*w = append(*w, word)
		}
	}
	return nil
}

func (w *Words) String() string { return strings.Join(*w, ",") }
