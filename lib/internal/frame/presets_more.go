package frame

import "bytes"

// Go: a panic or a fatal error, then goroutines: a head, pairs of a call and its place, an empty line between them.
const (
	goPanic state = iota + 1
	goGap         // an empty line
	goCall
	goPlace
	goRegisters
)

func startGo(line []byte) state {
	k := bytes.Index(line, []byte("panic"))
	if k >= 0 && (k == 0 || !wordByte(line[k-1])) && (has(line[k:], "panic: ") || has(line[k:], "panic serving ")) || goFatal(line) {
		return goPanic
	}
	if goroutine(line) {
		return goCall
	}
	return 0
}

// goFatal tells whether the line is what the runtime writes when it cannot go on.
func goFatal(line []byte) bool {
	if len(line) == 0 {
		return false
	}
	switch line[0] {
	case 'f':
		return has(line, "fatal error: ")
	case 'r':
		return has(line, "runtime: goroutine stack exceeds ")
	case 'u':
		return has(line, "unexpected fault address ")
	case 'S':
		return has(line, "SIGQUIT: quit") || has(line, "SIGABRT: abort") || has(line, "SIGSEGV: segmentation ") || has(line, "SIGBUS: bus error") || has(line, "SIGFPE: floating-point ")
	}
	return false
}

func wordByte(c byte) bool { return c == '_' || c-'0' <= 9 || c|0x20 >= 'a' && c|0x20 <= 'z' }

// goroutine tells whether the line is "goroutine 1 [running]:".
func goroutine(line []byte) bool {
	const word = "goroutine "
	if !has(line, word) {
		return false
	}
	rest := line[len(word):]
	n := digits(rest)
	return n > 0 && bytes.IndexByte(rest[n:], '[') > 0 && ends(rest, "]:")
}

func nextGo(s state, line []byte) (state, Verdict) {
	text := inner(line)
	switch {
	case goroutine(line):
		return goCall, Joined
	case len(text) == 0 && s == goPanic:
		return s, Held // the message may go on
	case len(text) == 0:
		return goGap, Held
	case s == goPanic && (has(line, "[signal ") || has(line, "panic: ") || has(line, "PC=") || has(line, "\t") || has(line, "runtime: ") || has(line, "fatal error: ")):
		return s, Joined
	case (s == goPanic || s == goGap) && has(line, "runtime stack:"):
		return goCall, Joined
	case s == goPlace && len(text) < len(line):
		return goCall, Joined
	case s == goCall && (has(line, "created by ") || call(line)):
		return goPlace, Joined
	case s == goCall && (has(line, "...") || has(line, "\tgoroutine running on ")):
		return s, Joined
	case (s == goCall || s == goGap || s == goRegisters) && register(line):
		return goRegisters, Joined
	case (s == goCall || s == goGap || s == goPanic) && has(line, "exit status "):
		return 0, Joined
	case s == goPanic:
		return s, message
	}
	return 0, Alone
}

// call tells whether the line begins like a call: words with dots and slashes between them, then a parenthesis.
func call(line []byte) bool {
	for i, c := range line {
		switch {
		case c == '(':
			return i > 0
		case c == ' ' || c == '\t' || c == ':':
			return false
		}
	}
	return false
}

// register tells whether the line is a register and its value: "rax    0x2a".
func register(line []byte) bool {
	n := 0
	for n < len(line) && wordByte(line[n]) {
		n++
	}
	return n > 0 && n <= 8 && n < len(line) && line[n] == ' ' && has(inner(line[n:]), "0x")
}

// Ruby: a place with what went wrong, the rest of its message, then the places it was called from. With the oldest call first, as Ruby wrote
// it for some years, the place comes last.
const (
	rubyMessage state = iota + 1
	inRuby
	rubyReversed
)

func startRuby(line []byte) state {
	switch {
	case rubyPlace(line):
		return rubyMessage
	case string(line) == traceback:
		return rubyReversed
	}
	return 0
}

// behindRuby: loggers write an exception as its message, and below it the places without any words.
func behindRuby(line []byte) state {
	if barePlace(line) {
		return inRuby
	}
	return 0
}

