'use strict'

// Prints a digest of results of every kind: the same under every driver.

const { inspect } = require('node:util')
const fs = require('node:fs')
const { Readable } = require('node:stream')
const sawlog = require('..')
const { accessLog, access } = require('./samples')

const results = []
const plain = Buffer.prototype[inspect.custom]
Buffer.prototype[inspect.custom] = function () { return `<${this.toString('hex')}>` } // ref-napi shows addresses
const add = (name, value) => results.push(name + ': ' + inspect(value, { depth: 9, maxArrayLength: null, maxStringLength: null }))
const attempt = (name, work) => {
  try {
    add(name, work())
  } catch (error) {
    add(name, { ...error, name: error.name, message: error.message })
  }
}

function everything (name, batch) {
  add(name, [batch.length, batch.lines, batch.columns, batch.schema, batch.rejects, batch.toArray(), batch.toJSONText(), batch.toJSON()])
  for (const column of batch.columns.map(name => batch.column(name))) {
    add(name + ' ' + column.name, [column.type, column.nullCount, column.toArray(), [...column], column.validity && [...column.validity]])
  }
  for (const strings of ['utf8', 'view', 'large_utf8', 'dictionary']) add(`${name} ${strings}`, batch.toIPC({ strings }).length)
}

async function main (file) {
  const text = accessLog(40) + 'bad line\n\n' + access(1).line.replace('/trees', '/b\u00e4ume/\u{1f332}') + '\n'
  everything('combined', new sawlog.Parser('combined').parse(text))
  everything('auto', new sawlog.Parser('auto').parse(text))
  everything('json', new sawlog.Parser({ json: {} }).parse('{"a":1,"b":{"c":1.5,"d":true},"e":"ö"}\n[1]\n{"a":9007199254740993}\n'))
  everything('syslog', new sawlog.Parser({ syslog: {} }).parse('<34>1 - h a - - [x a="1" b="a longer text"][y] hi\n<34>1 - - - - - -\n'))
  everything('logfmt', new sawlog.Parser({ logfmt: {} }).parse('a=1 b="x y" c\nlevel=info a=2\n'))
  for (const line of [access(3).line, 'bad', '', access(5).line + '\n']) attempt('line', () => new sawlog.Parser('combined').parseLine(line))
  for (const line of [access(3).line, 'bad', access(5).line]) attempt('lazy row', () => new sawlog.Parser('combined').parseRow(line)?.toObject())
  attempt('structured line', () => new sawlog.Parser({ syslog: {} }).parseLine('<34>1 - h a - - [x a="1" b="a longer text"][y] hi'))
  attempt('explain', () => new sawlog.Parser('combined').explain('bad'))
  attempt('info', () => new sawlog.Parser('combined').info)
  attempt('formats', () => sawlog.formats().map(({ name }) => name))
  attempt('detect', () => sawlog.detect(text))
  for (const definition of ['combinde', '{', { format: 'combined', zome: 1 }]) attempt('definition', () => new sawlog.Parser(definition))
  fs.writeFileSync(file, accessLog(3000) + 'bad\n')
  const reader = sawlog.open(file, { blockSize: 70000 })
  add('open', (await collect(reader)).map(batch => [batch.length, batch.row(0), batch.rejects]))
  add('stats', { ...reader.stats, seconds: 0 })
  add('reader', await reader.info())
  add('stream', await collect(Readable.from([text.slice(0, 1000), text.slice(1000)]).pipe(new sawlog.Parser('combined').stream({ rows: true }))))
  await sawlog.open(file + '.none').next().catch(error => add('missing', { ...error }))
  Buffer.prototype[inspect.custom] = plain
  process.stdout.write(results.join('\n') + '\n')
}

const collect = async iterable => {
  const all = []
  for await (const one of iterable) all.push(one)
  return all
}

main(process.argv[2])
