'use strict'

const { parseJSON, setKey } = require('./json')

// What is inside a list or map, by its type: the fields of its elements, or of its keys and values.
function innerFields (type) {
  if (type.startsWith('list<')) return [{ name: 'item', type: type.slice(5, -1) }]
  if (type.startsWith('map<')) return [{ name: 'key', type: 'string' }, { name: 'value', type: type.slice(11, -1) }]
  return []
}

// A list or map that the library wrote as JSON, as a row shows it.
function fromJSON (text, type) {
  return reviver(type)(parseJSON(text))
}

const revivers = new Map()

function reviver (type) {
  let revive = revivers.get(type)
  if (revive === undefined) revivers.set(type, revive = makeReviver(type))
  return revive
}

function makeReviver (type) {
  const inner = innerFields(type)
  if (inner.length === 0) return LEAVES[type] ?? (value => value)
  const one = reviver(inner.at(-1).type)
  const some = value => value === null ? null : one(value)
  if (inner.length === 1) return list => list.map(some)
  return map => {
    for (const key of Object.keys(map)) setKey(map, key, some(map[key]))
    return map
  }
}

const LEAVES = {
  float: Number, // 17 digits look like an integer that a number cannot hold
  timestamp: text => new Date(text.replace(/(\.\d{3})\d+/, '$1')) // cut, not rounded
}

module.exports = { innerFields, fromJSON }
