'use strict'

// What parser.parseRow gives: a row whose values are made when they are asked for. Each schema has a class of its own with a getter for each
// column; a column that is called like one of the methods below hides it.

const { isObject } = require('./json')

const OBJECT = Symbol('object')
const NAMES = Symbol('names')

let packedOf

class LazyRow {
  #packed // private, so that it is no property which a spread would copy

  constructor (packed) { this.#packed = packed }

  static { packedOf = row => row.#packed }

  // The value of a column, undefined where there is none of that name.
  get (name) { return this[NAMES].includes(name) ? this[name] : undefined }

  // All of the row as an object.
  toObject () { return this[OBJECT](this.#packed) }

  // The same with texts for integers that JSON.stringify refuses.
  toJSON () { return withoutBigInts(LazyRow.prototype.toObject.call(this)) }

  [Symbol.for('nodejs.util.inspect.custom')] (depth, options, inspect) {
    return `Row ${inspect(LazyRow.prototype.toObject.call(this), options)}`
  }
}

function withoutBigInts (value) {
  if (typeof value === 'bigint') return String(value)
  if (Array.isArray(value)) return value.map(withoutBigInts)
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutBigInts(inner)])) : value
}

// A row that is an object already: where the columns of a line are not known before it, or nest.
class ObjectRow extends LazyRow {
  constructor (object) {
    super(null)
    for (const name of Object.keys(object)) Object.defineProperty(this, name, { value: object[name], enumerable: true, configurable: true, writable: true })
    Object.defineProperty(this, OBJECT, { value: () => object })
  }

  get (name) { return Object.hasOwn(this, name) ? this[name] : undefined }
}

// The class of a schema's rows. columns read what is packed; object makes all of it.
function rowClass (names, columns, object) {
  class Row extends LazyRow {}
  Object.defineProperty(Row.prototype, NAMES, { value: names })
  Object.defineProperty(Row.prototype, OBJECT, { value: object })
  names.forEach((name, i) => {
    const column = columns[i]
    Object.defineProperty(Row.prototype, name, { get () { return column.rowValue(packedOf(this)) }, enumerable: true, configurable: true })
  })
  return Row
}

module.exports = { ObjectRow, rowClass }
