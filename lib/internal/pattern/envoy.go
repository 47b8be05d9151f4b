package pattern

import (
	"strconv"
	"strings"
)

// CompileEnvoy makes a tree of a text format of Envoy's access log: constant text and command operators, %RESPONSE_CODE%, %REQ(:METHOD)%,
// %START_TIME(%s)%. The word default is Envoy's own format, istio that of Istio's sidecars. The error is an *Error.
func CompileEnvoy(text string) (*Tree, error) {
	return public(compileEnvoy(text))
}

// envoyFormats are formats by name: https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage and
// https://istio.io/latest/docs/tasks/observability/logs/access-log/
var envoyFormats = map[string]string{
	"default": `[%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE% %RESPONSE_FLAGS% %BYTES_RECEIVED% %BYTES_SENT% %DURATION% ` +
		`%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% "%REQ(X-FORWARDED-FOR)%" "%REQ(USER-AGENT)%" "%REQ(X-REQUEST-ID)%" "%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%"`,
	"istio": `[%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% ` +
		`%CONNECTION_TERMINATION_DETAILS% "%UPSTREAM_TRANSPORT_FAILURE_REASON%" %BYTES_RECEIVED% %BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% ` +
		`"%REQ(X-FORWARDED-FOR)%" "%REQ(USER-AGENT)%" "%REQ(X-REQUEST-ID)%" "%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%" %UPSTREAM_CLUSTER_RAW% %UPSTREAM_LOCAL_ADDRESS% ` +
		`%DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS% %REQUESTED_SERVER_NAME% %ROUTE_NAME%`,
}

// envoyOperators are the operators with a type or with a name that other writers have too. What is not here is text under its own name in
// small letters, but for the endings of envoyEndings.
var envoyOperators = map[string]variable{
	"PROTOCOL": {column: Protocol, flags: few}, "RESPONSE_CODE": {column: "status", kind: KindInt}, "RESPONSE_FLAGS": {flags: few}, "RESPONSE_FLAGS_LONG": {flags: few},
	"BYTES_SENT": {column: "bytes", kind: KindInt}, "DURATION": {kind: KindDuration, layout: "ms"},
	"UPSTREAM_HOST": {column: "upstream"}, "UPSTREAM_CLUSTER_RAW": {column: "upstream_cluster", rank: 1}, "UPSTREAM_CLUSTER": {}, "HOSTNAME": {column: "host"},
	"DOWNSTREAM_REMOTE_ADDRESS":                     {column: "client", kind: KindHostPort},
	"DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT":        {column: "client", rank: 1},
	"DOWNSTREAM_DIRECT_REMOTE_ADDRESS":              {column: "peer", kind: KindHostPort},
	"DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT": {column: "peer", rank: 1},
	"DOWNSTREAM_LOCAL_ADDRESS":                      {column: "server_ip", kind: KindHostPort},
	"DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT":         {column: "server_ip", rank: 1},
	"DOWNSTREAM_LOCAL_PORT":                         {column: "server_port", kind: KindInt, rank: 1},
	"DOWNSTREAM_REMOTE_PORT":                        {column: "client_port", kind: KindInt, rank: 1},
	"DOWNSTREAM_TLS_VERSION":                        {column: "tls_version", flags: few},
	"DOWNSTREAM_TLS_CIPHER":                         {column: "tls_cipher", flags: few},
	"CONNECTION_ID":                                 {kind: KindInt},
	"GRPC_STATUS_NUMBER":                            {kind: KindInt},
	"UPSTREAM_REQUEST_ATTEMPT_COUNT":                {kind: KindInt},
	"PACKETS_RETRANSMITTED":                         {kind: KindInt},
	"ROUNDTRIP_DURATION":                            {kind: KindDuration, layout: "ms"},
	"UPSTREAM_CONNECTION_POOL_READY_DURATION":       {kind: KindDuration, layout: "ms"},
	"DOWNSTREAM_HANDSHAKE_DURATION":                 {column: "handshake_duration", kind: KindDuration, layout: "ms"},
	"REQ(:METHOD)":                                  {column: Method, flags: few},
	"REQ(:PATH)":                                    {column: Target},
	"REQ_WITHOUT_QUERY(:PATH)":                      {column: Target, rank: 1},
	"REQ_WITHOUT_QUERY(X-ENVOY-ORIGINAL-PATH)":      {column: Target, rank: 1},
	"PATH":                                {column: Target, rank: 1},
	"REQ(X-ENVOY-ORIGINAL-PATH)":          {column: Target},
	"REQ(:AUTHORITY)":                     {column: "server"},
	"REQ(HOST)":                           {column: "server", rank: 1},
	"REQ(:SCHEME)":                        {column: "scheme", flags: few},
	"REQ(X-FORWARDED-FOR)":                {column: "forwarded_for", flags: commas},
	"REQ(USER-AGENT)":                     {column: "user_agent"},
	"REQ(REFERER)":                        {column: "referer"},
	"REQ(X-REQUEST-ID)":                   {column: "request_id"},
	"RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)": {column: "upstream_duration", kind: KindDuration, layout: "ms"},
	"RESPONSE_CODE_DETAILS":               {flags: few},
	"TRACE_ID":                            {column: "trace_id"},
	"UPSTREAM_PROTOCOL":                   {flags: few},
	"ACCESS_LOG_TYPE":                     {flags: few},
	"UPSTREAM_FILTER_STATE":               {},
	"CONNECTION_TERMINATION_DETAILS":      {},
	"UPSTREAM_TRANSPORT_FAILURE_REASON":   {},
	"DOWNSTREAM_TRANSPORT_FAILURE_REASON": {},
	"DOWNSTREAM_LOCAL_URI_SAN":            {},
	"DOWNSTREAM_PEER_URI_SAN":             {},
	"REQUESTED_SERVER_NAME":               {},
	"ROUTE_NAME":                          {},
	"VIRTUAL_CLUSTER_NAME":                {},
	"STREAM_ID":                           {},
}

