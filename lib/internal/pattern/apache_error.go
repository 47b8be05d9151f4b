package pattern

import (
	"fmt"
	"strings"
)

// Apache's ErrorLogFormat (https://httpd.apache.org/docs/2.4/mod/core.html#errorlogformat) differs from LogFormat in more than its
// directives: a blank ends a field of the format, and a field is left out of the line when a directive in it has nothing to say. It is
// rewritten in the language of CompileLine, which has parts that may be missing.

// errorDirective is what a directive of the error log writes, as CompileLine says it. always: it never has nothing to say.
type errorDirective struct {
	line   string
	always bool
}

var errorDirectives = map[string]errorDirective{
	"l": {"{level:level trace1=7 trace2=7 trace3=7 trace4=7 trace5=7 trace6=7 trace7=7 trace8=7}", true}, "P": {"{pid:int}", true}, "T": {"{tid:int}", true}, "{g}T": {"{tid:int}", true}, "M": {"{message:text}", true},
	"m": {"{module:text null=-}", false}, "a": {"{client,client_port:host_port null=-}", false}, "{c}a": {"{peer,peer_port:host_port null=-}", false}, "A": {"{server_ip,server_port:host_port null=-}", false},
	"E": {"({os_code:int}){os_error:text}", false}, "F": {"{file:word}({line:int})", false}, "k": {"{keepalive_requests:int}", false},
	"L": {"{log_id:text null=-}", false}, "{c}L": {"{connection_log_id:text null=-}", false}, "{C}L": {"{connection_log_id:text null=-}", false},
	"v": {"{server:text null=-}", false}, "V": {"{server_name:text null=-}", false},
}

// errorTime is what %t writes with these options: u with a fraction, c as in ISO 8601, z with the offset. False: there is no such option.
func errorTime(options string) (d errorDirective, known bool) {
	if strings.Trim(options, "ucz") != "" {
		return d, false
	}
	has := func(option string) bool { return strings.Contains(options, option) }
	layout := map[bool]string{false: "%a %b %d", true: "%Y-%m-%d"}[has("c")] + " %H:%M:%S"
	if has("u") {
		layout += ".%f"
	}
	if !has("c") {
		layout += " %Y"
	}
	if has("z") {
		layout += " %z"
	}
	return errorDirective{"{time:timestamp " + layout + "}", true}, true
}

// dropped is a directive whose values have a column already: it is matched and dropped.
func dropped(line string) string {
	var b strings.Builder
	for line != "" {
		before, rest, ok := strings.Cut(line, "{")
		b.WriteString(before)
		if !ok {
			break
		}
		inside, behind, _ := strings.Cut(rest, "}")
		_, kind, _ := strings.Cut(inside, ":")
		if strings.HasPrefix(kind, "host_port") {
			kind = "word"
		}
		b.WriteString("{:" + kind + "}")
		line = behind
	}
	return b.String()
}

// errorField is what stands between two blanks of the format.
type errorField struct {
	line   strings.Builder
	before string // the blank in front of it; a "% " writes none
	always bool   // never left out
	pos    int
}

