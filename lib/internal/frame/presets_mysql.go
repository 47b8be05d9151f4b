package frame

// MySQL's slow query log: a record begins with its time, or with its user where the time is that of the record before.
const (
	slowTime state = iota + 1
	slowRest
)

func startSlow(line []byte) state {
	switch {
	case has(line, "# Time: "):
		return slowTime
	case has(line, "# User@Host: "):
		return slowRest
	}
	return 0
}

func nextSlow(s state, line []byte) (state, Verdict) {
	switch {
	case has(line, "# Time: "), s == slowRest && has(line, "# User@Host: "):
		return 0, Alone
	case ends(line, "started with:"), has(line, "Tcp port: "), has(line, "Time                 Id Command    Argument"): // what the server writes when it starts
		return 0, Alone
	}
	return slowRest, Joined
}
