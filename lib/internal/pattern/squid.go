package pattern

import (
	"maps"
	"slices"
	"strings"
)

// CompileSquid makes a tree of a logformat of Squid (http://www.squid-cache.org/Doc/config/logformat/). text is one of
//
//	%ts.%03tu %6tr %>a %Ss/%03>Hs %<st %rm %ru        the format itself
//	logformat mine %ts.%03tu %6tr ...                 the directive, whose format may stand in quotes
//	squid                                             one of Squid's own: squid, common, combined, referrer, useragent
//
// The error is an *Error.
func CompileSquid(text string) (*Tree, error) {
	return public(compileSquid(text))
}

var squidFormats = map[string]string{
	"squid":     `%ts.%03tu %6tr %>a %Ss/%03>Hs %<st %rm %ru %[un %Sh/%<a %mt`,
	"common":    `%>a %[ui %[un [%tl] "%rm %ru HTTP/%rv" %>Hs %<st %Ss:%Sh`,
	"combined":  `%>a %[ui %[un [%tl] "%rm %ru HTTP/%rv" %>Hs %<st "%{Referer}>h" "%{User-Agent}>h" %Ss:%Sh`,
	"referrer":  `%ts.%03tu %>a %{Referer}>h %ru`,
	"useragent": `%>a [%tl] "%{User-Agent}>h"`,
}

// squidCodes are the codes that have a column; one of higher rank gives way where another has the name too, and is called by its own.
// What begins with icap:: or adapt:: is text under its own name but for the endings of squidAdapted.
var squidCodes = map[string]variable{
	// the client, and where it came to
	">a": {column: "client", flags: hosts}, ">A": {column: "client", flags: hosts, rank: 1}, ">p": {column: "client_port", kind: KindInt, flags: ports},
	">eui": {column: "client_mac"}, ">la": {column: "server_ip", flags: hosts}, ">lp": {column: "server_port", kind: KindInt, flags: ports},
	"la": {column: "server_ip", flags: hosts, rank: 1}, "lp": {column: "server_port", kind: KindInt, flags: ports, rank: 1},
	">qos": {}, ">nfmark": {}, "transport::>connection_id": {column: "connection_id"}, ">handshake": {},
	// who was asked
	"<a": {column: "peer", flags: hosts}, "<A": {column: "peer", flags: hosts, rank: 1}, "<p": {column: "peer_port", kind: KindInt, flags: ports},
	"<la": {column: "outgoing_ip", flags: hosts}, "<lp": {column: "outgoing_port", kind: KindInt, flags: ports}, "<qos": {}, "<nfmark": {},
	// times
	"ts": {column: "time", kind: KindTime, layout: "unix_s"}, "tS": {column: "time", kind: KindTime, layout: "unix_s", rank: 1}, "tu": {column: "time_fraction"},
	"tl": {column: "time", kind: KindTime, layout: "clf", rank: 2}, "tg": {column: "time", kind: KindTime, layout: "clf", rank: 3},
	"tr": {column: "duration", kind: KindDuration, layout: "ms"}, "dt": {column: "dns_duration", kind: KindDuration, layout: "ms"},
	"<pt": {column: "peer_response_duration", kind: KindDuration, layout: "ms"}, "<tt": {column: "peer_duration", kind: KindDuration, layout: "ms"}, "busy_time": {},
	// users
	"un": {column: "user"}, "ul": {column: "user", rank: 1}, "ue": {column: "user", rank: 2}, "us": {column: "user", rank: 3}, "ui": {column: "ident"},
	"credentials": {}, "et": {column: "acl_tag"}, "ea": {column: "acl_log"}, "note": {},
	// the request
	"rm": {column: Method, flags: few}, ">rm": {column: Method, flags: few, rank: 1}, "<rm": {column: "peer_method", flags: few},
	"ru": {column: Target}, ">ru": {column: Target, rank: 1}, "<ru": {column: "peer_target"},
	"rp": {column: Target, rank: 2}, ">rp": {column: Target, rank: 3}, "<rp": {column: "peer_path"},
	"rs": {column: "scheme", flags: few, rank: 1}, ">rs": {column: "scheme", flags: few}, "<rs": {column: "peer_scheme", flags: few},
	"rd": {column: "server", rank: 1}, ">rd": {column: "server"}, "<rd": {column: "peer_domain"}, "rP": {column: "url_port", kind: KindInt, rank: 1}, ">rP": {column: "url_port", kind: KindInt},
	"<rP": {column: "peer_url_port", kind: KindInt}, "rv": {column: "http_version", flags: few}, ">rv": {column: "http_version", flags: few, rank: 1}, "<rv": {column: "peer_http_version", flags: few},
	">h": {column: "request_headers"}, ">ha": {column: "adapted_request_headers"}, "<h": {column: "response_headers"},
	// the answer
	">Hs": {column: "status", kind: KindInt}, "Hs": {column: "status", kind: KindInt, rank: 1}, "<Hs": {column: "status", kind: KindInt, rank: 2}, "mt": {column: "mime", flags: few},
	"<st": {column: "bytes", kind: KindInt}, ">st": {column: "bytes_received", kind: KindInt}, "st": {column: "bytes_total", kind: KindInt},
	">sh": {column: "request_header_bytes", kind: KindInt}, "<sh": {column: "response_header_bytes", kind: KindInt}, "<sH": {column: "reply_offset", kind: KindInt},
	"<sS": {column: "object_bytes", kind: KindInt}, "<bs": {column: "peer_body_bytes", kind: KindInt},
	"Ss": {column: "result", flags: few}, "Sh": {column: "hierarchy", flags: few}, "sn": {column: "sequence", kind: KindInt},
	"err_code": {column: "error_code", flags: few}, "err_detail": {column: "error_detail"}, "master_xaction": {kind: KindInt},
	"ssl::>sni": {column: "tls_sni"}, "ssl::bump_mode": {column: "bump_mode", flags: few}, "ssl::>negotiated_version": {column: "tls_version", flags: few},
	"ssl::<negotiated_version": {column: "peer_tls_version", flags: few}, "ssl::>negotiated_cipher": {column: "tls_cipher", flags: few},
	"ssl::<negotiated_cipher": {column: "peer_tls_cipher", flags: few}, "ssl::>received_hello_version": {}, "ssl::<received_hello_version": {},
	"ssl::>received_supported_version": {}, "ssl::<received_supported_version": {}, "ssl::>cert_subject": {}, "ssl::>cert_issuer": {}, "ssl::<cert_subject": {},
	"ssl::<cert_issuer": {}, "ssl::<cert_errors": {}, "ssl::<cert": {}, "proxy_protocol::>h": {column: "proxy_protocol_headers"},
}

