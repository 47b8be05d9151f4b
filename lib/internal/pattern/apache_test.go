package pattern

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const apacheCombined = `%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-agent}i"`

const apacheTree = `client:text " " ident:text " " user:text " [" time:time(clf) "] \"" :request "\" " status:int " " bytes:int " \"" referer:text "\" \"" user_agent:text "\""`

func TestApacheForms(t *testing.T) {
	escaped := strings.ReplaceAll(apacheCombined, `"`, `\"`)
	for name, text := range map[string]string{
		"bare":       apacheCombined,
		"line feed":  apacheCombined + "\n",
		"escaped":    escaped,
		"string":     `"` + escaped + `"`,
		"named":      `"` + escaped + `" combined`,
		"directive":  `LogFormat "` + escaped + `" combined`,
		"lower case": `  logformat "` + escaped + `"`,
		"single":     `LogFormat '` + apacheCombined + `' combined`,
		"custom":     `CustomLog "logs/access log" "` + escaped + `" env=!dontlog`,
		"global":     `GlobalLog logs/a "` + escaped + `"`,
		"transfer":   `TransferLog "` + escaped + `"`,
		"nickname":   "combined",
		"spaces":     " combined\n",
		"custom log": "CustomLog ${APACHE_LOG_DIR}/access.log combined",
		"quoted log": "CustomLog 'a log' \"" + escaped + "\"",
		"header":     strings.ReplaceAll(apacheCombined, "User-agent", "USER-AGENT"),
	} {
		t.Run(name, func(t *testing.T) {
			tree, err := CompileApache(text)
			require.NoError(t, err)
			assert.Equal(t, apacheTree, tree.String())
		})
	}
}

