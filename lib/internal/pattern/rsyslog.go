package pattern

import (
	"slices"
	"strings"
)

// CompileRsyslog makes a tree of a template of rsyslog: constant text and properties, %TIMESTAMP% %HOSTNAME% %syslogtag%%msg%\n. text is
// the template's string, the statement around it (template(... string="...") or $template NAME,"..."), or the name of one of rsyslog's own
// (RSYSLOG_TraditionalFileFormat, RSYSLOG_FileFormat ...). Of the property replacer the dates and what does not change the text are
// understood. The error is an *Error.
func CompileRsyslog(text string) (*Tree, error) {
	return public(compileRsyslog(text))
}

// rsyslogTemplates are rsyslog's own (https://www.rsyslog.com/doc/configuration/templates.html).
var rsyslogTemplates = map[string]string{
	"RSYSLOG_TraditionalFileFormat":    `%TIMESTAMP% %HOSTNAME% %syslogtag%%msg:::sp-if-no-1st-sp%%msg:::drop-last-lf%\n`,
	"RSYSLOG_SysklogdFileFormat":       `%TIMESTAMP% %HOSTNAME% %syslogtag%%msg:::sp-if-no-1st-sp%%msg%\n`,
	"RSYSLOG_FileFormat":               `%TIMESTAMP:::date-rfc3339% %HOSTNAME% %syslogtag%%msg:::sp-if-no-1st-sp%%msg:::drop-last-lf%\n`,
	"RSYSLOG_TraditionalForwardFormat": `<%PRI%>%TIMESTAMP% %HOSTNAME% %syslogtag:1:32%%msg:::sp-if-no-1st-sp%%msg%`,
	"RSYSLOG_ForwardFormat":            `<%PRI%>%TIMESTAMP:::date-rfc3339% %HOSTNAME% %syslogtag:1:32%%msg:::sp-if-no-1st-sp%%msg%`,
	"RSYSLOG_SyslogProtocol23Format":   `<%PRI%>1 %TIMESTAMP:::date-rfc3339% %HOSTNAME% %APP-NAME% %PROCID% %MSGID% %STRUCTURED-DATA% %msg%\n`,
}

// rsyslogProperties are the properties by their name in small letters.
var rsyslogProperties = map[string]variable{
	"timestamp": {column: "time", kind: KindTime}, "timereported": {column: "time", kind: KindTime}, "timegenerated": {column: "time", kind: KindTime, rank: 1},
	"hostname": {column: "host"}, "source": {column: "host"}, "fromhost": {column: "sender"}, "fromhost-ip": {column: "sender_ip"},
	"programname": {column: "app", rank: 1}, "app-name": {column: "app"}, "procid": {column: "pid"}, "msgid": {column: "msgid"}, "syslogtag": {column: "app", kind: KindTag, rank: -1},
	"structured-data": {column: "structured_data"}, "protocol-version": {column: "version", kind: KindUint},
	"pri": {column: "facility", kind: KindPriority, rank: -1}, "pri-text": {column: "priority", flags: few},
	"syslogfacility": {column: "facility", kind: KindUint}, "syslogfacility-text": {column: "facility_text", flags: few},
	"syslogseverity": {column: "severity", kind: KindUint}, "syslogseverity-text": {column: "severity_text", flags: few},
	"syslogpriority": {column: "severity", kind: KindUint, rank: 1}, "syslogpriority-text": {column: "severity_text", flags: few, rank: 1},
	"msg": {column: "message"}, "rawmsg": {column: "raw_message"}, "rawmsg-after-pri": {column: "raw_message", rank: 1}, "inputname": {column: "input", flags: few}, "uuid": {column: "uuid"},
}

// rsyslogDates are the layouts of dates by the property's option.
var rsyslogDates = map[string]string{"": "%b %e %H:%M:%S", "date-rfc3164": "%b %e %H:%M:%S", "date-rfc3164-buggyday": "%b %d %H:%M:%S", "date-rfc3339": "rfc3339",
	"date-mysql": "%Y%m%d%H%M%S", "date-pgsql": "%Y-%m-%d %H:%M:%S", "date-unixtimestamp": "unix_s"}

