package pattern

import (
	"maps"
	"slices"
	"strings"
)

// CompileUndertow makes a tree of the pattern of an access log of Undertow, as WildFly has it, or of Quarkus
// (https://quarkus.io/guides/http-reference#configuring-http-access-logs). It is Tomcat's language but that names stand in front:
// %{i,Referer} for %{Referer}i. text is one of
//
//	%h %l %u %t "%r" %s %b "%{i,Referer}" %D                   the pattern itself
//	common combined                                            a pattern by name
//	<access-log pattern="%h &quot;%r&quot; %s"/>               the element of standalone.xml
//	quarkus.http.access-log.pattern=%h "%r" %s                 the property of Quarkus; Spring Boot's too
//
// The error is an *Error.
func CompileUndertow(text string) (*Tree, error) {
	format, err := tomcatFormat(text)
	if err == nil {
		err = format.oneLine()
	}
	if err == nil {
		format, err = format.undertow()
	}
	if err != nil {
		return nil, err
	}
	return public(compileDirectives(format, undertowDirectives))
}

// undertowDirectives are those that mean something else to Undertow than to Apache; Q and X stand for %{q,NAME} and %{X,NAME}.
var undertowDirectives = map[string]meaning{
	"s": tomcatDirectives["s"], "r": tomcatDirectives["r"], "c": tomcatDirectives["c"], "I": tomcatDirectives["I"],
	"D": {column: "duration", kind: KindDuration, layout: "ms"},
	"T": {column: "duration", second: "duration_s", kind: KindDuration, layout: "s", rank: 2},
	"R": {column: Target, second: "relative_path", rank: 2},
	"Q": {family: "arg_"},
	"X": {family: "context_"},
	undertowOthers: {params: map[string]meaning{
		"SCHEME": {column: "scheme", flags: few}, "HOST_AND_PORT": {column: "http_host"}, "SECURE": {column: "secure", flags: few}, "TRANSPORT_PROTOCOL": {column: "transport", flags: few},
		"AUTHENTICATION_TYPE": {column: "authentication_type", flags: few}, "RESPONSE_REASON_PHRASE": {column: "status_text", flags: few}, "BARE_QUERY_STRING": {column: "query", flags: empties},
		"REQUEST_PATH": {column: Target, second: "request_path", rank: 3}, "RESOLVED_PATH": {column: "resolved_path"}, "REMOTE_OBFUSCATED_IP": {column: "client", flags: hosts, rank: 2},
		"RESPONSE_TIME_MICROS": {column: "duration", kind: KindDuration, layout: "us", rank: 1}, "RESPONSE_TIME_NANOS": {column: "duration", kind: KindDuration, layout: "ns", rank: 1},
		"SSL_CIPHER": {column: "tls_cipher", flags: few}, "SSL_SESSION_ID": {column: "tls_session_id"}, "SSL_CLIENT_CERT": {column: "tls_client_cert"},
	}},
}

// undertowOthers is the directive for names that have no letter.
const undertowOthers = "^un"

// undertowNames are the letters of what may also be written %{NAME}.
var undertowNames = map[string]string{"REMOTE_IP": "%a", "LOCAL_IP": "%A", "REMOTE_HOST": "%h", "LOCAL_SERVER_NAME": "%v", "LOCAL_PORT": "%p", "PROTOCOL": "%H", "METHOD": "%m", "QUERY_STRING": "%q",
	"REQUEST_LINE": "%r", "REQUEST_URL": "%U", "RELATIVE_PATH": "%R", "RESPONSE_CODE": "%s", "BYTES_SENT": "%b", "DATE_TIME": "%t", "REMOTE_USER": "%u", "THREAD_NAME": "%I", "RESPONSE_TIME": "%D"}

// undertowFamilies are the letters that %{FAMILY,NAME} has behind the brace elsewhere.
var undertowFamilies = map[string]string{"i": "i", "o": "o", "c": "c", "req-cookie": "c", "r": "r", "s": "s", "q": "Q", "X": "X", "time": "t"}

// undertow is the pattern with letters behind the braces.
func (s source) undertow() (source, *Error) {
	out := source{end: s.end}
	for i := 0; i < len(s.text); i++ {
		rest := string(s.text[i:])
		if strings.HasPrefix(rest, "%%") {
			out.add('%', s.pos[i])
			out.add('%', s.pos[i])
			i++
			continue
		}
		end := strings.IndexByte(rest, '}')
		if !strings.HasPrefix(rest, "%{") || end < 0 {
			out.add(s.text[i], s.pos[i])
			continue
		}
		inside := rest[len("%{"):end]
		written, known := undertowNames[inside]
		if _, other := undertowDirectives[undertowOthers].params[inside]; other {
			written, known = "%{"+inside+"}"+undertowOthers, true
		}
		if family, name, ok := strings.Cut(inside, ","); !known && ok {
			letter := undertowFamilies[family]
			written, known = "%{"+strings.TrimSpace(name)+"}"+letter, letter != ""
		}
		if !known {
			if end+1 < len(rest) && (rest[end+1]|0x20)-'a' < 26 { // as Tomcat has it
				out.add(s.text[i], s.pos[i])
				continue
			}
			return out, &Error{s.pos[i], "unknown name " + shorten(rest[:end+1]), "known are %{i,NAME} and " + strings.Join(append(slices.Sorted(maps.Keys(undertowNames)), slices.Sorted(maps.Keys(undertowDirectives[undertowOthers].params))...), " ")}
		}
		for _, c := range []byte(written) {
			out.add(c, s.pos[i])
		}
		i += end
	}
	out.end = s.end
	return out, nil
}
