'use strict'

const { test } = require('node:test')
const assert = require('node:assert')
const fs = require('node:fs')
const zlib = require('node:zlib')
const { execFileSync, spawnSync } = require('node:child_process')
const path = require('node:path')
const { pathToFileURL } = require('node:url')
const sawlog = require('..')
const { access, accessLog, accessRows, folder, write } = require('../support/samples')

const dir = folder()
const N = 20000
const text = accessLog(N)
const file = write(dir, 'access.log', text)
write(dir, 'access.log.gz', zlib.gzipSync(text))

async function rowsOf (reader) {
  const rows = []
  for await (const batch of reader) rows.push(...batch)
  return rows
}

test('a file, its format detected', async () => {
  assert.deepStrictEqual(await rowsOf(sawlog.open(file)), accessRows(N))
})

test('compressed, with options, by a parser', async () => {
  assert.deepStrictEqual(await rowsOf(sawlog.open(path.join(dir, 'access.log.gz'), { format: 'combined', threads: 2, blockSize: 70000 })), accessRows(N))
  assert.deepStrictEqual(await rowsOf(new sawlog.Parser('combined').open(file, { threads: 1 })), accessRows(N))
  const [row] = await rowsOf(sawlog.open(file, { format: 'combined', columns: ['status'] }))
  assert.deepStrictEqual(row, { status: 200 })
})

test('lists, globs, URLs, descriptors and handles', async () => {
  const small = folder()
  write(small, 'a.log', accessLog(3))
  write(small, 'b.log', accessLog(2))
  const both = [...accessRows(3), ...accessRows(2)]
  const a = path.join(small, 'a.log')
  assert.deepStrictEqual(await rowsOf(sawlog.open([a, path.join(small, 'b.log')])), both)
  assert.deepStrictEqual(await rowsOf(sawlog.open([Buffer.from(a), pathToFileURL(path.join(small, 'b.log'))])), both)
  assert.deepStrictEqual(await rowsOf(sawlog.open(path.join(small, '*.log'))), both)
  assert.deepStrictEqual(await rowsOf(sawlog.open(pathToFileURL(a))), accessRows(3))
  assert.deepStrictEqual(await rowsOf(sawlog.open(Buffer.from(a))), accessRows(3))
  const fd = fs.openSync(a)
  assert.deepStrictEqual(await rowsOf(sawlog.open(fd)), accessRows(3))
  fs.closeSync(fd) // still ours
  const handle = await fs.promises.open(a)
  assert.deepStrictEqual(await rowsOf(sawlog.open(handle)), accessRows(3))
  await handle.close()
})

test('the name of a descriptor', async () => {
  const log = write(folder(), 'a.log', 'x\n')
  for (const options of [{}, { sourceName: 'gate.log' }]) {
    const fd = fs.openSync(log)
    const name = options.sourceName ?? `fd ${fd}`
    const reader = sawlog.open(fd, { dissect: '%{a}', meta: ['source'], ...options })
    assert.deepStrictEqual((await reader.info()).sources, [name])
    assert.deepStrictEqual(await rowsOf(reader), [{ a: 'x', _source: name }])
    fs.closeSync(fd)
  }
})

test('what cannot be opened', () => {
  for (const source of [null, undefined, {}, -1, 1.5, true]) assert.throws(() => sawlog.open(source), TypeError)
  assert.throws(() => sawlog.open(fs.createReadStream(file)), /pipe/)
  assert.throws(() => sawlog.open(process.stdin), /pipe/)
  for (const [one, said] of [[null, 'null'], [undefined, 'undefined'], [0, 'a number'], [{}, 'an object'], [Buffer.from([0xff]), 'not UTF-8']]) {
    assert.throws(() => sawlog.open([file, one]), { name: 'TypeError', message: new RegExp(`source 1 of the list is ${said}`) })
  }
  assert.throws(() => sawlog.open(file, 'combined'), TypeError)
  assert.throws(() => sawlog.open(file, { signal: 1 }), TypeError)
})

test('a program that is slower than the reader sees all batches', async () => {
  for (const threads of [1, 2, 4]) {
    for (const pause of [1, 10]) {
      const reader = sawlog.open(file, { threads, blockSize: 50000 })
      let [n, k] = [0, 0]
      for await (const batch of reader) {
        n += batch.length
        if (k++ % 7 === 0) await new Promise(resolve => setTimeout(resolve, pause))
      }
      assert.ok(k > 20)
      assert.strictEqual(n, N, `${threads} threads, ${pause} ms`)
    }
  }
})

test('batches come in order, and no later than asked for', async () => {
  const reader = sawlog.open(file, { blockSize: 100000, threads: 2 })
  const batches = []
  for await (const batch of reader) batches.push(batch)
  assert.ok(batches.length > 5)
  assert.strictEqual(batches.reduce((sum, batch) => sum + batch.length, 0), N)
  let at = 0
  for (const batch of batches) {
    assert.deepStrictEqual(batch.row(0), access(at).row)
    at += batch.length
  }
  assert.deepStrictEqual(await reader.next(), { done: true, value: undefined })
})

