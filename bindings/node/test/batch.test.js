'use strict'

const { test } = require('node:test')
const assert = require('node:assert')
const { inspect } = require('node:util')
const sawlog = require('..')
const { access, accessLog, accessRows } = require('../support/samples')

const parser = new sawlog.Parser('combined')
const N = 700

test('length, lines, columns and schema', () => {
  const batch = parser.parse(accessLog(N) + 'bad\n')
  assert.strictEqual(batch.length, N)
  assert.strictEqual(batch.lines, N + 1)
  assert.deepStrictEqual(batch.columns, Object.keys(access(0).row))
  assert.deepStrictEqual(batch.schema.map(field => field.name), batch.columns)
  assert.strictEqual(batch.has('status'), true)
  assert.strictEqual(batch.has('nothing'), false)
  assert.match(inspect(batch), /^Batch\(700\) \{ client: /)
})

test('rows are made as the loop goes', () => {
  const batch = parser.parse(accessLog(N))
  const rows = []
  for (const row of batch) {
    rows.push(row)
    if (rows.length === 3) break
  }
  assert.deepStrictEqual(rows, accessRows(3))
  assert.deepStrictEqual([...batch], accessRows(N))
  assert.deepStrictEqual(batch.toArray(), accessRows(N))
  assert.deepStrictEqual(batch.row(N - 1), access(N - 1).row)
  for (const i of [-1, N, 1.5, NaN, '0']) assert.throws(() => batch.row(i), RangeError)
})

test('rows are plain objects', () => {
  const row = parser.parse(accessLog(1)).row(0)
  assert.strictEqual(Object.getPrototypeOf(row), Object.prototype)
  assert.deepStrictEqual({ ...row }, row)
  row.status = 1
  row.more = 2
  assert.strictEqual(row.more, 2)
})

test('toJSON has what JSON can hold', () => {
  const batch = parser.parse(accessLog(N))
  const rows = batch.toJSON()
  assert.strictEqual(rows.length, N)
  assert.deepStrictEqual(JSON.parse(JSON.stringify(batch)), rows)
  assert.strictEqual(rows[1].status, 200)
  assert.strictEqual(rows[1].user, null)
  assert.strictEqual(+new Date(rows[5].time), +access(5).row.time)
})

test('toJSONText: an array, or lines, or a part', () => {
  const batch = parser.parse(accessLog(N))
  assert.deepStrictEqual(JSON.parse(batch.toJSONText()), batch.toJSON())
  const lines = batch.toJSONText({ lines: true }).trimEnd().split('\n')
  assert.deepStrictEqual(lines.map(line => JSON.parse(line)), batch.toJSON())
  assert.deepStrictEqual(JSON.parse(batch.toJSONText({ start: 10, end: 12 })), batch.toJSON().slice(10, 12))
  assert.deepStrictEqual(JSON.parse(batch.toJSONText({ start: N + 5 })), [])
  assert.deepStrictEqual(JSON.parse(batch.toJSONText({ start: 5, end: 2 })), [])
  const [row] = JSON.parse(batch.toJSONText({ start: 1, end: 2, dropNulls: true }))
  assert.ok(!('ident' in row))
})

test('integers beyond 2^53 keep their digits', () => {
  const batch = new sawlog.Parser({ json: {} }).parse('{"n":9007199254740993,"m":-3}\n{"n":1,"m":4}\n')
  assert.deepStrictEqual(batch.toArray(), [{ n: 9007199254740993n, m: -3 }, { n: 1, m: 4 }])
  assert.deepStrictEqual(batch.toJSON(), [{ n: '9007199254740993', m: -3 }, { n: 1, m: 4 }])
  assert.match(batch.toJSONText(), /"n": ?9007199254740993/)
})

test('rejects keep the whole line', () => {
  const bad = Buffer.from('b\u00e4d \xff line', 'latin1')
  const first = access(0).line
  const data = Buffer.concat([Buffer.from(first + '\n'), bad, Buffer.from('\n\n' + access(1).line + '\n')])
  const batch = parser.parse(data)
  assert.strictEqual(batch.length, 2)
  assert.strictEqual(batch.lines, 4)
  const [one, two] = batch.rejects
  assert.deepStrictEqual(one, { source: 0, line: 2, offset: first.length + 1, length: bad.length, fault: 'no_match', raw: bad })
  assert.deepStrictEqual(two, { source: 0, line: 3, offset: first.length + 2 + bad.length, length: 0, fault: 'empty', raw: Buffer.alloc(0) })
  batch.free()
  assert.strictEqual(one.raw.length, bad.length) // a copy
})

test('free: once, at once, and again', () => {
  const batch = parser.parse(accessLog(10))
  const text = batch.column('target')
  batch.free()
  batch.free()
  for (const use of [() => batch.column('status'), () => batch.row(0), () => batch.rejects, () => batch.lines, () => batch.toJSON(), () => batch.toIPC(), () => [...batch]]) {
    assert.throws(use, /batch was freed/)
  }
  assert.throws(() => text.get(0), /batch was freed/)
  assert.strictEqual(inspect(batch), 'Batch { freed }')
})

test('typed arrays outlive free', () => {
  const batch = parser.parse(accessLog(N))
  const status = batch.column('status')
  const part = status.subarray(2, 4)
  batch.free()
  const others = accessLog(N).replace(/" [2-5]\d\d /g, '" 299 ')
  for (let i = 0; i < 50; i++) parser.parse(others).free() // would write over the memory
  assert.deepStrictEqual(Array.from(status, Number), accessRows(N).map(row => row.status))
  assert.deepStrictEqual([...part], [BigInt(access(2).row.status), BigInt(access(3).row.status)])
})

test('using releases', { skip: !Symbol.dispose }, () => {
  const batch = parser.parse(accessLog(1))
  batch[Symbol.dispose]()
  assert.throws(() => batch.lines, /batch was freed/)
})

test('data that went to another thread is noticed', { skip: typeof structuredClone !== 'function' }, () => {
  const data = new Uint8Array(new TextEncoder().encode(accessLog(5000)))
  const batch = parser.parse(data)
  structuredClone(data.buffer, { transfer: [data.buffer] })
  assert.throws(() => batch.row(0), /transferred/)
  assert.throws(() => batch.toJSON(), /transferred/)
  assert.throws(() => batch.column('target').get(0), /transferred/)
})
