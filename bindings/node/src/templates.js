'use strict'

const { call } = require('./library')
const { create, textOf, bytesOf, utf8, out, addressAt, int64At } = require('./native')
const { check, errorBuffer } = require('./errors')
const { Handle, dispose } = require('./handle')
const { toText, plainOptions } = require('./options')
const { Batch } = require('./batch')
const { asBytes } = require('./parser')

const error = errorBuffer()

// Finds the templates that messages were made from. Every worker makes its own; merge puts them together.
class Templates {
  #handle

  constructor (options, saved) {
    if (saved instanceof Saved) {
      this.#handle = new Handle('templates', create('sawlog_templates_load', saved.bytes, saved.bytes.length))
      return
    }
    const text = utf8(toText(plainOptions(options)))
    this.#handle = new Handle('templates', create('sawlog_templates_new', text, text.length))
  }

  static load (saved) { return new Templates({}, new Saved(asBytes(saved))) }

  add (message) {
    const bytes = asBytes(message)
    check(call.sawlog_templates_add(this.#handle.address, bytes, bytes.length, out, error), error)
    return int64At(out, 0)
  }

  addLines (data) {
    const bytes = asBytes(data)
    const ids = new BigInt64Array(newlines(bytes) + 1)
    check(call.sawlog_templates_add_lines(this.#handle.address, bytes, bytes.length, ids, ids.length, out, error), error)
    return numbers(ids, addressAt(out))
  }

  addColumn (batch, name) {
    if (!(batch instanceof Batch)) throw new TypeError('batch must be a Batch')
    const i = batch.columns.indexOf(name)
    if (i < 0) throw new RangeError(`there is no column "${name}"; there are ${batch.columns.join(', ')}`)
    const ids = new BigInt64Array(batch.length)
    check(call.sawlog_templates_add_column(this.#handle.address, Batch.memory(batch).address, i, ids, error), error)
    return numbers(ids, ids.length)
  }

  list () { return JSON.parse(textOf('sawlog_templates_list_json', this.#handle.address)) }

  [Symbol.iterator] () { return this.list()[Symbol.iterator]() }

  match (message) {
    const bytes = asBytes(message)
    return JSON.parse(textOf('sawlog_templates_match_json', this.#handle.address, bytes, bytes.length))
  }

  resolve (id) {
    out.writeBigInt64LE(BigInt(id))
    check(call.sawlog_templates_resolve(this.#handle.address, out, 1, error), error)
    return int64At(out, 0)
  }

  merge (other) {
    if (!(other instanceof Templates)) throw new TypeError('other must be Templates')
    check(call.sawlog_templates_merge(this.#handle.address, other.#handle.address, error), error)
  }

  save () { return bytesOf('sawlog_templates_save', this.#handle.address) }

  free () { this.#handle.free() }

  [dispose] () { this.free() }
}

class Saved {
  constructor (bytes) { this.bytes = bytes }
}

// Ids have 53 bits, so that numbers hold them.
function numbers (ids, n) {
  const list = new Float64Array(n)
  for (let i = 0; i < n; i++) list[i] = Number(ids[i])
  return list
}

function newlines (bytes) {
  let n = 0
  for (let i = bytes.indexOf(10); i >= 0; i = bytes.indexOf(10, i + 1)) n++
  return n
}

module.exports = { Templates }
