package pattern

import (
	"slices"
	"strings"
)

// meaning is what is known of an Apache directive. Its parameter picks one of params, or names something (family), or is not allowed.
type meaning struct {
	column   string
	second   string // the column when another directive has taken the first
	kind     Kind
	layout   string
	rank     int
	flags    flags
	prefix   string
	params   map[string]meaning // by parameter; "" is the directive without one
	family   string             // with a parameter that is any name: what stands in front of it in the column's name
	original bool               // looks at the original request when nothing else is said; all others look at the final one
	dash     bool               // "-" is a value
	width    int
	empty    string
}

// apacheDirectives is the table of what mod_log_config, mod_logio and mod_ssl can log, but for the time (see apacheTime).
var apacheDirectives = map[string]meaning{
	// the client
	"h": {params: map[string]meaning{
		"":  {column: "client", flags: hosts},
		"c": {column: "peer", second: "peer_name", flags: hosts, rank: 1},
	}},
	"a": {params: map[string]meaning{
		"":       {column: "client", second: "client_ip", flags: hosts, rank: 1},
		"c":      {column: "peer", flags: hosts},
		"client": {column: "client", flags: hosts, rank: 1}, // these four are Jetty's
		"remote": {column: "peer", flags: hosts},
		"server": {column: "server", flags: hosts},
		"local":  {column: "server_ip", kind: KindIP, flags: hosts},
	}},
	"l": {column: "ident"},
	"u": {params: map[string]meaning{"": {column: "user", empty: `""`, flags: empties}, "d": {column: "user"}}}, // d: Jetty's, also of who was not asked
	// the server
	"A": {column: "server_ip", kind: KindIP, flags: hosts},
	"v": {column: "server", flags: hosts},
	"V": {column: "server", second: "server_name", flags: hosts, rank: 1},
	"p": {params: map[string]meaning{
		"":          {column: "server_port", kind: KindInt, flags: ports},
		"canonical": {column: "server_port", kind: KindInt, flags: ports},
		"local":     {column: "server_port", second: "local_port", kind: KindInt, flags: ports, rank: 1},
		"remote":    {column: "client_port", kind: KindInt, flags: ports},
		"client":    {column: "client_port", kind: KindInt, flags: ports},
		"server":    {column: "server_port", kind: KindInt, flags: ports},
	}},
	"P": {params: map[string]meaning{
		"":       {column: "pid", kind: KindInt},
		"pid":    {column: "pid", kind: KindInt},
		"tid":    {column: "tid", kind: KindInt},
		"hextid": {column: "hextid"},
	}},
	"f": {column: "file"},
	"R": {column: "handler", flags: few},
	"L": {column: "log_id"},
	// the request
	"r": {column: Request, kind: KindRequest, rank: -1, original: true},
	"m": {column: Method, second: "request_method", flags: few | empties, rank: 1},
	"U": {column: Target, second: "path", rank: 1, prefix: "/", original: true},
	"q": {column: "query", flags: empties},
	"H": {column: Protocol, second: "request_protocol", flags: few | empties, rank: 1},
	"k": {column: "keepalive_requests", kind: KindInt},
	// the answer
	"s": {column: "status", kind: KindInt, original: true},
	"b": {column: "bytes", kind: KindInt},
	"B": {column: "bytes", second: "body_bytes", kind: KindInt, rank: 1},
	"O": orCLF(meaning{column: "bytes", second: "bytes_sent", kind: KindInt, rank: 2}),
	"I": orCLF(meaning{column: "bytes_received", kind: KindInt}),
	"S": orCLF(meaning{column: "bytes_total", kind: KindInt}),
	"X": {column: "connection_status", flags: few, dash: true, width: 1},
	// durations
	"D": {column: "duration", kind: KindDuration, layout: "us", original: true},
	"T": {original: true, params: map[string]meaning{
		"":   {column: "duration", second: "duration_s", kind: KindDuration, layout: "s", rank: 2},
		"s":  {column: "duration", second: "duration_s", kind: KindDuration, layout: "s", rank: 2},
		"ms": {column: "duration", second: "duration_ms", kind: KindDuration, layout: "ms", rank: 1},
		"us": {column: "duration", kind: KindDuration, layout: "us"},
	}},
	"^FB": {column: "first_byte_duration", kind: KindDuration, layout: "us"},
	// what has a name of its own
	"i":   {family: "http_"},
	"o":   {family: "sent_http_"},
	"C":   {family: "cookie_"},
	"n":   {family: "note_"},
	"e":   {family: "env_"},
	"x":   {family: "ssl_"},
	"c":   {family: "ssl_"},
	"^ti": {family: "trailer_"},
	"^to": {family: "sent_trailer_"},
}

// orCLF is a directive that Jetty writes with the parameter CLF too: a dash for nothing.
func orCLF(m meaning) meaning { return meaning{params: map[string]meaning{"": m, "CLF": m}} }

// apacheNames are names in a family that have a canonical column.
var apacheNames = map[string]meaning{
	"http_referer":         {column: "referer"},
	"http_user_agent":      {column: "user_agent"},
	"http_x_forwarded_for": {column: "forwarded_for", flags: commas},
	"http_host":            {column: "http_host"},
	"ssl_protocol":         {column: "tls_version", flags: few},
	"ssl_version":          {column: "tls_version", flags: few}, // %{version}c
	"ssl_cipher":           {column: "tls_cipher", flags: few},
	"note_forensic_id":     {column: "forensic_id"},

	"varnish:hitmiss":        {column: "cache_status", flags: few},
	"varnish:handling":       {column: "handling", flags: few},
	"varnish:side":           {column: "side", flags: few},
	"varnish:vxid":           {column: "vxid", kind: KindInt},
	"varnish:time_firstbyte": {column: "first_byte_duration", kind: KindDuration, layout: "s"},
}

