package main

// A benchCase is one table.
type benchCase struct {
	name       string
	kind       string // what the generator writes
	definition string // how sawlog reads it
	check      string // see package report
	today      string // the contender that the others are compared with: what one would write in Python
	perLine    bool   // the input is small and the table shows microseconds a line
	note       string // under the table's title
}

const (
	accessCheck = "sum:bytes is:status:200 chars:target span:time"
	eventCheck  = "sum:user_id sum:latency_ms is:level:error chars:path span:time"
	grokFields  = `"fields": {"bytes": "int", "response": "int", "timestamp": "timestamp %d/%b/%Y:%H:%M:%S %z"}`
)

// cases are the tables in their order.
var cases = []benchCase{
	{name: "combined", kind: "combined", definition: `{"format": "combined"}`, check: accessCheck, today: "Python re, strptime"},
	{name: "combined-gz", kind: "combined", definition: `{"format": "combined"}`, check: accessCheck, today: "Python re, strptime"},
	{name: "combined-real", definition: `{"format": "combined"}`, check: accessCheck, today: "Python re, strptime"},
	{name: "ndjson", kind: "ndjson", definition: `{"json": {}, "fields": {"time": "timestamp"}}`, check: eventCheck, today: "Python json.loads"},
	{name: "ndjson-deep", kind: "ndjson-deep", definition: `{"json": {}, "fields": {"time": "timestamp"}}`, today: "Python json.loads",
		check: "sum:requests.total sum:upstreams.pay.traffic.sent sum:caches.pages.ratio is:upstreams.tax.state:up span:time"},
	{name: "ndjson-shapes", kind: "ndjson-shapes", definition: `{"json": {}, "fields": {"time": "timestamp"}}`, check: eventCheck, today: "Python json.loads", note: "Ten thousand sets of keys."},
	{name: "ndjson-escapes", kind: "ndjson-escapes", definition: `{"json": {}, "fields": {"time": "timestamp"}}`, check: eventCheck, today: "Python json.loads", note: "A page of escapes in every line."},
	{name: "logfmt", kind: "logfmt", definition: `{"logfmt": {}, "fields": {"time": "timestamp", "user_id": "int", "latency_ms": "float"}}`, check: eventCheck, today: "Python re, findall"},
	{name: "syslog3164", kind: "syslog3164", definition: `{"syslog": {}, "year": 2026}`, check: "sum:severity chars:app chars:message span:time", today: "Python re, strptime"},
	{name: "syslog5424", kind: "syslog5424", definition: `{"syslog": {"rfc": 5424}}`, check: "sum:severity chars:msgid chars:message params:structured_data span:time", today: "Python re, strptime"},
	{name: "pattern", kind: "pattern", definition: `{"logback": "%d{yyyy-MM-dd HH:mm:ss,SSS} %-5p [%t] %c: %m%n"}`, check: "is:level:ERROR chars:logger chars:message span:time", today: "Python re, strptime"},
	{name: "grok", kind: "combined", definition: `{"grok": "%{COMBINEDAPACHELOG}", ` + grokFields + `}`, check: "sum:bytes is:response:200 chars:request span:timestamp", today: "Python re, the expanded pattern"},
	{name: "grok-chain", kind: "grok-chain", definition: `{"grok": "%{DATA:a} %{DATA:b} %{DATA:c} %{DATA:d} %{GREEDYDATA:e} \\[%{WORD:f}\\]"}`, check: "chars:a chars:d chars:e chars:f", today: "Python re, the pattern written out",
		note: "One line in twenty does not fit."},
	{name: "cef", kind: "cef", definition: `{"format": "cef"}`, check: "chars:event_id chars:name items:extensions span:time", today: "Python re, strptime"},
	{name: "refuse", kind: "refuse", definition: `{"format": "combined"}`, check: accessCheck, today: "Python re, strptime", note: "No line fits: each lacks its last quote."},
	{name: "rows", kind: "combined", definition: `{"format": "combined"}`, check: "sum:bytes is:status:200 chars:target", today: "Python re, strptime",
		note: "Three fields of each row as values of the language."},
	{name: "rows-json", kind: "combined", definition: `{"format": "combined"}`, check: "", today: "Python re, json.dumps", note: "Each row as JSON text."},
	{name: "templates", kind: "syslog3164", definition: `{"syslog": {}, "year": 2026}`, today: "Python drain3", note: "The template of each message, with its id."},
	{name: "line", kind: "combined", definition: `{"format": "combined"}`, check: "sum:bytes is:status:200 chars:target", today: "Python re, strptime", perLine: true},
}

func findCase(name string) *benchCase {
	for i := range cases {
		if cases[i].name == name {
			return &cases[i]
		}
	}
	return nil
}

func caseNames() []string {
	names := make([]string, len(cases))
	for i := range cases {
		names[i] = cases[i].name
	}
	return names
}
