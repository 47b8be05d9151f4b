'use strict'
// A Node.js program under measurement: run.js PROGRAM CASE FILE THREADS DEFINITION. What it prints is told in examples/bench/main.go.
// The programs beside sawlog are what one would write without it; each line becomes an object of typed values, which is dropped.
const fs = require('node:fs')

const COMBINED = /^(\S+) (\S+) (\S+) \[([^\]]+)\] "([A-Z]+) (\S+) (HTTP\/[\d.]+)" (\d{3}) (\d+|-) "([^"\\]*(?:\\.[^"\\]*)*)" "([^"\\]*(?:\\.[^"\\]*)*)"$/
const PAIR = /(\w+)=(?:"([^"\\]*(?:\\.[^"\\]*)*)"|(\S*))/g
const MONTHS = { Jan: 0, Feb: 1, Mar: 2, Apr: 3, May: 4, Jun: 5, Jul: 6, Aug: 7, Sep: 8, Oct: 9, Nov: 10, Dec: 11 }

// Sums over the typed values. Times are milliseconds.
const check = { rows: 0, rejects: 0, bytes: 0, ok: 0, users: 0, errors: 0, latency: 0, first: Infinity, last: -Infinity }

function addTime (ms) {
  if (ms < check.first) check.first = ms
  if (ms > check.last) check.last = ms
}

function addAccess (status, size, ms) {
  check.rows++
  check.bytes += size
  if (status === 200) check.ok++
  addTime(ms)
}

function addEvent (user, latency, level, ms) {
  check.rows++
  check.users += user
  check.latency += latency
  if (level === 'error') check.errors++
  addTime(ms)
}

const isEvent = name => name === 'ndjson' || name === 'logfmt'

// ---- sawlog --------------------------------------------------------------------------------------------------------------------------

async function sawlogBatches (name, file, threads, definition) {
  const sawlog = require('..')
  const options = { ...JSON.parse(definition), threads }
  const parser = new sawlog.Parser(JSON.parse(definition)) // start-up is not measured
  const base = memory('VmRSS')
  if (name === 'line') return [sawlogLines(parser, file), base, memory('VmHWM')]
  const begin = now()
  for await (const batch of sawlog.open(file, options)) {
    check.rejects += batch.rejects.length
    batch.free()
  }
  const seconds = now() - begin
  const peak = memory('VmHWM')
  // once more for the check, so that its time is nobody's
  for await (const batch of sawlog.open(file, options)) {
    const numbers = column => Array.from(batch.column(column), value => Number(value ?? 0))
    for (const ns of range(batch.column('time'))) addTime(Number(ns / 1000000n))
    check.rows += batch.length
    if (isEvent(name)) {
      for (const user of numbers('user_id')) check.users += user
      for (const latency of numbers('latency_ms')) check.latency += latency
      for (const level of batch.column('level')) if (level === 'error') check.errors++
    } else {
      for (const size of numbers('bytes')) check.bytes += size
      for (const status of numbers('status')) if (status === 200) check.ok++
    }
    batch.free()
  }
  return [seconds, base, peak]
}

function range (values) {
  let [least, most] = [values[0], values[0]]
  for (const value of values) {
    if (value < least) least = value
    if (value > most) most = value
  }
  return [least, most]
}

function sawlogLines (parser, file) {
  const lines = fs.readFileSync(file, 'utf8').split('\n')
  lines.pop()
  const begin = now()
  for (const line of lines) {
    const row = parser.parseLine(line)
    if (row === null) check.rejects++
    else addAccess(Number(row.status), Number(row.bytes ?? 0), +row.time)
  }
  return now() - begin
}

// ---- what one would write ------------------------------------------------------------------------------------------------------------

// 02/Mar/2026:08:59:58 +0100
function clf (t) {
  const offset = (Number(t.slice(22, 24)) * 60 + Number(t.slice(24, 26))) * (t[21] === '-' ? 60000 : -60000)
  return new Date(Date.UTC(+t.slice(7, 11), MONTHS[t.slice(3, 6)], +t.slice(0, 2), +t.slice(12, 14), +t.slice(15, 17), +t.slice(18, 20)) + offset)
}

function regexp (line) {
  const m = COMBINED.exec(line)
  if (m === null) {
    check.rejects++
    return
  }
  const row = {
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
  addAccess(row.status, row.bytes ?? 0, row.time.getTime())
}

function json (line) {
  const row = JSON.parse(line)
  row.time = new Date(row.time)
  addEvent(row.user_id, row.latency_ms, row.level, row.time.getTime())
}

function logfmt (line) {
  const row = {}
  for (const [, key, quoted, plain] of line.matchAll(PAIR)) row[key] = plain ?? (quoted.includes('\\') ? JSON.parse(`"${quoted}"`) : quoted)
  row.time = new Date(row.time)
  row.user_id = +row.user_id
  row.status = +row.status
  row.latency_ms = +row.latency_ms
  addEvent(row.user_id, row.latency_ms, row.level, row.time.getTime())
}

function timed (work) {
  return (name, file) => {
    const base = memory('VmRSS')
    const begin = now()
    const text = fs.readFileSync(file, 'utf8')
    for (let from = 0, to; (to = text.indexOf('\n', from)) >= 0; from = to + 1) work(text.slice(from, to))
    return [now() - begin, base, memory('VmHWM')]
  }
}

// ----------------------------------------------------------------------------------------------------------------------------------------

function now () {
  return Number(process.hrtime.bigint()) / 1e9
}

// A line of /proc/self/status in KiB; 0 where there is none.
function memory (key) {
  try {
    return Number(fs.readFileSync('/proc/self/status', 'utf8').match(new RegExp(key + ':\\s+(\\d+)'))[1])
  } catch {
    return 0
  }
}

const programs = { sawlog: sawlogBatches, regexp: timed(regexp), json: timed(json), logfmt: timed(logfmt) }

async function main (program, name, file, threads, definition) {
  const [seconds, base, peak] = await programs[program](name, file, Number(threads), definition)
  const middle = isEvent(name)
    ? `users=${check.users} latency=${Math.round(check.latency)} errors=${check.errors}`
    : `bytes=${check.bytes} ok=${check.ok}`
  const text = `rows=${check.rows} ${middle} first=${check.first} last=${check.last}`
  console.log(JSON.stringify({ name: 'node ' + program, case: name, rows: check.rows, rejects: check.rejects, check: text, seconds, base_kb: base, peak_kb: peak }))
}

main(...process.argv.slice(2))
