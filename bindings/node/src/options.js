'use strict'

const { types } = require('node:util')

const NONE = {}

// What these hold is the user's own: names of fields and patterns are not respelled. Their values may be of JavaScript's own kinds.
const same = value => value
const USERS_OWN = { fields: same, rename: same, constants: same, patterns: textOf, where: condition }

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

// The options of a method, which it looks at itself.
function only (options, method, names) {
  if (options === undefined) return NONE
  for (const name in plainOptions(options)) {
    if (!names.includes(name)) throw new TypeError(`unknown option "${name}": ${method} takes ${names.join(', ')}`)
  }
  return options
}

function isPlain (value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

// What a value of the wrong kind is called.
function kind (value) {
  if (value === null || value === undefined) return String(value)
  return Array.isArray(value) ? 'an array' : typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

function respelled (value) {
  if (Array.isArray(value)) return value.map(respelled)
  if (types.isRegExp(value)) return regexpText(value)
  if (typeof value !== 'object' || value === null || typeof value.toJSON === 'function') return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [snake(key), Object.hasOwn(USERS_OWN, key) ? owned(inner, USERS_OWN[key]) : respelled(inner)]))
}

function owned (names, value) {
  return isPlain(names) ? Object.fromEntries(Object.entries(names).map(([name, inner]) => [name, value(inner)])) : names
}

function textOf (value) {
  return types.isRegExp(value) ? regexpText(value) : value
}

// An expression is a condition by itself; an integer keeps its digits as a text.
function condition (value) {
  if (Array.isArray(value)) return value.map(condition)
  if (types.isRegExp(value)) return `~ ${regexpText(value)}`
  return typeof value === 'bigint' ? String(value) : value
}

function snake (key) {
  return key.replace(/[A-Z]/g, letter => '_' + letter.toLowerCase())
}

function regexpText (regexp) {
  const flags = regexp.flags.replace(/[^ims]/g, '')
  return flags ? `(?${flags})${regexp.source}` : regexp.source
}

module.exports = { toText, plainOptions, only, kind }
