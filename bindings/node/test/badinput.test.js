'use strict'

const { test } = require('node:test')
const assert = require('node:assert')
const crypto = require('node:crypto')
const fs = require('node:fs')
const path = require('node:path')
const sawlog = require('..')
const { access, accessLog, folder, write } = require('../support/samples')

const dir = folder()
const definitions = ['combined', 'auto', { json: {} }, { logfmt: {} }, { nginx: '$remote_addr "$request" $status' }]
const random = crypto.createHash('shake256', { outputLength: 200000 }).update('sawlog').digest()

test('binary data is rejects, and every line is accounted for', () => {
  const lines = random.filter(byte => byte === 10).length + (random[random.length - 1] === 10 ? 0 : 1)
  for (const definition of definitions) {
    const batch = new sawlog.Parser(definition).parse(random)
    assert.strictEqual(batch.lines, lines)
    for (const { raw, offset, length } of batch.rejects) assert.ok(raw.equals(random.subarray(offset, offset + length)))
    batch.toArray()
    batch.toJSON()
    batch.free()
  }
})

test('NUL bytes', () => {
  const batch = new sawlog.Parser('combined').parse(Buffer.alloc(100000))
  assert.strictEqual(batch.length, 0)
  assert.strictEqual(batch.rejects[0].raw.length, 100000)
})

test('a line longer than the limit is one reject', () => {
  const parser = new sawlog.Parser({ format: 'combined', limits: { line: 1000 } })
  const batch = parser.parse(access(0).line + '\n' + 'x'.repeat(5000) + '\n' + access(1).line + '\n')
  assert.strictEqual(batch.length, 2)
  const [reject] = batch.rejects
  assert.deepStrictEqual([reject.fault, reject.length, reject.raw.length, reject.line], ['too_long', 5000, 1000, 2])
})

test('one line of many megabytes', async () => {
  const file = write(dir, 'long.log', Buffer.concat([Buffer.alloc(40 << 20, 'x'), Buffer.from('\n' + access(0).line + '\n')]))
  let rows = 0
  let rejects = 0
  for await (const batch of sawlog.open(file, { format: 'combined' })) {
    rows += batch.length
    rejects += batch.rejects.length
  }
  assert.deepStrictEqual([rows, rejects], [1, 1])
})

test('deep JSON', () => {
  const deep = '['.repeat(100000) + ']'.repeat(100000)
  const batch = new sawlog.Parser({ json: {} }).parse(`{"a":${deep}}\n{"a":1}\n`)
  assert.strictEqual(batch.lines, 2)
  assert.strictEqual(batch.rejects[0].fault, 'too_deep')
  batch.toArray()
})

test('a file that shrinks while it is read', async () => {
  const file = write(dir, 'shrinks.log', accessLog(60000))
  let rows = 0
  try {
    for await (const batch of sawlog.open(file, { format: 'combined', blockSize: 65536 })) {
      if (rows === 0) fs.truncateSync(file, 1000)
      rows += batch.length
    }
  } catch (error) {
    assert.ok(error instanceof sawlog.ReadError)
  }
  assert.ok(rows > 0)
})

test('arguments of the wrong kind', () => {
  const parser = new sawlog.Parser('combined')
  for (const value of [null, undefined, 1, {}, []]) {
    assert.throws(() => parser.parseLine(value), TypeError)
    assert.throws(() => parser.explain(value), TypeError)
    assert.throws(() => sawlog.detect(value), TypeError)
  }
  assert.throws(() => parser.parse(), /data is undefined/)
  assert.throws(() => parser.parse({}), /data is an object/)
  assert.throws(() => sawlog.toIPC([1]), /batches are a list of Batch/)
  assert.throws(() => sawlog.toIPC(parser.parse('')), /batches are a list of Batch/)
  assert.throws(() => sawlog.detect(path.join(dir, 'nothing')), sawlog.ReadError)
  assert.throws(() => sawlog.detect('{"level":"info"}'), { name: 'ReadError', hint: /taken for a path/ })
})
