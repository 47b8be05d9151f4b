/// <reference types="node" />

// sawlog: log text to typed columns. README.md tells the whole story.

import { Transform, TransformOptions } from 'node:stream'
import type { FileHandle } from 'node:fs/promises'
// @ts-ignore: the package is optional; without it Table is any
import type { Table } from 'apache-arrow'

/** Bytes, or text (which is encoded as UTF-8). */
export type Data = string | NodeJS.ArrayBufferView | ArrayBuffer | SharedArrayBuffer

/** What can be opened: a path or glob, several of them, a descriptor. */
export type Source = string | URL | Buffer | readonly (string | URL | Buffer)[] | number | FileHandle

/** "int", "timestamp %d/%b/%Y", "duration" ... */
export type FieldType = string

export interface Limits {
  /** Bytes of a line; longer ones become rejects. Default 1 MiB. */
  line?: number
  /** Bytes that are read in all, after decompression; what is beyond is a ReadError. Default 0: no limit. */
  bytes?: number
  /** How deep JSON may nest. Default 256. */
  depth?: number
  /** How many columns may come from the log itself; the rest goes to the overflow column. Default 1,000. */
  columns?: number
}

/** What columns and types are taken from: 1,024 records or 1 MiB. Of a live stream nothing comes before that. */
export interface SampleOptions {
  sampleRecords?: number
  sampleBytes?: number
}

export interface JsonOptions extends SampleOptions {
  document?: boolean
  flatten?: boolean
  [option: string]: unknown
}

export interface CsvOptions extends SampleOptions {
  delimiter?: string
  header?: boolean
  [option: string]: unknown
}

/** Stack traces of these, PostgreSQL's statements, lines that begin with a blank, and what else lib/formats/STREAMS.md has. */
export type MultilinePreset = 'java' | 'dotnet' | 'node' | 'python' | 'go' | 'ruby' | 'rust' | 'php' | 'postgres' | 'indent' | 'time' | 'time-near' |
  'time-or-access' | 'time-or-level' | 'klog' | 'quotes' | 'mysql-slow'

/** Which lines belong to one record; the texts are regular expressions. */
export interface MultilineOptions {
  preset?: MultilinePreset | readonly MultilinePreset[]
  /** A record goes up to the next line that matches; with `next`: as long as lines match that. */
  start?: string
  next?: string
  /** A line that matches goes on with the next line. */
  open?: string
  /** A record ends with a line that matches. */
  end?: string
}

/** What refines a definition. */
export interface Refinement {
  fields?: Record<string, FieldType>
  rename?: Record<string, string>
  /** The columns to read, in the order of the format; the others are checked, not built. */
  columns?: readonly string[]
  /** IANA name or +HH:MM of times without a zone. */
  zone?: string
  year?: number
  /** What times without year or date are placed near to; 'clock' is the moment at which a line is read. */
  now?: string | Date
  names?: 'native' | 'ecs' | 'otel'
  utf8?: 'replace' | 'bytes' | 'reject'
  /** What tells records apart: a line feed, a zero byte, a length in front (RFC 6587), that and lines mixed, RFC 7464. */
  framing?: 'lf' | 'nul' | 'octet-counting' | 'auto' | 'json-seq'
  multiline?: MultilinePreset | readonly MultilinePreset[] | MultilineOptions
  /** Columns that say where a record stands: `_line`, `_offset`, `_raw`, `_source`. */
  meta?: readonly ('line' | 'offset' | 'raw' | 'source')[]
  /** Default: utf-8, or UTF-16 where the log begins with its byte order mark. Offsets are those of the decoded text. */
  encoding?: 'utf-8' | 'utf-16le' | 'utf-16be' | 'latin1' | 'windows-1252'
  /** Leave out colours and other control sequences of terminals. */
  stripAnsi?: boolean
  strict?: boolean
  /** The column of the trace that a record of several lines ends with. */
  stack?: string
  limits?: Limits
  /** What carriers have put around each line, the outermost first: names, or definitions with `content`. */
  envelope?: string | EnvelopeDefinition | ReadonlyArray<string | EnvelopeDefinition>
  /** Conditions by column: `{ status: '>= 500', level: ['error', 'warn'], target: /^\/api/ }`. Records that do not fit are counted, not built. */
  where?: Record<string, Condition | readonly Condition[]>
  /** Columns that are the same in every row. */
  constants?: Record<string, string | number | boolean>
  /** Columns of addresses that are taken apart into host, path and query. */
  urls?: readonly string[]
  /** Several formats whose lines stand side by side; the column `_format` says which a row had. */
  formats?: ReadonlyArray<string | Definition>
  /** What rows of this definition are called in `_format`. */
  name?: string
  /** What is hidden, in columns and in rejects: 'email', 'ip', 'card', 'token', or rules. */
  redact?: string | RedactRule | ReadonlyArray<string | RedactRule>
  /** Options that this version of the declarations does not name. */
  [option: string]: unknown
}

