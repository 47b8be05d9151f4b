"""Reads a log with its own nginx log_format: the string from nginx.conf is all that is needed."""
import sawlog

data = b"""\
192.0.2.1 [2026-03-02T08:00:00+01:00] GET /oak 200 0.125s sawmill.example
192.0.2.2 [2026-03-02T08:00:01+01:00] GET /elm 404 0.002s sawmill.example
"""

parser = sawlog.Parser(nginx="$remote_addr [$time_iso8601] $request_method $uri $status ${request_time}s $host", rename={"duration": "took"})
batch = parser.parse(data)
print(batch.to_json(lines=True), end="")
print(parser.parse_line("192.0.2.3 [2026-03-02T08:00:02+01:00] GET /ash 200 0.001s sawmill.example")["took"])
