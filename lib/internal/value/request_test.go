package value

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/sawlog/sawlog/lib/internal/scan"
)

func TestRequest(t *testing.T) {
	for text, want := range map[string]string{
		"GET / HTTP/1.1": "GET|/|HTTP/1.1", "M-SEARCH * HTTP/1.1": "M-SEARCH|*|HTTP/1.1", "get http://a/?b=c http/2": "get|http://a/?b=c|http/2",
		"": "", "-": "", "GET /": "", "GET  HTTP/1.1": "", " / HTTP/1.1": "", "GET /a b HTTP/1.1": "", "GET / HTTP": "", "GET / HTTP/x": "",
		"\x16\x03 / HTTP/1.1": "", "(GET / HTTP/1.1": "", "GET / 1/1.1": "", "GET / /1.1": "",
	} {
		data := append([]byte(text), make([]byte, scan.Slack)...)
		m, p, ok := Request(data[:len(text)])
		assert.Equal(t, want != "", ok, text)
		if ok {
			assert.Equal(t, want, text[:m]+"|"+text[m+1:p]+"|"+text[p+1:])
		}
	}
}

func TestHostPort(t *testing.T) {
	for _, c := range []struct {
		text, host string
		port       uint64
		hasPort    bool
	}{
		{"192.0.2.1:443", "192.0.2.1", 443, true}, {"192.0.2.1", "192.0.2.1", 0, false}, {"[2001:db8::1]:443", "2001:db8::1", 443, true},
		{"[2001:db8::1]", "2001:db8::1", 0, false}, {"2001:db8::1:443", "2001:db8::1", 443, true}, {"a.example:", "a.example:", 0, false}, {"", "", 0, false},
		{":80", "", 80, true}, {"[x]", "[x]", 0, false}, {"2001:db8::a", "2001:db8::a", 0, false}, {"a:99999999999999999999", "a:99999999999999999999", 0, false},
	} {
		data := append([]byte(c.text), make([]byte, scan.Slack)...)
		from, to, port, hasPort := HostPort(data, 0, len(c.text))
		assert.Equal(t, c.host, c.text[from:to], c.text)
		assert.Equal(t, c.hasPort, hasPort, c.text)
		if hasPort {
			assert.Equal(t, c.port, port, c.text)
		}
	}
}