/** What is hidden: what `find` or `pattern` finds in texts, or the whole values of `columns`. */
export interface RedactRule {
  find?: string | readonly string[]
  pattern?: string
  columns?: readonly string[]
  action?: 'mask' | 'drop' | 'hash' | 'truncate'
  key?: string
}

export type Condition = string | number | bigint | boolean | null | RegExp | Date

/** An envelope of one's own: `content` is the field that holds the inner record, `message` by default. */
export interface EnvelopeDefinition extends Definition {
  content?: string
}

/** Exactly one of these says how records are read; none: it is detected. camelCase or snake_case. */
export interface Definition extends Refinement {
  /** The name of a built-in format: see formats(). */
  format?: string
  /** Pattern languages: lib/formats/LANGUAGES.md. */
  line?: string | readonly string[]
  nginx?: string
  apache?: string
  tomcat?: string
  undertow?: string
  gunicorn?: string
  uwsgi?: string
  squid?: string
  haproxy?: string
  envoy?: string
  logback?: string
  pythonLogging?: string
  rsyslog?: string
  postgres?: string
  vpcFlow?: string
  grok?: string | readonly string[]
  /** Grok patterns of one's own, by name. */
  patterns?: Record<string, string | RegExp>
  dissect?: string
  loki?: string
  logsql?: string
  goaccess?: string | Record<string, string>
  regex?: string | RegExp
  /** Engines, each with options of its own, {} for none: lib/formats/ENGINES.md. */
  json?: JsonOptions
  logfmt?: SampleOptions & Record<string, unknown>
  keyvalue?: SampleOptions & Record<string, unknown>
  ltsv?: SampleOptions
  csv?: CsvOptions
  w3c?: Record<string, unknown>
  zeek?: Record<string, unknown>
  timed?: Record<string, unknown>
  otlp?: Record<string, unknown>
  journaldExport?: Record<string, never>
  mysqlSlow?: Record<string, unknown>
  syslog?: Record<string, unknown>
  cef?: Record<string, unknown>
  leef?: Record<string, unknown>
}

export interface ReadOptions {
  /** Default: all cores. */
  threads?: number
  /** Bytes of a block. Default 384 KiB. Results never depend on it. */
  blockSize?: number
  /** Default auto: found by the first bytes. */
  codec?: 'auto' | 'none' | 'gzip' | 'zstd' | 'bzip2'
  limits?: Limits
  /** The name of a descriptor, for errors, `sources` and the column `_source`. */
  sourceName?: string
  signal?: AbortSignal
}

export interface OpenOptions extends Definition, ReadOptions {
  limits?: Limits
  signal?: AbortSignal
}

export interface ParseOptions {
  /** Copy the data, so that it may change while the batch is in use. Texts are always copied. */
  copy?: boolean
}

export interface ParseAsyncOptions extends ParseOptions {
  signal?: AbortSignal
}

export type ColumnType = 'bool' | 'int' | 'uint' | 'float' | 'timestamp' | 'duration' | 'string' | 'ip' | 'bytes' | ListType | MapType
/** "list<int>", "list<map<string,string>>" */
export type ListType = `list<${string}>`
/** "map<string,string>" */
export type MapType = `map<string,${string}>`

export interface Field {
  name: string
  type: ColumnType
  dictionary?: boolean
  /** Where a row shows the value when that is not under its name. */
  path?: string[]
  overflow?: boolean
  /** What of its times the log does not write, so that it was inferred. */
  inferred?: ('year' | 'date' | 'zone')[]
}

/** What a row holds: bigint for integers beyond 2^53, Buffer for bytes. Durations are nanoseconds. */
export type Value = null | boolean | number | bigint | string | Date | Buffer | Row | Value[]
export interface Row { [key: string]: any }

/**
 * A row whose values are made when they are asked for, by getters of its class: spread and Object.keys do not see them. A column that is
 * called like one of the methods hides it.
 */
export interface LazyRow {
  readonly [name: string]: any
  /** The value of a column; undefined where there is none of that name. */
  get (name: string): any
  /** All of the row as an object. */
  toObject (): Row
  /** The same with texts for integers beyond 2^53, which JSON.stringify refuses. */
  toJSON (): Row
}

