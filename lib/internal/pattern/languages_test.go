package pattern

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// languages are the front ends by their key. GoAccess's three texts stand behind each other here, a vertical bar between them.
var languages = map[string]func(string) (*Tree, error){
	"dissect": CompileDissect, "loki": CompileLoki, "logsql": CompileLogsQL, "haproxy": CompileHAProxy, "tomcat": CompileTomcat, "gunicorn": CompileGunicorn, "squid": CompileSquid, "uwsgi": CompileUWSGI, "undertow": CompileUndertow, "envoy": CompileEnvoy, "logback": CompileLogback,
	"python_logging": CompilePythonLogging, "vpc_flow": CompileVPCFlow, "postgres": CompilePostgres, "rsyslog": CompileRsyslog, "goaccess": compileGoAccessText,
}

func compileGoAccessText(text string) (*Tree, error) {
	log, formats, _ := strings.Cut(text, "|")
	date, time, _ := strings.Cut(formats, "|")
	return CompileGoAccess(log, date, time)
}

func TestLanguageTrees(t *testing.T) {
	for _, c := range []struct{ language, text, tree string }{
		{"dissect", "%{a->} [%{?b}] %{c}", `a:text* " [" :text "] " c:text`},
		{"dissect", "%{ts} %{+ts/2} %{+ts/1}|%{n|int}", `ts:text+-1" " " " ts:text+2" " " " ts:text+1" " "|" n:int`},
		{"dissect", "%{a#2}%{b},", `a:text b:text "," :text`},
		{"dissect", "%{[a][b]}%\n", `a.b:text "%" :text`},
		{"loki", "<a> <_> <b", `a:text " " :text " <b" :text`},
		{"loki", "<_>x<c_1>", `:text "x" c_1:text`},
		{"logsql", "a=<a>,<plain:b>&lt;", `:text "a=" a:textq "," b:text "<" :text`},
		{"logsql", "<_><", ""},
		{"goaccess", `%h %^[%d:%t %^] "%r" %s|%d/%b/%Y|%T`, `client:text " " :text "[" time:time(%d/%b/%Y:%T) " " :text "] \"" :request "\""?" " status:int`},
		{"goaccess", "%d %h %t|%Y|%H", `time:time(%Y %H)+0" " " " client:text " " time:time(%Y %H)+16" "`},
		{"goaccess", "%h:%^ %D %T", `client:host:port " " duration:duration(us) " " :text`},
		{"haproxy", "%ci:%cp [%tr] %hr %{+Q}r", `client+client_port:host:port " [" time:time(%d/%b/%Y:%H:%M:%S.%3f) "] " captured_request_headers:text[text]{} " \"" :request| "\""`},
		{"haproxy", `error-log-format "%ci:%cp %[fc_err]"`, `client+client_port:host:port " " fc_err:text`},
		{"haproxy", "%Ta %Tt %TR %Tq", `duration:duration(ms) " " total_duration:duration(ms) " " request_duration:duration(ms) " " tq_duration:duration(ms)`},
		{"gunicorn", `--access-logformat '%(s)s'`, `status:int`},
		{"gunicorn", `--access-logformat="%(s)s"`, `status:int`},
		{"undertow", `%{REMOTE_HOST} %{i,Referer} %{X,traceId}%% %{RESPONSE_TIME}|%{time,yyyy-MM-dd HH:mm:ss} %{Host}i %{q,a}`, `client:text " " referer:text " " context_traceid:text "% " duration:duration(ms) "|" time:time(%Y-%m-%d %H:%M:%S)~1 " " http_host:text " " arg_a:text`},
		{"uwsgi", `log-format = %(addr) "%(method) %(uri) %(proto)" %(status) %(micros) 5% %% %(var.X-Id) %(metric.a.b)`, `client:text " \"" :request- "\" " status:int " " duration:duration(us) " 5% % " x_id:text " " metric_a_b:int`},
		{"uwsgi", `--logformat '%(ctime)|%(time) %(secs)|%(msecs) %(method)'`, `time:time(%a %b %e %H:%M:%S %Y) "|" time_time:time(unix_s) " " duration_secs:duration(s) "|" duration:duration(ms) " " method:text`},
		{"squid", `"%>rm %ru HTTP/%rv" %>a:%>p %-6tr|%03>Hs %{Host}>h %>h{Referer}`, `"\"" :request- "\" " client+client_port:host:port " " duration:duration(ms)-6 "|" status:int " " http_host:text " " referer:text`},
		{"squid", "%{%F %T}tl.%03tu %tu %>ru %ru %icap::<A %ui%%", `time:time(%Y-%m-%d %H:%M:%S.%f)~1 " " time_fraction:text " " client_target:text " " target:text " " icap_a:text " " ident:text "%"`},
		{"envoy", "%REQ(:METHOD)% %REQ(:PATH)% %PROTOCOL% %DURATION%", `:request~2- " " duration:duration(ms)`},
		{"envoy", "%REQUEST_HEADER(:METHOD)%\n  %PATH(NQ:ORIG)%  \n%PROTOCOL% %REQ(:PATH)%\n", `:request~2- " " http_path:text`},
		{"envoy", "%REQ_WITHOUT_QUERY(:PATH)% %REQ(:PATH)% \n", `path:text " " target:text " "`},
		{"envoy", "%REQ(:METHOD)%|%PROTOCOL%", `method:text "|" protocol:text`},
		{"logback", "%d{HH:mm:ss} %-5level [%20.20t] %c - %m%n", `time:time(%H:%M:%S) " " level:text-5>severity! " [" thread:text<20 "] " logger:text " - " message:text`},
		{"logback", "%date{HH:mm, UTC}%level|%X{a}", `time:time(%H:%M)@UTC level:text>severity! "|" a:text`},
		{"python_logging", "%(levelname)-8s %(name)s.%(funcName)s:%(lineno)04d", `level:text-8>severity! " " logger+function:dotted ":" line:int`},
		{"vpc_flow", "srcaddr  action", `src_ip:ip " " action:text!`},
		{"postgres", "%m [%p] %q%u@%d ", `time:time(%Y-%m-%d %H:%M:%S.%3f %Z) " [" pid:int "] " user:text! "@" database:text! " " level:text>severity! ":  " message:text / time:time(%Y-%m-%d %H:%M:%S.%3f %Z) " [" pid:int "] " level:text>severity! ":  " message:text`},
		{"rsyslog", "%HOSTNAME:::uppercase% %programname:::lowercase%: %msg:::compressspace%", `host:text " " app:text ": " message:text`},
		{"rsyslog", "%timereported:::date-year%/%timereported:::date-subseconds% %TIMESTAMP% %msg%", `timereported_year:text "/" timereported_subseconds:text " " time:time(%b %e %H:%M:%S)~3 " " message:text`},
		{"rsyslog", "RSYSLOG_SysklogdFileFormat", `time:time(%b %e %H:%M:%S)~3 " " host:text " " app+pid:tag " " message:text`},
		{"rsyslog", "<%pri%>%TIMESTAMP% %syslogtag%%msg%", `"<" facility+severity:priority ">" time:time(%b %e %H:%M:%S)~3 " " app+pid:tag " " message:text`},
	} {
		tree, err := languages[c.language](c.text)
		if c.tree == "" {
			assert.Error(t, err, c.text)
			continue
		}
		if assert.NoError(t, err, c.text) {
			assert.Equal(t, c.tree, tree.String(), c.text)
		}
	}
}

