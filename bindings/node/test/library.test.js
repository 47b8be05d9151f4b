'use strict'

const { test } = require('node:test')
const assert = require('node:assert')
const fs = require('node:fs')
const path = require('node:path')
const sawlog = require('..')
const { findLibrary, isMusl, load } = require('../src/library')
const table = require('../ffi/table')
const { folder, write, run } = require('../support/samples')

test('where the library is looked for', () => {
  assert.ok(fs.existsSync(sawlog.libraryPath))
  assert.match(sawlog.version, /^\d+\.\d+\.\d+/)
  assert.strictEqual(findLibrary('linux', 'x64', { SAWLOG_LIBRARY: '/some/where' }), '/some/where')
  assert.throws(() => findLibrary('plan9', 'x64', {}), /no library for plan9 x64.*SAWLOG_LIBRARY/)
  assert.throws(() => findLibrary('win32', 'x64', {}), /@sawlog\/win32-x64 is not installed.*--omit=optional.*build\.sh/s)
  assert.match(run('', { env: { SAWLOG_LIBRARY: '/not/there.so' } }).stderr, /there is no library at \/not\/there\.so/)
})

test('a musl process gets told what to do', () => {
  const musl = { header: {}, sharedObjects: ['/lib/ld-musl-x86_64.so.1'] }
  assert.strictEqual(isMusl(musl), true)
  assert.strictEqual(isMusl({ header: { glibcVersionRuntime: '2.36' }, sharedObjects: [] }), false)
  assert.strictEqual(isMusl(), false)
  const broken = write(folder(), 'libsawlog.so.1', 'no library')
  assert.throws(() => load(broken, musl), error => /Alpine.*glibc.*LD_PRELOAD/s.test(error.message) && error.cause instanceof Error)
  assert.throws(() => load(broken), error => !/Alpine/.test(error.message))
})

test('the functions are those of the header', { skip: !fs.existsSync(path.join(__dirname, '../../../capi/sawlog.h')) }, () => {
  const header = fs.readFileSync(path.join(__dirname, '../../../capi/sawlog.h'), 'utf8').replace(/\/\*[^]*?\*\//g, '').replace(/SAWLOG_(NON)?NULL(ABLE)?/g, '')
  for (const [name, [result, ...types]] of Object.entries(table)) {
    const found = new RegExp(`([\\w ]+[ *]+)${name}\\(([^)]*)\\);`).exec(header)
    assert.ok(found, name)
    const kinds = found[2].trim() === 'void' ? [] : found[2].split(',').map(kind)
    const wanted = types.map(type => type === 'text' ? 'memory' : type)
    assert.deepStrictEqual(wanted.map((type, i) => type === 'handle' && kinds[i] === 'memory' ? kinds[i] : type), kinds, name)
    assert.strictEqual(result, kind(found[1]) === 'memory' ? 'handle' : kind(found[1]), name)
  }
})

function kind (parameter) {
  if (parameter.includes('*')) return 'memory'
  return { int32_t: 'i32', uint32_t: 'u32', int64_t: 'i64', size_t: 'size', void: 'void' }[parameter.trim().split(/\s+/)[0]]
}