test('several calls of next at once', async () => {
  const reader = sawlog.open(file, { blockSize: 100000 })
  const results = await Promise.all(Array.from({ length: 100 }, () => reader.next()))
  const rows = results.filter(({ done }) => !done).flatMap(({ value }) => value.toArray())
  assert.deepStrictEqual(rows, accessRows(N))
})

// What a program sees that reads a large file while something else goes on, in a process of its own with the processors that it may use.
function alongside (cpus, options, other) {
  const program = `
    const sawlog = require(${JSON.stringify(path.join(__dirname, '..'))})
    ;(async () => {
      let turns = 0, rows = 0, last = -1n, ordered = true
      const timer = ${other}
      for await (const batch of sawlog.open(${JSON.stringify(large)}, ${JSON.stringify(options)})) {
        rows += batch.length
        const time = batch.column('time')[0]
        ordered &&= time >= last
        last = time
        batch.free()
      }
      clearInterval(timer)
      console.log(JSON.stringify({ turns, rows, ordered }))
    })()`
  const command = [process.execPath, '-e', program]
  const [file, ...args] = cpus === null ? command : ['taskset', '-c', cpus, ...command]
  return JSON.parse(execFileSync(file, args, { encoding: 'utf8' }))
}

const large = write(dir, 'large.log', accessLog(15 * N))
const others = {
  'a timer': 'setInterval(() => turns++, 1)',
  'work that takes the event loop': 'setInterval(() => { turns++; for (const until = performance.now() + 3; performance.now() < until;); }, 1)'
}
const hasTaskset = spawnSync('taskset', ['-c', '0', 'true']).status === 0

for (const cpus of [null, '0']) {
  for (const options of [{}, { threads: 1 }]) {
    for (const [what, other] of Object.entries(others)) {
      const name = `the event loop goes on: ${what}, ${JSON.stringify(options)}, ${cpus === null ? 'all processors' : 'one processor'}`
      test(name, { skip: cpus !== null && !hasTaskset }, () => {
        const { turns, ...rest } = alongside(cpus, { format: 'combined', ...options }, other)
        assert.deepStrictEqual(rest, { rows: 15 * N, ordered: true })
        assert.ok(turns > 3, `${turns} turns`)
      })
    }
  }
}

test('a slow pipe does not keep the event loop', async () => {
  const fifo = path.join(dir, 'slow')
  execFileSync('mkfifo', [fifo])
  const fd = fs.openSync(fifo, 'r+')
  const reader = sawlog.open(fd, { format: 'combined' })
  let turns = 0
  const timer = setInterval(() => turns++, 2)
  let left = 6
  const writer = setInterval(() => left-- > 0 && fs.writeSync(fd, accessLog(3)), 40)
  let rows = 0
  await assert.rejects(async () => {
    for await (const batch of reader) if ((rows += batch.length) === 18) setTimeout(() => reader.close(), 20)
  }, sawlog.Cancelled)
  clearInterval(timer)
  clearInterval(writer)
  fs.closeSync(fd)
  assert.strictEqual(rows, 18)
  assert.ok(turns > 20, `${turns} turns`)
})

test('stats and info', async () => {
  const withBad = write(dir, 'bad.log', 'nonsense\n' + text + '\n')
  const reader = sawlog.open(withBad, { format: 'combined' })
  assert.strictEqual(reader.stats.lines, 0)
  const info = await reader.info()
  assert.strictEqual(info.format, 'combined')
  assert.deepStrictEqual(info.schema.map(field => field.name), Object.keys(access(0).row))
  let rejects = 0
  for await (const batch of reader) {
    rejects += batch.rejects.length
    assert.ok(reader.stats.lines > 0)
  }
  const { stats } = reader
  assert.strictEqual(rejects, 2)
  assert.deepStrictEqual([stats.lines, stats.records, stats.rejects, stats.rejectsByFault], [N + 2, N, 2, { no_match: 1, empty: 1 }])
  assert.strictEqual(stats.bytesOut, fs.statSync(withBad).size)
  assert.strictEqual(stats.bytesTotal, fs.statSync(withBad).size)
  assert.ok(stats.seconds > 0)
  assert.strictEqual((await reader.info()).format, 'combined')
})

test('leaving the loop closes', async () => {
  const reader = sawlog.open(file, { blockSize: 100000 })
  for await (const batch of reader) {
    assert.ok(batch.length > 0)
    break
  }
  assert.deepStrictEqual(await reader.next(), { done: true, value: undefined })
  const fresh = sawlog.open(file)
  await fresh.close()
  await fresh.close()
  assert.deepStrictEqual(await fresh.next(), { done: true, value: undefined })
  await assert.rejects(fresh.info(), /closed/)
})

test('batches outlive their reader', async () => {
  const reader = sawlog.open(file, { blockSize: 100000 })
  const { value: batch } = await reader.next()
  await reader.close()
  assert.deepStrictEqual(batch.row(1), access(1).row)
})

test('an empty file', async () => {
  const reader = sawlog.open(write(dir, 'empty.log', ''), { format: 'combined' })
  assert.deepStrictEqual(await rowsOf(reader), [])
  assert.strictEqual(reader.stats.lines, 0)
})
