'use strict'

const { call, string, address } = require('./library')
const { check, errorBuffer } = require('./errors')
const { planOf } = require('./rows')
const { fromJSON } = require('./nested')

// One line to one row. A view over memory costs more than a line does, so the row comes packed into this memory: three calls do for a line
// (parse, pack, free). Each column has 16 bytes: whether it is null, how long its text is, then the value or the place of the text.
const SMALL = 1 << 16
const LARGE = 1 << 20 // memory for longer lines is not kept
let room, words, unsigned, ints, uints, floats, where

function makeRoom (size) {
  const memory = new ArrayBuffer(size)
  room = Buffer.from(memory)
  words = new Int32Array(memory)
  unsigned = new Uint32Array(memory)
  ints = new BigInt64Array(memory)
  uints = new BigUint64Array(memory)
  floats = new Float64Array(memory)
  where = address(room)
}
makeRoom(SMALL)

const answer = new Uint32Array(new ArrayBuffer(16))
const ANSWER = address(answer)
const error = errorBuffer()
const ERROR = address(error)

const HIGH = 0x100000000

class Column {
  constructor (i, type) {
    this.at = 4 * i // of its 32-bit words
    this.type = type
  }

  rowValue () { return words[this.at] === 0 ? this.read(this.at + 2) : null }

  get text () { return room.utf8Slice(this.start, this.start + words[this.at + 1]) }

  get start () { return unsigned[this.at + 2] }
}

class Bool extends Column {
  read (at) { return words[at] !== 0 }
}

class Int extends Column {
  read (at) {
    const high = words[at + 1]
    return high >= -0x200000 && high < 0x200000 ? high * HIGH + unsigned[at] : ints[at / 2]
  }
}

class Uint extends Column {
  read (at) { return unsigned[at + 1] < 0x200000 ? unsigned[at + 1] * HIGH + unsigned[at] : uints[at / 2] }
}

class Float extends Column {
  read (at) { return floats[at / 2] }
}

class Timestamp extends Column {
  read (at) { return new Date(words[at + 1] * 4294 + Math.floor((words[at + 1] * 967296 + unsigned[at]) / 1e6)) }
}

class Text extends Column {
  read () { return this.text }
}

class Bytes extends Column {
  read () { return Buffer.from(room.subarray(this.start, this.start + words[this.at + 1])) }
}

class Nested extends Column {
  read () { return fromJSON(this.text, this.type) }
}

const COLUMNS = { bool: Bool, int: Int, uint: Uint, float: Float, timestamp: Timestamp, duration: Int, string: Text, ip: Text, bytes: Bytes }

// How to read the one row of a batch. JSON cannot hold the bytes that are in a list: then the columns of the batch are read.
function shapeOf (batch) {
  answer[0] = answer[1] = 0
  const schema = call.sawlog_batch_schema_json(batch, ANSWER)
  const plan = planOf(string(schema, answer[0] + answer[1] * HIGH))
  const packed = plan.fields.every(({ type }) => !/\bbytes>/.test(type))
  return { plan, packed, columns: plan.fields.map(({ type }, i) => new (COLUMNS[type] ?? Nested)(i, type)) }
}

// Whether the batch has a row, which is in room then.
function pack (batch) {
  let size = call.sawlog_batch_pack_row(batch, 0, where, room.length)
  if (size > room.length) {
    makeRoom(Math.ceil(Number(size) / SMALL) * SMALL)
    size = call.sawlog_batch_pack_row(batch, 0, where, room.length)
  }
  return size >= 0
}

// line: a string or bytes. cache belongs to the parser: its shape is kept when it is fixed, which means that it does not depend on the input.
function lineRow (parser, line, cache) {
  answer[0] = answer[1] = 0
  check(call.sawlog_parse_record(parser, line, Buffer.byteLength(line), ANSWER, ERROR), error)
  const batch = answer[0] + answer[1] * HIGH
  let whole = null
  try {
    if (!pack(batch)) return null
    const shape = cache.shape ?? shapeOf(batch)
    if (cache.fixed) cache.shape = shape
    if (shape.packed) return shape.plan.row(shape.columns, 0)
    const { Batch } = require('./batch')
    whole = new Batch(batch)
    return whole.row(0)
  } finally {
    if (whole === null) call.sawlog_batch_free(batch)
    else whole.free()
    if (room.length > LARGE) makeRoom(SMALL)
  }
}

module.exports = { lineRow }
