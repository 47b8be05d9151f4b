package pattern

import "strings"

// conversionWord is what a conversion writes.
type conversionWord struct {
	column string
	kind   Kind
	role   role
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

var logbackWords = func() map[string]conversionWord {
	words := map[string]conversionWord{}
	for names, c := range map[string]conversionWord{
		"d date":                  {"time", KindTime, timeRole},
		"p le level":              {"level", KindText, levelRole},
		"t tn thread threadName":  {"thread", KindText, plainRole},
		"T tid threadId":          {"tid", KindInt, plainRole},
		"tp threadPriority":       {"thread_priority", KindInt, plainRole},
		"c lo logger":             {"logger", KindText, plainRole},
		"C class":                 {"class", KindText, plainRole},
		"M method":                {"function", KindText, plainRole},
		"L line":                  {"line", KindInt, plainRole},
		"F file":                  {"file", KindText, plainRole},
		"l location caller":       {"location", KindText, plainRole},
		"m msg message":           {"message", KindText, messageRole},
		"r relative":              {"uptime_duration", KindDuration, plainRole},
		"X mdc MDC":               {"mdc", KindText, mdcRole},
		"x NDC":                   {"context", KindText, messageRole},
		"K map MAP":               {"map", KindText, mdcRole},
		"kvp":                     {"key_values", KindText, messageRole},
		"property":                {"property", KindText, mdcRole},
		"marker markerSimpleName": {"marker", KindText, messageRole},
		"contextName cn":          {"context_name", KindText, plainRole},
		"sn sequenceNumber":       {"sequence", KindInt, plainRole},
		"N nano nanotime":         {"nanotime", KindInt, plainRole},
		"u uuid":                  {"uuid", KindText, plainRole},
		"pid processId":           {"pid", KindInt, plainRole},
		"fqcn":                    {"fqcn", KindText, plainRole},
		"endOfBatch":              {"end_of_batch", KindBool, plainRole},
		"node_name":               {"node", KindText, plainRole}, // of Elasticsearch and OpenSearch, as the two below
		"cluster_name":            {"cluster", KindText, plainRole},
		"node_id":                 {"node_id", KindText, plainRole},
		"n":                       {role: newlineRole},
		"ex exception throwable xEx xException xThrowable xwEx xwException xwThrowable rEx rException rootException wEx wex wThrowable consoleException": {role: exceptionRole},
		"nopex nopexception": {role: exceptionRole},
		"clr highlight style replace enc encode maxLen maxLength":                                                                  {role: wrapRole},
		"black red green yellow blue magenta cyan white gray boldRed boldGreen boldYellow boldBlue boldMagenta boldCyan boldWhite": {role: wrapRole},
		"notEmpty varsNotEmpty variablesNotEmpty":                                                                                  {role: maybeRole},
		"esb":                     {role: bracketRole},
		"applicationName":         {column: "app", role: bracketRole},
		"applicationGroup":        {column: "app_group", role: bracketRole},
		"equals equalsIgnoreCase": {role: uselessRole},
	} {
		for _, name := range strings.Fields(names) {
			words[name] = c
		}
	}
	return words
}()
