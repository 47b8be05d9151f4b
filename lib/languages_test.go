package sawlog_test

import (
	"testing"

	"github.com/goccy/go-json"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	sawlog "github.com/sawlog/sawlog/lib"
)

// Lines as a web server writes them by a format string, and the rows that they give. An empty row: the line must be refused.
func TestPatternLanguages(t *testing.T) {
	for _, c := range []struct{ language, pattern, line, row string }{
		// nginx
		{"nginx", `$msec $request_time $status`, `1772694550.250 0.001 200`, `{"time": "2026-03-05T07:09:10.25Z", "duration": 1000000, "status": 200}`},
		{"nginx", `$time_iso8601|$scheme://$host$request_uri|$pipe`, `2026-03-05T08:09:10+01:00|https://example.com/a?b=c|.`,
			`{"time": "2026-03-05T07:09:10Z", "scheme": "https", "server": "example.com", "target": "/a?b=c", "pipe": "."}`},
		{"nginx", `$time_local$status $host:$server_port$uri x`, `05/Mar/2026:08:09:10 +0100404 [::1]:8080/a x`,
			`{"time": "2026-03-05T07:09:10Z", "status": 404, "server": "::1", "server_port": 8080, "target": "/a"}`},
		// nginx writes a dash for arguments that are not there.
		{"nginx", `"$uri$is_args$args" $status`, `"/nope-" 404`, `{"target": "/nope", "status": 404}`},
		{"nginx", `"$uri$is_args$args" $status`, `"--" 400`, `{"status": 400}`},
		{"nginx", `"$uri$is_args$args" $status`, `"/a\x22--" 200`, `{"target": "/a\"-", "status": 200}`},
		{"nginx", `$uri$is_args$args $status`, `/a?b=- 200`, `{"target": "/a?b=-", "status": 200}`},
		{"nginx", `log_format x escape=json '{"t":"$uri$is_args$args"}';`, `{"t":"/a-"}`, `{"target": "/a-"}`},
		{"nginx", `$remote_addr:$remote_port $request $status`, `2001:db8::1:52100 GET /a HTTP/1.1 200`,
			`{"client": "2001:db8::1", "client_port": 52100, "method": "GET", "target": "/a", "protocol": "HTTP/1.1", "status": 200}`},
		{"nginx", `$remote_addr $time_local $status`, `10.0.0.1 05/Mar/2026:08:09:10 +0100 200`, `{"client": "10.0.0.1", "time": "2026-03-05T07:09:10Z", "status": 200}`},
		{"nginx", `[$upstream_addr] $upstream_status $upstream_response_time $request_id`, `[10.0.0.1:80, 10.0.0.2:80 : -] 502, 200 : - 0.001, 0.250 : - abc`,
			`{"upstreams": ["10.0.0.1:80", "10.0.0.2:80", null], "upstream_statuses": [502, 200, null], "upstream_durations": [1000000, 250000000, null], "request_id": "abc"}`},
		{"nginx", `$http_x_forwarded_for $status`, `10.0.0.1, 10.0.0.2 200`, `{"forwarded_for": ["10.0.0.1", "10.0.0.2"], "status": 200}`},
		{"nginx", `"$request" $uri$is_args$args $bytes_sent $body_bytes_sent`, `"GET /a?b HTTP/1.1" /a?b 300 100`,
			`{"method": "GET", "target": "/a?b", "protocol": "HTTP/1.1", "uri": "/a?b", "bytes_sent": 300, "bytes": 100}`},
		{"nginx", `$status "$request" $status $zone`, `200 "GET / HTTP/2.0" 200 eu west`, `{"status": 200, "method": "GET", "target": "/", "protocol": "HTTP/2.0", "zone": "eu west"}`},
		{"nginx", `log_format j escape=json '{"t":"$time_iso8601",' '"ua":"$http_user_agent","ref":"$http_referer","n":$connection}';`,
			`{"t":"2026-03-05T08:09:10+01:00","ua":"say \"hi\" \u00e9\n","ref":"","n":7}`, `{"time": "2026-03-05T07:09:10Z", "user_agent": "say \"hi\" é\n", "connection": 7}`},
		{"nginx", `escape=none '$status $http_user_agent'`, `200 a\x41 "b"`, `{"status": 200, "user_agent": "a\\x41 \"b\""}`},
		{"nginx", `$server_addr $ssl_protocol $ssl_cipher $gzip_ratio`, `2001:db8::1 TLSv1.3 - -`, `{"server_ip": "2001:db8::1", "tls_version": "TLSv1.3"}`},
		{"nginx", `größe=$body_bytes_sent日本`, `größe=5日本`, `{"bytes": 5}`},
		// what is off, or there and empty, is no text at all
		{"nginx", `$status $is_args $https "$request_method" $request_completion $pid`, `200   "GET"  7`,
			`{"status": 200, "is_args": "", "https": "", "method": "GET", "request_completion": "", "pid": 7}`},
		{"nginx", `$status $is_args $https $http_x_trace $backend`, `200 ? on  `, `{"status": 200, "is_args": "?", "https": "on", "http_x_trace": "", "backend": ""}`},
		{"nginx", `$host $server_protocol $status $server_name $pid`, `  400  7`, `{"server": "", "protocol": "", "status": 400, "server_name": "", "pid": 7}`},
		{"nginx", `$host $server_protocol $status $server_name $pid`, `a.example HTTP/1.1 400 b.example 7`, `{"server": "a.example", "protocol": "HTTP/1.1", "status": 400, "server_name": "b.example", "pid": 7}`},
		{"nginx", `$host $status`, `a b 400`, ``},
		{"nginx", `$remote_addr - $status`, `a b - 200`, ``},
		{"nginx", `$status $pid`, `200`, ``},
		// Apache
		{"apache", `%h %u "%r" %>s %b %D`, `::1 "" "-" 408 - 1500`, `{"client": "::1", "user": "", "status": 408, "duration": 1500000}`},
		{"apache", `[%{%d/%b/%Y %T}t.%{msec_frac}t %{%z}t] %{ms}T %T`, `[05/Mar/2026 08:09:10.250 +0100] 12 0`,
			`{"time": "2026-03-05T07:09:10.25Z", "duration": 12000000, "duration_s": 0}`},
		{"apache", `%{sec}t.%{usec_frac}t %{end:msec}t`, `1772694550.000001 1772694550250`, `{"time": "2026-03-05T07:09:10.000001Z", "end_time": "2026-03-05T07:09:10.25Z"}`},
		{"apache", `%{usec}t`, `1772694550250001`, `{"time": "2026-03-05T07:09:10.250001Z"}`},
		{"apache", `%t %!200t x`, `[05/Mar/2026:08:09:10 +0100] - x`, `{"time": "2026-03-05T07:09:10Z"}`},
		{"apache", `%t %!200t x`, `[05/Mar/2026:08:09:10 +0100] [05/Mar/2026:08:09:11 +0100] x`, `{"time": "2026-03-05T07:09:10Z", "time_2": "2026-03-05T07:09:11Z"}`},
		{"apache", `%v%U%q "%m %H"`, `localhost/a?b "GET HTTP/1.1"`, `{"server": "localhost", "target": "/a?b", "method": "GET", "protocol": "HTTP/1.1"}`},
		{"apache", `%X%h %X`, `-10.0.0.1 -`, `{"connection_status": "-", "client": "10.0.0.1"}`},
		{"apache", `%s %>s "%{X-Id}i" "%{Id}C"`, `302 200 "a\tb" "-"`, `{"original_status": 302, "status": 200, "http_x_id": "a\tb"}`},
		{"apache", `%400,501{User-agent}i|%P|%{tid}P|100%%`, `-|17|140|100%`, `{"pid": 17, "tid": 140}`},
		{"apache", `"%{X-Forwarded-For}i" %I %O %S %^FB`, `"1.2.3.4, 5.6.7.8" 10 20 30 -`, `{"forwarded_for": ["1.2.3.4", "5.6.7.8"], "bytes_received": 10, "bytes": 20, "bytes_total": 30}`},
		{"apache", `%400,501{User-agent}i "%{User-agent}i" %!200{Referer}i`, `- "curl/8.0" https://example.com/`, `{"user_agent": "curl/8.0", "referer": "https://example.com/"}`},
		{"apache", `"%400{User-agent}i" "%{User-agent}i"`, `"curl/8.0" "curl/8.0"`, `{"user_agent": "curl/8.0", "user_agent_2": "curl/8.0"}`},
		{"apache", `%t %{%F}t %{end:sec}t %{%F %T}t`, `[05/Mar/2026:08:09:10 +0100] 2026-03-05 1772694550 2026-03-05 08:09:11`,
			`{"time": "2026-03-05T07:09:10Z", "time_2": "2026-03-05T00:00:00Z", "end_time": "2026-03-05T07:09:10Z", "time_3": "2026-03-05T08:09:11Z"}`},
		{"apache", `%h %T`, `a x`, ``},
		// HAProxy: with +Q what is captured has its quotes around the braces, a port that is not there is "", and the state has quotes or none
		{"haproxy", `%{+Q}o %{+Q,+E}hr %Ts %bp %ts`, `"{a|#22b#22}" 1772694550 "" SC`, `{"captured_request_headers": ["a", "#22b#22"], "time": "2026-03-05T07:09:10Z", "termination_state": "SC"}`},
		// Variables of one's own keep out of the way, and are one where nothing stands between; NGINX Unit
		{"nginx", `[$time_local] $status - $request_method $host "$request_uri" [Client $remote_addr] [Sent-to $server] "$http_user_agent"`,
			`[05/Mar/2026:08:09:10 +0100] 200 - GET shop.example.com "/a?b" [Client 192.0.2.7] [Sent-to 192.0.2.9] "curl"`,
			`{"time": "2026-03-05T07:09:10Z", "status": 200, "method": "GET", "server": "shop.example.com", "target": "/a?b", "client": "192.0.2.7", "server_2": "192.0.2.9", "user_agent": "curl"}`},
		{"nginx", `$remote_addr $client "$request" $method "$upstream_scheme://$upstream_host$upstream_uri"`, `192.0.2.7 c "GET / HTTP/1.1" GET "http://example.com/a"`,
			`{"client": "192.0.2.7", "client_2": "c", "method": "GET", "target": "/", "protocol": "HTTP/1.1", "method_2": "GET", "upstream_scheme": "http", "upstream_host_upstream_uri": "example.com/a"}`},
		{"nginx", `$remote_addr - - [$time_local] "$request_line" $status $body_bytes_sent "$header_referer" "$header_user_agent" $response_header_x`,
			`192.0.2.7 - - [05/Mar/2026:08:09:10 +0100] "GET /a HTTP/1.1" 200 5 "-" "curl" y`,
			`{"client": "192.0.2.7", "time": "2026-03-05T07:09:10Z", "method": "GET", "target": "/a", "protocol": "HTTP/1.1", "status": 200, "bytes": 5, "user_agent": "curl", "sent_http_x": "y"}`},
		// No query writes nothing, and so does a header that has no value.
		{"apache", `%h %{X-Forwarded-For}i %m %U %q %H %{A}i`, `192.0.2.7  GET /a  HTTP/1.1 `, `{"client": "192.0.2.7", "forwarded_for": [], "method": "GET", "target": "/a", "query": "", "protocol": "HTTP/1.1", "http_a": ""}`},
		{"gunicorn", `%(h)s %(U)s %(q)s %(H)s`, `192.0.2.7 /a  HTTP/1.1`, `{"client": "192.0.2.7", "target": "/a", "query": "", "protocol": "HTTP/1.1"}`},
		// Varnish
		{"apache", `%h "%r" %s %{Varnish:time_firstbyte}x %{Varnish:hitmiss}x %{Varnish:handling}x %{VCL_Log:shop}x %{Varnish:vxid}x %{VSL:Timestamp:Resp[2]}x`, `192.0.2.7 "GET http://example.com/ HTTP/1.1" 200 0.000125 miss pass oak 32770 0.25`,
			`{"client": "192.0.2.7", "method": "GET", "target": "http://example.com/", "protocol": "HTTP/1.1", "status": 200, "first_byte_duration": 125000, "cache_status": "miss", "handling": "pass", "vcl_log_shop": "oak", "vxid": 32770, "vsl_timestamp_resp_2": "0.25"}`},
		{"apache", `ErrorLogFormat "[%{cu}t] [%l] [client %-a] %M"`, `[2026-03-05 08:09:10.250001] [error] [client -] oak is missing`,
			`{"time": "2026-03-05T08:09:10.250001Z", "level": "error", "severity": 3, "message": "oak is missing"}`},
		// Tomcat, Spring Boot and Jetty
		{"tomcat", `%h %l %u %t "%r" %s %b %D %F %T %S %I %X %{remote}p %{JSESSIONID}c %{cart}s %{trace}r %{X-Id}o %{peer}a`,
			`2001:db8::7 - ann [05/Mar/2026:08:09:10 +0100] "GET /a HTTP/1.1" 200 - 1500 2 0.002 A1B2 http-nio-8080-exec-1 + 52100 c 7 t i 192.0.2.9`,
			`{"client": "2001:db8::7", "user": "ann", "time": "2026-03-05T07:09:10Z", "method": "GET", "target": "/a", "protocol": "HTTP/1.1", "status": 200, "duration": 1500000, "commit_duration": 2000000, "duration_s": 2000000, "session_id": "A1B2", "thread": "http-nio-8080-exec-1", "connection_status": "+", "client_port": 52100, "cookie_jsessionid": "c", "session_cart": "7", "attribute_trace": "t", "sent_http_x_id": "i", "peer": "192.0.2.9"}`},
		{"tomcat", `<Valve className="org.apache.catalina.valves.AccessLogValve" directory="logs" pattern="%{yyyy-MM-dd HH:mm:ss.SSS}t %a &quot;%m %U%q&quot; %s %{msec}t" prefix="x"/>`,
			`2026-03-05 08:09:10.250 192.0.2.7 "GET /a?b=c" 200 1772694550250`, `{"time": "2026-03-05T08:09:10.25Z", "client": "192.0.2.7", "method": "GET", "target": "/a?b=c", "status": 200, "time_msec": "2026-03-05T07:09:10.25Z"}`},
		{"tomcat", `server.tomcat.accesslog.pattern=%t %a %r %s (%D us)`, `[05/Mar/2026:08:09:10 +0100] 192.0.2.7 GET /a HTTP/1.1 200 (15 us)`,
			`{"time": "2026-03-05T07:09:10Z", "client": "192.0.2.7", "method": "GET", "target": "/a", "protocol": "HTTP/1.1", "status": 200, "duration": 15000}`},
		{"apache", `%{client}a - %{d}u %{dd/MMM/yyyy:HH:mm:ss ZZZ|GMT+1}t "%r" %s %{CLF}O %{CLF}I %{remote}a %{client}p %{local}a`, `192.0.2.7 - ann 05/Mar/2026:08:09:10 +0100 "GET / HTTP/2.0" 200 - 12 192.0.2.9 52100 ::1`,
			`{"client": "192.0.2.7", "user": "ann", "time": "2026-03-05T07:09:10Z", "method": "GET", "target": "/", "protocol": "HTTP/2.0", "status": 200, "bytes_received": 12, "peer": "192.0.2.9", "client_port": 52100, "server_ip": "::1"}`},
		{"apache", `%{yyyy-MM-dd HH:mm:ss|Europe/Berlin}t %s`, `2026-03-05 08:09:10 200`, `{"time": "2026-03-05T07:09:10Z", "status": 200}`},
		// Undertow
		{"undertow", `<access-log pattern="%h %l %u %t &quot;%r&quot; %s %b &quot;%{i,User-Agent}&quot; %D %{c,JSESSIONID} %I" use-server-log="false"/>`,
			`192.0.2.7 - ann [05/Mar/2026:08:09:10 +0100] "GET /oak HTTP/1.1" 200 5120 "curl/8.5.0" 12 A1B2 default task-1`,
			`{"client": "192.0.2.7", "user": "ann", "time": "2026-03-05T07:09:10Z", "method": "GET", "target": "/oak", "protocol": "HTTP/1.1", "status": 200, "bytes": 5120, "user_agent": "curl/8.5.0", "duration": 12000000, "cookie_jsessionid": "A1B2", "thread": "default task-1"}`},
		{"undertow", `quarkus.http.access-log.pattern=%m %U %s %b ms=%D`, `GET /oak 200 512 ms=7`, `{"method": "GET", "target": "/oak", "status": 200, "bytes": 512, "duration": 7000000}`},
		// uWSGI
		{"uwsgi", `logformat = %(ftime) shop[%(pid)]: [%(proto) %(status)] %(method) %(uri) (%(rsize) bytes, %(msecs) ms) request_id=%(var.X-Request-ID) ip=%(addr)`,
			`2026-03-05T08:09:10 shop[7]: [HTTP/1.1 200] GET /oak (5120 bytes, 12 ms) request_id=abc ip=192.0.2.7`,
			`{"time": "2026-03-05T08:09:10Z", "pid": 7, "protocol": "HTTP/1.1", "status": 200, "method": "GET", "target": "/oak", "body_bytes": 5120, "duration": 12000000, "x_request_id": "abc", "client": "192.0.2.7"}`},
		{"uwsgi", `%(addr) "%(referer)" "%(uagent)" %(msecs)ms`, `192.0.2.7 "-" "say "hi" [x]" 12ms`, `{"client": "192.0.2.7", "user_agent": "say \"hi\" [x]", "duration": 12000000}`},
		// Squid
		{"squid", "squid", `1772698150.603     89 192.0.2.7 TCP_MISS/200 1234 GET http://www.example.com/ ann HIER_DIRECT/198.51.100.9 text/html`,
			`{"time": "2026-03-05T08:09:10.603Z", "duration": 89000000, "client": "192.0.2.7", "result": "TCP_MISS", "status": 200, "bytes": 1234, "method": "GET", "target": "http://www.example.com/", "user": "ann", "hierarchy": "HIER_DIRECT", "peer": "198.51.100.9", "mime": "text/html"}`},
		{"squid", "combined", `192.0.2.7 - - [05/Mar/2026:08:09:10 +0100] "- error:transaction-end-before-headers NONE/0.0" 0 0 "-" "-" NONE_NONE:HIER_NONE [] [HTTP/1.1 400 Bad Request\r\n]`,
			`{"client": "192.0.2.7", "time": "2026-03-05T07:09:10Z", "target": "error:transaction-end-before-headers", "protocol": "NONE/0.0", "status": 0, "bytes": 0, "result": "NONE_NONE", "hierarchy": "HIER_NONE", "request_headers": "", "response_headers": "HTTP/1.1 400 Bad Request\\r\\n"}`},
		{"squid", "logformat mine %tl %>a:%>p %<a:%<p %8<st|%-4tr| %>Hs/%<Hs \"%{User-Agent}>h\" %{X-Forwarded-For}>h %err_code/%err_detail %ssl::>sni",
			`05/Mar/2026:08:09:10 +0100 192.0.2.7:52100 -:-      512|12  | 503/- "say \"hi\"" 203.0.113.7, 192.0.2.9 ERR_CONNECT_FAIL/- -`,
			`{"time": "2026-03-05T07:09:10Z", "client": "192.0.2.7", "client_port": 52100, "bytes": 512, "duration": 12000000, "status": 503, "user_agent": "say \"hi\"", "forwarded_for": ["203.0.113.7", "192.0.2.9"], "error_code": "ERR_CONNECT_FAIL"}`},
		{"squid", "logformat mine %ts.%03tu %6tr \\\n%>a %{%H:%M:%S}tg.%03tu", `1772698150.603     12 192.0.2.7 08:09:10.603`, `{"time": "2026-03-05T08:09:10.603Z", "duration": 12000000, "client": "192.0.2.7", "time_gmt": "1970-01-01T08:09:10.603Z"}`},
		// Gunicorn and Hypercorn
		{"gunicorn", `%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s" %(D)s %(L)s %(M)d %(p)s %({X-Request-Id}i)s %({Host}i)s %({x}o)s %({y}e)s%%`,
			`192.0.2.7 - - [05/Mar/2026:08:09:10 +0100] "GET /a HTTP/1.1" 200 - "-" "say \"hi\"" 1500 0.001500 1 <7> abc example.com o e%`,
			`{"client": "192.0.2.7", "time": "2026-03-05T07:09:10Z", "method": "GET", "target": "/a", "protocol": "HTTP/1.1", "status": 200, "user_agent": "say \"hi\"", "duration": 1500000, "duration_l": 1500000, "duration_ms": 1000000, "pid": 7, "http_x_request_id": "abc", "http_host": "example.com", "sent_http_x": "o", "env_y": "e"}`},
		{"gunicorn", `access_log_format = '%(h)s %(l)s %(u)s %(t)s %(m)s %(U)s?%(q)s %(H)s %(s)s %(B)s %(T)s',`, ` - ann [05/Mar/2026:08:09:10 +0100] GET /a?b=c HTTP/1.1 200 5 2`,
			`{"user": "ann", "time": "2026-03-05T07:09:10Z", "method": "GET", "target": "/a", "query": "b=c", "protocol": "HTTP/1.1", "status": 200, "bytes": 5, "duration": 2000000000}`},
		{"gunicorn", `%(h)s "%(m)s %(Uq)s %(H)s" %(s)s (%(st)s) %(S)s`, `192.0.2.7:52100 "GET /a?b HTTP/2" 404 (Not Found) https`,
			`{"client": "192.0.2.7:52100", "method": "GET", "target": "/a?b", "protocol": "HTTP/2", "status": 404, "status_text": "Not Found", "scheme": "https"}`},
		{"haproxy", `%B %CC %CS %tsc %ac/%fc %{+Q}r`, `200 sid=a b c - LI-- 1/2 "GET / HTTP/1.1"`,
			`{"bytes": 200, "request_cookie": "sid=a b c", "termination_state": "LI--", "actconn": 1, "feconn": 2, "method": "GET", "target": "/", "protocol": "HTTP/1.1"}`},
		{"haproxy", `%B %CC %CS %tsc %ac/%fc %{+Q}r`, `200 sid=a b c - LI-- x/2 "GET / HTTP/1.1"`, ``},
		{"haproxy", `%{+X}Ts %{+X}rt %Ts`, `6B0D0148 1F 1772694550`, `{"ts": 1796014408, "request_counter": 31, "time": "2026-03-05T07:09:10Z"}`},
		{"haproxy", `log-format "${HAPROXY_TCP_LOG_FMT} $HAPROXY_TCP_LOG_FMTS ${X} %(id)ID"`, `192.0.2.9:33317 [05/Mar/2026:07:09:10.250] fnt bck/srv1 0/0/5007 212 -- 0/0/0/0/3 0/0 $HAPROXY_TCP_LOG_FMTS ${X} a1`,
			`{"client": "192.0.2.9", "client_port": 33317, "time": "2026-03-05T07:09:10.25Z", "frontend": "fnt", "backend": "bck", "server_name": "srv1", "queue_duration": 0, "connect_duration": 0, "duration": 5007000000, "bytes": 212, "termination_state": "--", "actconn": 0, "feconn": 0, "beconn": 0, "srv_conn": 0, "retries": 3, "srv_queue": 0, "backend_queue": 0, "id": "a1"}`},
		{"haproxy", `%{+Q}o %hs %Ts %bp %ts`, `1772694550 8080 "--"`, `{"time": "2026-03-05T07:09:10Z", "backend_source_port": 8080, "termination_state": "--"}`},
		{"haproxy", `%Tc %hr %sslv %lc`, `-1 - 4`, `{"frontend_log_counter": 4}`},
		{"haproxy", `%{+Q}o %rc %CC %hrl %hsl`, `0 "" `, `{"retries": 0}`},
		{"haproxy", `%{+Q}o %rc %CC %hrl %hsl`, `0 "" "curl/8.0" "nginx"`, `{"retries": 0, "captured_request_headers": "curl/8.0", "captured_response_headers": "nginx"}`},
		{"haproxy", `F7|%{+Q}o %s %ft`, `F7| "a1" "web"`, `{"server_name": "a1", "frontend": "web"}`},
		{"haproxy", `%{+Q}o %s %ft`, `"a1" "web"`, `{"server_name": "a1", "frontend": "web"}`},
		{"haproxy", `[%t] [%tr] [%T]`, `[05/Mar/2026:07:09:10.250] [05/Mar/2026:07:09:10.251] [05/Mar/2026:07:09:11 +0000]`,
			`{"t": "2026-03-05T07:09:10.25Z", "time": "2026-03-05T07:09:10.251Z", "time_2": "2026-03-05T07:09:11Z"}`},
	} {
		definition, err := json.Marshal(map[string]string{c.language: c.pattern})
		require.NoError(t, err)
		parser, err := sawlog.NewParser(string(definition))
		if !assert.NoError(t, err, c.pattern) {
			continue
		}
		batch := parser.ParseRecord([]byte(c.line))
		if c.row == "" {
			assert.Equal(t, 1, batch.Rejects(), "%s: %s", c.pattern, c.line)
		} else if assert.Equal(t, 1, batch.Len(), "%s: %s: %+v", c.pattern, c.line, parser.Explain([]byte(c.line))) {
			assert.JSONEq(t, c.row, string(batch.AppendJSON(nil, 0, true)), c.pattern)
		}
		batch.Release()
	}
}

// A mistake in a format string is reported where it stands in that string.
func TestPatternLanguageErrors(t *testing.T) {
	for _, c := range []struct {
		definition, message string
		offset              int
	}{
		{`{"nginx": "$status $scheme$host"}`, "$scheme and $host stand side by side", 15},
		{`{"apache": "%h %{x}p"}`, "unknown parameter x of %p", 5},
		{`{"apache": "%h %Z"}`, "unknown directive %Z", 3},
		{`{"nginx": "escape=xml '$status'"}`, "unknown escape parameter xml", 7},
	} {
		_, err := sawlog.NewParser(c.definition)
		var e *sawlog.FormatError
		require.ErrorAs(t, err, &e)
		assert.Contains(t, e.Message, c.message)
		assert.Equal(t, c.offset, e.Offset, c.definition)
	}
}
