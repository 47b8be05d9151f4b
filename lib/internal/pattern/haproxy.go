package pattern

import (
	"slices"
	"strings"
)

// CompileHAProxy makes a tree of a log-format of HAProxy. text is one of
//
//	%ci:%cp [%tr] %ft %b/%s %ST %{+Q}r                the format itself, with or without the backslashes of the configuration file
//	log-format "%ci:%cp [%tr] ..."                    the whole directive; error-log-format too
//	httplog tcplog httpslog clf                       what an option of that name writes; "option httplog" is as good
//
// "${HAPROXY_HTTP_LOG_FMT} %ID" and the other variables that HAProxy has for these formats stand for them.
// The syslog header that HAProxy sends is not part of it. The error is an *Error.
func CompileHAProxy(text string) (*Tree, error) {
	return public(compileHAProxy(text))
}

// haproxyFormats are what options write (https://docs.haproxy.org/3.0/configuration.html#8.2).
var haproxyFormats = map[string]string{
	"httplog":  `%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r`,
	"tcplog":   `%ci:%cp [%t] %ft %b/%s %Tw/%Tc/%Tt %B %ts %ac/%fc/%bc/%sc/%rc %sq/%bq`,
	"httpslog": `%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r %[fc_err]/%[ssl_fc_err,hex]/%[ssl_c_err]/%[ssl_c_ca_err]/%[ssl_fc_is_resumed] %[ssl_fc_sni]/%sslv/%sslc`,
	"clf":      `%{+Q}o %{-Q}ci - - [%trg] %r %ST %B "" "" %cp %ms %ft %b %s %TR %Tw %Tc %Tr %Ta %tsc %ac %fc %bc %sc %rc %sq %bq %CC %CS %hrl %hsl`,
}

// haproxyEnvironment are the variables in which HAProxy keeps its formats (https://docs.haproxy.org/3.2/configuration.html#2.4).
var haproxyEnvironment = map[string]string{"HAPROXY_HTTP_LOG_FMT": "httplog", "HAPROXY_HTTPS_LOG_FMT": "httpslog", "HAPROXY_TCP_LOG_FMT": "tcplog", "HAPROXY_HTTP_CLF_LOG_FMT": "clf"}

const (
	haproxyStamp = "%d/%b/%Y:%H:%M:%S.%3f"
	haproxyTwice = "write one of them as %(name)VARIABLE: name is its column then"
)

// haproxyVariables are what HAProxy can log. Of several that give one column, the one of lower rank has it.
var haproxyVariables = map[string]variable{
	"ci": {column: "client", flags: hosts}, "cp": {column: "client_port", kind: KindInt, flags: ports},
	"fi": {column: "frontend_ip", flags: hosts}, "fp": {column: "frontend_port", kind: KindInt, flags: ports},
	"bi": {column: "backend_source_ip", flags: hosts}, "bp": {column: "backend_source_port", kind: KindInt, flags: ports},
	"si": {column: "server_ip", flags: hosts}, "sp": {column: "server_port", kind: KindInt, flags: ports},
	"f": {column: "frontend", rank: 1}, "ft": {column: "frontend"}, "b": {column: "backend"}, "s": {column: "server_name"},
	"H": {column: "host"}, "pid": {kind: KindInt}, "ID": {column: "request_id"},
	// times
	"tr": {column: "time", kind: KindTime, layout: haproxyStamp, width: 24}, "t": {column: "time", kind: KindTime, layout: haproxyStamp, width: 24, rank: 1},
	"trl": {column: "time", kind: KindTime, layout: "clf", width: 26, rank: 2}, "trg": {column: "time", kind: KindTime, layout: "clf", width: 26, rank: 3},
	"Tl": {column: "time", kind: KindTime, layout: "clf", width: 26, rank: 4}, "T": {column: "time", kind: KindTime, layout: "clf", width: 26, rank: 5},
	"Ts": {column: "time", kind: KindTime, layout: "%s", rank: 6}, "ms": {column: "time_ms", kind: KindInt, width: 3},
	// spans of time, -1 when they were not reached
	"Ta": {column: "duration", kind: KindDuration, layout: "ms"}, "Tt": {column: "duration", kind: KindDuration, layout: "ms", rank: 1},
	"TR": {column: "request_duration", kind: KindDuration, layout: "ms"}, "Tq": {column: "request_duration", kind: KindDuration, layout: "ms", rank: 1},
	"Tw": {column: "queue_duration", kind: KindDuration, layout: "ms"}, "Tc": {column: "connect_duration", kind: KindDuration, layout: "ms"},
	"Tr": {column: "response_duration", kind: KindDuration, layout: "ms"}, "Td": {column: "data_duration", kind: KindDuration, layout: "ms"},
	"Th": {column: "handshake_duration", kind: KindDuration, layout: "ms"}, "Ti": {column: "idle_duration", kind: KindDuration, layout: "ms"},
	"Tu": {column: "user_duration", kind: KindDuration, layout: "ms"},
	// the request and the answer
	"r": {kind: KindRequest, rank: -1}, "HM": {column: Method, flags: few, rank: 1}, "HU": {column: Target, rank: 1}, "HP": {column: Target, rank: 2},
	"HPO": {column: Target, rank: 3}, "HQ": {column: "query"}, "HV": {column: Protocol, flags: few, rank: 1},
	"ST": {column: "status", kind: KindInt}, "B": {column: "bytes", kind: KindInt}, "U": {column: "bytes_received", kind: KindInt},
	"CC": {column: "request_cookie"}, "CS": {column: "response_cookie"},
	"hr": {column: "captured_request_headers"}, "hs": {column: "captured_response_headers"},
	"hrl": {column: "captured_request_headers", rank: 1}, "hsl": {column: "captured_response_headers", rank: 1},
	"tsc": {column: "termination_state", flags: few, width: 4}, "ts": {column: "termination_state", flags: few, width: 2, rank: 1},
	"sslc": {column: "tls_cipher", flags: few}, "sslv": {column: "tls_version", flags: few},
	// counters
	"ac": {column: "actconn", kind: KindInt}, "fc": {column: "feconn", kind: KindInt}, "bc": {column: "beconn", kind: KindInt}, "sc": {column: "srv_conn", kind: KindInt},
	"rc": {column: "retries", kind: KindInt}, "sq": {column: "srv_queue", kind: KindInt}, "bq": {column: "backend_queue", kind: KindInt},
	"lc": {column: "frontend_log_counter", kind: KindInt}, "rt": {column: "request_counter", kind: KindInt},
}