// envoyPrefixes are what the columns of operators with an argument begin with.
var envoyPrefixes = map[string]string{"REQ": "http_", "RESP": "sent_http_", "TRAILER": "sent_trailer_", "DYNAMIC_METADATA": "metadata_", "FILTER_STATE": "filter_state_",
	"ENVIRONMENT": "env_", "QUERY_PARAM": "arg_", "METADATA": "metadata_", "CLUSTER_METADATA": "cluster_metadata_", "UPSTREAM_METADATA": "upstream_metadata_"}

// envoyLong are the operators that have a longer name too.
var envoyLong = map[string]string{"REQUEST_HEADER": "REQ", "RESPONSE_HEADER": "RESP", "RESPONSE_TRAILER": "TRAILER"}

func compileEnvoy(text string) (*Tree, *Error) {
	if end := len(strings.TrimRight(text, " \t\r\n")); strings.Contains(text[end:], "\n") {
		text = text[:end+strings.IndexAny(text[end:], "\r\n")]
	}
	text = strings.TrimSuffix(text, `\n`)
	format := plain(text, 0).fold()
	if known, ok := envoyFormats[strings.TrimSpace(text)]; ok {
		format = plain(known, 0)
	}
	a := assembler{hint: "a header that is logged twice is one column; take the other operator out of this definition, or rename it"}
	for i := 0; i < len(format.text); {
		if format.text[i] != '%' {
			n := literalEnd(format.text, i, '%')
			a.text(format.text[i:n], format.at(i))
			i = n
			continue
		}
		if i+1 < len(format.text) && format.text[i+1] == '%' {
			a.text(format.text[i:i+1], format.at(i))
			i += 2
			continue
		}
		p, next, err := envoyOperator(&format, i)
		if err != nil {
			return nil, err
		}
		a.value(p)
		i = next
	}
	a.flush()
	a.pieces = envoyRequest(a.pieces)
	tree, err := a.tree()
	if err == nil {
		envoyPorts(tree.Elements)
		atEnds(tree.Elements, len(text))
	}
	return tree, err
}

