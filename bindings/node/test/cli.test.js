'use strict'

const { test } = require('node:test')
const assert = require('node:assert')
const fs = require('node:fs')
const path = require('node:path')
const zlib = require('node:zlib')
const { spawn, spawnSync } = require('node:child_process')
const sawlog = require('..')
const { progressLine, rfc3339 } = require('../src/cli')
const { accessLog, access, folder, write } = require('../support/samples')

const PROGRAM = path.join(__dirname, '../bin/sawlog.js')
const dir = folder()
const log = path.join(dir, 'access.log.gz')
fs.writeFileSync(log, zlib.gzipSync(accessLog(99) + 'this is none\n'))

function run (...args) {
  const input = typeof args.at(-1) === 'object' ? args.pop().input : ''
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], { input, timeout: 60000 })
  return { status, stdout: stdout.toString(), bytes: stdout, stderr: stderr.toString() }
}

test('detect', () => {
  const done = run('detect', log)
  assert.strictEqual(done.status, 0)
  assert.match(done.stdout, /: combined, confidence/)
  assert.doesNotMatch(done.stdout, /klog/)
  assert.match(run('detect', '--all', log).stdout, /klog/)
  assert.match(run('detect', write(dir, 'a#b?c%20.log', accessLog(20))).stdout, /: combined, confidence/)
  assert.strictEqual(JSON.parse(run('detect', '--json', '-', { input: accessLog(20) }).stdout).format, 'combined')
})

test('formats', () => {
  assert.match(run('formats').stdout, /combined/)
  assert.match(run('formats', 'combined').stdout, /status +int/)
  assert.strictEqual(JSON.parse(run('formats', 'combined', '--json').stdout).fields.status, 'int')
  const done = run('formats', 'combinde')
  assert.strictEqual(done.status, 2)
  assert.match(done.stderr, /combined/)
})

test('parse to JSON lines', () => {
  const done = run('parse', log, '--columns', 'status,client')
  const rows = done.stdout.trim().split('\n').map(line => JSON.parse(line))
  assert.strictEqual(rows.length, 99)
  assert.deepStrictEqual(rows[3], { client: access(3).row.client, status: access(3).row.status })
  assert.match(done.stderr, /1 of 100 lines are no records: 1 no_match/)
  assert.strictEqual(run('parse', log, '--columns', '').stdout, run('parse', log).stdout)
  assert.match(run('parse', log, '--nulls').stdout, /"ident":null/)
  assert.strictEqual(run('parse', '-', '--format', 'combined', { input: accessLog(5) }).stdout.trim().split('\n').length, 5)
})

test('parse to CSV and Arrow', () => {
  const lines = run('parse', log, '--to', 'csv', '--columns', 'time,target,bytes').stdout.trim().split('\n')
  assert.strictEqual(lines[0], 'time,target,bytes')
  assert.strictEqual(lines[2], `2026-03-02T08:00:01Z,${access(1).row.target},${access(1).row.bytes}`)
  assert.strictEqual(lines[1].split(',')[2], '')
  const { tableFromIPC } = require('apache-arrow')
  const table = tableFromIPC(run('parse', log, '--to', 'arrow').bytes)
  assert.strictEqual(table.numRows, 99)
  const out = path.join(dir, 'out.json')
  assert.strictEqual(run('parse', log, '-o', out).stdout, '')
  assert.strictEqual(fs.readFileSync(out, 'utf8').trim().split('\n').length, 99)
})

test('Arrow is written while the log is read, with one schema, also of no rows', { timeout: 60000 }, async () => {
  const { tableFromIPC } = require('apache-arrow')
  const args = ['parse', '-', '--format', 'combined', '--to', 'arrow']
  const lines = 20000
  const program = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  const pieces = []
  program.stdin.write(accessLog(lines))
  for await (const piece of program.stdout) {
    pieces.push(piece)
    if (!program.stdin.writableEnded) program.stdin.end(accessLog(lines)) // only now does it go on
  }
  const table = tableFromIPC(Buffer.concat(pieces))
  assert.ok(table.batches.length > 1)
  assert.strictEqual(table.numRows, 2 * lines)
  for (const at of [0, lines - 1, lines, 2 * lines - 1]) {
    const { client, status, method } = table.get(at)
    const { row } = access(at % lines)
    assert.deepStrictEqual([client, status, method], [row.client, BigInt(row.status), row.method])
  }
  const empty = tableFromIPC(run(...args, { input: '' }).bytes)
  assert.deepStrictEqual(empty.schema.fields.map(({ name, type }) => `${name} ${type}`), table.schema.fields.map(({ name, type }) => `${name} ${type}`))
  assert.strictEqual(empty.numRows, 0)
})