func TestApacheTrees(t *testing.T) {
	for _, c := range []struct{ format, tree string }{
		{"common", strings.TrimSuffix(apacheTree, ` " \"" referer:text "\" \"" user_agent:text "\""`)},
		{"combinedio", strings.TrimSuffix(apacheTree, `"\""`) + `"\" " bytes_received:int " " bytes_sent:int`},
		{"vhost_combined", `server+server_port:host:port " " ` + apacheTree},
		{"agent", `user_agent:text`},
		{"referer", `referer:text " -> " target:text`},
		{`"%r"`, `"\"" :request "\""`},
		{`%r %s`, `:request~2 " " status:int`},
		{`%v:%{local}p/%h:%{remote}p %A`, `server+server_port:host:port "/" client+client_port:host:port " " server_ip:ip`},
		{`%h %a %{c}a %{c}h`, `client:text " " client_ip:text " " peer:text " " peer_name:text`},
		{`%a`, `client:text`},
		{`%V`, `server:text`},
		{`%V %v`, `server_name:text " " server:text`},
		{`%m %U%q %H`, `method:text " " target:text " " protocol:text`},
		{`%m %U %q`, `method:text " " target:text " " query:text`},
		{`"%r" %U%q %m %H`, `"\"" :request "\" " path:text " " request_method:text " " request_protocol:text`},
		{`%v%U`, `server:text target:text`},
		{`%O`, `bytes:int`},
		{`%B %b %I %S %^FB`, `body_bytes:int " " bytes:int " " bytes_received:int " " bytes_total:int " " first_byte_duration:duration(us)`},
		{`%D %T %{ms}T %{us}T %{s}T`, `duration:duration(us) " " duration_s:duration(s) " " duration_ms:duration(ms) " " :duration(us) " " :duration(s)`},
		{`%T`, `duration:duration(s)`},
		{`%{ms}T`, `duration:duration(ms)`},
		{`%s %>s %<s`, `original_status:int " " status:int " " :int`},
		{`%s`, `status:int`},
		{`%>U %U %<h`, `final_target:text " " target:text " " client:text`},
		{`%u %<u`, `user:text " " original_user:text`},
		{`"%r" "%>r"`, `"\"" :request "\" \"" final_request:text "\""`},
		{`%P %{pid}P %{tid}P %{hextid}P %k %X %R %L %f`,
			`pid:int " " :int " " tid:int " " hextid:text " " keepalive_requests:int " " connection_status:text " " handler:text " " log_id:text " " file:text`},
		{`%{Host}i %{X-Request-ID}i %{ETag}o %{SID}C %{id}n %{PATH}e %{X}^ti %{Y-z}^to`,
			`http_host:text " " http_x_request_id:text " " sent_http_etag:text " " cookie_sid:text " " note_id:text " " env_path:text " " trailer_x:text " " sent_trailer_y_z:text`},
		{`%{SSL_PROTOCOL}x %{SSL_CIPHER}x %{SSL_CLIENT_S_DN}x`, `tls_version:text " " tls_cipher:text " " ssl_client_s_dn:text`},
		{`%{version}c %{cipher}c`, `tls_version:text " " tls_cipher:text`},
		{`"%{X-Forwarded-For}i" %h`, `"\"" forwarded_for:text[text] "\" " client:text`},
		{`%400,501{User-agent}i %!200,304{Referer}i`, `user_agent:text " " referer:text`},
		{`%{User-agent}400i`, `user_agent:text`},
		{`%X%h`, `connection_status:text client:text`},
		{`100%% %h`, `"100% " client:text`},
		{`%h\t%u`, `client:text "\t" user:text`},
		{`accesslog.format = "%h %V \"%r\" %>s"`, `client:text " " server:text " \"" :request "\" " status:int`},
		{`LogFormat "%h\\t%u\\\"\\\\"`, `client:text "\t" user:text "\\\"\\"`},
		{`größe %h`, `"größe " client:text`},
		// times
		{`%t`, `"[" time:time(clf) "]"`},
		{`%t%h`, `"[" time:time(clf) "]" client:text`},
		{`%!500t %h`, `time:time([%d/%b/%Y:%H:%M:%S %z])~1 " " client:text`},
		{`%{sec}t`, `time:time(unix_s)`},
		{`%{msec}t %{usec}t`, `time:time(unix_ms) " " time_usec:time(unix_us)`},
		{`%t %{end:sec}t`, `"[" time:time(clf) "] " end_time:time(unix_s)`},
		{`%t %{sec}t`, `"[" time:time(clf) "] " time_sec:time(unix_s)`},
		{`%t %{%F}t`, `"[" time:time(clf) "] " time_2:time(%Y-%m-%d)`},
		{`[%{begin:%d/%b/%Y %T}t.%{msec_frac}t %{%z}t]`, `"[" time:time(%d/%b/%Y %H:%M:%S.%3f %z) "]"`},
		{`%{%d/%b/%Y:%T}t.%{usec_frac}t`, `time:time(%d/%b/%Y:%H:%M:%S.%6f)`},
		{`%{%F}t%{%T}t`, `time:time(%Y-%m-%d%H:%M:%S)`},
		{`[%{%F}t] 5%% [%{%T}t]`, `"[" time:time(%Y-%m-%d] 5%% [%H:%M:%S)~1 "]"`},
		{`%{sec}t.%{msec_frac}t`, `time:time(%s.%3f)`},
		{`%{%F %T}t %{end:%F %T}t`, `time:time(%Y-%m-%d %H:%M:%S)~1 " " end_time:time(%Y-%m-%d %H:%M:%S)`},
		{`%{%F %T}t %{%F %R}t`, `time:time(%Y-%m-%d %H:%M:%S)~1 " " time_2:time(%Y-%m-%d %H:%M)`},
		{`%{sec}t %{%F}t`, `time:time(unix_s) " " time_2:time(%Y-%m-%d)`},
		{`%{msec_frac}t %h`, `msec_frac:uint " " client:text`},
		{`%{%c %r %R %D}t`, `time:time(%a %b %e %H:%M:%S %Y %I:%M:%S %p %H:%M %m/%d/%y)`},
	} {
		t.Run(c.format, func(t *testing.T) {
			tree, err := CompileApache(c.format)
			require.NoError(t, err)
			assert.Equal(t, c.tree, tree.String())
		})
	}
}

