'use strict'

// What can be opened, as the library is told it.

const { fileURLToPath } = require('node:url')
const { utf8, checkSignal } = require('./native')
const { toText, plainOptions, kind } = require('./options')

// The call that opens a source: its name and its arguments between the parser and the result. details are for its errors.
function request (source, options) {
  const [name, ...where] = input(source)
  const { signal, ...rest } = plainOptions(options)
  checkSignal(signal)
  const text = utf8(toText(rest))
  return { name, parameters: [...where, text, text.length], details: typeof source === 'string' ? { path: source } : {}, signal, threads: rest.threads }
}

// What an input is to the library: the name of the call and its arguments.
function input (source) {
  if (source instanceof URL || Buffer.isBuffer(source)) return path(source instanceof URL ? fileURLToPath(source) : source)
  if (typeof source === 'string') return path(source)
  if (Array.isArray(source)) return path(JSON.stringify(source.map(pathInList)))
  // Also one that has a descriptor by now: what it has read already would be missing.
  if (typeof source?.pipe === 'function') throw new TypeError('a stream is not opened but piped: readable.pipe(parser.stream())')
  const fd = typeof source === 'number' ? source : source?.fd
  if (Number.isInteger(fd) && fd >= 0) return ['sawlog_open_fd', fd, 0]
  throw new TypeError('the source must be a path, a list of paths, a URL of a file, a file descriptor or a FileHandle')
}

// Lists travel as JSON, in which every path is text.
function pathInList (one, i) {
  const text = one instanceof URL ? fileURLToPath(one) : Buffer.isBuffer(one) ? one.toString() : one
  if (typeof text !== 'string') throw new TypeError(`source ${i} of the list is ${kind(one)}; it must be a path or a URL of a file`)
  if (Buffer.isBuffer(one) && !Buffer.from(text).equals(one)) throw new TypeError(`source ${i} of the list is not UTF-8: open it by itself`)
  return text
}

function path (source) {
  const bytes = Buffer.from(source)
  return ['sawlog_open_path', bytes, bytes.length]
}

module.exports = { request }
