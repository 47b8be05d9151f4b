package pattern

import (
	"strconv"
	"strings"
)

var lineKinds = map[string]Kind{"text": KindText, "word": KindText, "rest": KindText, "level": KindText, "int": KindInt, "uint": KindUint, "float": KindFloat, "bool": KindBool,
	"hex": KindHex, "size": KindSize, "ip": KindIP, "duration": KindDuration, "host_port": KindHostPort, "ip_port": KindIPPort, "host_paren": KindHostParen, "tag": KindTag, "with_json": KindWithJSON, "split": KindDotted,
	"priority": KindPriority, "request": KindRequest, "commas": KindText, "blanks": KindText, "bars": KindText, "upstreams": KindText, "more": KindRest, "pairs": KindPairs, "took": KindTook}

// lineType gives e its type and what the words behind that say.
func lineType(e *Element, kind, arg string) *Error {
	var known bool
	if e.Kind, known = lineKinds[kind]; !known {
		return &Error{e.Pos, "unknown type " + shorten(kind), "known are text, word, rest, level, timestamp, duration, int, uint, float, bool, hex, ip, host_port, ip_port, host_paren, tag, split, with_json, priority, request, commas, blanks, bars, upstreams, more, pairs, took"}
	}
	if e.Kind == KindWithJSON {
		e.MayBeEmpty = true
		e.Port, e.Third, _ = strings.Cut(e.Port, ",")
		e.Third, e.Fourth, _ = strings.Cut(e.Third, ",")
	}
	two := e.Kind == KindWithJSON || e.Kind == KindPriority || e.Kind == KindHostPort || e.Kind == KindIPPort || e.Kind == KindHostParen || e.Kind == KindTag || e.Kind == KindDotted || e.Kind == KindTook
	if e.Kind == KindPriority && e.Port == "" {
		two = false
	}
	if two != (e.Port != "") || strings.Contains(e.Port+e.Fourth, ",") {
		return &Error{e.Pos, shorten(e.Source) + " has the wrong number of names", "host_port, ip_port, host_paren, tag, priority and split have two: {client,client_port:host_port}, with_json two to four; all others have one"}
	}
	if e.Kind == KindRequest && e.Field != "" {
		return &Error{e.Pos, shorten(e.Source) + " has a name, but a request has the columns method, target, protocol and request", "{:request}"}
	}
	switch kind {
	case "pairs":
		return linePairs(e, arg)
	case "commas", "blanks", "bars", "upstreams":
		e.List, e.Item = lineLists[kind], KindText
	case "word":
		e.NoBlank = true
	case "rest":
		e.MayBeEmpty = true
	case "level":
		e.NoBlank, e.Dictionary, e.Level = true, true, true
		if e.Field != "" {
			e.Severity = "severity"
		}
	case "split":
		e.Set, arg, _ = strings.Cut(arg, " ")
		if len(e.Set) != 1 {
			return &Error{e.Pos, "split takes the byte to split at", "{thread,logger:split :}"}
		}
	case "duration":
		if e.Layout, arg, _ = strings.Cut(arg, " "); e.Layout == "" {
			e.Layout = "s"
		}
		if e.Layout != "s" && e.Layout != "ms" && e.Layout != "us" && e.Layout != "ns" && e.Layout != ClockSpan {
			return &Error{e.Pos, "a duration is in s, ms, us, ns or hms, not " + shorten(e.Layout), ""}
		}
	}
	for word := range strings.SplitSeq(arg, " ") {
		if word != "" && !lineWord(e, kind, word) {
			return &Error{e.Pos, shorten(e.Source) + ": unknown word " + shorten(word), "known are null=-, empty=null, trim, cell; for a text escape=json, escape=backslash, few, is=A|B, not=C, has=C, begins=TEXT, last, width=N; for a level known, any, and WORD=0 to WORD=7, WORD of up to 24 bytes, in which _ is a blank"}
		}
	}
	return nil
}

// MostOfLevel is how long a word for a level may be.
const MostOfLevel = 24

// lineWord takes in one word behind a type.
func lineWord(e *Element, kind, word string) bool {
	key, value, _ := strings.Cut(word, "=")
	switch {
	case key == "width":
		n, err := strconv.Atoi(value)
		e.Width, e.Exact = n, true
		return err == nil && n > 0 && n <= 1<<16 && e.Kind == KindText
	case kind == "level" && len(value) == 1 && value >= "0" && value <= "7" && key != "" && len(key) <= MostOfLevel:
		if e.Levels == nil {
			e.Levels = map[string]uint8{}
		}
		words := strings.ReplaceAll(strings.ToLower(key), "_", " ")
		e.NoBlank = e.NoBlank && !strings.Contains(words, " ")
		e.Levels[words] = value[0] - '0'
	case kind == "level" && word == "known":
		e.Known = true
	case key == "is" && value != "" && kind != "level" && e.Kind == KindText:
		e.Values = strings.Split(value, "|")
	case key == "null" && value != "":
		e.Null = value
	case word == "empty=null":
		e.EmptyNull = true
	case word == "trim":
		e.Trim = true
	case word == "cell":
		e.Cell, e.EmptyNull = true, true
	case word == "empty" && e.List != NoList:
		e.NullEmpty = true
	case word == "empty" && e.Kind == KindText:
		e.MayBeEmpty = true
	case word == "cut":
		e.Cut = true
	case word == "dashes" && e.Kind == KindRequest:
		e.Dashes = true
	case key == "begins" && value != "" && e.Kind == KindText:
		e.Begins = value
	case word == "int" && e.List != NoList:
		e.Item = KindInt
	case (word == "s" || word == "ms") && e.List != NoList:
		e.Item, e.Layout = KindDuration, word
	case key == "has" && value != "" && (e.Kind == KindText || e.Kind == KindDuration):
		e.Has = value
	case key == "not" && value != "" && e.Kind == KindText:
		e.Not = value
	case word == "any" && kind == "level":
		e.AnyLevel = true
	case word == "escape=json" && e.Kind == KindText:
		e.Escape = EscapeJSON
	case word == "escape=backslash" && e.Kind == KindText:
		e.Escape = EscapeBackslash
	case word == "few" && e.Kind == KindText:
		e.Dictionary = true
	case word == "last" && e.Kind == KindText:
		e.Last = true
	default:
		return false
	}
	return true
}
