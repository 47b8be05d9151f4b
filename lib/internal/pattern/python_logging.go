package pattern

import "strings"

// CompilePythonLogging makes a tree of a format of Python's logging in any of its styles: %(levelname)s, {levelname}, $levelname. An
// %(asctime)s is a time as logging writes it by default (2026-03-05 08:09:10,250); with a datefmt of one's own its layout is given in the
// option fields. What logging does not know is a field of text. The error is an *Error.
func CompilePythonLogging(text string) (*Tree, error) {
	return public(compilePythonLogging(text))
}

var pythonFields = map[string]variable{
	"asctime": {column: "time", kind: KindTime, layout: "%Y-%m-%d %H:%M:%S,%3f"}, "created": {column: "time", kind: KindTime, layout: "unix_s", rank: 1},
	"msecs": {column: "msecs", kind: KindFloat}, "relativeCreated": {column: "uptime_duration", kind: KindDuration, layout: "ms"},
	"levelname": {column: "level", flags: few}, "levelno": {column: "level_number", kind: KindInt}, "name": {column: "logger"}, "message": {column: "message"},
	"filename": {column: "file"}, "pathname": {column: "file", rank: 1}, "module": {column: "module"}, "lineno": {column: "line", kind: KindInt}, "funcName": {column: "function"},
	"thread": {column: "tid", kind: KindInt}, "threadName": {column: "thread"}, "process": {column: "pid", kind: KindInt}, "processName": {column: "process_name"},
	"taskName": {column: "task"}, "stack_info": {column: "stack"},
}

func compilePythonLogging(text string) (*Tree, *Error) {
	format := plain(strings.TrimRight(text, "\r\n"), 0)
	if err := format.oneLine(); err != nil {
		return nil, err
	}
	a := assembler{hint: "take one of the two out of this definition"}
	var read func(format *source, i int) (pythonField, int, *Error)
	var marks string
	switch t := string(format.text); {
	case strings.Contains(t, "%("):
		read, marks = percentField, "%"
	case dollarStyle(t):
		read, marks = dollarField, "$"
	default:
		read, marks = braceField, "{}"
	}
	for i := 0; i < len(format.text); {
		c := format.text[i]
		switch {
		case strings.IndexByte(marks, c) < 0:
			a.text(format.text[i:i+1], format.at(i))
			i++
			continue
		case i+1 < len(format.text) && format.text[i+1] == c:
			a.text(format.text[i:i+1], format.at(i))
			i += 2
			continue
		}
		f, next, err := read(&format, i)
		if err != nil {
			return nil, err
		}
		a.value(f.piece(string(format.text[i:next]), format.at(i)))
		i = next
	}
	a.flush()
	a.pieces = pythonFractions(a.pieces)
	tree, err := a.tree()
	if err == nil {
		tree.Elements = dotted(tree.Elements)
		lastPlaces(tree.Elements, "message", "")
		calledThreads(tree.Elements)
		freeSeverity(tree.Elements)
	}
	return tree, err
}

// calledThreads marks names of threads that a blank ends: since 3.10 a thread without a name of its own is called after what it runs, Thread-1 (run).
func calledThreads(elements []Element) {
	for i := 0; i+1 < len(elements); i++ {
		e, behind := &elements[i], &elements[i+1]
		e.Called = e.Field == "thread" && behind.Kind == KindLiteral && strings.HasPrefix(behind.Literal, " ")
	}
}

// dollarStyle tells whether text holds $name or ${name}.
func dollarStyle(text string) bool {
	for i := 0; i+1 < len(text); i++ {
		if c := text[i+1]; text[i] == '$' && (c == '{' || variableByte(c) && c > '9') {
			return true
		}
	}
	return false
}

// pythonField is a field with its conversion.
type pythonField struct {
	name  string
	pad   Pad
	width int
}

const (
	percentHint = "write %(name)s; a percent sign is written %%"
	braceHint   = "write {name}; a brace is written twice"
	dollarHint  = "write $name or ${name}; a dollar sign is written $$"
)

// percentField reads %(name)-8s at i.
func percentField(format *source, i int) (f pythonField, next int, err *Error) {
	text := format.text
	closer := literalEnd(text, i, ')')
	if i+1 == len(text) || text[i+1] != '(' || closer == len(text) || closer == i+2 {
		return f, 0, &Error{format.at(i), "a percent sign without a field behind it", percentHint}
	}
	f.name = string(text[i+2 : closer])
	at := closer + 1
	f.pad = PadLeft
	for ; at < len(text) && strings.IndexByte("-+ #0", text[at]) >= 0; at++ {
		switch text[at] {
		case '-':
			f.pad = PadRight
		case '0':
			f.pad = NoPad
		}
	}
	if at, err = f.number(format, at); err != nil {
		return f, 0, err
	}
	if at < len(text) && text[at] == '.' {
		for at++; at < len(text) && text[at]-'0' <= 9; at++ {
		}
	}
	if at == len(text) || strings.IndexByte("sdifFgGeErxXa", text[at]) < 0 {
		return f, 0, &Error{format.at(at), "the field " + shorten(f.name) + " has no conversion behind it", "s, d or f: %(name)s"}
	}
	return f, at + 1, nil
}

