package frame

import (
	"bytes"
	"maps"
	"slices"
)

// state is where a preset stands inside a record; 0: in none.
type state uint8

// preset knows the records of one writer. Both functions look at one line, without its ending.
type preset struct {
	// start tells whether a record of more than one line may begin with this one: its state behind it.
	start func(line []byte) state
	// next tells whether the line goes on with a record in this state.
	next func(s state, line []byte) (state, Verdict)
	// behind tells whether the line begins a trace that belongs to the line before it, when a time stands in that one: the state behind it.
	behind func(line []byte) state
}

var presets = map[string]*preset{
	"java": {startJava, nextJava, behindJava}, "dotnet": {startDotnet, nextJava, behindJava}, "node": {startNode, nextNode, behindNode},
	"python": {startPython, nextPython, behindPython}, "go": {startGo, nextGo, nil}, "ruby": {startRuby, nextRuby, behindRuby}, "rust": {startRust, nextRust, nil}, "php": {startPHP, nextPHP, nil},
	"time": each(begins), "time-or-access": each(beginsOrAccessed), "time-near": each(beginsNear), "time-or-level": each(beginsOrLevelled), "klog": each(klogged),
	"quotes": {startQuoted, nextQuoted, nil}, "mysql-slow": {startSlow, nextSlow, nil},
	"indent":   {func(line []byte) state { return 1 }, indented(" \t"), nil},
	"postgres": {func(line []byte) state { return 1 }, indented("\t"), nil},
}

var presetNames = slices.Sorted(maps.Keys(presets))

// indented joins lines that begin with one of these bytes to any line before them.
func indented(bytes string) func(state, []byte) (state, Verdict) {
	return func(s state, line []byte) (state, Verdict) {
		for i := range len(bytes) {
			if len(line) > 0 && line[0] == bytes[i] {
				return 1, Joined
			}
		}
		return 0, Alone
	}
}

func has(line []byte, prefix string) bool {
	return len(line) >= len(prefix) && string(line[:len(prefix)]) == prefix
}

func ends(line []byte, suffix string) bool {
	return len(line) >= len(suffix) && string(line[len(line)-len(suffix):]) == suffix
}

// inner is the line without the blanks and tabs in front.
func inner(line []byte) []byte {
	for len(line) > 0 && (line[0] == ' ' || line[0] == '\t') {
		line = line[1:]
	}
	return line
}

// digits is how many digits the line begins with.
func digits(line []byte) int {
	n := 0
	for n < len(line) && line[n]-'0' <= 9 {
		n++
	}
	return n
}

// Java, and .NET and V8 whose frames look alike: a line that names an exception, then its frames.
const (
	inException state = iota + 1 // behind the name: its message may go on, up to the frames
	inFrames
	inNested // behind "nested exception is:"
)

func startJava(line []byte) state {
	if exception(line) {
		return inException
	}
	return 0
}

func startDotnet(line []byte) state {
	if has(line, "Unhandled exception") || has(line, "Unhandled Exception") {
		return inException
	}
	return startJava(line)
}

// exception tells whether the line has a word that ends like an exception's name, and behind it a colon or the end.
func exception(line []byte) bool {
	for at := 0; ; at++ {
		k := bytes.IndexByte(line[at:], ':')
		if k < 0 {
			return named(line)
		}
		if at += k; named(line[:at]) {
			return true
		}
	}
}

func named(text []byte) bool {
	text = uncoded(text)
	for _, word := range [...]string{"Exception", "Error", "Throwable", "V8 errors stack trace"} {
		if ends(text, word) && len(text) > len(word) {
			return true
		}
	}
	return false
}

// uncoded is the text without the code behind it, which Node.js writes in brackets: TypeError [ERR_INVALID_ARG_TYPE]
func uncoded(text []byte) []byte {
	n := len(text) - 1
	if n < 0 || text[n] != ']' {
		return text
	}
	for n > 0 && wordByte(text[n-1]) {
		n--
	}
	if n < len(" [") || string(text[n-2:n]) != " [" {
		return text
	}
	return text[:n-2]
}

// thrown tells whether the line begins with the name of an exception, perhaps with its packages in front, and behind it a colon or the end.
func thrown(line []byte) bool {
	n := 0
	for n < len(line) && (wordByte(line[n]) || line[n] == '.' || line[n] == '$') {
		n++
	}
	if has(line[n:], " [") {
		n += len(" [")
		for n < len(line) && line[n] != ']' && wordByte(line[n]) {
			n++
		}
		n = min(n+1, len(line))
	}
	if n < len(line) && line[n] != ':' {
		return false
	}
	return named(line[:n]) || string(uncoded(line[:n])) == "Error"
}

func behindJava(line []byte) state {
	if thrown(line) {
		return inException
	}
	return 0
}

func nextJava(s state, line []byte) (state, Verdict) {
	if s == inNested {
		if exception(line) {
			return inException, Joined
		}
		return 0, Alone
	}
	text := inner(line)
	indented := len(text) < len(line)
	switch {
	case len(text) == 0:
		return s, Held // of the message, or between inner exceptions
	case indented && (has(text, "at ") || has(text, "eval at ")), has(text, "--- End of "):
		return inFrames, Joined
	case has(text, "Caused by:"), has(text, "Suppressed:"), has(text, "Wrapped by:"), has(text, "[CIRCULAR REFERENCE"), has(text, "---> "):
		return inException, Joined
	case has(text, "nested exception is:"):
		return inNested, Joined
	case has(text, "... ") && digits(text[4:]) > 0:
		rest := text[4+digits(text[4:]):]
		if has(rest, " more") || has(rest, " common frames omitted") || has(rest, " frames ") {
			return inFrames, Joined
		}
	case has(text, "... suppressed "):
		return inFrames, Joined
	}
	if s == inException {
		return s, message
	}
	return 0, Alone
}

// Cells of CSV: a line whose last cell has not been closed goes on.

func startQuoted(line []byte) state { return state(bytes.Count(line, quote) & 1) }

func nextQuoted(s state, line []byte) (state, Verdict) {
	return s ^ state(bytes.Count(line, quote)&1), Joined
}

var quote = []byte{'"'}