// squidAdapted are the types of codes of icap:: and adapt:: by their last word.
var squidAdapted = map[string]variable{
	"Hs": {kind: KindInt}, "st": {kind: KindInt}, "bs": {kind: KindInt}, "tr": {kind: KindDuration, layout: "ms"}, "tio": {kind: KindDuration, layout: "ms"}, "tt": {kind: KindDuration, layout: "ms"},
}

// squidSeconds are the names of codes whose first another has.
var squidSeconds = map[string]string{
	">A": "client_name", "<A": "peer_name", "la": "listen_ip", "lp": "listen_port", "tS": "start_time", "tl": "time_local", "tg": "time_gmt", "ul": "auth_user",
	"ue": "acl_user", "us": "tls_user", ">rm": "client_method", ">ru": "client_target", "rp": "path", ">rp": "client_path", "rs": "url_scheme", "rd": "url_domain",
	">rv": "client_http_version", "<Hs": "peer_status",
}

// squidFamilies are the codes whose argument is a name, by what the column's name begins with.
var squidFamilies = map[string]string{">h": "http_", ">ha": "adapted_http_", "<h": "sent_http_", "note": "note_", "proxy_protocol::>h": "proxy_protocol_"}

func compileSquid(text string) (*Tree, *Error) {
	format, named, err := squidFormat(text)
	if err == nil {
		err = format.oneLine()
	}
	if err != nil {
		return nil, err
	}
	a := assembler{hint: "leave one of them out"}
	quoted := false
	for i := 0; i < len(format.text); {
		if format.text[i] != '%' {
			n := literalEnd(format.text, i, '%')
			for _, c := range format.text[i:n] {
				quoted = quoted != (c == '"')
			}
			a.text(format.text[i:n], format.at(i))
			i = n
			continue
		}
		if strings.HasPrefix(string(format.text[i:]), "%%") {
			a.text([]byte("%"), format.at(i))
			i += 2
			continue
		}
		p, next, err := squidCode(&format, i, quoted)
		if err != nil {
			return nil, err
		}
		a.value(p)
		i = next
	}
	a.flush()
	a.pieces = squidRequest(a.pieces)
	tree, err := a.tree()
	if err != nil {
		return nil, err
	}
	for i := range tree.Elements {
		if e := &tree.Elements[i]; e.Kind == KindHostPort {
			e.Null = "-:-"
		}
	}
	if named {
		tree.Elements = append(tree.Elements, Element{Literal: " [", Source: " [", Optional: true}, squidHeaders(">h"), Element{Literal: "] [", Source: "] ["}, squidHeaders("<h"), Element{Literal: "]", Source: "]"})
	}
	elements := slices.Clone(tree.Elements)
	tree.Seldom = func() *Tree { return squidQuotes(elements) }
	return tree, nil
}

