'use strict'

// This folder is the only place that knows the packages that call C. A driver is
//   name     "koffi" or "ffi-napi"
//   call     the functions of table.js, by name
//   start    the same on a thread of the pool, as promises; their memory arguments must be kept alive by the caller
//   view     (address, size): a Uint8Array over foreign memory, without copying
//   address  (memory): where a Buffer or typed array lies
//   string   (address, size): UTF-8 text at an address, copied
// SAWLOG_FFI chooses one of them; without it koffi is tried first, then ffi-napi.

const table = require('./table')

const drivers = ['koffi', 'ffi-napi']

exports.open = function open (path, wanted = process.env.SAWLOG_FFI) {
  if (wanted && !drivers.includes(wanted)) throw new Error(`sawlog: SAWLOG_FFI is "${wanted}"; it can be ${drivers.join(' or ')}`)
  const missing = []
  for (const name of wanted ? [wanted] : drivers) {
    try {
      require.resolve(name)
    } catch {
      missing.push(name)
      continue
    }
    return require('./' + name).open(path, table)
  }
  throw new Error(`sawlog: the package ${missing.join(' or ')} is not installed, so no C library can be called: npm install ${missing[0]}`)
}
