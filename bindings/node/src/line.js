'use strict'

const { call, string, view, address } = require('./library')
const { check, errorBuffer } = require('./errors')
const { planOf } = require('./rows')

// One line to one row. A view over memory costs more than a line does, so the values are asked for one by one: each call goes to C, which
// takes nanoseconds, and the answers come into this memory, whose address never changes.
const memory = new ArrayBuffer(64)
const words = new Int32Array(memory)
const unsigned = new Uint32Array(memory)
const ints = new BigInt64Array(memory)
const uints = new BigUint64Array(memory)
const floats = new Float64Array(memory)
const ANSWER = address(new Uint8Array(memory))
const SIZE = ANSWER + 8
const error = errorBuffer()
const ERROR = address(error)

const HIGH = 0x100000000

let batch = 0 // the one that the columns below read

class Column {
  constructor (i) {
    this.i = i
  }
}

const isNull = i => call.sawlog_batch_is_null(batch, i, 0) === 1

// Only a zero can be a null.
function word (i) {
  call.sawlog_batch_get_i64(batch, i, 0, ANSWER)
  return (words[0] !== 0 || words[1] !== 0) || !isNull(i)
}

class Bool extends Column {
  rowValue () { return word(this.i) ? words[0] !== 0 : null }
}

class Int extends Column {
  rowValue () {
    if (!word(this.i)) return null
    return words[1] >= -0x200000 && words[1] < 0x200000 ? words[1] * HIGH + unsigned[0] : ints[0]
  }
}

class Uint extends Column {
  rowValue () {
    if (!word(this.i)) return null
    return unsigned[1] < 0x200000 ? unsigned[1] * HIGH + unsigned[0] : uints[0]
  }
}

class Float extends Column {
  rowValue () {
    call.sawlog_batch_get_f64(batch, this.i, 0, ANSWER)
    return floats[0] !== 0 || !isNull(this.i) ? floats[0] : null
  }
}

class Timestamp extends Column {
  rowValue () {
    return word(this.i) ? new Date(words[1] * 4294 + Math.floor((words[1] * 967296 + unsigned[0]) / 1e6)) : null
  }
}

class Text extends Column {
  rowValue () {
    call.sawlog_batch_get_str(batch, this.i, 0, ANSWER, SIZE)
    const at = unsigned[0] + unsigned[1] * HIGH
    if (unsigned[2] === 0) return at === 0 ? null : '' // a text that is empty lies somewhere, a null nowhere
    return string(at, unsigned[2])
  }
}

// Its texts lie in one piece of memory, which is none at all when they are all empty.
class Dictionary extends Text {
  rowValue () { return super.rowValue() ?? (isNull(this.i) ? null : '') }
}

class Bytes extends Column {
  rowValue () {
    call.sawlog_batch_get_str(batch, this.i, 0, ANSWER, SIZE)
    const at = unsigned[0] + unsigned[1] * HIGH
    if (unsigned[2] === 0) return at === 0 ? null : Buffer.alloc(0)
    return Buffer.from(view(at, unsigned[2]))
  }
}

const COLUMNS = { bool: Bool, int: Int, uint: Uint, float: Float, timestamp: Timestamp, duration: Int, string: Text, ip: Text, bytes: Bytes }

// How to read the one row of a batch.
function shapeOf (batch) {
  const schema = call.sawlog_batch_schema_json(batch, ANSWER)
  const plan = planOf(string(schema, unsigned[0] + unsigned[1] * HIGH))
  return { plan, columns: plan.fields.map((field, i) => new (field.dictionary ? Dictionary : COLUMNS[field.type])(i)) }
}

// line: a string or bytes. cache belongs to the parser: its shape is kept when it is fixed, which means that it does not depend on the input.
function lineRow (parser, line, cache) {
  words[0] = words[1] = 0
  check(call.sawlog_parse_record(parser, line, Buffer.byteLength(line), ANSWER, ERROR), error)
  batch = unsigned[0] + unsigned[1] * HIGH
  try {
    if (call.sawlog_batch_rows(batch) === 0) return null
    const shape = cache.shape ?? shapeOf(batch)
    if (cache.fixed) cache.shape = shape
    return shape.plan.row(shape.columns, 0)
  } finally {
    call.sawlog_batch_free(batch)
    batch = 0
  }
}

module.exports = { lineRow }
