'use strict'

// Small helpers around calls: arguments as memory, results as JavaScript values, flags that cancel.

const { call, string, view, address } = require('./library')
const { alloc } = require('./slab')
const { errorBuffer, check } = require('./errors')

const NONE = Buffer.alloc(0)
const words = memory => new Int32Array(memory.buffer, memory.byteOffset, memory.length / 4)

// Shared by the calls that run on this thread, one after the other.
const error = errorBuffer()
const out = alloc(64)

// The address that a call wrote at byte at of memory.
function addressAt (memory, at = 0) {
  return memory.readUInt32LE(at) + memory.readUInt32LE(at + 4) * 0x100000000
}

function int64At (memory, at) {
  return memory.readUInt32LE(at) + memory.readInt32LE(at + 4) * 0x100000000
}

function utf8 (text) {
  return text ? Buffer.from(text) : NONE
}

// A call that answers with a new object: its address, 0 for none.
function create (name, ...parameters) {
  out.fill(0, 0, 8)
  check(call[name](...parameters, out, error), error)
  return addressAt(out)
}

// A call that answers with a struct sawlog_bytes: its text, or a copy of its bytes.
function textOf (name, ...parameters) {
  return taken(name, parameters, string)
}

function bytesOf (name, ...parameters) {
  return taken(name, parameters, copy)
}

const copy = (data, size) => Buffer.from(view(data, size))

function taken (name, parameters, read) {
  const bytes = out.subarray(0, 24).fill(0)
  check(call[name](...parameters, bytes, error), error)
  return takeBytes(bytes, read)
}

function takeBytes (bytes, read = string) {
  try {
    const size = addressAt(bytes, 8)
    return size === 0 ? read === string ? '' : Buffer.alloc(0) : read(addressAt(bytes), size)
  } finally {
    call.sawlog_bytes_release(bytes)
  }
}

// The flags of work under way. At process.exit all of it is told to stop, so that the exit need not wait for it.
const running = new Set()

process.on('exit', () => {
  for (const flag of running) flag.raise()
})

const CALL_SIZE = 40

// The address of a struct sawlog_call for what this thread does itself: the call comes back when an input has been silent for some
// milliseconds. The memory lives as long as the address does.
const patient = []
function patience (ms) {
  const memory = alloc(CALL_SIZE)
  memory.writeUInt32LE(CALL_SIZE)
  memory.writeInt32LE(ms, 16)
  patient.push(memory)
  return address(memory)
}

// A struct sawlog_call with a flag that cancels. Its memory must be kept while calls use it: close() says that none do any more.
class Flag {
  #flag = words(alloc(64))
  #signal
  #listener = () => this.raise()
  awake = null // what is to be called when it is raised

  constructor ({ signal, copy = false } = {}) {
    checkSignal(signal)
    this.call = alloc(CALL_SIZE)
    this.call.writeUInt32LE(CALL_SIZE)
    this.call.writeUInt32LE(copy ? 1 : 0, 4)
    this.call.writeBigUInt64LE(BigInt(address(this.#flag)), 8)
    this.#signal = signal
    if (signal?.aborted) this.raise()
    signal?.addEventListener('abort', this.#listener, { once: true })
  }

  get raised () { return Atomics.load(this.#flag, 0) !== 0 }

  raise () {
    Atomics.store(this.#flag, 0, 1)
    this.awake?.()
  }

  // How many milliseconds a call waits for input that does not come; 0: for ever.
  set wait (ms) { this.call.writeInt32LE(ms, 16) }

  // While the promise is open, the end of the process raises the flag.
  async during (promise) {
    running.add(this)
    try {
      return await promise
    } finally {
      running.delete(this)
    }
  }

  close () {
    this.#signal?.removeEventListener('abort', this.#listener)
  }
}

function checkSignal (signal) {
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw new TypeError('signal must be an AbortSignal')
}

module.exports = { error, out, addressAt, int64At, utf8, create, textOf, bytesOf, takeBytes, Flag, checkSignal, patience }
