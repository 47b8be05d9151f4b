'use strict'

const { test } = require('node:test')
const assert = require('node:assert')
const arrow = require('apache-arrow')
const sawlog = require('..')
const { access, accessLog, accessRows } = require('../support/samples')

const parser = new sawlog.Parser('combined')
const N = 300
const batch = parser.parse(accessLog(N))
const values = name => accessRows(N).map(row => row[name])

test('toArrow: a table with the same values', () => {
  const table = batch.toArrow()
  assert.ok(table instanceof arrow.Table)
  assert.strictEqual(table.numRows, N)
  assert.deepStrictEqual(table.schema.fields.map(field => field.name), batch.columns)
  for (const name of ['client', 'user', 'target', 'method', 'referer']) assert.deepStrictEqual([...table.getChild(name)], values(name), name)
  assert.deepStrictEqual([...table.getChild('status')].map(Number), values('status'))
  assert.deepStrictEqual([...table.getChild('bytes')].map(value => value === null ? null : Number(value)), values('bytes'))
  assert.deepStrictEqual([...table.getChild('time')].map(time => Math.floor(time)), values('time').map(time => +time))
})

test('how texts are written', () => {
  for (const strings of ['utf8', 'large_utf8', 'dictionary', 'view']) {
    const table = batch.toArrow({ strings })
    assert.deepStrictEqual([...table.getChild('target')], values('target'), strings)
  }
  const id = options => batch.toArrow(options).getChild('target').type.typeId
  assert.strictEqual(id(), arrow.Type.Utf8)
  assert.strictEqual(id({ strings: 'large_utf8' }), arrow.Type.LargeUtf8)
  assert.strictEqual(id({ strings: 'dictionary' }), arrow.Type.Dictionary)
  assert.strictEqual(batch.toArrow().getChild('method').type.typeId, arrow.Type.Dictionary)
  assert.strictEqual(batch.toArrow({ dictionaries: false }).getChild('method').type.typeId, arrow.Type.Utf8)
  assert.throws(() => batch.toIPC({ strings: 'dictionary', dictionaries: false }), /only one can be/)
})

test('units of time', () => {
  const units = { ns: arrow.TimeUnit.NANOSECOND, us: arrow.TimeUnit.MICROSECOND, ms: arrow.TimeUnit.MILLISECOND }
  for (const [timeUnit, unit] of Object.entries(units)) {
    const time = batch.toArrow({ timeUnit }).getChild('time')
    assert.strictEqual(time.type.unit, unit)
    assert.strictEqual(Math.floor(time.get(3)), +access(3).row.time)
  }
  assert.throws(() => batch.toIPC({ timeUnit: 's' }), /timeUnit.*ns, us, ms/)
  assert.throws(() => batch.toIPC({ strings: 'toString' }), /strings.*utf8/)
})

test('several batches are one table', () => {
  const more = parser.parse(accessLog(10))
  const table = sawlog.toArrow([batch, more])
  assert.strictEqual(table.numRows, N + 10)
  assert.strictEqual(arrow.tableFromIPC(sawlog.toIPC(new Set([more]))).numRows, 10)
})

test('the bytes are their own', () => {
  const own = parser.parse(accessLog(5))
  const ipc = own.toIPC()
  own.free()
  for (let i = 0; i < 20; i++) parser.parse(accessLog(500)).free()
  assert.ok(Buffer.isBuffer(ipc))
  assert.deepStrictEqual([...arrow.tableFromIPC(ipc).getChild('target')], accessRows(5).map(row => row.target))
})

test('an empty batch', () => {
  const table = parser.parse('').toArrow()
  assert.strictEqual(table.numRows, 0)
  assert.deepStrictEqual(table.schema.fields.map(field => field.name), batch.columns)
})
