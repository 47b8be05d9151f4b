'use strict'

const { test } = require('node:test')
const assert = require('node:assert')
const { inspect } = require('node:util')
const sawlog = require('..')
const { access, accessLog, accessRows } = require('../support/samples')

const N = 1000
const batch = new sawlog.Parser('combined').parse(accessLog(N))
const values = name => accessRows(N).map(row => row[name])

test('an int column is a BigInt64Array over the memory', () => {
  const status = batch.column('status')
  assert.ok(status instanceof BigInt64Array)
  assert.strictEqual(status.length, N)
  assert.strictEqual(status[4], BigInt(access(4).row.status))
  assert.strictEqual(status.get(4), access(4).row.status)
  assert.deepStrictEqual(status.toArray(), values('status'))
  assert.deepStrictEqual([...status], values('status').map(BigInt))
  assert.strictEqual(status.name, 'status')
  assert.strictEqual(status.type, 'int')
  assert.strictEqual(batch.column('status'), status)
  const numbers = status.asNumber()
  assert.ok(numbers instanceof Float64Array)
  assert.deepStrictEqual([...numbers], values('status'))
  assert.strictEqual(Object.getPrototypeOf(status.map(value => value + 1n)), BigInt64Array.prototype)
})

test('nulls', () => {
  const bytes = batch.column('bytes')
  assert.strictEqual(bytes.nullCount, values('bytes').filter(value => value === null).length)
  assert.strictEqual(bytes.isNull(0), true)
  assert.strictEqual(bytes.isNull(1), false)
  assert.strictEqual(bytes.get(0), null)
  assert.strictEqual(bytes[0], 0n)
  assert.ok(Number.isNaN(bytes.asNumber()[0]))
  assert.deepStrictEqual(bytes.toArray(), values('bytes'))
  assert.strictEqual(bytes.validity.length, N / 8)
  assert.strictEqual(batch.column('status').nullCount, 0)
  assert.strictEqual(batch.column('status').validity, null)
  for (const i of [-1, N, NaN]) {
    assert.throws(() => bytes.get(i), RangeError)
    assert.throws(() => batch.column('target').get(i), RangeError)
  }
})

test('times are nanoseconds, and dates on demand', () => {
  const time = batch.column('time')
  assert.ok(time instanceof BigInt64Array)
  assert.strictEqual(time.get(3), BigInt(+access(3).row.time) * 1000000n)
  assert.deepStrictEqual(time.date(3), access(3).row.time)
})

test('dates are cut down to milliseconds, before 1970 too', () => {
  const parser = new sawlog.Parser({ json: {}, fields: { t: 'timestamp rfc3339' } })
  const times = ['1969-12-31T23:59:59.999999999Z', '1970-01-01T00:00:00.000000001Z', '2026-03-02T08:00:00.123999999Z', '1900-01-01T00:00:00.0005Z', '2200-06-01T00:00:00.9999999Z']
  const column = parser.parse(times.map(t => JSON.stringify({ t }) + '\n').join('')).column('t')
  assert.deepStrictEqual(times.map((_, i) => column.date(i).toISOString()),
    ['1969-12-31T23:59:59.999Z', '1970-01-01T00:00:00.000Z', '2026-03-02T08:00:00.123Z', '1900-01-01T00:00:00.000Z', '2200-06-01T00:00:00.999Z'])
  assert.deepStrictEqual(column.get(0), -1n)
})

