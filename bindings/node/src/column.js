'use strict'

const { TYPE } = require('./memory')
const { words } = require('./text')
const { innerFields } = require('./nested')
const { setKey } = require('./json')

// What all columns have. Numbers stand in typed arrays over the batch's memory, which are columns themselves: IntColumn is a BigInt64Array.
const shared = {
  get name () { return this[FIELD].name },
  get type () { return this[FIELD].type },
  get nullCount () { return this[INFO].nulls },

  isNull (i) {
    return missing(this, i)
  },

  // The bitmap of rows, least significant bit first: 1 is a value. null when there are no nulls.
  get validity () {
    const { validity, length } = this[INFO]
    return validity === 0 ? null : this[MEMORY].array(Uint8Array, validity, Math.ceil(length / 8), true)
  },

  toArray () {
    const values = new Array(this.length)
    for (let i = 0; i < values.length; i++) values[i] = this.get(i)
    return values
  }
}

const FIELD = Symbol('field')
const INFO = Symbol('info')
const VALID = Symbol('valid')
const MEMORY = Symbol('memory')

const WORDS = Symbol('words')

function absent (valid, i) {
  return valid !== null && (valid[i >> 3] >> (i & 7) & 1) === 0
}

// isNull without the way through the object, which get takes for each value.
function missing (column, i) {
  if (!(i >= 0 && i < column[INFO].length)) throw new RangeError(`there is no row ${i}: the column has ${column.length}`)
  return absent(column[VALID], i)
}

function share (Class, more = {}) {
  Object.defineProperties(Class.prototype, hidden({ ...Object.getOwnPropertyDescriptors(shared), ...Object.getOwnPropertyDescriptors(more) }))
  // slice, map and subarray give plain typed arrays
  if (Class.BYTES_PER_ELEMENT) Object.defineProperty(Class, Symbol.species, { get: () => Object.getPrototypeOf(Class) })
  return Class
}

function hidden (descriptors) {
  for (const descriptor of Object.values(descriptors)) descriptor.enumerable = false
  return descriptors
}

const asNumber = {
  // A copy as doubles, exact up to 2^53; nulls are NaN.
  asNumber () {
    const numbers = Float64Array.from(this, Number)
    if (this.nullCount > 0) for (let i = 0; i < numbers.length; i++) if (missing(this, i)) numbers[i] = NaN
    return numbers
  }
}

const HIGH = 0x100000000

// The values as pairs of 32-bit words: numbers are made of them without a BigInt in between.
function wordsOf (column) {
  return column[WORDS] ?? makeWords(column)
}

function makeWords (column) {
  const value = new Int32Array(column.buffer, column.byteOffset, column.length * 2)
  Object.defineProperty(column, WORDS, { value })
  return value
}

// What a row shows: a number where it is exact, else a BigInt.
function integer (column, i) {
  const words = wordsOf(column)
  const high = words[2 * i + 1]
  return high >= -0x200000 && high < 0x200000 ? high * HIGH + (words[2 * i] >>> 0) : column[i]
}

function unsigned (column, i) {
  const words = wordsOf(column)
  const high = words[2 * i + 1]
  return high >= 0 && high < 0x200000 ? high * HIGH + (words[2 * i] >>> 0) : column[i]
}

const unsigneds = {
  ...asNumber,
  get (i) { return missing(this, i) ? null : unsigned(this, i) },
  rowValue (i) { return absent(this[VALID], i) ? null : unsigned(this, i) }
}

const integers = {
  ...asNumber,
  get (i) { return missing(this, i) ? null : integer(this, i) },
  rowValue (i) { return absent(this[VALID], i) ? null : integer(this, i) }
}

const durations = {
  ...asNumber,
  get (i) { return missing(this, i) ? null : this[i] },
  rowValue (i) { return absent(this[VALID], i) ? null : integer(this, i) }
}

