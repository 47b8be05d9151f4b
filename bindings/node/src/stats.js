'use strict'

// What a reader has done so far.

const { call } = require('./library')
const { int64At } = require('./native')
const { alloc } = require('./slab')
const { check, errorBuffer, faultName } = require('./errors')

const STATS_SIZE = 208
const STATS = alloc(STATS_SIZE)

function emptyStats () {
  return { sourcesDone: 0, bytesIn: 0, bytesOut: 0, bytesTotal: 0, lines: 0, records: 0, continuations: 0, rejects: 0, filtered: 0, rejectsByFault: {}, seconds: 0 }
}

function readStats (reader) {
  STATS.fill(0).writeUInt32LE(STATS_SIZE)
  check(call.sawlog_reader_stats(reader, STATS), errorBuffer())
  const rejectsByFault = {}
  for (let fault = 1; fault < 16; fault++) {
    const count = int64At(STATS, 64 + 8 * fault)
    if (count > 0) rejectsByFault[faultName(fault)] = count
  }
  return {
    sourcesDone: STATS.readInt32LE(4),
    bytesIn: int64At(STATS, 8),
    bytesOut: int64At(STATS, 16),
    bytesTotal: int64At(STATS, 24),
    lines: int64At(STATS, 32),
    records: int64At(STATS, 40),
    continuations: int64At(STATS, 48),
    rejects: int64At(STATS, 56),
    filtered: int64At(STATS, 200),
    rejectsByFault,
    seconds: int64At(STATS, 192) / 1e9
  }
}

module.exports = { emptyStats, readStats }
