'use strict'
// sawlog from Node.js under measurement.
const fs = require('node:fs')
const { main } = require('./contract')

const BATCHES = 'combined combined-gz combined-real ndjson ndjson-deep ndjson-shapes ndjson-escapes logfmt syslog3164 syslog5424 pattern grok grok-chain cef refuse'.split(' ')

// Compiling is not measured, for nobody.
const parserOf = run => new (require('..').Parser)(run.definition)

async function batches (run) {
  const parser = parserOf(run)
  let rejects = 0
  await run.time(async () => {
    for await (const batch of parser.open(run.file, { threads: run.threads })) {
      rejects += batch.rejectCount
      batch.free()
    }
  })
  for await (const batch of parser.open(run.file, { threads: run.threads })) { // once more for the check, so that its time is nobody's
    add(run.sums, batch)
    batch.free()
  }
  return rejects
}

async function waiting (run) {
  const parser = parserOf(run)
  let rejects = 0
  await run.time(async () => {
    for (const batch of parser.openSync(run.file, { threads: run.threads })) rejects += batch.rejectCount
  })
  for (const batch of parser.openSync(run.file, { threads: run.threads })) add(run.sums, batch) // for the check, as above
  return rejects
}

function count (sums, batch) {
  sums.rows += batch.length
  sums.rejects += batch.rejectCount
}

const OPS = {
  sum: column => column.asNumber().reduce((total, value) => total + (value || 0), 0),
  is: (column, value) => column.toArray().filter(one => String(one) === value).length,
  chars: column => column.toArray().reduce((total, text) => total + (text ?? '').length, 0),
  items: column => column.children[0].length,
  params: column => column.children[1].children[0].length
}

function add (sums, batch) {
  count(sums, batch)
  if (batch.length === 0) return
  sums.terms.forEach(({ op, column: name, value }, i) => {
    const column = batch.column(name)
    if (op !== 'span') sums.totals[i] += OPS[op](column, value)
    else for (let row = 0; row < batch.length; row++) if (!column.isNull(row)) sums.span(Number(column[row] / 1000000n))
  })
}

function addRow (sums, size, status, target) {
  sums.rows++
  sums.totals[0] += size ?? 0
  if (status === 200) sums.totals[1]++
  sums.totals[2] += (target ?? '').length
}

function columns (run) {
  const parser = parserOf(run)
  return run.time(async () => {
    for await (const batch of parser.open(run.file, { threads: run.threads })) {
      const [sizes, statuses, targets] = ['bytes', 'status', 'target'].map(name => batch.column(name))
      for (let row = 0; row < batch.length; row++) addRow(run.sums, sizes.get(row), statuses.get(row), targets.get(row))
      run.sums.rejects += batch.rejectCount
      batch.free()
    }
  })
}

function rows (run) {
  const parser = parserOf(run)
  return run.time(async () => {
    for await (const batch of parser.open(run.file, { threads: run.threads })) {
      for (const row of batch) addRow(run.sums, row.bytes, row.status, row.target)
      run.sums.rejects += batch.rejectCount
      batch.free()
    }
  })
}

function rowsJSON (run) {
  const parser = parserOf(run)
  return run.time(async () => {
    for await (const batch of parser.open(run.file, { threads: run.threads })) {
      batch.toJSONText({ lines: true })
      count(run.sums, batch)
      batch.free()
    }
  })
}

function lines (method) {
  return run => {
    const parser = parserOf(run)
    const texts = fs.readFileSync(run.file, 'utf8').split('\n')
    texts.pop()
    return run.time(async () => {
      for (const text of texts) {
        const row = parser[method](text)
        if (row === null) run.sums.rejects++
        else addRow(run.sums, row.bytes, row.status, row.target)
      }
    })
  }
}

main([
  { name: '**sawlog** from Node.js', program: 'sawlog', cases: BATCHES, twice: true, work: batches },
  { name: '**sawlog** from Node.js, openSync', program: 'sync', cases: BATCHES, twice: true, work: waiting },
  { name: '**sawlog** from Node.js, columns', program: 'columns', cases: ['rows'], twice: true, work: columns },
  { name: '**sawlog** from Node.js, rows', program: 'rows', cases: ['rows'], twice: true, work: rows },
  { name: '**sawlog** from Node.js, toJSONText', program: 'json', cases: ['rows-json'], twice: true, work: rowsJSON },
  { name: '**sawlog** from Node.js, parseLine', program: 'line', cases: ['line'], work: lines('parseLine') },
  { name: '**sawlog** from Node.js, parseRow', program: 'row', cases: ['line'], work: lines('parseRow') }
])