const times = {
  ...asNumber,
  get (i) { return missing(this, i) ? null : this[i] },
  // Milliseconds are all that a Date can hold.
  date (i) { return missing(this, i) ? null : new Date(milliseconds(this, i)) },
  rowValue (i) { return absent(this[VALID], i) ? null : new Date(milliseconds(this, i)) }
}

// 2^32 ns are 4294 ms and 967,296 ns: the sums stay below 2^53.
function milliseconds (column, i) {
  const words = wordsOf(column)
  const high = words[2 * i + 1]
  return high * 4294 + Math.floor((high * 967296 + (words[2 * i] >>> 0)) / 1e6)
}

const IntColumn = share(class IntColumn extends BigInt64Array {}, integers)
const UintColumn = share(class UintColumn extends BigUint64Array {}, unsigneds)
const DurationColumn = share(class DurationColumn extends BigInt64Array {}, durations)
const TimestampColumn = share(class TimestampColumn extends BigInt64Array {}, times)
const FloatColumn = share(class FloatColumn extends Float64Array {}, {
  ...asNumber,
  get (i) { return missing(this, i) ? null : this[i] },
  rowValue (i) { return absent(this[VALID], i) ? null : this[i] }
})

// Columns whose values are no elements of a typed array.
class Values {
  constructor (memory, field, info) {
    define(this, memory, field, info)
  }

  get length () { return this[INFO].length }

  get (i) {
    this[MEMORY].check()
    return missing(this, i) ? null : this.read(i)
  }

  rowValue (i) { return absent(this[VALID], i) ? null : this.read(i) }

  at (i) {
    i = i < 0 ? this.length + i : i
    return i >= 0 && i < this.length ? this.get(i) : undefined
  }

  * [Symbol.iterator] () {
    for (let i = 0; i < this.length; i++) yield this.get(i)
  }

  [Symbol.for('nodejs.util.inspect.custom')] (depth, options, inspect) {
    const rest = this.length > 20 ? `, ... ${this.length - 20} more` : ''
    const values = Array.from({ length: Math.min(this.length, 20) }, (_, i) => inspect(this.get(i), options)).join(', ')
    return `${this.constructor.name}(${this.length}) [ ${values}${rest} ]`
  }
}
share(Values)

class BoolColumn extends Values {
  #bits = this[MEMORY].array(Uint8Array, this[INFO].data, Math.ceil(this.length / 8))

