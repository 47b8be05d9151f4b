'use strict'

// The memory of one batch: where its columns lie, and views over it.

const { call, view, live, fill, address } = require('./library')
const { Handle, crowded } = require('./handle')
const { Text } = require('./text')

const NONE = []
const SPARE = 16384 // room that a column may have behind its values
const LIGHT = 4096 // what is smaller is not worth a view

// Where sawlog_batch_layout writes, used by one batch after the other: 64-bit numbers, read as pairs of 32-bit words.
const HIGH = 0x100000000
const HEAD = 3
const EACH = 12 // numbers of a column
let room, low, high, where

function makeRoom (numbers) {
  const memory = new ArrayBuffer(8 * numbers)
  room = numbers
  low = new Uint32Array(memory)
  high = new Int32Array(memory)
  where = address(low)
}
makeRoom(1024)

const numberAt = i => high[2 * i + 1] * HIGH + low[2 * i]

function layoutOf (batch) {
  const need = Number(call.sawlog_batch_layout(batch, where, room))
  if (need < 0) throw new Error('this batch is gone')
  if (need > room) {
    makeRoom(2 * need)
    call.sawlog_batch_layout(batch, where, room)
  }
}

// ArrayBuffer -> Memory: as long as a typed array over the memory is in use, the batch stays. Only arrays that are large are over the memory
// when they are handed to the user; the others are copies, which cost less than a view does, and let the batch go when it is freed.
const keep = new WeakMap()
const COPIED = 1 << 20

// Views that no user sees, by address. The library uses its memory again, so one batch after the other lies in the same place, and a new view
// of megabytes for each would make the garbage collector work for nothing. What a view shows beyond the batch at hand is never read.
const views = new Map()
const MOST_VIEWS = 64

function viewOf (at, size) {
  const known = views.get(at)
  if (known !== undefined && known.length >= size) {
    if (!live) fill(known.subarray(0, size), at) // the copy is of a batch that is gone: another lies there now
    return known
  }
  if (views.size >= MOST_VIEWS) views.clear()
  const bytes = view(at, size)
  views.set(at, bytes)
  return bytes
}

// The width of a value in bytes, by type; texts have views of 16 bytes, bools are bits.
const TYPE = { BOOL: 1, INT: 2, UINT: 3, FLOAT: 4, TIMESTAMP: 5, DURATION: 6, STRING: 7, IP: 8, BYTES: 9, LIST: 10, MAP: 11 }
const isText = type => type >= TYPE.STRING && type <= TYPE.BYTES

class Memory extends Handle {
  #columns = null
  #regions = []
  #places = null // of the buffers that texts point into: address, size, address, size ...; null: nobody has asked
  #buffers = null
  #exposed = false
  #weight = null

  // input: the Buffer that the batch may have borrowed, or null.
  constructor (address, fields, input = null) {
    super('batch', address)
    this.fields = fields
    this.input = input
    this.inputSize = input === null ? 0 : input.length
    this.rows = Number(call.sawlog_batch_rows(address))
  }

  get columns () {
    this.#columns ??= this.#layout()
    return this.#columns
  }

  #layout () {
    layoutOf(this.address)
    this.#places = places()
    const columns = this.fields.map((_, i) => columnAt(i))
    const parts = columns.flatMap(partsOf)
    if (parts.length > 0) {
      // All columns lie in one piece of memory: one view does for them. If they do not, each part gets its own, and so it is where a view is a
      // copy: between two pieces there may be nothing to read.
      const start = Math.min(...parts.map(part => part.at))
      const end = Math.max(...parts.map(part => part.at + part.size))
      const sum = parts.reduce((sum, part) => sum + part.size, 0)
      if (live && end - start <= 2 * sum + SPARE * parts.length) this.#region(start, end - start)
    }
    return columns
  }

  #buffersAt () {
    if (this.#places === null) {
      layoutOf(this.address)
      this.#places = places()
    }
    return this.#places
  }

  // The region that holds [at, at+size), viewed when it has not been.
  #region (at, size) {
    for (const region of this.#regions) {
      if (at >= region.at && at + size <= region.at + region.size) return region
    }
    const places = this.#buffersAt()
    for (let i = 0; i < places.length; i += 2) { // a piece of a buffer: others will be asked for too
      if (at >= places[i] && at + size <= places[i] + places[i + 1]) [at, size] = [places[i], places[i + 1]]
    }
    const region = { at, size, bytes: viewOf(at, size) }
    this.#regions.push(region)
    return region
  }

  // A typed array over the memory at an address. exposed says that it is handed to the user.
  array (Type, at, length, exposed = false) {
    this.check()
    if (length === 0 || at === 0) return new Type(0)
    const size = length * Type.BYTES_PER_ELEMENT
    if (exposed && size > COPIED) return this.#expose(Type, at, length)
    const region = this.#region(at, size)
    const start = region.bytes.byteOffset + at - region.at
    if (!exposed) return new Type(region.bytes.buffer, start, length)
    const copy = new Type(length)
    new Uint8Array(copy.buffer).set(new Uint8Array(region.bytes.buffer, start, size))
    return copy
  }

  // A typed array over the memory itself, in a view of its own that keeps the batch.
  #expose (Type, at, length) {
    const bytes = view(at, length * Type.BYTES_PER_ELEMENT)
    keep.set(bytes.buffer, this)
    this.#exposed = true
    return new Type(bytes.buffer, bytes.byteOffset, length)
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
  get buffers () {
    if (this.#buffers === null) {
      const places = this.#buffersAt()
      this.#buffers = Array.from({ length: places.length / 2 }, (_, i) => new Text(this.bytes(places[2 * i], places[2 * i + 1])))
    }
    return this.#buffers
  }

  // Makes the garbage collector feel how large the batch is, for V8 counts the memory under views: that of the largest buffer. Of one that is
  // the user's own, which V8 counts already, the columns take about as much.
  weigh () {
    if (!crowded('batch')) return
    const places = this.#buffersAt()
    let most = 0
    for (let i = 2; i < places.length; i += 2) if (places[i + 1] > places[most + 1]) most = i
    const size = places[most + 1]
    if (size >= LIGHT) this.#weight = view(this.input === null ? places[most] : this.address, size)
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
    this.#weight = null
    this.#regions = []
    this.#buffers = this.#columns = this.input = null
  }
}

function places () {
  const list = new Array(2 * numberAt(2))
  for (let i = 0; i < list.length; i++) list[i] = numberAt(HEAD + i)
  return list
}

// A column of the layout in room. Those inside a list or map have numbers behind those of the batch's columns.
function columnAt (i) {
  const at = HEAD + 2 * numberAt(2) + EACH * i
  const children = numberAt(at + 10)
  return {
    type: numberAt(at),
    dictionary: (low[2 * at + 2] & 1) !== 0,
    length: numberAt(at + 2),
    nulls: numberAt(at + 3),
    validity: numberAt(at + 4),
    data: numberAt(at + 5),
    texts: numberAt(at + 6),
    textOffsets: numberAt(at + 7),
    textBytes: numberAt(at + 8),
    offsets: numberAt(at + 9),
    children: children > 0 ? Array.from({ length: children }, (_, k) => columnAt(numberAt(at + 11) + k)) : NONE
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
