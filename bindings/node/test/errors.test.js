'use strict'

const { test } = require('node:test')
const assert = require('node:assert')
const fs = require('node:fs')
const path = require('node:path')
const zlib = require('node:zlib')
const sawlog = require('..')
const { accessLog, folder, write } = require('../support/samples')

const dir = folder()

async function read (source, options) {
  let rows = 0
  for await (const batch of sawlog.open(source, options)) rows += batch.length
  return rows
}

const failure = async (source, options) => read(source, options).then(() => assert.fail('nothing was thrown'), error => error)

test('an unknown format names the nearest', () => {
  assert.throws(() => new sawlog.Parser('combinde'), error => {
    assert.ok(error instanceof sawlog.FormatError && error instanceof sawlog.SawlogError && error instanceof Error)
    assert.strictEqual(error.name, 'FormatError')
    assert.strictEqual(error.code, 'SAWLOG_E_FORMAT')
    assert.strictEqual(error.status, 'SAWLOG_E_FORMAT')
    assert.match(error.hint, /combined/)
    assert.match(error.message, /combinde/)
    return true
  })
})

test('an unknown key has a position', () => {
  assert.throws(() => new sawlog.Parser('{"format": "combined",\n "zome": "UTC"}'), error => {
    assert.ok(error instanceof sawlog.FormatError)
    assert.strictEqual(error.code, 'SAWLOG_E_OPTION')
    assert.strictEqual(error.line, 2)
    assert.deepStrictEqual(error.position, { offset: error.offset, line: error.line, column: error.column })
    assert.match(error.hint, /zone/)
    return true
  })
})

test('definitions that make no sense', () => {
  for (const definition of ['{', '[]', '{"format": "combined", "nginx": "$status"}', '{"format": 1}', '{"regex": "("}', { regex: '(' }, { nginx: '' }, { fields: { a: 'colour' }, json: {} }]) {
    assert.throws(() => new sawlog.Parser(definition), sawlog.FormatError, JSON.stringify(definition))
  }
  for (const definition of [null, 1, true, [], () => {}]) assert.throws(() => new sawlog.Parser(definition), TypeError)
})

test('a parser refuses what is for reading', () => {
  assert.throws(() => new sawlog.Parser({ format: 'combined', threads: 2 }), sawlog.FormatError)
})

test('a missing file', async () => {
  const file = path.join(dir, 'nothing.log')
  const error = await failure(file)
  assert.ok(error instanceof sawlog.ReadError)
  assert.strictEqual(error.code, 'ENOENT')
  assert.strictEqual(error.status, 'SAWLOG_E_IO')
  assert.strictEqual(error.path, file)
  assert.ok(error.errno < 0)
})

test('a folder, and a file that may not be read', async () => {
  const error = await failure(dir)
  assert.ok(error instanceof sawlog.ReadError)
  assert.strictEqual(error.status, 'SAWLOG_E_IO')
  assert.match(error.message, /directory/)
  assert.strictEqual(error.code, 'EISDIR')
  if (process.getuid() !== 0) {
    const file = write(dir, 'secret.log', 'x')
    fs.chmodSync(file, 0)
    assert.strictEqual((await failure(file)).code, 'EACCES')
  }
})

test('wrong options of open', async () => {
  const file = write(dir, 'access.log', accessLog(3))
  const error = await failure(file, { thraeds: 2 })
  assert.ok(error instanceof sawlog.FormatError)
  assert.match(error.hint, /threads/)
  assert.ok(await failure(file, { format: 'combinde' }) instanceof sawlog.FormatError)
})

test('a truncated file gives what was there, then the error', async () => {
  const whole = zlib.gzipSync(accessLog(30000))
  const file = write(dir, 'cut.log.gz', whole.subarray(0, whole.length * 3 / 4))
  let rows = 0
  await assert.rejects(async () => {
    for await (const batch of sawlog.open(file, { format: 'combined' })) rows += batch.length
  }, error => error instanceof sawlog.ReadError && error.code === 'SAWLOG_E_CODEC')
  assert.ok(rows > 10000 && rows < 30000, `${rows} rows`)
})

test('a limit that is reached', async () => {
  const file = write(dir, 'bomb.log.gz', zlib.gzipSync(accessLog(30000)))
  const error = await failure(file, { format: 'combined', limits: { bytes: 100000 } })
  assert.ok(error instanceof sawlog.ReadError)
  assert.strictEqual(error.code, 'SAWLOG_E_LIMIT')
})

test('after an error the reader is at its end', async () => {
  const reader = sawlog.open(path.join(dir, 'nothing.log'))
  await assert.rejects(reader.next(), sawlog.ReadError)
  assert.deepStrictEqual(await reader.next(), { done: true, value: undefined })
})

test('a reader that nobody asks throws nowhere', async () => {
  sawlog.open(path.join(dir, 'nothing.log'))
  sawlog.open('x', { thraeds: 2 })
  await new Promise(resolve => setTimeout(resolve, 50))
})
