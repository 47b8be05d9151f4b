package pattern

import (
	"math/bits"
	"strings"
)

// CompileLogback makes a tree of a PatternLayout of Logback or Log4j (1 and 2): constant text and conversions, %d{HH:mm:ss.SSS} [%t]
// %-5level %logger{36} - %msg%n. The word spring is the pattern of Spring Boot. Groups, colours and ${NAME:-default} are understood; the
// stack trace that follows an exception is on lines of its own and is not part of the pattern. The error is an *Error.
func CompileLogback(text string) (*Tree, error) {
	return public(compileLogback(text))
}

// springPattern is what Spring Boot writes to its console.
const springPattern = `%clr(%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX}){faint} %clr(${LOG_LEVEL_PATTERN:-%5p}) %clr(${PID:- }){magenta} %clr(---){faint} ` +
	`%clr(%applicationName[%15.15t] ){faint}%clr(%-40.40logger{39}){cyan} %clr(:){faint} %m%n${LOG_EXCEPTION_CONVERSION_WORD:-%wEx}`

// logback is a pattern under way.
type logback struct {
	assembler
	format   source
	ended    bool // behind %n
	optional int  // how many parts there were so far that may be missing ...
	without  int  // ... and those that are, as bits
}

// mostOptional is how many parts of a pattern may be missing: each doubles its forms.
const mostOptional = 4

func compileLogback(text string) (*Tree, *Error) {
	text = strings.TrimRight(text, "\r\n")
	format := plain(text, 0)
	if strings.TrimSpace(text) == "spring" {
		format = plain(springPattern, 0)
	}
	if err := format.oneLine(); err != nil {
		return nil, err
	}
	format, err := format.substituted()
	if err != nil {
		return nil, err
	}
	var first *Tree
	end, forms := &first, 1
	for form, parts := 0, 0; form < forms; form++ {
		// Of two forms without as many parts, the one that has the first part comes first: of two names in brackets that may both be missing, the
		// first is the application's.
		without := int(bits.Reverse(uint(form)) >> (bits.UintSize - parts))
		l := logback{assembler: assembler{hint: "take one of the two out of this definition if both write the same"}, format: format, without: without}
		if err := l.parse(0, len(format.text)); err != nil {
			return nil, err
		}
		tree, err := l.tree()
		if err != nil {
			return nil, err
		}
		tree.Elements = dotted(tree.Elements)
		freeSeverity(tree.Elements)
		lastPlaces(tree.Elements, "message", "")
		atEnds(tree.Elements, len(text))
		parts, forms = l.optional, 1<<l.optional
		tree.Union = forms > 1
		*end, end = tree, &tree.Else
	}
	return first, nil
}

// parse reads the pattern from i to end.
func (l *logback) parse(i, end int) *Error {
	text := l.format.text
	for i < end {
		next, err := i+1, (*Error)(nil)
		switch c := text[i]; {
		case c == '%' && i+1 < end && text[i+1] == '%':
			err = l.literal("%", i)
			next++
		case c == '%':
			next, err = l.conversion(i, end)
		case c == '\\' && i+1 < end:
			if k := strings.IndexByte("ntr", text[i+1]); k == 0 {
				l.ended = true
			} else if k > 0 {
				err = l.literal("\x00\t\r"[k:k+1], i)
			} else if text[i+1] != '_' { // \_ only ends the word before
				err = l.literal(string(text[i+1:i+2]), i)
			}
			next++
		case c == '$' && i+1 < end && text[i+1] == '{':
			next, err = l.substitution(i, end)
		default:
			err = l.literal(string(text[i:i+1]), i)
		}
		if err != nil {
			return err
		}
		i = next
	}
	return nil
}

func (l *logback) literal(text string, i int) *Error {
	if l.ended {
		if text == " " {
			return nil
		}
		return &Error{l.format.at(i), "text behind %n: a record is one line", "%n ends the pattern; only an exception may follow"}
	}
	l.text([]byte(text), l.format.at(i))
	return nil
}

