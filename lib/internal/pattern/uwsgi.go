package pattern

import (
	"maps"
	"slices"
	"strings"
)

// CompileUWSGI makes a tree of a log-format of uWSGI (https://uwsgi-docs.readthedocs.io/en/latest/LogFormat.html). text is one of
//
//	%(addr) - %(user) [%(ltime)] "%(method) %(uri) %(proto)" %(status) %(size)       the format itself
//	log-format = %(addr) - %(user) ...                                               the line of the configuration; logformat too
//
// The error is an *Error.
func CompileUWSGI(text string) (*Tree, error) {
	return public(compileUWSGI(text))
}

// uwsgiVariables are those with a type or with a name that other writers have too. What is not here is a text under its own name: uWSGI's
// log variables.
var uwsgiVariables = map[string]variable{
	"addr": {column: "client", flags: hosts}, "user": {flags: empties}, "host": {column: "server", flags: hosts}, "uagent": {column: "user_agent", flags: empties}, "referer": {flags: empties},
	"method": {column: Method, flags: few}, "uri": {column: Target}, "proto": {column: Protocol, flags: few}, "status": {kind: KindInt},
	"size": {column: "bytes", kind: KindInt}, "rsize": {column: "body_bytes", kind: KindInt}, "hsize": {column: "header_bytes", kind: KindInt}, "cl": {column: "bytes_received", kind: KindInt},
	"pktsize": {column: "request_bytes", kind: KindInt}, "vars": {column: "request_variables", kind: KindInt}, "headers": {kind: KindInt},
	"ltime": {column: "time", kind: KindTime, layout: "clf"}, "ftime": {column: "time", kind: KindTime, layout: "auto", rank: 1}, "ctime": {column: "time", kind: KindTime, layout: "%a %b %e %H:%M:%S %Y", rank: 2},
	"tmicros": {column: "time", kind: KindTime, layout: "unix_us", rank: 3}, "tmsecs": {column: "time", kind: KindTime, layout: "unix_ms", rank: 4},
	"time": {kind: KindTime, layout: "unix_s", rank: 5}, "epoch": {column: "end_time", kind: KindTime, layout: "unix_s"},
	"micros": {column: "duration", kind: KindDuration, layout: "us"}, "msecs": {column: "duration", kind: KindDuration, layout: "ms", rank: 1},
	"secs": {column: "duration", kind: KindDuration, layout: "s", rank: 2}, "pid": {kind: KindInt}, "wid": {column: "worker", kind: KindInt}, "core": {kind: KindInt},
	"switches": {kind: KindInt}, "vsz": {kind: KindInt}, "rss": {kind: KindInt}, "vszM": {kind: KindInt}, "rssM": {kind: KindInt},
	"modifier1": {kind: KindInt}, "modifier2": {kind: KindInt}, "rerr": {kind: KindInt}, "werr": {kind: KindInt}, "ioerr": {kind: KindInt},
}

func compileUWSGI(text string) (*Tree, *Error) {
	format, err := uwsgiFormat(text)
	if err == nil {
		err = format.oneLine()
	}
	if err != nil {
		return nil, err
	}
	a := assembler{hint: "leave one of them out"}
	for i := 0; i < len(format.text); {
		rest := string(format.text[i:])
		switch {
		case rest[0] != '%':
			n := literalEnd(format.text, i, '%')
			a.text(format.text[i:n], format.at(i))
			i = n
		case strings.HasPrefix(rest, "%%"): // as configuration files have it
			a.text([]byte("%"), format.at(i))
			i += 2
		case !strings.HasPrefix(rest, "%("):
			a.text([]byte("%"), format.at(i))
			i++
		default:
			end := strings.IndexByte(rest, ')')
			if end < 0 || end == len("%(") {
				return nil, &Error{format.at(i), "a bracket that is not closed, or has no name in it", "%(addr); known are " + strings.Join(slices.Sorted(maps.Keys(uwsgiVariables)), " ")}
			}
			a.value(uwsgiValue(rest[len("%("):end], rest[:end+1], format.at(i)))
			i += end + 1
		}
	}
	a.flush()
	a.pieces = envoyRequest(a.pieces)
	tree, err := a.tree()
	if err != nil {
		return nil, err
	}
	lastPlaces(tree.Elements, "user_agent", `"`) // quotes inside are not escaped
	return tree, nil
}

// uwsgiFormat finds the format in text.
func uwsgiFormat(text string) (source, *Error) {
	trimmed := strings.TrimRight(text, "\r\n")
	i := skipBlanks(trimmed, 0)
	for _, setting := range []string{"log-format", "logformat", "--log-format", "--logformat"} {
		rest, is := strings.CutPrefix(trimmed[i:], setting)
		if !is || rest != "" && strings.IndexByte(" \t=:", rest[0]) < 0 {
			continue
		}
		at := skipBlanks(trimmed, i+len(setting))
		if at < len(trimmed) && (trimmed[at] == '=' || trimmed[at] == ':') {
			at = skipBlanks(trimmed, at+1)
		}
		if at == len(trimmed) {
			return source{}, &Error{at, "the setting has no value", `log-format = %(addr) - %(user) [%(ltime)] "%(method) %(uri) %(proto)" %(status) %(size)`}
		}
		trimmed = strings.TrimRight(trimmed, " \t")
		if c := trimmed[at]; (c == '\'' || c == '"') && closing(trimmed, at) == len(trimmed)-1 {
			return plain(trimmed[at+1:len(trimmed)-1], at+1), nil
		}
		return plain(trimmed[at:], at), nil
	}
	return plain(trimmed, 0), nil
}

// uwsgiValue is what a variable writes.
func uwsgiValue(name, written string, pos int) piece {
	p := piece{Element: Element{Kind: KindText, Null: "-", Source: written, Pos: pos}, key: name}
	v, known := uwsgiVariables[name]
	if !known {
		plain := name
		for _, family := range []string{"var.", "metric."} {
			plain = strings.TrimPrefix(plain, family)
		}
		v = variable{column: strings.Trim(snake(plain), "_"), rank: guest, flags: empties}
		if strings.HasPrefix(name, "metric.") {
			v = variable{column: "metric_" + v.column, kind: KindInt, rank: guest}
		}
	}
	own := strings.Trim(snake(name), "_")
	if v.column == "" {
		v.column = own
	}
	p.names = []string{v.column, v.column + "_" + own, own + "_2"}
	p.rank, p.host, p.Dictionary, p.MayBeEmpty = v.rank, v.flags&hosts != 0, v.flags&few != 0, v.flags&empties != 0
	if v.kind != KindLiteral {
		p.Kind, p.Layout = v.kind, v.layout
	}
	return p
}
