package sawlog_test

import (
	"strings"
	"testing"

	"github.com/goccy/go-json"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	sawlog "github.com/sawlog/sawlog/lib"
)

// written is a log as its writer makes it by a definition, and the rows that it gives. Without rows it is refused.
type written struct{ definition, log, rows string }

// checkWritten reads each log whole: all of it is records.
func checkWritten(t *testing.T, cases []written) {
	for _, c := range cases {
		parser, err := sawlog.NewParser(c.definition)
		if !assert.NoError(t, err, c.definition) {
			continue
		}
		batch := parser.Parse([]byte(c.log + "\n"))
		if c.rows == "" {
			assert.Positive(t, batch.Rejects(), "%s: %s", c.definition, c.log)
			assert.Zero(t, batch.Len(), "%s: %s", c.definition, c.log)
			batch.Release()
			continue
		}
		var rows []json.RawMessage
		require.NoError(t, json.Unmarshal([]byte("["+c.rows+"]"), &rows), c.rows)
		assert.Zero(t, batch.Rejects(), "%s: %s: %+v", c.definition, c.log, parser.Explain([]byte(c.log)))
		if assert.Equal(t, len(rows), batch.Len(), "%s: %s", c.definition, c.log) {
			for i := range rows {
				assert.JSONEq(t, string(rows[i]), string(batch.AppendJSON(nil, i, true)), c.definition)
			}
		}
		batch.Release()
	}
}

const javaTrace = "\njava.lang.IllegalStateException: x (y)\n\tat a.B.c(B.java:7)\nCaused by: java.io.IOException: y\n\t... 5 more"

