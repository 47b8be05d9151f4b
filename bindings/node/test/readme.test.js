'use strict'

const { test } = require('node:test')
const assert = require('node:assert')
const fs = require('node:fs')
const path = require('node:path')
const zlib = require('node:zlib')
const { spawnSync } = require('node:child_process')
const { accessLog, folder, write } = require('../support/samples')

const root = path.join(__dirname, '..')

test('every snippet of the README runs, in order, as one program', () => {
  const readme = fs.readFileSync(path.join(root, 'README.md'), 'utf8')
  const blocks = [...readme.matchAll(/^```js\n(.*?)^```$/gms)].map(match => match[1])
  assert.ok(blocks.length >= 7)
  const dir = folder()
  const log = accessLog(50) + '192.0.2.7 - - [12/Nov/2024:17:03:00 +0100] "GET /broken HTTP/1.1" 503 7 "-" "-"\n'
  write(dir, 'access.log', log)
  write(dir, 'access.log.gz', zlib.gzipSync(log))
  write(dir, 'app.log', 'time=2024-11-12T17:03:00Z level=info message="session opened for user anna"\n'.repeat(3))
  write(dir, 'app.jsonl', '{"level":"warn","msg":"late","user_id":"17"}\n')
  // A `tail -F` has no end of its own; the batch that is shown is made here.
  const program = `
    const child_process = require('node:child_process')
    const tails = []
    const spawn = child_process.spawn
    child_process.spawn = (...command) => { tails.push(spawn(...command)); return tails.at(-1) }
    ;(async () => {
      ${blocks.map(block => block.startsWith('batch.') ? `const batch = parser.parse(require('node:fs').readFileSync('access.log'))\n${block}` : block).join('\n')}
      console.log({ errors, bytes, rows: batch.length, own: own.schema.length, json: json.definition.columns })
      setTimeout(() => tails.forEach(tail => tail.kill()), 500)
    })()`
  const { stdout, stderr, status } = spawnSync(process.execPath, ['-e', program.replaceAll("require('sawlog')", `require(${JSON.stringify(root)})`)], { cwd: dir, input: log, encoding: 'utf8' })
  assert.strictEqual(stderr, '')
  assert.strictEqual(status, 0)
  for (const line of ['/broken', '3 session opened for user <*>', 'warn late']) assert.ok(stdout.split('\n').includes(line), stdout)
  assert.match(stdout, /\{ errors: 9, bytes: 18962, rows: 51, own: 6, json: \[ 'at', 'level' \] \}/)
})
