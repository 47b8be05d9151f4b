'use strict'

// A gigabyte, in a file and in one line: the process hardly grows.

const { test } = require('node:test')
const assert = require('node:assert')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const { accessLog, run } = require('../support/samples')

const SIZE = 1e9
const MOST = 64

// On the disk of the checkout where there is one: the folder for temporary files may be memory.
function folder (t) {
  const build = path.join(__dirname, '../../../build')
  const name = fs.mkdtempSync(path.join(fs.existsSync(build) ? build : os.tmpdir(), 'large-'))
  t.after(() => fs.rmSync(name, { recursive: true, force: true }))
  return path.join(name, 'a.log')
}

// What a program prints that reads the file once to get warm and then again, the peak being counted from there on where the system does that.
function measure (t, file, { format = { format: 'combined' }, warm = file } = {}) {
  const { status, stdout, stderr } = run(`
    const fs = require('node:fs')
    const memory = key => Number(fs.readFileSync('/proc/self/status', 'utf8').match(new RegExp(key + ':\\\\s+(\\\\d+)'))[1]) / 1024
    async function count (file) {
      const all = { rows: 0, rejects: 0, last: null }
      for await (const batch of sawlog.open(file, ${JSON.stringify(format)})) {
        all.rows += batch.length
        all.rejects += batch.rejectCount
        if (batch.rejectCount > 0) all.last = { ...batch.rejects.at(-1), raw: undefined }
        batch.free()
      }
      return all
    }
    ;(async () => {
      await count(${JSON.stringify(warm)})
      gc()
      try { fs.writeFileSync('/proc/self/clear_refs', '5') } catch {}
      const base = memory('VmRSS')
      const all = await count(${JSON.stringify(file)})
      console.log(JSON.stringify({ ...all, grown: memory('VmHWM') - base }))
    })()`, { flags: ['--expose-gc'], timeout: 120000 })
  assert.strictEqual(status, 0, stderr)
  const found = JSON.parse(stdout)
  t.diagnostic(`${found.grown.toFixed(1)} MiB above what there was`)
  assert.ok(found.grown < MOST, `${found.grown} MiB`)
  return found
}

test('a file of a gigabyte', t => {
  const file = folder(t)
  const piece = accessLog(10000) + 'no such line\n'
  const pieces = Math.ceil(SIZE / piece.length)
  const out = fs.openSync(file, 'w')
  for (let i = 0; i < pieces; i++) fs.writeSync(out, piece)
  fs.closeSync(out)
  const small = file + '.small'
  fs.writeFileSync(small, piece)
  const { rows, rejects } = measure(t, file, { warm: small })
  assert.deepStrictEqual([rows, rejects], [pieces * 10000, pieces])
})

for (const [name, format, line] of [['combined', { format: 'combined' }, accessLog(1)], ['json', { json: {} }, '{"a": 1}\n']]) {
  test(`a line of a gigabyte, ${name}`, t => {
    const file = folder(t)
    const out = fs.openSync(file, 'w')
    fs.writeSync(out, line)
    fs.writeSync(out, '\n' + line, line.length + SIZE) // what lies between is a hole: it reads as zeros and takes no disk
    fs.closeSync(out)
    const { rows, rejects, last } = measure(t, file, { format })
    assert.deepStrictEqual([rows, rejects], [2, 1])
    assert.deepStrictEqual(last, { source: 0, line: 2, offset: line.length, length: SIZE, fault: 'too_long' })
  })
}
