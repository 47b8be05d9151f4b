// Checked by tsc --strict, never run: the declarations fit the ways in which the package is used.
import sawlog = require('sawlog')
import fs = require('node:fs')
import zlib = require('node:zlib')
import { pipeline } from 'node:stream/promises'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false
function is<T extends true> (): T | void {}

async function reading (): Promise<void> {
  for await (const batch of sawlog.open('access.log.gz')) {
    is<Equal<typeof batch, sawlog.Batch>>()
    for (const row of batch) console.log(row.status, row['time'])
    const first: sawlog.Row = batch.row(0)
    console.log(first, batch.length, batch.lines, batch.columns[0], batch.has('status'))
  }
  const controller = new AbortController()
  const reader = sawlog.open(['a.log', new URL('file:///b.log')], { nginx: '$remote_addr', fields: { a_b: 'int' }, threads: 2, blockSize: 65536, signal: controller.signal })
  const result = await reader.next()
  if (result.done) is<Equal<typeof result.value, undefined>>()
  else is<Equal<typeof result.value, sawlog.Batch>>()
  console.log(reader.stats.bytesOut, reader.stats.rejectsByFault.no_match, (await reader.info()).format)
  await reader.close()
  await using other = new sawlog.Parser('combined').open(0, { limits: { line: 100 } })
  console.log(other)
}

function waiting (): void {
  for (const batch of sawlog.openSync('access.log.gz')) is<Equal<typeof batch, sawlog.Batch>>()
  using reader = new sawlog.Parser('combined').openSync(['a.log', new URL('file:///b.log')], { threads: 2 })
  const result = reader.next()
  if (!result.done) is<Equal<typeof result.value, sawlog.Batch>>()
  console.log(reader.stats.lines, reader.info().format)
  reader.close()
}

function columns (batch: sawlog.Batch): void {
  const status = batch.column<'int'>('status')
  const raw: BigInt64Array = status
  const doubles: Float64Array = status.asNumber()
  is<Equal<ReturnType<typeof status.get>, number | bigint | null>>()
  const time = batch.column<'timestamp'>('time')
  const ns: bigint | null = time.get(0)
  const date: Date | null = time.date(0)
  const text = batch.column<'string'>('target')
  for (const value of text) is<Equal<typeof value, string | null>>()
  const words: string[] | null = text.dictionary
  const flags: (boolean | null)[] = batch.column<'bool'>('ok').toArray()
  const any: sawlog.Column = batch.column('anything')
  const tags = batch.column<'list<string>'>('tags')
  const first: any[] | null = tags.get(0)
  const inside: sawlog.Column | undefined = tags.children[0]
  const data: Record<string, any> | null = batch.column<'map<string,map<string,string>>'>('structured_data').get(0)
  console.log(raw, doubles, ns, date, words, flags, any.nullCount, any.isNull(0), any.get(0), text.indices?.[0], text.bytes(0)?.length, first, inside, data, tags.offsets[0])
}

function parsing (): void {
  using parser = new sawlog.Parser({ grok: '%{COMBINEDAPACHELOG}', patterns: { X: '.*', Y: /y/ }, where: { id: [1n, 2], path: /^x/, time: new Date() }, names: 'otel', keyValueDelimiter: '=' })
  const batch = parser.parse(Buffer.from('x\n'), { copy: true })
  const row: sawlog.Row | null = parser.parseLine('x')
  const lazy: sawlog.LazyRow | null = parser.parseRow('x')
  const status: number = lazy?.status ?? lazy?.get('status')
  const whole: sawlog.Row | undefined = lazy?.toObject()
  console.log(status, whole)
  const why: sawlog.Explanation = parser.explain('x')
  const fields: sawlog.Field[] | null = parser.schema
  const reject: sawlog.Reject | undefined = batch.rejects[0]
  const table = batch.toArrow({ timeUnit: 'ms' })
  console.log(row, why.expected, fields, reject?.raw.toString(), batch.rejectCount, table.numRows, batch.toIPC().length, batch.toJSONText({ lines: true }), batch.toJSON()[0])
  batch.free()
}

function templates (batch: sawlog.Batch): void {
  using found = new sawlog.Templates({ max: 100 })
  const ids: Float64Array = found.addColumn(batch, 'message')
  for (const { id, text, count } of found) console.log(id, text, count)
  const match: sawlog.TemplateMatch | null = found.match('x')
  found.merge(sawlog.Templates.load(found.save()))
  console.log(ids, found.addLines('x\n').length, found.add(Buffer.from('x')), match?.values[0], found.resolve(1), found.list()[0]?.count)
}

async function streaming (): Promise<void> {
  const parser = new sawlog.Parser('combined')
  for await (const row of fs.createReadStream('x.log').pipe(parser.stream({ rows: true }))) is<Equal<typeof row, sawlog.Row>>()
  for await (const batch of fs.createReadStream('x.log').pipe(parser.stream())) is<Equal<typeof batch, sawlog.Batch>>()
  await pipeline(process.stdin, parser.stream({ rows: true }), async rows => {
    for await (const row of rows) if (row.status >= 500) console.log(row.target)
  })
  await pipeline(fs.createReadStream('x.log'), zlib.createGunzip(), parser.stream(), async (batches: AsyncIterable<sawlog.Batch>) => {
    for await (const batch of batches) console.log(batch.length)
  })
  await pipeline(parser.open('x.log'), async function * (batches: AsyncIterable<sawlog.Batch>) {
    for await (const batch of batches) yield batch.toJSONText({ lines: true })
  }, process.stdout)
}

function errors (error: unknown): void {
  if (error instanceof sawlog.FormatError) console.log(error.position?.line, error.hint, error.code)
  if (error instanceof sawlog.ReadError) console.log(error.code === 'ENOENT', error.path)
  if (error instanceof sawlog.Cancelled) console.log(error.cause)
}

// @ts-expect-error: the definition is no number
new sawlog.Parser(1)
// @ts-expect-error: batches are made by the library
new sawlog.Batch()
// @ts-expect-error: no such unit
sawlog.toIPC([], { timeUnit: 's' })
// @ts-expect-error: a source is needed
sawlog.open()

console.log(reading, waiting, columns, templates, parsing, streaming, errors, sawlog.detect('a\n').candidates, sawlog.formats()[0]?.name, sawlog.formats('combined').title, sawlog.version)
