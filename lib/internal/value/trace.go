package value

import "bytes"

// Trace is the position behind the line feed from which on a record of several lines is the trace of an error, -1 where there is none. The
// first line is never part of it. What is between is a message of several lines.
func Trace(text []byte) int {
	for i := bytes.IndexByte(text, '\n'); i >= 0; {
		i++
		line, next := text[i:], -1
		if k := bytes.IndexByte(line, '\n'); k >= 0 {
			line, next = line[:k], i+k
		}
		if traced(bytes.TrimSuffix(line, []byte{'\r'})) {
			return i
		}
		i = next
	}
	return -1
}

// traceMarks are how lines of traces begin: of Java and its kin, Python, Go, PHP, Ruby, Rust, Node.js, .NET, glog.
var traceMarks = []string{"at ", "Caused by:", "Suppressed:", "Exception in thread ", "Traceback (most recent call last)", "During handling of the above",
	"The above exception was", "goroutine ", "panic: ", "Stack trace:", "Stack Trace:", "[stacktrace]", "[previous exception]", "#0 ", "stack backtrace:", "thread '", "--- End of ",
	"from /", "... ", "*** Check failure stack trace"}

// traced tells whether a line is one of a trace.
func traced(line []byte) bool {
	text := bytes.TrimLeft(line, " \t")
	indented := len(text) < len(line)
	for _, mark := range traceMarks {
		if !bytes.HasPrefix(text, []byte(mark)) {
			continue
		}
		switch mark {
		case "at ", "from /":
			return indented
		case "... ":
			return indented && (bytes.HasSuffix(text, []byte(" more")) || bytes.HasSuffix(text, []byte("omitted")))
		case "thread '":
			return bytes.Contains(text, []byte("' panicked at"))
		}
		return true
	}
	return !indented && (thrown(text) || function(text))
}

// thrown tells whether the line begins with the name of an exception, alone or with a colon behind it.
func thrown(line []byte) bool {
	n := 0
	for n < len(line) && (line[n]|0x20-'a' <= 25 || line[n]-'0' <= 9 || line[n] == '.' || line[n] == '_' || line[n] == '$' || line[n] == '\\') {
		n++
	}
	if n == 0 || n < len(line) && line[n] != ':' {
		return false
	}
	for _, end := range [...]string{"Exception", "Error", "Throwable", "Failure", "Fault", "Interrupt", "Exit"} {
		if name := line[:n]; bytes.HasSuffix(name, []byte(end)) && (len(name) > len(end) || n < len(line)) {
			return true
		}
	}
	return false
}

// function tells whether the line is the name of a function of Go, as a trace has it: main.run, net/http.(*conn).serve(...).
func function(line []byte) bool {
	dot := false
	for i, c := range line {
		switch {
		case c|0x20-'a' <= 25, c-'0' <= 9, c == '_', c == '/', c == '-', c == '*', c == '%', c == '[', c == ']':
		case c == '.':
			dot = dot || i > 0
		case c == '(' || c == ')':
			if i == 0 {
				return false
			}
		default:
			return false
		}
	}
	return dot && len(line) > 3 && line[len(line)-1] != '.' && line[0]|0x20-'a' <= 25
}
