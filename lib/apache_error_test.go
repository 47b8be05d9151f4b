package sawlog_test

import (
	"testing"

	"github.com/goccy/go-json"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	sawlog "github.com/sawlog/sawlog/lib"
)

// Lines as Apache writes them by an ErrorLogFormat: what has nothing to say is left out, with the blank beside it. An empty row: refused.
func TestErrorLogFormats(t *testing.T) {
	const (
		usual    = `ErrorLogFormat "[%{u}t] [%-m:%l] [pid %P:tid %T] %7F: %E: [client\ %a] %M% ,\ referer\ %{Referer}i"`
		old      = `ErrorLogFormat "[%t] [%l] %7F: %E: [client\ %a] %M% ,\ referer\ %{Referer}i"`
		advanced = `ErrorLogFormat "[%{cu}t] [%l] [pid %P] [R:%L] [C:%{C}L] %E: [%v] %M [UA:'%+{User-Agent}i']"`
	)
	for _, c := range []struct{ format, line, row string }{
		{usual, `[Thu May 12 08:28:57.652118 2011] [core:error] [pid 8777:tid 4326490] (2)No such file or directory: [client ::1:58619] File does not exist: /usr/local/apache2/htdocs/favicon.ico, referer http://example.com/`,
			`{"time":"2011-05-12T08:28:57.652118Z","module":"core","level":"error","severity":3,"pid":8777,"tid":4326490,"os_code":2,"os_error":"No such file or directory","client":"::1","client_port":58619,"message":"File does not exist: /usr/local/apache2/htdocs/favicon.ico","referer":"http://example.com/"}`},
		{usual, `[Thu May 12 08:28:57.652118 2011] [mpm_event:notice] [pid 8777:tid 4326490] AH00489: Apache/2.4.58 configured -- resuming normal operations`,
			`{"time":"2011-05-12T08:28:57.652118Z","module":"mpm_event","level":"notice","severity":5,"pid":8777,"tid":4326490,"message":"AH00489: Apache/2.4.58 configured -- resuming normal operations"}`},
		{usual, `[Thu May 12 08:28:57.652118 2011] [-:debug] [pid 8777:tid 4326490] core.c(4739): [client 192.0.2.7:80] trace`,
			`{"time":"2011-05-12T08:28:57.652118Z","level":"debug","severity":7,"pid":8777,"tid":4326490,"file":"core.c","line":4739,"client":"192.0.2.7","client_port":80,"message":"trace"}`},
		{usual, `[Thu May 12 08:28:57.652118 2011] [core:error] no pid`, ``},
		{old, `[Thu May 12 08:28:57 2011] [warn] [client 192.0.2.7] slow`, `{"time":"2011-05-12T08:28:57Z","level":"warn","severity":4,"client":"192.0.2.7","message":"slow"}`},
		{old, `[Thu May 12 08:28:57 2011] [notice] Apache configured`, `{"time":"2011-05-12T08:28:57Z","level":"notice","severity":5,"message":"Apache configured"}`},
		{advanced, `[2026-03-05 08:09:10.250001] [info] [pid 7] [R:a1] [C:b2] [shop.example.com] hello [UA:'curl/8']`,
			`{"time":"2026-03-05T08:09:10.250001Z","level":"info","severity":6,"pid":7,"log_id":"a1","connection_log_id":"b2","server":"shop.example.com","message":"hello","user_agent":"curl/8"}`},
		{advanced, `[2026-03-05 08:09:10.250001] [info] [pid 7] hello`, `{"time":"2026-03-05T08:09:10.250001Z","level":"info","severity":6,"pid":7,"message":"hello"}`},
		{`ErrorLogFormat "[%t] [%m:%l] [client\\ %a] [vh\\ %v] %M \"x\""`, `[Thu May 12 08:28:57 2011] [core:info] [client 192.0.2.7:80] hello "x"`, // the configuration file's own backslashes
			`{"time":"2011-05-12T08:28:57Z","module":"core","level":"info","severity":6,"client":"192.0.2.7","client_port":80,"message":"hello"}`},
		{`ErrorLogFormat request "[%{uc}t] {R:%L} %M"`, `[2026-03-05 08:09:10.250001] {R:a1} x`, `{"time":"2026-03-05T08:09:10.250001Z","log_id":"a1","message":"x"}`},
		{`ErrorLogFormat "[%{cuz}t] [%m:%l] %M"`, `[2026-03-05 08:09:10.250001 +0100] [rewrite:trace3] x`, `{"time":"2026-03-05T07:09:10.250001Z","module":"rewrite","level":"trace3","severity":7,"message":"x"}`},
		{`ErrorLogFormat "[%{zu}t] [%l] %M"`, `[Thu Mar 05 08:09:10.250 2026 +0100] [info] x`, `{"time":"2026-03-05T07:09:10.25Z","level":"info","severity":6,"message":"x"}`},
		// What stands there twice has one column.
		{`ErrorLogFormat "[%t] [%l] [pid %P] [%a] [%{User-Agent}i] %M (%P %a %E) '%{User-Agent}i'"`, `[Thu May 12 08:28:57 2011] [info] [pid 7] [192.0.2.7:80] [a b] x (7 192.0.2.7:80 (2)No) 'a b'`,
			`{"time":"2011-05-12T08:28:57Z","level":"info","severity":6,"pid":7,"client":"192.0.2.7","client_port":80,"user_agent":"a b","message":"x","os_code":2,"os_error":"No"}`},
		{`ErrorLogFormat "[%t] [%l] [pid %P] [pid %P] %M"`, `[Thu May 12 08:28:57 2011] [info] [pid 7] [pid x] x`, ``},
	} {
		definition, err := json.Marshal(map[string]string{"apache": c.format})
		require.NoError(t, err)
		parser, err := sawlog.NewParser(string(definition))
		require.NoError(t, err, c.format)
		batch := parser.ParseRecord([]byte(c.line))
		if c.row == "" {
			assert.Equal(t, 1, batch.Rejects(), c.line)
		} else if assert.Equal(t, 1, batch.Len(), "%s: %+v", c.line, parser.Explain([]byte(c.line))) {
			assert.JSONEq(t, c.row, string(batch.AppendJSON(nil, 0, true)))
		}
		batch.Release()
	}
}

func TestErrorLogFormatsThatAreWrong(t *testing.T) {
	for _, c := range []struct {
		format, says string
		offset       int
	}{
		{`ErrorLogFormat`, "the directive has no format", 0},
		{`ErrorLogFormat "[%t] %M`, "a quote that is not closed", 15},
		{`ErrorLogFormat "[%t] %h %M"`, "unknown directive %h of an ErrorLogFormat", 21},
		{`ErrorLogFormat "[%{x}t] %M"`, "unknown directive %{x}t of an ErrorLogFormat", 17},
		{`ErrorLogFormat "[%t] %{x"`, "a brace that is not closed", 22},
		{`ErrorLogFormat "[%t] %M %"`, "the format ends in the middle of a directive", 24},
		{`ErrorLogFormat "[%t] %M%m"`, "the ErrorLogFormat cannot be told apart", 16},
	} {
		definition, err := json.Marshal(map[string]string{"apache": c.format})
		require.NoError(t, err)
		_, err = sawlog.NewParser(string(definition))
		var e *sawlog.FormatError
		if assert.ErrorAs(t, err, &e, c.format) {
			assert.Contains(t, e.Message, c.says)
			assert.Equal(t, c.offset, e.Offset, c.format)
		}
	}
}
