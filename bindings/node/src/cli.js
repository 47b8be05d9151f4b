'use strict'

// The command line: npx sawlog detect|parse|formats|templates. Exit status: 0; 1 when there were more rejects than --max-rejects allows; 2 for
// wrong use and for inputs that cannot be read.

const fs = require('node:fs')
const path = require('node:path')
const { once } = require('node:events')
const { pathToFileURL } = require('node:url')
const { parseArgs } = require('node:util')

// Pattern languages that have an option of their own; the Python command has the same.
const LANGUAGES = ('nginx apache grok regex dissect loki logback haproxy envoy tomcat undertow gunicorn uwsgi squid postgres ' +
  'python-logging rsyslog logsql goaccess vpc-flow').split(' ')
const MESSAGES = ['message', 'body', 'msg', 'target', 'request'] // where messages stand, the first that a log has

const text = { type: 'string' }
const flag = { type: 'boolean' }
const ASKING = { help: { ...flag, short: 'h' } }
const READING = {
  format: text,
  definition: text,
  columns: text,
  field: { type: 'string', multiple: true },
  option: { type: 'string', multiple: true },
  zone: text,
  year: text,
  names: text,
  threads: text,
  'no-progress': flag,
  ...Object.fromEntries(LANGUAGES.map(name => [name, text]))
}
const COMMANDS = {
  detect: { run: detect, options: { json: flag, all: flag }, files: '1+' },
  parse: { run: parse, options: { ...READING, to: text, output: { ...text, short: 'o' }, nulls: flag, rejects: text, 'max-rejects': text }, files: '1+' },
  formats: { run: formats, options: { json: flag }, files: '0-1' },
  templates: { run: templates, options: { ...READING, column: text, top: text, json: flag }, files: '1+' }
}
const HELP = `usage: sawlog detect FILE... [--json] [--all]       which format a file has, with the evidence
       sawlog parse FILE... [OPTIONS]               a log to JSON lines, CSV or Arrow
       sawlog formats [NAME] [--json]               the built-in formats, or all about one of them
       sawlog templates FILE... [--column NAME] [--top N] [--json] [OPTIONS]
                                                    the templates that messages were made from, with their counts
       sawlog --version

FILE is a path, or - for the standard input; gzip, zstd and bzip2 are unpacked.

How records are read (left out: the format is detected), one of
  --format NAME           a built-in format
  --definition JSON       a whole definition, or @FILE to read it from there
  --LANGUAGE PATTERN      LANGUAGE is one of
      ${LANGUAGES.join(' ').replace(/(.{70,90}) /g, '$1\n      ')}
What refines it
  --columns A,B           only these columns
  --field NAME=TYPE       the type of a field: status=int
  --zone ZONE, --year N   of times without one: Europe/Berlin, +01:00
  --names ecs|otel|native the vocabulary of the fields' names
  --option KEY=JSON       any other key of a definition: 'where={"status": ">= 500"}'
  --threads N             workers (all cores)
  --no-progress           no progress bar, which is shown on a terminal only
What parse writes
  --to json|csv|arrow     an object a line (the default), CSV, or an Arrow IPC stream
  -o FILE                 where to (-, the standard output)
  --nulls                 json: write nulls too
  --rejects FILE          where to write the lines that are no records: number, reason and text, tab-separated
  --max-rejects N         exit with status 1 when there are more

Exit status: 0; 1 when there are more rejects than --max-rejects allows; 2 when the command is wrong or an input cannot be read.
`

class Usage extends Error {}

async function main (argv) {
  try {
    const [name, ...rest] = argv
    if (name === undefined || name === '--help' || name === '-h') {
      await write(name === undefined ? process.stderr : process.stdout, HELP)
      return name === undefined ? 2 : 0
    }
    if (name === '--version') return await print(`sawlog ${require('..').version}`) ?? 0
    const command = COMMANDS[name]
    if (command === undefined || !Object.hasOwn(COMMANDS, name)) throw new Usage(`no command ${name}; there are ${Object.keys(COMMANDS).join(', ')}`)
    const { values, positionals } = parsed({ ...command.options, ...ASKING }, rest)
    if (values.help) return await write(process.stdout, HELP) ?? 0
    if (command.files === '1+' && positionals.length === 0) throw new Usage(`${name} needs a FILE, or - for the standard input`)
    if (command.files === '0-1' && positionals.length > 1) throw new Usage(`${name} takes one NAME, not ${positionals.join(' and ')}`)
    return await command.run(positionals, values) ?? 0
  } catch (error) {
    if (error.code === 'EPIPE') return 0 // whoever read our output has seen enough
    if (!(error instanceof Usage) && !(error instanceof require('..').SawlogError) && error.code === undefined) throw error
    process.stderr.write(`sawlog: ${error.message}${error.hint ? ` (${error.hint})` : ''}\n`)
    return 2
  }
}