interface ColumnBase<T> {
  readonly name: string
  readonly type: ColumnType
  readonly length: number
  readonly nullCount: number
  /** Bitmap of rows, least significant bit first: 1 is a value. null when there are no nulls. */
  readonly validity: Uint8Array | null
  isNull (i: number): boolean
  /** The value of row i, null for null. */
  get (i: number): T | null
  /** All values, null for null. */
  toArray (): (T | null)[]
}

interface NumberColumn<T> extends ColumnBase<T> {
  /** A copy as doubles, exact up to 2^53; nulls are NaN. */
  asNumber (): Float64Array
}

/** A BigInt64Array over the memory of the batch; nulls are 0n. get gives numbers where they are exact. */
export interface IntColumn extends BigInt64Array, NumberColumn<number | bigint> { readonly type: 'int', readonly length: number }
export interface UintColumn extends BigUint64Array, NumberColumn<number | bigint> { readonly type: 'uint', readonly length: number }
export interface FloatColumn extends Float64Array, NumberColumn<number> { readonly type: 'float', readonly length: number }
/** Nanoseconds since 1970, UTC. */
export interface TimestampColumn extends BigInt64Array, NumberColumn<bigint> {
  readonly type: 'timestamp'
  readonly length: number
  /** The time of row i, cut to milliseconds. */
  date (i: number): Date | null
}
/** Nanoseconds. */
export interface DurationColumn extends BigInt64Array, NumberColumn<bigint> { readonly type: 'duration', readonly length: number }

interface ValueColumn<T> extends ColumnBase<T>, Iterable<T | null> {
  at (i: number): T | null | undefined
}

export interface BoolColumn extends ValueColumn<boolean> { readonly type: 'bool' }

export interface TextColumn extends ValueColumn<string> {
  readonly type: 'string' | 'ip'
  /** The distinct texts of a dictionary column, else null. */
  readonly dictionary: string[] | null
  /** Which of them each row has (0 for null), over the memory of the batch. */
  readonly indices: Int32Array | null
  /** A copy of the UTF-8 bytes of row i. */
  bytes (i: number): Buffer | null
}

export interface BytesColumn extends ValueColumn<Buffer> {
  readonly type: 'bytes'
  bytes (i: number): Buffer | null
}

interface NestedColumn<T> extends ValueColumn<T> {
  /** Where the elements of each row stand among the children, over the memory of the batch: one more than rows. */
  readonly offsets: Int32Array
  /** The elements of all rows as columns: those of a list; the keys and the values of a map. */
  readonly children: Column[]
}

export interface ListColumn extends NestedColumn<any[]> { readonly type: ListType }
export interface MapColumn extends NestedColumn<Record<string, any>> { readonly type: MapType }

export type Column = IntColumn | UintColumn | FloatColumn | TimestampColumn | DurationColumn | BoolColumn | TextColumn | BytesColumn | ListColumn | MapColumn

export interface ColumnOf {
  int: IntColumn
  uint: UintColumn
  float: FloatColumn
  timestamp: TimestampColumn
  duration: DurationColumn
  bool: BoolColumn
  string: TextColumn
  ip: TextColumn
  bytes: BytesColumn
  [list: ListType]: ListColumn
  [map: MapType]: MapColumn
}

export type FaultName = 'no_match' | 'too_long' | 'bad_value' | 'bad_json' | 'not_object' | 'bad_utf8' | 'empty' | 'too_deep' | 'bad_frame'

/** A line that is no record, kept whole. */
export interface Reject {
  /** Which of the inputs, from 0. */
  source: number
  /** From 1. */
  line: number
  /** Of its first byte, after decompression. */
  offset: number
  /** Bytes without the line ending; more than raw has for too_long. */
  length: number
  fault: FaultName
  raw: Buffer
}

export interface ArrowOptions {
  /** How texts are written. Default utf8. */
  strings?: 'utf8' | 'view' | 'large_utf8' | 'dictionary'
  /** Default ns. */
  timeUnit?: 'ns' | 'us' | 'ms'
  /** false: dictionary columns as plain texts too. */
  dictionaries?: boolean
}

export interface JsonTextOptions {
  /** One object a line instead of one array. */
  lines?: boolean
  dropNulls?: boolean
  /** Rows from start (0) up to, not including, end (all). */
  start?: number
  end?: number
}

