'use strict'

const { test } = require('node:test')
const assert = require('node:assert')
const { execFileSync, spawn } = require('node:child_process')
const path = require('node:path')
const { accessLog, folder, write, run } = require('../support/samples')

const dir = folder()
const file = JSON.stringify(write(dir, 'access.log', accessLog(50000)))

function passes (name, program, status = 0, more = {}) {
  test(name, () => {
    const begin = Date.now()
    const result = run(program, { timeout: 30000, ...more })
    assert.deepStrictEqual([result.status, result.signal, result.stderr], [status, null, ''], result.stdout)
    assert.ok(Date.now() - begin < 15000)
  })
}

passes('process.exit while a call is under way', `
  for (let i = 0; i < 3; i++) sawlog.open(${file}).next()
  new sawlog.Parser('combined').parseAsync(samples.accessLog(50000))
  setTimeout(() => process.exit(7), 3)`, 7)

passes('process.exit at once', `sawlog.open(${file}).next(); process.exit(7)`, 7)

passes('the end with everything alive', `
  globalThis.keep = [new sawlog.Parser('combined'), sawlog.open(${file})]
  keep.push(keep[0].parse(samples.accessLog(100)), keep[0].stream())
  keep[1].next().then(({ value }) => keep.push(value, value.column('status')))`)

passes('an exception that nobody catches', `
  process.on('uncaughtException', () => process.exit(5))
  sawlog.open(${file}).next().then(() => { throw new Error() })`, 5)

test('process.exit while a silent pipe is read', async () => {
  const fifo = path.join(dir, 'pipe')
  execFileSync('mkfifo', [fifo])
  const begin = Date.now()
  // held open for reading and writing: it neither ends nor says anything
  const program = `const fd = require('fs').openSync(${JSON.stringify(fifo)}, 'r+'); sawlog.open(fd, { format: 'combined' }).next(); setTimeout(() => process.exit(9), 300)`
  const result = run(program, { timeout: 20000 })
  assert.deepStrictEqual([result.status, result.signal], [9, null], result.stderr)
  assert.ok(Date.now() - begin < 10000)
})

test('SIGTERM and SIGINT end the process as always', async () => {
  for (const signal of ['SIGTERM', 'SIGINT']) {
    const program = `const sawlog = require(${JSON.stringify(path.join(__dirname, '..'))}); (async () => { console.log('ready'); for (;;) for await (const batch of sawlog.open(${file})) batch.free() })()`
    const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
    child.stdout.once('data', () => setTimeout(() => child.kill(signal), 50))
    const ended = await new Promise(resolve => child.on('exit', (status, by) => resolve(by)))
    assert.strictEqual(ended, signal)
  }
})
