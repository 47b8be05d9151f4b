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
	"python": {startPython, nextPython, behindPython}, "go": {startGo, nextGo, nil}, "ruby": {startRuby, nextRuby, nil}, "rust": {startRust, nextRust, nil}, "php": {startPHP, nextPHP, nil},
	"time": {startTimed, nextTimed, nil}, "time-or-access": {startAccess, nextAccess, nil}, "time-near": {startTimedNear, nextTimedNear, nil}, "time-or-level": {startLevelled, nextLevelled, nil},
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
	inException state = iota + 1 // behind the name: its message may go on with empty lines
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
	for _, word := range [...]string{"Exception", "Error", "Throwable", "V8 errors stack trace"} {
		if ends(text, word) && len(text) > len(word) {
			return true
		}
	}
	return false
}

// thrown tells whether the line begins with the name of an exception, perhaps with its packages in front, and behind it a colon or the end.
func thrown(line []byte) bool {
	n := 0
	for n < len(line) && (wordByte(line[n]) || line[n] == '.' || line[n] == '$') {
		n++
	}
	if n < len(line) && line[n] != ':' {
		return false
	}
	return named(line[:n]) || string(line[:n]) == "Error"
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
	case len(text) == 0 && s == inException:
		return s, Held
	case indented && (has(text, "at ") || has(text, "eval at ")), has(text, "--- End of "):
		return inFrames, Joined
	case has(text, "Caused by:"), has(text, "Suppressed:"), has(text, "Wrapped by:"), has(text, "[CIRCULAR REFERENCE"), has(text, "---> "):
		return inException, Joined
	case has(text, "nested exception is:"):
		return inNested, Joined
	case has(text, "... ") && digits(text[4:]) > 0:
		rest := text[4+digits(text[4:]):]
		if has(rest, " more") || has(rest, " common frames omitted") {
			return inFrames, Joined
		}
	}
	return 0, Alone
}

// Node.js: the place and the source of an error that nobody caught, the error, its frames, its properties.
const (
	nodeError state = iota + 1
	nodeFrames
	nodeProperties // between braces
	nodeSource     // behind FILE:LINE comes the source, ...
	nodeCaret      // ... the mark below it ...
	nodeBlank      // ... an empty line ...
	nodeThrown     // ... and the error
	nodeEnd        // behind all that, where an empty line and Node's version may stand
)

func startNode(line []byte) state {
	switch {
	case exception(line), thrown(line):
		return nodeError
	case place(line):
		return nodeSource
	}
	return 0
}

func behindNode(line []byte) state {
	if thrown(line) {
		return nodeError
	}
	return 0
}

// place tells whether the line is FILE:LINE and no more.
func place(line []byte) bool {
	n := len(line)
	for n > 0 && line[n-1]-'0' <= 9 {
		n--
	}
	if n == len(line) || n < 2 || line[n-1] != ':' || bytes.IndexByte(line, ' ') >= 0 {
		return false
	}
	return line[0] == '/' || has(line, "file:///") || has(line, "node:") || n > 3 && line[1] == ':' && line[2] == '\\'
}

func nextNode(s state, line []byte) (state, Verdict) {
	text := inner(line)
	switch s {
	case nodeSource:
		return nodeCaret, Joined
	case nodeCaret:
		if len(text) > 0 && text[0] == '^' {
			return nodeBlank, Joined
		}
		return 0, Alone
	case nodeBlank:
		if len(text) == 0 {
			return nodeThrown, Held
		}
		s = nodeThrown
	}
	switch {
	case (s == nodeFrames || s == nodeEnd) && len(text) == 0:
		return nodeEnd, Held
	case s == nodeEnd:
		if has(line, "Node.js v") {
			return 0, Joined
		}
		return 0, Alone
	case s == nodeThrown && len(line) > 0 && len(text) == len(line):
		return nodeError, Joined
	case s == nodeProperties && (len(text) < len(line) || has(line, "}")):
		if has(line, "}") {
			return nodeEnd, Joined
		}
		return s, Joined
	case len(text) < len(line) && (has(text, "at ") || has(text, "[cause]:") || has(text, "eval at ")):
		if ends(line, " {") {
			return nodeProperties, Joined
		}
		return nodeFrames, Joined
	}
	return 0, Alone
}

// Python: a traceback, the exception, and the tracebacks that say they belong to it.
const (
	inTraceback state = iota + 1
	pythonAfter       // behind the exception
	pythonChain       // an empty line behind that
	pythonCause       // "During handling of ..." behind that
)

const traceback = "Traceback (most recent call last):"

func startPython(line []byte) state {
	if ends(line, traceback) || has(line, `  File "`) { // an error of syntax has no more than the place in front
		return inTraceback
	}
	return 0
}

func behindPython(line []byte) state {
	if has(line, traceback) {
		return inTraceback
	}
	return 0
}

func nextPython(s state, line []byte) (state, Verdict) {
	text := inner(line)
	switch s {
	case inTraceback:
		switch {
		case len(text) < len(line) && len(text) > 0 && (text[0] == '|' || text[0] == '+'):
			return pythonAfter, Joined // an exception group
		case len(text) < len(line) && len(text) > 0, has(line, traceback):
			return s, Joined
		case pythonException(line):
			return pythonAfter, Joined
		}
	case pythonAfter:
		if len(text) == 0 || string(text) == "|" {
			return pythonChain, Held
		} else if len(text) < len(line) && (text[0] == '|' || text[0] == '+') {
			return s, Joined
		}
	case pythonChain:
		if has(text, "During handling of the above exception, another") || has(text, "The above exception was the direct cause") {
			return pythonCause, Held
		}
	case pythonCause:
		if len(text) == 0 {
			return s, Held
		} else if has(text, traceback) {
			return inTraceback, Joined
		}
	}
	return 0, Alone
}

// pythonException tells whether the line is a dotted name with a colon behind it, or the name of a class alone.
func pythonException(line []byte) bool {
	for i, c := range line {
		switch {
		case c == '_' || c >= 0x80 || c|0x20 >= 'a' && c|0x20 <= 'z':
		case i > 0 && (c-'0' <= 9 || c == '.'):
		case i > 0 && c == ':':
			return true
		default:
			return false
		}
	}
	return len(line) > 0 && (line[0] >= 'A' && line[0] <= 'Z' || bytes.IndexByte(line, '.') > 0)
}

// Cells of CSV: a line whose last cell has not been closed goes on.

func startQuoted(line []byte) state { return state(bytes.Count(line, quote) & 1) }

func nextQuoted(s state, line []byte) (state, Verdict) {
	return s ^ state(bytes.Count(line, quote)&1), Joined
}

var quote = []byte{'"'}