/** Columns of equal length, and the lines that fitted none. */
export class Batch implements Iterable<Row> {
  private constructor ()
  readonly length: number
  /** Lines of input the batch accounts for: rows, continuation lines and rejects. */
  readonly lines: number
  /** The names of the columns. */
  readonly columns: string[]
  readonly schema: Field[]
  readonly rejects: Reject[]
  /** How many there are, without making them. */
  readonly rejectCount: number
  has (name: string): boolean
  /** Throws a RangeError where there is none of that name. Name the type to be told it: column<'int'>('status'). */
  column<T extends ColumnType> (name: string): ColumnOf[T]
  row (i: number): Row
  /** Rows are made as the loop reaches them. */
  [Symbol.iterator] (): IterableIterator<Row>
  toArray (): Row[]
  /** Rows of values that JSON has: RFC 3339 times, text for integers beyond 2^53. */
  toJSON (): Row[]
  /** The JSON that the library writes, every digit kept. */
  toJSONText (options?: JsonTextOptions): string
  toIPC (options?: ArrowOptions): Buffer
  /** Needs the package apache-arrow. */
  toArrow (options?: ArrowOptions): Table
  /** Releases the memory now; typed arrays that were taken out keep it. With force they must not be used any more. */
  free (options?: { force?: boolean }): void
  [Symbol.dispose] (): void
}

export interface ReadStats {
  sourcesDone: number
  /** Read, as stored (compressed). */
  bytesIn: number
  /** Parsed, after decompression. */
  bytesOut: number
  /** Size of all inputs as stored; 0 where a size is not known. */
  bytesTotal: number
  lines: number
  records: number
  continuations: number
  rejects: number
  /** Records that `where` has left out. */
  filtered: number
  rejectsByFault: Partial<Record<FaultName, number>>
  seconds: number
}

export interface ReaderInfo extends ParserInfo {
  /** Where the format was detected: as Detection, without the method. */
  detection?: any
  sources?: any
}

/** The batches of an input, in its order. Nothing is opened before the first call. */
export class Reader implements AsyncIterableIterator<Batch> {
  private constructor ()
  next (): Promise<IteratorResult<Batch, undefined>>
  return (value?: any): Promise<IteratorResult<Batch, any>>
  [Symbol.asyncIterator] (): this
  info (): Promise<ReaderInfo>
  /** Also while it runs. */
  readonly stats: ReadStats
  close (): Promise<void>
  [Symbol.asyncDispose] (): Promise<void>
}

/** The batches of an input, in its order, waited for on this thread. A batch is freed when the next one is asked for. */
export class SyncReader implements IterableIterator<Batch> {
  private constructor ()
  next (): IteratorResult<Batch, undefined>
  return (value?: any): IteratorResult<Batch, any>
  [Symbol.iterator] (): this
  info (): ReaderInfo
  readonly stats: ReadStats
  close (): void
  [Symbol.dispose] (): void
}

/** What is no mistake in a definition, but hardly what was meant. */
export interface Warning {
  key: string
  column?: string
  message: string
  hint?: string
  /** Where in the pattern: in bytes from 0, in lines and characters from 1. */
  offset: number
  line: number
  char: number
}

export interface ParserInfo {
  definition: any
  format: string
  engine: string
  schema: Field[] | null
  elements: Array<{ element: string, column?: string, how: string }>
  warnings: Warning[]
}

/** Why a line fits or does not. */
export interface Explanation {
  ok: boolean
  fault?: FaultName
  offset: number
  element?: string
  column?: string
  expected?: string
  seen?: string
  /** What would make the line fit, where that is known. */
  hint?: string
}

export interface StreamOptions extends Pick<TransformOptions, 'readableHighWaterMark' | 'writableHighWaterMark'> {
  /** Rows instead of batches. */
  rows?: boolean
  limits?: Limits
  signal?: AbortSignal
}

/** Bytes in; batches or rows out. */
export class ParserStream<T = Batch | Row> extends Transform {
  private constructor ()
  [Symbol.asyncIterator] (): NodeJS.AsyncIterator<T>
  /** pipeline() takes streams of texts and Buffers, and of anything. */
  [Symbol.asyncIterator] (): NodeJS.AsyncIterator<any>
}

