package frame

import "github.com/sawlog/sawlog/lib/internal/timestamp"

// Any writer of times: a record begins with a line that begins with one, and all lines up to the next such belong to it.

func startTimed(line []byte) state {
	if begins(line) {
		return 1
	}
	return 0
}

func nextTimed(s state, line []byte) (state, Verdict) {
	if begins(line) {
		return 1, Alone
	}
	return 1, Joined
}

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

// The same where the time may stand behind a few words. A line that begins with a blank goes on with the one before.

func startTimedNear(line []byte) state {
	if beginsNear(line) {
		return 1
	}
	return 0
}

func nextTimedNear(s state, line []byte) (state, Verdict) {
	if beginsNear(line) {
		return 1, Alone
	}
	return 1, Joined
}

func beginsNear(line []byte) bool {
	if len(line) == 0 || line[0] == ' ' || line[0] == '\t' {
		return false
	}
	return timestamp.Near(line, 0, len(line))
}
