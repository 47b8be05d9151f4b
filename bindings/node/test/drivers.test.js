'use strict'

const { test } = require('node:test')
const assert = require('node:assert')
const { spawnSync } = require('node:child_process')
const path = require('node:path')
const sawlog = require('..')
const { folder, run } = require('../support/samples')

const installed = ['koffi', 'ffi-napi'].filter(name => {
  try {
    return require.resolve(name)
  } catch {
    return false
  }
})
const file = path.join(folder(), 'x.log')

function results (driver) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(__dirname, '../support/results.js'), file], { env: { ...process.env, SAWLOG_FFI: driver }, encoding: 'utf8', maxBuffer: 1 << 28 })
  assert.strictEqual(status, 0, stderr)
  return stdout
}

test('all results are the same under both drivers', { skip: installed.length < 2 && 'ffi-napi is not installed' }, () => {
  const [koffi, napi] = installed.map(results)
  assert.ok(koffi.length > 10000)
  assert.strictEqual(napi, koffi)
})

test('SAWLOG_FFI chooses, and says what it can be', () => {
  for (const driver of installed) assert.strictEqual(run('process.stdout.write(sawlog.driver)', { env: { SAWLOG_FFI: driver } }).stdout, driver)
  assert.match(run('', { env: { SAWLOG_FFI: 'dlopen' } }).stderr, /SAWLOG_FFI is "dlopen"; it can be koffi or ffi-napi/)
  if (process.env.SAWLOG_FFI) assert.strictEqual(sawlog.driver, process.env.SAWLOG_FFI)
})

test('koffi comes first', { skip: !installed.includes('koffi') }, () => {
  assert.strictEqual(run('process.stdout.write(sawlog.driver)', { env: { SAWLOG_FFI: '' } }).stdout, 'koffi')
})
