'use strict'

const { test } = require('node:test')
const assert = require('node:assert')
const sawlog = require('..')

const LINE = '192.0.2.7 - ann [05/Mar/2026:08:09:10 +0000] "GET /a?x=1 HTTP/1.1" 200 5 "-" "curl/8"'

test('what is done to records is in the definition', () => {
  const parser = new sawlog.Parser({
    format: 'combined',
    where: { user_agent: '~ curl', status: [200, null] },
    urls: ['target'],
    constants: { service: 'shop' },
    redact: ['ip', { columns: ['user'] }],
    columns: ['client', 'user', 'path', 'service']
  })
  assert.deepStrictEqual({ ...parser.parseLine(LINE) }, { client: '192.0.2.0', user: '***', path: '/a', service: 'shop' })
  assert.strictEqual(parser.parseLine(LINE.replace('curl', 'wget')), null)
})

test("conditions and constants have the columns' own spelling", () => {
  const parser = new sawlog.Parser({ json: {}, where: { userId: 9007199254740993n, path: /^\/api/ }, constants: { serviceName: 'shop' } })
  const text = '{"userId":9007199254740993,"path":"/api/oak"}\n{"userId":9007199254740992,"path":"/api/elm"}\n{"userId":9007199254740993,"path":"/oak/api"}\n'
  assert.deepStrictEqual(parser.parse(text).toArray(), [{ userId: 9007199254740993n, path: '/api/oak', serviceName: 'shop' }])
})

test('envelopes, and several formats beside each other', () => {
  const parser = new sawlog.Parser({ formats: ['common', { json: {} }], envelope: ['cri', 'none'] })
  const row = parser.parseLine('2026-03-05T08:09:10Z stdout F {"a":1}')
  assert.deepStrictEqual([row.a, row._format, row.stream], [1, 'json', 'stdout'])
  assert.strictEqual(parser.describe()[0].how.startsWith('envelope: '), true)
})

test('filtered records are counted', async () => {
  const fs = require('node:fs')
  const path = require('node:path')
  const folder = fs.mkdtempSync(path.join(require('node:os').tmpdir(), 'sawlog-'))
  const file = path.join(folder, 'a.log')
  fs.writeFileSync(file, '{"a":1}\n{"a":2}\n')
  const reader = sawlog.open(file, { json: {}, where: { a: 2 } })
  const rows = []
  for await (const batch of reader) rows.push(...batch.toArray())
  assert.deepStrictEqual([rows.length, reader.stats.filtered, reader.stats.lines], [1, 1, 2])
  fs.rmSync(folder, { recursive: true })
})
