package pattern

import "strings"

// variable is what is known of an nginx variable.
type variable struct {
	column string // the canonical column; empty: the variable's own name
	kind   Kind   // KindText when it is not said (KindLiteral, the zero Kind, is no value)
	layout string
	rank   int // see piece.rank: a variable that only stands in for another one has a higher rank
	flags  flags
	width  int
	prefix string
}

// guest is the rank of what the user has named: it never takes a column from what nginx or Apache name.
const guest = 9

type flags uint8

const (
	few      flags = 1 << iota // few different values: a dictionary column
	hosts                      // a name or an address
	ports                      // a port
	commas                     // a list with commas
	upstream                   // a list of one item a server that was asked
	empties                    // nginx writes nothing for one that is there and empty: off, or a header without a value
)

// nginxVariables is the table of what nginx can log, but for the families of nginxFamilies and the many variables that are plain text
// under their own name. When two variables give one column, the one of lower rank has it and the other keeps its own name.
var nginxVariables = map[string]variable{
	// the client
	"remote_addr":                {column: "client", flags: hosts},
	"remote_port":                {column: "client_port", kind: KindInt, flags: ports},
	"remote_user":                {column: "user"},
	"realip_remote_addr":         {column: "peer", flags: hosts},
	"realip_remote_port":         {column: "peer_port", kind: KindInt, flags: ports},
	"proxy_protocol_addr":        {flags: hosts},
	"proxy_protocol_port":        {kind: KindInt, flags: ports},
	"proxy_protocol_server_addr": {flags: hosts},
	"proxy_protocol_server_port": {kind: KindInt, flags: ports},
	"http_x_forwarded_for":       {column: "forwarded_for", flags: commas},
	"proxy_add_x_forwarded_for":  {flags: commas},
	// times
	"time_iso8601":     {column: "time", kind: KindTime, layout: "rfc3339", width: 25},
	"time_local":       {column: "time", kind: KindTime, layout: "clf", width: 26, rank: 1},
	"msec":             {column: "time", kind: KindTime, layout: "unix_s", rank: 2},
	"request_time":     {column: "duration", kind: KindDuration, layout: "s"},
	"session_time":     {column: "duration", kind: KindDuration, layout: "s", rank: 1},
	"connection_time":  {column: "connection_duration", kind: KindDuration, layout: "s"},
	"tcpinfo_rtt":      {column: "rtt_duration", kind: KindDuration, layout: "us"},
	"tcpinfo_rttvar":   {column: "rttvar_duration", kind: KindDuration, layout: "us"},
	"tcpinfo_snd_cwnd": {kind: KindInt},
	"tcpinfo_rcv_wnd":  {kind: KindInt},
	// the request
	"request":         {kind: KindRequest, rank: -1},
	"request_method":  {column: Method, flags: few, rank: 1},
	"request_uri":     {column: Target, rank: 1, prefix: "/"},
	"uri":             {column: Target, rank: 2, prefix: "/"},
	"server_protocol": {column: Protocol, flags: few | empties, rank: 1},
	"args":            {column: "query", flags: empties},
	"is_args":         {flags: few | empties},
	"req_id":          {column: "request_id", rank: 1},
	"scheme":          {flags: few},
	"https":           {flags: few | empties},
	"http2":           {flags: few | empties},
	"http3":           {flags: few | empties},
	"host":            {column: "server", flags: hosts | empties},
	"server_name":     {column: "server", flags: hosts | empties, rank: 1},
	"http_host":       {flags: empties}, // what a client says, which may have blanks in it
	"proxy_host":      {flags: hosts},
	"server_addr":     {column: "server_ip", kind: KindIP, flags: hosts},
	"server_port":     {kind: KindInt, flags: ports},
	"proxy_port":      {kind: KindInt, flags: ports},
	"hostname":        {column: "host", flags: hosts},
	"http_referer":    {column: "referer", flags: empties},
	"http_user_agent": {column: "user_agent", flags: empties},
	"content_length":  {kind: KindInt},
	// the answer
	"status":             {kind: KindInt, width: 3},
	"body_bytes_sent":    {column: "bytes", kind: KindInt},
	"bytes_sent":         {column: "bytes", kind: KindInt, rank: 1},
	"request_length":     {column: "bytes_received", kind: KindInt},
	"bytes_received":     {column: "bytes_received", kind: KindInt, rank: 1},
	"gzip_ratio":         {kind: KindFloat},
	"request_completion": {flags: few | empties},
	"limit_req_status":   {flags: few},
	"limit_conn_status":  {flags: few},
	// the connection and the process
	"connection":          {kind: KindInt},
	"connection_requests": {kind: KindInt},
	"connections_active":  {kind: KindInt},
	"connections_reading": {kind: KindInt},
	"connections_writing": {kind: KindInt},
	"connections_waiting": {kind: KindInt},
	"pid":                 {kind: KindInt},
	"pipe":                {flags: few, width: 1},
	"protocol":            {column: "transport", flags: few}, // of the stream module: TCP or UDP
	// TLS
	"ssl_protocol":        {column: "tls_version", flags: few},
	"ssl_cipher":          {column: "tls_cipher", flags: few},
	"ssl_curve":           {flags: few},
	"ssl_session_reused":  {flags: few, width: 1},
	"ssl_client_verify":   {flags: few},
	"ssl_early_data":      {flags: few | empties},
	"ssl_client_v_remain": {kind: KindInt},
	"ssl_server_name":     {flags: hosts},
	// the servers behind
	"upstream_addr":                   {column: "upstreams", flags: upstream},
	"upstream_status":                 {column: "upstream_statuses", kind: KindInt, flags: upstream},
	"upstream_response_length":        {column: "upstream_lengths", kind: KindInt, flags: upstream},
	"upstream_response_time":          {column: "upstream_durations", kind: KindDuration, layout: "s", flags: upstream},
	"upstream_connect_time":           {column: "upstream_connect_durations", kind: KindDuration, layout: "s", flags: upstream},
	"upstream_header_time":            {column: "upstream_header_durations", kind: KindDuration, layout: "s", flags: upstream},
	"upstream_first_byte_time":        {column: "upstream_first_byte_durations", kind: KindDuration, layout: "s", flags: upstream},
	"upstream_session_time":           {column: "upstream_session_durations", kind: KindDuration, layout: "s", flags: upstream},
	"upstream_queue_time":             {column: "upstream_queue_durations", kind: KindDuration, layout: "s", flags: upstream},
	"upstream_bytes_received":         {kind: KindInt, flags: upstream},
	"upstream_bytes_sent":             {kind: KindInt, flags: upstream},
	"upstream_cache_status":           {column: "cache_status", flags: few},
	"proxy_upstream_name":             {column: "upstream_name"},
	"proxy_alternative_upstream_name": {column: "upstream_alternative"},
	// traces
	"otel_trace_id": {column: "trace_id"},
	"otel_span_id":  {column: "span_id"},
}

