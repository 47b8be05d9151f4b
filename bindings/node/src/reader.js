'use strict'

const os = require('node:os')
const { performance } = require('node:perf_hooks')
const { call, start, address: addressOf } = require('./library')
const { addressAt, takeBytes, Flag, patience } = require('./native')
const { check, errorBuffer, cancelled, ERROR_SIZE } = require('./errors')
const { alloc } = require('./slab')
const { Handle, asyncDispose } = require('./handle')
const { request } = require('./source')
const { emptyStats, readStats } = require('./stats')
const { Batch } = require('./batch')
const { parseJSON } = require('./json')
const { inTurn } = require('./waiting')

const AGAIN = 1
const CANCELLED = -9
const PROMPT_MS = 20 // after that an input is silent, and its calls wait in turns with those of others

const CORES = os.availableParallelism?.() ?? os.cpus().length

// Where cores are few every other thread would stand in this one's way, and going there and back costs more than a block. There this thread is
// one of the workers, block by block, for a part of each turn of the event loop, as long as the event loop has nothing else to do and
// blocks take no longer than this:
const FEW = 2
const SLICE_MS = 4
const SLOW_MS = 12
const BUSY_MS = 1 // what a turn takes in which others have something to do
const MOST_AWAY = 64 // calls on other threads before it is tried again
const PATIENCE = patience(5)

const TAKE = 16 // batches that a call on another thread brings at most

// How long blocks have been worked on in this turn of the event loop, by all readers.
let begun = 0
function spent () {
  const now = performance.now()
  if (begun === 0) {
    begun = now
    setImmediate(() => { begun = 0 })
  }
  return now - begun
}

// How long the next turn of the event loop was in coming.
async function nextTurn () {
  const from = performance.now()
  await new Promise(resolve => setImmediate(resolve))
  return performance.now() - from
}

// The memory of one reader's calls: addresses of batches, how many there are, and the error.
const TAKEN = 8 * TAKE
const FAILURE = TAKEN + 8

// Iterates over the batches of an input. Nothing is opened before the first call. Calls are made one at a time, on this thread or on
// another; while the program works on what another has brought, the next one is under way.
class Reader {
  #open
  #handle = null
  #flag = null
  #signal
  #tail = Promise.resolve() // calls wait for the ones before
  #waiting = 0 // how many there are
  #got = [] // batches that a call brought and the program has not seen
  #ahead = null // the call under way
  #works // does this thread?
  #away = 0 // calls on other threads before it does again
  #pause = 1 // how many the next time
  #shared = { plan: null }
  #room = alloc(FAILURE + ERROR_SIZE)
  #at = addressOf(this.#room)
  #failure = this.#room.subarray(FAILURE)
  #silent = false // has the input kept a call waiting?
  #state = 'new' // then open, ended or closed
  #info = null // its text until it is asked for
  #stats = emptyStats()

  #details
  #source // a FileHandle must not be collected, and so closed, while it is read

  constructor (open, { signal, threads, details, source }) {
    this.#open = open
    this.#signal = signal
    this.#works = CORES <= FEW && (threads || CORES) >= CORES
    this.#details = details
    this.#source = source
    this.#failure.writeUInt32LE(ERROR_SIZE)
  }

  [Symbol.asyncIterator] () { return this }

