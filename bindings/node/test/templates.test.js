'use strict'

const { test } = require('node:test')
const assert = require('node:assert')
const sawlog = require('..')

test('a column gets an id for each row', () => {
  const batch = new sawlog.Parser('logfmt').parse('msg="took 12 ms" n=1\nn=2\nmsg="took 7 ms" n=3\nmsg=idle n=4\n')
  const templates = new sawlog.Templates()
  const ids = templates.addColumn(batch, 'message')
  assert.ok(ids instanceof Float64Array)
  assert.deepStrictEqual([...ids], [ids[0], 0, ids[0], ids[3]])
  assert.deepStrictEqual(templates.list(), [{ id: ids[0], text: 'took <*> ms', count: 2 }, { id: ids[3], text: 'idle', count: 1 }])
  assert.deepStrictEqual([...templates].map(({ text }) => text), ['took <*> ms', 'idle'])
  assert.throws(() => templates.addColumn(batch, 'n'), /n is a column of another type/)
  assert.throws(() => templates.addColumn(batch, 'none'), RangeError)
  assert.throws(() => templates.addColumn({}, 'n'), TypeError)
})

test('lines and messages', () => {
  const templates = new sawlog.Templates()
  const one = templates.add('took 1 ms')
  assert.strictEqual(templates.add(Buffer.from('took 2 ms')), one)
  for (const data of ['took 3 ms\nidle', Buffer.from('took 3 ms\r\nidle\n')]) {
    const ids = templates.addLines(data)
    assert.strictEqual(ids.length, 2)
    assert.strictEqual(ids[0], one)
    assert.notStrictEqual(ids[1], one)
  }
  assert.strictEqual(templates.addLines('').length, 0)
  assert.deepStrictEqual(templates.match('took 99 ms'), { id: one, text: 'took <*> ms', values: ['99'] })
  assert.strictEqual(templates.match('what is this'), null)
})

test('saved and merged', () => {
  const a = new sawlog.Templates()
  const b = new sawlog.Templates({ max: 100 })
  a.add('took 12 ms')
  const other = b.add('gate 7 opened')
  a.merge(b)
  const copy = sawlog.Templates.load(a.save())
  assert.deepStrictEqual(copy.list(), a.list())
  assert.strictEqual(copy.list().length, 2)
  assert.strictEqual(copy.resolve(other), other)
  assert.strictEqual(copy.resolve(12), 0)
  copy.free()
  assert.throws(() => copy.add('x'), /freed/)
})

test('what is refused', () => {
  assert.throws(() => new sawlog.Templates({ max: -1 }), sawlog.FormatError)
  assert.throws(() => new sawlog.Templates({ mx: 1 }), /unknown key "mx"/)
  assert.throws(() => sawlog.Templates.load('{}'), /no snapshot of templates/)
  assert.throws(() => new sawlog.Templates().merge({}), TypeError)
})
