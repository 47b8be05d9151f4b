'use strict'

const { test } = require('node:test')
const assert = require('node:assert')
const sawlog = require('..')
const { parseJSON, merge, setKey } = require('../src/json')
const { planOf } = require('../src/rows')

const json = (text, options = {}) => new sawlog.Parser({ json: {}, ...options }).parse(text)

test('nested objects come back nested', () => {
  const lines = ['{"a":{"b":1,"c":{"d":"x"}},"e":2}', '{"a":{"b":2,"c":{"d":"y"}},"e":3}']
  const batch = json(lines.join('\n') + '\n')
  assert.deepStrictEqual(batch.columns, ['a.b', 'a.c.d', 'e', '_overflow'])
  assert.deepStrictEqual(batch.toArray(), lines.map(line => JSON.parse(line)))
})

test('an inner object of nulls is left out', () => {
  const batch = json('{"a":{"b":1},"e":2}\n{"e":3}\n')
  assert.deepStrictEqual(batch.toArray(), [{ a: { b: 1 }, e: 2 }, { e: 3 }])
})

test('flatten: dotted names in rows too', () => {
  assert.deepStrictEqual(json('{"a":{"b":1}}\n', { json: { flatten: true } }).toArray(), [{ 'a.b': 1 }])
})

test('arrays are text', () => {
  assert.deepStrictEqual(json('{"a":[1,{"b":2}]}\n').toArray(), [{ a: '[1,{"b":2}]' }])
})

test('late keys and values that do not fit come back by the overflow column', () => {
  const common = '{"n":1,"o":{"p":"x"}}\n'.repeat(2000)
  const batch = json(common + '{"n":"text","late":{"deep":[1,2]},"o":{"p":"y","q":9007199254740993}}\n')
  const row = batch.row(2000)
  assert.strictEqual(row.n, 'text')
  assert.deepStrictEqual(row.late.deep, [1, 2])
  assert.deepStrictEqual(row.o, { p: 'y', q: 9007199254740993n })
  assert.ok(!('_overflow' in row))
  assert.deepStrictEqual(batch.row(0), { n: 1, o: { p: 'x' } })
})

test('__proto__ and constructor are keys like others', () => {
  const [row] = json('{"__proto__":{"polluted":1},"constructor":"x","toString":2}\n').toArray()
  assert.ok(Object.hasOwn(row, '__proto__') || row.polluted === undefined)
  assert.strictEqual({}.polluted, undefined)
  assert.strictEqual(row.constructor, 'x')
  assert.strictEqual(row.toString, 2)
})

test('plans: rows by path', () => {
  const column = (...values) => ({ rowValue: i => values[i] })
  const plan = planOf(JSON.stringify([{ name: 'a.b', type: 'int', path: ['a', 'b'] }, { name: '__proto__', type: 'int' }, { name: '_overflow', type: 'string', overflow: true }]))
  const columns = [column(1, null), column(5, 6), column(null, '{"a":{"z":1},"__proto__":{"x":1}}')]
  const first = plan.row(columns, 0)
  assert.deepStrictEqual(Object.entries(first), [['a', { b: 1 }], ['__proto__', 5]])
  const second = plan.row(columns, 1)
  assert.deepStrictEqual(second.a, { z: 1 })
  assert.deepStrictEqual(Object.getOwnPropertyDescriptor(second, '__proto__').value, { x: 1 })
  const flat = planOf(JSON.stringify([{ name: '__proto__', type: 'int' }, { name: 'b', type: 'int' }]))
  assert.deepStrictEqual(Object.entries(flat.row([column(1), column(2)], 0)), [['__proto__', 1], ['b', 2]])
})

test('parseJSON keeps the digits of large integers', () => {
  assert.deepStrictEqual(parseJSON('{"a":9007199254740993,"b":-9007199254740993,"c":[12345678901234567890]}'), { a: 9007199254740993n, b: -9007199254740993n, c: [12345678901234567890n] })
  assert.deepStrictEqual(parseJSON('{"a":9007199254740993}', String), { a: '9007199254740993' })
  assert.deepStrictEqual(parseJSON('{"a":"12345678901234567890","b\\"":1.12345678901234567890,"c":12345678901234567890e1}'), { a: '12345678901234567890', 'b"': 1.1234567890123457, c: 123456789012345680000 })
  assert.deepStrictEqual(parseJSON('[1234567890123456]'), [1234567890123456])
})

test('merge: objects into each other, the rest is replaced', () => {
  const row = { a: { b: 1 }, c: null, d: 1 }
  merge(row, { a: { x: 2 }, c: { y: 3 }, d: 'text', e: [4] })
  assert.deepStrictEqual(row, { a: { b: 1, x: 2 }, c: { y: 3 }, d: 'text', e: [4] })
  const own = {}
  setKey(own, '__proto__', 1)
  assert.deepStrictEqual(Object.keys(own), ['__proto__'])
})
