package sawlog

import "github.com/goccy/go-json"

// grokRefusals are patterns of grok, most of them built in, with a line or two of each.
var grokRefusals = []refusable{
	grokRefusal("SYSLOGLINE", "%{SYSLOGLINE}", "Nov 12 17:03:00 web-1 sshd[4711]: Accepted publickey for ada from 192.0.2.7 port 50022 ssh2",
		"2024-11-12T17:03:00.123+01:00 web-1 kernel: eth0: link is up, 1000 Mbps full duplex"),
	grokRefusal("SYSLOGBASE", "%{SYSLOGBASE} %{GREEDYDATA:message}", "Nov 12 17:03:00 web-1 sshd[4711]: Accepted publickey for ada from 192.0.2.7 port 50022 ssh2"),
	grokRefusal("CRONLOG", "%{CRONLOG}", "Nov 12 17:05:01 web-1 CRON[4721]: (root) CMD (run-parts /etc/cron.hourly)"),
	grokRefusal("SYSLOG5424LINE", "%{SYSLOG5424LINE}", `<165>1 2024-11-12T17:03:00.003Z web-1.example.com orders 4711 ID47 [sample@32473 iut="3"] order 17 placed in 12 ms`),
	grokRefusal("COMMONAPACHELOG", "%{COMMONAPACHELOG}", `192.0.2.7 - ada [12/Nov/2024:17:03:00 +0100] "GET /a/page.html?x=1 HTTP/1.1" 200 5124`),
	grokRefusal("COMBINEDAPACHELOG", "%{COMBINEDAPACHELOG}",
		`192.0.2.7 - - [12/Nov/2024:17:03:00 +0100] "GET /a/page.html?x=1 HTTP/1.1" 200 5124 "https://www.example.com/" "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/132.0"`),
	grokRefusal("HTTPD_ERRORLOG", "%{HTTPD_ERRORLOG}", "[Tue Nov 12 17:03:00 2024] [error] [client 192.0.2.7] File does not exist: /srv/www/favicon.ico",
		"[Tue Nov 12 17:03:00.123456 2024] [core:error] [pid 4711:tid 139702] [client 192.0.2.7:50022] AH00126: Invalid URI in request GET /../a HTTP/1.0"),
	grokRefusal("SQUID3", "%{SQUID3}", "1731427380.123     57 192.0.2.7 TCP_MISS/200 5124 GET http://www.example.com/a/page.html ada HIER_DIRECT/192.0.2.80 text/html"),
	grokRefusal("CATALINALOG", "%{CATALINALOG}", "Nov 12, 2024 5:03:00 PM org.example.catalina.startup.Catalina start INFO: Server startup in 4711 ms"),
	grokRefusal("TOMCATLOG", "%{TOMCATLOG}", "2024-11-12 17:03:00,123 +0100 | ERROR | com.example.shop.OrderService - order 17 was refused by the store after 12 ms"),
	grokRefusal("RUBY_LOGGER", "%{RUBY_LOGGER}", "I, [2024-11-12T17:03:00.123456 #4711]  INFO -- Main: order 17 was placed by a customer in 12 ms"),
	grokRefusal("REDISLOG", "%{REDISLOG} %{GREEDYDATA:message}", "[4711] 12 Nov 17:03:00.123 * Background saving started by pid 4712"),
	grokRefusal("POSTGRESQL", "%{POSTGRESQL}", "2024-11-12 17:03:00 UTC ada shop-connection-17 4711"),
	grokRefusal("MONGO3_LOG", "%{MONGO3_LOG}", "2024-11-12T17:03:00.123+0100 I NETWORK  [initandlisten] connection accepted from 192.0.2.7:50022 #17 (3 connections now open)"),
	grokRefusal("JAVASTACKTRACEPART", "%{JAVASTACKTRACEPART}", "\tat com.example.shop.orders.OrderService.place(OrderService.java:117)"),
	grokRefusal("service", `^%{TIMESTAMP_ISO8601:time}\s+%{LOGLEVEL:level} \[%{DATA:thread}\] %{NOTSPACE:logger} - %{GREEDYDATA:message}$`,
		"2024-11-12T17:03:00.123Z  INFO [worker-3] com.example.shop.OrderService - order 17 for customer 119 accepted after 12 ms"),
	grokRefusal("service-anywhere", `%{TIMESTAMP_ISO8601:time} %{LOGLEVEL:level} %{JAVACLASS:logger}: order %{INT:order:int} took %{NUMBER:ms:float} ms`,
		"2024-11-12 17:03:00,123 INFO com.example.shop.OrderService: order 17 took 12.5 ms"),
	grokRefusal("proxy", `%{IPORHOST:client}:%{POSINT:port} \[%{HAPROXYDATE:time}\] %{NOTSPACE:frontend} %{NOTSPACE:backend}/%{NOTSPACE:server} %{INT:queue}/%{INT:connect}/%{INT:total} %{INT:status} %{INT:bytes} "%{DATA:request}"`,
		`192.0.2.7:50022 [12/Nov/2024:17:03:00.123] web~ shop/s1 0/1/17 200 5124 "GET /a/page.html HTTP/1.1"`),
	grokRefusal("firewall", `%{SYSLOGTIMESTAMP:time} %{HOSTNAME:host} %{WORD:action} %{WORD:protocol} from %{IP:source}/%{INT:from} to %{IP:target}/%{INT:to}(?: flags %{DATA:flags})? on %{NOTSPACE:interface}`,
		"Nov 12 17:03:00 fw-1 Denied tcp from 192.0.2.7/50022 to 198.51.100.4/443 flags SYN on eth1"),
	grokRefusal("short", "%{WORD:a} %{INT:b:int}$", "count 17"),
	grokRefusal("chain", `%{DATA:a} %{DATA:b} %{DATA:c} %{DATA:d} %{GREEDYDATA:e} \[%{WORD:f}\]`, "one two three four and all that stands behind it, which is most of the line [end]"),
}

