'use strict'
// Shows the lines that are no records, and why: node rejects.js FILE
const sawlog = require('../../bindings/node') // elsewhere: require('sawlog')

async function main (path = 'examples/data/access.log') {
  const parser = new sawlog.Parser('combined')
  for await (const batch of sawlog.open(path, { format: 'combined' })) {
    for (const reject of batch.rejects) {
      console.log(`line ${reject.line}, byte ${reject.offset}, ${reject.fault}: ${reject.raw}`)
      console.log('  ' + JSON.stringify(parser.explain(reject.raw))) // rebuilt only now: element, column, expected and seen
    }
    batch.free()
  }
}

main(...process.argv.slice(2))
