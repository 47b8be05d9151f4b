'use strict'

// The driver for koffi. See index.js for what a driver is.

const TYPES = { handle: 'uintptr_t', memory: 'void *', text: 'const char *', i32: 'int32_t', u32: 'uint32_t', i64: 'int64_t', size: 'size_t', void: 'void' }

// On Windows a library does not show what it uses of C's.
function filler (koffi, library) {
  const memcpy = (process.platform === 'win32' ? koffi.load('msvcrt.dll') : library).func('memcpy', 'uintptr_t', ['void *', 'uintptr_t', 'size_t'])
  return (bytes, address) => { memcpy(bytes, address, bytes.length) }
}

// koffi refuses more calls at once than 256. Those beyond wait here, as they would for a thread of the pool, which has fewer.
const MOST = 128
let running = 0
const later = []

function startLimited (f, parameters) {
  return new Promise((resolve, reject) => {
    const run = () => {
      f.async(...parameters, (error, result) => {
        running--
        later.shift()?.()
        error ? reject(error) : resolve(result)
      })
      running++
    }
    running < MOST ? run() : later.push(run)
  })
}

exports.open = function open (path, table) {
  const koffi = require('koffi')
  const library = koffi.load(path)
  const call = {}
  const start = {}
  for (const [name, [result, ...parameters]] of Object.entries(table)) {
    const f = library.func(name, TYPES[result], parameters.map(type => TYPES[type]))
    call[name] = f
    start[name] = (...parameters) => startLimited(f, parameters)
  }
  return {
    name: 'koffi',
    call,
    start,
    view: (address, size) => new Uint8Array(koffi.view(BigInt(address), size)),
    fill: filler(koffi, library),
    address: memory => Number(koffi.address(memory)),
    string: (address, size) => koffi.decode.string(BigInt(address), size)
  }
}
