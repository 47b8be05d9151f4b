'use strict'

const os = require('node:os')
const { fileURLToPath } = require('node:url')
const { call, start } = require('./library')
const { addressAt, int64At, utf8, takeBytes, Flag, checkSignal } = require('./native')
const { check, errorBuffer, cancelled, faultName } = require('./errors')
const { Handle, asyncDispose } = require('./handle')
const { toText, plainOptions } = require('./options')
const { Batch } = require('./batch')
const { parseJSON } = require('./json')

const AGAIN = 1
const CANCELLED = -9
const WAIT_MS = 200 // how long a call may hold its thread of the pool while a pipe is silent
const STATS_SIZE = 208

// On one core nothing is read while the program works: the two would only stand in each other's way.
const AHEAD = (os.availableParallelism?.() ?? os.cpus().length) > 1

const TAKE = 16 // batches that a call brings at most: going to another thread and back costs more than a small batch

// Iterates over the batches of an input. Nothing is opened before the first call. Calls run on other threads, one at a time; while the
// program works on batches, the next ones are read.
class Reader {
  #open
  #handle = null
  #flag = null
  #signal
  #tail = Promise.resolve() // calls wait for the ones before
  #ahead = null
  #got = [] // batches that a call brought and the program has not seen
  #stream = {}
  #state = 'new' // then open, ended or closed
  #info = null
  #stats = emptyStats()

  #details
  #source // a FileHandle must not be collected, and so closed, while it is read

  constructor (open, { signal, details, source }) {
    checkSignal(signal)
    this.#open = open
    this.#signal = signal
    this.#details = details
    this.#source = source
  }

  [Symbol.asyncIterator] () { return this }