// haproxySamples are expressions that log what other writers log too.
var haproxySamples = map[string]string{"src": "client", "unique-id": "request_id", "ssl_fc_protocol": "tls_version", "ssl_fc_cipher": "tls_cipher", "ssl_fc_sni": "tls_server_name",
	"method": Method, "path": Target, "status": "status", "req.hdr(host)": "server", "req.hdr(user-agent)": "user_agent", "req.hdr(referer)": "referer"}

// haproxy is a format under way.
type haproxy struct {
	assembler
	format     source
	haproxyWay // %{+Q}o: that of all that follow
}

func compileHAProxy(text string) (*Tree, *Error) {
	format, err := haproxyFormat(text)
	if err != nil {
		return nil, err
	}
	h := haproxy{assembler: assembler{hint: haproxyTwice}, format: haproxyExpand(format)}
	if err := h.format.oneLine(); err != nil {
		return nil, err
	}
	for i := 0; i < len(h.format.text); {
		if h.format.text[i] != '%' {
			n := literalEnd(h.format.text, i, '%')
			h.text(h.format.text[i:n], h.format.at(i))
			i = n
			continue
		}
		next, err := h.variable(i)
		if err != nil {
			return nil, err
		}
		i = next
	}
	h.flush()
	h.pieces = haproxySeconds(h.pieces)
	tree, err := h.tree()
	if err == nil {
		haproxyEnds(tree.Elements)
		haproxyCookies(tree)
		atEnds(tree.Elements, len(text))
	}
	return tree, err
}

// haproxyFormat finds the format in text.
func haproxyFormat(text string) (source, *Error) {
	trimmed := strings.TrimRight(text, "\r\n \t")
	i := skipBlanks(trimmed, 0)
	end := word(trimmed, i)
	switch first := trimmed[i:end]; {
	case first == "option" || first == "log-format" || first == "log-format-sd" || first == "error-log-format":
		if i = skipBlanks(trimmed, end); i == len(trimmed) {
			return source{}, &Error{i, first + " without a format", `log-format "FORMAT"`}
		}
		if first == "option" && strings.HasSuffix(trimmed, "httplog clf") {
			return plain(haproxyFormats["clf"], 0), nil
		}
	}
	if known, ok := haproxyFormats[trimmed[i:]]; ok {
		return plain(known, 0), nil
	}
	if c := trimmed[min(i, len(trimmed)):]; c != "" && (c[0] == '"' || c[0] == '\'') {
		end := closing(trimmed, i)
		if end == len(trimmed)-1 {
			inside := plain(trimmed[i+1:end], i+1)
			if c[0] == '\'' {
				return inside, nil
			}
			return inside.unescape(` "'\#`, "t\tn\nr\r"), nil
		}
	}
	return plain(trimmed[i:], i).unescape(` "'\#`, "t\tn\nr\r"), nil
}