// rsyslogParts are options that write a part of a date, which is a text of its own.
const rsyslogParts = " date-year date-month date-day date-hour date-minute date-second date-subseconds date-tzoffshour date-tzoffsmin date-tzoffsdirection date-ordinal date-week date-wday date-wdayname "

// rsyslogSame are options that leave the text as it is, or make it a little other.
const rsyslogSame = " uppercase lowercase compressspace drop-last-lf drop-cc escape-cc space-cc sp-if-no-1st-sp csv json jsonf pos-end-relative date-utc "

func compileRsyslog(text string) (*Tree, *Error) {
	format, err := rsyslogFormat(text)
	if err == nil {
		err = format.oneLine()
	}
	if err != nil {
		return nil, err
	}
	a := assembler{hint: "take one of the two out of this definition"}
	for i := 0; i < len(format.text); {
		switch c := format.text[i]; {
		case c == '%' && i+1 < len(format.text) && format.text[i+1] == '%':
			a.text(format.text[i:i+1], format.at(i))
			i += 2
		case c == '%':
			next, err := rsyslogProperty(&a, &format, i)
			if err != nil {
				return nil, err
			}
			i = next
		default:
			a.text(format.text[i:i+1], format.at(i))
			i++
		}
	}
	tree, err := a.tree()
	if err != nil {
		return nil, err
	}
	rsyslogSeconds(tree.Elements)
	atEnds(tree.Elements, len(text))
	return tree, nil
}

// rsyslogFormat finds the template's string in text.
func rsyslogFormat(text string) (source, *Error) {
	trimmed := strings.TrimRight(text, " \t\r\n")
	i := skipBlanks(trimmed, 0)
	if known, ok := rsyslogTemplates[trimmed[min(i, len(trimmed)):]]; ok {
		return rsyslogString(known, 0), nil
	}
	open := -1
	switch rest := trimmed[i:]; {
	case strings.HasPrefix(rest, "template("):
		at := strings.Index(rest, "string=")
		if at < 0 {
			return source{}, &Error{i, "a template without a string", `template(name="x" type="string" string="%msg%\n")`}
		}
		open = i + at + len("string=")
	case strings.HasPrefix(rest, "$template"):
		if open = strings.IndexByte(trimmed, ','); open < 0 {
			return source{}, &Error{i, "$template without a string", `$template NAME,"%msg%\n"`}
		}
		open = skipBlanks(trimmed, open+1)
	default:
		return rsyslogString(trimmed[i:], i), nil
	}
	if open == len(trimmed) || trimmed[open] != '"' {
		return source{}, &Error{open, "the template's string stands between double quotes", `string="%msg%\n"`}
	}
	end := closing(trimmed, open)
	if end < 0 {
		return source{}, &Error{open, "a quote that is not closed", ""}
	}
	return rsyslogString(trimmed[open+1:end], open+1), nil
}

// rsyslogString undoes the escapes of a template's string; the line feed at its end is the line's.
func rsyslogString(text string, offset int) source {
	s := plain(text, offset).unescape(`"'\%`, "n\nt\tr\r")
	for n := len(s.text); n > 0 && s.text[n-1] == '\n'; n = len(s.text) {
		s.text, s.pos = s.text[:n-1], s.pos[:n-1]
	}
	return s
}

