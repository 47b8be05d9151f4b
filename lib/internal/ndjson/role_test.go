package ndjson

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/sawlog/sawlog/lib/internal/infer"
	"github.com/sawlog/sawlog/lib/record"
)

// accessAliases are fields of an access log: a request line, an address with its port, and a dash for nothing.
func accessAliases() []infer.Alias {
	field := func(name string, kind record.Type, keys ...string) infer.Alias {
		return infer.Alias{Declared: infer.Declared{Name: name, Type: kind, Dash: true}, Keys: keys}
	}
	request, client := field("request", record.String, "request"), field("client", record.String, "from")
	request.Role, request.Beside = infer.Request, []string{"method", "target", "protocol"}
	client.Role, client.Beside = infer.HostPort, []string{"port"}
	return []infer.Alias{client, field("method", record.String, "verb"), field("target", record.String, "uri"), field("port", record.Int, "port"), request, field("status", record.Int, "status"), field("user", record.String, "user")}
}

// What one value says about several columns, and what says nothing.
func TestRequestsAndAddresses(t *testing.T) {
	for _, c := range []struct{ lines, want string }{
		{`{"request":"GET /\u0061?b=\"c\" HTTP/1.1","from":"[2001:db8::1]:443","status":"200","user":"ann"}
			{"request":"GET /a HTTP/1.1","from":"192.0.2.1:80","status":404,"user":"-"}
			{"request":"-","from":"-","status":"-","user":""}
			{"request":"\u0016\u0003","from":"192.0.2.1","status":null,"user":"--"}
			{"request":"","from":"2001:db8::1:80","user":"\u002d"}
			{"request":7,"from":["x"]}`,
			`{"method":"GET","target":"/a?b=\"c\"","protocol":"HTTP/1.1","client":"2001:db8::1","port":443,"status":200,"user":"ann"}
			{"method":"GET","target":"/a","protocol":"HTTP/1.1","client":"192.0.2.1","port":80,"status":404}
			{"user":""}
			{"request":"\u0016\u0003","client":"192.0.2.1","user":"--"}
			{"request":"","client":"2001:db8::1:80","user":"-"}
			{"request":"7","client":["x"]}`},
		// A key of the log goes before a part of a value.
		{`{"request":"GET /a HTTP/1.1","verb":"POST","from":"192.0.2.1:80","port":"81"}`,
			`{"request":"GET /a HTTP/1.1","method":"POST","target":"/a","protocol":"HTTP/1.1","client":"192.0.2.1:80","port":81}`},
		{`{"request":"GET /a HTTP/1.1","uri":"/"}`, `{"request":"GET /a HTTP/1.1","target":"/"}`},
	} {
		lines := strings.ReplaceAll(c.lines, "\t", "")
		bound := bind(t, Options{Infer: infer.Options{Aliases: accessAliases(), Fixed: true}}, lines)
		w := bound.NewWorker()
		for range 3 { // the walk must not learn them wrong
			got := rows(parse(bound, w, lines))
			for i, want := range strings.Split(strings.ReplaceAll(c.want, "\t", ""), "\n") {
				assert.JSONEq(t, want, got[i])
			}
		}
	}
}