// number reads the width.
func (f *pythonField) number(format *source, at int) (int, *Error) {
	start := at
	for ; at < len(format.text) && format.text[at]-'0' <= 9; at++ {
		f.width = min(f.width*10+int(format.text[at]-'0'), 1<<20)
	}
	if f.width > 1000 {
		return at, &Error{format.at(start), "more than 1000 characters wide", ""}
	}
	if f.width == 0 {
		f.pad = NoPad
	}
	return at, nil
}

// braceField reads {name!r:<8} at i.
func braceField(format *source, i int) (f pythonField, next int, err *Error) {
	text := format.text
	closer := literalEnd(text, i, '}')
	if text[i] == '}' || closer == len(text) {
		return f, 0, &Error{format.at(i), "a brace that is not closed, or closes nothing", braceHint}
	}
	name, spec, _ := strings.Cut(string(text[i+1:closer]), ":")
	name, _, _ = strings.Cut(name, "!")
	if f.name = strings.TrimSpace(name); f.name == "" {
		return f, 0, &Error{format.at(i), "braces without a field between them", braceHint}
	}
	at := closer - len(spec)
	f.pad = PadRight
	if k := pythonFields[f.name].kind; k == KindInt || k == KindFloat || k == KindDuration {
		f.pad = PadLeft
	}
	if len(spec) > 1 && strings.IndexByte("<>^=", spec[1]) >= 0 && spec[0] != ' ' {
		return f, 0, &Error{format.at(at), "filled up with something other than blanks", "fill up with blanks: {name:<8}"}
	}
	for spec != "" && strings.IndexByte("<>^=+- #0", spec[0]) >= 0 {
		switch spec[0] {
		case '<':
			f.pad = PadRight
		case '>', '=':
			f.pad = PadLeft
		case '^':
			return f, 0, &Error{format.at(at), "a centred value", "write it left or right: {name:<8}"}
		case '0':
			f.pad = NoPad
		}
		spec = spec[1:]
		at++
	}
	if _, err := f.number(format, at); err != nil {
		return f, 0, err
	}
	return f, closer + 1, nil
}

// dollarField reads $name or ${name} at i.
func dollarField(format *source, i int) (f pythonField, next int, err *Error) {
	text := format.text
	at := i + 1
	braced := at < len(text) && text[at] == '{'
	if braced {
		at++
	}
	end := at
	for end < len(text) && variableByte(text[end]) && (end > at || text[end] > '9') {
		end++
	}
	if f.name = string(text[at:end]); f.name == "" || braced && (end == len(text) || text[end] != '}') {
		return f, 0, &Error{format.at(i), "a dollar sign without a field behind it", dollarHint}
	}
	if braced {
		end++
	}
	return f, end, nil
}

// piece is the field's value.
func (f *pythonField) piece(source string, pos int) piece {
	v, known := pythonFields[f.name]
	p := piece{Element: Element{Kind: v.kind, Layout: v.layout, Dictionary: v.flags&few != 0, Source: source, Pos: pos}, key: f.name, names: []string{v.column, f.name}, rank: v.rank}
	p.Pad, p.PadWidth = f.pad, f.width
	if !known {
		p.names, p.rank = []string{contextName(f.name)}, guest
	}
	if p.Kind == KindLiteral {
		p.Kind, p.MayBeEmpty = KindText, true
	}
	switch f.name {
	case "levelname":
		p.Severity, p.MayBeEmpty, p.NoBlank = "severity", false, true
	case "taskName", "stack_info", "thread", "process":
		p.Null = "None"
	}
	if p.Kind == KindTime {
		p.clock = noClock
		p.Width = fixedTime(p.Layout)
	}
	return p
}

// pythonFractions makes one time of an asctime and the milliseconds behind it: it has a datefmt without a fraction then.
func pythonFractions(pieces []piece) []piece {
	out := pieces[:0]
	for i := 0; i < len(pieces); i++ {
		p := pieces[i]
		if p.key == "asctime" && i+2 < len(pieces) && pieces[i+2].key == "msecs" && (pieces[i+1].Literal == "." || pieces[i+1].Literal == ",") {
			p.Fraction = pieces[i+1].Literal + "%3f"
			p.Layout = "%Y-%m-%d %H:%M:%S" + p.Fraction
			p.Source += pieces[i+1].Literal + pieces[i+2].Source
			i += 2
		}
		out = append(out, p)
	}
	return out
}
