package sawlog

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const nginxConf = `# the formats
user www; # who
http {
    log_format main '$remote_addr [$time_local] '
                    '"$request" $status';
    # log_format old '$host';
    log_format json escape=json '{"status":$status,"id":"${request_id}"}';
    map $uri $skip { default 0; ~^/health 1; }
    server { listen 80; access_log /var/log/a.log main; }
}
`

const httpdConf = `ServerRoot "/etc/httpd"
<IfModule log_config_module>
    LogFormat "%h %>s \"%{User-Agent}i\"" short
    # LogFormat "%v" old
    logformat "%h %l %u \
%t %b" long
    ErrorLogFormat "[%t] [%l] %M"
    CustomLog "logs/access_log" short
</IfModule>
`

func TestAFormatIsTakenFromAConfigurationFile(t *testing.T) {
	for _, c := range []struct {
		options Options
		columns string
		wrong   string
	}{
		{Options{Nginx: nginxConf, Name: "main"}, "client time method target protocol request status", ""},
		{Options{Nginx: nginxConf, Name: "json"}, "status request_id", ""},
		{Options{Nginx: nginxConf}, "", "main, json"},
		{Options{Nginx: nginxConf, Name: "old"}, "", `no log_format "old" (it has main, json)`},
		{Options{Nginx: "log_format main '$status';", Name: "label"}, "status", ""},
		{Options{Nginx: "$status", Name: "label"}, "status", ""},
		{Options{Nginx: "http { log_format main '$status'; }"}, "status", ""},
		{Options{Apache: httpdConf, Name: "short"}, "client status user_agent", ""},
		{Options{Apache: httpdConf, Name: "error"}, "time level severity message", ""},
		{Options{Apache: httpdConf}, "", "short, long, error"},
		{Options{Apache: `LogFormat "%h" x`, Name: "label"}, "client", ""},
		{Options{Nginx: "a b;\nlog_format x '$status ${';", Name: "x"}, "", "line 2, column"},
	} {
		p, err := NewParserOptions(c.options)
		if c.wrong != "" {
			assert.ErrorContains(t, err, c.wrong)
			continue
		}
		require.NoError(t, err, c.options)
		assert.Equal(t, c.columns, strings.Join(p.Schema().Names(), " "))
	}
}
