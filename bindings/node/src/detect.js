'use strict'

const { utf8, textOf } = require('./native')
const { toText, plainOptions, only } = require('./options')
const { asBytes } = require('./parser')
const { ReadError } = require('./errors')
const { fileURLToPath } = require('node:url')

// What a text looks like, with the evidence.
class Detection {
  constructor ({ format, confidence, definition, candidates }) {
    this.format = format
    this.confidence = confidence
    this.definition = definition
    this.candidates = candidates ?? []
  }

  // The evidence in words: a line for each candidate that fits some line of the sample, or for all.
  explain (options) {
    const { all = false } = only(options, 'explain', ['all'])
    const shown = this.candidates.filter(({ matched }) => all || matched > 0)
    const lines = shown.map(({ format, confidence, matched, lines, why }) =>
      `  ${format}: ${matched} of ${lines} lines, confidence ${confidence.toFixed(2)}${why ? `: ${why}` : ''}`)
    if (shown.length < this.candidates.length) lines.push(`  ${this.candidates.length - shown.length} more formats: no line fits`)
    return [this.confidence > 0 ? `${this.format}, confidence ${this.confidence.toFixed(2)}` : 'no format fits', ...lines].join('\n')
  }

  toString () { return this.explain() }
}

// source: bytes, or text of at least one whole line; else the path (or URL) of a file, whose beginning is read.
function detect (source, options) {
  const text = utf8(toText(plainOptions(options)))
  const isPath = source instanceof URL || (typeof source === 'string' && !source.includes('\n'))
  const bytes = isPath ? utf8(source instanceof URL ? fileURLToPath(source) : source) : asBytes(source)
  try {
    return new Detection(JSON.parse(textOf(isPath ? 'sawlog_detect_path' : 'sawlog_detect', bytes, bytes.length, text, text.length)))
  } catch (error) {
    if (error instanceof ReadError && typeof source === 'string') error.hint ||= 'text without a line ending is taken for a path: give a line its ending, or a Buffer'
    throw error
  }
}

// Every built-in format, or the one with a name: { name, title, url, fields, sample, definition }.
function formats (name) {
  if (name === undefined) return JSON.parse(textOf('sawlog_formats_json'))
  const text = utf8(String(name))
  return JSON.parse(textOf('sawlog_format_describe', text, text.length))
}

module.exports = { Detection, detect, formats }
