'use strict'
// What the Node.js programs under measurement have in common: see package report in examples/bench.
const fs = require('node:fs')

// What is added up over the typed values. Times are milliseconds.
class Sums {
  constructor (check) {
    this.terms = check.split(' ').filter(Boolean).map(term => {
      const [op, column, value] = term.split(':')
      return { op, column, value }
    })
    this.rows = this.rejects = 0
    this.totals = this.terms.map(() => 0)
    this.first = Infinity
    this.last = -Infinity
  }

  span (ms) {
    if (ms < this.first) this.first = ms
    if (ms > this.last) this.last = ms
  }

  text () {
    const parts = [`rows=${this.rows} rejects=${this.rejects}`]
    this.terms.forEach(({ op }, i) => {
      if (op !== 'span') parts.push(String(Math.round(this.totals[i])))
      else if (this.first <= this.last) parts.push(`span=${this.first}-${this.last}`)
    })
    return parts.join(' ')
  }
}

const WARM_UP = 0.25 // seconds for which a program works on the small input

const now = () => Number(process.hrtime.bigint()) / 1e9

// A line of /proc/self/status in KiB; 0 where there is none.
function memory (key) {
  try {
    return Number(fs.readFileSync('/proc/self/status', 'utf8').match(new RegExp(key + ':\\s+(\\d+)'))[1])
  } catch {
    return 0
  }
}

// contenders: { name, program, cases, twice, missing, work: async ({ file, threads, definition, sums, time }) }, time(work) being around the work.
async function main (contenders) {
  const [command, wanted, name, file, threads, definition, check, small] = process.argv.slice(2)
  if (command === 'list') {
    for (const { work, ...entry } of contenders) console.log(JSON.stringify(entry))
    return
  }
  const { work } = contenders.find(one => one.program === wanted)
  const run = { name, threads: Number(threads), definition: JSON.parse(definition) }
  let base
  for (const begun = now(); base === undefined || now() - begun < WARM_UP;) {
    const first = await measure(work, { ...run, file: small }, check)
    base ??= first.base_kb
  }
  console.log(JSON.stringify({ ...await measure(work, { ...run, file }, check), base_kb: base }))
}

async function measure (work, run, check) {
  const sums = new Sums(check)
  const result = {}
  const time = async work => {
    result.base_kb = memory('VmRSS')
    const begin = now()
    const used = process.cpuUsage()
    await work()
    result.seconds = now() - begin
    const { user, system } = process.cpuUsage(used)
    result.cpu = (user + system) / 1e6
    result.peak_kb = memory('VmHWM')
  }
  await work({ ...run, sums, time })
  return { rows: sums.rows, rejects: sums.rejects, check: sums.text(), ...result }
}

module.exports = { main }
