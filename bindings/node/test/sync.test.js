'use strict'

const { test } = require('node:test')
const assert = require('node:assert')
const fs = require('node:fs')
const path = require('node:path')
const zlib = require('node:zlib')
const { execFileSync } = require('node:child_process')
const { Worker } = require('node:worker_threads')
const sawlog = require('..')
const { access, accessLog, accessRows, folder, write } = require('../support/samples')

const dir = folder()
const N = 20000
const text = accessLog(N)
const file = write(dir, 'access.log', text)
write(dir, 'access.log.gz', zlib.gzipSync(text))
const packed = path.join(dir, 'access.log.gz')

function rowsOf (reader) {
  const rows = []
  for (const batch of reader) rows.push(...batch)
  return rows
}

test('the rows are those of open', async () => {
  const cases = [[file], [packed], [[file, packed]], [file, { format: 'combined', threads: 1, blockSize: 70000 }], [file, { threads: 2, blockSize: 70000, columns: ['status'] }]]
  for (const [source, options] of cases) {
    const rows = []
    for await (const batch of sawlog.open(source, options)) rows.push(...batch)
    assert.deepStrictEqual(rowsOf(sawlog.openSync(source, options)), rows)
  }
  assert.deepStrictEqual(rowsOf(new sawlog.Parser('combined').openSync(file)), accessRows(N))
})

test('a batch is there until the next one is asked for', () => {
  const reader = sawlog.openSync(file, { format: 'combined', blockSize: 100000 })
  const { value: first } = reader.next()
  const times = first.column('time').toArray()
  const row = first.row(1)
  const { value: second } = reader.next()
  assert.throws(() => first.row(0), /this batch was freed/)
  assert.throws(() => first.column('time'), /this batch was freed/)
  assert.deepStrictEqual(row, access(1).row)
  assert.deepStrictEqual(second.row(0), access(times.length).row)
  reader.close()
  assert.throws(() => second.row(0), /this batch was freed/)
})

test('a loop that frees nothing does not pile batches up', () => {
  const many = Array.from({ length: 40 }, () => file) // 130 MB
  const program = `
    const sawlog = require(${JSON.stringify(path.join(__dirname, '..'))})
    let rows = 0
    for (const batch of sawlog.openSync(${JSON.stringify(many)}, { format: 'combined' })) rows += batch.length
    console.log(rows, process.resourceUsage().maxRSS)`
  const [rows, peak] = execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' }).split(' ').map(Number)
  assert.strictEqual(rows, 40 * N)
  assert.ok(peak < 200000, `${peak} KiB`)
})

test('stats and info, before, in and behind the loop', () => {
  const withBad = write(dir, 'bad.log', 'nonsense\n' + text + '\n')
  const reader = sawlog.openSync(withBad)
  assert.strictEqual(reader.stats.lines, 0)
  assert.strictEqual(reader.info().format, 'combined')
  let rejects = 0
  for (const batch of reader) {
    rejects += batch.rejectCount
    assert.ok(reader.stats.lines > 0)
  }
  const { stats } = reader
  assert.deepStrictEqual([rejects, stats.lines, stats.records, stats.rejectsByFault], [2, N + 2, N, { no_match: 1, empty: 1 }])
  assert.strictEqual(stats.bytesOut, fs.statSync(withBad).size)
  assert.deepStrictEqual(reader.info().schema.map(field => field.name), Object.keys(access(0).row))

  const late = sawlog.openSync(file)
  assert.strictEqual(rowsOf(late).length, N)
  assert.strictEqual(late.info().format, 'combined')
})

test('leaving the loop closes', () => {
  const reader = sawlog.openSync(file, { blockSize: 100000 })
  for (const batch of reader) {
    assert.ok(batch.length > 0)
    break
  }
  assert.deepStrictEqual(reader.next(), { done: true, value: undefined })
  const fresh = sawlog.openSync(file)
  fresh.close()
  fresh.close()
  assert.deepStrictEqual(fresh.next(), { done: true, value: undefined })
  assert.throws(() => fresh.info(), /closed/)
})

test('what cannot be read', () => {
  for (const source of [null, {}, -1, true]) assert.throws(() => sawlog.openSync(source), TypeError)
  assert.throws(() => sawlog.openSync(file, { signal: 1 }), TypeError)
  const missing = sawlog.openSync(path.join(dir, 'no such file'))
  assert.throws(() => missing.next(), error => error instanceof sawlog.ReadError && error.code === 'ENOENT')
  assert.deepStrictEqual(missing.next(), { done: true, value: undefined })
  assert.throws(() => sawlog.openSync(file, { format: 'combind' }).next(), error => error instanceof sawlog.FormatError && /combined/.test(error.hint))
  const cut = write(dir, 'cut.gz', zlib.gzipSync(text).subarray(0, 20000))
  let rows = 0
  assert.throws(() => { for (const batch of sawlog.openSync(cut)) rows += batch.length }, sawlog.ReadError)
  assert.ok(rows > 0)
})

test('a signal is looked at between two batches', () => {
  const controller = new AbortController()
  const reader = sawlog.openSync(file, { signal: controller.signal, blockSize: 65536 })
  let batches = 0
  assert.throws(() => {
    for (const batch of reader) {
      assert.ok(batch.length > 0)
      if (++batches === 2) controller.abort('enough')
    }
  }, error => error instanceof sawlog.Cancelled && error.cause === 'enough')
  assert.strictEqual(batches, 2)
  assert.deepStrictEqual(reader.next(), { done: true, value: undefined })
})

test('a worker that waits for a silent pipe can be terminated', { timeout: 20000 }, async () => {
  const fifo = path.join(dir, 'silent')
  execFileSync('mkfifo', [fifo])
  const fd = fs.openSync(fifo, 'r+')
  const worker = new Worker(`
    const { parentPort, workerData } = require('node:worker_threads')
    const sawlog = require(workerData.sawlog)
    parentPort.postMessage('ready')
    for (const batch of sawlog.openSync(workerData.fd, { format: 'combined' })) parentPort.postMessage(batch.length)`, {
    eval: true, workerData: { sawlog: path.join(__dirname, '..'), fd }
  })
  await new Promise(resolve => worker.once('message', resolve))
  fs.writeSync(fd, accessLog(3))
  assert.strictEqual(await new Promise(resolve => worker.once('message', resolve)), 3)
  await worker.terminate()
  fs.closeSync(fd)
})
