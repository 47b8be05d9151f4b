'use strict'

const { types } = require('node:util')
const { start } = require('./library')
const { addressAt, utf8, create, textOf, Flag } = require('./native')
const { alloc } = require('./slab')
const { check, errorBuffer, cancelled } = require('./errors')
const { Handle, dispose } = require('./handle')
const { toText, only, kind } = require('./options')
const { batchOf } = require('./batch')
const { parseJSON } = require('./json')
const { Lines } = require('./line')

const CANCELLED = -9

// A definition made ready: what turns text into batches. Immutable; every thread (worker) makes its own.
class Parser {
  #handle
  #info = null
  #lines = null

  constructor (definition = 'auto') {
    const text = utf8(toText(definition))
    this.#handle = new Handle('parser', create('sawlog_parser_new', text, text.length))
  }

  // A whole text to one batch. Larger Buffers are not copied: they must not change while the batch is in use.
  parse (data, options) {
    const { copy = false } = only(options, 'parse', ['copy'])
    const bytes = asBytes(data)
    const address = create('sawlog_parse', this.#handle.address, bytes, bytes.length, callFor(copy))
    return batchOf(address, bytes)
  }

  // The same on another thread.
  async parseAsync (data, options) {
    const { copy = false, signal } = only(options, 'parseAsync', ['copy', 'signal'])
    const bytes = asBytes(data)
    const flag = new Flag({ signal, copy })
    const failure = errorBuffer()
    const result = alloc(8)
    try {
      if (flag.raised) throw cancelled(signal)
      const status = await flag.during(this.#handle.use(parser => start.sawlog_parse(parser, bytes, bytes.length, flag.call, result, failure)))
      if (status === CANCELLED) throw cancelled(signal)
      check(status, failure)
      return batchOf(addressAt(result), bytes)
    } finally {
      flag.close()
    }
  }

  // One record: an object, or null when it does not fit.
  parseLine (line) {
    this.#lines ??= new Lines(this.schema)
    return this.#lines.object(this.#handle.address, typeof line === 'string' ? line : asBytes(line))
  }

  // The same, but the values are made when they are asked for.
  parseRow (line) {
    this.#lines ??= new Lines(this.schema)
    return this.#lines.row(this.#handle.address, typeof line === 'string' ? line : asBytes(line))
  }

  // Why a line fits or does not: { ok, fault, offset, element, column, expected, seen }.
  explain (line) {
    const bytes = asBytes(line)
    return JSON.parse(textOf('sawlog_parser_explain', this.#handle.address, bytes, bytes.length))
  }

  // How each element of the definition is read: [{ element, column, how }].
  describe () { return this.info.elements }

  get warnings () { return this.info.warnings }

  // { definition, format, engine, schema, elements }
  get info () {
    this.#info ??= parseJSON(textOf('sawlog_parser_info_json', this.#handle.address))
    return this.#info
  }

  get definition () { return this.info.definition }

  // The fields, or null when they depend on the input.
  get schema () { return this.info.schema }

  // An async iterator over the batches of files.
  open (source, options) { return require('./reader').open(source, options, this.#handle) }

  // An iterator over them that waits for each.
  openSync (source, options) { return require('./sync').openSync(source, options, this.#handle) }

  // A Transform: bytes in, batches or (rows: true) rows out.
  stream (options) { return require('./stream').transform(this.#handle, options) }

  free () { this.#handle.free() }

  [dispose] () { this.free() }
}

function asBytes (data) {
  if (typeof data === 'string') return Buffer.from(data)
  if (ArrayBuffer.isView(data)) return own(data instanceof Uint8Array ? data : new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  if (types.isAnyArrayBuffer(data)) return own(new Uint8Array(data))
  throw new TypeError(`data is ${kind(data)}; it must be a Buffer, Uint8Array or string`)
}

// Memory that other threads write or that can shrink is copied.
function own (bytes) {
  return types.isArrayBuffer(bytes.buffer) && !bytes.buffer.resizable ? bytes : Buffer.from(bytes)
}

const COPY = new Flag({ copy: true })
COPY.close()

function callFor (copy) {
  return copy ? COPY.call : null
}

module.exports = { Parser, asBytes }
