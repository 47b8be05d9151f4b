'use strict'

const { test } = require('node:test')
const assert = require('node:assert')
const sawlog = require('..')
const { access, accessLog, accessRows } = require('../support/samples')

const parser = new sawlog.Parser('combined')

test('a parser is made of a name, of JSON text and of an object', () => {
  const text = accessLog(3)
  for (const definition of ['combined', '{"format": "combined"}', { format: 'combined' }]) {
    assert.deepStrictEqual(new sawlog.Parser(definition).parse(text).toArray(), accessRows(3))
  }
})

test('what is made in another context, as test runners do, is taken', () => {
  const { bytes, regex, columns } = require('node:vm').runInNewContext('({ bytes: new Uint8Array([97, 98]).buffer, regex: /^(?<x>.)/, columns: ["x"] })')
  assert.deepStrictEqual(new sawlog.Parser({ regex, columns }).parse(bytes).toArray(), [{ x: 'a' }])
})

test('parse takes texts and bytes of every kind', () => {
  const text = accessLog(5)
  const bytes = new TextEncoder().encode(text)
  const buffer = new ArrayBuffer(bytes.length)
  new Uint8Array(buffer).set(bytes)
  const common = new SharedArrayBuffer(bytes.length)
  new Uint8Array(common).set(bytes)
  for (const data of [text, Buffer.from(text), bytes, new DataView(buffer), buffer, common]) {
    assert.deepStrictEqual(parser.parse(data).toArray(), accessRows(5))
  }
  for (const data of [null, undefined, 5, {}, []]) assert.throws(() => parser.parse(data), TypeError)
})

test('a last line needs no ending, and CRLF is one', () => {
  const text = accessLog(4)
  assert.deepStrictEqual(parser.parse(text.trimEnd()).toArray(), accessRows(4))
  assert.deepStrictEqual(parser.parse(text.replaceAll('\n', '\r\n')).toArray(), accessRows(4))
})

test('nothing in, nothing out', () => {
  const batch = parser.parse('')
  assert.strictEqual(batch.length, 0)
  assert.deepStrictEqual(batch.toArray(), [])
  assert.deepStrictEqual([batch.toJSONText(), batch.toJSONText({ lines: true })], ['[]', ''])
  assert.deepStrictEqual(batch.rejects, [])
  assert.strictEqual(batch.column('status').length, 0)
  assert.strictEqual(batch.column('target').length, 0)
  assert.deepStrictEqual(batch.column('method').toArray(), [])
})

test('parseAsync gives what parse gives', async () => {
  const data = Buffer.from(accessLog(20000))
  const batch = await parser.parseAsync(data)
  assert.strictEqual(batch.length, 20000)
  assert.deepStrictEqual(batch.row(19999), access(19999).row)
  const several = await Promise.all(Array.from({ length: 8 }, () => parser.parseAsync(data)))
  for (const one of several) assert.strictEqual(one.toJSONText({ start: 100, end: 110 }), batch.toJSONText({ start: 100, end: 110 }))
})

test('a copy does not follow its original', () => {
  const data = Buffer.from(accessLog(3000))
  const batch = parser.parse(data, { copy: true })
  data.fill(0)
  assert.deepStrictEqual(batch.toArray(), accessRows(3000))
})

test('parseLine gives a row or null', () => {
  for (let i = 0; i < 50; i++) {
    const { line, row } = access(i)
    assert.deepStrictEqual(parser.parseLine(line), row)
    assert.deepStrictEqual(parser.parseLine(Buffer.from(line + '\n')), row)
  }
  assert.strictEqual(parser.parseLine('not an access log'), null)
  assert.strictEqual(parser.parseLine(''), null)
})

test('parseLine takes what is not ASCII, NUL bytes and halves of surrogate pairs', () => {
  const line = target => access(1).line.replace(/\/trees\/\S+/, target)
  assert.strictEqual(parser.parseLine(line('/öl/€/🌲')).target, '/öl/€/🌲')
  assert.strictEqual(parser.parseLine(line('/a\0b')).target, '/a\0b')
  assert.strictEqual(parser.parseLine(line('/a\ud800b')).target, '/a\ufffdb')
  assert.strictEqual(parser.parseLine(line('/' + 'x'.repeat(500000))).target.length, 500001)
})

