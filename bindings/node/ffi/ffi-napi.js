'use strict'

// The driver for ffi-napi (the maintained fork, see README.md). See index.js for what a driver is.

const { createRequire } = require('node:module')
const { isMainThread } = require('node:worker_threads')

// Addresses travel as 64-bit numbers, which are passed like pointers on every 64-bit platform: no Buffer is made for each handle.
const TYPES = { handle: 'uint64', memory: 'uint64', text: 'uint64', i32: 'int32', u32: 'uint32', i64: 'int64', size: 'uint64', void: 'void' }
const HIGH = 0x100000000
const PIECE = 1 << 18

exports.open = function open (path, table) {
  const ffi = require('ffi-napi')
  const near = createRequire(require.resolve('ffi-napi'))
  const ref = refOf(near)
  const { ffi_call: ffiCall } = near('./bindings')
  stay(ffi.DynamicLibrary)
  const library = new ffi.DynamicLibrary(path, ffi.DynamicLibrary.FLAGS.RTLD_NOW)
  const address = addresses(ref)
  const call = {}
  const start = {}
  for (const [name, signature] of Object.entries(table)) {
    const types = signature.map(type => ffi.types[TYPES[type]])
    const pointer = library.get(name)
    call[name] = direct(ffiCall, ffi.CIF(types[0], types.slice(1)), pointer, signature, address)
    start[name] = isMainThread ? pooled(() => ffi.ForeignFunction(pointer, types[0], types.slice(1)), signature, address) : inTurn(call[name])
  }
  const view = viewer(ref)
  const string = (address, size) => view(address, size).utf8Slice(0, size)
  return { name: 'ffi-napi', call, start, view, fill: filler(ffi, ffiCall, library, address), address, string }
}

// When the only thread that has loaded ffi-napi is a worker, its code is unloaded at the worker's end before the last function of it has been
// called. So it is held here.
function stay (DynamicLibrary) {
  if (isMainThread) return
  for (const file of Object.keys(require.cache)) if (/(ffi|ref)-napi.*\.node$/.test(file)) DynamicLibrary(file)
}

function viewer (ref) {
  const where = Buffer.from(new ArrayBuffer(8))
  return (address, size) => {
    where.writeBigUInt64LE(BigInt(address))
    return ref.readPointer(where, 0, size)
  }
}

// On Windows a library does not show what it uses of C's.
function cLibrary (ffi, library) {
  return process.platform === 'win32' ? new ffi.DynamicLibrary('msvcrt.dll') : library
}

// Copies go through memory whose address is known, so that ref-napi need not be asked where theirs lies.
function filler (ffi, ffiCall, library, address) {
  const { uint64 } = ffi.types
  const memcpy = direct(ffiCall, ffi.CIF(uint64, [uint64, uint64, uint64]), cLibrary(ffi, library).get('memcpy'), ['handle', 'handle', 'handle', 'size'], address)
  const piece = new Uint8Array(new ArrayBuffer(PIECE))
  const at = address(piece)
  return (bytes, address) => {
    for (let done = 0; done < bytes.length; done += PIECE) {
      const some = Math.min(PIECE, bytes.length - done)
      memcpy(at, address + done, some)
      bytes.set(some === PIECE ? piece : piece.subarray(0, some), done)
    }
  }
}

// The ref-napi that ffi-napi itself uses: two copies of that module in one process would each keep their own list of buffers.
function refOf (near) {
  try {
    return near('@2060.io/ref-napi')
  } catch {
    return near('ref-napi')
  }
}

// Where memory lies. Asked for once for each ArrayBuffer: ref-napi notes down every Buffer that it is shown.
function addresses (ref) {
  const known = new WeakMap()
  return memory => {
    const { buffer } = memory
    let at = known.get(buffer)
    if (at === undefined) known.set(buffer, at = ref.address(Buffer.from(buffer)))
    return at + memory.byteOffset
  }
}

// A function that is called on this thread. The functions that ffi-napi makes allocate several Buffers a call, which take 10 us and pile
// up until the next turn of the event loop; here arguments and result have memory of their own that is used again.
function direct (ffiCall, cif, pointer, [result, ...types], address) {
  const slots = Buffer.from(new ArrayBuffer(8 * types.length + 8))
  const words = new Int32Array(slots.buffer)
  const places = Buffer.from(new ArrayBuffer(8 * types.length + 8))
  types.forEach((_, i) => places.writeBigUInt64LE(BigInt(address(slots) + 8 * i), 8 * i))
  const answer = Buffer.from(new ArrayBuffer(16))
  const answers = new Int32Array(answer.buffer)
  const held = []
  return (...parameters) => {
    for (let i = 0; i < types.length; i++) {
      const value = numberOf(parameters, i, types[i], address)
      words[2 * i] = value
      words[2 * i + 1] = Math.floor(value / HIGH)
    }
    held[0] = parameters // memory must not be collected while C uses it
    ffiCall(cif, pointer, answer, places)
    held[0] = null
    if (result === 'i32') return answers[0]
    if (result === 'u32') return answers[0] >>> 0
    return answers[1] * HIGH + (answers[0] >>> 0)
  }
}

function numberOf (parameters, i, type, address) {
  if (type === 'text') parameters[i] = Buffer.from(parameters[i])
  const value = parameters[i]
  if (type !== 'memory' && type !== 'text') return value
  return value === null || value.length === 0 ? 0 : address(value)
}

// A function that is called on a thread of the pool.
function pooled (make, [, ...types], address) {
  let f = null
  return (...parameters) => new Promise((resolve, reject) => {
    f ??= make()
    f.async(...types.map((type, i) => numberOf(parameters, i, type, address)), (error, result) => {
      parameters = null // the memory has been kept until here
      error ? reject(error) : resolve(result)
    })
  })
}

// When a worker is terminated during a call on the pool, ffi-napi aborts the whole process: there the call is made on the worker's own thread, in
// a turn of its own.
function inTurn (call) {
  return (...parameters) => new Promise((resolve, reject) => setImmediate(() => {
    try {
      resolve(call(...parameters))
    } catch (error) {
      reject(error)
    }
  }))
}
