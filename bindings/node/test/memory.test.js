'use strict'

const { test } = require('node:test')
const assert = require('node:assert')
const { accessLog, folder, write, run } = require('../support/samples')

const file = JSON.stringify(write(folder(), 'access.log', accessLog(100000))) // 16 MB
const FLAGS = ['--expose-gc']

// The highest RSS in MiB of the second half of the rounds, above that after the first tenth.
const GROWTH = `
  const rss = () => process.memoryUsage.rss() / 1048576
  async function growth (rounds, work) {
    let base = 0, most = 0
    for (let i = 0; i < rounds; i++) {
      await work(i)
      if (i === Math.floor(rounds / 4)) base = rss()
      if (i > rounds / 2) most = Math.max(most, rss())
    }
    console.log(Math.round(most - base), Math.round(base))
  }
  const parser = new sawlog.Parser('combined')
`

function flat (name, program, limit, flags = FLAGS) {
  test(name, t => {
    const { status, stdout, stderr } = run(GROWTH + program, { flags, timeout: 120000 })
    assert.strictEqual(status, 0, stderr)
    const [growth, base] = stdout.trim().split(' ').map(Number)
    t.diagnostic(`${growth} MiB above ${base} MiB`)
    assert.ok(growth < limit, `${growth} MiB above ${base} MiB`)
    assert.ok(base < 500, `${base} MiB`)
  })
}

// The sizes go up and down by 35 MiB with the collectors, so the limit is above that, and the rounds are many enough to show a leak of 1.5 MiB each.
flat('batches that are freed', `growth(60, async () => { for await (const batch of sawlog.open(${file})) { batch.column('status').length; batch.column('target').get(0); batch.free() } })`, 60)

flat('batches that are left to the garbage collector', `growth(20, async () => { for await (const batch of sawlog.open(${file})) batch.column('target').get(0) })`, 150, [])

flat('batches that nobody looks at', `growth(20, async () => { for await (const batch of sawlog.open(${file})); })`, 150, [])

flat('batches of calls that are left to the garbage collector', `
  const data = Buffer.from(samples.accessLog(400)) // 64 KB
  growth(60, async () => { for (let i = 0; i < 100; i++) await parser.parseAsync(data) })`, 250, [])

flat('rows of streams', `growth(8, async () => { for await (const row of require('fs').createReadStream(${file}).pipe(parser.stream({ rows: true }))); })`, 100, [])

flat('lines', `
  const lines = samples.accessLog(1000).split('\\n')
  growth(30, async () => { for (const line of lines) parser.parseLine(line); parser.parseLine('bad'); await new Promise(setImmediate) })`, 30)

flat('parsers, streams, readers, errors', `
  growth(16, async () => {
    for (let i = 0; i < 5; i++) {
      const own = new sawlog.Parser('combined')
      own.stream()
      sawlog.open(${file})
      await sawlog.open(${file}).next()
      try { new sawlog.Parser('combinde') } catch {}
    }
    gc()
    await new Promise(resolve => setTimeout(resolve, 5))
  })`, 60)

// Nobody calls gc here: the collector has to feel what it cannot see.
flat('parsers, readers and templates that are left to the garbage collector', `
  growth(40, async () => {
    for (let i = 0; i < 10; i++) {
      new sawlog.Parser('combined').parseLine('bad')
      await sawlog.open(${file}).info()
      new sawlog.Templates().addLines(samples.accessLog(100))
    }
  })`, 150, [])

test('what a kept text and a kept row hold on to is what the README says, and their copies nothing', () => {
  const { status, stdout, stderr } = run(`
    const parser = new sawlog.Parser('combined')
    const text = Buffer.from(samples.accessLog(20000))
    const lines = text.toString().trimEnd().split('\\n')
    const kept = []
    async function used () {
      for (let i = 0; i < 3; i++) { await new Promise(resolve => setTimeout(resolve, 10)); gc() }
      const { heapUsed, arrayBuffers } = process.memoryUsage()
      return heapUsed + arrayBuffers
    }
    async function each (make) {
      const before = await used()
      kept.push(make())
      return Math.round((await used() - before) / kept.at(-1).length)
    }
    const some = list => list.filter((_, i) => i % 200 === 0)
    const texts = () => { const batch = parser.parse(text); const list = batch.column('target').toArray(); batch.free(); return list }
    const rows = () => some(lines.map(line => parser.parseRow(line)))
    ;(async () => {
      console.log(JSON.stringify([
        await each(() => some(texts())), await each(() => some(texts()).map(one => Buffer.from(one).toString())),
        await each(rows), await each(() => rows().map(row => row.toObject()))
      ]))
    })()`, { flags: FLAGS })
  assert.strictEqual(status, 0, stderr)
  const [text, textCopy, row, rowCopy] = JSON.parse(stdout)
  assert.ok(text < 22000 && textCopy < 8000 && row < 80000 && rowCopy < 8000, stdout)
})

test('what is not freed is collected', () => {
  const { status, stdout, stderr } = run(`
    const library = require(process.cwd() + '/src/library')
    const alive = () => { const s = Buffer.alloc(64); s.writeUInt32LE(64); library.call.sawlog_get_stats(s); return [8, 16, 24, 32].map(at => Number(s.readBigInt64LE(at))) }
    ;(async () => {
      let kept, copied
      await (async () => {
        const parser = new sawlog.Parser('combined')
        for (let i = 0; i < 100; i++) parser.parse(samples.accessLog(50))
        const small = parser.parse(samples.accessLog(50))
        copied = small.column('bytes').subarray(0, 3)
        const batch = parser.parse(samples.accessLog(140000)) // columns of more than 1 MiB are not copied
        kept = batch.column('bytes').subarray(1, 3)
        const reader = parser.open(${file}, { blockSize: 65536 })
        await reader.next()
        parser.stream()
      })()
      for (let i = 0; i < 50; i++) { await new Promise(resolve => setTimeout(resolve, 10)); gc() }
      const before = alive()
      const values = kept.map(value => value)
      kept = null
      for (let i = 0; i < 20; i++) { await new Promise(resolve => setTimeout(resolve, 10)); gc() }
      console.log(JSON.stringify([before, alive(), Array.from(values, Number), Number(copied[2])]))
    })()`, { flags: FLAGS })
  assert.strictEqual(status, 0, stderr)
  assert.deepStrictEqual(JSON.parse(stdout), [[0, 0, 0, 1], [0, 0, 0, 0], [17, 34], 34])
})