test("definitions of one's own", () => {
  const input = '192.0.2.1 took=12 user=ann\n'
  const file = write(dir, 'definition.json', '{"dissect": "%{ip} took=%{n} %{}", "fields": {"n": "int"}}')
  for (const args of [
    ['--grok', '%{IP:ip} took=%{INT:n:int}'],
    ['--regex', '^(?P<ip>\\S+) took=(?P<n>\\d+)', '--field', 'n=int'],
    ['--definition', fs.readFileSync(file, 'utf8')],
    ['--definition', '@' + file],
    ['--loki', '<ip> took=<n> <_>', '--option', 'fields={"n": "int"}']
  ]) {
    assert.deepStrictEqual(JSON.parse(run('parse', '-', ...args, { input }).stdout), { ip: '192.0.2.1', n: 12 }, args[0])
  }
})

test('rejects and the exit status', () => {
  const file = path.join(dir, 'rejects')
  assert.strictEqual(run('parse', log, '--rejects', file, '--max-rejects', '1').status, 0)
  assert.strictEqual(fs.readFileSync(file, 'utf8'), '100\tno_match\tthis is none\n')
  assert.strictEqual(run('parse', log, '--max-rejects', '0').status, 1)
  for (const to of ['csv', 'arrow']) {
    fs.writeFileSync(file, '')
    assert.strictEqual(run('parse', log, '--to', to, '--rejects', file).status, 0)
    assert.strictEqual(fs.readFileSync(file, 'utf8'), '100\tno_match\tthis is none\n', to)
  }
})

