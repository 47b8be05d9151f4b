package pattern

import (
	"strings"
	"unicode/utf8"
)

// CompileApache makes a tree of an Apache log format. text is one of
//
//	%h %l %u %t "%r" %>s %b                           the format itself, also with the escapes of a configuration file: \"%r\"
//	LogFormat "%h %l %u %t \"%r\" %>s %b" common      the whole directive; CustomLog and TransferLog too
//	accesslog.format = "%h %V %u %t \"%r\" %>s %b"    lighttpd's setting
//	combined                                          a nickname that Apache's own configuration defines
//	ErrorLogFormat "[%t] [%l] [pid %P] %M"            the directive for the error log, whose directives mean other things
//
// The error is an *Error.
func CompileApache(text string) (*Tree, error) {
	return public(compileApache(text))
}

// nicknames are the formats of Apache's own configuration files.
var nicknames = map[string]string{
	"common":         `%h %l %u %t "%r" %>s %b`,
	"combined":       `%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-agent}i"`,
	"combinedio":     `%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-agent}i" %I %O`,
	"vhost_common":   `%v:%p %h %l %u %t "%r" %>s %b`,
	"vhost_combined": `%v:%p %h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-agent}i"`,
	"referer":        `%{Referer}i -> %U`,
	"agent":          `%{User-agent}i`,
}

const (
	apacheLetters = "t\tn\nr\r"
	apacheRename  = "write %{NAME}n for one of them in this definition: it becomes the text column note_NAME"
)

func compileApache(text string) (*Tree, *Error) {
	if format, ok, err := errorLogFormat(text); ok {
		if err != nil {
			return nil, err
		}
		return compileErrorLog(format)
	}
	format, err := apacheFormat(text)
	if err == nil {
		err = format.oneLine()
	}
	if err != nil {
		return nil, err
	}
	return compileDirectives(format, nil)
}

// compileDirectives makes a tree of a format in Apache's spelling. own are the directives that mean something else to who writes by it.
func compileDirectives(format source, own map[string]meaning) (*Tree, *Error) {
	a := assembler{hint: apacheRename}
	for i := 0; i < len(format.text); {
		if format.text[i] != '%' {
			n := literalEnd(format.text, i, '%')
			a.text(format.text[i:n], format.at(i))
			i = n
			continue
		}
		d, next, err := readDirective(&format, i)
		if err != nil {
			return nil, err
		}
		d.own = own
		if d.name == "%" {
			a.text([]byte("%"), format.at(i))
		} else if err := apacheValue(&a, &d); err != nil {
			return nil, err
		}
		i = next
	}
	return a.tree()
}