// haproxyExpand puts HAProxy's own formats in the place of the variables that hold them: ${NAME} or $NAME.
func haproxyExpand(format source) source {
	if !strings.Contains(string(format.text), "$") {
		return format
	}
	out := source{end: format.end}
	for i := 0; i < len(format.text); i++ {
		name := format.text[i:]
		if name[0] == '$' {
			name = name[1:]
			if braces := len(name) > 0 && name[0] == '{'; braces {
				name = name[1:]
			}
		}
		n := 0
		for n < len(name) && variableByte(name[n]) {
			n++
		}
		known, ok := haproxyEnvironment[string(name[:n])]
		if format.text[i] != '$' || !ok {
			out.add(format.text[i], format.at(i))
			continue
		}
		for _, c := range []byte(haproxyFormats[known]) {
			out.add(c, format.at(i))
		}
		i = len(format.text) - len(name) + n - 1
		if i+1 < len(format.text) && format.text[i+1] == '}' {
			i++
		}
	}
	out.end = format.end
	return out
}

// variable reads what begins with the percent sign at i: %name %{flags}name %(column)name %[expression] %%
func (h *haproxy) variable(i int) (int, *Error) {
	text, pos := h.format.text, h.format.at(i)
	at := i + 1
	if at < len(text) && text[at] == '%' {
		h.text(text[at:at+1], pos)
		return at + 1, nil
	}
	column, flags := "", ""
	for at < len(text) && (text[at] == '(' || text[at] == '{') {
		closer := byte(')')
		if text[at] == '{' {
			closer = '}'
		}
		end := literalEnd(text, at, closer)
		if end == len(text) {
			return 0, &Error{h.format.at(at), "a bracket that is not closed", "%{+Q}r, %(name)r"}
		}
		if closer == '}' {
			flags = string(text[at+1 : end])
		} else {
			column, _, _ = strings.Cut(string(text[at+1:end]), ":")
		}
		at = end + 1
	}
	way, err := h.flagged(flags, pos)
	if err != nil {
		return 0, err
	}
	if at < len(text) && text[at] == '[' {
		return h.expression(i, at, column, way)
	}
	end := at
	for end < len(text) && variableByte(text[end]) && text[end] != '_' {
		end++
	}
	name := haproxyName(string(text[at:end]))
	end = at + len(name)
	if name == "o" { // sets flags for all that follow
		h.haproxyWay = way
		// HAProxy writes no blank at the line's begin and none behind another.
		for n := len(h.run); end < len(text) && text[end] == ' ' && (n == 0 && len(h.pieces) == 0 || n > 0 && h.run[n-1] == ' '); {
			end++
		}
		return end, nil
	}
	v, known := haproxyVariables[name]
	if !known {
		end = max(end, at+min(1, len(text)-at))
		return 0, &Error{pos, "unknown variable " + shorten(string(text[i:end])), "a percent sign is written %%; HAProxy's variables are listed in its manual, 8.2.6"}
	}
	h.add(haproxyPiece(name, v, way.hex), column, string(text[i:end]), pos, way)
	return end, nil
}

// haproxyName is the longest variable that text, letters and digits, begins with; text itself when none is.
func haproxyName(text string) string {
	for n := len(text); n > 0; n-- {
		if _, known := haproxyVariables[text[:n]]; known || text[:n] == "o" {
			return text[:n]
		}
	}
	return text
}

// haproxyPiece is the value of a variable.
func haproxyPiece(name string, v variable, hex bool) piece {
	p := piece{Element: Element{Kind: v.kind, Layout: v.layout, Width: v.width, Null: "-", Dictionary: v.flags&few != 0}, key: name, rank: v.rank,
		names: []string{v.column, snake(name)}, host: v.flags&hosts != 0, port: v.flags&ports != 0}
	if v.column == "" {
		p.names = p.names[1:]
	}
	switch {
	case p.Kind == KindLiteral:
		p.Kind = KindText
	case hex && name == "Ts":
		p.Kind, p.Layout, p.Width, p.names, p.key = KindHex, "", 0, []string{"ts"}, "Ts hex"
	case p.Kind == KindTime:
		p.names = append(p.names, "time_2") // %t and %T have one name in small letters
	case p.Kind == KindDuration:
		p.Null = "-1"
		p.names[1] = strings.ToLower(name) + "_duration"
		if name == "Tt" {
			p.names[1] = "total_duration"
		}
	case hex && p.Kind == KindInt:
		p.Kind, p.Layout, p.Width = KindHex, "", 0
	}
	switch name {
	case "hr", "hs":
		p.Open, p.Close, p.List, p.Item, p.MayBeEmpty, p.Null = "{", "}", PipeList, KindText, true, "" // nothing where nothing is captured
	case "HQ":
		p.MayBeEmpty = true
	}
	p.Word = p.host
	return p
}