func TestLanguageErrors(t *testing.T) {
	for _, c := range []struct {
		language, text string
		pos            int
		message, hint  string
	}{
		{"dissect", "%{a}%{b}", 4, "%{a} and %{b} stand side by side", "constant character"},
		{"dissect", "%{a} %{b", 5, "not closed", "%{key}"},
		{"dissect", "%{a} %{a}", 5, "the field a is there twice", "%{+key}"},
		{"dissect", "%{+a} %{a} %{a}", 6, "the field a is there twice", "%{+key}"},
		{"dissect", "%{*k}=%{&k}", 2, "is not supported", "fields of their own"},
		{"dissect", "x %{&k}", 4, "is not supported", "fields of their own"},
		{"dissect", "plain", 0, "no field", "%{key}"},
		{"dissect", "%{} x", 0, "no field", "%{key}"},
		{"dissect", "%{+a/x}", 5, "a place is a number", "second part"},
		{"dissect", "%{a|date}", 4, "unknown type date", "integer"},
		{"dissect", "%{a#0} ", 4, "a length is a number", "%{key#4}"},
		{"dissect", "%{a b%}", 2, "no name of a field", "%{key}"},
		{"dissect", "a\nb%{c}", 1, "line feed", ""},
		{"loki", "<a><b>", 3, "<a> and <b> stand side by side", "constant character"},
		{"loki", "<a> <a>", 4, "the field a is there twice", "<_>"},
		{"loki", "<_> <2>", 0, "no field", "<name>"},
		{"logsql", "", 0, "no field", "<name>"},
		{"logsql", "foobar", 0, "no field", "<name>"},
		{"logsql", "<>foo<>bar", 0, "no field", "<name>"},
		{"logsql", "abc<foo><bar>", 8, "stand side by side", "constant"},
		{"logsql", "abc<foo", 3, "not closed", "&lt;"},
		{"logsql", "a<raw:foo>", 2, "unknown option raw", "plain:"},
		{"logsql", "a<b<c>", 2, "no name", "&lt;"},
		{"logsql", "a<b>&#10;", 4, "line feed", ""},
		{"goaccess", "caddy", 0, "GoAccess's JSON formats are not read", `"caddy"`},
		{"goaccess", "%h %Z", 3, "unknown specifier %Z", "%x %t %d"},
		{"goaccess", "%h %", 3, "ends with a percent sign", "known are"},
		{"goaccess", "%h%e", 2, "stand side by side", "constant"},
		{"goaccess", "%^ x", 0, "no field", "%h"},
		{"goaccess", "~h{", 0, "in braces", "~h{, }"},
		{"goaccess", ` { "a": "%h" }`, 1, "JSON", "engine json"},
		{"haproxy", "%ci %zz", 4, "unknown variable %zz", "8.2.6"},
		{"haproxy", "%ci%b", 3, "stand side by side", "constant"},
		{"haproxy", "%{+Z}r", 0, "unknown flag +Z", "+Q"},
		{"haproxy", "%{+Q r", 1, "not closed", ""},
		{"haproxy", "%[src", 0, "%[ is not closed", "capture"},
		{"haproxy", "%(a)ci %(a)cp", 7, "both give the column a", "%(name)"},
		{"haproxy", "${HAPROXY_TCP_LOG_FMT} %zz", 23, "unknown variable %zz", "8.2.6"},
		{"tomcat", "%h %Z", 3, "unknown directive %Z", "%%"},
		{"tomcat", "%{a", 1, "not closed", "%{NAME}i"},
		{"tomcat", `<Valve pattern="%h %{zzz}a"/>`, 21, "unknown parameter zzz of %a", "peer, remote"},
		{"tomcat", `<Valve my-pattern="%h" patterns=""/>`, 0, "no attribute pattern", "AccessLogValve"},
		{"tomcat", `<Valve pattern = %h/>`, 17, "no value in quotes", "AccessLogValve"},
		{"tomcat", `<Valve pattern="%h/>`, 15, "not closed", "AccessLogValve"},
		{"tomcat", "%{yy}t%{notatime}t", 8, "a time format without a conversion", "%Y"},
		{"gunicorn", "%(h)s %(x)s", 8, "unknown name x", "{NAME}i"},
		{"gunicorn", "%(h)s %h", 6, "no name behind it", "%(h)s"},
		{"gunicorn", "%(h) %(s)s", 5, "has no conversion", "%(h)s"},
		{"gunicorn", "%(h)s%(s)s", 5, "stand side by side", "constant"},
		{"gunicorn", "--access-logformat", 18, "has no value", "%(h)s"},
		{"gunicorn", "access_log_format", 17, "has no value", "%(h)s"},
		{"gunicorn", "access_log_format = x", 20, "in no quotes", "%(h)s"},
		{"undertow", "%h %{NOPE}", 3, "unknown name %{NOPE}", "REMOTE_HOST"},
		{"undertow", "%h %{z,a}", 3, "unknown name %{z,a}", "REMOTE_HOST"},
		{"undertow", "%h %{time,x}", 3, "a time format without", "%Y"},
		{"undertow", "%h %{i,a", 4, "not closed", ""},
		{"uwsgi", "%(addr) %(x", 8, "not closed", "addr"},
		{"uwsgi", "%()", 0, "no name", "addr"},
		{"uwsgi", "%(addr)%(uri)", 7, "stand side by side", "constant"},
		{"uwsgi", "log-format =", 12, "has no value", "addr"},
		{"squid", "%>a %zz", 4, "unknown format code %zz", "%%"},
		{"squid", "%>a %", 4, "unknown format code %", "%%"},
		{"squid", "%>a %{x", 5, "not closed", "Referer"},
		{"squid", "%>h{x", 3, "not closed", "Referer"},
		{"squid", "logformat mine ", 10, "without a format", "FORMAT"},
		{"squid", "%>a\n%<a", 3, "a line feed", "the writer"},
		{"squid", "%>a%<a", 3, "stand side by side", "constant"},
		{"squid", "%ts %{%Q}tl", 4, "conversion %Q", "%Y"},
		{"squid", "%{x}tl", 0, "a time format without a conversion", "%Y"},
		{"haproxy", "log-format", 10, "without a format", "FORMAT"},
		{"envoy", "%RESPONSE_CODE% %x%", 16, "percent sign", "%%"},
		{"envoy", "%RESPONSE_CODE", 14, "not closed", "%NAME%"},
		{"envoy", "%REQ(a%", 4, "not closed", "%REQ"},
		{"envoy", "%START_TIME(%Q)%", 0, "unknown conversion", "strftime"},
		{"envoy", "%PROTOCOL%%DURATION%", 10, "stand side by side", "constant"},
		{"logback", "%d %y", 3, "unknown conversion %y", "%d %p"},
		{"logback", "%d{YYYY-ww}", 0, "unknown or useless letters ww", "layout of Java"},
		{"logback", "%d{HH:mm}{Nowhere}", 0, "unknown zone", "IANA"},
		{"logback", "%p%c", 2, "stand side by side", "constant"},
		{"logback", "%m%n%c", 4, "behind %n", "exception"},
		{"logback", "%m%nx", 4, "behind %n", "exception"},
		{"logback", "%-30(%p %c) %m", 0, "padding of a group", "one by one"},
		{"logback", "%p ${X} %m", 3, "not known here", "stands for"},
		{"logback", "%p ${X", 3, "not closed", "default"},
		{"logback", "%equals{%m}{a}{b}", 0, "cannot be told", ""}, {"logback", "%notEmpty{[%X] ", 9, "not closed", ""}, {"logback", "%notEmpty{%c }%notEmpty{%p }%notEmpty{%L }%notEmpty{%M }%notEmpty{%t }%m", 56, "too many", ""},
		{"logback", "%highlight(%p", 10, "not closed", ""},
		{"python_logging", "%(levelname) %(message)s", 13, "no conversion", "%(name)s"},
		{"python_logging", "%(levelname)s %d", 14, "percent sign", "%%"},
		{"python_logging", "{levelname} {", 12, "brace", "twice"},
		{"python_logging", "{levelname:^8} {message}", 11, "centred", "{name:<8}"},
		{"python_logging", "{levelname:*<8} {message}", 11, "blanks", "{name:<8}"},
		{"python_logging", "$levelname $", 11, "dollar", "$$"},
		{"python_logging", "%(name)s%(message)s", 8, "stand side by side", "constant"},
		{"python_logging", "%(name)9999s", 7, "1000 characters", ""},
		{"vpc_flow", "version srcadr", 8, "unknown field srcadr", "AWS"},
		{"vpc_flow", "start end start", 10, "there twice", "once"},
		{"vpc_flow", "", 0, "no field", ""},
		{"postgres", "%m %y ", 3, "unknown escape %y", "%a %u"},
		{"postgres", "%m [%p]%", 7, "middle of an escape", "%%"},
		{"postgres", "%p", 2, "stand side by side", "constant"},
		{"postgres", "log_line_prefix = %m", 18, "single quotes", "'%m"},
		{"rsyslog", "%msg% %foo%", 6, "unknown property foo", "known are"},
		{"rsyslog", "%msg", 0, "not closed", "%%"},
		{"rsyslog", "%msg:5:10%", 0, "a piece of a property", "%name%"},
		{"rsyslog", "%syslogtag%%msg:2:$%", 11, "stand side by side", "constant"},
		{"rsyslog", "%msg:::date-year%", 0, "unknown option date-year", "dates"},
		{"rsyslog", "%timereported:::date-years%", 0, "unknown option date-years", "dates"},
		{"rsyslog", "$template x", 0, "without a string", "$template"},
		{"rsyslog", `template(name="x" string=y)`, 25, "double quotes", "string="},
	} {
		_, err := languages[c.language](c.text)
		var e *Error
		if assert.ErrorAs(t, err, &e, "%s %s", c.language, c.text) {
			assert.Contains(t, e.Message, c.message, c.text)
			assert.Contains(t, e.Hint, c.hint, c.text)
			assert.Equal(t, c.pos, e.Pos, "%s: %s", c.text, e.Message)
		}
	}
}

