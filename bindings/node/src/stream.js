'use strict'

const { Transform } = require('node:stream')
const { utf8, create, checkSignal } = require('./native')
const { Handle } = require('./handle')
const { toText, plainOptions } = require('./options')
const { batchOf } = require('./batch')
const { cancelled } = require('./errors')

const ROWS_AHEAD = 256
const BATCHES_AHEAD = 2

// Bytes in, in any pieces; batches or rows out. No more is parsed than the reader of the stream takes.
class ParserStream extends Transform {
  #handle
  #rows
  #pending = null // rows that have not been taken yet
  #batch = null
  #done = null
  #signal
  #abort

  constructor (parser, { rows = false, signal, readableHighWaterMark = rows ? ROWS_AHEAD : BATCHES_AHEAD, writableHighWaterMark, ...options }) {
    checkSignal(signal)
    super({ readableObjectMode: true, readableHighWaterMark, writableHighWaterMark })
    const text = utf8(toText(options))
    this.#handle = new Handle('stream', create('sawlog_stream_new', parser.address, text, text.length))
    this.#rows = rows
    this.#signal = signal
    this.#abort = () => this.destroy(cancelled(signal))
    if (signal?.aborted) process.nextTick(this.#abort)
    else signal?.addEventListener('abort', this.#abort, { once: true })
  }

  _transform (chunk, encoding, done) {
    this.#give(done, () => create('sawlog_stream_feed', this.#handle.address, chunk, chunk.length, null))
  }

  _flush (done) {
    this.#give(done, () => create('sawlog_stream_flush', this.#handle.address))
  }

  _read (size) {
    if (this.#pending !== null) this.#drain()
    // also when the last row had gone before: the Transform must be told to take more
    if (this.#pending === null) super._read(size)
  }

  _destroy (error, done) {
    this.#signal?.removeEventListener('abort', this.#abort)
    this.#pending = null
    if (this.#rows) this.#batch?.free()
    this.#handle.free()
    done(error)
  }

  #give (done, work) {
    let batch
    try {
      batch = batchOf(work())
    } catch (error) {
      return done(error)
    }
    if (batch === null) return done()
    if (!this.#rows) return done(null, batch)
    this.#pending = batch[Symbol.iterator]()
    this.#batch = batch
    this.#done = done
    this.#drain()
  }

  // Pushes rows until the reader has enough; _read goes on.
  #drain () {
    while (this.#pending !== null) {
      const { done, value } = this.#pending.next()
      if (done) return this.#drained()
      if (!this.push(value)) return
    }
  }

  #drained () {
    const done = this.#done
    this.#batch.free()
    this.#pending = this.#batch = this.#done = null
    done()
  }
}

function transform (parser, options) {
  return new ParserStream(parser, plainOptions(options))
}

module.exports = { transform, ParserStream }
