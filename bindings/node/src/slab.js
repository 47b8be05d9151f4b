'use strict'

// Small pieces of memory that C is shown. They lie many to an ArrayBuffer, because a driver may have to ask the system's memory for the address
// of each one; none is used again, and they go with the last of their neighbours.

const SLAB = 1 << 16
const LINE = 64 // two pieces never share a line of the processor's cache

let slab = null
let used = SLAB

// A Buffer of zeroes.
function alloc (size) {
  if (size > SLAB / 4) return Buffer.from(new ArrayBuffer(size))
  if (used + size > SLAB) {
    slab = new ArrayBuffer(SLAB)
    used = 0
  }
  const piece = Buffer.from(slab, used, size)
  used += Math.ceil(size / LINE) * LINE
  return piece
}

module.exports = { alloc }
