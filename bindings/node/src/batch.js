'use strict'

const { call, string, address: addressOf } = require('./library')
const { addressAt, int64At, out, textOf, bytesOf } = require('./native')
const { alloc } = require('./slab')
const { check, faultName } = require('./errors')
const { dispose } = require('./handle')
const { Memory } = require('./memory')
const { planOf } = require('./rows')
const { makeColumn } = require('./column')
const { only } = require('./options')
const { parseJSON } = require('./json')
const { arrowFlags, arrowTable } = require('./arrow')

const OUT = addressOf(out)
const REJECTS = 256 // made from one call
const rejectNumbers = alloc(7 * 8 * REJECTS)
const REJECTS_AT = addressOf(rejectNumbers)
const JSON_LINES = 1
const JSON_DROP_NULLS = 2

// Columns of equal length, and the lines that fitted none.
class Batch {
  #memory
  #plan
  #columns
  #rowColumns = null
  #length
  #rejectCount = null
  #freed = false

  // address: of the library's batch, which is taken over. input: the Buffer that it may have borrowed. plan: of its schema, where that is
  // known.
  constructor (address, input = null, plan = planAt(address)) {
    this.#plan = plan
    this.#memory = new Memory(address, this.#plan.fields, input)
    this.#columns = new Array(this.#plan.fields.length)
    this.#length = this.#memory.rows
    this.#memory.weigh() // the program may forget to free it
  }

  get length () { return this.#length }

  // How many lines of input the batch accounts for: rows, continuation lines and rejects.
  get lines () { return Number(call.sawlog_batch_lines(this.#alive().address)) }

  get columns () { return [...this.#plan.names] }

  get schema () { return this.#plan.fields.map(field => ({ ...field })) }

  has (name) { return this.#plan.index.has(name) }

  column (name) {
    const i = this.#plan.index.get(name)
    if (i === undefined) throw new RangeError(`there is no column "${name}"; there are ${this.#plan.names.join(', ')}`)
    const memory = this.#alive()
    this.#columns[i] ??= makeColumn(memory, i, true)
    return this.#columns[i]
  }

  // The columns as rows are read from, which do not leave this class.
  get #inner () {
    const memory = this.#alive()
    this.#rowColumns ??= this.#plan.fields.map((_, i) => makeColumn(memory, i, false))
    return this.#rowColumns
  }

  row (i) {
    if (!Number.isInteger(i) || i < 0 || i >= this.#length) throw new RangeError(`there is no row ${i}: the batch has ${this.#length}`)
    const columns = this.#inner
    this.#memory.check()
    return this.#plan.row(columns, i)
  }

  // Rows are made as the loop reaches them.
  * [Symbol.iterator] () {
    for (let i = 0; i < this.#length; i++) yield this.row(i)
  }

  toArray () { return [...this] }

  // Rows of values that JSON has: times are RFC 3339 text, integers beyond 2^53 text of their digits.
  toJSON () { return parseJSON(this.toJSONText(), String) }

  toJSONText (options) {
    const { lines = false, dropNulls = false, start: first = 0, end: last = this.#length } = only(options, 'toJSONText', ['lines', 'dropNulls', 'start', 'end'])
    const flags = (lines ? JSON_LINES : 0) | (dropNulls ? JSON_DROP_NULLS : 0)
    const memory = this.#alive()
    memory.check()
    const start = Math.min(Math.max(first, 0), this.#length)
    return textOf('sawlog_batch_to_json', memory.address, start, Math.min(Math.max(last - start, 0), this.#length - start), flags)
  }

  // How many lines are no records.
  get rejectCount () { return this.#rejectCount ??= Number(call.sawlog_batch_reject_count(this.#alive().address)) }

  // These lines, made anew each time.
  get rejects () {
    const memory = this.#alive()
    const list = new Array(this.rejectCount)
    for (let at = 0; at < list.length; at += REJECTS) {
      const n = Math.min(list.length - at, REJECTS)
      call.sawlog_batch_rejects(memory.address, at, REJECTS_AT, n)
      for (let i = 0; i < n; i++) list[at + i] = rejectOf(memory, 7 * 8 * i)
    }
    return list
  }

  // An Arrow IPC stream. strings: "utf8", "view", "large_utf8" or "dictionary"; timeUnit: "ns", "us" or "ms".
  toIPC (options) { return toIPC([this], options) }

  // A Table of the package apache-arrow.
  toArrow (options) { return arrowTable(this.toIPC(options)) }

  // For lists of batches and for the reader; not part of the public face.
  static memory (batch) { return batch.#alive() }

  // One of a reader's batches. They all have one schema: reader keeps its plan.
  static of (address, reader) {
    return new Batch(address, null, reader.plan ??= planAt(address))
  }

  // Releases the memory at once; typed arrays that were taken out keep it until they are gone. With force they do not, and must not be used.
  free (options) {
    const { force = false } = only(options, 'free', ['force'])
    if (!this.#freed || force) this.#memory.release(force)
    this.#freed = true
    this.#rowColumns = null
    this.#columns = []
  }

  [dispose] () { this.free() }

  #alive () {
    if (this.#freed) throw new Error('this batch was freed')
    return this.#memory
  }

  [Symbol.for('nodejs.util.inspect.custom')] (depth, options, inspect) {
    if (this.#freed) return 'Batch { freed }'
    const columns = this.#plan.fields.map(field => `${field.name}: ${field.type}`).join(', ')
    return `Batch(${this.#length}) { ${columns} }`
  }
}

// The plan of a batch's schema.
function planAt (address) {
  const schema = call.sawlog_batch_schema_json(address, OUT)
  return planOf(string(schema, addressAt(out)))
}

// The reject whose seven numbers stand at a byte of rejectNumbers.
function rejectOf (memory, at) {
  const number = i => int64At(rejectNumbers, at + 8 * i)
  return { source: number(0), line: number(1), offset: number(2), length: number(3), fault: faultName(number(4)), raw: Buffer.from(memory.bytes(number(5), number(6))) }
}

// Batches of one schema as one Arrow IPC stream.
function toIPC (batches, options) {
  const flags = arrowFlags(options)
  if (batches instanceof Batch || typeof batches?.[Symbol.iterator] !== 'function') throw new TypeError('batches are a list of Batch')
  const handles = BigUint64Array.from(batches, batch => {
    if (!(batch instanceof Batch)) throw new TypeError('batches are a list of Batch')
    const memory = Batch.memory(batch)
    memory.check()
    return BigInt(memory.address)
  })
  return bytesOf('sawlog_batches_to_ipc', handles, handles.length, flags)
}

// A Batch of what a call gave, or null.
function batchOf (address, input) {
  return address === 0 ? null : new Batch(address, input)
}

module.exports = { Batch, batchOf, toIPC, toArrow: (batches, options) => arrowTable(toIPC(batches, options)) }