// sameDirectives are other ways to write a directive.
var sameDirectives = map[string]string{"%{canonical}p": "%p", "%{pid}P": "%P", "%{s}T": "%T", "%{us}T": "%D"}

// apacheValue adds the piece for a directive.
func apacheValue(a *assembler, d *directive) *Error {
	if d.name == "t" {
		return apacheTime(a, d)
	}
	m, err := d.meaning()
	if err != nil {
		return err
	}
	p := piece{rank: m.rank, names: []string{m.column}, host: m.flags&hosts != 0, port: m.flags&ports != 0, path: d.name == "U",
		Element: Element{Kind: m.kind, Layout: m.layout, Prefix: m.prefix, Word: m.flags&hosts != 0, Width: m.width, Dictionary: m.flags&few != 0,
			Escape: EscapeBackslash, Null: "-", Empty: m.empty, Source: d.source, Pos: d.pos}}
	if p.Kind == KindLiteral {
		p.Kind = KindText
	}
	p.MayBeEmpty = m.flags&empties != 0
	if m.dash && !d.condition {
		p.Null = ""
	}
	if m.flags&commas != 0 {
		p.List, p.Item = CommaList, KindText
	}
	if m.second != "" {
		p.names = append(p.names, m.second)
	}
	p.key = d.key(&m)
	d.which(&p, &m)
	if d.condition { // it says less than the same directive without
		p.names, p.rank = append(p.names, p.names[0]+"_2"), guest
	}
	a.value(p)
	return nil
}

// meaning looks the directive up.
func (d *directive) meaning() (meaning, *Error) {
	m, known := d.own[d.name]
	if !known {
		m, known = apacheDirectives[d.name]
	}
	switch {
	case !known:
		return m, &Error{d.pos, "unknown directive " + shorten(d.source), directiveHint(d)}
	case m.params != nil:
		picked, ok := m.params[d.param]
		if !ok && m.family != "" {
			return d.named(m), nil
		}
		if !ok {
			return m, &Error{d.paramPos(0), "unknown parameter " + shorten(d.param) + " of %" + d.name, "known are " + parameterList(m.params)}
		}
		picked.original = m.original
		return picked, nil
	case m.family != "":
		if d.param == "" {
			return m, &Error{d.pos, shorten(d.source) + " needs a name", "%{NAME}" + d.name}
		}
		return d.named(m), nil
	case d.param != "":
		return m, &Error{d.paramPos(0), "%" + d.name + " takes no parameter", "write %" + d.name}
	}
	return m, nil
}

// named is the meaning of a directive whose parameter is a name. Names that begin with the family's own word do not repeat it.
func (d *directive) named(m meaning) meaning {
	name := snake(d.param)
	if m.family == "ssl_" {
		if i := strings.IndexByte(d.param, ':'); d.name == "x" && i > 0 { // Varnish's: %{Varnish:hitmiss}x, %{VCL_Log:KEY}x, %{VSL:TAG:PREFIX[FIELD]}x
			if known, ok := apacheNames[strings.ToLower(d.param)]; ok {
				return known
			}
			return meaning{column: strings.TrimRight(name, "_"), flags: empties}
		}
		name = strings.TrimPrefix(name, "ssl_")
	}
	if canonical, ok := apacheNames[m.family+name]; ok {
		canonical.flags |= empties
		return canonical
	}
	return meaning{column: m.family + name, flags: empties} // a header may be there and have no value
}

// key is the same for directives that always write the same.
func (d *directive) key(m *meaning) string {
	key := "%" + d.name
	if d.hasParam && d.param != "" {
		key = "%{" + d.param + "}" + d.name
		if m.column != "" && (d.name == "i" || d.name == "o") { // names of headers have no case
			key = "%{" + strings.ToLower(d.param) + "}" + d.name
		}
	}
	if same, ok := sameDirectives[key]; ok {
		key = same
	}
	if d.condition {
		key = d.source
	}
	return key
}

// which settles of which request the directive speaks after an internal redirect. The status is the final one by name, everything
// else what the directive means without < and >.
func (d *directive) which(p *piece, m *meaning) {
	final := d.modifier == '>' || d.modifier == 0 && !m.original
	usual := final != m.original
	if p.names[0] == "status" {
		usual = final
	}
	if usual {
		return
	}
	word := "original_"
	if final {
		word = "final_"
	}
	p.rank += 5
	p.key += word
	p.names = append(p.names[:1:1], word+p.names[0])
}

// directiveHint says what may have been meant.
func directiveHint(d *directive) string {
	other := strings.ToLower(d.name)
	if other == d.name {
		other = strings.ToUpper(d.name)
	}
	if _, ok := apacheDirectives[other]; ok && other != d.name {
		return "%" + other + " is one; write %% for a percent sign"
	}
	return "write %% for a percent sign; known are " + directiveList()
}

func directiveList() string {
	names := []string{"%t"}
	for name, m := range apacheDirectives {
		if m.family != "" {
			names = append(names, "%{NAME}"+name)
		} else {
			names = append(names, "%"+name)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(strings.ToLower(a)+a, strings.ToLower(b)+b) })
	return strings.Join(names, " ")
}

func parameterList(params map[string]meaning) string {
	var names []string
	for name := range params {
		if name != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
