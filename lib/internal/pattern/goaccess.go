package pattern

import (
	"slices"
	"strings"
)

// CompileGoAccess makes a tree of a log-format of GoAccess, with its date-format and time-format (empty: those of the Common Log Format).
// log may also be the name of one of GoAccess's own formats (COMBINED, VCOMBINED, W3C ...), which bring their dates and times with them.
//
// As in GoAccess, what stands behind the end of the format is dropped, and a line that is cut off behind its request, or inside its
// referer or user agent, is taken for what it has. Date and time become one field. The error is an *Error; its position is in log.
func CompileGoAccess(log, date, time string) (*Tree, error) {
	return public(compileGoAccess(log, date, time))
}

// goaccessFormats are GoAccess's own, by name (https://goaccess.io/man#options).
var goaccessFormats = map[string]struct{ log, date, time string }{
	"COMBINED":     {`%h %^[%d:%t %^] "%r" %s %b "%R" "%u"`, "%d/%b/%Y", "%H:%M:%S"},
	"VCOMBINED":    {`%v:%^ %h %^[%d:%t %^] "%r" %s %b "%R" "%u"`, "%d/%b/%Y", "%H:%M:%S"},
	"COMMON":       {`%h %^[%d:%t %^] "%r" %s %b`, "%d/%b/%Y", "%H:%M:%S"},
	"VCOMMON":      {`%v:%^ %h %^[%d:%t %^] "%r" %s %b`, "%d/%b/%Y", "%H:%M:%S"},
	"W3C":          {`%d %t %^ %m %U %q %^ %^ %h %u %R %s %^ %^ %L`, "%Y-%m-%d", "%H:%M:%S"},
	"CLOUDFRONT":   {`%d\t%t\t%^\t%b\t%h\t%m\t%v\t%U\t%s\t%R\t%u\t%q\t%^\t%C\t%^\t%^\t%^\t%^\t%T\t%^\t%K\t%k\t%^\t%H\t%^`, "%Y-%m-%d", "%H:%M:%S"},
	"CLOUDSTORAGE": {`"%x","%h",%^,%^,"%m","%U","%s",%^,"%b","%D",%^,"%R","%u"`, "%f", "%f"},
	"AWSELB":       {`%^ %dT%t.%^ %^ %h:%^ %^ %^ %T %^ %s %^ %^ %b "%r" "%u" %k %K %^ "%^" "%v"`, "%Y-%m-%d", "%H:%M:%S"},
	"AWSALB":       {`%^ %dT%t.%^ %v %h:%^ %^ %^ %T %^ %s %^ %^ %b "%r" "%u" %k %K %^`, "%Y-%m-%d", "%H:%M:%S"},
	"AWSS3":        {`%^ %v [%d:%t %^] %h %^"%r" %s %^ %b %^ %L %^ "%R" "%u"`, "%d/%b/%Y", "%H:%M:%S"},
	"SQUID":        {`%^ %^ %^ %v %^: %x.%^ %~%L %h %^/%s %b %m %U`, "%s", "%s"},
	"TRAEFIKCLF":   {`%h - %e [%d:%t %^] "%r" %s %b "%R" "%u" %^ "%v" "%U" %Lms`, "%d/%b/%Y", "%H:%M:%S"},
}

// goaccessField is what a specifier stands for.
type goaccessField struct {
	column string
	kind   Kind
	unit   string
	flags  flags
}

var goaccessFields = map[byte]goaccessField{
	'v': {column: "server", flags: hosts}, 'e': {column: "user"}, 'C': {column: "cache_status", flags: few}, 'h': {column: "client", flags: hosts},
	'r': {kind: KindRequest}, 'q': {column: "query"}, 'm': {column: Method, flags: few}, 'U': {column: Target}, 'H': {column: Protocol, flags: few},
	's': {column: "status", kind: KindInt}, 'b': {column: "bytes", kind: KindInt}, 'R': {column: "referer"}, 'u': {column: "user_agent"},
	'K': {column: "tls_version", flags: few}, 'k': {column: "tls_cipher", flags: few}, 'M': {column: "content_type", flags: few},
	'D': {"duration", KindDuration, "us", 0}, 'T': {"duration", KindDuration, "s", 0}, 'L': {"duration", KindDuration, "ms", 0}, 'n': {"duration", KindDuration, "ns", 0},
	'^': {},
}

const goaccessLetters = "%x %t %d %v %e %C %h %r %q %m %U %H %s %b %R %u %K %k %M %D %T %L %n %^ %~ ~h{}"

// goaccess is a format under way.
type goaccess struct {
	template
	format     source
	date, time string
	both       string // of a date and a time in one
	taken      map[string]bool
	skip       bool // %~ stands before the next specifier
}