/** A definition made ready. Immutable. */
export class Parser {
  constructor (definition?: string | Definition)
  /** A whole text to one batch. Larger Buffers are not copied: they must not change while the batch is in use. */
  parse (data: Data, options?: ParseOptions): Batch
  /** The same on another thread. */
  parseAsync (data: Data, options?: ParseAsyncOptions): Promise<Batch>
  /** One record, or null when it does not fit. */
  parseLine (line: Data): Row | null
  /** The same, but the values are made when they are asked for: for programs that look at a few of them. */
  parseRow (line: Data): LazyRow | null
  explain (line: Data): Explanation
  /** How each element of the definition is read. */
  describe (): Array<{ element: string, column?: string, how: string }>
  /** What the definition leaves open: fields side by side of which nothing tells where one ends, in languages that take them. */
  readonly warnings: Warning[]
  readonly info: ParserInfo
  readonly definition: any
  /** null when it depends on the input. */
  readonly schema: Field[] | null
  open (source: Source, options?: ReadOptions): Reader
  openSync (source: Source, options?: ReadOptions): SyncReader
  stream (options: StreamOptions & { rows: true }): ParserStream<Row>
  stream (options?: StreamOptions & { rows?: false }): ParserStream<Batch>
  free (): void
  [Symbol.dispose] (): void
}

/** What many messages have in common. */
export interface Template {
  id: number
  /** The message with <*> in place of its values. */
  text: string
  /** How many messages there were. */
  count: number
}

export interface TemplateMatch {
  id: number
  /** The case that fits: of several that were joined to one template it may be another one than the list shows. */
  text: string
  /** What stands at each <*>. */
  values: string[]
}

/** Finds the templates that messages were made from, in one pass and in bounded memory. An id stays that of its template. */
export class Templates implements Iterable<Template> {
  /** max: how many templates are kept (16,384); when there are more, the rarest go. */
  constructor (options?: { max?: number })
  /** What save() gave. */
  static load (saved: Data): Templates
  /** Learns from a message; the id of its template. */
  add (message: Data): number
  /** Each line of a text; their ids. */
  addLines (data: Data): Float64Array
  /** Each text of a column; their ids, 0 where it is null. */
  addColumn (batch: Batch, name: string): Float64Array
  /** The templates, those with the most messages first. */
  list (): Template[]
  [Symbol.iterator] (): IterableIterator<Template>
  /** The template of a message without learning from it, or null. */
  match (message: Data): TemplateMatch | null
  /** The id that the template of this one has now: it may turn out to be a case of another. 0 when it is gone. */
  resolve (id: number): number
  /** Takes over what other has learnt, which stays as it is. */
  merge (other: Templates): void
  save (): Buffer
  free (): void
  [Symbol.dispose] (): void
}

export interface Candidate {
  format: string
  confidence: number
  matched: number
  lines: number
  why: string
}

export class Detection {
  private constructor ()
  readonly format: string
  readonly confidence: number
  readonly definition: any
  readonly candidates: Candidate[]
  /** The evidence as text. */
  explain (options?: { all?: boolean }): string
}

export interface FormatInfo {
  name: string
  title: string
  url: string
  fields: any
  sample: string
  definition?: any
}

export interface Position {
  /** Bytes, from 0. */
  offset: number
  /** From 1. */
  line: number
  /** Characters, from 1. */
  column: number
}

export class SawlogError extends Error {
  /** Node's own code where there is one (ENOENT), else the status. */
  code: string
  /** SAWLOG_E_... */
  status: string
  /** The nearest valid names, or what to do; may be empty. */
  hint: string
  position: Position | null
}

/** A definition or option that cannot be understood; position points into its JSON. */
export class FormatError extends SawlogError {
  offset?: number
  line?: number
  column?: number
}

/** Input that cannot be opened, read or decompressed. */
export class ReadError extends SawlogError {
  errno?: number
  path?: string
  offset?: number
}

/** Stopped by an AbortSignal, whose reason is the cause. Its name is AbortError. */
export class Cancelled extends SawlogError {}

/** Reads files; without a definition in the options the format is detected. */
export function open (source: Source, options?: OpenOptions): Reader
/** The same, waiting for each batch. */
export function openSync (source: Source, options?: OpenOptions): SyncReader
/** source: bytes, or text with at least one line ending; else a path. */
export function detect (source: Data | URL, options?: Record<string, unknown>): Detection
export function formats (): FormatInfo[]
export function formats (name: string): FormatInfo
/** Batches of one schema as one Arrow IPC stream, or as one Table. */
export function toIPC (batches: Iterable<Batch>, options?: ArrowOptions): Buffer
export function toArrow (batches: Iterable<Batch>, options?: ArrowOptions): Table

export const version: string
/** "koffi" or "ffi-napi". */
export const driver: string
export const libraryPath: string
