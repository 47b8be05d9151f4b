'use strict'

// Sample logs for the tests, made here, and small helpers.

const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const { spawnSync } = require('node:child_process')

const METHODS = ['GET', 'POST', 'HEAD']
const STATUSES = [200, 200, 200, 304, 404, 500]
const AGENTS = ['curl/8.5.0', 'Mozilla/5.0 (X11; Linux x86_64; rv:124.0) Gecko/20100101 Firefox/124.0', '-']

// Line i of an access log in the combined format, without its ending, and the row it means.
function access (i) {
  const row = {
    client: `192.0.2.${i % 250}`,
    ident: null,
    user: i % 7 === 0 ? 'forester' : null,
    time: new Date(Date.UTC(2026, 2, 2, 8, 0, 0) + i * 1000),
    method: METHODS[i % METHODS.length],
    target: `/trees/${i}?kind=${i % 2 ? 'oak' : 'elm'}&page=${i % 13}`,
    protocol: 'HTTP/1.1',
    request: null,
    status: STATUSES[i % STATUSES.length],
    bytes: i % 11 === 0 ? null : i * 17 % 100000,
    referer: i % 5 === 0 ? 'https://sawmill.example/index.html' : null,
    user_agent: AGENTS[i % AGENTS.length] === '-' ? null : AGENTS[i % AGENTS.length],
    rest: null
  }
  const stamp = row.time.toISOString().replace(/^(\d+)-(\d+)-(\d+)T([\d:]+).*/, '$3/Mar/$1:$4 +0000')
  const line = `${row.client} - ${row.user ?? '-'} [${stamp}] "${row.method} ${row.target} ${row.protocol}" ${row.status} ${row.bytes ?? '-'} ` +
    `"${row.referer ?? '-'}" "${row.user_agent ?? '-'}"`
  return { line, row }
}

function accessLog (n) {
  let text = ''
  for (let i = 0; i < n; i++) text += access(i).line + '\n'
  return text
}

const accessRows = n => Array.from({ length: n }, (_, i) => access(i).row)

// A folder of its own for a test file, removed at the end.
function folder () {
  const name = fs.mkdtempSync(path.join(os.tmpdir(), 'sawlog-'))
  process.on('exit', () => fs.rmSync(name, { recursive: true, force: true }))
  return name
}

function write (dir, name, data) {
  const file = path.join(dir, name)
  fs.writeFileSync(file, data)
  return file
}

// Runs a program in a process of its own, with a time limit; program is the text of a CommonJS module that finds sawlog in `sawlog`.
function run (program, { flags = [], env = {}, input, timeout = 60000 } = {}) {
  const text = `const sawlog = require(${JSON.stringify(path.join(__dirname, '..'))}); const samples = require(${JSON.stringify(__filename)});\n${program}`
  const result = spawnSync(process.execPath, [...flags, '-e', text], { env: { ...process.env, ...env }, input, timeout, encoding: 'utf8' })
  return { status: result.status, signal: result.signal, stdout: result.stdout, stderr: result.stderr }
}

module.exports = { access, accessLog, accessRows, folder, write, run }
