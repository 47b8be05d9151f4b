'use strict'

const { only } = require('./options')

const STRINGS = { view: 0, utf8: 1, large_utf8: 2, dictionary: 3 }
const NO_DICTIONARY = 4
const UNITS = { ns: 0, us: 8, ms: 16 }

function arrowFlags (options) {
  const { strings = 'utf8', timeUnit = 'ns', dictionaries = true } = only(options, 'Arrow', ['strings', 'timeUnit', 'dictionaries'])
  if (strings === 'dictionary' && !dictionaries) throw new TypeError('strings is "dictionary" and dictionaries is false; only one can be')
  return choose('strings', STRINGS, strings) | choose('timeUnit', UNITS, timeUnit) | (dictionaries ? 0 : NO_DICTIONARY)
}

function choose (option, values, value) {
  if (!Object.hasOwn(values, value)) throw new TypeError(`${option} is ${JSON.stringify(value)}; it can be ${Object.keys(values).join(', ')}`)
  return values[value]
}

function arrowTable (ipc) {
  return load().tableFromIPC(ipc)
}

function load () {
  try {
    return require('apache-arrow')
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error
    throw new Error('sawlog: toArrow() needs the package apache-arrow: npm install apache-arrow. toIPC() works without it.', { cause: error })
  }
}

module.exports = { arrowFlags, arrowTable }