// bracket is the place of the bracket that closes the one at i, len(text) when there is none. A backslash takes the next character's
// meaning.
func bracket(text []byte, i, end int) int {
	open, closer := text[i], byte(')')
	if open == '{' {
		closer = '}'
	}
	depth := 0
	for ; i < end; i++ {
		switch text[i] {
		case '\\':
			i++
		case open:
			depth++
		case closer:
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return len(text)
}

// substitution reads ${NAME:-default}, where it stands for a value: PID is the process's number, spring.application.name what it is called,
// ctx:KEY what the diagnostic context has.
func (l *logback) substitution(i, end int) (int, *Error) {
	text := l.format.text
	closer := bracket(text, i+1, end)
	if closer == len(text) {
		return 0, &Error{l.format.at(i), "${ is not closed", "${NAME:-default}"}
	}
	v := readVariable(string(text[i+2 : closer]))
	p := piece{Element: Element{Kind: KindText, Source: string(text[i : closer+1]), Pos: l.format.at(i), EmptyNull: true, Reading: Reading{MayBeEmpty: true}}}
	column := "app"
	switch {
	case v.isPID():
		column, p.Kind, p.Null, p.Reading = "pid", KindInt, v.fallback, Reading{}
	case v.lookup == "ctx":
		column = contextName(v.name)
	}
	p.key, p.names = column, []string{column}
	return closer + 1, l.add(p, i)
}

// conversion reads %-20.30word{option}{option} or a group %-20(...).
func (l *logback) conversion(i, end int) (int, *Error) {
	text := l.format.text
	at, pad, width, err := l.alignment(i+1, end)
	if err != nil {
		return 0, err
	}
	if at < end && text[at] == '(' {
		closer := bracket(text, at, end)
		if closer == len(text) {
			return 0, &Error{l.format.at(at), "a bracket that is not closed", "a bracket that stands for itself is written \\("}
		}
		return closer + 1, l.group(at+1, closer, pad, width, i)
	}
	name := l.name(at, end)
	if name == "" {
		stop := at
		for stop < end && variableByte(text[stop]) {
			stop++
		}
		return 0, &Error{l.format.at(i), "unknown conversion " + shorten(string(text[i:max(stop, min(i+1, end))])), "known are %d %p %t %c %C %M %L %F %m %n %r %X{key} %x %marker ...; a percent sign is written %%"}
	}
	word := logbackWords[name]
	at += len(name)
	switch {
	case word.role == maybeRole && at < end && text[at] == '{':
		closer := bracket(text, at, end)
		if closer == len(text) {
			return 0, &Error{l.format.at(at), "a bracket that is not closed", ""}
		}
		return closer + 1, l.maybe(i, func() *Error { return l.group(at+1, closer, pad, width, i) })
	case word.role == bracketRole:
		return l.bracketed(name, i, at, end)
	}
	if word.role == wrapRole && at < end && (text[at] == '(' || text[at] == '{') {
		closer := bracket(text, at, end)
		if closer == len(text) {
			return 0, &Error{l.format.at(at), "a bracket that is not closed", ""}
		}
		if err := l.group(at+1, closer, pad, width, i); err != nil {
			return 0, err
		}
		_, next := l.options(closer+1, end)
		return next, nil
	}
	options, next := l.options(at, end)
	if levelColour(name, options) {
		return next, nil
	}
	return next, l.word(word, name, options, pad, width, i, next)
}

// alignment reads -20.30 in front of a conversion.
func (l *logback) alignment(at, end int) (next int, pad Pad, width int, err *Error) {
	text := l.format.text
	start := at
	pad = PadLeft
	if at < end && text[at] == '-' {
		pad = PadRight
		at++
	}
	digits := func() int {
		n := 0
		for at < end && text[at]-'0' <= 9 {
			n = min(n*10+int(text[at]-'0'), 1<<20)
			at++
		}
		return n
	}
	if width = digits(); width == 0 {
		pad = NoPad
	}
	if at < end && text[at] == '.' {
		if at++; at < end && text[at] == '-' {
			at++
		}
		digits()
	}
	if width > 1000 {
		return at, pad, width, &Error{l.format.at(start), "more than 1000 characters wide", ""}
	}
	return at, pad, width, nil
}

// name is the longest word of a conversion at i, "" for none.
func (l *logback) name(i, end int) string {
	stop := i
	for stop < end && variableByte(l.format.text[stop]) {
		stop++
	}
	for n := stop; n > i; n-- {
		name := string(l.format.text[i:n])
		if _, known := logbackWords[name]; known && (n == stop || strings.Trim(name, "seE") != "") { // %seen is a mistake
			return name
		}
	}
	return ""
}

// options reads what stands in braces.
func (l *logback) options(i, end int) (options []string, next int) {
	for i < end && l.format.text[i] == '{' {
		closer := bracket(l.format.text, i, end)
		if closer == len(l.format.text) {
			break
		}
		options = append(options, string(l.format.text[i+1:closer]))
		i = closer + 1
	}
	return options, i
}

// group reads what stands in brackets. Padding of a group can be undone only where the group is one conversion.
func (l *logback) group(from, to int, pad Pad, width, at int) *Error {
	if pad == NoPad {
		return l.parse(from, to)
	}
	l.flush()
	before := len(l.pieces)
	if err := l.parse(from, to); err != nil {
		return err
	}
	l.flush()
	if len(l.pieces) != before+1 || l.pieces[before].Kind == KindLiteral || l.pieces[before].Pad != NoPad {
		return &Error{l.format.at(at), "the padding of a group of several pieces cannot be undone", "pad the conversions in it one by one"}
	}
	l.pieces[before].Pad, l.pieces[before].PadWidth, l.pieces[before].PadPairs = pad, width, true
	return nil
}

// maybe reads a part that may be missing: there is a form of the pattern with it, and one without.
func (l *logback) maybe(i int, read func() *Error) *Error {
	bit := 1 << l.optional
	if l.optional++; l.optional > mostOptional {
		return &Error{l.format.at(i), "too many parts that may be missing", "each doubles the forms of a line"}
	}
	if l.without&bit != 0 {
		return nil
	}
	return read()
}

// bracketed reads what Spring Boot writes in brackets and with a blank behind it, or not at all: %applicationName, %esb(){APPLICATION_NAME}, and
// in Log4j's words %esb{${sys:APPLICATION_NAME:-}}.
func (l *logback) bracketed(name string, i, at, end int) (int, *Error) {
	if at+1 < end && l.format.text[at] == '(' && l.format.text[at+1] == ')' {
		at += len("()")
	}
	options, next := l.options(at, end)
	column := logbackWords[name].column
	if column == "" && len(options) > 0 && strings.Contains(options[0], "GROUP") {
		column = "app_group"
	} else if column == "" {
		column = "app"
	}
	return next, l.maybe(i, func() *Error {
		if err := l.literal("[", i); err != nil {
			return err
		}
		source := string(l.format.text[i:next])
		if err := l.add(piece{Element: Element{Kind: KindText, Source: source, Pos: l.format.at(i), Reading: Reading{NoBlank: true}}, key: column, names: []string{column}}, i); err != nil {
			return err
		}
		return l.literal("] ", i)
	})
}

// word adds the value of a conversion.
func (l *logback) word(c conversionWord, name string, options []string, pad Pad, width, i, next int) *Error {
	source, pos := string(l.format.text[i:next]), l.format.at(i)
	p := piece{Element: Element{Kind: c.kind, Source: source, Pos: pos, EmptyNull: true}, key: c.column, names: []string{c.column}}
	p.Pad, p.PadWidth, p.PadPairs = pad, width, pad != NoPad
	switch c.role {
	case newlineRole:
		l.ended = true
		return nil
	case exceptionRole: // the blank before it is not part of the message either
		if !l.ended {
			l.run = []byte(strings.TrimRight(string(l.run), " "))
			l.ended = true
		}
		return nil
	case uselessRole, wrapRole:
		return &Error{pos, "%" + name + " writes what cannot be told from a line", "write what it contains"}
	case levelRole:
		p.Dictionary, p.Severity, p.NoBlank = true, "severity", true
	case messageRole:
		p.EmptyNull, p.MayBeEmpty = c.column != "message", true
	case mdcRole:
		p.MayBeEmpty = true
		if len(options) > 0 {
			key, _, _ := strings.Cut(options[0], ":-")
			if p.names[0] = contextName(strings.TrimSpace(key)); p.names[0] == "" || strings.Contains(key, ",") { // of several keys it is a map
				p.names[0] = c.column
			}
			p.key = c.column + "{" + p.names[0]
		}
	case timeRole:
		if err := logbackTime(&p, options); err != nil {
			err.Pos = pos
			return err
		}
	default:
		if p.Null = "?"; c.kind == KindDuration {
			p.Layout, p.Null = "ms", ""
		}
	}
	return l.add(p, i)
}

func (l *logback) add(p piece, i int) *Error {
	if l.ended {
		return &Error{l.format.at(i), "a value behind %n: a record is one line", "%n ends the pattern; only an exception may follow"}
	}
	l.value(p)
	return nil
}

// contextName is the column of a key of the diagnostic context: those of traces have the names they have everywhere.
func contextName(key string) string {
	switch strings.ToLower(strings.NewReplacer("_", "", "-", "", ".", "").Replace(key)) {
	case "traceid", "xb3traceid", "oteltraceid", "ddtraceid":
		return "trace_id"
	case "spanid", "xb3spanid", "otelspanid", "ddspanid":
		return "span_id"
	}
	return key
}
