package pattern

import (
	"strings"
)

// CompileTomcat makes a tree of the pattern of Tomcat's access log
// (https://tomcat.apache.org/tomcat-10.1-doc/config/valve.html#Access_Logging), which is Apache's but for a few letters. text is one of
//
//	%h %l %u %t "%r" %s %b %D                                  the pattern itself
//	common combined                                            a pattern that Tomcat names
//	<Valve className="..." pattern="%h &quot;%r&quot; %s"/>    the element of server.xml
//	server.tomcat.accesslog.pattern=%t %a "%r" %s (%D us)      the property of Spring Boot
//
// The error is an *Error.
func CompileTomcat(text string) (*Tree, error) {
	format, err := tomcatFormat(text)
	if err == nil {
		err = format.oneLine()
	}
	if err != nil {
		return nil, err
	}
	tree, err := compileDirectives(format, tomcatDirectives)
	if err == nil {
		for i := range tree.Elements {
			if e := &tree.Elements[i]; e.Escape == EscapeBackslash { // Tomcat writes \u00e9 too
				e.Escape = EscapeJSON
			}
		}
	}
	return public(tree, err)
}

// tomcatDirectives are those that mean something else to Tomcat than to Apache. %D is in microseconds since 10.1, before in milliseconds.
var tomcatDirectives = map[string]meaning{
	"a": {params: map[string]meaning{
		"":       {column: "client", second: "client_ip", flags: hosts, rank: 1},
		"remote": {column: "client", second: "client_ip", flags: hosts, rank: 1},
		"peer":   {column: "peer", flags: hosts},
	}},
	"s": {params: map[string]meaning{"": {column: "status", kind: KindInt}}, family: "session_"},
	"r": {params: map[string]meaning{"": {column: Request, kind: KindRequest, rank: -1}}, family: "attribute_"},
	"c": {family: "cookie_"},
	"F": {column: "commit_duration", kind: KindDuration, layout: "ms"},
	"I": {column: "thread"},
	"S": {column: "session_id"},
}

// tomcatPatterns are those that Tomcat names.
var tomcatPatterns = map[string]string{"common": `%h %l %u %t "%r" %s %b`, "combined": `%h %l %u %t "%r" %s %b "%{Referer}i" "%{User-Agent}i"`}

const tomcatExample = `<Valve className="org.apache.catalina.valves.AccessLogValve" pattern="%h %l %u %t &quot;%r&quot; %s %b"/>`

// tomcatFormat finds the pattern in text.
func tomcatFormat(text string) (source, *Error) {
	trimmed := strings.TrimRight(text, "\r\n \t")
	i := skipBlanks(trimmed, 0)
	if strings.HasPrefix(trimmed[i:], "<") {
		return tomcatElement(trimmed, i)
	}
	for _, property := range []string{"server.tomcat.accesslog.pattern=", "server.undertow.accesslog.pattern=", "quarkus.http.access-log.pattern="} {
		if strings.HasPrefix(trimmed[i:], property) {
			i = skipBlanks(trimmed, i+len(property))
		}
	}
	if known, ok := tomcatPatterns[trimmed[i:]]; ok {
		return plain(known, i).pin(i), nil
	}
	return plain(trimmed[i:], i).unescape(`"`, ""), nil
}

// tomcatElement is the value of the attribute pattern of an element of XML.
func tomcatElement(text string, i int) (source, *Error) {
	at := -1
	for from := i; at < 0; {
		n := strings.Index(text[from:], "pattern")
		if n < 0 {
			return source{}, &Error{i, "the element has no attribute pattern", tomcatExample}
		}
		before := from + n
		from = before + len("pattern")
		if next := skipBlanks(text, from); blank(text[before-1]) && next < len(text) && text[next] == '=' {
			at = skipBlanks(text, next+1)
		}
	}
	if at == len(text) || text[at] != '"' && text[at] != '\'' {
		return source{}, &Error{at, "the attribute has no value in quotes", tomcatExample}
	}
	n := strings.IndexByte(text[at+1:], text[at])
	if n < 0 {
		return source{}, &Error{at, "a quote that is not closed", tomcatExample}
	}
	value := text[at+1 : at+1+n]
	if known, ok := tomcatPatterns[value]; ok {
		return plain(known, at+1).pin(at + 1), nil
	}
	return plain(value, at+1).entities(), nil
}

var xmlEntities = []struct{ name, is string }{{"&quot;", `"`}, {"&apos;", "'"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&amp;", "&"}}

// entities undoes the escapes of XML.
func (s source) entities() source {
	out := source{end: s.end}
	for i := 0; i < len(s.text); i++ {
		c, pos := s.text[i], s.pos[i]
		for _, e := range xmlEntities {
			if c == '&' && strings.HasPrefix(string(s.text[i:]), e.name) {
				c, i = e.is[0], i+len(e.name)-1
				break
			}
		}
		out.add(c, pos)
	}
	out.end = s.end
	return out
}
