'use strict'

// sawlog: log text to typed columns. The page for users is README.md, the types are in index.d.ts.

const library = require('./src/library')
const { SawlogError, FormatError, ReadError, Cancelled, cString } = require('./src/errors')
const { Parser } = require('./src/parser')
const { Batch, toIPC, toArrow } = require('./src/batch')
const { Reader, open } = require('./src/reader')
const { SyncReader, openSync } = require('./src/sync')
const { ParserStream } = require('./src/stream')
const { Detection, detect, formats } = require('./src/detect')
const { Templates } = require('./src/templates')

module.exports = {
  open: (source, options) => open(source, options),
  openSync: (source, options) => openSync(source, options),
  Parser,
  detect,
  formats,
  toArrow,
  toIPC,
  Batch,
  Reader,
  SyncReader,
  ParserStream,
  Templates,
  Detection,
  SawlogError,
  FormatError,
  ReadError,
  Cancelled,
  version: cString(library.call.sawlog_version()),
  driver: library.name,
  libraryPath: library.path
}
