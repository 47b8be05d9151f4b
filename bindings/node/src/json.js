'use strict'

// JSON of logs: integers beyond 2^53 must not lose digits, and keys may be anything.

const STRINGS_AND_NUMBERS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

// Like JSON.parse, but integers that a number cannot hold go through big (BigInt, String).
function parseJSON (text, big = BigInt) {
  if (!/\d{16}/.test(text)) return JSON.parse(text)
  const values = []
  const marked = text.replace(STRINGS_AND_NUMBERS, token => {
    if (!/^-?\d{16,}$/.test(token) || Number.isSafeInteger(Number(token))) return token
    return `{"\\u0000sawlog":${values.push(token) - 1}}`
  })
  if (values.length === 0) return JSON.parse(text)
  return JSON.parse(marked, (key, value) => {
    const at = value !== null && typeof value === 'object' ? value['\0sawlog'] : undefined
    return at === undefined || Object.keys(value).length !== 1 ? value : big(values[at])
  })
}

// Sets a key of a row. "__proto__" is a key like any other.
function setKey (object, key, value) {
  if (key === '__proto__') Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
  else object[key] = value
}

function isObject (value) {
  return value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype
}

// Merges the objects of the overflow column into a row. What is already there and is no null stays only where both are objects.
function merge (row, more) {
  for (const key of Object.keys(more)) {
    const own = Object.hasOwn(row, key) ? row[key] : null
    if (isObject(own) && isObject(more[key])) merge(own, more[key])
    else setKey(row, key, more[key])
  }
}

module.exports = { parseJSON, setKey, isObject, merge }