func TestLogbackWriters(t *testing.T) {
	stack := `"stack": "` + strings.NewReplacer("\n", `\n`, "\t", `\t`).Replace(javaTrace[1:]) + `"`
	spring := `{"logback": "%clr(%d{${LOG_DATEFORMAT_PATTERN:-yyyy-MM-dd'T'HH:mm:ss.SSSXXX}}){faint} %clr(${LOG_LEVEL_PATTERN:-%5p}) %clr(${PID:-}){magenta} %clr(--- %esb(){APPLICATION_NAME}%esb{APPLICATION_GROUP}[%15.15t] ${LOG_CORRELATION_PATTERN:-}){faint}%clr(%-40.40logger{39}){cyan} %clr(:){faint} %m%n${LOG_EXCEPTION_CONVERSION_WORD:-%wEx}"}`
	checkWritten(t, []written{
		// Blanks that fill up a value of no text at all: threads may have no name.
		{`{"logback": "%5p %15t - %m"}`, " INFO                 - up\n WARN            main - up", `{"level": "INFO", "severity": 6, "message": "up"}, {"level": "WARN", "severity": 4, "thread": "main", "message": "up"}`},
		{`{"logback": "%d{HH:mm:ss} %10X{user} [%4L] %m"}`, "07:09:10            [    ] up", `{"time": "1970-01-01T07:09:10Z", "message": "up"}`},
		{`{"logback": "%p %4L %m"}`, "INFO      up\nINFO   47 up", `{"level": "INFO", "severity": 6, "message": "up"}, {"level": "INFO", "severity": 6, "line": 47, "message": "up"}`},
		// The blanks that fill up a value make the text behind the message, which is the last place of it only in the pattern.
		{`{"logback": "%m \"%-5p\" %c"}`, `not here "INFO " a.B`, `{"message": "not here", "level": "INFO", "severity": 6, "logger": "a.B"}`},
		{`{"logback": "%m : %d{HH:mm:ss}|%-8c: %t"}`, `up : 07:09:10|a.B     : main`, `{"message": "up", "time": "1970-01-01T07:09:10Z", "logger": "a.B", "thread": "main"}`},
		{`{"python_logging": "%(message)s (%(levelname)s) %(threadName)s %(name)s"}`, "up (INFO) Thread-1 (run) shop", `{"message": "up", "level": "INFO", "severity": 6, "thread": "Thread-1 (run)", "logger": "shop"}`},
		// Java counts a character of four bytes as two.
		{`{"logback": "%-8m | %c | %t"}`, "ab 😀    | a | b\nabc      | a | b", `{"message": "ab 😀", "logger": "a", "thread": "b"}, {"message": "abc", "logger": "a", "thread": "b"}`},
		{`{"logback": "%8m - %c - %t"}`, "  😀 - - - a - b", `{"message": "😀 - -", "logger": "a", "thread": "b"}`},
		// A trace belongs to no value that stands last.
		{`{"logback": "%d{yyyy-MM-dd HH:mm:ss} %p %m (%c)%n", "multiline": "java"}`, "2026-03-05 07:09:10 ERROR lost (a.B)" + javaTrace + "\n2026-03-05 07:09:10 INFO found (a.B)",
			`{"time": "2026-03-05T07:09:10Z", "level": "ERROR", "severity": 3, "message": "lost", "logger": "a.B", ` + stack + `}, {"time": "2026-03-05T07:09:10Z", "level": "INFO", "severity": 6, "message": "found", "logger": "a.B"}`},
		{`{"logback": "%d{yyyy-MM-dd HH:mm:ss} %p %m %L%n", "multiline": "java", "columns": ["line"]}`, "2026-03-05 07:09:10 ERROR lost 47" + javaTrace, `{"line": 47}`},
		{`{"logback": "%d{yyyy-MM-dd HH:mm:ss} %c %m%n", "multiline": "java", "columns": ["logger", "message"]}`, "2026-03-05 07:09:10 a.B lost\njava.lang.Error: x", `{"logger": "a.B", "message": "lost\njava.lang.Error: x"}`},
		{`{"envelope": ["docker_json"], "logback": "%d{yyyy-MM-dd HH:mm:ss} %m (%c)%n", "multiline": "java", "columns": ["logger", "stack"]}`,
			`{"log":"2026-03-05 07:09:10 lost (a.B)\n","stream":"stdout","time":"2026-03-05T07:09:10Z"}` + "\n" + `{"log":"java.lang.Error: x (y)\n","stream":"stdout","time":"2026-03-05T07:09:10Z"}`, `{"logger": "a.B", "stack": "java.lang.Error: x (y)"}`},
		{`{"python_logging": "%(asctime)s %(levelname)s %(message)s (%(filename)s:%(lineno)d)", "multiline": "python"}`, "2026-03-05 07:09:10,250 ERROR lost (a.py:7)\nTraceback (most recent call last):\n  File \"a.py\", line 7, in f\nValueError: z",
			`{"time": "2026-03-05T07:09:10.25Z", "level": "ERROR", "severity": 3, "message": "lost", "file": "a.py", "line": 7, "stack": "Traceback (most recent call last):\n  File \"a.py\", line 7, in f\nValueError: z"}`},
		// What colours a line is no part of it.
		{`{"logback": "%highlight(%-5level) %cyan(%logger{15}) - %msg%n"}`, "\x1b[1;31mERROR\x1b[0;39m \x1b[36ma.B\x1b[0;39m - lost", `{"level": "ERROR", "severity": 3, "logger": "a.B", "message": "lost"}`},
		{`{"logback": "%highlight{%p}{WARN=red, INFO=blue}: %style{%m}{bright}%n"}`, "\x1b[31mWARN\x1b[m: \x1b[1mlow\x1b[m", `{"level": "WARN", "severity": 4, "message": "low"}`},
		{`{"formats": [{"logback": "%highlight(%-5level) - %msg%n"}, "common"]}`, "\x1b[1;31mERROR\x1b[0;39m - lost", `{"level": "ERROR", "severity": 3, "message": "lost", "_format": "logback"}`},
		// Variables, also in a time, and of the two names of Spring Boot the first.
		{spring, "2026-03-05T07:09:10.250Z  WARN 7 --- [shop] [           main] o.e.Shop                                 : low\n2026-03-05T07:09:10.250Z  INFO 7 --- [shop] [dept] [               ] o.e.Shop                                 : up",
			`{"time": "2026-03-05T07:09:10.25Z", "level": "WARN", "severity": 4, "pid": 7, "app": "shop", "thread": "main", "logger": "o.e.Shop", "message": "low"}, {"time": "2026-03-05T07:09:10.25Z", "level": "INFO", "severity": 6, "pid": 7, "app": "shop", "app_group": "dept", "logger": "o.e.Shop", "message": "up"}`},
		{`{"logback": "%clr{%d{${sys:LOG_DATEFORMAT_PATTERN}}}{faint} %clr{${sys:LOG_LEVEL_PATTERN}} %pid %esb{${sys:APPLICATION_NAME:-}}[%15.15t] %-10.10c{1.} : %m%n${sys:LOG_EXCEPTION_CONVERSION_WORD:-%xwEx}"}`,
			"2026-03-05T07:09:10.250Z  WARN 7 [shop] [           main] a.B        : low", `{"time": "2026-03-05T07:09:10.25Z", "level": "WARN", "severity": 4, "pid": 7, "app": "shop", "thread": "main", "logger": "a.B", "message": "low"}`},
		{`{"logback": "%p [$${ctx:user}] ${env:STAGE:-test} %m"}`, "INFO [ann] test up", `{"level": "INFO", "severity": 6, "user": "ann", "message": "up"}`},
		{`{"logback": "%p [%X{user, cart}] %m"}`, "INFO [{cart=7, user=ann}] up", `{"level": "INFO", "severity": 6, "mdc": "{cart=7, user=ann}", "message": "up"}`},
		{`{"logback": "%d{yyyy-MM-dd HH:mm:ss.nnnnnnnnn} %m"}`, "2026-03-05 07:09:10.250001002 up", `{"time": "2026-03-05T07:09:10.250001002Z", "message": "up"}`},
		// JBoss LogManager
		{`{"logback": "%K{level}%d{HH:mm:ss,SSS} %-5p [%c{2.}] (%t) %s%e%n"}`, "\x1b[0m\x1b[31m07:09:10,250 ERROR [a.B] (main) lost", `{"time": "1970-01-01T07:09:10.25Z", "level": "ERROR", "severity": 3, "logger": "a.B", "thread": "main", "message": "lost"}`},
	})
}

