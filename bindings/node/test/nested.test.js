'use strict'

const { test } = require('node:test')
const assert = require('node:assert')
const { inspect } = require('node:util')
const arrow = require('apache-arrow')
const sawlog = require('..')
const { fromJSON, innerFields } = require('../src/nested')

const LINES = '<165>1 2003-08-24T05:14:15.5Z h a p m [x@1 k="v" note="say \\"hi\\" to äll \\]"][y] hi\n' +
  '<34>1 - - - - - -\n' +
  '<34>1 2003-08-24T05:14:15Z h a p m [z a="" __proto__="twelve bytes and more"] end\n'
const proto = { a: '' }
Object.defineProperty(proto, '__proto__', { value: 'twelve bytes and more', enumerable: true, configurable: true, writable: true })
const MAPS = [{ 'x@1': { k: 'v', note: 'say "hi" to äll ]' }, y: {} }, null, { z: proto }]
const TYPE = 'map<string,map<string,string>>'

const parser = new sawlog.Parser({ syslog: {} })
const TIMES = 300
const batch = parser.parse(LINES.repeat(TIMES))

test('rows', () => {
  assert.deepStrictEqual(batch.toArray().map(row => row.structured_data), Array(TIMES).fill(MAPS).flat())
  assert.deepStrictEqual(parser.parse(LINES).toJSON().map(row => row.structured_data), MAPS)
})

test('one line is a row like any other', () => {
  LINES.trimEnd().split('\n').forEach((line, i) => assert.deepStrictEqual(parser.parseLine(line), batch.row(i)))
  assert.strictEqual(parser.parseLine('no syslog'), null)
})

test('long lines, which need more memory for a moment', () => {
  for (const size of [65000, 66000, 600000]) {
    const row = parser.parseLine(`<34>1 - - - - - [x a="${'ä'.repeat(size / 2)}"] end`)
    assert.strictEqual(row.structured_data.x.a.length, size / 2)
    assert.strictEqual(row.message, 'end')
  }
  const many = new sawlog.Parser({ json: {}, limits: { line: 8 << 20 } })
  assert.strictEqual(many.parseLine(JSON.stringify({ a: 'x'.repeat(3 << 20), b: 7 })).a.length, 3 << 20)
  assert.deepStrictEqual(parser.parseLine(LINES.split('\n')[0]), batch.row(0))
})

test('bytes inside stay bytes', () => {
  const own = new sawlog.Parser({ syslog: {}, utf8: 'bytes' })
  const line = Buffer.from('<34>1 - - - - - [x a="\xff"]', 'latin1')
  assert.deepStrictEqual(own.parseLine(line), own.parse(line).row(0))
  assert.deepStrictEqual(own.parseLine(line).structured_data, { x: { a: Buffer.from([0xff]) } })
})

test('the column', () => {
  const column = batch.column('structured_data')
  assert.deepStrictEqual([column.type, column.length, column.nullCount], [TYPE, 3 * TIMES, TIMES])
  assert.deepStrictEqual([column.get(0), column.get(1), column.at(-1), column.at(3 * TIMES)], [MAPS[0], null, MAPS[2], undefined])
  assert.deepStrictEqual([...column], column.toArray())
  assert.deepStrictEqual(column.toArray().slice(3, 6), MAPS)
  assert.throws(() => column.get(3 * TIMES), RangeError)
  assert.match(inspect(column), /^MapColumn\(900\) \[ \{ 'x@1': \{ k: 'v'/)
})

test('the columns inside', () => {
  const [keys, values] = batch.column('structured_data').children
  assert.deepStrictEqual([keys.type, values.type], ['string', 'map<string,string>'])
  assert.deepStrictEqual(keys.toArray().slice(0, 4), ['x@1', 'y', 'z', 'x@1'])
  assert.deepStrictEqual([...batch.column('structured_data').offsets.subarray(0, 4)], [0, 2, 2, 3])
  assert.deepStrictEqual(values.children[0].toArray().slice(0, 4), ['k', 'note', 'a', '__proto__'])
  assert.strictEqual(values.children[1].get(3), 'twelve bytes and more')
})

test('freed is freed', () => {
  const own = parser.parse(LINES)
  const column = own.column('structured_data')
  const [keys] = column.children
  own.free()
  assert.throws(() => column.get(0), /freed/)
  assert.throws(() => column.children, /freed/)
  assert.throws(() => keys.get(0), /freed/)
})

test('Arrow', () => {
  for (const strings of ['utf8', 'large_utf8', 'view', 'dictionary']) {
    const table = batch.toArrow({ strings })
    const column = table.getChild('structured_data')
    assert.strictEqual(column.type.typeId, arrow.Type.Map, strings)
    assert.strictEqual(column.nullCount, TIMES)
    const plain = value => value === null ? null : Object.fromEntries([...value].map(([key, inner]) => [key, [...inner]]))
    assert.deepStrictEqual(plain(column.get(0)), { 'x@1': Object.entries(MAPS[0]['x@1']), y: [] }, strings)
    assert.strictEqual(column.get(1), null)
    assert.deepStrictEqual(plain(column.get(3 * TIMES - 1)), { z: Object.entries(proto) }, strings)
  }
})

test('what is inside a type', () => {
  assert.deepStrictEqual(innerFields('int'), [])
  assert.deepStrictEqual(innerFields('list<list<int>>'), [{ name: 'item', type: 'list<int>' }])
  assert.deepStrictEqual(innerFields(TYPE), [{ name: 'key', type: 'string' }, { name: 'value', type: 'map<string,string>' }])
})

test('lists and maps from JSON are as rows show them', () => {
  assert.deepStrictEqual(fromJSON('[1,9007199254740993,null]', 'list<int>'), [1, 9007199254740993n, null])
  assert.deepStrictEqual(fromJSON('[12345678901234568,0.1]', 'list<float>'), [12345678901234568, 0.1])
  assert.deepStrictEqual(fromJSON('{"a":["1969-12-31T23:59:59.999999999Z",null],"b":null}', 'map<string,list<timestamp>>'), { a: [new Date(-1), null], b: null })
  assert.deepStrictEqual(fromJSON('["2026-03-02T08:00:00Z"]', 'list<timestamp>'), [new Date('2026-03-02T08:00:00Z')])
})
