'use strict'
// What one would write in JavaScript without sawlog, under measurement. Each line becomes an object of typed values, which is dropped.
const fs = require('node:fs')
const { main } = require('./contract')

const ACCESS = /^(\S+) (\S+) (\S+) \[([^\]]+)\] "([A-Z]+) (\S+) (HTTP\/[\d.]+)" (\d{3}) (\d+|-) "([^"\\]*(?:\\.[^"\\]*)*)" "([^"\\]*(?:\\.[^"\\]*)*)"$/
const BSD = /^<(\d{1,3})>(\w{3}) ([ \d]\d) (\d\d):(\d\d):(\d\d) (\S+) ([^:[]+)(?:\[(\d+)\])?: (.*)$/
const RFC5424 = /^<(\d{1,3})>(\d+) (\S+) (\S+) (\S+) (\S+) (\S+) (-|(?:\[(?:[^"\]]|"[^"\\]*(?:\\.[^"\\]*)*")*\])+) ?(.*)$/
const PARAM = /(\S+?)="([^"\\]*(?:\\.[^"\\]*)*)"/g
const LOG4J = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d),(\d{3}) (\w+) +\[([^\]]*)\] ([^:]+): (.*)$/
const CHAIN = /^(.*?) (.*?) (.*?) (.*?) (.*) \[(\w+)\]$/
const PAIR = /(\w+)=(?:"([^"\\]*(?:\\.[^"\\]*)*)"|(\S*))/g
const MONTHS = { Jan: 0, Feb: 1, Mar: 2, Apr: 3, May: 4, Jun: 5, Jul: 6, Aug: 7, Sep: 8, Oct: 9, Nov: 10, Dec: 11 }

// 02/Mar/2026:08:59:58 +0100
function clf (t) {
  const offset = (Number(t.slice(22, 24)) * 60 + Number(t.slice(24, 26))) * (t[21] === '-' ? 60000 : -60000)
  return new Date(Date.UTC(+t.slice(7, 11), MONTHS[t.slice(3, 6)], +t.slice(0, 2), +t.slice(12, 14), +t.slice(15, 17), +t.slice(18, 20)) + offset)
}

function access (line) {
  const m = ACCESS.exec(line)
  return m && {
    client: m[1],
    ident: m[2],
    user: m[3],
    time: clf(m[4]),
    method: m[5],
    target: m[6],
    protocol: m[7],
    status: +m[8],
    bytes: m[9] === '-' ? null : +m[9],
    referer: m[10],
    userAgent: m[11]
  }
}

function bsd (line) {
  const m = BSD.exec(line)
  return m && { severity: m[1] & 7, facility: m[1] >> 3, time: new Date(Date.UTC(2026, MONTHS[m[2]], +m[3], +m[4], +m[5], +m[6])), host: m[7], app: m[8], pid: m[9], message: m[10] }
}

function rfc5424 (line) {
  const m = RFC5424.exec(line)
  if (m === null) return null
  const params = {}
  for (const [, key, value] of m[8].matchAll(PARAM)) params[key] = value.includes('\\') ? value.replace(/\\(["\\\]])/g, '$1') : value
  return { severity: m[1] & 7, time: new Date(m[3]), host: m[4], app: m[5], pid: m[6], msgid: m[7], params, message: m[9] }
}

function log4j (line) {
  const m = LOG4J.exec(line)
  return m && { time: new Date(Date.UTC(+m[1], m[2] - 1, +m[3], +m[4], +m[5], +m[6], +m[7])), level: m[8], thread: m[9], logger: m[10], message: m[11] }
}

function chain (line) {
  const m = CHAIN.exec(line)
  return m && { a: m[1], b: m[2], c: m[3], d: m[4], e: m[5], f: m[6] }
}

function json (line) {
  try {
    const row = JSON.parse(line)
    row.time = new Date(row.time)
    return row
  } catch {
    return null
  }
}

function logfmt (line) {
  const row = {}
  for (const [, key, quoted, plain] of line.matchAll(PAIR)) row[key] = plain ?? (quoted.includes('\\') ? JSON.parse(`"${quoted}"`) : quoted)
  row.time = new Date(row.time)
  row.user_id = +row.user_id
  row.status = +row.status
  row.latency_ms = +row.latency_ms
  return row
}

const OF = {
  access: row => [row.bytes ?? 0, +(row.status === 200), row.target.length],
  event: row => [row.user_id, row.latency_ms, +(row.level === 'error'), row.path.length],
  status: row => [row.requests.total, row.upstreams.pay.traffic.sent, row.caches.pages.ratio, +(row.upstreams.tax.state === 'up')],
  bsd: row => [row.severity, row.app.length, row.message.length],
  rfc5424: row => [row.severity, row.msgid.length, row.message.length, Object.keys(row.params).length],
  log4j: row => [+(row.level === 'ERROR'), row.logger.length, row.message.length],
  chain: row => [row.a.length, row.d.length, row.e.length, row.f.length],
  nothing: () => []
}

const CASES = {
  combined: [access, OF.access],
  'combined-real': [access, OF.access],
  refuse: [access, OF.access],
  rows: [access, OF.access],
  line: [access, OF.access],
  syslog3164: [bsd, OF.bsd],
  syslog5424: [rfc5424, OF.rfc5424],
  pattern: [log4j, OF.log4j],
  'grok-chain': [chain, OF.chain],
  ndjson: [json, OF.event],
  'ndjson-deep': [json, OF.status],
  'ndjson-shapes': [json, OF.event],
  'ndjson-escapes': [json, OF.event],
  logfmt: [logfmt, OF.event],
  'rows-json': [line => {
    const row = access(line)
    return row && { text: JSON.stringify(row) }
  }, OF.nothing]
}

function work ({ name, file, sums, time }) {
  const [parse, values] = CASES[name]
  return time(async () => {
    const text = fs.readFileSync(file, 'utf8')
    for (let from = 0, to; (to = text.indexOf('\n', from)) >= 0; from = to + 1) {
      const row = parse(text.slice(from, to))
      if (row === null) {
        sums.rejects++
        continue
      }
      sums.rows++
      const list = values(row)
      for (let i = 0; i < list.length; i++) sums.totals[i] += list[i]
      if (row.time) sums.span(row.time.getTime())
    }
  })
}

main([
  { name: 'Node.js RegExp', program: 'regexp', cases: ['combined', 'combined-real', 'refuse', 'rows', 'line', 'syslog3164', 'syslog5424', 'pattern'], work },
  { name: 'Node.js RegExp, the pattern written out', program: 'chain', cases: ['grok-chain'], slow: true, work },
  { name: 'Node.js RegExp, JSON.stringify', program: 'stringify', cases: ['rows-json'], work },
  { name: 'Node.js JSON.parse', program: 'json', cases: ['ndjson', 'ndjson-deep', 'ndjson-shapes', 'ndjson-escapes'], work },
  { name: 'Node.js RegExp, matchAll', program: 'logfmt', cases: ['logfmt'], work }
])
