'use strict'

const { test } = require('node:test')
const assert = require('node:assert')
const { inspect } = require('node:util')
const sawlog = require('..')
const { access } = require('../support/samples')

const parser = new sawlog.Parser('combined')

test('rows of one schema are of one class, whichever parser they come from', () => {
  const { line } = access(1)
  const classOf = definition => new sawlog.Parser(definition).parseRow(line).constructor
  assert.strictEqual(classOf('combined'), parser.parseRow(line).constructor)
  assert.notStrictEqual(classOf({ format: 'combined', columns: ['status', 'bytes'] }), parser.parseRow(line).constructor)
})

test('a lazy row has the values of parseLine', () => {
  for (let i = 0; i < 500; i++) {
    const { line, row } = access(i)
    const lazy = parser.parseRow(i % 2 ? line : Buffer.from(line + '\r\n'))
    for (const name of Object.keys(row)) {
      assert.deepStrictEqual(lazy[name], row[name], name)
      assert.deepStrictEqual(lazy.get(name), row[name], name)
    }
    assert.deepStrictEqual(lazy.toObject(), row)
    assert.strictEqual(JSON.stringify(lazy), JSON.stringify(row))
    assert.strictEqual(lazy.nothing, undefined)
    assert.strictEqual(lazy.get('nothing'), undefined)
    assert.strictEqual(lazy.get('toString'), undefined)
  }
  assert.match(inspect(parser.parseRow(access(1).line)), /^Row \{\s+client:/)
  assert.strictEqual(parser.parseRow('not an access log'), null)
  assert.strictEqual(parser.parseRow(''), null)
  assert.throws(() => parser.parseRow(5), TypeError)
})

test('what JSON, spreads and loops see of a lazy row', () => {
  const definition = { line: '{a:int} {b:uint} {c}' }
  const line = '9007199254740993 18446744073709551615 x'
  const row = new sawlog.Parser(definition).parseRow(line)
  assert.strictEqual(JSON.stringify(row), '{"a":"9007199254740993","b":"18446744073709551615","c":"x"}')
  assert.strictEqual(JSON.stringify([new sawlog.Parser({ json: {} }).parseRow('{"a":{"b":9007199254740993},"__proto__":1}')]), '[{"a":{"b":"9007199254740993"},"__proto__":1}]')
  const { c, ...rest } = row // the columns are getters of the class
  const names = []
  for (const name in row) names.push(name)
  assert.deepStrictEqual([c, Reflect.ownKeys(rest), Reflect.ownKeys({ ...row }), names], ['x', [], [], ['a', 'b', 'c']])
})

test('a column may be called like what every object has', () => {
  for (const name of ['constructor', '__proto__', 'names']) {
    const row = new sawlog.Parser({ line: `{${name}} {other}` }).parseRow('a b')
    assert.strictEqual(row.get(name), 'a', name)
    assert.strictEqual(row.get('other'), 'b', name)
    assert.strictEqual(row.get('nothing'), undefined, name)
  }
})

test('rows are kept whatever comes after them', () => {
  const lines = Array.from({ length: 3000 }, (_, i) => access(i).line.replace('/trees/', i % 3 ? '/trees/' : '/b\u00e4ume/\u{1f332}/'))
  const rows = lines.map(line => parser.parseRow(line))
  parser.parseRow(access(1).line.replace('/trees/', '/' + 'x'.repeat(300000) + '/'))
  rows.forEach((row, i) => assert.deepStrictEqual(row.toObject(), parser.parseLine(lines[i])))
})

test('a long line between short ones', () => {
  for (const length of [10, 1000, 5000, 60000, 70000, 500000, 10]) {
    const target = '/' + 'x'.repeat(length)
    const line = access(1).line.replace(/\/trees\/\S+/, target)
    assert.strictEqual(parser.parseRow(line).target, target)
    assert.strictEqual(parser.parseLine(line).target, target)
  }
})

test('all types, and columns that depend on the line', () => {
  const definition = { nginx: '"$request_method" "$uri" $status $request_time $time_iso8601 "$http_x"', fields: { http_x: 'bytes' } }
  for (const [definitions, line] of [
    [definition, '"GET" "/a-path-of-some-length" 200 1.5 2026-03-02T08:00:00+01:00 "b\\x00c"'],
    [definition, '"-" "-" - - - "-"'],
    [{ syslog: {} }, '<34>1 - h a - - [x a="1" b="a longer text"][y] hi'],
    [{ json: {} }, '{"a":{"b":9007199254740993,"c":null},"d":[1,2],"toObject":3,"__proto__":4}'],
    [{ logfmt: {} }, 'get=1 b="x y" c']
  ]) {
    const own = new sawlog.Parser(definitions)
    const object = own.parseLine(line)
    const row = own.parseRow(line)
    for (const name of Object.keys(object)) assert.deepStrictEqual(row[name], object[name], name)
    assert.deepStrictEqual(JSON.parse(JSON.stringify(Object.getPrototypeOf(Object.getPrototypeOf(row)).toObject.call(row), plain)), JSON.parse(JSON.stringify(object, plain)))
  }
})

const plain = (key, value) => typeof value === 'bigint' ? String(value) : value