func compileGoAccess(log, date, time string) (*Tree, *Error) {
	log = strings.TrimRight(log, "\r\n")
	length := len(log)
	if known, ok := goaccessFormats[strings.ToUpper(strings.TrimSpace(log))]; ok {
		if date == "" {
			date = known.date
		}
		if time == "" {
			time = known.time
		}
		log = strings.ReplaceAll(known.log, `\t`, "\t")
	}
	if i := skipBlanks(log, 0); i < len(log) && log[i] == '{' || strings.EqualFold(log, "CADDY") {
		return nil, &Error{i, "GoAccess's JSON formats are not read: the line is a JSON object", `use the engine json with rename, or a built-in format such as "caddy"`}
	}
	if strings.Contains(date+time, "\n") {
		return nil, &Error{0, "a line feed in the format of the date or the time: a record is one line", "%d/%b/%Y and %H:%M:%S"}
	}
	g := goaccess{format: plain(log, 0).unescape(`"\`, "t\tr\rn\n"), date: orElse(date, "%d/%b/%Y"), time: orElse(time, "%H:%M:%S"), both: together(date, time), taken: map[string]bool{}}
	if err := g.format.oneLine(); err != nil {
		return nil, err
	}
	for i := 0; i < len(g.format.text); {
		next, err := g.element(i)
		if err != nil {
			return nil, err
		}
		i = next
	}
	g.flush()
	g.elements = hostPorts(g.joinTimes())
	tree, err := g.tree("", "%h")
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(tree.Elements, func(e Element) bool { return len(e.Fields()) > 0 }) {
		return nil, &Error{0, "the format has no field", "known are " + goaccessLetters}
	}
	g.finishTimes(tree.Elements)
	cutShort(tree.Elements)
	atEnds(tree.Elements, length)
	return tree, nil
}

// together is the layout of %x: one of both where they say the same or one alone is given ("%s"), else the time right behind the date.
func together(date, time string) string {
	if date == time || date == "" || time == "" {
		return orElse(orElse(time, date), "%d/%b/%Y:%H:%M:%S")
	}
	return date + time
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// atEnds keeps positions of a format that was given by name within its name.
func atEnds(elements []Element, most int) {
	for i := range elements {
		elements[i].Pos = min(elements[i].Pos, most)
	}
}

// element reads what stands at i and gives the position behind it.
func (g *goaccess) element(i int) (int, *Error) {
	text, pos := g.format.text, g.format.at(i)
	switch {
	case text[i] == '~' && i+1 < len(text) && text[i+1] == 'h':
		return g.forwarded(i)
	case text[i] != '%':
		if g.skip { // blanks, then constant text
			g.skip = false
			g.value(anything("", "%~", pos))
		}
		g.text(string(text[i:i+1]), pos)
		return i + 1, nil
	case i+1 == len(text):
		return 0, &Error{pos, "the format ends with a percent sign", "known are " + goaccessLetters}
	}
	source := string(text[i : i+2])
	switch c := text[i+1]; c {
	case '~':
		g.skip = true
	case '%':
		g.text("%", pos)
	case 'd', 't', 'x':
		g.stamp(c, source, pos)
	default:
		field, known := goaccessFields[c]
		if !known {
			return 0, &Error{pos, "unknown specifier " + source, "known are " + goaccessLetters}
		}
		g.field(field, source, pos, i+2 < len(text) && text[i+2] == '"')
	}
	return i + 2, nil
}

// field adds the value of a specifier. The first of several that give one column has it.
func (g *goaccess) field(f goaccessField, source string, pos int, quoted bool) {
	e := Element{Kind: f.kind, Layout: f.unit, Source: source, Pos: pos, Null: "-", Dictionary: f.flags&few != 0, Word: f.flags&hosts != 0 && !quoted}
	if f.kind == KindLiteral {
		e.Kind = KindText
	}
	if quoted {
		e.Escape = EscapeBackslash
	}
	columns := []string{f.column}
	if f.kind == KindRequest {
		columns = []string{Request, Method, Target, Protocol}
	}
	free := f.column != "" || f.kind == KindRequest
	for _, column := range columns {
		free = free && !g.taken[column]
	}
	if free {
		e.Field = f.column
		for _, column := range columns {
			g.taken[column] = true
		}
	} else {
		e.Kind, e.Layout, e.Dictionary, e.Null, e.Word, e.MayBeEmpty = KindText, "", false, "", false, true
	}
	g.add(e)
}

// add adds a value, with the blanks that %~ skips before it.
func (g *goaccess) add(e Element) {
	if g.skip && e.Kind != KindRequest {
		e.Pad = PadLeft
	}
	g.skip = false
	g.value(e)
}

// stamp adds a date, a time or both in one.
func (g *goaccess) stamp(c byte, source string, pos int) {
	layout := map[byte]string{'d': g.date, 't': g.time, 'x': g.both}[c]
	e := Element{Kind: KindTime, Field: "time", Layout: goaccessLayout(layout), Source: source, Pos: pos}
	e.Part, e.Glue, e.Order = c != 'x', " ", int(c-'d')
	if taken := g.taken["time "+string(c)] || g.taken["time x"]; taken || c == 'x' && g.taken["time"] {
		e = anything("", source, pos)
	}
	g.taken["time "+string(c)], g.taken["time"] = true, true
	g.add(e)
}

// goaccessLayout is the layout of a date or time: %f and %* alone are microseconds and milliseconds since 1970.
func goaccessLayout(format string) string {
	switch format {
	case "%s":
		return "unix_s"
	case "%f":
		return "unix_us"
	case "%*":
		return "unix_ms"
	}
	return format
}

// forwarded reads ~h{...}: the first address of a list whose items stand between the characters in braces.
func (g *goaccess) forwarded(i int) (int, *Error) {
	text, pos := g.format.text, g.format.at(i)
	open := i + 2
	closing := open
	for closing < len(text) && text[closing] != '}' {
		closing++
	}
	if open == len(text) || text[open] != '{' || closing == len(text) || closing == open+1 {
		return 0, &Error{pos, "~h needs the characters between the addresses in braces", "~h{, }"}
	}
	set := string(text[open+1 : closing])
	e := Element{Kind: KindFirstIP, Field: "client", Null: "-", Source: string(text[i : closing+1]), Pos: pos}
	e.Set = set
	if strings.ContainsRune(set, ' ') {
		e.List, e.Item = CommaList, KindText
	}
	if g.taken["client"] {
		e = anything("", e.Source, pos)
	}
	g.taken["client"] = true
	g.add(e)
	return closing + 1, nil
}

// joinTimes makes one time of date and time where they stand side by side, with at most constant text between, and leaves them parts of
// one where they do not.
func (g *goaccess) joinTimes() []Element {
	var out []Element
	parts := 0
	for i := 0; i < len(g.elements); i++ {
		e := g.elements[i]
		n := 0
		if e.Part {
			parts++
			switch rest := g.elements[i+1:]; {
			case len(rest) >= 1 && rest[0].Part:
				n = 1
			case len(rest) >= 2 && rest[0].Kind == KindLiteral && rest[1].Part:
				n = 2
			}
		}
		if n > 0 {
			between := ""
			if n == 2 {
				between = g.elements[i+1].Literal
			}
			e.Layout += strings.ReplaceAll(between, "%", "%%") + g.elements[i+n].Layout
			e.Source += between + g.elements[i+n].Source
			e.Part, e.Glue, e.Order = false, "", 0
			parts--
			i += n
		}
		out = append(out, e)
	}
	layout := g.date + " " + g.time
	for i := range out {
		if e := &out[i]; e.Part && parts == 1 {
			e.Part, e.Glue, e.Order = false, "", 0
		} else if e.Part {
			e.Layout = layout
		}
	}
	return out
}

// finishTimes counts what of the literal behind a time stands in the time itself, and takes the fraction from seconds since 1970 that
// the format writes it behind.
func (g *goaccess) finishTimes(elements []Element) {
	setSkips(elements)
	for i := 0; i+1 < len(elements); i++ {
		e, next := &elements[i], elements[i+1].Literal
		switch {
		case e.Part && e.Order == 0:
			e.Skip = strings.Count(sampleTime(g.date), next)
		case e.Part:
			e.Skip = strings.Count(sampleTime(g.time), next)
		case e.Layout == "unix_s" && strings.HasPrefix(next, "."):
			e.Layout = "%s"
		}
	}
}

// hostPorts makes one value of a host, a colon and what is skipped behind it, its port: an IPv6 address holds colons itself.
func hostPorts(elements []Element) []Element {
	var out []Element
	for i := 0; i < len(elements); i++ {
		e := elements[i]
		rest := elements[i+1:]
		if e.Word && e.Field != "" && len(rest) >= 2 && rest[0].Literal == ":" && rest[1].Source == "%^" && !(len(rest) > 2 && strings.HasPrefix(rest[2].Literal, ":")) {
			e.Kind, e.Source = KindHostPort, e.Source+":%^"
			i += 2
		}
		out = append(out, e)
	}
	return out
}

// cutShort lets a line end early, once it has what GoAccess asks of every line: behind the first character that closes a value, and
// anywhere in a referer, a user agent and what is skipped.
func cutShort(elements []Element) {
	last := -1
	for i := range elements {
		e := &elements[i]
		if e.Kind == KindRequest || e.Field == "time" || e.Field == "client" || e.Field == Target || e.Field == Method {
			last = i
		}
	}
	for i := max(last, 0); last >= 0 && i+1 < len(elements); i++ {
		e, next := &elements[i], &elements[i+1]
		switch {
		case e.Kind == KindLiteral || next.Kind != KindLiteral:
		case i > last && (e.Field == "referer" || e.Field == "user_agent" || e.Source == "%^" && e.Kind == KindText):
			e.Cut = true
		case len(next.Literal) > 1:
			next.Optional, next.Keep = true, 1
		}
	}
}