// squidQuotes lets a target in quotes have quotes and blanks of its own, on lines that do not fit: Squid writes it as it came. It goes on up to the
// protocol. nil where no request stands in quotes.
func squidQuotes(elements []Element) *Tree {
	at := slices.IndexFunc(elements, func(e Element) bool { return e.Kind == KindRequest })
	if at < 0 || at+1 == len(elements) || !strings.HasPrefix(elements[at+1].Literal, `"`) {
		return nil
	}
	part := func(field string, reading Reading) Element {
		return Element{Kind: KindText, Field: field, Source: elements[at].Source, Pos: elements[at].Pos, Dictionary: field != Target, Reading: reading}
	}
	blank := Element{Literal: " ", Source: " ", Pos: elements[at].Pos}
	protocol := Tree{Elements: []Element{blank, part(Protocol, Reading{NoBlank: true, Begins: "HTTP/"}), elements[at+1]}}
	group := Element{Kind: KindGroup, Choice: One, Groups: []Tree{protocol}, Source: elements[at].Source, Pos: elements[at].Pos}
	request := []Element{part(Method, Reading{NoBlank: true}), blank, part(Target, Reading{}), group}
	return &Tree{Elements: slices.Concat(elements[:at], request, elements[at+2:])}
}

// squidHeaders are all headers of the request or of the answer.
func squidHeaders(code string) Element {
	return Element{Field: squidCodes[code].column, Kind: KindText, Null: "-", Source: "%" + code}
}

