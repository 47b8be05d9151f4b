'use strict'

const { test } = require('node:test')
const assert = require('node:assert')
const sawlog = require('..')
const { toText } = require('../src/options')

test('keys become snake_case, what is the user\'s does not', () => {
  const text = toText({
    blockSize: 1,
    key_value_delimiter: '=',
    fields: { myField: 'int', a: { camelCase: 1 } },
    rename: { aB: 'cD' },
    patterns: { MyName: 'x' },
    where: { userId: '>= 5' },
    constants: { serviceName: 'shop' },
    goaccess: { logFormat: '%h' },
    multiline: [{ nextLine: 'y' }],
    columns: ['camelCase']
  })
  assert.deepStrictEqual(JSON.parse(text), {
    block_size: 1,
    key_value_delimiter: '=',
    fields: { myField: 'int', a: { camelCase: 1 } },
    rename: { aB: 'cD' },
    patterns: { MyName: 'x' },
    where: { userId: '>= 5' },
    constants: { serviceName: 'shop' },
    goaccess: { log_format: '%h' },
    multiline: [{ next_line: 'y' }],
    columns: ['camelCase']
  })
})

test('texts stay, dates and expressions become texts', () => {
  assert.strictEqual(toText('combined'), 'combined')
  assert.strictEqual(toText({ now: new Date(0), regex: /^a(?<b>.)$/i, year: undefined }), '{"now":"1970-01-01T00:00:00.000Z","regex":"(?i)^a(?<b>.)$"}')
})

test('expressions and large integers as conditions, expressions as patterns', () => {
  const where = { path: /^\/api\//i, id: [9007199254740993n, /7$/], level: 'error', time: new Date(0) }
  assert.deepStrictEqual(JSON.parse(toText({ where, patterns: { OAK: /oaks?/, ELM: 'elm' }, formats: [{ where: { aB: /x/ } }] })), {
    where: { path: '~ (?i)^\\/api\\/', id: ['9007199254740993', '~ 7$'], level: 'error', time: '1970-01-01T00:00:00.000Z' },
    patterns: { OAK: 'oaks?', ELM: 'elm' },
    formats: [{ where: { aB: '~ x' } }]
  })
})

test('an option that a method does not have is refused', async () => {
  const parser = new sawlog.Parser('combined')
  const batch = parser.parse('x\n')
  const calls = [
    ["unknown option \"cpy\": parse takes copy", () => parser.parse('x\n', { cpy: true })],
    ["unknown option \"line\": toJSONText takes lines, dropNulls, start, end", () => batch.toJSONText({ line: true })],
    ["unknown option \"string\": Arrow takes strings, timeUnit, dictionaries", () => batch.toIPC({ string: 'view' })],
    ["unknown option \"unit\": Arrow takes strings, timeUnit, dictionaries", () => sawlog.toIPC([batch], { unit: 'ms' })],
    ["unknown option \"every\": explain takes all", () => sawlog.detect('x\n').explain({ every: true })],
    ["unknown option \"hard\": free takes force", () => batch.free({ hard: true })],
    ['options are an object, not a number', () => batch.toJSONText(1)]
  ]
  for (const [message, call] of calls) assert.throws(call, { name: 'TypeError', message })
  await assert.rejects(parser.parseAsync('x\n', { abort: 1 }), { name: 'TypeError', message: 'unknown option "abort": parseAsync takes copy, signal' })
  batch.free()
})
