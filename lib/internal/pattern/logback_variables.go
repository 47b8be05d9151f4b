package pattern

import "strings"

// Variables in a PatternLayout are put in before it is read: in the options of a conversion too.

// variable is what stands between ${ and }.
type logbackVariable struct {
	lookup   string // of Log4j 2: sys, env, ctx ...; empty: none
	name     string
	fallback string
	given    bool // there is a fallback
}

// lookups of Log4j 2, which stand before the name.
var lookups = []string{"sys", "env", "ctx", "spring", "bundle", "main", "java", "map", "sd", "web", "docker", "k8s", "marker", "date", "event", "log4j", "lower", "upper", "base64", "jvmrunargs"}

// springVariables are what Spring Boot has in its own variables where nobody says otherwise.
var springVariables = map[string]string{
	"LOG_DATEFORMAT_PATTERN": "yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "LOG_LEVEL_PATTERN": "%5p", "LOG_EXCEPTION_CONVERSION_WORD": "%wEx",
	"LOG_CORRELATION_PATTERN": "", "LOGGED_APPLICATION_NAME": "",
}

func readVariable(inside string) (v logbackVariable) {
	for _, lookup := range lookups {
		if rest, ok := strings.CutPrefix(inside, lookup+":"); ok && !strings.HasPrefix(rest, "-") {
			v.lookup, inside = lookup, rest
			break
		}
	}
	if v.name, v.fallback, v.given = strings.Cut(inside, ":-"); !v.given {
		v.name, v.fallback, v.given = strings.Cut(inside, ":")
	}
	return v
}

func (v *logbackVariable) isPID() bool { return v.name == "PID" || v.name == "pid" }

// isValue tells whether each line has its own.
func (v *logbackVariable) isValue() bool {
	return v.isPID() || v.lookup == "ctx" || strings.EqualFold(v.name, "spring.application.name")
}

// substituted is the pattern with its variables put in but for those that are values.
func (s source) substituted() (source, *Error) {
	out := source{end: s.end}
	for i := 0; i < len(s.text); i++ {
		if s.text[i] == '$' && strings.HasPrefix(string(s.text[i:]), "$${") { // of Log4j 2: put in for each line
			i++
		}
		closer := len(s.text)
		if strings.HasPrefix(string(s.text[i:]), "${") {
			closer = bracket(s.text, i+1, len(s.text))
		}
		if closer == len(s.text) {
			out.add(s.text[i], s.at(i))
			continue
		}
		v := readVariable(string(s.text[i+2 : closer]))
		known, ours := springVariables[v.name]
		inner := source{text: s.text[closer-len(v.fallback) : closer], pos: s.pos[closer-len(v.fallback) : closer], end: s.at(closer)}
		switch {
		case v.isValue():
			inner = source{text: s.text[i : closer+1], pos: s.pos[i : closer+1], end: inner.end}
		case v.given:
			var err *Error
			if inner, err = inner.substituted(); err != nil {
				return source{}, err
			}
		case ours:
			inner = source{}
			for k := range len(known) {
				inner.add(known[k], s.at(i))
			}
		default:
			return source{}, &Error{s.at(i), "the value of ${" + shorten(v.name) + "} is not known here", "write what it stands for"}
		}
		out.text, out.pos = append(out.text, inner.text...), append(out.pos, inner.pos...)
		i = closer
	}
	return out, nil
}
