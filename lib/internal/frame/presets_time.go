package frame

import (
	"bytes"

	"github.com/sawlog/sawlog/lib/internal/timestamp"
	"github.com/sawlog/sawlog/lib/internal/value"
)

// each is the preset of a writer of which every line tells by itself whether a record begins there: all lines up to the next such belong to it.
func each(begins func(line []byte) bool) *preset {
	return &preset{
		start: func(line []byte) state {
			if begins(line) {
				return 1
			}
			return 0
		},
		next: func(s state, line []byte) (state, Verdict) {
			if begins(line) {
				return 1, Alone
			}
			return 1, Joined
		},
	}
}

// Any writer of times: a record begins with a line that begins with one.

// begins tells whether the line begins with a time, perhaps behind a bracket.
func begins(line []byte) bool {
	i := 0
	if len(line) > 0 && (line[0] == '[' || line[0] == '(' || line[0] == '<') {
		i = 1
		if len(line) > 1 && line[1] == ' ' {
			i = 2
		}
	}
	return timestamp.Looks(line, i, len(line), true)
}

// The same for the error log of a server whose access log may go to the same place, as in a container: its lines begin no record of this
// log, but do not belong to one either.

func beginsOrAccessed(line []byte) bool { return begins(line) || accessed(line) }

// longestClient is how far a line is looked through for the time of an access log.
const longestClient = 200

// accessed tells whether the line has a time as access logs write it, in brackets behind the client and the user: a - b [05/Mar/2026:07:09:10
func accessed(line []byte) bool {
	const form = "00/aaa/0000:00:00:00"
	for at := 0; ; {
		n := bytes.Index(line[at:min(len(line), longestClient)], []byte(" ["))
		if n < 0 {
			return false
		}
		if at += n + 2; timestamp.Formed(line[at:], form) {
			return true
		}
	}
}

// Loggers of programs for Kubernetes, which often share a stream with one another and with an access log: klog and glog ("I0305 07:09:10.123456
// 7 a.go:1] "), zap's console ("2026-03-05T07:09:10.123Z<tab>info<tab>") and Envoy ("[2026-03-05T07:09:10.123Z] ").

func klogged(line []byte) bool {
	if len(line) < 5 {
		return false
	}
	switch c := line[0]; c {
	case 'I', 'W', 'E', 'F', 'C', 'X':
		return digits(line[1:5]) == 4
	case 'L', 'R', 'B': // what stands at the top of a file: "Log file created at: "
		return has(line, "Log ") || has(line, "Running ") || has(line, "Binary: ")
	case '[':
		return digits(line[1:5]) == 4 && len(line) > 5 && line[5] == '-'
	default:
		if c-'0' <= 9 && bytes.IndexByte(line[:min(len(line), longestTime)], '\t') > 0 {
			return true
		}
		return (c-'0' <= 9 || c|0x20-'a' <= 'f'-'a' || c == ':' || c == '-') && accessed(line)
	}
}

// longestTime is where a tab stands behind a time.
const longestTime = 40

// The same where the time may stand behind a few words. A line that begins with a blank goes on with the one before.

func beginsNear(line []byte) bool {
	if len(line) == 0 || line[0] == '\t' {
		return false
	}
	if line[0] == ' ' {
		return numbered(line)
	}
	return timestamp.Near(line, 0, len(line))
}

// numbered tells whether the line begins with blanks that fill up a number, a colon and a time: "   117:20260305:070910.123 x", as Zabbix writes it.
func numbered(line []byte) bool {
	text := bytes.TrimLeft(line, " ")
	n := digits(text)
	return n > 0 && n < len(text) && text[n] == ':' && timestamp.Looks(text, n+1, len(text), false)
}

// The same for loggers that may write no time: then a record begins with a level, where one stands as they write it.

func beginsOrLevelled(line []byte) bool { return beginsNear(line) || levelled(line) }

// How far a line is looked through for a level, and where the message of a line of uvicorn's begins.
const (
	longestThread = 64
	uvicornColumn = 10
)

// levelled tells whether the line begins with a level in capitals as LEVEL:NAME: (Python's basicConfig), LEVEL: and blanks up to the tenth column
// (uvicorn), LEVEL [NAME] (alembic), LEVEL NAME:FILE:LINE (pytest), LEVEL PACKAGE.CLASS - (Log4j) or [THREAD] LEVEL (SLF4J's simple logger), the last perhaps behind a number of
// milliseconds, or [LEVEL NAME] (Rust's env_logger).
func levelled(line []byte) bool {
	i := digits(line)
	if i > 0 && i < len(line) && line[i] == ' ' {
		i++
	}
	if i < len(line) && line[i] == '[' {
		shut := bytes.IndexByte(line[i:min(len(line), i+longestThread)], ']')
		if shut < 0 {
			return false
		}
		if n := level(line, i+1); n > 0 && i+1+n < i+shut && line[i+1+n] == ' ' {
			return true
		}
		from := i + shut + len("] ")
		n := level(line, from)
		return n > 0 && line[from-1] == ' ' && from+n < len(line) && line[from+n] == ' '
	}
	n := level(line, 0)
	if n == 0 || n == len(line) {
		return false
	}
	k := n + 1
	if line[n] == ':' && k < len(line) && line[k] != ' ' {
		for k < len(line) && (wordByte(line[k]) || line[k] == '.' || line[k] == '-') {
			k++
		}
		return k < len(line) && line[k] == ':'
	}
	for k < len(line) && line[k] == ' ' {
		k++
	}
	return line[n] == ':' && k == uvicornColumn || line[n] == ' ' && k < len(line) && (line[k] == '[' || placed(line[k:]) || classed(line[k:]))
}

// placed tells whether the line begins with a word that ends with a colon and a number: the place in the code.
func placed(line []byte) bool {
	n := max(bytes.IndexByte(line, ' '), 0)
	k := n
	for k > 0 && line[k-1]-'0' <= 9 {
		k--
	}
	return k < n && k > 1 && line[k-1] == ':'
}

// classed tells whether the line begins with a name with a dot in it, and a dash behind.
func classed(line []byte) bool {
	n := max(bytes.IndexByte(line, ' '), 0)
	return bytes.IndexByte(line[:n], '.') > 0 && bytes.HasPrefix(line[n:], []byte(" - "))
}

// level is how long the level is that begins there, in capitals; 0: there is none.
func level(line []byte, i int) int {
	n := 0
	for i+n < len(line) && line[i+n]-'A' < 26 {
		n++
	}
	if n < len("LOG") {
		return 0
	}
	if _, known := value.Severity(line, i, n); !known {
		return 0
	}
	return n
}
