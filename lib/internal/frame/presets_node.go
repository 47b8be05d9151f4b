package frame

import "bytes"

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
	case ends(line, "] {") && exception(line): // an error without frames
		return nodeProperties
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
	case len(text) == 0:
		return s, Held // of the message, or of a cause's
	case s == nodeEnd && has(line, "Thrown at:"):
		return nodeFrames, Joined
	case s == nodeEnd:
		if has(line, "Node.js v") {
			return 0, Joined
		}
		return 0, Alone
	case s == nodeThrown && len(text) == len(line):
		if ends(line, "] {") {
			return nodeProperties, Joined
		}
		return nodeError, Joined
	case s == nodeProperties && (len(text) < len(line) || has(line, "}")):
		if has(line, "}") {
			return nodeEnd, Joined
		}
		return s, Joined
	case len(text) < len(line) && (has(text, "at ") || has(text, "[cause]:") || has(text, "eval at ") || has(text, "... ") && bytes.Contains(text, stackOfCause)):
		if ends(line, " {") {
			return nodeProperties, Joined
		}
		return nodeFrames, Joined
	case s == nodeError:
		return s, message
	}
	return 0, Alone
}

var stackOfCause = []byte(" lines matching cause stack trace")