  next () {
    if (this.#waiting > 0 || this.#state !== 'open' || this.#signal?.aborted) return this.#queue(() => this.#next())
    try {
      if (this.#got.length === 0 && this.#mayWork && spent() < SLICE_MS) this.#work()
    } catch (error) {
      this.#end('closed')
      return Promise.reject(error)
    }
    return this.#got.length > 0 ? Promise.resolve(this.#shift()) : this.#queue(() => this.#next())
  }

  #shift () { return { done: false, value: this.#got.shift() } }

  async #next () {
    if (this.#signal?.aborted && !this.#finished) await this.#stop()
    if (this.#got.length === 0) await this.#more()
    if (this.#got.length === 0) return { done: true, value: undefined }
    if (this.#signal?.aborted) await this.#stop()
    return this.#shift()
  }

  async #stop () {
    await this.#drop()
    throw cancelled(this.#signal)
  }

  // Frees what the program has not seen, and ends.
  async #drop () {
    await this.#ahead
    for (const batch of this.#got) batch.free()
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
      if (typeof this.#info === 'string') this.#info = parseJSON(this.#info)
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
    this.#waiting++
    const result = this.#tail.then(work).finally(() => { this.#waiting-- })
    this.#tail = result.catch(() => {})
    return result
  }

  get #finished () { return this.#state === 'ended' || this.#state === 'closed' }

  // The first call is for another thread: who knows how long opening and the first block take.
  get #mayWork () { return this.#works && this.#away === 0 && this.#shared.plan !== null }

  // Brings the next batches into got, none at the end.
  async #more () {
    if (this.#mayWork && spent() >= SLICE_MS) await this.#workAgain()
    while (this.#got.length === 0) {
      // The call under way may have come back long ago: then the program, which is slow, has seen all that it brought.
      const error = await (this.#ahead ?? this.#fetch())
      this.#ahead = null
      if (error) {
        this.#end('closed')
        throw error
      }
      if (this.#away > 0) this.#away--
      if (this.#finished) return
    }
    // on one core nothing is read while the program works: the two would only stand in each other's way
    if (CORES > 1 && !this.#mayWork && !this.#finished) this.#ahead = this.#fetch()
  }

  // Goes on in the next turn of the event loop, unless others need that: then other threads work, the longer the more often that happens.
  async #workAgain () {
    if (await nextTurn() < BUSY_MS) this.#pause = 1
    else this.#retreat()
    try {
      if (this.#mayWork && !this.#finished) this.#work()
    } catch (error) {
      this.#end('closed')
      throw error
    }
  }

  // Leaves the next calls to other threads.
  #retreat (calls = this.#pause) {
    this.#away = calls
    this.#pause = Math.min(2 * calls, MOST_AWAY)
  }

  // A block, on this thread. An input that keeps it waiting, and one whose blocks take long, is not for it.
  #work () {
    const from = performance.now()
    const status = call.sawlog_reader_take(this.#handle.address, PATIENCE, this.#at, 1, this.#at + TAKEN, this.#at + FAILURE)
    if (performance.now() - from > SLOW_MS) this.#retreat(MOST_AWAY)
    else if (status === AGAIN) this.#retreat()
    check(status, this.#failure, this.#details)
    if (status !== AGAIN) this.#collect()
  }

  // The next batches from another thread; a failure is its result: it is never a promise that nobody looks at.
  async #fetch () {
    try {
      if (this.#finished) return
      await this.#opened()
      await this.#call('sawlog_reader_take', this.#at, this.#works && this.#shared.plan === null ? 1 : TAKE, this.#at + TAKEN, this.#at + FAILURE)
      this.#collect()
    } catch (error) {
      return error
    }
  }

  // The batches that a call brought; none is the end.
  #collect () {
    const taken = this.#room.readUInt32LE(TAKEN)
    for (let i = 0; i < taken; i++) this.#got.push(Batch.of(addressAt(this.#room, 8 * i), this.#shared))
    if (taken > 0) return
    if (this.#info === null) check(call.sawlog_reader_info_json(this.#handle.address, 0, this.#at, this.#at + FAILURE), this.#failure)
    this.#info ??= this.#infoTaken()
    this.#end('ended')
  }

  #infoTaken () { return takeBytes(this.#room.subarray(0, 24)) }

  async #opened () {
    if (this.#handle !== null) return
    this.#flag = new Flag({ signal: this.#signal })
    if (this.#flag.raised) throw cancelled(this.#signal)
    this.#handle = new Handle('reader', await this.#open())
    this.#state = this.#state === 'new' ? 'open' : this.#state
  }

  async #call (name, ...parameters) {
    const wait = ms => {
      if (this.#flag.raised) throw cancelled(this.#signal)
      this.#flag.wait = ms
      return this.#flag.during(this.#handle.use(reader => start[name](reader, addressOf(this.#flag.call), ...parameters)))
    }
    let status = await wait(this.#silent ? 1 : PROMPT_MS)
    while (status === AGAIN) {
      this.#silent = true
      status = await inTurn(this.#flag, wait)
    }
    if (status === CANCELLED) throw cancelled(this.#signal)
    check(status, this.#failure, this.#details)
  }

  async #loadInfo () {
    if (this.#info !== null) return
    await this.#opened()
    await this.#call('sawlog_reader_info_json', this.#at, this.#at + FAILURE)
    this.#info = this.#infoTaken()
  }

  #end (state) {
    this.#state = state
    if (this.#handle === null || this.#handle.freed) return
    this.#stats = readStats(this.#handle.address)
    this.#handle.free()
    this.#flag.close()
  }
}

// Reads files. parser is the Handle of a parser; without it the options hold the definition too.
function open (source, options, parser = null) {
  const { name, parameters, details, signal, threads } = request(source, options)
  const opening = async address => {
    const result = alloc(8)
    const failure = errorBuffer()
    check(await start[name](address, ...parameters, result, failure), failure, details)
    return addressAt(result)
  }
  return new Reader(() => parser === null ? opening(0) : parser.use(opening), { signal, threads, details, source })
}

module.exports = { Reader, open }
