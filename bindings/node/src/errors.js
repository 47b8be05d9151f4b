'use strict'

const { constants } = require('node:os')
const { call, view } = require('./library')
const { alloc } = require('./slab')

// The beginning of every error that comes out of the library. code is Node's own where there is one (ENOENT), else the name of the status.
class SawlogError extends Error {
  constructor (message, details = {}) {
    super(message)
    const { status = 'SAWLOG_E_INTERNAL', code = status, hint = '', position = null, ...rest } = details
    define(this, { code, status, hint, position, ...rest })
    if (position) define(this, position)
  }
}

// A definition or option that cannot be understood. position points into it.
class FormatError extends SawlogError {}

// Input that cannot be opened, read or decompressed.
class ReadError extends SawlogError {}

// Work that was stopped by an AbortSignal, whose reason is the cause.
class Cancelled extends SawlogError {}

for (const type of [SawlogError, FormatError, ReadError, Cancelled]) {
  Object.defineProperty(type.prototype, 'name', { value: type === Cancelled ? 'AbortError' : type.name, configurable: true, writable: true })
}

function define (error, properties) {
  for (const [key, value] of Object.entries(properties)) {
    Object.defineProperty(error, key, { value, enumerable: value !== null && value !== '', configurable: true, writable: true })
  }
}

const CLASSES = { '-3': FormatError, '-4': FormatError, '-5': FormatError, '-6': ReadError, '-7': ReadError, '-12': ReadError, '-9': Cancelled }

const ERROR_SIZE = 752
const MESSAGE = 32
const HINT = 512

// A struct sawlog_error for one call.
function errorBuffer () {
  const buffer = alloc(ERROR_SIZE)
  buffer.writeUInt32LE(ERROR_SIZE)
  return buffer
}

function text (buffer, start, end) {
  const zero = buffer.indexOf(0, start)
  return buffer.utf8Slice(start, zero < 0 || zero > end ? end : zero)
}

// Reads line by line of the processor's cache, which never reaches into a page that the text does not.
function cString (address) {
  let text = ''
  for (let at = address; ;) {
    const size = 64 - at % 64
    const bytes = view(at, size)
    const end = bytes.indexOf(0)
    text += Buffer.from(bytes.buffer, bytes.byteOffset, end < 0 ? size : end).latin1Slice()
    if (end >= 0) return text
    at += size
  }
}

const statusNames = new Map()

function statusName (status) {
  if (!statusNames.has(status)) statusNames.set(status, cString(call.sawlog_status_name(status)))
  return statusNames.get(status)
}

const faultNames = new Map()

function faultName (fault) {
  if (!faultNames.has(fault)) faultNames.set(fault, cString(call.sawlog_fault_name(fault)))
  return faultNames.get(fault)
}

// The error that a call answered with.
function toError (status, buffer, extra = {}) {
  const name = statusName(status)
  const details = { status: name, code: name, hint: text(buffer, HINT, ERROR_SIZE), ...extra }
  const errno = buffer.readInt32LE(8)
  const line = buffer.readInt32LE(12)
  const offset = Number(buffer.readBigInt64LE(24))
  if (errno > 0) {
    details.code = systemName(errno)
    details.errno = -errno
  }
  const Class = CLASSES[status] ?? SawlogError
  if (Class === FormatError && line > 0) details.position = { offset: Math.max(offset, 0), line, column: buffer.readInt32LE(16) }
  if (Class === ReadError && offset >= 0) details.offset = offset
  return new Class(text(buffer, MESSAGE, HINT) || name, details)
}

// The number is C's, on Windows too, where libuv has others.
function systemName (errno) {
  return Object.keys(constants.errno).find(name => constants.errno[name] === errno) ?? `E${errno}`
}

function check (status, buffer, extra) {
  if (status < 0) throw toError(status, buffer, extra)
}

function cancelled (signal) {
  const error = new Cancelled('the work was cancelled', { status: 'SAWLOG_E_CANCELLED' })
  if (signal) Object.defineProperty(error, 'cause', { value: signal.reason, configurable: true, writable: true })
  return error
}

module.exports = { SawlogError, FormatError, ReadError, Cancelled, errorBuffer, ERROR_SIZE, check, toError, cancelled, faultName, cString }
