'use strict'

const { call, view, live } = require('./library')

// What is not freed by hand is freed by the garbage collector, some time. The held values never refer to the object itself.
const registry = new FinalizationRegistry(({ address, kind }) => freed(address, kind))

const KINDS = ['parser', 'stream', 'reader', 'batch', 'templates']
const FREE = Object.fromEntries(KINDS.map(kind => [kind, `sawlog_${kind}_free`]))

function freed (address, kind) {
  alive[kind]--
  call[FREE[kind]](address)
}

// How many there are that are not freed. Where there are many, the program leaves them to the garbage collector, which must feel how large
// they are: it sees some hundred bytes of each, and would let gigabytes and open files pile up.
const alive = Object.fromEntries(KINDS.map(kind => [kind, 0]))
const FEW = 8

// What one takes outside of the JavaScript heap, about. Of a batch that is known: see memory.js.
const WEIGHT = { parser: 1 << 17, stream: 1 << 16, reader: 1 << 22, templates: 1 << 19 }

const crowded = kind => live && alive[kind] > FEW

// Owns one object of the library. It stays while calls on other threads use it: free() then waits for the last of them.
class Handle {
  #address
  #kind
  #users = 0
  #freed = false
  #weight = null

  constructor (kind, address) {
    this.#address = address
    this.#kind = kind
    alive[kind]++
    if (kind in WEIGHT && crowded(kind)) this.#weight = view(address, WEIGHT[kind]) // V8 counts it with so many bytes; nobody reads it
    registry.register(this, { address, kind }, this)
  }

  get address () {
    if (this.#freed) throw new Error(this.#kind === 'templates' ? 'these templates were freed' : `this ${this.#kind} was freed`)
    return this.#address
  }

  get freed () { return this.#freed }

  // Runs work, during which the object stays.
  async use (work) {
    const address = this.address
    this.#users++
    try {
      return await work(address)
    } finally {
      this.#users--
      this.#release()
    }
  }

  free () {
    this.#freed = true
    this.#release()
  }

  #release () {
    if (!this.#freed || this.#users > 0 || this.#address === 0) return
    const address = this.#address
    this.#address = 0
    this.#weight = null
    registry.unregister(this)
    freed(address, this.#kind)
  }
}

module.exports = { Handle, crowded, dispose: Symbol.dispose ?? Symbol.for('nodejs.dispose'), asyncDispose: Symbol.asyncDispose ?? Symbol.for('nodejs.asyncDispose') }