test('what cannot be written is an error, and rejects are written as they are', { skip: !fs.existsSync('/dev/full') }, () => {
  for (const option of ['-o', '--rejects']) {
    const done = run('parse', log, option, '/dev/full')
    assert.strictEqual(done.status, 2, option)
    assert.match(done.stderr, /ENOSPC/, option)
  }
  const full = fs.openSync('/dev/full', 'w')
  for (const args of [['--version'], ['--help'], ['parse', '--help'], ['formats'], ['parse', log]]) {
    const { status, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', full, 'pipe'] })
    assert.strictEqual(status, 2, args.join(' '))
    assert.match(stderr.toString(), /^sawlog: ENOSPC/, args.join(' '))
  }
  fs.closeSync(full)
  const file = path.join(dir, 'bytes')
  run('parse', '-', '--format', 'common', '--rejects', file, { input: Buffer.from('a\xff\n', 'latin1') })
  assert.deepStrictEqual(fs.readFileSync(file), Buffer.from('1\tno_match\ta\xff\n', 'latin1'))
})

test('the standard input among files', () => {
  const args = ['parse', '-', log, '--format', 'combined', '--columns', 'status']
  const done = spawnSync('sh', ['-c', 'cat "$0" | "$@"', write(dir, 'five.log', accessLog(5)), process.execPath, PROGRAM, ...args]) // a pipe
  assert.strictEqual(done.stdout.toString().trim().split('\n').length, 5 + 99)
})

test('an input is not written to, nor is an output when there is no input', () => {
  const text = accessLog(5)
  const file = write(dir, 'same.log', text)
  for (const args of [['parse', file, '-o', file], ['parse', path.join(dir, 'same*.log'), '-o', file], ['parse', file, '--rejects', path.join(dir, '.', 'same.log')]]) {
    const done = run(...args)
    assert.strictEqual(done.status, 2)
    assert.match(done.stderr, /is one of the inputs/)
  }
  const standard = fs.openSync(file)
  assert.strictEqual(spawnSync(process.execPath, [PROGRAM, 'parse', '-', '-o', file], { stdio: [standard, 'pipe', 'pipe'] }).status, 2)
  fs.closeSync(standard)
  assert.strictEqual(run('parse', 'none.log', '-o', file).status, 2)
  assert.strictEqual(fs.readFileSync(file, 'utf8'), text)
})

test('detect says what is wrong with a file, and when no format fits', () => {
  assert.strictEqual(run('detect', 'none.log').stderr, 'sawlog: none.log: no such file or directory\n')
  assert.match(run('detect', '-', { input: '' }).stdout, /^-: no format fits\n/)
  assert.strictEqual(sawlog.detect(Buffer.alloc(0)).explain().split('\n')[0], 'no format fits')
})

test('CSV has all digits, and its names without a row', () => {
  const input = '2026-03-05T07:09:10.123456789Z 12ns\n1969-12-31T23:59:59.5Z 1.5s\n2026-03-05T07:09:10Z -\n'
  const args = ['parse', '-', '--dissect', '%{time} %{took}', '--field', 'time=timestamp rfc3339', '--field', 'took=duration', '--to', 'csv']
  assert.strictEqual(run(...args, { input }).stdout, 'time,took\n2026-03-05T07:09:10.123456789Z,12\n1969-12-31T23:59:59.5Z,1500000000\n')
  assert.strictEqual(run(...args, { input: '' }).stdout, 'time,took\n')
})

test('CSV quotes what would end a line, and an empty line', () => {
  const input = '{"x":"a\\rb"}\n{"y":1}\n{"x":"l1\\nl2"}\n{"x":"a\\"b,"}\n'
  assert.strictEqual(run('parse', '-', '--to', 'csv', '--columns', 'x', { input }).stdout, 'x\n"a\rb"\n""\n"l1\nl2"\n"a""b,"\n')
})

test('a dash is the standard output', () => {
  for (const extra of [[], ['--to', 'csv'], ['--to', 'arrow']]) assert.deepStrictEqual(run('parse', log, ...extra, '-o', '-').bytes, run('parse', log, ...extra).bytes)
  assert.strictEqual(run('parse', log, '-o', '/dev/null', '--rejects', '-').stdout, '100\tno_match\tthis is none\n')
  assert.ok(!fs.existsSync('-'))
})

test('CSV has numbers as JSON has them', () => {
  const values = ['769', '-0', '0.1', '1e+300', '1e-07', '1e+21', '100000000000000000000', '1.2345678901234569e+23']
  const input = values.map(value => `x=${value}\n`).join('')
  const args = ['parse', '-', '--format', 'logfmt', '--field', 'x=float', '--columns', 'x']
  assert.deepStrictEqual(run(...args, '--to', 'csv', { input }).stdout.split('\n').slice(1, -1), values)
  assert.deepStrictEqual(run(...args, { input }).stdout.split('\n').slice(0, -1), values.map(value => `{"x":${value}}`))
})

test('templates', () => {
  assert.match(run('templates', log).stdout, /^ +99 {2}/) // of an access log, the targets
  const file = write(dir, 'app.log', 'level=info msg="took 1 ms"\nlevel=info msg="took 2 ms"\nlevel=warn msg=full\n')
  assert.strictEqual(run('templates', file).stdout, '       2  took <*> ms\n       1  full\n')
  assert.strictEqual(JSON.parse(run('templates', file, '--top', '1', '--json').stdout).count, 2)
})

test('wrong use', () => {
  for (const [args, message] of [
    [[], /usage/], [['parse'], /needs a FILE/], [['prase', 'x'], /no command prase/], [['parse', 'none.log'], /none\.log/], [['parse', '-', '--to', 'xml'], /json, csv, arrow/],
    [['parse', '-', '--format', 'combinde'], /combined/], [['parse', '-', '--grok', '%{WORT:x}'], /WORT/], [['parse', '-', '--field', 'x'], /NAME=TYPE/],
    [['parse', '-', '--max-rejects', 'x'], /whole number/], [['parse', log, '-o', path.join(dir, 'no/out')], /ENOENT.*no.out/], [['parse', log, '--rejects', dir], /EISDIR/], [['parse', '-', '--definition', '{'], /--definition/], [['parse', '-', '--nope'], /nope/],
    [['templates', log, '--top=-1'], /--top takes a number from 1 on/], [['formats', 'combined', 'common'], /takes one NAME/]
  ]) {
    const done = run(...args)
    assert.strictEqual(done.status, 2, args.join(' '))
    assert.match(done.stderr, message)
    assert.doesNotMatch(done.stderr, /at .*\.js:/)
  }
  assert.match(run('--version').stdout, new RegExp(sawlog.version))
})

test('help is for the asking, before and behind the command', () => {
  const { status, stdout } = run('--help')
  assert.strictEqual(status, 0)
  for (const args of [['-h'], ['parse', '--help'], ['formats', '-h'], ['detect', '--help', log]]) assert.deepStrictEqual(run(...args), { ...run('--help') }, args.join(' '))
  const said = stdout.match(/--[a-z-]+/g)
  for (const option of ['--to', '--rejects', '--max-rejects', '--nulls', '--column', '--top', '--option', '--threads', '--no-progress']) assert.ok(said.includes(option), option)
})

test('each pattern language has an option', () => {
  const pages = fs.readFileSync(path.join(__dirname, '../../../lib/formats/LANGUAGES.md'), 'utf8')
  const languages = pages.match(/^## \w+$/gm).map(line => line.slice(3)).filter(name => name !== 'line') // a list, which a definition has
  const help = run('--help').stdout.split(/\s+/)
  for (const language of languages) assert.ok(help.includes(language.replace('_', '-')), language)
  const line = '1772698150.603     89 192.0.2.7 TCP_MISS/200 1234 GET http://example.com/ - HIER_DIRECT/198.51.100.9 -\n'
  assert.strictEqual(JSON.parse(run('parse', '-', '--squid', 'squid', { input: line }).stdout).result, 'TCP_MISS')
})

test('pieces', () => {
  const stats = { bytesIn: 5, bytesTotal: 10, bytesOut: 3e6, seconds: 1, records: 1200, rejects: 1 }
  assert.strictEqual(progressLine(stats, 4), '[##  ]  50 %  3.0 MB/s  1,200 records  1 rejects  1 s left')
  assert.strictEqual(rfc3339(1772694550250000001n), '2026-03-05T07:09:10.250000001Z')
  assert.strictEqual(rfc3339(-1n), '1969-12-31T23:59:59.999999999Z')
  assert.strictEqual(rfc3339(0n), '1970-01-01T00:00:00Z')
})
