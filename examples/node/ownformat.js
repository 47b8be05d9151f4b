'use strict'
// Reads a log with its own nginx log_format: the string from nginx.conf is all that is needed.
const sawlog = require('../../bindings/node') // elsewhere: require('sawlog')

const data = `192.0.2.1 [2026-03-02T08:00:00+01:00] GET /oak 200 0.125s sawmill.example
192.0.2.2 [2026-03-02T08:00:01+01:00] GET /elm 404 0.002s sawmill.example
`

const parser = new sawlog.Parser({
  nginx: '$remote_addr [$time_iso8601] $request_method $uri $status ${request_time}s $host',
  rename: { duration: 'took' }
})
const batch = parser.parse(Buffer.from(data))
for (const row of batch) console.log(JSON.stringify(row))