func TestGoAccessNames(t *testing.T) {
	for name := range goaccessFormats {
		tree, err := CompileGoAccess(name, "", "")
		require.NoError(t, err, name)
		assert.Contains(t, tree.Fields(), "time", name)
		assert.Contains(t, tree.Fields(), "client", name)
	}
}

func TestFormatNames(t *testing.T) {
	for language, names := range map[string][]string{"haproxy": {"httplog", "tcplog", "httpslog", "clf", "option httplog clf"}, "envoy": {"default", "istio"}, "tomcat": {"common", "combined"}, "gunicorn": {"default"}, "undertow": {"common", "combined"}, "squid": {"squid", "common", "combined", "referrer", "useragent"}, "logback": {"spring"},
		"rsyslog": {"RSYSLOG_TraditionalFileFormat", "RSYSLOG_FileFormat", "RSYSLOG_TraditionalForwardFormat", "RSYSLOG_ForwardFormat", "RSYSLOG_SyslogProtocol23Format"}} {
		for _, name := range names {
			_, err := languages[language](name)
			assert.NoError(t, err, name)
		}
	}
}

var languageSeeds = map[string][]string{
	"dissect":        {"%{a->} %{+a/2},%{?x}%{}|%{b|int}%{c#3}%{[d][e]}", "%{*a}%{", "%%{a}"},
	"loki":           {"<a> - <_> \"<b>\" <", "<_><_>", "<1>"},
	"logsql":         {"foo<bar>&lt;<plain:b>x", "<", "&#10;<a>"},
	"goaccess":       {`%h %^[%d:%t %^] "%r" %s %b "%R" "%u"|%d/%b/%Y|%T`, "%~%L~h{, }%%|%s|%f", "COMBINED", "%x\\t%v:%^"},
	"haproxy":        {"httplog", `log-format "%{+Q}o %ci:%cp %[src] %Ts.%ms %(a)hr"`, "%[a[b(c)]]", "${HAPROXY_HTTP_LOG_FMT} %ID $HAPROXY_TCP_LOG_FMT ${"},
	"tomcat":         {"common", `<Valve pattern="%h &quot;%r&quot; %{yyyy-MM-dd HH:mm:ss|GMT}t"/>`, "server.tomcat.accesslog.pattern=%t %a %{x}s %{x}r"},
	"gunicorn":       {"default", `access_log_format = '%(h)s %(t)s %({x-y}i)s <%(p)s>'`, "%(M)3d %%%(U)s?%(q)s"},
	"undertow":       {"combined", `<access-log pattern="%h &quot;%r&quot; %{i,A} %{time,yyyy}"/>`, "quarkus.http.access-log.pattern=%{METHOD} %{X,a}%%%{Host}i"},
	"uwsgi":          {`log-format = %(addr) %% %(a.b) "%(method) %(uri) %(proto)"`, "--logformat '%(ftime)|%(var.x)'", "logformat:%(metric.x)"},
	"squid":          {"combined", "logformat x %ts.%03tu %-6tr \\\n %[http::>h{a:b} %\"{%F %T}tl %ssl::>sni/%icap::tt", `logformat x "%>a:%>p \"%rm %ru HTTP/%rv\""`},
	"envoy":          {"default", "%START_TIME(%s.%3f)%|%REQ(A?B):10%%%", "%COMMON_DURATION(a:b:us)%"},
	"logback":        {"spring", "%-5level %20.30(%d{HH:mm}) ${A:-%p}\\(%m%n%ex", "%X{a:-b}%c.%M(%F)"},
	"python_logging": {"%(asctime)s.%(msecs)03d %(a)-8s", "{name!r:>8} {{", "${a} $b $$"},
	"vpc_flow":       {"version ${account-id}  srcaddr", "a"},
	"postgres":       {"%m [%-5p] %q%u@%d ", "%b %m %-9b", "log_line_prefix = '%t%%%r '"},
	"rsyslog":        {"RSYSLOG_SyslogProtocol23Format", `$template x,"%msg:::sp-if-no-1st-sp%%msg%\n"`, `template(string="%$!a%")`, "<%PRI%>%syslogtag%%msg%"},
}

func FuzzLanguages(f *testing.F) {
	for language, seeds := range languageSeeds {
		for _, seed := range seeds {
			f.Add(language, seed)
		}
	}
	f.Fuzz(func(t *testing.T, language, text string) {
		if compile := languages[language]; compile != nil && len(text) < 1000 {
			checkCompiled(t, text, compile)
		}
	})
}