func TestApacheErrors(t *testing.T) {
	for _, c := range []struct {
		format, message, hint string
		pos                   int
	}{
		{"", "no field", "", 0},
		{"just text", "no field", "", 0},
		{"100%%", "no field", "", 0},
		{"%", "in the middle of a directive", "%%", 0},
		{"%h %>", "in the middle of a directive", "%%", 3},
		{"%h %400", "in the middle of a directive", "%%", 3},
		{"%h %{Referer", "not closed", "", 4},
		{"%h %{Referer}", "in the middle", "", 3},
		{"%h 100% sure", "unknown directive % ", "%%", 6},
		{"%h %é", "unknown directive %é", "known are", 3},
		{"%M", "unknown directive %M", "%m is one", 0},
		{"%Z", "unknown directive %Z", "known are", 0},
		{"%^FX", "unknown directive %^FX", "known are", 0},
		{"%h %{foo}p", "unknown parameter foo of %p", "canonical, client, local, remote, server", 5},
		{"%{min}T", "unknown parameter min", "ms, s, us", 2},
		{"%{x}h", "unknown parameter x", "c", 2},
		{"%{x}m", "%m takes no parameter", "write %m", 2},
		{"%h %i", "%i needs a name", "%{NAME}i", 3},
		{"%{}C", "needs a name", "%{NAME}C", 0},
		{"%h%u", "%h and %u stand side by side", "between", 2},
		{"%>s%O", "%>s and %O stand side by side", "", 3},
		{`LogFormat "%h \"%{A}i%{B}i\""`, "stand side by side", "", 21},
		{`%{A-b}i %{A_b}i`, "both give the column http_a_b", "note_NAME", 8},
		{"%h\n%u", "a line feed", "", 2},
		{`%h\n`, "a line feed", "", 2},
		{"%{%Q}t", "conversion %Q", "%Y", 2},
		{"%h %{begin:%Y %}t", "middle of a conversion", "", 14},
		{"%{today}t", "without a conversion", "msec", 2},
		{"%{end:}t %{end:%G}t", "conversion %G", "", 15},
		{"LogFormat", "has no format", "", 9},
		{"accesslog.format = ", "has no format", "", 16},
		{"accesslog.format", "has no value", "FORMAT", 16},
		{"LogFormat \"%h", "not closed", "", 10},
		{"LogFormat nick", "unknown nickname nick", "combined", 10},
		{"CustomLog \"file", "has no format", "", 9},
		{"LogFormat %h%u", "side by side", "", 12},
		{"CustomLog file", "has no format", "", 9},
	} {
		t.Run(c.format, func(t *testing.T) {
			_, err := CompileApache(c.format)
			var e *Error
			require.ErrorAs(t, err, &e)
			assert.Contains(t, e.Message, c.message)
			assert.Contains(t, e.Hint, c.hint)
			assert.Equal(t, c.pos, e.Pos)
		})
	}
}

// What Apache writes for a value that is not there, and where a dash or two quotes mean something else.
func TestApacheNulls(t *testing.T) {
	tree, err := CompileApache(`%u %X %b`)
	require.NoError(t, err)
	user, state, bytes := tree.Elements[0], tree.Elements[2], tree.Elements[4]
	tree, err = CompileApache(`%500X`)
	require.NoError(t, err)
	conditional := tree.Elements[0]
	assert.Equal(t, "-", user.Null)
	assert.Equal(t, `""`, user.Empty)
	assert.Equal(t, EscapeBackslash, user.Escape)
	assert.Equal(t, "", state.Null, "a dash says that the connection was closed")
	assert.Equal(t, "-", conditional.Null)
	assert.Equal(t, "-", bytes.Null)
	assert.True(t, state.Dictionary)
}

func TestApachePositions(t *testing.T) {
	text := `LogFormat "ü\"%r\" %{begin:%F %T}t\t%!200{A}i %%%D" nick`
	tree, err := CompileApache(text)
	require.NoError(t, err)
	for _, e := range tree.Elements {
		if e.Kind != KindLiteral {
			assert.Equal(t, e.Source, text[e.Pos:e.Pos+len(e.Source)])
		}
	}
	assert.Equal(t, `"ü\"" :request "\" " time:time(%Y-%m-%d %H:%M:%S) "\t" http_a:text " %" duration:duration(us)`, tree.String())
}

func TestApacheLong(t *testing.T) {
	if testing.Short() {
		t.Skip("megabytes of pattern take seconds")
	}
	_, err := CompileApache(strings.Repeat("%h ", 100000))
	assert.NoError(t, err)
	_, err = CompileApache(strings.Repeat("%", 1<<20) + " %h")
	assert.NoError(t, err)
	_, err = CompileApache("%" + strings.Repeat("4,", 1<<20) + "h")
	assert.NoError(t, err)
	_, err = CompileApache(strings.Repeat("%{%F}t ", 20000))
	assert.NoError(t, err)
}