function parsed (options, args) {
  try {
    return parseArgs({ args, options, allowPositionals: true })
  } catch (error) {
    throw new Usage(error.message)
  }
}

async function print (line) { await write(process.stdout, line + '\n') }

// Waits where whoever reads is slower than we are; an error of the stream ends the program's work.
async function write (stream, data) {
  if (stream.failure) throw stream.failure
  if (stream.listenerCount('error') === 0) stream.on('error', error => { stream.failure = error; stream.emit('drain') })
  if (!stream.write(data)) await once(stream, 'drain')
  if (stream.failure) throw stream.failure
}

// ---- How records are read ----

function definitionOf (values) {
  const definition = {}
  if (values.definition !== undefined) {
    const given = values.definition.startsWith('@') ? fs.readFileSync(values.definition.slice(1), 'utf8') : values.definition
    Object.assign(definition, given.trim().startsWith('{') ? json(given, '--definition') : { format: given.trim() })
  }
  for (const key of ['format', 'zone', 'names', ...LANGUAGES]) if (values[key] !== undefined) definition[key.replace('-', '_')] = values[key]
  for (const key of ['year', 'threads']) if (values[key] !== undefined) definition[key] = whole(values[key], key)
  if (values.columns) definition.columns = values.columns.split(',').filter(name => name !== '')
  for (const pair of values.field ?? []) {
    const [, name, kind] = /^([^=]+)=(.+)$/s.exec(pair) ?? []
    if (name === undefined) throw new Usage(`--field takes NAME=TYPE, not ${pair}`)
    definition.fields = { ...definition.fields, [name]: kind }
  }
  for (const pair of values.option ?? []) {
    const at = pair.indexOf('=')
    if (at < 1) throw new Usage(`--option takes KEY=JSON, not ${pair}`)
    definition[pair.slice(0, at)] = loose(pair.slice(at + 1))
  }
  return definition
}

function json (given, name) {
  try {
    return JSON.parse(given)
  } catch (error) {
    throw new Usage(`${name}: ${error.message}`)
  }
}

function loose (given) {
  try {
    return JSON.parse(given)
  } catch {
    return given
  }
}

function whole (given, name) {
  const number = Number(given)
  if (!Number.isInteger(number)) throw new Usage(`--${name} takes a whole number, not ${given}`)
  return number
}

const STDIN = '/dev/stdin' // the name of the standard input, for lists of files

function openInput (files, values) {
  const sawlog = require('..')
  const options = definitionOf(values)
  const inputs = files.map(file => file === '-' ? STDIN : file)
  for (const output of [values.output, values.rejects]) {
    if (output !== undefined && inputs.some(input => same(output, input))) throw new Usage(`${output} is one of the inputs: writing to it would lose it`)
  }
  if (files.length === 1) return files[0] === '-' ? sawlog.open(0, { sourceName: '-', ...options }) : sawlog.open(files[0], options)
  return sawlog.open(inputs, options)
}

