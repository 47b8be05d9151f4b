// Package config fills flags from the command line, else from the environment, else with defaults.
package config

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Set is a flag set whose flags have variables in the environment: NAME for a flag listed in Names, else PREFIX_FLAG_NAME.
type Set struct {
	*flag.FlagSet
	Prefix   string
	Names    map[string]string // of flags whose variables have names that everybody knows: DATABASE_URL
	Intro    string            // what -h prints first
	Version  string
	Commands []string // what the first argument may be in place of a flag
}

// Parse reads the environment, as os.Environ gives it, and then the arguments, which win. Errors name the variable or the flag. flag.ErrHelp means that the help, or the
// version, was printed to w.
func (s *Set) Parse(args, environ []string, w io.Writer) error {
	s.SetOutput(io.Discard)
	s.Usage = func() {}
	if len(args) > 0 && strings.HasPrefix(args[0], "-") && strings.TrimLeft(args[0], "-") == "version" {
		fmt.Fprintln(w, s.Name(), s.Version)
		return flag.ErrHelp
	}
	variables := map[string]string{}
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		variables[name] = value
	}
	errs := s.strangers(variables)
	s.VisitAll(func(f *flag.Flag) {
		if value := variables[s.Variable(f.Name)]; value != "" {
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
	if err != nil {
		if name, unknown := strings.CutPrefix(err.Error(), "flag provided but not defined: -"); unknown {
			err = fmt.Errorf("there is no flag -%s%s", name, meant(name, s.flags(), 1+min(len(name)/4, 2), "-"))
		}
	} else if rest := s.Args(); len(rest) > 0 {
		err = fmt.Errorf("unexpected argument %q%s", rest[0], meant(rest[0], s.Commands, 2, ""))
	}
	return errors.Join(append(errs, err)...)
}

func (s *Set) flags() (names []string) {
	s.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
	return names
}

// strangers are variables that nobody reads, and that somebody has set in good faith. Others with the prefix may be somebody else's: for a service
// by this name, Kubernetes makes LOGGATE_PORT.
func (s *Set) strangers(variables map[string]string) (errs []error) {
	var known []string
	s.VisitAll(func(f *flag.Flag) {
		known = append(known, s.Variable(f.Name))
		regular := s.Prefix + "_" + screaming(f.Name)
		if _, set := variables[regular]; set && regular != s.Variable(f.Name) {
			errs = append(errs, fmt.Errorf("%s: the variable is %s", regular, s.Variable(f.Name)))
		}
	})
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		rest, ours := strings.CutPrefix(name, s.Prefix+"_")
		if ours && !slices.Contains(known, name) {
			if hint := meant(name, known, 1+len(rest)/8, ""); hint != "" {
				errs = append(errs, fmt.Errorf("%s: there is no such variable%s", name, hint))
			}
		}
	}
	return errs
}

// Variable is the name of a flag's variable.
func (s *Set) Variable(name string) string {
	if known := s.Names[name]; known != "" {
		return known
	}
	return s.Prefix + "_" + screaming(name)
}

func screaming(name string) string { return strings.ToUpper(strings.ReplaceAll(name, "-", "_")) }

func (s *Set) help(w io.Writer) {
	fmt.Fprintf(w, "%s\n\n", s.Intro)
	s.VisitAll(func(f *flag.Flag) {
		kind, usage := flag.UnquoteUsage(f)
		if _, ok := f.Value.(*span); ok {
			kind = "duration"
		}
		fmt.Fprintf(w, "  -%s %s", f.Name, kind)
		if f.DefValue != "" && f.DefValue != "0" && f.DefValue != "false" && f.DefValue != "0s" {
			fmt.Fprintf(w, "  (%s)", f.DefValue)
		}
		fmt.Fprintf(w, "\n        %s  [%s]\n", usage, s.Variable(f.Name))
	})
}

// DurationVar is the flag package's, and takes days too: 30d.
func (s *Set) DurationVar(p *time.Duration, name string, value time.Duration, usage string) {
	*p = value
	s.Var((*span)(p), name, usage)
}

type span time.Duration

const day = 24 * time.Hour

// Set is flag.Value's.
func (s *span) Set(text string) error {
	if number, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.ParseUint(number, 10, 16); err == nil { // 65,535 days are far from the end of 64 bits
			*s = span(time.Duration(n) * day)
			return nil
		}
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return fmt.Errorf("want a span of time like 500ms, 15s, 5m, 36h or 30d, not %q", text)
	}
	*s = span(d)
	return nil
}

func (s *span) String() string {
	if d := time.Duration(*s); d >= 2*day && d%day == 0 {
		return fmt.Sprintf("%dd", d/day)
	}
	return time.Duration(*s).String()
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
