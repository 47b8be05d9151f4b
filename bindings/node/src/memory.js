'use strict'

// The memory of one batch: where its columns lie, and views over it.

const { call, view, address } = require('./library')
const { addressAt, int64At } = require('./native')
const { check } = require('./errors')
const { Handle } = require('./handle')
const { Text } = require('./text')

const COLUMN_SIZE = 104
const NONE = []
const SPARE = 16384 // room that a column may have behind its values

const struct = Buffer.from(new ArrayBuffer(COLUMN_SIZE))

// ArrayBuffer -> Memory: as long as a typed array over the memory is in use, the batch stays.
const keep = new WeakMap()

// The width of a value in bytes, by type; texts have views of 16 bytes, bools are bits.
const TYPE = { BOOL: 1, INT: 2, UINT: 3, FLOAT: 4, TIMESTAMP: 5, DURATION: 6, STRING: 7, IP: 8, BYTES: 9, LIST: 10, MAP: 11 }
const isText = type => type >= TYPE.STRING && type <= TYPE.BYTES

class Memory extends Handle {
  #columns = null
  #regions = []
  #buffers = null
  #exposed = false

  // input: the Buffer that the batch may have borrowed, or null.
  constructor (address, fields, input = null) {
    super('batch', address)
    this.fields = fields
    this.input = input
    this.inputSize = input === null ? 0 : input.length
  }

  get columns () {
    this.#columns ??= this.#layout()
    return this.#columns
  }

  #layout () {
    const columns = this.fields.map((_, i) => this.#column(i))
    const parts = columns.flatMap(partsOf)
    if (parts.length > 0) {
      // All columns lie in one piece of memory: one view does for them. If they do not, each part gets its own.
      const start = Math.min(...parts.map(part => part.at))
      const end = Math.max(...parts.map(part => part.at + part.size))
      const sum = parts.reduce((sum, part) => sum + part.size, 0)
      if (end - start <= 2 * sum + SPARE * parts.length) this.#region(start, end - start)
    }
    return columns
  }

  #column (i) {
    struct.fill(0).writeUInt32LE(COLUMN_SIZE)
    check(call.sawlog_batch_column(this.address, i, struct), struct)
    const [children, first] = [struct.readInt32LE(96), struct.readInt32LE(100)]
    const column = {
      type: struct.readInt32LE(4),
      dictionary: (struct.readInt32LE(8) & 1) !== 0,
      length: int64At(struct, 16),
      nulls: int64At(struct, 24),
      validity: addressAt(struct, 32),
      data: addressAt(struct, 40),
      buffers: addressAt(struct, 48),
      bufferCount: struct.readInt32LE(12),
      bufferSizes: addressAt(struct, 56),
      texts: int64At(struct, 64),
      textOffsets: addressAt(struct, 72),
      textBytes: addressAt(struct, 80),
      offsets: addressAt(struct, 88),
      children: NONE
    }
    // The columns inside a list or map have numbers behind those of the batch's columns. (They use struct too, which is read by now.)
    if (children > 0) column.children = Array.from({ length: children }, (_, k) => this.#column(first + k))
    return column
  }

  // The region that holds [at, at+size), viewed when it has not been.
  #region (at, size) {
    for (const region of this.#regions) {
      if (at >= region.at && at + size <= region.at + region.size) return region
    }
    const bytes = view(at, size)
    const region = { at, size, bytes }
    keep.set(bytes.buffer, this)
    this.#regions.push(region)
    return region
  }

  // A typed array over the memory at an address. exposed says that it is handed to the user.
  array (Type, at, length, exposed = false) {
    this.check()
    if (length === 0 || at === 0) return new Type(0)
    const region = this.#region(at, length * Type.BYTES_PER_ELEMENT)
    if (exposed) this.#exposed = true
    return new Type(region.bytes.buffer, region.bytes.byteOffset + at - region.at, length)
  }

  // The bytes at an address as a Buffer, read through the user's own input where they lie in it.
  bytes (at, size) {
    this.check()
    if (size === 0 || at === 0) return Buffer.alloc(0)
    if (this.input !== null) {
      this.inputAddress ??= address(this.input)
      const from = at - this.inputAddress
      if (from >= 0 && from + size <= this.inputSize) return Buffer.from(this.input.buffer, this.input.byteOffset + from, size)
    }
    const { bytes, at: start } = this.#region(at, size)
    return Buffer.from(bytes.buffer, bytes.byteOffset + at - start, size)
  }

  // What texts longer than twelve bytes point into, by number.
  buffers (column) {
    if (this.#buffers === null || this.#buffers.length < column.bufferCount) {
      const addresses = this.bytes(column.buffers, 8 * column.bufferCount)
      const sizes = this.bytes(column.bufferSizes, 8 * column.bufferCount)
      this.#buffers = Array.from({ length: column.bufferCount }, (_, i) => new Text(this.bytes(addressAt(addresses, 8 * i), int64At(sizes, 8 * i))))
    }
    return this.#buffers
  }

  // Makes the garbage collector feel how large the batch is, for V8 counts the memory under views: of the columns, and of the block that
  // the first texts lie in.
  weigh () {
    const column = this.columns.find(({ type, dictionary }) => isText(type) && !dictionary)
    if (column) this.buffers(column)
  }

  // Throws when the memory must not be read any more.
  check () {
    if (this.freed) throw new Error('this batch was freed')
    if (this.input !== null && this.input.length !== this.inputSize) {
      throw new Error('the data of this batch was transferred to another thread; parse a copy of it: parse(data, { copy: true })')
    }
  }

  // Frees the memory at once, unless typed arrays over it have been handed out: then with the last of them.
  release (force) {
    if (this.#exposed && !force) return
    this.free()
    this.#regions = []
    this.#buffers = this.#columns = this.input = null
  }
}

function partsOf ({ type, dictionary, length, validity, data, offsets, children }) {
  const bits = Math.ceil(length / 8)
  if (children.length > 0) {
    return [{ at: offsets, size: 4 * (length + 1) }, { at: validity, size: bits }].filter(part => part.at !== 0 && part.size > 0).concat(children.flatMap(partsOf))
  }
  const size = dictionary ? length * 4 : isText(type) ? length * 16 : type === TYPE.BOOL ? bits : length * 8
  return [{ at: data, size }, { at: validity, size: bits }].filter(part => part.at !== 0 && part.size > 0)
}

module.exports = { Memory, TYPE, isText }
