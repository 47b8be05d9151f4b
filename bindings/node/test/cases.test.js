'use strict'

const { test } = require('node:test')
const assert = require('node:assert')
const sawlog = require('..')
const { sharedCases, formatSamples } = require('../support/cases')

const skip = sharedCases().length === 0 && 'the cases stand beside the sources of the library'
const rowsOf = batch => batch.toJSONText({ lines: true, dropNulls: true }).split('\n').filter(line => line !== '').map(line => JSON.parse(line))

for (const { subject, cases } of sharedCases()) {
  test(`shared cases: ${subject}`, { skip }, () => {
    for (const { name, definition, input, rows = [], rejects = [], warnings = [] } of cases) {
      const parser = new sawlog.Parser(definition)
      assert.deepStrictEqual(parser.warnings, warnings, name)
      const batch = parser.parse(input)
      assert.deepStrictEqual(rowsOf(batch), rows, name)
      assert.deepStrictEqual(batch.rejects.map(({ fault, line, offset, raw }) => ({ fault, line: Number(line), offset: Number(offset), raw: raw.toString() })), rejects, name)
      assert.strictEqual(batch.toArray().length, rows.length, name)
      for (const [i, row] of batch.toArray().entries()) assert.ok(same(rows[i], row), `${name}: ${JSON.stringify(rows[i])}`)
      batch.free()
    }
  })
}

for (const { format, definition, samples } of formatSamples()) {
  test(`samples of ${format}`, { skip }, () => {
    const parser = new sawlog.Parser(definition)
    assert.ok(samples.length > 1)
    for (const { input, row, fault } of samples) {
      const got = parser.parseLine(input)
      if (row) {
        assert.ok(got !== null && same(row, got), `${input}\n${JSON.stringify(row)}`)
      } else {
        assert.strictEqual(got, null, input)
        assert.strictEqual(parser.explain(input).fault, fault, input)
      }
    }
    parser.free()
  })
}

// Is the value got of a row what JSON says? Nulls that JSON leaves out are null here, times are Dates, integers may be BigInts.
function same (want, got) {
  if (got === null) return want === undefined || want === null || (typeof want === 'object' && Object.keys(want).length === 0)
  if (got instanceof Date) return typeof want === 'string' && Math.abs(Date.parse(want) - got.getTime()) < 1
  if (typeof got === 'bigint') return typeof want === 'number' && Number(got) === want
  if (Buffer.isBuffer(got)) return got.toString() === want
  if (Array.isArray(got)) return Array.isArray(want) && got.length === want.length && got.every((value, i) => same(want[i], value))
  if (typeof got === 'object') return typeof want === 'object' && want !== null && Object.keys(want).every(key => key in got) && Object.keys(got).every(key => same(want[key], got[key]))
  return Object.is(want, got)
}

test('the comparison can fail', () => {
  for (const [want, got] of [[{ a: 1 }, { a: 2 }], [{ a: 1, b: 2 }, { a: 1 }], [{}, { a: 0 }], [{ t: '2026-03-02T07:00:00Z' }, { t: new Date(0) }], [[1], [1, 2]], ['1', 1]]) {
    assert.ok(!same(want, got), JSON.stringify(got))
  }
})
