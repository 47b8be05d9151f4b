package pattern

import (
	"slices"
	"strings"
)

// Groups of the language line: {! !}, {[ ]} and {* *}, with {|} between what they choose from.

// closes tells whether rest begins with what closes the group that is open, or with the sign between its parts.
func (p *linePattern) closes(rest string) bool {
	n := len(p.groups)
	return n > 0 && (strings.HasPrefix(rest, "{|}") || len(rest) > 1 && rest[0] == p.groups[n-1] && rest[1] == '}')
}

// lineChoices are the groups by what opens and what closes them.
var lineChoices = map[byte]struct {
	choice Choice
	closer byte
}{'!': {One, '!'}, '[': {Maybe, ']'}, '*': {Any, '*'}}

// deepest is how far groups may stand inside each other.
const deepest = 24

// group reads a group. Parts that may be missing in the other way, {? ?}, and times of several layouts make more parts of it.
func (p *linePattern) group() (*lineNode, *Error) {
	at := p.i
	how := lineChoices[p.text[at+1]]
	e := Element{Kind: KindGroup, Choice: how.choice, Pos: at}
	if len(p.groups) == deepest {
		return nil, p.fail(at, "", "groups stand more than %d deep inside each other", deepest)
	}
	p.groups = append(p.groups, how.closer)
	for p.i = at + 2; ; p.i += len("{|}") {
		nodes, err := p.nodes(false)
		if err != nil {
			return nil, err
		}
		if p.i == len(p.text) {
			return nil, p.fail(at, "a group is written {! a {|} b !}, {[ a {|} b ]} or {* a {|} b *}", "a group that is not closed")
		}
		for _, elements := range variants(nodes) {
			t, err := lineTree(elements, p.number, true, false)
			if err != nil {
				return nil, err
			}
			e.Groups = append(e.Groups, *t)
		}
		if !strings.HasPrefix(p.text[p.i:], "{|}") {
			break
		}
	}
	p.groups = p.groups[:len(p.groups)-1]
	p.i += 2
	e.Source = lineSource(p.text[at:p.i])
	if len(e.Groups) > mostVariants {
		return nil, p.fail(at, "", "more than %d forms in a group", mostVariants)
	}
	if len(e.Groups) > mostInGroup && e.Choice == Any {
		return nil, p.fail(at, "", "more than %d forms in any order", mostInGroup)
	}
	e.nest()
	return &lineNode{element: e}, nil
}

// mostInGroup is how many sequences a group can choose from.
const mostInGroup = 64

// nest makes a group of its own of those that are too many.
func (e *Element) nest() {
	if len(e.Groups) <= mostInGroup {
		return
	}
	inner := Element{Kind: KindGroup, Choice: One, Groups: slices.Clone(e.Groups[mostInGroup-1:]), Source: e.Source, Pos: e.Pos}
	inner.nest()
	e.Groups = append(e.Groups[:mostInGroup-1:mostInGroup-1], Tree{Elements: []Element{inner}})
}

// value tells whether e is a value that takes text of the line up to what follows it.
func (e *Element) value() bool {
	return e.Kind != KindLiteral && e.Kind != KindGroup && e.Kind != KindConstant && e.Kind != KindRest && !e.Whole
}

// lineMacros are patterns by name; @ stands for the argument.
var lineMacros = map[string]string{
	// RFC 3164 and its kin: priority, time, host, perhaps facility and level as words, app[pid] and a colon. All but the time may be missing. Or RFC 5424.
	// OpenWrt's logread has facility and level instead of the host, FreeBSD's syslogd in front of it.
	"syslog": syslogTime + `{!{host} {app}[{pid:int}]: {|}{host} {app}: {|}{host} {}.{:word is=emerg|alert|crit|err|error|warn|warning|notice|info|debug} {app}[{pid:int}]: ` +
		`{|}{host} {}.{:word is=emerg|alert|crit|err|error|warn|warning|notice|info|debug} {app}: {|}{app}[{pid:int}]: {|}{app}: {|}{host} {app} ` + syslogRest + `{|}{host} !}`,
	// The same of certain programs.
	"syslog_of": syslogTime + `{!{host} {app:word is=#}[{pid:int}]: {|}{host} {app:word is=#}: {|}{app:word is=#}[{pid:int}]: {|}{app:word is=#}: {|}{host} {app:word is=#} ` + syslogRest + `!}`,
}

// syslogRest is what RFC 5424 has between the app and the message.
const syslogRest = `{pid:int null=-} {:word} {!- {|}[{:text}] !}`

