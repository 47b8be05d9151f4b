'use strict'

// What these hold is the user's own: names of fields and patterns are not respelled.
const USERS_OWN = new Set(['fields', 'rename', 'patterns'])

// A definition or options as the library reads them: a name, JSON text, or an object whose camelCase keys become snake_case.
function toText (definition) {
  if (typeof definition === 'string') return definition
  if (!isPlain(definition)) throw new TypeError(`a definition is the name of a format or an object, not ${kind(definition)}`)
  return JSON.stringify(respelled(definition))
}

function plainOptions (options = {}) {
  if (!isPlain(options)) throw new TypeError(`options are an object, not ${kind(options)}`)
  return options
}

function isPlain (value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function kind (value) {
  return value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`
}

function respelled (value) {
  if (Array.isArray(value)) return value.map(respelled)
  if (value instanceof RegExp) return regexpText(value)
  if (typeof value !== 'object' || value === null || typeof value.toJSON === 'function') return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [snake(key), USERS_OWN.has(key) ? inner : respelled(inner)]))
}

function snake (key) {
  return key.replace(/[A-Z]/g, letter => '_' + letter.toLowerCase())
}

function regexpText (regexp) {
  const flags = regexp.flags.replace(/[^ims]/g, '')
  return flags ? `(?${flags})${regexp.source}` : regexp.source
}

module.exports = { toText, plainOptions }
