'use strict'

// Reading on the thread of the program, which waits for each batch. For programs that have nothing else to do: a loop of this kind costs
// what one in C does, while going through promises and the event loop costs a few percent.

const { call, address: addressOf } = require('./library')
const { addressAt, takeBytes, patience } = require('./native')
const { check, errorBuffer, cancelled, ERROR_SIZE } = require('./errors')
const { alloc } = require('./slab')
const { Handle, dispose } = require('./handle')
const { request } = require('./source')
const { emptyStats, readStats } = require('./stats')
const { Batch } = require('./batch')
const { parseJSON } = require('./json')

const AGAIN = 1
const PATIENCE = patience(200)

// The memory of one reader's calls: an answer, the number of batches, and the error.
const ANSWER_SIZE = 24
const TAKEN = ANSWER_SIZE
const FAILURE = TAKEN + 8

// Iterates over the batches of an input. Nothing is opened before the first call. A batch is freed when the next one is asked for: while
// such a loop runs the garbage collector frees none, so that they would pile up.
class SyncReader {
  #open
  #source // a FileHandle must not be collected, and so closed, while it is read
  #signal
  #details
  #handle = null
  #batch = null // the one that the program works on
  #shared = { plan: null }
  #room = alloc(FAILURE + ERROR_SIZE)
  #at = addressOf(this.#room)
  #failure = this.#room.subarray(FAILURE)
  #closed = false
  #info = null // its text until it is asked for
  #stats = emptyStats()

  constructor (open, { signal, details, source }) {
    this.#open = open
    this.#signal = signal
    this.#details = details
    this.#source = source
    this.#failure.writeUInt32LE(ERROR_SIZE)
  }

  [Symbol.iterator] () { return this }

  next () {
    this.#drop()
    if (this.#closed) return { done: true, value: undefined }
    try {
      if (this.#signal?.aborted) throw cancelled(this.#signal)
      this.#batch = this.#take()
    } catch (error) {
      this.close()
      throw error
    }
    if (this.#batch !== null) return { done: false, value: this.#batch }
    this.#info ??= this.#loadInfo()
    this.close()
    return { done: true, value: undefined }
  }

  // What leaving a for loop calls.
  return (value) {
    this.close()
    return { done: true, value }
  }

  // { format, definition, detection, sources, schema }
  info () {
    if (this.#info === null && !this.#closed) this.#info = this.#loadInfo()
    if (this.#info === null) throw new Error('this reader was closed')
    if (typeof this.#info === 'string') this.#info = parseJSON(this.#info)
    return this.#info
  }

  // What has been done so far.
  get stats () {
    if (this.#handle !== null && !this.#closed) this.#stats = readStats(this.#handle.address)
    return { ...this.#stats }
  }

  close () {
    if (this.#closed) return
    this.#drop()
    this.#closed = true
    if (this.#handle === null) return
    this.#stats = readStats(this.#handle.address)
    this.#handle.free()
  }

  [dispose] () { this.close() }

  #drop () {
    this.#batch?.free()
    this.#batch = null
  }

  get #address () {
    this.#handle ??= new Handle('reader', this.#open())
    return this.#handle.address
  }

  // The next batch, null at the end.
  #take () {
    this.#call('sawlog_reader_take', this.#at, 1, this.#at + TAKEN, this.#at + FAILURE)
    return this.#room.readUInt32LE(TAKEN) === 0 ? null : Batch.of(addressAt(this.#room), this.#shared)
  }

  #loadInfo () {
    this.#call('sawlog_reader_info_json', this.#at, this.#at + FAILURE)
    return takeBytes(this.#room.subarray(0, ANSWER_SIZE))
  }

  // A silent input is waited for in short calls. V8 looks whether a worker is to end when a function begins, and seldom in a loop.
  #call (name, ...parameters) {
    const reader = this.#address
    const again = () => call[name](reader, PATIENCE, ...parameters)
    let status
    do status = again()
    while (status === AGAIN)
    check(status, this.#failure, this.#details)
  }
}

// Reads files. parser is the Handle of a parser; without it the options hold the definition too.
function openSync (source, options, parser = null) {
  const { name, parameters, details, signal } = request(source, options)
  const opening = () => {
    const result = alloc(8)
    const failure = errorBuffer()
    check(call[name](parser?.address ?? 0, ...parameters, result, failure), failure, details)
    return addressAt(result)
  }
  return new SyncReader(opening, { signal, details, source })
}

module.exports = { SyncReader, openSync }
