package sawlog

import (
	"strings"
	"testing"

	"github.com/goccy/go-json"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/lib/formats"
)

// What a server writes to its access log and to its error log is read with both formats where both go to the same stream.
func TestDetectionOfLogsOfOneServer(t *testing.T) {
	const (
		access = `192.0.2.1 - - [05/Mar/2026:08:09:10 +0000] "GET / HTTP/1.1" 200 512`
		agent  = ` "-" "curl/8.5.0"`
		nginx  = "2026/03/05 08:09:10 [error] 29#29: *1 lost, client: 192.0.2.1\n"
		envoy  = `[2026-03-05T08:09:10.250Z] "GET / HTTP/1.1" 200 - 0 13 5 4 "-" "curl/8.5.0" "7f0c2d1e" "www.example.com" "192.0.2.7:80"`
		apache = "[Thu Mar 05 08:09:10.250001 2026] [core:error] [pid 7:tid 12] [client 192.0.2.1:52100] lost\n"
	)
	const istio = `[2026-03-05T08:09:10.250Z] "GET / HTTP/1.1" 200 - via_upstream - "-" 0 13 5 4 "-" "curl/8.5.0" "7f0c2d1e" "www.example.com" "192.0.2.7:80" outbound|80||x 192.0.2.5:1 192.0.2.7:80 192.0.2.5:2 - default`
	const ingress = access + agent + ` 78 0.001 [default-web-80] [] 192.0.2.7:80 512 0.001 200 7f0c2d1e`
	const traefik = access + ` "-" "-" 1 "web@docker" "http://192.0.2.7:80" 3ms`
	const ruby = "I, [2026-03-05T08:09:10.000001 #7]  INFO -- : up\n"
	const klog = "I0305 08:09:10.250001       7 controller.go:193] \"Reload required\"\n"
	for _, c := range []struct {
		name, text, format, definition string
		rows                           int
	}{
		{"nginx", strings.Repeat(access+agent+"\n", 20) + nginx + "  of more lines\n", "combined", `{"formats":["combined","nginx_error"],"multiline":"time-or-access"}`, 21},
		{"more errors than accesses", access + "\n" + strings.Repeat(apache, 20), "apache_error", `{"formats":["apache_error","common"]}`, 21},
		{"in a terminal's colours", strings.Repeat("\x1b[1m"+access+agent+"\x1b[0m\n", 9) + nginx, "combined", `{"formats":["combined","nginx_error"],"multiline":"time-or-access","strip_ansi":true}`, 10},
		{"Envoy", strings.Repeat(envoy+"\n", 3) + strings.Repeat("[2026-03-05 08:09:10.250][1][info][main] [source/server/server.cc:123] up\n", 2), "envoy", `{"formats":["envoy","spdlog"]}`, 5},
		{"Istio's sidecar", strings.Repeat("2026-03-05T08:09:10.250001Z\tinfo\txdsproxy\tup\n", 5) + strings.Repeat(istio+"\n", 2), "zap_console", `{"formats":["zap_console","istio"],"multiline":"klog"}`, 7},
		{"ingress-nginx", strings.Repeat(klog, 2) + strings.Repeat(ingress+"\n", 9), "nginx_ingress", `{"formats":["nginx_ingress","klog"],"multiline":"klog"}`, 11},
		{"mostly its controller", strings.Repeat(klog, 9) + strings.Repeat(ingress+"\n", 2), "klog", `{"formats":["klog","nginx_ingress"],"multiline":"klog"}`, 11},
		{"an operator", strings.Repeat("2026-03-05T08:09:10.250001Z\tINFO\tsetup\tup\n"+klog, 3), "klog", `{"formats":["klog","zap_console"],"multiline":"klog"}`, 6},
		{"gunicorn", "[2026-03-05 08:09:10 +0000] [1] [INFO] Starting gunicorn 23.0.0\n" + strings.Repeat(access+agent+"\n", 9), "combined", `{"formats":["combined","python_logging"],"multiline":"time-or-level"}`, 10},
		{"Traefik", strings.Repeat(traefik+"\n", 9) + "2026-03-05T08:09:10Z INF up\n", "traefik_clf", `{"formats":["traefik_clf","zerolog_console"]}`, 10},
		{"Traefik 2", strings.Repeat(`time="2026-03-05T08:09:10Z" level=info msg=up`+"\n", 9) + traefik + "\n", "logrus_text", `{"formats":["logrus_text","traefik_clf"]}`, 10},
		{"Rails", strings.Repeat(ruby, 2) + strings.Repeat(access+agent+"\n", 9), "combined", `{"formats":["combined","ruby_logger"],"multiline":{"start":"^[DIWEFAU], \\[|^[\\da-f:][\\da-f:.]+ \\S+ \\S+ \\[\\d\\d/"}}`, 11},
		{"mostly Rails", strings.Repeat(ruby+"of two lines\n", 9) + access + " 0.0123\n", "ruby_logger", `{"formats":["ruby_logger","common"],"multiline":{"start":"^[DIWEFAU], \\[|^[\\da-f:][\\da-f:.]+ \\S+ \\S+ \\[\\d\\d/"}}`, 10},
		{"one of them alone", strings.Repeat(access+"\n", 20), "common", `{"format":"common"}`, 20},
		{"lines of somebody else", strings.Repeat(access+"\n", 20) + "starting\n", "common", `{"format":"common"}`, 20},
		{"of another server", strings.Repeat(`{"a":1}`+"\n", 20) + nginx, "json", `{"format":"json"}`, 20},
	} {
		d := Detect([]byte(c.text))
		assert.Equal(t, c.format, d.Format, "%s: %s", c.name, d.Explain())
		assert.JSONEq(t, c.definition, d.Definition, c.name)
		for _, definition := range []string{d.Definition, "auto", `{"format": "auto", "columns": ["time"]}`} {
			p, err := NewParser(definition)
			require.NoError(t, err)
			b := p.Parse([]byte(c.text))
			assert.Equal(t, c.rows, b.Len(), "%s: %s", c.name, definition)
			b.Release()
		}
		p, err := NewParser(`{"format": "auto", "fields": {"time": "string"}}`) // what is said of one format is not said of two
		require.NoError(t, err)
		b := p.Parse([]byte(c.text))
		assert.LessOrEqual(t, b.Len(), c.rows, c.name)
		b.Release()
	}
}

