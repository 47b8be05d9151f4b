package pattern

// What a PatternLayout asks of those who cut the log into records.

// LogbackColours tells whether the writer puts the control sequences of terminals into its lines.
func LogbackColours(text string) bool {
	l := logback{format: plain(text, 0)}
	for i := 0; i < len(text); i++ {
		if text[i] != '%' {
			continue
		}
		at, _, _, err := l.alignment(i+1, len(text))
		if err != nil {
			continue
		}
		name := l.name(at, len(text))
		options, _ := l.options(at+len(name), len(text))
		if logbackWords[name].colour || levelColour(name, options) {
			return true
		}
	}
	return false
}

// levelColour is JBoss's %K{level}, which colours what follows.
func levelColour(name string, options []string) bool {
	return name == "K" && len(options) == 1 && options[0] == "level"
}

// EndsWith tells whether the last value of every form of a line is that of a field, with nothing behind it.
func (t *Tree) EndsWith(field string) bool {
	for ; t != nil; t = t.Else {
		if n := len(t.Elements); n == 0 || t.Elements[n-1].Field != field {
			return false
		}
	}
	return true
}
