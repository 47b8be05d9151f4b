'use strict'

const { call, address } = require('./library')
const { check, errorBuffer } = require('./errors')
const { planOf } = require('./rows')
const { fromJSON } = require('./nested')
const { ObjectRow, rowClass } = require('./row')

// One line to one row. A view over memory costs more than a line does, so the row comes packed into a room of ours, by one call. Each column
// has 16 bytes there: whether it is null, how long its text is, then the value or the place of the text; the texts follow. A lazy row keeps
// its packed form: rows of one after the other share a room, which goes with the last of them.
const ROOM = 1 << 16
const USUAL = 1 << 11 // where less is left a new room begins

class Room {
  constructor (size) {
    this.bytes = Buffer.allocUnsafeSlow(size) // in memory of its own, which need not be cleared: only what C has written is read
    const memory = this.bytes.buffer
    this.words = new Int32Array(memory)
    this.unsigned = new Uint32Array(memory)
    this.ints = new BigInt64Array(memory)
    this.uints = new BigUint64Array(memory)
    this.floats = new Float64Array(memory)
    this.where = address(this.bytes)
    this.used = 0
  }

  get left () { return this.bytes.length - this.used }
}

let room = new Room(ROOM)

// A row in a room: where its columns begin, in 32-bit words, and its texts, in bytes.
class Packed {
  constructor (columns, size) {
    this.room = room
    this.at = room.used >> 2
    this.texts = room.used + 16 * columns
    this.end = room.used + size
    this.text = null
    this.ascii = false
  }

  // The text at a place that the column tells. All texts are decoded at once; in ASCII they are pieces of that.
  slice (place, length) {
    const start = 4 * this.at + place
    if (this.text === null) {
      this.text = this.room.bytes.utf8Slice(this.texts, this.end)
      this.ascii = this.text.length === this.end - this.texts
    }
    if (this.ascii) return this.text.substring(start - this.texts, start - this.texts + length)
    return this.room.bytes.utf8Slice(start, start + length)
  }
}

// Where C reads a line. A driver that is given a string or a Buffer has to ask for its text or its memory, which takes longer than this copy.
class Input {
  constructor (size) {
    this.bytes = Buffer.from(new ArrayBuffer(size))
    this.where = address(this.bytes)
  }

  // Takes a line over, and tells how many bytes it has.
  take (line) {
    if (typeof line === 'string') return this.bytes.utf8Write(line, 0, this.bytes.length)
    this.bytes.set(line)
    return line.length
  }
}

const INPUT = 1 << 13
const input = new Input(INPUT)

// The input for a line: a long one gets memory of its own, which is not kept.
const inputFor = line => line.length * 3 <= INPUT ? input : new Input(typeof line === 'string' ? Buffer.byteLength(line) : line.length)

const answer = new Uint32Array(new ArrayBuffer(16))
const ANSWER = address(answer)
const error = errorBuffer()
const ERROR = address(error)

const HIGH = 0x100000000

class Column {
  constructor (i, type) {
    this.word = 4 * i
    this.type = type
  }

  rowValue (packed) {
    const at = packed.at + this.word
    return packed.room.words[at] === 0 ? this.read(packed, at) : null
  }
}

class Bool extends Column {
  read ({ room }, at) { return room.words[at + 2] !== 0 }
}

class Int extends Column {
  read ({ room }, at) {
    const high = room.words[at + 3]
    return high >= -0x200000 && high < 0x200000 ? high * HIGH + room.unsigned[at + 2] : room.ints[at / 2 + 1]
  }
}

class Uint extends Column {
  read ({ room }, at) {
    const high = room.unsigned[at + 3]
    return high < 0x200000 ? high * HIGH + room.unsigned[at + 2] : room.uints[at / 2 + 1]
  }
}

class Float extends Column {
  read ({ room }, at) { return room.floats[at / 2 + 1] }
}

class Timestamp extends Column {
  read ({ room }, at) {
    const high = room.words[at + 3]
    return new Date(high * 4294 + Math.floor((high * 967296 + room.unsigned[at + 2]) / 1e6))
  }
}

class Text extends Column {
  read (packed, at) { return packed.slice(packed.room.unsigned[at + 2], packed.room.words[at + 1]) }
}

class Bytes extends Column {
  read ({ room, at: begin }, at) {
    const start = 4 * begin + room.unsigned[at + 2]
    return Buffer.from(room.bytes.subarray(start, start + room.words[at + 1]))
  }
}

class Nested extends Text {
  read (packed, at) { return fromJSON(super.read(packed, at), this.type) }
}

const COLUMNS = { bool: Bool, int: Int, uint: Uint, float: Float, timestamp: Timestamp, duration: Int, string: Text, ip: Text, bytes: Bytes }

// How the rows of a schema are read.
class Shape {
  constructor (plan) {
    this.plan = plan
    this.columns = plan.fields.map(({ type }, i) => new (COLUMNS[type] ?? Nested)(i, type))
    // JSON cannot hold the bytes that are in a list: then the columns of the batch are read.
    this.packs = plan.fields.every(({ type }) => !/\bbytes>/.test(type))
    this.Row = this.packs && plan.flat ? rowClass(plan.names, this.columns, packed => this.object(packed)) : null
  }

  object (packed) { return this.plan.row(this.columns, packed) }
}

// Parsers of one schema share its shape: with a class of rows for each, code that reads the rows of several would be slow.
const shapes = new WeakMap()

function shapeOf (plan) {
  if (!shapes.has(plan)) shapes.set(plan, new Shape(plan))
  return shapes.get(plan)
}

// What a parser keeps for its lines. schema is null where it depends on the line.
class Lines {
  #shape

  constructor (schema) {
    const shape = schema === null ? null : shapeOf(planOf(JSON.stringify(schema)))
    this.#shape = shape?.packs ? shape : null
  }

  // line: a string or bytes. The row as an object, or null.
  object (parser, line) {
    if (this.#shape === null) return throughBatch(parser, line)
    const packed = this.#parse(parser, line)
    return packed === null ? null : this.#shape.object(packed)
  }

  // The row as a lazy one.
  row (parser, line) {
    if (this.#shape === null || this.#shape.Row === null) {
      const object = this.object(parser, line)
      return object === null ? null : new ObjectRow(object)
    }
    const packed = this.#parse(parser, line)
    if (packed === null) return null
    room.used = (packed.end + 7) & ~7
    return new this.#shape.Row(packed)
  }

  #parse (parser, line) {
    if (room.left < USUAL) room = new Room(ROOM)
    const from = inputFor(line)
    const n = from.take(line)
    const status = call.sawlog_parse_packed(parser, from.where, n, room.where + room.used, room.left, ANSWER, ERROR)
    if (status < 0) check(status, error)
    const size = answer[0]
    if (answer[1] !== 0) return null // -1: no record
    if (size > room.left) {
      room = new Room(Math.max(ROOM, Math.ceil(size / ROOM) * ROOM))
      const packed = this.#parse(parser, line)
      if (room.bytes.length > ROOM) room = new Room(ROOM) // memory for a long line is not kept
      return packed
    }
    return new Packed(this.#shape.columns.length, size)
  }
}

// The row of a line whose schema only its batch knows.
function throughBatch (parser, line) {
  answer[0] = answer[1] = 0
  check(call.sawlog_parse_record(parser, line, Buffer.byteLength(line), ANSWER, ERROR), error)
  const { Batch } = require('./batch')
  const batch = new Batch(answer[0] + answer[1] * HIGH)
  try {
    return batch.length === 0 ? null : batch.row(0)
  } finally {
    batch.free()
  }
}

module.exports = { Lines }
