package pattern

import (
	"slices"
	"strings"
)

// CompilePostgres makes a tree of PostgreSQL's log_line_prefix and of what stands behind it: the level, a colon, two blanks and the
// message. text is the prefix itself or the setting (log_line_prefix = '%m [%p] '). Behind %q, lines of processes without a session have
// nothing of the prefix. The error is an *Error.
func CompilePostgres(text string) (*Tree, error) {
	return public(compilePostgres(text))
}

// postgresEscapes are the escapes of log_line_prefix (https://www.postgresql.org/docs/current/runtime-config-logging.html).
var postgresEscapes = map[byte]variable{
	'a': {column: "app"}, 'u': {column: "user"}, 'd': {column: "database"}, 'r': {column: "client", kind: KindHostParen}, 'h': {column: "client"}, 'L': {column: "server_ip"},
	'b': {column: "backend_type", flags: few}, 'p': {column: "pid", kind: KindInt}, 'P': {column: "leader_pid", kind: KindInt},
	't': {column: "time", kind: KindTime, layout: "%Y-%m-%d %H:%M:%S %Z"}, 'm': {column: "time", kind: KindTime, layout: "%Y-%m-%d %H:%M:%S.%3f %Z"},
	'n': {column: "time", kind: KindTime, layout: "unix_s"}, 'i': {column: "command_tag", flags: few}, 'e': {column: "sql_state", flags: few}, 'c': {column: "session_id"},
	'l': {column: "session_line", kind: KindInt}, 's': {column: "session_start", kind: KindTime, layout: "%Y-%m-%d %H:%M:%S %Z"}, 'v': {column: "virtual_transaction_id"},
	'x': {column: "transaction_id", kind: KindInt}, 'Q': {column: "query_id", kind: KindInt},
}

func compilePostgres(text string) (*Tree, *Error) {
	prefix, err := postgresPrefix(text)
	if err == nil {
		err = prefix.oneLine()
	}
	if err != nil {
		return nil, err
	}
	tree, quits, err := postgresTree(&prefix, false)
	if err != nil {
		return nil, err
	}
	if quits {
		if tree.Else, _, err = postgresTree(&prefix, true); err != nil {
			return nil, err
		}
	}
	elements := slices.Clone(tree.Elements)
	tree.Seldom = func() (first *Tree) {
		end := &first
		for _, field := range []string{"app", "database", "user", "command_tag"} {
			if loose := postgresBlanks(elements, field); loose != nil {
				*end, end = loose, &loose.Else
			}
		}
		return first
	}
	return tree, nil
}

// postgresBlanks lets the value of a field have blanks in it, on lines that do not fit: it goes on up to where all fits up to the level. nil where that
// changes nothing.
func postgresBlanks(elements []Element, field string) *Tree {
	at := slices.IndexFunc(elements, func(e Element) bool { return e.Field == field })
	level := slices.IndexFunc(elements, func(e Element) bool { return e.Field == "level" })
	if at < 0 || !strings.HasPrefix(elements[at+1].Literal, " ") && !elements[at].NoBlank {
		return nil
	}
	value, behind := elements[at], elements[at+1:level+2]
	value.NoBlank = false
	group := Element{Kind: KindGroup, Choice: One, Groups: []Tree{{Elements: behind}}, Source: behind[0].Source, Pos: behind[0].Pos}
	return &Tree{Elements: slices.Concat(elements[:at], []Element{value, group}, elements[level+2:])}
}

