'use strict'

// This folder is the only place that knows the packages that call C. A driver is
//   name     "koffi" or "ffi-napi"
//   call     the functions of table.js, by name
//   start    the same on a thread of the pool, as promises; their memory arguments must be kept alive by the caller
//   view     (address, size): a Uint8Array over foreign memory, without copying
//   fill     (bytes, address): fills a Uint8Array with a copy of foreign memory
//   address  (memory): where a Buffer or typed array lies
//   string   (address, size): UTF-8 text at an address, copied
// SAWLOG_FFI chooses one of them; without it koffi is tried first, then ffi-napi.

const { isMainThread } = require('node:worker_threads')
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
    const driver = require('./' + name).open(path, table)
    return isMainThread ? { ...driver, live: true } : copying(driver)
  }
  throw new Error(`sawlog: the package ${missing.join(' or ')} is not installed, so no C library can be called: npm install ${missing[0]}`)
}

// A worker can be terminated at any moment, and Node-API then refuses to make what a view needs, upon which both packages abort the whole
// process. So there a view is a copy, which shows what was there when it was made (live is false); a copy needs nothing of Node-API.
function copying (driver) {
  const view = (address, size) => {
    const bytes = Buffer.from(new ArrayBuffer(size))
    driver.fill(bytes, address)
    return bytes
  }
  return { ...driver, live: false, view, string: (address, size) => view(address, size).utf8Slice(0, size) }
}