  read (i) { return (this.#bits[i >> 3] >> (i & 7) & 1) === 1 }
}

// Texts as views of 16 bytes: length, then either up to twelve bytes or the first four, the number of a buffer and an offset.
class TextColumn extends Values {
  #views = this[MEMORY].array(Int32Array, this[INFO].data, this.length * 4)
  #inline = Buffer.from(this.#views.buffer, this.#views.byteOffset, this.#views.byteLength)
  #buffers = null

  get dictionary () { return null }
  get indices () { return null }

  read (i) {
    const at = i * 4
    const length = this.#views[at]
    return length <= 12 ? words.get(this.#views, this.#inline, at) : this.buffers[this.#views[at + 2]].slice(this.#views[at + 3], length)
  }

  // A copy of the bytes of row i, null for null.
  bytes (i) {
    this[MEMORY].check()
    if (missing(this, i)) return null
    const at = i * 4
    const length = this.#views[at]
    const [from, start] = length <= 12 ? [this.#inline, at * 4 + 4] : [this.buffers[this.#views[at + 2]].bytes, this.#views[at + 3]]
    return Buffer.from(from.subarray(start, start + length))
  }

  get buffers () {
    this.#buffers ??= this[MEMORY].buffers
    return this.#buffers
  }
}

class BytesColumn extends TextColumn {
  read (i) { return this.bytes(i) }
}

// Few distinct texts: int32 indices into a dictionary.
class DictionaryColumn extends Values {
  #indices
  #texts

  constructor (memory, field, info) {
    super(memory, field, info)
    this.#indices = memory.array(Int32Array, info.data, info.length)
    this.#texts = dictionary(memory, info)
  }

  get dictionary () { return [...this.#texts] }

  // One index per row over the batch's memory; 0 for null.
  get indices () { return this[MEMORY].array(Int32Array, this[INFO].data, this.length, true) }

  read (i) { return this.#texts[this.#indices[i]] }

  bytes (i) {
    const text = this.get(i)
    return text === null ? null : Buffer.from(text)
  }
}

function dictionary (memory, info) {
  if (info.texts === 0) return []
  const offsets = memory.array(Int32Array, info.textOffsets, info.texts + 1)
  const bytes = memory.bytes(info.textBytes, offsets[info.texts])
  return Array.from({ length: info.texts }, (_, i) => bytes.utf8Slice(offsets[i], offsets[i + 1]))
}

// Lists and maps: where the elements of each row stand among those of all rows.
class NestedColumn extends Values {
  #ends = this[MEMORY].array(Int32Array, this[INFO].offsets, this.length + 1)
  #inner = this.#columns(false)
  #children = null

  #columns (exposed) {
    return innerFields(this.type).map((field, k) => makeInner(this[MEMORY], field, this[INFO].children[k], exposed))
  }

  // Where the elements of each row stand among the children, over the memory of the batch: one more than rows.
  get offsets () { return this[MEMORY].array(Int32Array, this[INFO].offsets, this.length + 1, true) }

  // The elements of all rows as columns: those of a list; the keys and the values of a map.
  get children () {
    this[MEMORY].check()
    this.#children ??= this.#columns(true)
    return this.#children
  }

  read (i) { return this.gather(this.#ends[i], this.#ends[i + 1], this.#inner, (column, k) => column.get(k)) }

  rowValue (i) {
    if (absent(this[VALID], i)) return null
    return this.gather(this.#ends[i], this.#ends[i + 1], this.#inner, (column, k) => column.rowValue(k))
  }
}

class ListColumn extends NestedColumn {
  gather (start, end, [items], value) {
    const list = new Array(end - start)
    for (let k = start; k < end; k++) list[k - start] = value(items, k)
    return list
  }
}

class MapColumn extends NestedColumn {
  gather (start, end, [keys, values], value) {
    const map = {}
    for (let k = start; k < end; k++) setKey(map, keys.rowValue(k), value(values, k))
    return map
  }
}

function define (column, memory, field, info) {
  const valid = info.validity === 0 ? null : memory.array(Uint8Array, info.validity, Math.ceil(info.length / 8))
  Object.defineProperties(column, { [FIELD]: { value: field }, [INFO]: { value: info }, [VALID]: { value: valid }, [MEMORY]: { value: memory } })
  return column
}

const ARRAYS = {
  [TYPE.INT]: IntColumn,
  [TYPE.UINT]: UintColumn,
  [TYPE.FLOAT]: FloatColumn,
  [TYPE.TIMESTAMP]: TimestampColumn,
  [TYPE.DURATION]: DurationColumn
}

// exposed: the column goes to the user, who may use it as long as he likes.
function makeColumn (memory, i, exposed) {
  return makeInner(memory, memory.fields[i], memory.columns[i], exposed)
}

function makeInner (memory, field, info, exposed) {
  const Array = ARRAYS[info.type]
  if (Array) return define(memory.array(Array, info.data, info.length, exposed), memory, field, info)
  if (info.dictionary) return new DictionaryColumn(memory, field, info)
  if (info.type === TYPE.BOOL) return new BoolColumn(memory, field, info)
  if (info.type === TYPE.LIST) return new ListColumn(memory, field, info)
  if (info.type === TYPE.MAP) return new MapColumn(memory, field, info)
  return info.type === TYPE.BYTES ? new BytesColumn(memory, field, info) : new TextColumn(memory, field, info)
}

module.exports = { makeColumn, IntColumn, UintColumn, FloatColumn, TimestampColumn, DurationColumn, BoolColumn, TextColumn, BytesColumn, DictionaryColumn, ListColumn, MapColumn }