func TestAccessLogWriters(t *testing.T) {
	checkWritten(t, []written{
		// A client says what host it likes.
		{`{"nginx": "$status $http_host \"$request\""}`, `400 a b "GET / HTTP/1.1"`, `{"status": 400, "http_host": "a b", "method": "GET", "target": "/", "protocol": "HTTP/1.1"}`},
		// Nothing is written for no query, nor for a header without a value.
		{`{"haproxy": "%HM %HP %HQ %ST %[capture.req.hdr(0)] %b"}`, "GET /a  200  shop\nGET /a ?b 200 - shop", `{"method": "GET", "target": "/a", "query": "", "status": 200, "capture_req_hdr_0": "", "backend": "shop"}, {"method": "GET", "target": "/a", "query": "?b", "status": 200, "backend": "shop"}`},
		// Tomcat writes characters that are not of ASCII as Java does.
		{`{"tomcat": "%s \"%{User-Agent}i\""}`, `200 "say \"hi\" \u00e9"`, `{"status": 200, "user_agent": "say \"hi\" é"}`},
		// Nothing for what lighttpd could not read of a request.
		{`{"apache": "%h %m %s %H"}`, "192.0.2.1  400 \n192.0.2.1 GET 200 HTTP/1.1", `{"client": "192.0.2.1", "method": "", "status": 400, "protocol": ""}, {"client": "192.0.2.1", "method": "GET", "status": 200, "protocol": "HTTP/1.1"}`},
		// Varnish writes nothing for a user without a name.
		{`{"apache": "%h %u %s"}`, "192.0.2.1  200\n192.0.2.1 \"\" 200", `{"client": "192.0.2.1", "user": "", "status": 200}, {"client": "192.0.2.1", "user": "", "status": 200}`},
		// Squid writes a target as it came, and no quotes of it are told from those around it but by the protocol.
		{`{"squid": "common"}`, `192.0.2.1 - - [05/Mar/2026:08:09:10 +0100] "POST http://a.example/b?c=d&e="x" HTTP/1.1" 200 215 TCP_MISS:HIER_DIRECT`,
			`{"client": "192.0.2.1", "time": "2026-03-05T07:09:10Z", "method": "POST", "target": "http://a.example/b?c=d&e=\"x\"", "protocol": "HTTP/1.1", "status": 200, "bytes": 215, "result": "TCP_MISS", "hierarchy": "HIER_DIRECT"}`},
		// Undertow has names without a letter.
		{`{"undertow": "%{SCHEME} %{HOST_AND_PORT} %{REQUEST_PATH} %s %{RESPONSE_REASON_PHRASE}; %{RESPONSE_TIME_MICROS} %{req-cookie,sid}"}`, "https shop.example.com:8443 /oak 404 Not Found; 1500 abc",
			`{"scheme": "https", "http_host": "shop.example.com:8443", "target": "/oak", "status": 404, "status_text": "Not Found", "duration": 1500000, "cookie_sid": "abc"}`},
		// Quotes behind a backslash do not end a value.
		{`{"haproxy": "%ST %{+Q,+E}[capture.req.hdr(0)] %B"}`, `200 "say \"hi\" \\ you" 5`, `{"status": 200, "capture_req_hdr_0": "say \"hi\" \\ you", "bytes": 5}`},
		{`{"haproxy": "%{+Q,+E}o %ST %[capture.req.hdr(0)] %r"}`, `200 "say \"hi\" you" "GET /\"a\" HTTP/1.1"`, `{"status": 200, "capture_req_hdr_0": "say \"hi\" you", "method": "GET", "target": "/\"a\"", "protocol": "HTTP/1.1"}`},
		{`{"apache": "%>s %{Host}i \"%r\""}`, `200 a b "GET / HTTP/1.1"`, `{"status": 200, "http_host": "a b", "method": "GET", "target": "/", "protocol": "HTTP/1.1"}`},
	})
}

