package pattern

import "strings"

// CompileNginx makes a tree of an nginx log format. text is one of
//
//	$remote_addr - $remote_user [$time_local] "$request" $status      the format itself
//	'$remote_addr - $remote_user ' '[$time_local] "$request"'         the strings of a configuration file, joined as nginx joins them
//	log_format main escape=json '...' '...';                          the whole directive
//
// The error is an *Error.
func CompileNginx(text string) (*Tree, error) {
	return public(compileNginx(text))
}

// nginxEscapes are the parameters of escape= and what is written for a value that is not there.
var nginxEscapes = map[string]struct {
	escape Escape
	null   string
	empty  bool
}{
	"default": {EscapeBackslash, "-", false},
	"json":    {EscapeJSON, "", true},
	"none":    {EscapeNone, "", true},
}

const (
	nginxQuotes  = `"'\`
	nginxLetters = "t\tr\rn\n"
	nginxRename  = "write one of them under another name in this definition: a name that nginx does not know becomes a text column"
)

func compileNginx(text string) (*Tree, *Error) {
	format, escape, err := nginxFormat(text)
	if err == nil {
		err = format.oneLine()
	}
	if err != nil {
		return nil, err
	}
	a := assembler{hint: nginxRename}
	for i := 0; i < len(format.text); {
		if format.text[i] != '$' {
			n := literalEnd(format.text, i, '$')
			a.text(format.text[i:n], format.at(i))
			i = n
			continue
		}
		name, next, err := nginxName(&format, i)
		if err != nil {
			return nil, err
		}
		a.value(nginxPiece(name, escape, string(format.text[i:next]), format.at(i)))
		i = next
	}
	a.flush()
	a.pieces = joinGuests(a.pieces)
	return a.tree()
}

// joinGuests makes one text of variables that nginx does not know and that stand side by side: $upstream_host$upstream_uri.
func joinGuests(pieces []piece) []piece {
	out := pieces[:0]
	for _, p := range pieces {
		if n := len(out); n > 0 && p.Kind == KindText && p.rank == guest && out[n-1].Kind == KindText && out[n-1].rank == guest {
			before := &out[n-1]
			column := before.names[0] + "_" + p.names[0]
			before.Source, before.key, before.names = before.Source+p.Source, before.key+" "+p.key, []string{column, column + "_2"}
			continue
		}
		out = append(out, p)
	}
	return out
}

// literalEnd is the next place of mark from i on, or the end.
func literalEnd(text []byte, i int, mark byte) int {
	for i < len(text) && text[i] != mark {
		i++
	}
	return i
}

// nginxName reads $name or ${name} at i.
func nginxName(format *source, i int) (name string, next int, err *Error) {
	start := i + 1
	braced := start < len(format.text) && format.text[start] == '{'
	if braced {
		start++
	}
	end := start
	for end < len(format.text) && variableByte(format.text[end]) {
		end++
	}
	name, next = string(format.text[start:end]), end
	switch {
	case braced && (end == len(format.text) || format.text[end] != '}'):
		return "", 0, &Error{format.at(end), "the brace of ${ is not closed behind the variable's name", "write ${name}"}
	case name == "":
		return "", 0, &Error{format.at(i), "a $ without a variable's name behind it", "nginx has no way to write a dollar sign in a log format"}
	case braced:
		next++
	}
	return name, next, nil
}

func variableByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_'
}

// nginxPiece is the value that a variable writes.
func nginxPiece(name, escape, source string, pos int) piece {
	p := nginxVariable(name)
	how := nginxEscapes[escape]
	p.Escape, p.Null, p.EmptyNull = how.escape, how.null, how.empty
	p.MayBeEmpty = p.MayBeEmpty && !how.empty
	p.Source, p.Pos = source, pos
	return p
}

// nginxFormat finds the format in text, undoes the escapes of the configuration file and reads the escape parameter.
func nginxFormat(text string) (format source, escape string, err *Error) {
	trimmed := strings.TrimRight(text, "\r\n")
	i := skipBlanks(trimmed, 0)
	if end := word(trimmed, i); trimmed[i:end] == "log_format" && end < len(trimmed) {
		name := skipBlanks(trimmed, end)
		behind := word(trimmed, name)
		if name == behind || strings.ContainsAny(trimmed[name:behind], `'"$;`) {
			return source{}, "", &Error{name, "log_format without a name", "log_format NAME 'FORMAT';"}
		}
		return nginxStrings(trimmed, behind)
	}
	if strings.HasPrefix(trimmed[i:], "escape=") || strings.HasPrefix(trimmed[i:], "'") {
		format, escape, err = nginxStrings(trimmed, i)
		if err == nil || trimmed[i] != '\'' {
			return format, escape, err
		}
	}
	return plain(trimmed, 0).unescape(nginxQuotes, nginxLetters), "default", nil
}

// nginxStrings reads the words of a directive from i on: the escape parameter, then strings that belong together, then perhaps a
// semicolon. Comments may stand between.
func nginxStrings(text string, i int) (format source, escape string, err *Error) {
	escape = "default"
	format.end = len(text)
	for first := true; ; first = false {
		if i = skipComments(text, i); i == len(text) {
			return format, escape, nil
		}
		switch c := text[i]; {
		case c == ';':
			if i = skipComments(text, i+1); i < len(text) {
				return source{}, "", &Error{i, "text behind the semicolon that ends log_format", "give one directive"}
			}
			return format, escape, nil
		case c == '\'' || c == '"':
			end := closing(text, i)
			if end < 0 {
				return source{}, "", &Error{i, "a quote that is not closed", ""}
			}
			format.join(plain(text[i+1:end], i+1).unescape(nginxQuotes, nginxLetters))
			if i = end + 1; i < len(text) && !blank(text[i]) && text[i] != ';' {
				return source{}, "", &Error{i, "text right behind a closing quote", "a blank or a semicolon is expected"}
			}
		case first && strings.HasPrefix(text[i:], "escape="):
			end := nginxWord(text, i)
			escape = text[i+len("escape=") : end]
			if _, known := nginxEscapes[escape]; !known {
				return source{}, "", &Error{i + len("escape="), "unknown escape parameter " + shorten(escape), "default, json or none"}
			}
			i = end
		default:
			end := nginxWord(text, i)
			format.join(plain(text[i:end], i).unescape(nginxQuotes, nginxLetters))
			i = end
		}
	}
}

func (s *source) join(more source) {
	s.text, s.pos, s.end = append(s.text, more.text...), append(s.pos, more.pos...), more.end
}

// nginxWord is the end of a word without quotes.
func nginxWord(text string, i int) int {
	for i < len(text) && !blank(text[i]) && text[i] != ';' {
		i++
	}
	return i
}

// skipComments is the first place from i on that is neither blank nor in a comment.
func skipComments(text string, i int) int {
	for {
		if i = skipBlanks(text, i); i == len(text) || text[i] != '#' {
			return i
		}
		for i < len(text) && text[i] != '\n' {
			i++
		}
	}
}