const syslogTime = `{[<{:int}>{[1 ]}]}{!{@:timestamp %b %e %H:%M:%S} {|}{@:timestamp %b %e %H:%M:%S.%f} {|}{@:timestamp %b %e %Y %H:%M:%S} {|}{@:timestamp rfc3339} ` +
	`{|}{@:timestamp %Y-%m-%d %H:%M:%S} {|}{@:timestamp %a %b %e %H:%M:%S %Y} {}.{:word is=emerg|alert|crit|err|warn|notice|info|debug} !}{[<{:word not=>}> ]}`

// macro reads {@NAME TIME} and {@NAME TIME PROGRAMS}.
func (p *linePattern) macro() ([]*lineNode, *Error) {
	at := p.i
	end := strings.IndexByte(p.text[at:], '}')
	if end < 0 {
		return nil, p.fail(at, lineField, "{ is not closed")
	}
	name, argument, _ := strings.Cut(p.text[at+2:at+end], " ")
	body, known := lineMacros[name]
	if !known {
		return nil, p.fail(at, "{@syslog time}, {@syslog_of time sshd|sudo}", "unknown pattern @%s", shorten(name))
	}
	argument, programs, _ := strings.Cut(argument, " ")
	if argument == "" {
		argument = "time"
	}
	if strings.Contains(body, "#") != (programs != "") {
		return nil, p.fail(at, "{@syslog time}, {@syslog_of time sshd|sudo}", "@%s and its arguments do not go together", name)
	}
	if snake(argument) != argument {
		return nil, p.fail(at, "a name is made of small letters, digits and _", "%q is no name of a field", argument)
	}
	inner := linePattern{text: strings.NewReplacer("@", argument, "#", programs).Replace(body), number: p.number}
	nodes, err := inner.nodes(false)
	if err != nil {
		return nil, p.fail(at, err.Hint, "%s", err.Message)
	}
	for i := range nodes {
		nodes[i].setPos(at)
	}
	p.i += end + 1
	return nodes, nil
}

// setPos gives what a macro stands for the macro's place.
func (n *lineNode) setPos(at int) {
	n.element.setPos(at)
	for _, nodes := range n.choice {
		for i := range nodes {
			nodes[i].setPos(at)
		}
	}
}

func (e *Element) setPos(at int) {
	e.Pos = at
	for g := range e.Groups {
		for i := range e.Groups[g].Elements {
			e.Groups[g].Elements[i].setPos(at)
		}
	}
}

var lineLists = map[string]List{"commas": CommaList, "blanks": BlankList, "bars": PipeList, "upstreams": UpstreamList}

// linePairs reads what becomes of pairs: {rest:pairs KEY=FIELD KEY=FIELD:TYPE ... flags=FIELD:A,B words=KEY audit}. Several fields of a key,
// with commas between, are the parts of its value. Keys without a field go to the map rest, if there is a name; words without a value that are
// among the flags to the list FIELD, others under KEY to the map. audit: texts may be in hexadecimal digits, and pairs inside quotes;
// arguments: so may those of a0, a1 ...
func linePairs(e *Element, arg string) *Error {
	e.Pairs = &Pairs{}
	for a := range strings.FieldsSeq(arg) {
		key, to, _ := strings.Cut(a, "=")
		switch {
		case a == "audit" || a == "arguments":
			e.Pairs.Audit = true
			e.Pairs.Arguments = e.Pairs.Arguments || a == "arguments"
			continue
		case key == "words" && to != "":
			e.Pairs.Words = to
			continue
		case key == "flags":
			name, flags, _ := strings.Cut(to, ":")
			if name == "" || flags == "" || snake(name) != name {
				return &Error{e.Pos, "flags are written flags=FIELD:A,B", ""}
			}
			e.Pairs.FlagList, e.Pairs.Flags = name, strings.Split(flags, ",")
			continue
		}
		pair := Pair{Key: key}
		for part := range strings.SplitSeq(to, ",") {
			name, kind, _ := strings.Cut(part, ":")
			field := Element{Field: name, Source: key, Pos: e.Pos, Kind: KindText}
			if kind != "" {
				field.Kind = lineKinds[kind]
			}
			if key == "" || name == "" || snake(name) != name || !slices.Contains([]Kind{KindText, KindInt, KindUint, KindFloat, KindHex, KindIP, KindBool}, field.Kind) {
				return &Error{e.Pos, "a pair is written KEY=FIELD or KEY=FIELD:TYPE, not " + shorten(a), ""}
			}
			pair.Parts = append(pair.Parts, field)
		}
		e.Pairs.Keys = append(e.Pairs.Keys, pair)
	}
	return nil
}
