'use strict'

const { test } = require('node:test')
const assert = require('node:assert')
const path = require('node:path')
const fs = require('node:fs')
const { execFileSync } = require('node:child_process')
const sawlog = require('..')
const { accessLog, folder, write } = require('../support/samples')

const dir = folder()
const text = accessLog(20000)
const file = write(dir, 'access.log', text)
const parser = new sawlog.Parser('combined')

const isCancelled = error => error instanceof sawlog.Cancelled && error.name === 'AbortError' && error.code === 'SAWLOG_E_CANCELLED'

test('parseAsync stops within 50 ms', async () => {
  const data = Buffer.from(text.repeat(60)) // 190 MB
  let best = Infinity // of several times: the machine may be busy
  for (let i = 0; i < 5 && best >= 50; i++) {
    const controller = new AbortController()
    const work = parser.parseAsync(data, { signal: controller.signal })
    await new Promise(resolve => setTimeout(resolve, 5))
    const begin = process.hrtime.bigint()
    controller.abort('enough')
    await assert.rejects(work, error => isCancelled(error) && error.cause === 'enough')
    best = Math.min(best, Number(process.hrtime.bigint() - begin) / 1e6)
  }
  assert.ok(best < 50, `${best} ms`)
})

test('a signal that is aborted already', async () => {
  const signal = AbortSignal.abort('before')
  await assert.rejects(parser.parseAsync(text, { signal }), isCancelled)
  await assert.rejects(sawlog.open(file, { signal }).next(), error => isCancelled(error) && error.cause === 'before')
})

test('a reader stops between and within batches', async () => {
  const controller = new AbortController()
  const reader = sawlog.open(file, { signal: controller.signal, blockSize: 65536 })
  let batches = 0
  await assert.rejects(async () => {
    for await (const batch of reader) {
      batches++
      batch.free()
      if (batches === 2) controller.abort()
    }
  }, isCancelled)
  assert.strictEqual(batches, 2)
  assert.deepStrictEqual(await reader.next(), { done: true, value: undefined })
})

test('a reader that waits for a silent pipe', async () => {
  const fifo = path.join(dir, 'pipe')
  execFileSync('mkfifo', [fifo])
  const fd = fs.openSync(fifo, 'r+')
  const controller = new AbortController()
  const work = sawlog.open(fd, { format: 'combined', signal: controller.signal }).next()
  setTimeout(() => controller.abort(), 100)
  const begin = Date.now()
  await assert.rejects(work, isCancelled)
  assert.ok(Date.now() - begin < 2000)
  const other = sawlog.open(fd, { format: 'combined' })
  const waiting = other.next()
  setTimeout(() => other.close(), 50)
  await assert.rejects(waiting, isCancelled)
  fs.closeSync(fd)
})

test('what came through a pipe is there before its end', async () => {
  const fifo = path.join(dir, 'slow')
  execFileSync('mkfifo', [fifo])
  const fd = fs.openSync(fifo, 'r+')
  fs.writeSync(fd, accessLog(3))
  const reader = sawlog.open(fd, { format: 'combined' })
  const { value } = await reader.next()
  assert.ok(value.length > 0)
  await reader.close()
  fs.closeSync(fd)
})

test('without an abort a signal changes nothing', async () => {
  const { signal } = new AbortController()
  assert.strictEqual((await parser.parseAsync(text, { signal })).length, 20000)
  let rows = 0
  for await (const batch of sawlog.open(file, { signal })) rows += batch.length
  assert.strictEqual(rows, 20000)
})