// nginxAliases are variables that are always the same as another one.
var nginxAliases = map[string]string{"document_uri": "uri", "query_string": "args", "request_line": "request"}

// nginxUnit are how NGINX Unit begins variables that nginx begins differently.
var nginxUnit = [...][2]string{{"header_", "http_"}, {"response_header_", "sent_http_"}}

// nginxVariable is the piece for a variable. One that nginx does not know was defined by a map, set or module: text under its name.
func nginxVariable(name string) piece {
	lower := strings.ToLower(name) // names of variables have no case
	own := lower
	if other, ok := nginxAliases[lower]; ok {
		lower = other
	}
	for _, begins := range nginxUnit {
		if rest, ok := strings.CutPrefix(lower, begins[0]); ok {
			lower = begins[1] + rest
			name = lower
		}
	}
	v, known := nginxVariables[lower]
	if !known {
		column := nginxColumn(name, lower)
		return piece{Element: Element{Kind: KindText, Reading: Reading{MayBeEmpty: true}}, key: lower, names: []string{column, column + "_2"}, rank: guest}
	}
	p := piece{Element: Element{Kind: v.kind, Layout: v.layout, Width: v.width, Prefix: v.prefix}, key: lower, rank: v.rank}
	if p.Kind == KindLiteral {
		p.Kind = KindText
	}
	p.names = []string{own}
	if v.column != "" && v.column != own {
		p.names = []string{v.column, own}
	}
	if v.flags&upstream != 0 {
		p.List, p.Item, p.Kind = UpstreamList, p.Kind, KindText
	}
	if v.flags&commas != 0 {
		p.List, p.Item = CommaList, KindText
	}
	p.MayBeEmpty = v.flags&empties != 0
	p.path, p.Word = lower == "uri", v.flags&hosts != 0
	p.Dictionary, p.host, p.port = v.flags&few != 0, v.flags&hosts != 0, v.flags&ports != 0
	return p
}

// nginxFamilies begin the names of variables that nginx makes of a request: they are lower case whatever the user writes.
var nginxFamilies = []string{"http_", "cookie_", "arg_", "sent_http_", "sent_trailer_", "upstream_http_", "upstream_trailer_",
	"upstream_cookie_", "ssl_", "geoip_"}

// nginxColumn is the column of a variable that is not in the table.
func nginxColumn(name, lower string) string {
	for _, family := range nginxFamilies {
		if strings.HasPrefix(lower, family) {
			return lower
		}
	}
	return name
}