// Whether a file that exists is the other, or fits it as a pattern.
function same (file, other) {
  const [one, two] = [file, other].map(name => fs.statSync(name, { bigint: true, throwIfNoEntry: false }))
  if (!one?.isFile()) return false
  if (two) return one.dev === two.dev && one.ino === two.ino
  if (!/[*?[]/.test(other)) return false
  const pattern = new RegExp(`^${path.resolve(other).replace(/[.+^${}()|\\]/g, '\\$&').replaceAll('*', '[^/]*').replaceAll('?', '[^/]')}$`)
  return pattern.test(path.resolve(file))
}

// The batches of a reader, with a line on a terminal that tells how far it is. Each is freed when the next is asked for.
async function * batches (reader, values) {
  const shown = process.stderr.isTTY && !values['no-progress']
  const columns = process.stderr.columns || 80
  let last = 0
  try {
    for await (const batch of reader) {
      yield batch
      batch.free()
      if (shown && Date.now() - last > 100) {
        last = Date.now()
        const line = progressLine(reader.stats, columns >= ROOMY ? 24 : 8)
        process.stderr.write(`\r\x1b[K${line.slice(0, columns - 1)}`) // a line that is broken cannot be overwritten
      }
    }
  } finally {
    if (last > 0) process.stderr.write('\r\x1b[K')
  }
}

const ROOMY = 100

function progressLine ({ bytesIn, bytesTotal, bytesOut, seconds, records, rejects }, width = 24) {
  const share = bytesTotal > 0 ? Math.min(bytesIn / bytesTotal, 1) : null
  const parts = share === null ? [] : [`[${'#'.repeat(Math.floor(share * width)).padEnd(width)}] ${String(Math.floor(share * 100)).padStart(3)} %`]
  parts.push(`${(bytesOut / 1e6 / (seconds || 1)).toFixed(1)} MB/s`, `${records.toLocaleString('en')} records`, `${rejects.toLocaleString('en')} rejects`)
  if (share) parts.push(`${Math.round(seconds * (1 - share) / share)} s left`)
  return parts.join('  ')
}

// ---- Commands ----

async function detect (files, values) {
  const sawlog = require('..')
  for (const file of files) {
    const found = detected(sawlog, file)
    if (values.json) await print(JSON.stringify({ file, ...found, definition: JSON.parse(found.definition) }))
    else await print(`${file}: ${found.explain({ all: values.all })}`)
  }
}

function detected (sawlog, file) {
  try {
    return sawlog.detect(file === '-' ? beginning(0) : fs.existsSync(file) ? pathToFileURL(file) : file)
  } catch (error) {
    if (error.code === 'ENOENT') error.hint = '' // it is for programs, which may have meant a text
    throw error
  }
}

// As much of a descriptor as detection ever looks at, and to spare.
function beginning (fd) {
  const data = Buffer.alloc(2 << 20)
  let n = 0
  while (n < data.length) {
    try {
      const more = fs.readSync(fd, data, n, data.length - n, null)
      if (more === 0) break
      n += more
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20) // a descriptor that does not wait
    }
  }
  return data.subarray(0, n)
}

async function formats ([name], values) {
  const sawlog = require('..')
  if (name === undefined) {
    const known = sawlog.formats()
    const width = Math.max(...known.map(({ name }) => name.length))
    return await print(values.json ? JSON.stringify(known) : known.map(({ name, title }) => `${name.padEnd(width)}  ${title}`).join('\n'))
  }
  const one = sawlog.formats(name)
  if (values.json) return await print(JSON.stringify(one))
  const width = Math.max(...Object.keys(one.fields).map(name => name.length))
  const fields = Object.entries(one.fields).map(([name, kind]) => `  ${name.padEnd(width)}  ${kind}`)
  await print([`${one.name}: ${one.title}`, one.url, '', `definition  ${JSON.stringify(one.definition)}`, `sample      ${one.sample}`, '', ...fields].join('\n'))
}

const WRITERS = {
  json: async function * (batches, { nulls }) {
    for await (const batch of batches) yield batch.toJSONText({ lines: true, dropNulls: !nulls })
  },
  csv: async function * (batches, values, reader) {
    const { schema } = await reader.info()
    yield csvLine(schema.map(({ name }) => name))
    for await (const batch of batches) {
      const columns = batch.columns.map(name => batch.column(name))
      const lines = []
      for (let row = 0; row < batch.length; row++) lines.push(csvLine(columns.map(column => cell(column, row))))
      yield lines.join('')
    }
  },
  arrow: async function * (batches, values, reader) {
    const { Parser, toIPC } = require('..')
    let begun = false
    for await (const batch of batches) {
      yield ipcMessages(toIPC([batch]), begun)
      begun = true
    }
    if (!begun) yield ipcMessages(toIPC([new Parser((await reader.info()).definition).parse('')]), false)
    yield IPC_END
  }
}

const IPC_END = Buffer.from([255, 255, 255, 255, 0, 0, 0, 0])

// What an Arrow IPC stream of one batch has in front of its end; where the stream has begun, without the schema, which comes first.
function ipcMessages (stream, begun) {
  const schema = IPC_END.length + stream.readInt32LE(4)
  return stream.subarray(begun ? schema : 0, stream.length - IPC_END.length)
}