// rsyslogProperty reads %name:from:to:options% at i.
func rsyslogProperty(a *assembler, format *source, i int) (int, *Error) {
	text, pos := format.text, format.at(i)
	end := literalEnd(text, i+1, '%')
	if end == len(text) {
		return 0, &Error{pos, "a percent sign that opens a property is not closed", "write %msg%; the sign itself is written %%"}
	}
	parts := strings.SplitN(string(text[i+1:end]), ":", 4)
	name := strings.ToLower(parts[0])
	v, known := rsyslogProperties[name]
	p := piece{Element: Element{Kind: v.kind, Null: "-", EmptyNull: true, Dictionary: v.flags&few != 0, Source: string(text[i : end+1]), Pos: pos}, key: string(text[i:end]), names: []string{v.column, snake(name)}, rank: v.rank}
	if !known {
		own := strings.Trim(snake(strings.TrimLeft(name, "$!.")), "_")
		if name == "" || name[0] != '$' || own == "" {
			return 0, &Error{pos, "unknown property " + shorten(parts[0]), "known are msg hostname programname app-name procid msgid syslogtag timestamp timegenerated pri syslogseverity syslogfacility structured-data fromhost fromhost-ip and $!variables"}
		}
		p.names, p.rank = []string{own}, guest
	}
	if p.Kind == KindLiteral {
		p.Kind = KindText
	}
	rest := name == "msg" && len(parts) > 2 && parts[1] == "2" // all but the blank that it begins with
	if len(parts) > 1 && parts[1] != "" && parts[1] != "1" && !rest || len(parts) > 2 && len(parts[1]) == 0 && parts[2] != "" {
		return 0, &Error{pos, "a piece of a property, or a regular expression: " + shorten(p.Source), "give the whole property: %name% or %name:::option%"}
	}
	options, outname := "", strings.TrimLeft(parts[0], "$!.")
	if len(parts) > 3 {
		var named bool
		if options, parts[3], named = strings.Cut(parts[3], ":"); named && parts[3] != "" {
			outname = parts[3]
		}
		options = strings.ToLower(options)
	}
	for _, option := range strings.Split(options, ",") {
		if option != "" && p.Kind == KindTime && strings.Contains(rsyslogParts, " "+option+" ") {
			p.Kind, p.names, p.rank = KindText, []string{snake(name) + "_" + strings.TrimPrefix(option, "date-")}, guest
			a.value(p)
			return end + 1, nil
		}
		if _, date := rsyslogDates[option]; !date && !strings.Contains(rsyslogSame, " "+option+" ") {
			return 0, &Error{pos, "unknown option " + shorten(option) + " of a property", "dates: date-rfc3164, date-rfc3339, date-mysql, date-pgsql, date-unixtimestamp"}
		}
		if p.Kind == KindTime && p.Layout == "" {
			p.Layout = rsyslogDates[option]
			p.Width = fixedTime(p.Layout)
		}
		if option == "sp-if-no-1st-sp" { // this blank and nothing more
			a.text([]byte{' '}, pos)
			return end + 1, nil
		}
	}
	rsyslogPiece(a, &p, name, rest)
	rsyslogWritten(a, &p, strings.Split(options, ","), outname)
	return end + 1, nil
}

// rsyslogWritten adds a value as one of its options has it: json escapes, jsonf writes "name":"value", csv puts quotes around it.
func rsyslogWritten(a *assembler, p *piece, options []string, outname string) {
	if slices.Contains(options, "csv") {
		p.Cell = true
	}
	field := slices.Contains(options, "jsonf")
	if (field || slices.Contains(options, "json")) && p.Kind == KindText {
		p.Escape = EscapeJSON
	}
	if !field {
		a.value(*p)
		return
	}
	a.text([]byte(`"`+outname+`":"`), p.Pos)
	a.value(*p)
	a.text([]byte{'"'}, p.Pos)
}

// rsyslogPiece sets what is special about a property.
func rsyslogPiece(a *assembler, p *piece, name string, rest bool) {
	switch name {
	case "msg":
		p.Null, p.EmptyNull, p.MayBeEmpty = "", false, true
		// rsyslog's message begins with the blank behind the tag.
		if n := len(a.pieces); !rest && len(a.run) == 0 && n > 0 && a.pieces[n-1].Kind == KindTag {
			a.text([]byte{' '}, p.Pos)
		}
	case "rawmsg", "rawmsg-after-pri":
		p.Null, p.EmptyNull, p.MayBeEmpty = "", false, true
	case "structured-data":
		p.Open, p.Close, p.Brackets = "[", "]", true
	case "timestamp", "timereported", "timegenerated":
		p.Null, p.key = "", "time "+p.Layout+name
		if name == "timegenerated" {
			p.names[1] = "received_time"
		}
		if p.Layout == "rfc3339" {
			p.Width = 0
		}
	}
}

// rsyslogSeconds names the second columns of tags and priorities, where they are free.
func rsyslogSeconds(elements []Element) {
	taken := map[string]bool{}
	for i := range elements {
		taken[elements[i].Field] = true
	}
	for i := range elements {
		e := &elements[i]
		switch {
		case e.Kind == KindTag && e.Field == "app" && !taken["pid"]:
			e.Port, taken["pid"] = "pid", true
		case e.Kind == KindPriority && e.Field == "facility" && !taken["severity"]:
			e.Port, taken["severity"] = "severity", true
		}
	}
}