// squidFormat finds the format in text; named: it is one of Squid's own behind which the headers may stand (log_mime_hdrs). A backslash at the end of a line joins it to the next.
func squidFormat(text string) (format source, named bool, err *Error) {
	trimmed := strings.TrimRight(text, "\r\n")
	i := skipBlanks(trimmed, 0)
	if end := word(trimmed, i); trimmed[i:end] == "logformat" {
		name := skipBlanks(trimmed, end)
		if i = skipBlanks(trimmed, word(trimmed, name)); i == len(trimmed) {
			return format, false, &Error{name, "logformat without a format", "logformat NAME FORMAT"}
		}
		if trimmed[i] == '"' && closing(trimmed, i) == len(trimmed)-1 {
			return plain(trimmed[i+1:len(trimmed)-1], i+1).unescape(`"'\`, ""), false, nil
		}
		trimmed = trimmed[:i] + strings.TrimRight(trimmed[i:], " \t")
	} else if own, ok := squidFormats[trimmed[i:]]; ok {
		return plain(own, i).pin(i), strings.HasPrefix(own, "%ts.%03tu %6tr") || strings.HasSuffix(own, "%Ss:%Sh"), nil
	} else {
		i = 0
	}
	for n := i; n < len(trimmed); n++ {
		if rest := trimmed[n:]; strings.HasPrefix(rest, "\\\n") || strings.HasPrefix(rest, "\\\r\n") {
			n += strings.IndexByte(rest, '\n')
			continue
		}
		format.add(trimmed[n], n)
	}
	return format, false, nil
}

// squidCode reads %[encoding][-][[0]width][.max][{argument}]code[{argument}] at i. quoted: it stands in quotes.
func squidCode(format *source, i int, quoted bool) (p piece, next int, err *Error) {
	text, pos := string(format.text), format.at(i)
	p = piece{Element: Element{Kind: KindText, Null: "-", Pos: pos}}
	at := i + 1
	if at < len(text) && strings.IndexByte(`"[#/'`, text[at]) >= 0 {
		quoted = text[at] == '"'
		at++
	}
	if quoted {
		p.Escape = EscapeBackslash
	}
	pad, zeros := PadLeft, false
	if at < len(text) && text[at] == '-' {
		pad = PadRight
		at++
	}
	zeros = at < len(text) && text[at] == '0'
	width := 0
	for ; at < len(text) && text[at]-'0' <= 9; at++ {
		width = min(width*10+int(text[at]-'0'), 1000)
	}
	if at < len(text) && text[at] == '.' {
		for at++; at < len(text) && text[at]-'0' <= 9; at++ {
		}
	}
	if width > 0 && !zeros {
		p.Pad, p.PadWidth = pad, width
	}
	argument, at, err := squidArgument(format, at)
	if err != nil {
		return p, 0, err
	}
	code, v := squidName(text[at:])
	if code == "" {
		return p, 0, &Error{pos, "unknown format code " + shorten(text[i:min(len(text), at+word(text[at:], 0))]), "write %% for a percent sign; known are " + squidNames()}
	}
	at += len(code)
	code = strings.TrimPrefix(code, "http::")
	if argument == "" {
		if argument, at, err = squidArgument(format, at); err != nil {
			return p, 0, err
		}
	}
	if err = p.squid(v, code, argument); err != nil {
		return p, 0, err
	}
	if rest := text[at:]; p.Kind == KindTime && strings.HasPrefix(rest, ".%") && (p.Layout == "unix_s" || strings.HasSuffix(p.Layout, "%S")) { // .%03tu is its fraction
		if n := strings.Index(rest, "tu"); n > 0 && strings.Trim(rest[2:n], "0123456789.") == "" {
			at += n + len("tu")
			if p.Layout != "unix_s" {
				p.Layout += ".%f"
			}
		}
	}
	p.Source = text[i:at]
	return p, at, nil
}

// squid makes p the value of a code.
func (p *piece) squid(v variable, code, argument string) *Error {
	p.key, p.rank, p.host, p.port, p.Dictionary = code+"{"+argument+"}", v.rank, v.flags&hosts != 0, v.flags&ports != 0, v.flags&few != 0
	if v.kind != KindLiteral {
		p.Kind, p.Layout = v.kind, v.layout
	}
	if v.column == "" {
		v.column = strings.Join(strings.FieldsFunc(snake(code), func(r rune) bool { return r == '_' }), "_")
	}
	p.names = []string{v.column, v.column + "_2", v.column + "_3"}
	if second := squidSeconds[code]; second != "" {
		p.names[1] = second
	}
	if family := squidFamilies[code]; family != "" && argument != "" {
		named := meaning{column: family + snake(argument)}
		if known, ok := apacheNames[named.column]; ok {
			named = known
		}
		p.names, p.rank, p.key = []string{named.column}, guest, code+"{"+strings.ToLower(argument)+"}"
		if named.flags&commas != 0 {
			p.List, p.Item = CommaList, KindText
		}
	}
	if p.Kind != KindTime {
		return nil
	}
	if (code == "tl" || code == "tg") && argument != "" {
		layout, err := strftime(argument)
		if err == nil && !strings.Contains(layout, "%") {
			err = &Error{0, "a time format without a conversion", "known are " + timeLetters}
		}
		if err != nil {
			err.Pos = p.Pos
			return err
		}
		p.Layout = layout
	}
	p.Pad, p.PadWidth = NoPad, 0
	return nil
}

// squidRequest makes one request of method, target and version as they stand in a request line.
func squidRequest(pieces []piece) []piece {
	out := pieces[:0]
	for i := 0; i < len(pieces); i++ {
		p := pieces[i]
		if i+4 < len(pieces) && first(p) == Method && pieces[i+1].Literal == " " && first(pieces[i+2]) == Target && pieces[i+3].Literal == " HTTP/" && first(pieces[i+4]) == "http_version" {
			p.Source += " " + pieces[i+2].Source + " HTTP/" + pieces[i+4].Source
			p.Kind, p.names, p.key, p.rank, p.Dictionary, p.Dashes = KindRequest, nil, "request", -1, false, true
			i += 4
		}
		out = append(out, p)
	}
	return out
}

func squidNames() string {
	return strings.Join(slices.Sorted(maps.Keys(squidCodes)), " ")
}

// squidArgument reads {ARGUMENT} at i, if there is one.
func squidArgument(format *source, i int) (argument string, next int, err *Error) {
	if i == len(format.text) || format.text[i] != '{' {
		return "", i, nil
	}
	end := literalEnd(format.text, i, '}')
	if end == len(format.text) {
		return "", 0, &Error{format.at(i), "a brace that is not closed", "%{Referer}>h"}
	}
	return string(format.text[i+1 : end]), end + 1, nil
}

// squidName is the longest code that text begins with: codes end without a mark.
func squidName(text string) (code string, v variable) {
	for _, space := range [...]string{"icap::", "adapt::"} {
		if !strings.HasPrefix(text, space) {
			continue
		}
		end := len(space)
		if end < len(text) && (text[end] == '<' || text[end] == '>') {
			end++
		}
		name := end
		for end < len(text) && variableByte(text[end]) {
			end++
		}
		if name < end {
			return text[:end], squidAdapted[text[name:end]]
		}
	}
	rest := strings.TrimPrefix(text, "http::")
	for n := min(len(rest), len("ssl::>received_supported_version")); n > 0; n-- {
		if v, known := squidCodes[rest[:n]]; known {
			return text[:len(text)-len(rest)+n], v
		}
	}
	return "", v
}