// apacheFormat finds the format in text and undoes the escapes of the configuration file.
func apacheFormat(text string) (source, *Error) {
	trimmed := strings.TrimRight(text, "\r\n")
	i := skipBlanks(trimmed, 0)
	end := word(trimmed, i)
	switch strings.ToLower(trimmed[i:end]) {
	case "logformat", "transferlog":
		return apacheArgument(trimmed, skipBlanks(trimmed, end), end)
	case "accesslog.format": // lighttpd's
		at := skipBlanks(trimmed, end)
		if at == len(trimmed) || trimmed[at] != '=' {
			return source{}, &Error{end, "the setting has no value", `accesslog.format = "FORMAT"`}
		}
		return apacheArgument(trimmed, skipBlanks(trimmed, at+1), end)
	case "customlog", "globallog":
		file := skipBlanks(trimmed, end)
		return apacheArgument(trimmed, skipBlanks(trimmed, apacheWord(trimmed, file)), end)
	}
	if format, ok := nicknames[strings.TrimSpace(trimmed)]; ok {
		return plain(format, i).pin(i), nil
	}
	if configString(trimmed, i) {
		return apacheArgument(trimmed, i, i)
	}
	return plain(trimmed, 0).unescape(`"'\`, apacheLetters), nil
}

// configString tells whether text is one string as it stands in a configuration file: in quotes, with escaped quotes inside and perhaps
// a nickname behind. A format in which the quotes are part of the log looks different.
func configString(text string, i int) bool {
	if i == len(text) || text[i] != '"' {
		return false
	}
	end := closing(text, i)
	return end > 0 && strings.Contains(text[i:end], `\"`) && !strings.ContainsAny(text[end+1:], `%"`)
}

// apacheWord is the end of a word, which may stand in quotes.
func apacheWord(text string, i int) int {
	if i < len(text) && (text[i] == '"' || text[i] == '\'') {
		if end := closing(text, i); end > 0 {
			return end + 1
		}
		return len(text)
	}
	return word(text, i)
}

// apacheArgument reads a directive's format, which begins at i: a word, a string or a nickname. What stands behind it is left out (a
// nickname or a condition).
func apacheArgument(text string, i, directive int) (source, *Error) {
	if i == len(text) {
		return source{}, &Error{directive, "the directive has no format", `LogFormat "FORMAT" NICKNAME`}
	}
	end := apacheWord(text, i)
	if c := text[i]; c != '"' && c != '\'' {
		if format, ok := nicknames[text[i:end]]; ok {
			return plain(format, i).pin(i), nil
		}
		if !strings.Contains(text[i:end], "%") {
			return source{}, &Error{i, "unknown nickname " + shorten(text[i:end]), "known are common, combined, combinedio, vhost_common, vhost_combined, referer, agent"}
		}
		return plain(text[i:end], i).unescape(`\`, apacheLetters), nil
	}
	if closing(text, i) < 0 {
		return source{}, &Error{i, "a quote that is not closed", ""}
	}
	inner := plain(text[i+1:end-1], i+1).unescape(text[i:i+1]+`\`, "") // the configuration file's own escapes
	return inner.unescape(`\`, apacheLetters), nil                     // and those of the log format
}

// pin lets every byte stand at pos: the text is not in the definition, only its name is.
func (s source) pin(pos int) source {
	for i := range s.pos {
		s.pos[i] = pos
	}
	s.end = pos
	return s
}

// directive is one %directive as it is written.
type directive struct {
	name      string // the letter, or ^FB, ^ti, ^to
	param     string // between braces
	hasParam  bool
	paramPos  func(i int) int // where byte i of param stands in the definition
	modifier  byte            // '<' original, '>' final, 0 as is usual for the directive
	condition bool            // written only for some statuses, otherwise a dash
	source    string
	pos       int
	own       map[string]meaning // what goes before apacheDirectives
}

// readDirective reads the directive that begins at i with a percent sign.
func readDirective(format *source, i int) (d directive, next int, err *Error) {
	d.pos = format.at(i)
	text := format.text
	for next = i + 1; next < len(text); next++ {
		switch c := text[next]; {
		case c == '<' || c == '>':
			d.modifier = c
		case c == '!' || c == ',' || '0' <= c && c <= '9':
			d.condition = true
		case c == '{':
			end := literalEnd(text, next, '}')
			if end == len(text) {
				return d, 0, &Error{format.at(next), "a brace that is not closed", "%{NAME}i"}
			}
			start := next + 1
			d.param, d.hasParam = string(text[start:end]), true
			d.paramPos = func(i int) int { return format.at(start + i) }
			next = end
		default:
			start := next
			next += letters(text[next:])
			d.name, d.source = string(text[start:next]), string(text[i:next])
			return d, next, nil
		}
	}
	return d, 0, &Error{d.pos, "the format ends in the middle of a directive", "write %% for a percent sign"}
}

// letters is how many bytes of text name a directive: one character, or three with a ^ in front.
func letters(text []byte) int {
	if text[0] == '^' && len(text) >= 3 && text[1] < utf8.RuneSelf && text[2] < utf8.RuneSelf {
		return 3
	}
	_, n := utf8.DecodeRune(text)
	return n
}
