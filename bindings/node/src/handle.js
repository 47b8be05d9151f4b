'use strict'

const { call } = require('./library')

// What is not freed by hand is freed by the garbage collector, some time. The held values never refer to the object itself.
const registry = new FinalizationRegistry(({ address, free, gone }) => {
  call[free](address)
  gone?.()
})

const FREE = Object.fromEntries(['parser', 'stream', 'reader', 'batch', 'templates'].map(kind => [kind, `sawlog_${kind}_free`]))

// Owns one object of the library. It stays while calls on other threads use it: free() then waits for the last of them.
class Handle {
  #address
  #free
  #kind
  #users = 0
  #freed = false

  constructor (kind, address) {
    this.#address = address
    this.#kind = kind
    this.#free = FREE[kind]
    registry.register(this, { address, free: this.#free, gone: this.constructor.gone }, this)
  }

  get address () {
    if (this.#freed) throw new Error(`this ${this.#kind} was freed`)
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
    registry.unregister(this)
    call[this.#free](address)
    this.constructor.gone?.()
  }
}

module.exports = { Handle, dispose: Symbol.dispose ?? Symbol.for('nodejs.dispose'), asyncDispose: Symbol.asyncDispose ?? Symbol.for('nodejs.asyncDispose') }
