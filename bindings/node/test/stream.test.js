'use strict'

const { test } = require('node:test')
const assert = require('node:assert')
const fs = require('node:fs')
const { Readable, Writable, Transform } = require('node:stream')
const { pipeline } = require('node:stream/promises')
const sawlog = require('..')
const { access, accessLog, accessRows, folder, write } = require('../support/samples')

const parser = new sawlog.Parser('combined')
const N = 5000
const text = accessLog(N)
const file = write(folder(), 'access.log', text)

async function collect (stream) {
  const all = []
  for await (const one of stream) all.push(one)
  return all
}

test('rows', async () => {
  assert.deepStrictEqual(await collect(fs.createReadStream(file).pipe(parser.stream({ rows: true }))), accessRows(N))
})

test('batches', async () => {
  const stream = parser.stream()
  assert.ok(stream instanceof Transform)
  const batches = await collect(fs.createReadStream(file).pipe(stream))
  assert.ok(batches.every(batch => batch instanceof sawlog.Batch))
  assert.deepStrictEqual(batches.flatMap(batch => batch.toArray()), accessRows(N))
})

test('the pieces do not matter', async () => {
  const bytes = Buffer.from(accessLog(40).trimEnd())
  for (const size of [1, 2, 7, 100, 1000, bytes.length]) {
    const pieces = []
    for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size))
    assert.deepStrictEqual(await collect(Readable.from(pieces).pipe(parser.stream({ rows: true }))), accessRows(40), `pieces of ${size}`)
  }
  assert.deepStrictEqual(await collect(Readable.from([bytes.toString()]).pipe(parser.stream({ rows: true }))), accessRows(40))
})

test('nothing in, nothing out', async () => {
  assert.deepStrictEqual(await collect(Readable.from([]).pipe(parser.stream({ rows: true }))), [])
})

test('no more is parsed than is taken', async () => {
  let written = 0
  const source = new Readable({
    read () { this.push(written < 100 ? accessLog(1000) : null); written++ }
  })
  const stream = source.pipe(parser.stream({ rows: true }))
  await new Promise(resolve => setTimeout(resolve, 300))
  assert.ok(stream.readableLength <= 300, `${stream.readableLength} rows wait`)
  assert.ok(written < 20, `${written} pieces were read`)
  let rows = 0
  for await (const row of stream) {
    rows++
    if (rows % 1000 === 0) await new Promise(resolve => setImmediate(resolve))
    assert.ok(row.client)
  }
  assert.strictEqual(rows, 100000)
})

test('a slow reader gets everything', async () => {
  const rows = []
  await pipeline(fs.createReadStream(file, { highWaterMark: 3000 }), parser.stream({ rows: true, readableHighWaterMark: 1 }), new Writable({
    objectMode: true,
    highWaterMark: 1,
    write (row, encoding, done) { rows.push(row); rows.length % 100 ? done() : setImmediate(done) }
  }))
  assert.deepStrictEqual(rows, accessRows(N))
})

test('leaving early', async () => {
  const source = fs.createReadStream(file)
  for await (const row of source.pipe(parser.stream({ rows: true }))) {
    assert.deepStrictEqual(row, access(0).row)
    break
  }
})

test('rejects are in the batches', async () => {
  const [batch] = await collect(Readable.from(['nonsense\n' + accessLog(1)]).pipe(parser.stream()))
  assert.strictEqual(batch.rejects[0].raw.toString(), 'nonsense')
})

test('line numbers and offsets go on from piece to piece', async () => {
  const lines = ['bad one\n', accessLog(1), 'bad two\n']
  const batches = await collect(Readable.from(lines).pipe(parser.stream()))
  const rejects = batches.flatMap(batch => batch.rejects)
  assert.deepStrictEqual(rejects.map(({ line, offset }) => [line, offset]), [[1, 0], [3, lines[0].length + lines[1].length]])
})

test('wrong options', () => {
  assert.throws(() => parser.stream({ nonsense: 1 }), sawlog.FormatError)
  assert.throws(() => parser.stream({ where: { status: '>= 500' } }), /"where" belongs to the parser/)
})

test('a signal ends it', async () => {
  const controller = new AbortController()
  const stream = new Readable({ read () { this.push(accessLog(100)) } }).pipe(parser.stream({ rows: true, signal: controller.signal }))
  await assert.rejects(async () => {
    let rows = 0
    for await (const row of stream) if (++rows === 500) controller.abort(new Error(`enough of ${row.client}`))
  }, error => error instanceof sawlog.Cancelled && error.name === 'AbortError' && /enough/.test(error.cause.message))
})

test('a stream outlives its parser', async () => {
  const own = new sawlog.Parser('combined')
  const stream = own.stream({ rows: true })
  own.free()
  assert.deepStrictEqual(await collect(Readable.from([accessLog(3)]).pipe(stream)), accessRows(3))
})

test('a live stream gives rows from the first record on, where that decides on the columns', async () => {
  for (const [definition, lines] of [
    [{ json: { sampleRecords: 1 } }, ['{"a":1}\n', '{"a":"x","b":2}\n']],
    [{ logfmt: { sampleRecords: 1 } }, ['a=1\n', 'a=x b=2\n']]
  ]) {
    const stream = new sawlog.Parser(definition).stream({ rows: true })
    const rows = stream[Symbol.asyncIterator]()
    stream.write(lines[0])
    assert.deepStrictEqual((await rows.next()).value, { a: 1 })
    stream.write(lines[1])
    const { value } = await rows.next()
    assert.deepStrictEqual([value.a, Number(value.b)], ['x', 2])
    stream.destroy()
  }
})