// errorLogFormat finds the format in an ErrorLogFormat, where text is one. An optional word in front of it says what the format is for.
func errorLogFormat(text string) (format source, is bool, err *Error) {
	trimmed := strings.TrimRight(text, "\r\n")
	start := skipBlanks(trimmed, 0)
	end := word(trimmed, start)
	if !strings.EqualFold(trimmed[start:end], "ErrorLogFormat") {
		return source{}, false, nil
	}
	at := skipBlanks(trimmed, end)
	if name := word(trimmed, at); strings.EqualFold(trimmed[at:name], "connection") || strings.EqualFold(trimmed[at:name], "request") {
		at = skipBlanks(trimmed, name)
	}
	switch {
	case at == len(trimmed):
		return source{}, true, &Error{start, "the directive has no format", `ErrorLogFormat "FORMAT"`}
	case trimmed[at] != '"' && trimmed[at] != '\'':
		return plain(trimmed[at:word(trimmed, at)], at), true, nil
	}
	closed := closing(trimmed, at)
	if closed < 0 {
		return source{}, true, &Error{at, "a quote that is not closed", ""}
	}
	return plain(trimmed[at+1:closed], at+1).unescape(trimmed[at:at+1]+`\`, ""), true, nil
}

// compileErrorLog makes a tree of an ErrorLogFormat.
func compileErrorLog(format source) (*Tree, *Error) {
	fields, err := errorFields(format)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	for i := range fields {
		f := &fields[i]
		switch {
		case f.always || i == 0 && len(fields) == 1:
			b.WriteString(f.before + f.line.String())
		case i+1 < len(fields) && f.before == "" && fields[i+1].before != "":
			// The first of the line goes together with the blank behind it.
			b.WriteString("{?" + f.line.String() + fields[i+1].before + "?}")
			fields[i+1].before = ""
		default:
			b.WriteString("{?" + f.before + f.line.String() + "?}")
		}
	}
	tree, _, wrong := CompileLine([]string{b.String()})
	if wrong != nil {
		return nil, &Error{format.at(0), "the ErrorLogFormat cannot be told apart: " + wrong.Error(), "write something constant between two fields"}
	}
	return tree, nil
}

// errorFields splits the format.
func errorFields(format source) ([]errorField, *Error) {
	text := format.text
	fields := []errorField{{pos: format.at(0)}}
	next := func(before string, at int) {
		if last := &fields[len(fields)-1]; last.line.Len() == 0 {
			last.before += before
			return
		}
		fields = append(fields, errorField{before: before, pos: format.at(at)})
	}
	directives, sure := 0, true
	seen := map[string]bool{}
	end := func() {
		fields[len(fields)-1].always = sure || directives == 0
		directives, sure = 0, true
	}
	for i := 0; i < len(text); {
		f := &fields[len(fields)-1]
		switch {
		case text[i] == '\\' && i+1 < len(text):
			f.line.WriteString(lineLiteral(text[i+1]))
			i += 2
		case text[i] == ' ':
			end()
			next(" ", i)
			i++
		case text[i] == '%' && i+1 < len(text) && text[i+1] == ' ':
			end()
			next("", i)
			fields[len(fields)-1].pos = format.at(i)
			i += 2
		case text[i] == '%':
			d, always, n, err := errorDirectiveAt(format, i)
			if err != nil {
				return nil, err
			}
			if seen[d] {
				d = dropped(d)
			}
			seen[d] = true
			f.line.WriteString(d)
			directives++
			sure = sure && always
			i += n
		default:
			f.line.WriteString(lineLiteral(text[i]))
			i++
		}
	}
	end()
	return fields, nil
}

// lineLiteral is a byte as CompileLine wants it.
func lineLiteral(c byte) string {
	if c == '{' || c == '}' {
		return string([]byte{c, c})
	}
	return string([]byte{c})
}

// errorDirectiveAt reads %[-+level]{parameter}letter at i: how a line shows it, whether it is never left out, and its length.
func errorDirectiveAt(format source, i int) (line string, always bool, n int, err *Error) {
	text := string(format.text[i:])
	k, dash, limited := 1, false, false
	for k < len(text) && (text[k] == '-' || text[k] == '+' || text[k]-'0' <= 9) {
		dash, limited = dash || text[k] == '-', limited || text[k]-'0' <= 9
		k++
	}
	parameter := ""
	if k < len(text) && text[k] == '{' {
		closing := strings.IndexByte(text[k:], '}')
		if closing < 0 {
			return "", false, 0, &Error{format.at(i + k), "a brace that is not closed", "%{NAME}i"}
		}
		parameter, k = text[k:k+closing+1], k+closing+1
	}
	if k == len(text) {
		return "", false, 0, &Error{format.at(i), "the format ends in the middle of a directive", "write %% for a percent sign"}
	}
	letter := text[k : k+1]
	k++
	if letter == "%" {
		return "%", true, k, nil
	}
	if name := strings.Trim(parameter, "{}"); name != "" {
		switch letter {
		case "i":
			return "{" + errorHeader(name) + ":text null=-}", false, k, nil
		case "e", "n":
			return "{" + map[string]string{"e": "env_", "n": "note_"}[letter] + snake(name) + ":text null=-}", false, k, nil
		}
	}
	d, ok := errorDirectives[parameter+letter]
	if letter == "t" {
		d, ok = errorTime(strings.Trim(parameter, "{}"))
	}
	if !ok {
		return "", false, 0, &Error{format.at(i), fmt.Sprintf("unknown directive %s of an ErrorLogFormat", text[:k]), "known are %t %l %m %M %P %T %a %A %E %F %L %k %v %V %{NAME}i %{NAME}e %{NAME}n"}
	}
	return d.line, (d.always || dash) && !limited, k, nil
}

// errorHeader is the column of a request's header.
func errorHeader(name string) string {
	column := "http_" + snake(name)
	if known, ok := apacheNames[column]; ok {
		return known.column
	}
	return column
}