// In a list of formats, and in an envelope, the format that is found has its place.
func TestDetectionOfLogsOfOneServerWithin(t *testing.T) {
	lines := strings.Repeat(accessLine+"\n", 9) + "2026/03/05 08:09:10 [error] 29#29: *1 lost, client: 192.0.2.1\n  of two lines\n"
	for _, c := range []struct {
		definition, text string
		rows, rejects    int
	}{
		{`{"formats": ["auto", {"json": {}}]}`, lines, 9, 2},
		{`{"format": "auto", "envelope": {"dissect": "%{host}|%{message}"}}`, "gate|" + strings.ReplaceAll(strings.TrimSuffix(lines, "\n"), "\n", "\ngate|"), 10, 0},
	} {
		p, err := NewParser(c.definition)
		require.NoError(t, err)
		b := p.Parse([]byte(c.text))
		assert.Equal(t, []int{c.rows, c.rejects}, []int{b.Len(), b.Rejects()}, c.definition)
		b.Release()
	}
}

// Formats that stand beside others name them rightly, and no two of a pair join lines in ways of their own.
func TestFormatsBeside(t *testing.T) {
	all, err := formats.All()
	require.NoError(t, err)
	for _, f := range all {
		for _, name := range f.Beside {
			other := formats.Find(name)
			require.NotNil(t, other, "%s: %s", f.Name, name)
			if of := multilineOf(other); of != "" {
				assert.Equal(t, multilineOf(&f), of, "%s: %s", f.Name, name)
			}
			d := Detection{}
			d.mix(&contender{format: &f}, &contender{format: other})
			p, err := NewParser(d.Definition)
			require.NoError(t, err, d.Definition)
			assert.NotNil(t, p)
		}
	}
}

// multilineOf is how a format joins lines, "" where it does not.
func multilineOf(f *formats.Format) string {
	var d struct {
		Multiline json.RawMessage
	}
	if json.Unmarshal([]byte(f.Definition), &d) != nil {
		return "?"
	}
	return string(d.Multiline)
}