func TestPostgresWriters(t *testing.T) {
	checkWritten(t, []written{
		{`{"postgres": "%m [%p] %q%u@%d %a %h "}`, "2026-03-05 07:09:10.250 UTC [7] ann@shop PostgreSQL JDBC Driver 192.0.2.7 LOG:  statement: SELECT 1\n2026-03-05 07:09:10.250 UTC [8] LOG:  ready",
			`{"time": "2026-03-05T07:09:10.25Z", "pid": 7, "user": "ann", "database": "shop", "app": "PostgreSQL JDBC Driver", "client": "192.0.2.7", "level": "LOG", "severity": 6, "message": "statement: SELECT 1"}, {"time": "2026-03-05T07:09:10.25Z", "pid": 8, "level": "LOG", "severity": 6, "message": "ready"}`},
		{`{"postgres": "%m %b[%p]: %a "}`, "2026-03-05 07:09:10.250 UTC client backend[7]: DBeaver 24.1 - Main <shop> ERROR:  a: b", `{"time": "2026-03-05T07:09:10.25Z", "backend_type": "client backend", "pid": 7, "app": "DBeaver 24.1 - Main <shop>", "level": "ERROR", "severity": 3, "message": "a: b"}`},
		{`{"postgres": "%t %u@%d [%p] "}`, "2026-03-05 07:09:10 UTC ann lee@shop [7] LOG:  up\n2026-03-05 07:09:10 UTC ann@my shop [7] LOG:  up",
			`{"time": "2026-03-05T07:09:10Z", "user": "ann lee", "database": "shop", "pid": 7, "level": "LOG", "severity": 6, "message": "up"}, {"time": "2026-03-05T07:09:10Z", "user": "ann", "database": "my shop", "pid": 7, "level": "LOG", "severity": 6, "message": "up"}`},
		{`{"postgres": "%p %i %h "}`, "7 CREATE TABLE 192.0.2.7 LOG:  up", `{"pid": 7, "command_tag": "CREATE TABLE", "client": "192.0.2.7", "level": "LOG", "severity": 6, "message": "up"}`},
	})
}

