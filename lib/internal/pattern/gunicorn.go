package pattern

import (
	"maps"
	"slices"
	"strings"
)

// CompileGunicorn makes a tree of an access_log_format of Gunicorn, or of Hypercorn, which has more of them
// (https://docs.gunicorn.org/en/stable/settings.html#access-log-format). text is one of
//
//	%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s       the format itself
//	access_log_format = '%(h)s ...'                   the line of the configuration
//	--access-logformat '%(h)s ...'                    the option
//	default                                           Gunicorn's own
//
// The error is an *Error.
func CompileGunicorn(text string) (*Tree, error) {
	return public(compileGunicorn(text))
}

const gunicornDefault = `%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s"`

// gunicornAtoms are those that Apache does not have, or that mean something else to it.
var gunicornAtoms = map[string]meaning{
	"t":  {},
	"s":  {column: "status", kind: KindInt},
	"st": {column: "status_text"},
	"f":  {column: "referer"},
	"a":  {column: "user_agent"},
	"S":  {column: "scheme", flags: few},
	"R":  {column: Target, second: "path", rank: 1, prefix: "/"},
	"Uq": {column: Target, second: "path", rank: 1, prefix: "/"},
	"T":  {column: "duration", second: "duration_s", kind: KindDuration, layout: "s", rank: 3},
	"L":  {column: "duration", second: "duration_l", kind: KindDuration, layout: "s", rank: 1},
	"M":  {column: "duration", second: "duration_ms", kind: KindDuration, layout: "ms", rank: 2},
	"p":  {column: "pid", kind: KindInt},
}

// gunicornShared are the atoms that are directives of Apache's too.
const gunicornShared = "hlurmUqHbBD"

func compileGunicorn(text string) (*Tree, *Error) {
	format, err := gunicornFormat(text)
	if err == nil {
		err = format.oneLine()
	}
	if err != nil {
		return nil, err
	}
	a := assembler{hint: "leave one of them out"}
	for i := 0; i < len(format.text); {
		if format.text[i] != '%' {
			n := literalEnd(format.text, i, '%')
			a.text(format.text[i:n], format.at(i))
			i = n
			continue
		}
		if strings.HasPrefix(string(format.text[i:]), "%%") {
			a.text([]byte("%"), format.at(i))
			i += 2
			continue
		}
		d, next, err := gunicornAtom(&format, i)
		if err != nil {
			return nil, err
		}
		if d.name == "p" { // <7>
			a.text([]byte("<"), d.pos)
		}
		if err := apacheValue(&a, &d); err != nil {
			return nil, err
		}
		if d.name == "p" {
			a.text([]byte(">"), d.pos)
		}
		i = next
	}
	return a.tree()
}

// gunicornFormat finds the format in text.
func gunicornFormat(text string) (source, *Error) {
	trimmed := strings.TrimRight(text, "\r\n \t,")
	i := skipBlanks(trimmed, 0)
	option := strings.HasPrefix(trimmed[i:], "--access-logformat")
	if option || strings.HasPrefix(trimmed[i:], "access_log_format") {
		at := skipBlanks(trimmed, i+len("access_log_format"))
		if option {
			at = skipBlanks(trimmed, i+len("--access-logformat"))
		}
		if at == len(trimmed) || trimmed[at] != '=' && !option {
			return source{}, &Error{at, "the setting has no value", "access_log_format = '" + gunicornDefault + "'"}
		}
		if i = at; trimmed[at] == '=' {
			i = skipBlanks(trimmed, at+1)
		}
		if i == len(trimmed) || trimmed[i] != '\'' && trimmed[i] != '"' || closing(trimmed, i) < 0 {
			return source{}, &Error{i, "the format stands in no quotes", "access_log_format = '" + gunicornDefault + "'"}
		}
		return plain(trimmed[i+1:closing(trimmed, i)], i+1).unescape(`"'\`, "t\t"), nil
	}
	if trimmed[i:] == "default" {
		return plain(gunicornDefault, i).pin(i), nil
	}
	return plain(text, 0).unescape(`"'`, ""), nil
}

// gunicornAtom reads %(NAME)s at i as a directive, and gives the position behind it.
func gunicornAtom(format *source, i int) (d directive, next int, err *Error) {
	text, pos := format.text, format.at(i)
	end := literalEnd(text, i, ')')
	if i+1 == len(text) || text[i+1] != '(' || end == len(text) {
		return d, 0, &Error{pos, "a percent sign with no name behind it", "%(h)s, or %% for a percent sign"}
	}
	name := string(text[i+2 : end])
	for next = end + 1; next < len(text) && strings.IndexByte("-+ #.0123456789", text[next]) >= 0; {
		next++
	}
	if next == len(text) || strings.IndexByte("sdfr", text[next]) < 0 {
		return d, 0, &Error{format.at(next), shorten(string(text[i:end+1])) + " has no conversion", "%(" + name + ")s"}
	}
	next++
	d = directive{name: name, own: gunicornAtoms, source: string(text[i:next]), pos: pos, paramPos: func(n int) int { return format.at(i + 3 + n) }}
	if n := len(name); n > 3 && name[0] == '{' && name[n-2] == '}' && strings.IndexByte("ioe", name[n-1]) >= 0 {
		d.name, d.param, d.hasParam = name[n-1:], name[1:n-2], true
		return d, next, nil
	}
	if _, known := gunicornAtoms[name]; !known && (len(name) != 1 || !strings.Contains(gunicornShared, name)) {
		return d, 0, &Error{format.at(i + 2), "unknown name " + shorten(name), "known are " + gunicornNames()}
	}
	return d, next, nil
}

func gunicornNames() string {
	names := append(slices.Collect(maps.Keys(gunicornAtoms)), strings.Split(gunicornShared, "")...)
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(strings.ToLower(a)+a, strings.ToLower(b)+b) })
	return strings.Join(names, " ") + " {NAME}i {NAME}o {NAME}e"
}
