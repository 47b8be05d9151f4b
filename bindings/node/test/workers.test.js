'use strict'

const { test } = require('node:test')
const assert = require('node:assert')
const path = require('node:path')
const { Worker } = require('node:worker_threads')
const { once } = require('node:events')
const { execFileSync } = require('node:child_process')
const sawlog = require('..')
const { accessLog, accessRows, folder, write } = require('../support/samples')

const here = path.join(__dirname, '..')
const file = write(folder(), 'access.log', accessLog(20000))

function worker (program) {
  const text = `const sawlog = require(${JSON.stringify(here)}); const { parentPort, workerData } = require('node:worker_threads');\n${program}`
  return new Worker(text, { eval: true, workerData: { file, text: accessLog(300) } })
}

test('every worker makes its own parser', async () => {
  const workers = Array.from({ length: 4 }, () => worker(`
    (async () => {
      let rows = 0
      for await (const batch of sawlog.open(workerData.file, { blockSize: 65536 })) rows += batch.length
      parentPort.postMessage([rows, new sawlog.Parser('combined').parse(workerData.text).toArray()])
    })()`))
  const results = await Promise.all(workers.map(worker => once(worker, 'message')))
  for (const [[rows, sample]] of results) {
    assert.strictEqual(rows, 20000)
    assert.deepStrictEqual(sample, accessRows(300))
  }
  await Promise.all(workers.map(worker => worker.terminate()))
})

test('what is copied in a worker is what is seen here, nested and large too', async () => {
  const line = i => `<34>1 2026-03-05T07:09:10.${String(i % 1000).padStart(3, '0')}Z host app ${i} ID47 [a@1 n="${i}" t="${'x'.repeat(i % 40)}"][b@1 k="v"] message ${i}\n`
  const text = Array.from({ length: 60000 }, (_, i) => line(i)).join('')
  const program = `const batch = new sawlog.Parser({ syslog: { rfc: 5424 } }).parse(text)
    const rows = [0, 1, 30000, 59999].map(i => batch.row(i))
    const column = batch.column('structured_data')
    return [batch.length, batch.rejectCount, rows, JSON.stringify(column.get(59998)), batch.columns.map(name => batch.column(name).nullCount)]`
  const one = worker(`const text = ${JSON.stringify(text)}; parentPort.postMessage((() => { ${program} })())`)
  const [there] = await once(one, 'message')
  const here = new Function('sawlog', 'text', program)(sawlog, text)
  assert.strictEqual(here[0], 60000)
  assert.deepStrictEqual(there, structuredClone(here))
})

test('IPC bytes travel between threads', async () => {
  const one = worker("const ipc = new sawlog.Parser('combined').parse(workerData.text).toIPC(); parentPort.postMessage(new Uint8Array(ipc))")
  const exit = once(one, 'exit') // may come together with the message
  const [ipc] = await once(one, 'message')
  assert.strictEqual(require('apache-arrow').tableFromIPC(ipc).numRows, 300)
  await exit
})

test('a worker that ends or is ended in the middle of its work', async () => {
  const endless = `(async () => {
    parentPort.postMessage('ready')
    for (;;) for await (const batch of sawlog.open(workerData.file, { blockSize: 65536 })) batch.toArray()
  })()`
  for (let round = 0; round < 8; round++) {
    const ended = worker(endless)
    await once(ended, 'message')
    await new Promise(resolve => setTimeout(resolve, 7 * round))
    await ended.terminate()
    const ends = worker("sawlog.open(workerData.file).next(); setTimeout(() => process.exit(3), 5)")
    assert.deepStrictEqual(await once(ends, 'exit'), [3])
  }
  assert.strictEqual(new sawlog.Parser('combined').parse(accessLog(3)).length, 3)
})

test('a program whose only thread with the library is a worker', () => {
  const program = `const { Worker } = require('node:worker_threads')
    new Worker(${JSON.stringify(`console.log(new (require(${JSON.stringify(here)}).Parser)('combined').parse(${JSON.stringify(accessLog(3))}).toArray().length)`)}, { eval: true })`
  assert.strictEqual(execFileSync(process.execPath, ['-e', program]).toString(), '3\n')
})