// envoyOperator reads %NAME%, %NAME(ARGUMENT)% or %NAME(ARGUMENT):LENGTH% at i.
func envoyOperator(format *source, i int) (piece, int, *Error) {
	text, pos := format.text, format.at(i)
	end := i + 1
	for end < len(text) && (variableByte(text[end])) {
		end++
	}
	name, argument := string(text[i+1:end]), ""
	if name == "" || name != strings.ToUpper(name) {
		return piece{}, 0, &Error{pos, "a percent sign without an operator behind it", "write %% for the sign itself, or an operator: %RESPONSE_CODE%"}
	}
	if end < len(text) && text[end] == '(' {
		closer := envoyClosing(text, end)
		if closer < 0 {
			return piece{}, 0, &Error{format.at(end), "a bracket that is not closed", "%REQ(USER-AGENT)%"}
		}
		argument = string(text[end+1 : closer])
		end = closer + 1
	}
	if end < len(text) && text[end] == ':' { // longest length
		for end++; end < len(text) && text[end]-'0' <= 9; end++ {
		}
	}
	if end == len(text) || text[end] != '%' {
		return piece{}, 0, &Error{format.at(end), "the operator " + shorten(name) + " is not closed", "%NAME% or %NAME(ARGUMENT)%"}
	}
	end++
	p, err := envoyPiece(name, argument, pos)
	p.Source, p.Pos = string(text[i:end]), pos
	return p, end, err
}

// envoyClosing is the place of the bracket that closes the one at i: the first that a percent sign or a length follows. A time format
// may hold brackets.
func envoyClosing(text []byte, i int) int {
	for ; i < len(text); i++ {
		if text[i] == ')' && i+1 < len(text) && (text[i+1] == '%' || text[i+1] == ':') {
			return i
		}
	}
	return -1
}

// envoyPiece is the value of an operator.
func envoyPiece(name, argument string, pos int) (piece, *Error) {
	if short := envoyLong[name]; short != "" {
		name = short
	}
	p := piece{Element: Element{Kind: KindText, Null: "-"}, key: name + "(" + argument + ")"}
	if times := map[string]string{"START_TIME": "time", "START_TIME_LOCAL": "time", "EMIT_TIME": "emit_time", "EMIT_TIME_LOCAL": "emit_time"}; times[name] != "" {
		layout, err := envoyTime(argument)
		if err != "" {
			return p, &Error{pos, err, "known are strftime's conversions, %E3S, %3f and %f"}
		}
		p.Kind, p.Layout, p.names = KindTime, layout, []string{times[name], strings.ToLower(name)}
		p.Width = envoyWidth(layout)
		return p, nil
	}
	key := name
	if argument != "" && (envoyPrefixes[name] != "" || name == "REQ_WITHOUT_QUERY") {
		main, _, _ := strings.Cut(argument, "?")
		key = name + "(" + strings.ToUpper(main) + ")"
	}
	v, known := envoyOperators[key]
	own := strings.ToLower(name)
	if argument != "" {
		main, _, _ := strings.Cut(argument, "?")
		own = strings.Trim(snake(strings.TrimPrefix(main, ":")), "_")
		if name == "PATH" || name == "REQ_WITHOUT_QUERY" && envoyOperators[key].column == Target {
			own = "path"
		} else if prefix := envoyPrefixes[name]; prefix != "" {
			own = prefix + own
		} else if own = strings.ToLower(name) + "_" + own; name == "COMMON_DURATION" {
			own = strings.ToLower(name)
		}
	}
	if !known {
		v = envoyByEnding(name, argument)
		p.rank = guest
	} else {
		p.rank = v.rank
	}
	p.names = []string{own}
	if v.column != "" && v.column != own {
		p.names = []string{v.column, own}
	}
	if p.Kind = v.kind; p.Kind == KindLiteral {
		p.Kind = KindText
	}
	p.Layout, p.Dictionary = v.layout, v.flags&few != 0
	if v.flags&commas != 0 {
		p.List, p.Item = CommaList, KindText
	}
	return p, nil
}

