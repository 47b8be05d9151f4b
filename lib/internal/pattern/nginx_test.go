package pattern

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const nginxCombined = `$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"`

const combinedTree = `client:text " - " user:text " [" time:time(clf) "] \"" :request "\" " status:int " " bytes:int " \"" referer:text "\" \"" user_agent:text "\""`

func TestNginxForms(t *testing.T) {
	for name, text := range map[string]string{
		"bare":        nginxCombined,
		"line feed":   nginxCombined + "\r\n",
		"one string":  "'" + nginxCombined + "'",
		"strings":     "  '$remote_addr - $remote_user [$time_local] '\n  '\"$request\" $status $body_bytes_sent '\n\t'\"$http_referer\" \"$http_user_agent\"'",
		"directive":   "log_format main '" + nginxCombined + "';",
		"no end":      "\n log_format  main\t'" + nginxCombined + "'\n",
		"comments":    "log_format main # the usual one\n  '$remote_addr - $remote_user [$time_local] ' # first\n'\"$request\" $status $body_bytes_sent \"$http_referer\" \"$http_user_agent\"' ; # end",
		"doubles":     "log_format main \"" + strings.ReplaceAll(nginxCombined, `"`, `\"`) + "\";",
		"escape":      "log_format main escape=default '" + nginxCombined + "';",
		"only escape": "escape=default '" + nginxCombined + "'",
		"words":       "log_format main '$remote_addr - $remote_user [$time_local] \"$request\" ' $status ' ' $body_bytes_sent ' \"$http_referer\" \"$http_user_agent\"';",
		"braces":      strings.ReplaceAll(nginxCombined, "$status", "${status}"),
		"capitals":    strings.ReplaceAll(nginxCombined, "$status", "$STATUS"),
	} {
		t.Run(name, func(t *testing.T) {
			tree, err := CompileNginx(text)
			require.NoError(t, err)
			assert.Equal(t, combinedTree, tree.String())
		})
	}
}

func TestNginxTrees(t *testing.T) {
	for _, c := range []struct{ format, tree string }{
		{`$status`, `status:int`},
		{`$remote_addr:$remote_port $request $status`, `client+client_port:host:port " " :request~2 " " status:int`},
		{`$remote_addr:$remote_port:$pid`, `client:text ":" client_port:int ":" pid:int`},
		{`$remote_addr:$remote_port $remote_addr:$remote_port`, `client+client_port:host:port " " :text`},
		{`$remote_addr $remote_addr:$remote_port`, `client:text " " +client_port:host:port`},
		{`$remote_port $remote_addr:$remote_port`, `client_port:int " " client:host:port`},
		{`[$time_iso8601]$status`, `"[" time:time(rfc3339) "]" status:int`},
		{`$time_iso8601 $time_local $msec`, `time:time(rfc3339) " " time_local:time(clf)~1 " " msec:time(unix_s)`},
		{`$msec|$request_time`, `time:time(unix_s) "|" duration:duration(s)`},
		{`$time_local$status$request_method`, `time:time(clf) status:int method:text`},
		{`$scheme://$host$request_uri"`, `scheme:text "://" server:text target:text "\""`},
		{`$host:$server_port$uri x`, `server+server_port:host:port target:text " x"`},
		{`$uri$is_args$args $query_string`, `target:text?- " " query:text`},
		{`$uri?$args`, `target:text "?" query:text`},
		{`"$request" $uri $request_uri $request_method $server_protocol`,
			`"\"" :request "\" " uri:text " " request_uri:text " " request_method:text " " server_protocol:text`},
		{`$bytes_sent`, `bytes:int`},
		{`$bytes_sent $body_bytes_sent`, `bytes_sent:int " " bytes:int`},
		{`$server_name`, `server:text`},
		{`$server_name $host $http_host`, `server_name:text " " server:text " " http_host:text`},
		{`$status "$http_x_forwarded_for" $status`, `status:int " \"" forwarded_for:text[text] "\" " :int`},
		{`"$request" "$request"`, `"\"" :request "\" \"" :text "\""`},
		{`$http_X_Request_ID $cookie_SID $arg_Q $sent_http_ETag $geoip_city`,
			`http_x_request_id:text " " cookie_sid:text " " arg_q:text " " sent_http_etag:text " " geoip_city:text`},
		{`$myVar $1`, `myVar:text " " 1:text`},
		{`[$upstream_addr] $upstream_status $upstream_response_length $upstream_response_time`,
			`"[" upstreams:text[text] "] " upstream_statuses:text[int] " " upstream_lengths:text[int] " " upstream_durations:text(s)[duration]`},
		{`$ssl_protocol/$ssl_cipher $pipe $connection $gzip_ratio`, `tls_version:text "/" tls_cipher:text " " pipe:text " " connection:int " " gzip_ratio:float`},
		{`größe=$status日本 `, `"größe=" status:int "日本 "`},
		{`a\tb\"c\'d\\e\z $status`, `"a\tb\"c'd\\e\\z " status:int`},
	} {
		t.Run(c.format, func(t *testing.T) {
			tree, err := CompileNginx(c.format)
			require.NoError(t, err)
			assert.Equal(t, c.tree, tree.String())
		})
	}
}