// barePlace tells whether the line is FILE:LINE:in 'METHOD' and no more.
func barePlace(line []byte) bool {
	return ends(line, "'") && line[0] != ' ' && line[0] != '\t' && rubyPlace(line)
}

// rubyPlace tells whether the line has FILE:LINE:in and something behind it.
func rubyPlace(line []byte) bool {
	for at := 0; ; at++ {
		k := bytes.Index(line[at:], []byte(":in "))
		if k < 0 {
			return false
		}
		at += k
		n := at
		for n > 0 && line[n-1]-'0' <= 9 {
			n--
		}
		if n < at && n > 1 && line[n-1] == ':' && at+len(":in ") < len(line) {
			return true
		}
	}
}

func nextRuby(s state, line []byte) (state, Verdict) {
	text := inner(line)
	indented := len(text) < len(line)
	if n := digits(text); s == rubyReversed && n > 0 && has(text[n:], ": ") {
		text = text[n+len(": "):]
	} else if s == rubyReversed && !indented && rubyPlace(line) {
		return rubyMessage, Joined
	}
	switch {
	case indented && (has(text, "from ") && rubyPlace(text) || has(text, "... ") && ends(text, " levels...")):
		if s == rubyReversed {
			return s, Joined
		}
		return inRuby, Joined
	case s != rubyReversed && barePlace(line):
		return inRuby, Joined
	case s == rubyMessage && len(text) == 0:
		return s, Held
	case s == rubyMessage:
		return s, message
	}
	return 0, Alone
}

// Rust: a panic, its message where that stands on a line of its own, a note, a backtrace.
const (
	rustMessage state = iota + 1
	rustAfter
	rustFrames
)

func startRust(line []byte) state {
	k := bytes.Index(line, []byte("panicked at "))
	switch {
	case k < 0 || !has(line, "thread "):
		return 0
	case ends(line, ":"):
		return rustMessage
	}
	return rustAfter
}

func nextRust(s state, line []byte) (state, Verdict) {
	text := inner(line)
	n := digits(text)
	switch {
	case s == rustMessage && len(line) > 0:
		return rustAfter, Joined
	case s == rustAfter && len(text) > 0 && len(text) < len(line): // the message goes on: both sides of an assertion
		return s, Joined
	case has(line, "note: "):
		return rustFrames, Joined
	case has(line, "stack backtrace:"):
		return rustFrames, Joined
	case s == rustFrames && len(text) < len(line) && (has(text, "at ") || n > 0 && has(text[n:], ": ") || has(text, "[... omitted ")):
		return s, Joined
	case s == rustAfter && len(text) == 0:
		return s, Held
	case s == rustAfter:
		return s, message
	}
	return 0, Alone
}

// PHP: an error, its stack trace as PHP itself, Xdebug or Monolog writes it, where it was thrown.
const (
	phpError state = iota + 1
	phpTrace
)

func startPHP(line []byte) state {
	for _, word := range [...]string{"PHP Fatal error", "PHP Warning", "PHP Notice", "PHP Deprecated", "PHP Parse error", "Fatal error: ", "Uncaught ", `{"exception":"[object]`} {
		if bytes.Contains(line, []byte(word)) {
			return phpError
		}
	}
	return 0
}

func nextPHP(s state, line []byte) (state, Verdict) {
	text := inner(line)
	switch {
	case has(text, "#") && digits(text[1:]) > 0:
		return phpTrace, Joined
	case has(text, "Stack trace:"), has(line, "[stacktrace]"), has(text, "[previous exception]"), has(text, "Next "):
		return s, Joined
	case has(line, "PHP Stack trace:"), xdebug(line):
		return phpTrace, Joined
	case s == phpTrace && len(text) < len(line) && has(text, "thrown in "), s == phpTrace && has(line, `"}`):
		return 0, Joined
	case len(text) == 0:
		return s, Held
	case s == phpError:
		return s, message
	}
	return 0, Alone
}

// xdebug tells whether the line is "PHP   1. {main}() ...".
func xdebug(line []byte) bool {
	if !has(line, "PHP ") {
		return false
	}
	text := inner(line[3:])
	n := digits(text)
	return n > 0 && has(text[n:], ". ")
}
