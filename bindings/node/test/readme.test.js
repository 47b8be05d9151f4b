'use strict'

const { test } = require('node:test')
const assert = require('node:assert')
const fs = require('node:fs')
const path = require('node:path')
const zlib = require('node:zlib')
const { spawnSync } = require('node:child_process')
const sawlog = require('..')
const { accessLog, folder, write } = require('../support/samples')

const root = path.join(__dirname, '..')

const readme = fs.readFileSync(path.join(root, 'README.md'), 'utf8')
const all = [...readme.matchAll(/^```js\n(.*?)^```$/gms)].map(match => match[1].replaceAll("require('sawlog')", `require(${JSON.stringify(root)})`))
const programs = all.filter(block => block.startsWith('// '))
const blocks = all.filter(block => !programs.includes(block))
const dir = folder()
const log = accessLog(50) + '192.0.2.7 - - [12/Nov/2024:17:03:00 +0100] "GET /broken HTTP/1.1" 503 7 "-" "-"\n'
write(dir, 'access.log', log)
write(dir, 'access.log.gz', zlib.gzipSync(log))
write(dir, 'app.log', 'time=2024-11-12T17:03:00Z level=info message="session opened for user anna"\n'.repeat(3))
write(dir, 'app.jsonl', '{"level":"warn","msg":"late","user_id":"17"}\n')

test('every snippet of the README runs, in order, as one program', () => {
  assert.ok(blocks.length >= 8)
  // A `tail -F` has no end of its own; the batch that is shown is made here, and the server of the address is ours.
  const program = `
    const child_process = require('node:child_process')
    const tails = []
    const spawn = child_process.spawn
    child_process.spawn = (...command) => { tails.push(spawn(...command)); return tails.at(-1) }
    ;(async () => {
      const server = require('node:http').createServer((request, answer) => answer.end(require('node:fs').readFileSync('.' + request.url)))
      await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
      ${blocks.map(block => block.startsWith('batch.') ? `const batch = parser.parse(require('node:fs').readFileSync('access.log'))\n${block}` : block).join('\n')}
      console.log({ errors, bytes, records, rows: batch.length, own: own.schema.length, json: json.definition.columns })
      server.close()
      server.closeAllConnections?.()
      setTimeout(() => tails.forEach(tail => tail.kill()), 500)
    })()`.replace("fetch('https://logs.example.com/", "fetch('http://127.0.0.1:' + server.address().port + '/")
  const { stdout, stderr, status } = spawnSync(process.execPath, ['-e', program], { cwd: dir, input: log, encoding: 'utf8' })
  assert.strictEqual(stderr, '')
  assert.strictEqual(status, 0)
  for (const line of ['/broken', '3 session opened for user <*>', 'warn late']) assert.ok(stdout.split('\n').includes(line), stdout)
  assert.match(stdout, /errors: 9,\s+bytes: 18962,\s+records: 51,\s+rows: 51,\s+own: 6,\s+json: \[ 'at', 'level' \]/)
})

test('the programs of the README run', () => {
  assert.strictEqual(programs.length, 1)
  for (const block of programs) {
    const file = write(dir, /^\/\/ (\S+)/.exec(block)[1], block)
    const { stdout, stderr, status } = spawnSync(process.execPath, [file], { cwd: dir, encoding: 'utf8', timeout: 60000 })
    assert.deepStrictEqual([stdout.trim().split('\n').sort(), stderr, status], [['access.log 9', 'access.log.gz 9'], '', 0])
  }
})

test('the commands of the README run', () => {
  const commands = [...readme.matchAll(/^\$ npx sawlog (.*)$/gm)].map(match => match[1])
  assert.ok(commands.length >= 5)
  for (const command of commands) {
    const { stderr, status } = spawnSync('sh', ['-c', `"$0" "$1" ${command}`, process.execPath, path.join(root, 'bin/sawlog.js')], { cwd: dir, encoding: 'utf8' })
    assert.strictEqual(status, 0, command + '\n' + stderr)
  }
})

test('the declarations know every preset of multiline', () => {
  const types = fs.readFileSync(path.join(root, 'index.d.ts'), 'utf8')
  const [said] = /export type MultilinePreset =[^/]*?\n(?=\n)/.exec(types)
  assert.throws(() => new sawlog.Parser({ format: 'combined', multiline: 'zzzzzz' }), error => {
    const known = error.hint.replace('known: ', '').split(', ')
    assert.deepStrictEqual(said.match(/'[a-z-]+'/g).map(name => name.slice(1, -1)).sort(), known.sort())
    return true
  })
})

test('the declarations know every way to read records', () => {
  const types = fs.readFileSync(path.join(root, 'index.d.ts'), 'utf8')
  for (const page of ['LANGUAGES.md', 'ENGINES.md']) {
    const text = fs.readFileSync(path.join(root, '../../lib/formats', page), 'utf8')
    for (const [, key] of text.matchAll(/^## (\w+)$/gm)) {
      const name = key.replace(/_(.)/g, (_, letter) => letter.toUpperCase())
      assert.ok(types.includes(`\n  ${name}?: `), name)
    }
  }
})
