'use strict'

const { test } = require('node:test')
const assert = require('node:assert')
const { pathToFileURL } = require('node:url')
const sawlog = require('..')
const { accessLog, folder, write } = require('../support/samples')

test('data', () => {
  for (const data of [accessLog(50), Buffer.from(accessLog(50))]) {
    const found = sawlog.detect(data)
    assert.strictEqual(found.format, 'combined')
    assert.ok(found.confidence > 0.5 && found.confidence <= 1)
    assert.ok(found.candidates.length > 0)
    assert.match(found.explain(), /combined/)
    assert.match(found.explain(), /\d+ more formats: no line fits$/)
    assert.match(found.explain({ all: true }), /cef: 0 of/)
    assert.ok(new sawlog.Parser(found.definition))
  }
})

test('a path', () => {
  const file = write(folder(), 'x.log', '{"level":"info","message":"one"}\n{"level":"warn","message":"two"}\n')
  const names = [sawlog.detect(file).format, sawlog.detect(pathToFileURL(file)).format]
  assert.strictEqual(names[0], names[1])
  assert.match(names[0], /json/)
})

test('formats', () => {
  const all = sawlog.formats()
  const names = all.map(({ name }) => name)
  for (const name of ['common', 'combined', 'vhost_combined', 'nginx_combined', 'nginx_main']) assert.ok(names.includes(name), name)
  const one = sawlog.formats('combined')
  assert.strictEqual(one.name, 'combined')
  assert.ok(one.title && one.sample && one.definition)
  assert.ok(new sawlog.Parser('combined').parse(one.sample + '\n').length > 0)
  assert.throws(() => sawlog.formats('combinde'), error => error instanceof sawlog.FormatError && /combined/.test(error.hint))
})