  next () {
    return this.#queue(async () => {
      if (this.#got.length === 0) {
        const { batches, error } = await (this.#ahead ?? this.#fetch())
        this.#ahead = null
        if (error) {
          this.#end('closed')
          throw error
        }
        if (batches.length === 0) return { done: true, value: undefined }
        this.#got = batches
        if (AHEAD) this.#ahead = this.#fetch()
      }
      if (this.#signal?.aborted) {
        await this.#drop()
        throw cancelled(this.#signal)
      }
      return { done: false, value: this.#got.shift() }
    })
  }

  // Frees what the program has not seen, and ends.
  async #drop () {
    const left = await this.#ahead
    for (const batch of this.#got.concat(left?.batches ?? [])) batch.free()
    this.#got = []
    this.#ahead = null
    this.#end('closed')
  }

  // What leaving a for-await loop calls.
  async return (value) {
    await this.close()
    return { done: true, value }
  }

  // { format, definition, detection, sources, schema }
  info () {
    return this.#queue(async () => {
      await this.#ahead // one call at a time
      if (this.#info === null && !this.#finished) await this.#loadInfo()
      if (this.#info === null) throw new Error('this reader was closed')
      return this.#info
    })
  }

  // What has been done so far; also while it runs.
  get stats () {
    if (this.#handle !== null && !this.#handle.freed) this.#stats = readStats(this.#handle.address)
    return { ...this.#stats }
  }

  // Stops, and waits for what is under way.
  async close () {
    this.#flag?.raise()
    this.#state = 'closed'
    await this.#queue(() => this.#drop())
  }

  [asyncDispose] () { return this.close() }

  #queue (work) {
    const result = this.#tail.then(work)
    this.#tail = result.catch(() => {})
    return result
  }

  get #finished () { return this.#state === 'ended' || this.#state === 'closed' }

  // The next batches as { batches }, none at the end; a failure as { error }: it is never a promise that nobody looks at.
  async #fetch () {
    try {
      if (this.#finished) return { batches: [] }
      await this.#opened()
      const list = Buffer.from(new ArrayBuffer(8 * TAKE))
      const taken = Buffer.from(new ArrayBuffer(8))
      await this.#call('sawlog_reader_take', list, TAKE, taken)
      const batches = Array.from({ length: taken.readUInt32LE() }, (_, i) => Batch.of(addressAt(list, 8 * i), this.#stream))
      if (batches.length > 0) return { batches }
      await this.#loadInfo()
      this.#end('ended')
      return { batches }
    } catch (error) {
      return { error }
    }
  }

  async #opened () {
    if (this.#handle !== null) return
    this.#flag = new Flag({ signal: this.#signal, wait: WAIT_MS })
    if (this.#flag.raised) throw cancelled(this.#signal)
    this.#handle = new Handle('reader', await this.#open())
    this.#state = this.#state === 'new' ? 'open' : this.#state
  }

  async #call (name, ...parameters) {
    const failure = errorBuffer()
    for (;;) {
      if (this.#flag.raised) throw cancelled(this.#signal)
      const status = await this.#flag.during(this.#handle.use(reader => start[name](reader, this.#flag.call, ...parameters, failure)))
      if (status === CANCELLED) throw cancelled(this.#signal)
      check(status, failure, this.#details)
      if (status !== AGAIN) return
    }
  }

  async #loadInfo () {
    if (this.#info !== null) return
    await this.#opened()
    const bytes = Buffer.from(new ArrayBuffer(24))
    await this.#call('sawlog_reader_info_json', bytes)
    this.#info = parseJSON(takeBytes(bytes))
  }

  #end (state) {
    this.#state = state
    if (this.#handle === null || this.#handle.freed) return
    this.#stats = readStats(this.#handle.address)
    this.#handle.free()
    this.#flag.close()
  }
}

const STATS = Buffer.from(new ArrayBuffer(STATS_SIZE))

function emptyStats () {
  return { sourcesDone: 0, bytesIn: 0, bytesOut: 0, bytesTotal: 0, lines: 0, records: 0, continuations: 0, rejects: 0, filtered: 0, rejectsByFault: {}, seconds: 0 }
}

function readStats (reader) {
  STATS.fill(0).writeUInt32LE(STATS_SIZE)
  check(call.sawlog_reader_stats(reader, STATS), errorBuffer())
  const rejectsByFault = {}
  for (let fault = 1; fault < 16; fault++) {
    const count = int64At(STATS, 64 + 8 * fault)
    if (count > 0) rejectsByFault[faultName(fault)] = count
  }
  return {
    sourcesDone: STATS.readInt32LE(4),
    bytesIn: int64At(STATS, 8),
    bytesOut: int64At(STATS, 16),
    bytesTotal: int64At(STATS, 24),
    lines: int64At(STATS, 32),
    records: int64At(STATS, 40),
    continuations: int64At(STATS, 48),
    rejects: int64At(STATS, 56),
    filtered: int64At(STATS, 200),
    rejectsByFault,
    seconds: int64At(STATS, 192) / 1e9
  }
}

// What an input is to the library: the name of the call and its arguments.
function input (source) {
  if (source instanceof URL || Buffer.isBuffer(source)) return path(source instanceof URL ? fileURLToPath(source) : source)
  if (typeof source === 'string') return path(source)
  if (Array.isArray(source)) return path(JSON.stringify(source.map(one => one instanceof URL ? fileURLToPath(one) : String(one))))
  const fd = typeof source === 'number' ? source : source?.fd
  if (Number.isInteger(fd) && fd >= 0) return ['sawlog_open_fd', fd, 0]
  if (typeof source?.pipe === 'function') throw new TypeError('a stream is not opened but piped: readable.pipe(parser.stream())')
  throw new TypeError('the source must be a path, a list of paths, a URL of a file, a file descriptor or a FileHandle')
}

function path (source) {
  const bytes = Buffer.from(source)
  return ['sawlog_open_path', bytes, bytes.length]
}

// Reads files. parser is the Handle of a parser; without it the options hold the definition too.
function open (source, options, parser = null) {
  const [name, ...where] = input(source)
  const { signal, ...rest } = plainOptions(options)
  const text = utf8(toText(rest))
  const details = typeof source === 'string' ? { path: source } : {}
  const opening = async address => {
    const result = Buffer.from(new ArrayBuffer(8))
    const failure = errorBuffer()
    check(await start[name](address, ...where, text, text.length, result, failure), failure, details)
    return addressAt(result)
  }
  return new Reader(() => parser === null ? opening(0) : parser.use(opening), { signal, details, source })
}

module.exports = { Reader, open }