test('parseLine takes strings and bytes of every length around that up to which they are copied', () => {
  const line = target => `10.0.0.1 - - [17/May/2015:10:05:03 +0000] "GET ${target} HTTP/1.1" 200 1 "-" "-"`
  const rest = line('/').length
  for (const length of [8191, 8192, 8193].flatMap(n => [n, Math.ceil(n / 3) - 1, Math.ceil(n / 3)])) {
    for (const letter of ['x', 'ö', '€']) {
      const target = '/' + letter.repeat(length - rest)
      assert.strictEqual(parser.parseLine(line(target)).target, target)
      assert.strictEqual(parser.parseLine(Buffer.from(line(target))).target, target)
      assert.strictEqual(parser.parseRow(line('/short')).target, '/short')
    }
  }
})

test('parseLine and batches give the same rows', () => {
  const json = new sawlog.Parser({ json: {} })
  for (const line of ['{"a":1,"b":{"c":"x","d":null},"e":[1,2]}', '{"n":9007199254740993,"f":1.5,"t":true}', '{}', '{"e":"","n":null,"i":0,"f":0,"b":false,"z":-0.0}']) {
    assert.deepStrictEqual(json.parseLine(line), json.parse(line + '\n').row(0))
  }
  assert.strictEqual(json.parseLine('[1]'), null)
})

test('parseLine: empty, null and zero are three things, in every type', () => {
  const nginx = new sawlog.Parser({ nginx: '"$request_method" "$uri" $status $request_time $time_iso8601 "$http_x"', fields: { http_x: 'bytes' } })
  for (const line of ['"" "" 000 0.000 1970-01-01T00:00:00+00:00 ""', '"-" "-" - - - "-"', '"GET" "/a-path-of-some-length" 200 1.5 2026-03-02T08:00:00+01:00 "b\\x00c"']) {
    const row = nginx.parse(line + '\n').toArray()[0] ?? null
    assert.deepStrictEqual(nginx.parseLine(line), row, line)
  }
})

test('explain names colours where nothing else is wrong', () => {
  const why = new sawlog.Parser({ dissect: '%{client} %{state}', fields: { client: 'ip' } }).explain('\x1b[31m192.0.2.1 up\x1b[0m')
  assert.strictEqual(why.ok, false)
  assert.match(why.hint, /strip_ansi/)
})

test('explain tells why a line does not fit', () => {
  assert.strictEqual(parser.explain(access(1).line).ok, true)
  const why = parser.explain(access(1).line.replace(' 200 ', ' abc ').replace(' 304 ', ' abc '))
  assert.strictEqual(why.ok, false)
  assert.strictEqual(why.column, 'status')
  assert.ok(why.offset > 0)
  assert.ok(why.expected)
  assert.ok(why.seen)
})

test('schema and definition', () => {
  assert.deepStrictEqual(parser.schema.map(field => field.name), Object.keys(access(0).row))
  assert.strictEqual(parser.schema.find(field => field.name === 'time').type, 'timestamp')
  assert.strictEqual(new sawlog.Parser({ json: {} }).schema, null)
  assert.strictEqual(parser.info.format, 'combined')
  assert.ok(parser.definition)
  const again = new sawlog.Parser(parser.definition)
  assert.deepStrictEqual(again.schema, parser.schema)
})

test('a freed parser says so; its batches stay', () => {
  const own = new sawlog.Parser('combined')
  const batch = own.parse(accessLog(2))
  own.free()
  own.free()
  assert.throws(() => own.parse('x'), /parser was freed/)
  assert.throws(() => own.parseLine('x'), /parser was freed/)
  assert.deepStrictEqual(batch.toArray(), accessRows(2))
})

test('a parser that is freed while it works goes when the work is done', async () => {
  const own = new sawlog.Parser('combined')
  const work = own.parseAsync(accessLog(5000))
  own.free()
  assert.strictEqual((await work).length, 5000)
  await assert.rejects(own.parseAsync('x'), /parser was freed/)
})

test('patterns of nginx, with fields of the user', () => {
  const own = new sawlog.Parser({ nginx: '$remote_addr [$time_iso8601] $request_method $uri $status ${request_time}s', rename: { duration: 'myTime' } })
  const batch = own.parse('192.0.2.1 [2026-03-02T08:00:00+01:00] GET /oak 200 0.125s\n')
  assert.ok(batch.has('myTime')) // names of the user are not respelled
  assert.strictEqual(batch.length, 1)
})
