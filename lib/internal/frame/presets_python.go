package frame

import "bytes"

// Python: a traceback, the exception, and the tracebacks that say they belong to it.
const (
	inTraceback   state = iota + 1
	pythonIntro         // what stands above a traceback
	pythonAfter         // behind the exception
	pythonMessage       // behind more of its message, or behind an empty line
	pythonCause         // "During handling of ..." behind that
	pythonStack         // in a stack that has no exception below it: of logging, or of a program that died
)

const (
	traceback = "Traceback (most recent call last):"
	group     = "  + Exception Group " + traceback
	stack     = "Stack (most recent call last):"
	died      = "Fatal Python error: "
	thread    = " (most recent call first):"
	remote    = "RemoteTraceback: " // of another process: between quotes
)

// startPython looks at the first and the last byte before all else, since every line is asked.
func startPython(line []byte) state {
	if len(line) == 0 {
		return 0
	}
	switch line[len(line)-1] {
	case ':':
		if ends(line, traceback) {
			return inTraceback
		} else if has(line, "Exception in thread ") && ends(line, "):") {
			return pythonIntro
		} else if string(line) == stack || ends(line, thread) {
			return pythonStack
		}
	case 'd':
		if ends(line, "exception was never retrieved") {
			return pythonIntro
		}
	case ' ':
		if ends(line, remote) {
			return pythonIntro
		}
	}
	switch line[0] {
	case ' ':
		if has(line, `  File "`) { // an error of syntax has no more than the place in front
			return inTraceback
		}
	case 'E':
		if has(line, "Exception ignored in") {
			return pythonIntro
		}
	case 'F':
		if has(line, died) {
			return pythonStack
		}
	case '-':
		if string(line) == "--- Logging error ---" {
			return pythonIntro
		}
	}
	return 0
}

func behindPython(line []byte) state {
	switch {
	case has(line, traceback), string(line) == group:
		return inTraceback
	case string(line) == stack:
		return pythonStack
	case ends(line, remote):
		return pythonIntro
	}
	return 0
}

func nextPython(s state, line []byte) (state, Verdict) {
	text := inner(line)
	indented := len(text) < len(line)
	switch s {
	case pythonIntro:
		switch {
		case ends(line, traceback):
			return inTraceback, Joined
		case string(line) == `"""`, has(line, "future: <"):
			return s, Joined
		}
	case inTraceback:
		switch {
		case grouped(text) && indented:
			return pythonAfter, Joined // an exception group
		case indented && len(text) > 0, has(line, traceback):
			return s, Joined
		case pythonException(line):
			return pythonAfter, Joined
		}
	case pythonAfter, pythonMessage:
		switch {
		case len(text) == 0 || string(text) == "|":
			return pythonMessage, Held
		case string(line) == group:
			return 0, Alone
		case grouped(text) && indented:
			return pythonAfter, Joined
		case string(text) == "During handling of the above exception, another exception occurred:", string(text) == "The above exception was the direct cause of the following exception:":
			return pythonCause, Held
		case s == pythonAfter && string(line) == `"""`, s == pythonAfter && has(line, "Arguments: "):
			return s, Joined
		case s == pythonAfter && string(line) == "Call stack:":
			return inTraceback, Joined
		case s == pythonAfter && indented && startPython(line) == 0:
			return s, Joined
		}
		if s == pythonAfter && string(line) == stack {
			return pythonStack, Joined
		}
		return pythonMessage, closing
	case pythonStack:
		switch {
		case len(text) == 0:
			return s, Held
		case indented || ends(line, thread):
			return s, Joined
		}
	case pythonCause:
		switch {
		case len(text) == 0:
			return s, Held
		case has(text, traceback), string(line) == group:
			return inTraceback, Joined
		}
		return pythonMessage, closing
	}
	return 0, Alone
}

// grouped tells whether the line, without the blanks in front, is of an exception group.
func grouped(text []byte) bool { return len(text) > 0 && (text[0] == '|' || text[0] == '+') }

// pythonException tells whether the line is a dotted name with a colon behind it, or the name of a class alone.
func pythonException(line []byte) bool {
	for i, c := range line {
		switch {
		case c == '_' || c >= 0x80 || c|0x20 >= 'a' && c|0x20 <= 'z':
		case i > 0 && (c-'0' <= 9 || c == '.' || c == '<' || c == '>'): // a class made by a function is called f.<locals>.C
		case i > 0 && c == ':':
			return true
		default:
			return false
		}
	}
	return len(line) > 0 && (line[0] >= 'A' && line[0] <= 'Z' || bytes.IndexByte(line, '.') > 0)
}