func TestRsyslogWriters(t *testing.T) {
	checkWritten(t, []written{
		// What the options json and csv did is undone; jsonf writes the name too.
		{`{"rsyslog": "%hostname% \"%msg:::json%\""}`, `gate " say \"hi\" \\ \u00e9 \/"`, `{"host": "gate", "message": " say \"hi\" \\ é /"}`},
		{`{"rsyslog": "{%timestamp:::date-rfc3339,jsonf:@timestamp%,%source:::jsonf:@source_host%,\"@message\":\"%app-name%:%msg:::json%\",%syslogfacility-text:::jsonf:facility%,%hostname:::jsonf%}\\n"}`,
			`{"@timestamp":"2026-03-05T07:09:10.25+01:00","@source_host":"gate","@message":"app: say \"hi\", you","facility":"daemon","hostname":"gate"}`,
			`{"time": "2026-03-05T06:09:10.25Z", "host": "gate", "app": "app", "message": " say \"hi\", you", "facility_text": "daemon", "hostname": "gate"}`},
		{`{"rsyslog": "%hostname:::csv%,%msg:::csv%"}`, `"gate"," say, ""hi"""`, `{"host": "gate", "message": " say, \"hi\""}`},
		// The message without the blank that it begins with.
		{`{"rsyslog": "%hostname% %syslogtag% %msg:2:$%"}`, `gate app[7]: up`, `{"host": "gate", "app": "app", "pid": "7", "message": "up"}`},
		{`{"rsyslog": "%hostname% %msg:2:2048:drop-last-lf%"}`, `gate up`, `{"host": "gate", "message": "up"}`},
	})
}

// What stands between records as an empty line, which samples of a format cannot show, is no part of their messages.
func TestEmptyLinesBetweenRecords(t *testing.T) {
	checkWritten(t, []written{
		{`{"format": "jboss"}`, "[2026-03-05T07:09:10.003+0000] [glassfish 5.1] [INFO] [] [a.B] [tid: _ThreadID=1 _ThreadName=main] [timeMillis: 1772694550003] [levelValue: 800] [[\n  up [x]]]\n\n" +
			"[2026-03-05T07:09:11.003+0000] [glassfish 5.1] [INFO] [] [a.B] [tid: _ThreadID=1 _ThreadName=main] [timeMillis: 1772694551003] [levelValue: 800] [[\n  two\n  lines]]\n",
			`{"time": "2026-03-05T07:09:10.003Z", "product": "glassfish 5.1", "level": "INFO", "severity": 6, "logger": "a.B", "thread": "main", "message": "up [x]"},
			{"time": "2026-03-05T07:09:11.003Z", "product": "glassfish 5.1", "level": "INFO", "severity": 6, "logger": "a.B", "thread": "main", "message": "two\n  lines"}`},
		{`{"format": "rabbitmq"}`, "=INFO REPORT==== 5-Mar-2026::07:09:10 ===\nup\n\n=ERROR REPORT==== 5-Mar-2026::07:09:11 ===\ntwo\n{lines}\n",
			`{"time": "2026-03-05T07:09:10Z", "level": "INFO", "severity": 6, "message": "up"}, {"time": "2026-03-05T07:09:11Z", "level": "ERROR", "severity": 3, "message": "two\n{lines}"}`},
	})
}
