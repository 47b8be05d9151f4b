'use strict'
// Shows what a log file is and its first rows: node show.js FILE [ROWS]. The last line says how fast it was read.
const sawlog = require('../../bindings/node') // elsewhere: require('sawlog')

const WIDTH = 118
const CELL = 24

async function main (path = 'examples/data/access.log', rows = '5') {
  rows = Number(rows)
  let rejects = rows
  let first = true
  const begin = process.hrtime.bigint()
  const reader = sawlog.open(path)
  if (rows) console.log(`${path}: ${(await reader.info()).format}`)
  for await (const batch of reader) {
    if (rows && first) table(batch, Math.min(rows, batch.length))
    first = false
    for (const reject of rejects ? batch.rejects : []) {
      if (rejects-- > 0) console.log(`line ${reject.line} is no record (${reject.fault}): ${fit(String(reject.raw))}`)
    }
    batch.free()
  }
  const seconds = Number(process.hrtime.bigint() - begin) / 1e9
  const stats = reader.stats
  const size = Number(stats.bytesOut) / 1e6
  const pad = (value, width) => String(value).padStart(width)
  const speed = size > 10 ? ` ${pad((size / seconds).toFixed(0), 8)} MB/s` : '' // of less it would say how long the start takes
  console.log(`Node.js  ${pad(stats.records, 9)} rows ${pad(stats.rejects, 7)} rejects ${pad(size.toFixed(1), 9)} MB in ${pad(seconds.toFixed(3), 6)} s${speed}`)
}

// Prints the first rows: the columns that have a value there, as many as fit on a line.
function table (batch, rows) {
  let lines = new Array(rows + 1).fill('')
  let used = 0
  const more = []
  for (const name of batch.columns) {
    const column = batch.column(name)
    const cells = [fit(name)]
    for (let row = 0; row < rows; row++) cells.push(fit(text(column, row)))
    const longest = Math.max(...cells.map(cell => [...cell].length))
    if (used + longest > WIDTH || cells.slice(1).every(cell => cell === 'null')) {
      more.push(name)
      continue
    }
    used += longest + 2
    lines = lines.map((line, i) => line + cells[i] + ' '.repeat(longest + 2 - [...cells[i]].length))
  }
  for (const line of lines) console.log(line.trimEnd())
  if (more.length) console.log('more columns:', more.join(' '))
}

function text (column, row) {
  if (column.isNull(row)) return 'null'
  if (column.type === 'timestamp') return column.date(row).toISOString()
  if (column.type === 'float') return column.get(row).toFixed(3)
  return String(column.get(row))
}

// Blanks control characters and cuts a text to the width of a cell.
function fit (value) {
  const characters = [...value.replace(/[\x00-\x1f\x7f]/g, ' ')] // eslint-disable-line no-control-regex
  return characters.length <= CELL ? characters.join('') : characters.slice(0, CELL - 1).join('') + '…'
}

main(...process.argv.slice(2))