func TestNginxErrors(t *testing.T) {
	for _, c := range []struct {
		format, message string
		pos             int
	}{
		{"", "no field", 0},
		{"no variable", "no field", 0},
		{"$", "a $ without", 0},
		{"$status $ x", "a $ without", 8},
		{"$status $$", "a $ without", 8},
		{"cost: $€", "a $ without", 6},
		{"$status ${pid", "not closed", 13},
		{"$status ${pi d}", "not closed", 12},
		{"$status ${}", "a $ without", 8},
		{"$scheme$host", "$scheme and $host stand side by side", 7},
		{"log_format m 'ü $scheme' '${host}';", "$scheme and ${host} stand side by side", 27},
		{`'$remote_addr' $pid`, "stand side by side", 15}, // the words of a configuration file: nginx joins them
		{"$status\n$pid", "a line feed", 7},
		{`$status\n`, "a line feed", 7},
		{"log_format", "no field", 0},
		{"log_format '$status'", "without a name", 11},
		{"log_format main", "no field", 0},
		{"log_format main '$status", "quote that is not closed", 16},
		{"log_format main '$status'x;", "behind a closing quote", 25},
		{"log_format main '$status'; access_log x;", "behind the semicolon", 27},
		{"log_format main escape=xml '$status';", "unknown escape parameter xml", 23},
		{"escape=" + strings.Repeat("ü", 40) + " '$status'", "unknown escape parameter " + strings.Repeat("ü", 28) + "...", 7},
		{"escape=JSON '$status'", "unknown escape parameter JSON", 7},
	} {
		t.Run(c.format, func(t *testing.T) {
			_, err := CompileNginx(c.format)
			var e *Error
			require.ErrorAs(t, err, &e)
			assert.Contains(t, e.Message, c.message)
			assert.Equal(t, c.pos, e.Pos)
		})
	}
}

// What the escape parameter changes: how values are escaped and what stands for a missing one.
func TestNginxEscape(t *testing.T) {
	for _, c := range []struct {
		text   string
		escape Escape
		null   string
		empty  bool
	}{
		{"$uri", EscapeBackslash, "-", false},
		{"escape=default '$uri'", EscapeBackslash, "-", false},
		{"log_format j escape=json '$uri';", EscapeJSON, "", true},
		{"escape=none '$uri'", EscapeNone, "", true},
	} {
		tree, err := CompileNginx(c.text)
		require.NoError(t, err, c.text)
		e := tree.Elements[0]
		assert.Equal(t, c.escape, e.Escape, c.text)
		assert.Equal(t, c.null, e.Null, c.text)
		assert.Equal(t, c.empty, e.EmptyNull, c.text)
	}
}

// A format that writes JSON is constant text and variables like any other.
func TestNginxJSON(t *testing.T) {
	tree, err := CompileNginx(`log_format json escape=json '{"time":"$time_iso8601",'
		'"status":$status,"ua":"$http_user_agent"}';`)
	require.NoError(t, err)
	assert.Equal(t, `"{\"time\":\"" time:time(rfc3339) "\",\"status\":" status:int ",\"ua\":\"" user_agent:text "\"}"`, tree.String())
}

// Positions point into the text as the user wrote it, whatever was unescaped and joined.
func TestNginxPositions(t *testing.T) {
	text := `log_format main 'a\'b$status' "\"$request\"" é$pid;`
	tree, err := CompileNginx(text)
	require.NoError(t, err)
	for _, e := range tree.Elements {
		if e.Kind == KindLiteral {
			continue
		}
		assert.Equal(t, e.Source, text[e.Pos:e.Pos+len(e.Source)])
	}
	assert.Equal(t, `"a'b" status:int "\"" :request "\"é" pid:int`, tree.String())
}

// The cost of a definition is about linear in its length.
func TestNginxLong(t *testing.T) {
	if testing.Short() {
		t.Skip("megabytes of pattern take seconds")
	}
	var b strings.Builder
	for i := range 20000 {
		b.WriteString("$v")
		b.WriteString(strings.Repeat("x", i%50))
		b.WriteString(string(rune('a'+i%26)) + " ")
	}
	_, err := CompileNginx(b.String())
	assert.NoError(t, err)
	_, err = CompileNginx(strings.Repeat("é", 1<<20) + "$status")
	assert.NoError(t, err)
	_, err = CompileNginx(strings.Repeat(`\`, 1<<20) + "$status" + strings.Repeat(`'`, 1<<10))
	assert.NoError(t, err)
}

// A name or an address holds no blank: that tells formats apart.
func TestNginxWords(t *testing.T) {
	tree, err := CompileNginx("$remote_addr - $remote_user $host:$server_port")
	require.NoError(t, err)
	assert.True(t, tree.Elements[0].Word)
	assert.False(t, tree.Elements[2].Word)
	assert.True(t, tree.Elements[4].Word)
	tree, err = CompileApache("%h %u")
	require.NoError(t, err)
	assert.True(t, tree.Elements[0].Word)
	assert.False(t, tree.Elements[2].Word)
}

// Every variable in the table compiles on its own, under its canonical name.
func TestNginxTable(t *testing.T) {
	for name, v := range nginxVariables {
		tree, err := CompileNginx("<$" + name + ">")
		require.NoError(t, err, name)
		e := tree.Elements[1]
		want := v.column
		if want == "" {
			want = name
		}
		if e.Kind == KindRequest {
			assert.Equal(t, []string{"method", "target", "protocol", "request"}, e.Fields())
			continue
		}
		assert.Equal(t, want, e.Field, name)
		assert.NotEqual(t, KindLiteral, e.Kind, name)
		assert.Equal(t, e.Kind == KindTime || v.kind == KindDuration, e.Layout != "", name)
	}
}
