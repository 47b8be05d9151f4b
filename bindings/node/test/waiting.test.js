'use strict'

// Inputs that are silent, and many of them.

const { test } = require('node:test')
const assert = require('node:assert')
const fs = require('node:fs')
const path = require('node:path')
const { execFileSync } = require('node:child_process')
const sawlog = require('..')
const { accessLog, folder, write } = require('../support/samples')

const dir = folder()
const file = write(dir, 'access.log', accessLog(2000))

// Readers of so many pipes in which nothing is yet, and their descriptors.
function silent (count) {
  return Array.from({ length: count }, (_, i) => {
    const name = path.join(dir, `pipe${i}`)
    execFileSync('mkfifo', [name])
    const fd = fs.openSync(name, 'r+')
    fs.unlinkSync(name)
    return { fd, reader: sawlog.open(fd, { format: 'combined' }) }
  })
}

async function took (work) {
  const from = performance.now()
  await work()
  return performance.now() - from
}

async function rowsOf (reader) {
  let rows = 0
  for await (const batch of reader) rows += batch.length
  return rows
}

test('readers of silent pipes leave threads to others, and each has its turn', async () => {
  const pipes = silent(12)
  const first = pipes.map(({ reader }) => reader.next())
  await new Promise(resolve => setTimeout(resolve, 500))
  let best = Infinity // of several times: the machine may be busy
  for (let i = 0; i < 4; i++) best = Math.min(best, await took(() => fs.promises.readFile(file)), await took(() => rowsOf(sawlog.open(file))))
  assert.ok(best < 200, `${best} ms`)
  for (const { fd } of pipes) fs.writeSync(fd, accessLog(1))
  for (const { value } of await Promise.all(first)) assert.strictEqual(value.length, 1)
  const more = pipes.map(({ reader }) => reader.next())
  await new Promise(resolve => setTimeout(resolve, 300))
  assert.ok(await took(() => Promise.all(pipes.map(({ reader }) => reader.close()))) < 2000, 'those that stand in line end at once')
  for (const { status, reason } of await Promise.allSettled(more)) assert.ok(status === 'rejected' && reason instanceof sawlog.Cancelled)
  for (const { fd } of pipes) fs.closeSync(fd)
})

test('hundreds of calls at once', async () => {
  const parser = new sawlog.Parser('combined')
  const text = accessLog(20)
  const batches = await Promise.all(Array.from({ length: 600 }, () => parser.parseAsync(text)))
  assert.ok(batches.every(batch => batch.length === 20))
  const rows = await Promise.all(Array.from({ length: 300 }, () => rowsOf(sawlog.open(file, { threads: 1 }))))
  assert.ok(rows.every(n => n === 2000))
})