// envoyByEnding is the type that an operator's name tells.
func envoyByEnding(name, argument string) variable {
	switch {
	case name == "COMMON_DURATION":
		unit := "ms"
		if i := strings.LastIndexByte(argument, ':'); i >= 0 && (argument[i+1:] == "us" || argument[i+1:] == "ns") {
			unit = argument[i+1:]
		}
		return variable{kind: KindDuration, layout: unit}
	case strings.HasSuffix(name, "_DURATION"):
		return variable{kind: KindDuration, layout: "ms"}
	case strings.Contains(name, "BYTES_"), strings.HasSuffix(name, "_PORT"):
		return variable{kind: KindInt}
	}
	return variable{}
}

// envoyTime is the layout of a time format; "" is RFC 3339 with milliseconds. A mistake comes back as message.
func envoyTime(format string) (layout, message string) {
	switch format {
	case "":
		return "rfc3339", ""
	case "%s", "%s.%3f", "%s.%6f", "%s.%9f":
		return "unix_s", ""
	case "%s%3f":
		return "unix_ms", ""
	case "%s%6f":
		return "unix_us", ""
	}
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			b.WriteByte(format[i])
			continue
		}
		start := i
		i++
		switch rest := format[i:]; {
		case len(rest) >= 3 && rest[0] == 'E' && rest[1]-'1' < 9 && rest[2] == 'S':
			b.WriteString("%S.%" + rest[1:2] + "f")
			i += 2
		case strings.HasPrefix(rest, "E*S"):
			b.WriteString("%S.%f")
			i += 2
		case strings.HasPrefix(rest, "Ez"), strings.HasPrefix(rest, "E*z"):
			b.WriteString("%z")
			i += strings.IndexByte(rest, 'z')
		case strings.HasPrefix(rest, "ET"):
			b.WriteByte('T')
			i++
		case len(rest) >= 2 && rest[0]-'1' < 9 && rest[1] == 'f':
			b.WriteString(format[start : i+2])
			i++
		case strings.HasPrefix(rest, "f"):
			b.WriteString("%f")
		case rest != "" && conversions[rest[0]].layout != "":
			b.WriteString(conversions[rest[0]].layout)
		default:
			return "", "unknown conversion " + strconv.Quote(shorten(format[start:min(len(format), start+3)])) + " in a time format"
		}
	}
	return b.String(), ""
}

// envoyWidth is the length of every time of the layout, 0 where it varies.
func envoyWidth(layout string) int {
	if layout == "rfc3339" || strings.Contains(layout, "%f") {
		return 0
	}
	return timeWidth(layout)
}

// envoyRequest makes one request of method, path and protocol with a blank between each.
func envoyRequest(pieces []piece) []piece {
	out := pieces[:0]
	for i := 0; i < len(pieces); i++ {
		p := pieces[i]
		if i+4 < len(pieces) && first(p) == Method && pieces[i+1].Literal == " " && first(pieces[i+2]) == Target && pieces[i+3].Literal == " " && first(pieces[i+4]) == Protocol {
			p.Source += " " + pieces[i+2].Source + " " + pieces[i+4].Source
			p.Kind, p.names, p.key, p.rank, p.Dictionary, p.Dashes = KindRequest, nil, "request", -1, false, true
			i += 4
		}
		out = append(out, p)
	}
	return out
}

// first is the name that a piece would like best.
func first(p piece) string {
	if len(p.names) == 0 {
		return ""
	}
	return p.names[0]
}

// envoyPorts names the columns of ports.
func envoyPorts(elements []Element) {
	taken := map[string]bool{}
	for i := range elements {
		taken[elements[i].Field] = true
	}
	for i := range elements {
		e := &elements[i]
		port := map[string]string{"client": "client_port", "peer": "peer_port", "server_ip": "server_port"}[e.Field]
		if e.Kind != KindHostPort || e.Port != "" {
			continue
		}
		if port == "" || taken[port] {
			e.Kind = KindText
			continue
		}
		e.Port, taken[port] = port, true
	}
}
