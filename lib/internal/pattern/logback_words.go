package pattern

import "strings"

// conversionWord is what a conversion writes.
type conversionWord struct {
	column string
	kind   Kind
	role   role
	colour bool
}

type role uint8

const (
	plainRole role = iota
	levelRole
	timeRole
	messageRole
	mdcRole       // of a key in braces
	wrapRole      // what is in brackets or braces behind it stands for itself
	newlineRole   // the end of the line
	exceptionRole // on lines of their own, or nothing
	maybeRole     // what is in braces behind it, or nothing
	bracketRole   // a name in brackets and a blank behind it, or nothing
	uselessRole   // of what cannot be told from a line
)

// logbackColours write the control sequences of terminals around what is in them, to a file too. Spring Boot's clr does so on a terminal only.
const logbackColours = "highlight style black red green yellow blue magenta cyan white gray boldRed boldGreen boldYellow boldBlue boldMagenta boldCyan boldWhite"

var logbackWords = func() map[string]conversionWord {
	words := map[string]conversionWord{}
	for names, c := range map[string]conversionWord{
		"d date":                  {column: "time", kind: KindTime, role: timeRole},
		"p le level":              {column: "level", kind: KindText, role: levelRole},
		"t tn thread threadName":  {column: "thread", kind: KindText, role: plainRole},
		"T tid threadId":          {column: "tid", kind: KindInt, role: plainRole},
		"tp threadPriority":       {column: "thread_priority", kind: KindInt, role: plainRole},
		"c lo logger":             {column: "logger", kind: KindText, role: plainRole},
		"C class":                 {column: "class", kind: KindText, role: plainRole},
		"M method":                {column: "function", kind: KindText, role: plainRole},
		"L line":                  {column: "line", kind: KindInt, role: plainRole},
		"F file":                  {column: "file", kind: KindText, role: plainRole},
		"l location caller":       {column: "location", kind: KindText, role: plainRole},
		"m msg message":           {column: "message", kind: KindText, role: messageRole},
		"r relative":              {column: "uptime_duration", kind: KindDuration, role: plainRole},
		"X mdc MDC":               {column: "mdc", kind: KindText, role: mdcRole},
		"x NDC":                   {column: "context", kind: KindText, role: messageRole},
		"K map MAP":               {column: "map", kind: KindText, role: mdcRole},
		"kvp":                     {column: "key_values", kind: KindText, role: messageRole},
		"property":                {column: "property", kind: KindText, role: mdcRole},
		"marker markerSimpleName": {column: "marker", kind: KindText, role: messageRole},
		"contextName cn":          {column: "context_name", kind: KindText, role: plainRole},
		"sn sequenceNumber":       {column: "sequence", kind: KindInt, role: plainRole},
		"N nano nanotime":         {column: "nanotime", kind: KindInt, role: plainRole},
		"u uuid":                  {column: "uuid", kind: KindText, role: plainRole},
		"pid processId":           {column: "pid", kind: KindInt, role: plainRole},
		"fqcn":                    {column: "fqcn", kind: KindText, role: plainRole},
		"endOfBatch":              {column: "end_of_batch", kind: KindBool, role: plainRole},
		"node_name":               {column: "node", kind: KindText, role: plainRole}, // of Elasticsearch and OpenSearch, as the two below
		"cluster_name":            {column: "cluster", kind: KindText, role: plainRole},
		"node_id":                 {column: "node_id", kind: KindText, role: plainRole},
		"s":                       {column: "message", kind: KindText, role: messageRole}, // of JBoss LogManager (WildFly, Quarkus), as the next
		"e E":                     {role: exceptionRole},
		"n":                       {role: newlineRole},
		"ex exception throwable xEx xException xThrowable xwEx xwException xwThrowable rEx rException rootException wEx wex wThrowable consoleException": {role: exceptionRole},
		"nopex nopexception":                      {role: exceptionRole},
		"clr replace enc encode maxLen maxLength": {role: wrapRole},
		logbackColours:                            {role: wrapRole},
		"notEmpty varsNotEmpty variablesNotEmpty": {role: maybeRole},
		"esb":                     {role: bracketRole},
		"applicationName":         {column: "app", role: bracketRole},
		"applicationGroup":        {column: "app_group", role: bracketRole},
		"equals equalsIgnoreCase": {role: uselessRole},
	} {
		for _, name := range strings.Fields(names) {
			c.colour = names == logbackColours
			words[name] = c
		}
	}
	return words
}()

// LogbackColours tells whether the writer puts the control sequences of terminals into its lines.
func LogbackColours(text string) bool {
	l := logback{format: plain(text, 0)}
	for i := 0; i < len(text); i++ {
		if text[i] != '%' {
			continue
		}
		at, _, _, err := l.alignment(i+1, len(text))
		if err != nil {
			continue
		}
		name := l.name(at, len(text))
		options, _ := l.options(at+len(name), len(text))
		if logbackWords[name].colour || levelColour(name, options) {
			return true
		}
	}
	return false
}

// levelColour is JBoss's %K{level}, which colours what follows.
func levelColour(name string, options []string) bool {
	return name == "K" && len(options) == 1 && options[0] == "level"
}