function cell (column, row) {
  if (column.isNull(row)) return ''
  const value = column.get(row)
  if (column.type === 'timestamp') return rfc3339(value)
  if (column.type === 'float') return Object.is(value, -0) ? '-0' : String(value).replace(/e([+-])(\d)$/, 'e$10$2') // as in JSON
  if (Buffer.isBuffer(value)) return value.toString()
  return typeof value === 'object' ? JSON.stringify(value, (_, inner) => typeof inner === 'bigint' ? String(inner) : inner) : String(value)
}

function rfc3339 (nanoseconds) {
  const fraction = ((nanoseconds % 1000000000n + 1000000000n) % 1000000000n).toString().padStart(9, '0').replace(/0+$/, '')
  const second = new Date(Number((nanoseconds - BigInt(fraction.padEnd(9, '0') || 0)) / 1000000n))
  return second.toISOString().slice(0, 19) + (fraction ? `.${fraction}` : '') + 'Z'
}

function csvLine (cells) {
  if (cells.length === 1 && cells[0] === '') return '""\n' // an empty line is none
  return cells.map(value => /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value).join(',') + '\n'
}

async function parse (files, values) {
  const kind = values.to ?? 'json'
  if (!Object.hasOwn(WRITERS, kind)) throw new Usage(`--to takes ${Object.keys(WRITERS).join(', ')}, not ${kind}`)
  const most = values['max-rejects'] === undefined ? Infinity : whole(values['max-rejects'], 'max-rejects')
  const reader = openInput(files, values)
  if (values.output !== undefined) await reader.info() // an input that cannot be read leaves the output as it is
  const output = create(values.output ?? '-')
  const rejects = values.rejects === undefined ? null : create(values.rejects)
  if (kind === 'arrow' && output.isTTY) throw new Usage('--to arrow is nothing to look at: give -o FILE, or a pipe')
  const read = noting(batches(reader, values), rejects)
  for await (const piece of WRITERS[kind](read, values, reader)) await write(output, piece)
  for (const stream of [rejects, output]) {
    if (stream !== null && stream !== process.stdout) await ended(stream)
  }
  const { lines, rejects: count, rejectsByFault } = reader.stats
  if (count > 0) {
    const reasons = Object.entries(rejectsByFault).map(([fault, n]) => `${n} ${fault}`).join(', ')
    process.stderr.write(`sawlog: ${count} of ${lines} lines are no records: ${reasons}\n`)
  }
  return count > most ? 1 : 0
}

async function ended (stream) {
  await new Promise((resolve, reject) => stream.on('error', reject).end(error => error ? reject(error) : resolve()))
    .catch(error => { throw stream.failure ?? error }) // what went wrong first
}

// A file to write to, - is the standard output; one that cannot be made throws here, and not at some later moment.
function create (file) {
  if (file === '-') return process.stdout
  return fs.createWriteStream(file, { fd: fs.openSync(file, 'w') })
}

const NEWLINE = Buffer.from('\n')

async function * noting (batches, stream) {
  for await (const batch of batches) {
    if (stream !== null) for (const { line, fault, raw } of batch.rejects) await write(stream, Buffer.concat([Buffer.from(`${line}\t${fault}\t`), raw, NEWLINE]))
    yield batch
  }
}

async function templates (files, values) {
  const { Templates } = require('..')
  const top = values.top === undefined ? Infinity : whole(values.top, 'top')
  if (top < 1) throw new Usage(`--top takes a number from 1 on, not ${values.top}`)
  const found = new Templates()
  const reader = openInput(files, values)
  let column
  for await (const batch of batches(reader, values)) {
    column ??= messageColumn(batch.schema, values.column)
    found.addColumn(batch, column)
  }
  for (const one of found.list().slice(0, top)) {
    await print(values.json ? JSON.stringify(one) : `${String(one.count).padStart(8)}  ${one.text}`)
  }
}

function messageColumn (schema, wanted) {
  const texts = schema.filter(({ type }) => type === 'string').map(({ name }) => name)
  if (wanted !== undefined && !texts.includes(wanted)) throw new Usage(`there is no column of texts ${wanted}; there are ${texts.join(', ')}`)
  const name = wanted ?? MESSAGES.find(name => texts.includes(name))
  if (name === undefined) throw new Usage(`no column of messages is known for this log: name one by --column (${texts.join(', ')})`)
  return name
}

module.exports = { main, progressLine, rfc3339 }