test('texts: get, at, iteration, toArray, bytes', () => {
  for (const name of ['client', 'user', 'target', 'referer', 'user_agent', 'protocol']) {
    const column = batch.column(name)
    assert.strictEqual(column.length, N)
    assert.deepStrictEqual([...column], values(name))
    assert.deepStrictEqual(column.toArray(), values(name))
    assert.strictEqual(column.get(77), values(name)[77])
    assert.strictEqual(column.at(-1), values(name)[N - 1])
    assert.strictEqual(column.at(N), undefined)
    assert.deepStrictEqual(column.bytes(1), values(name)[1] === null ? null : Buffer.from(values(name)[1]))
  }
  assert.match(inspect(batch.column('target')), /^TextColumn\(1000\) \[ '\/trees\/0/)
})

test('texts in any order', () => {
  const column = batch.column('target')
  for (let i = 0, at = 1; i < 3000; i++, at = (at * 7919 + 13) % N) assert.strictEqual(column.get(at), access(at).row.target)
})

test('a dictionary column has few texts', () => {
  const method = batch.column('method')
  assert.deepStrictEqual(method.toArray(), values('method'))
  assert.deepStrictEqual([...method.dictionary].sort(), ['GET', 'HEAD', 'POST'])
  assert.ok(method.indices instanceof Int32Array)
  assert.deepStrictEqual(Array.from(method.indices, i => method.dictionary[i]), values('method'))
})

test('texts that are not ASCII, beside those that are', () => {
  const words = ['eiche', 'Öl', '松', '🌲🌲🌲', 'a'.repeat(12), 'ö'.repeat(6), 'ö'.repeat(7), 'a quite long text of the forest', 'ein längerer Text aus dem Wald', '', 'x"y\\z', '\u0000\u0001']
  const own = new sawlog.Parser({ json: {} }).parse(words.map((word, i) => JSON.stringify({ word, i }) + '\n').join(''))
  assert.deepStrictEqual(own.column('word').toArray(), words)
  assert.deepStrictEqual(own.toArray(), words.map((word, i) => ({ word, i })))
})

test('invalid UTF-8 becomes U+FFFD', () => {
  const line = Buffer.from(access(1).line.replace(/\/trees\/\S+/, '/caf\xe9/a-long-path-with-latin1'), 'latin1')
  const own = new sawlog.Parser('combined').parse(Buffer.concat([line, Buffer.from('\n')]))
  assert.strictEqual(own.column('target').get(0), '/caf\ufffd/a-long-path-with-latin1')
})

test('bool, float, uint and duration columns', () => {
  const own = new sawlog.Parser({ json: {}, fields: { u: 'uint', d: 'duration' } }).parse(
    '{"b":true,"f":1.5,"u":18446744073709551615,"d":"1.5ms"}\n{"b":false,"f":-2,"u":7,"d":"2s"}\n{"b":null,"f":null,"u":null,"d":null}\n')
  const bool = own.column('b')
  assert.deepStrictEqual([bool.type, [...bool], bool.get(0), bool.at(-1)], ['bool', [true, false, null], true, null])
  const float = own.column('f')
  assert.ok(float instanceof Float64Array)
  assert.deepStrictEqual(float.toArray(), [1.5, -2, null])
  const uint = own.column('u')
  assert.ok(uint instanceof BigUint64Array)
  assert.deepStrictEqual(uint.toArray(), [18446744073709551615n, 7, null])
  const duration = own.column('d')
  assert.deepStrictEqual([duration.type, duration.toArray()], ['duration', [1500000n, 2000000000n, null]])
  assert.deepStrictEqual(own.toArray(), [{ b: true, f: 1.5, u: 18446744073709551615n, d: 1500000 }, { b: false, f: -2, u: 7, d: 2000000000 }, { b: null, f: null, u: null, d: null }])
})

test('bytes stay bytes', () => {
  const own = new sawlog.Parser({ format: 'combined', utf8: 'bytes' })
  const line = Buffer.from(access(1).line.replace(/\/trees\/\S+/, '/caf\xe9'), 'latin1')
  const column = own.parse(line).column('target')
  assert.strictEqual(column.type, 'bytes')
  assert.deepStrictEqual(column.get(0), Buffer.from('/caf\xe9', 'latin1'))
  assert.deepStrictEqual(own.parseLine(line).target, own.parse(line).row(0).target)
})

test('a column that is not there', () => {
  assert.throws(() => batch.column('statsu'), error => error instanceof RangeError && /"statsu".*status/.test(error.message))
  assert.throws(() => batch.column('__proto__'), RangeError)
})

test('only the columns that are asked for', () => {
  const own = new sawlog.Parser({ format: 'combined', columns: ['status', 'target'] }).parse(accessLog(3))
  assert.deepStrictEqual([...own.columns].sort(), ['status', 'target'])
  assert.deepStrictEqual(own.toArray().map(row => row.target), accessRows(3).map(row => row.target))
})

test('texts in any order, with and without letters beyond ASCII', () => {
  const targets = Array.from({ length: 3000 }, (_, i) => `/a/path/of/some/length/${i}${i % 900 > 860 ? '/häuser/木' : ''}`)
  const text = targets.map((target, i) => access(i).line.replace(/(GET|POST|HEAD) \S+/, `$1 ${target}`) + '\n').join('')
  const parser = new sawlog.Parser('combined')
  const orders = { forwards: i => i, backwards: i => 2999 - i, 'in steps': i => i * 1201 % 3000, 'in pairs': i => i ^ 1, 'over and over': i => i % 20 * 50 }
  for (const [order, at] of Object.entries(orders)) {
    const column = parser.parse(text).column('target')
    const rows = Array.from({ length: 3000 }, (_, i) => at(i))
    assert.deepStrictEqual(rows.map(i => column.get(i)), rows.map(i => targets[i]), order)
  }
})