// expression reads %[...]: its column is named after it.
func (h *haproxy) expression(i, open int, column string, way haproxyWay) (int, *Error) {
	text, pos := h.format.text, h.format.at(i)
	depth, end := 0, open
	for ; end < len(text); end++ {
		if c := text[end]; c == '[' || c == '(' {
			depth++
		} else if c == ']' || c == ')' {
			if depth--; depth == 0 {
				break
			}
		}
	}
	if end == len(text) || end == open+1 {
		return 0, &Error{pos, "%[ is not closed, or there is nothing in it", "%[capture.req.hdr(0)]"}
	}
	expression := string(text[open+1 : end])
	p := piece{Element: Element{Kind: KindText, Null: "-", Reading: Reading{MayBeEmpty: true}}, key: "%[" + expression, rank: guest}
	if name, known := haproxySamples[strings.ToLower(expression)]; known {
		p.names = []string{name}
		if name == "status" {
			p.Kind, p.MayBeEmpty = KindInt, false
		}
	}
	p.names = append(p.names, strings.Trim(snake(expression), "_"))
	if p.names[len(p.names)-1] == "" {
		return 0, &Error{pos, "%[...] without a name in it", "%[capture.req.hdr(0)]"}
	}
	h.add(p, column, string(text[i:end+1]), pos, way)
	return end + 1, nil
}

// add adds a value, with quotes around it where the flags say so.
func (h *haproxy) add(p piece, column, source string, pos int, way haproxyWay) {
	p.Source, p.Pos = source, pos
	if column != "" {
		p.names, p.key, p.rank = []string{column}, "("+column+")"+p.key, -2
	}
	around := false
	switch {
	case !way.quoted:
	case p.Open != "":
		p.Open, p.Close = `"`+p.Open, p.Close+`"`
	case p.names[0] == "termination_state": // up to 2.8 HAProxy writes no quotes around it
		p.Cell, p.EmptyNull, p.Width = true, true, 0
	case p.port:
		p.Null = `""`
	case strings.HasPrefix(p.names[0], "captured_"): // %hrl, %hsl: nothing where nothing is captured, neither quotes nor the blank behind
		p.Open, p.Close, p.MayBeEmpty, p.EmptyNull, p.Null = `"`, `"`, true, true, ""
	case p.Kind == KindText || p.Kind == KindRequest:
		around, p.EmptyNull, p.Word = true, true, false
		h.text([]byte{'"'}, pos)
	}
	if way.escaped && (p.Kind == KindText || p.Kind == KindRequest) {
		p.Escape = EscapeBackslash
	}
	h.value(p)
	if around {
		h.text([]byte{'"'}, pos)
	}
}

// haproxySeconds makes one time of %Ts.%ms.
func haproxySeconds(pieces []piece) []piece {
	out := pieces[:0]
	for i := 0; i < len(pieces); i++ {
		p := pieces[i]
		if p.key == "Ts" && p.Kind == KindTime {
			if i+2 < len(pieces) && pieces[i+1].Literal == "." && pieces[i+2].key == "ms" {
				p.Layout, p.Source = "unix_s", p.Source+"."+pieces[i+2].Source
				i += 2
			}
		}
		out = append(out, p)
	}
	return out
}

// haproxyCookies lets a captured cookie have blanks in it, on lines that do not fit: it goes on up to a blank behind which all fits up to the
// next number.
func haproxyCookies(t *Tree) {
	at := slices.IndexFunc(t.Elements, func(e Element) bool { return e.Field == "request_cookie" && !e.Unusual() })
	if at < 0 {
		return
	}
	behind := t.Elements[at+1:]
	n := slices.IndexFunc(behind, func(e Element) bool { return e.Kind == KindInt })
	if n < 1 || behind[0].Literal != " " {
		return
	}
	group := Element{Kind: KindGroup, Choice: One, Groups: []Tree{{Elements: behind[:n+1]}}, Source: behind[0].Source, Pos: behind[0].Pos}
	t.Else = &Tree{Text: t.Text, Elements: slices.Concat(t.Elements[:at+1], []Element{group}, behind[n+1:])}
}

// haproxyEnds lets the last quote be missing: HAProxy cuts long lines.
func haproxyEnds(elements []Element) {
	if n := len(elements); n >= 2 && elements[n-1].Literal == `"` {
		elements[n-2].Cut = true
	}
}