func grokRefusal(name, pattern string, lines ...string) refusable {
	definition, err := json.Marshal(map[string]string{"grok": pattern})
	if err != nil {
		panic(err)
	}
	return refusable{"grok-" + name, string(definition), lines}
}

// formRefusals are definitions of several forms, with lines of the first alone: short ones, and those that have most of what the others ask for.
var formRefusals = []refusable{
	{"forms-short-first", `{"line": ["{level:level}: {message}", "{time:timestamp rfc3339} [{thread}] {level:level} {logger:word} - {message}", "{client:ip} - {user} [{time:timestamp clf}] {message}"]}`,
		[]string{"INFO: server is ready", "ERROR: no route to the host that was asked for"}},
	{"forms-alike", `{"line": ["{time:timestamp rfc3339} {level:level} {message:text} done", "{time:timestamp rfc3339} {level:level} {a:word} {b:word} failed in {took:int} ms", "{time:timestamp rfc3339} {level:level} {a:word}: {message:text}!"]}`,
		[]string{"2024-11-12T17:03:00Z INFO the order was placed by a customer and is done"}},
	{"forms-texts", `{"line": ["{a:text}; {b:text}; {c}", "{a:text}, {b:text}, {c}", "{a:text} | {b:text} | {c}", "{a:text} -> {b:text} -> {c}"]}`, []string{"one part; another part; the last part of three"}},
	{"forms-patterns", `{"grok": ["%{WORD:a} %{INT:b:int}$", "^%{TIMESTAMP_ISO8601:time} %{LOGLEVEL:level} %{GREEDYDATA:message}", "%{SYSLOGBASE} %{GREEDYDATA:message}"]}`, []string{"count 17"}},
	{"forms-optional", `{"line": "{? [{id:word}]?}{?<{priority:int}>?}{host:word} {?({user}) ?}{program}: {message}"}`, []string{"web-1 sshd: accepted", "<13>web-1 (ada) cron: started the hourly job"}},
}
