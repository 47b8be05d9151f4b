package pattern

import (
	"fmt"
	"strings"
)

// A whole configuration file, or a piece of one, may be given in place of a format: the directive with a name is taken out of it.

// configured is a directive that says how a log looks: text[start:end].
type configured struct {
	name       string
	start, end int
}

// FromConfiguration is the directive called name in a configuration file of nginx or Apache, and where it begins; for any other text it is
// the text itself. With one such directive the name may be empty. The error is an *Error.
func FromConfiguration(language, text, name string) (format string, at int, err error) {
	var found []configured
	word := "log_format"
	switch language {
	case "nginx":
		found = nginxConfigured(text)
	case "apache":
		found, word = apacheConfigured(text), "LogFormat"
	}
	if len(found) == 0 || len(found) == 1 && strings.TrimSpace(text) == strings.TrimSpace(text[found[0].start:found[0].end]) {
		return text, 0, nil
	}
	var names []string
	for _, d := range found {
		if d.name == name || name == "" && len(found) == 1 {
			return text[d.start:d.end], d.start, nil
		}
		names = append(names, d.name)
	}
	list := strings.Join(names, ", ")
	if name == "" {
		return "", 0, &Error{-1, fmt.Sprintf("the configuration has %d directives %s", len(found), word), `"name" says which of them is meant: ` + list}
	}
	return "", 0, &Error{-1, fmt.Sprintf("the configuration has no %s %q", word, name), "it has " + list}
}

// nginxConfigured lists the log_format directives.
func nginxConfigured(text string) (found []configured) {
	begin, words := -1, []string(nil) // of the directive under way
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case strings.IndexByte(" \t\r\n", c) >= 0:
			i++
		case c == '#':
			for i < len(text) && text[i] != '\n' {
				i++
			}
		case c == ';' || c == '{' || c == '}':
			i++
			if c == ';' && len(words) > 1 && words[0] == "log_format" {
				found = append(found, configured{words[1], begin, i})
			}
			begin, words = -1, nil
		default:
			start := i
			i = tokenEnd(text, i)
			if begin < 0 {
				begin = start
			}
			if len(words) < 2 {
				words = append(words, strings.Trim(text[start:i], `'"`))
			}
		}
	}
	return found
}

// tokenEnd is the end of the word at i, which quotes may enclose.
func tokenEnd(text string, i int) int {
	quote := text[i]
	if quote != '\'' && quote != '"' {
		for i < len(text) && strings.IndexByte(" \t\r\n;{}", text[i]) < 0 {
			if text[i] == '\\' || text[i] == '$' && i+1 < len(text) && text[i+1] == '{' {
				i++ // ${name} opens no block
				if text[min(i, len(text)-1)] == '{' {
					for i < len(text) && text[i] != '}' {
						i++
					}
				}
			}
			i++
		}
		return min(i, len(text))
	}
	for i++; i < len(text) && text[i] != quote; i++ {
		if text[i] == '\\' {
			i++
		}
	}
	return min(i+1, len(text))
}

// apacheConfigured lists the LogFormat directives by their nicknames, and ErrorLogFormat as "error".
func apacheConfigured(text string) (found []configured) {
	for i := 0; i < len(text); {
		start, end := i, lineEnd(text, i)
		i = end + 1
		line := text[start:end]
		word, rest, _ := strings.Cut(strings.TrimLeft(line, " \t"), " ")
		start += len(line) - len(strings.TrimLeft(line, " \t"))
		switch strings.ToLower(strings.TrimSpace(word)) {
		case "logformat":
			name := ""
			if k := wordEnd(rest); k < len(rest) {
				name = strings.Trim(strings.TrimSpace(rest[k:]), `"`)
			}
			found = append(found, configured{name, start, end})
		case "errorlogformat":
			found = append(found, configured{"error", start, end})
		}
	}
	return found
}

// lineEnd is the end of the line at i, which goes on behind a backslash.
func lineEnd(text string, i int) int {
	for ; i < len(text) && text[i] != '\n'; i++ {
		if text[i] == '\\' && i+1 < len(text) {
			i++
		}
	}
	return min(i, len(text))
}

// wordEnd is the end of the first word, which quotes may enclose.
func wordEnd(text string) int {
	i := len(text) - len(strings.TrimLeft(text, " \t"))
	if i == len(text) || text[i] != '"' {
		if k := strings.IndexAny(text[i:], " \t"); k >= 0 {
			return i + k
		}
		return len(text)
	}
	for i++; i < len(text) && text[i] != '"'; i++ {
		if text[i] == '\\' {
			i++
		}
	}
	return min(i+1, len(text))
}
