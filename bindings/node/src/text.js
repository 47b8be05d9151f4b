'use strict'

const { isAscii } = require('node:buffer')

const WINDOW = 16384
const BEFORE = 256

// One buffer of UTF-8 that texts are cut out of. ASCII is decoded a window of lines at a time, from which the texts are substrings: they
// share its memory, so a text that is kept holds on to at most that much.
class Text {
  #window = null // null where the window is not ASCII, so that bytes are not characters
  #start = 0
  #end = 0

  constructor (bytes) {
    this.bytes = bytes
  }

  slice (at, length) {
    const end = at + length
    if (at < this.#start || end > this.#end) this.#move(at, end)
    return this.#window === null ? this.bytes.utf8Slice(at, end) : this.#window.substring(at - this.#start, end - this.#start)
  }

  // The window to a text outside it. A step to somewhere else: no window until the next one is near.
  #move (at, end) {
    const near = at >= this.#start - WINDOW && at <= this.#end + WINDOW
    this.#start = near ? Math.max(0, at - BEFORE) : at
    this.#end = near ? Math.min(this.bytes.length, end + WINDOW) : end
    this.#window = near && onlyAscii(this.bytes.subarray(this.#start, this.#end)) ? this.bytes.latin1Slice(this.#start, this.#end) : null
  }
}

function onlyAscii (bytes) {
  return isAscii ? isAscii(bytes) : bytes.utf8Slice(0, bytes.length).length === bytes.length && !/[^\0-\x7f]/.test(bytes.latin1Slice(0, bytes.length))
}

// Texts of up to twelve bytes stand in their views. The latest of them are kept: the same words come again and again.
const SLOTS = 512

class Words {
  #keys = new Int32Array(SLOTS * 4)
  #texts = new Array(SLOTS).fill('')

  // The text of the view at index at of views (four 32-bit words), whose bytes are given too.
  get (views, bytes, at) {
    const n = views[at]
    const a = views[at + 1]
    const b = views[at + 2]
    const c = views[at + 3]
    const slot = (Math.imul(a ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35) ^ n, 0x9e3779b1) >>> 23)
    const key = slot * 4
    const keys = this.#keys
    if (keys[key] === n && keys[key + 1] === a && keys[key + 2] === b && keys[key + 3] === c) return this.#texts[slot]
    const start = at * 4 + 4
    const text = ((a | b | c) & 0x80808080) === 0 ? bytes.latin1Slice(start, start + n) : bytes.utf8Slice(start, start + n)
    keys[key] = n
    keys[key + 1] = a
    keys[key + 2] = b
    keys[key + 3] = c
    this.#texts[slot] = text
    return text
  }
}

module.exports = { Text, words: new Words() }
