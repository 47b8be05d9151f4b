'use strict'
// Counts the statuses of an access log: node count.js FILE
const sawlog = require('../../bindings/node') // elsewhere: require('sawlog')

async function main (path = 'examples/data/access.log') {
  const counts = {}
  // no format is named: it is detected; compressed files are read as they are
  for await (const batch of sawlog.open(path)) {
    for (const status of batch.column('status').toArray()) { // the column itself has 0 where there is none
      if (status !== null) counts[status] = (counts[status] ?? 0) + 1
    }
    batch.free() // at once; the garbage collector would do it later
  }
  for (const status in counts) console.log(status, String(counts[status]).padStart(6))
}

main(...process.argv.slice(2))