// postgresPrefix finds the prefix in text.
func postgresPrefix(text string) (source, *Error) {
	trimmed := strings.Trim(text, "\r\n")
	offset := strings.Index(text, trimmed)
	i := skipBlanks(trimmed, 0)
	const setting = "log_line_prefix"
	if !strings.HasPrefix(trimmed[i:], setting) {
		return plain(trimmed, offset), nil
	}
	i = skipBlanks(trimmed, i+len(setting))
	if i < len(trimmed) && trimmed[i] == '=' {
		i = skipBlanks(trimmed, i+1)
	}
	if i == len(trimmed) || trimmed[i] != '\'' {
		return source{}, &Error{offset + i, "the setting's value stands between single quotes", "log_line_prefix = '%m [%p] '"}
	}
	end := strings.LastIndexByte(trimmed, '\'')
	if end == i {
		return source{}, &Error{offset + i, "a quote that is not closed", "log_line_prefix = '%m [%p] '"}
	}
	return plain(trimmed[i+1:end], offset+i+1).unescape(`'\`, "t\t"), nil
}

// postgresTree is the tree of the whole prefix, or of what stands before %q in it.
func postgresTree(prefix *source, short bool) (tree *Tree, quits bool, err *Error) {
	a := assembler{hint: "take one of the two out of this definition: both write the same"}
	text, end := prefix.text, prefix.at(len(prefix.text))
	for i := 0; i < len(text); {
		if text[i] != '%' {
			n := literalEnd(text, i, '%')
			a.text(text[i:n], prefix.at(i))
			i = n
			continue
		}
		at, pad, width := i+1, PadLeft, 0
		if at < len(text) && text[at] == '-' {
			at, pad = at+1, PadRight
		}
		for ; at < len(text) && text[at]-'0' <= 9; at++ {
			width = min(width*10+int(text[at]-'0'), 1000)
		}
		if at == len(text) {
			return nil, false, &Error{prefix.at(i), "the prefix ends in the middle of an escape", "a percent sign is written %%"}
		}
		switch c := text[at]; {
		case c == '%':
			a.text(text[at:at+1], prefix.at(i))
		case c == 'q':
			if quits = true; short {
				text = text[:at+1]
			}
		default:
			v, known := postgresEscapes[c]
			if !known {
				return nil, false, &Error{prefix.at(i), "unknown escape " + shorten(string(text[i:at+1])), "known are %a %u %d %r %h %L %b %p %P %t %m %n %i %e %c %l %s %v %x %q %Q %%"}
			}
			a.value(postgresPiece(v, c, pad, width, string(text[i:at+1]), prefix.at(i)))
		}
		i = at + 1
	}
	a.value(piece{Element: Element{Kind: KindText, Dictionary: true, Reading: Reading{Severity: "severity", NoBlank: true}, Source: "level", Pos: end}, key: "level", names: []string{"level"}})
	a.text([]byte(":  "), end)
	a.value(piece{Element: Element{Kind: KindText, Reading: Reading{MayBeEmpty: true}, Source: "message", Pos: end}, key: "message", names: []string{"message"}})
	tree, err = a.tree()
	if err != nil {
		return nil, false, err
	}
	for i := range tree.Elements {
		switch e := &tree.Elements[i]; {
		case e.Kind == KindHostParen:
			e.Port = "client_port"
		case e.Kind != KindLiteral && e.Source == "%b":
			*e = backendType(*e)
		}
	}
	return tree, quits, nil
}

// backendTypes are those that have blanks in them, of PostgreSQL 10 and later: backend_type of
// https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ACTIVITY-VIEW, and what the server calls the rest.
var backendTypes = []string{"client backend", "autovacuum launcher", "autovacuum worker", "parallel worker", "background worker", "background writer", "logical replication launcher",
	"logical replication worker", "logical replication parallel worker", "logical replication apply worker", "logical replication tablesync worker", "slotsync worker", "io worker",
	"standalone backend", "dead-end client backend", "not initialized", "??? (unknown)"}

// backendType is one of these, or whatever stands before what follows.
func backendType(other Element) Element {
	group := Element{Kind: KindGroup, Choice: One, Source: other.Source, Pos: other.Pos}
	for _, name := range backendTypes {
		group.Groups = append(group.Groups, Tree{Elements: []Element{
			{Kind: KindConstant, Field: other.Field, Literal: name, Dictionary: true, Source: other.Source, Pos: other.Pos},
			{Kind: KindLiteral, Literal: name, Source: name, Pos: other.Pos},
		}})
	}
	group.Groups = append(group.Groups, Tree{Elements: []Element{other}})
	return group
}

// postgresPiece is the value of an escape.
func postgresPiece(v variable, c byte, pad Pad, width int, source string, pos int) piece {
	p := piece{Element: Element{Kind: v.kind, Layout: v.layout, Dictionary: v.flags&few != 0, EmptyNull: true, Source: source, Pos: pos}, key: string(c), names: []string{v.column}}
	if p.Kind == KindLiteral {
		p.Kind = KindText
	}
	if width > 0 {
		p.Pad, p.PadWidth, p.PadBytes = pad, width, true
	}
	switch c {
	case 'u', 'd':
		p.NoBlank = true
	case 't', 'm', 'n':
		p.names = append(p.names, "time_"+string(c))
	case 'h':
		p.names = append(p.names, "client_host")
	}
	return p
}
