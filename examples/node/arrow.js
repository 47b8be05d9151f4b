'use strict'
// Hands a batch to apache-arrow, without copying the numbers. batch.toIPC() gives the bytes of an Arrow stream without that package.
const sawlog = require('../../bindings/node') // elsewhere: require('sawlog')

async function main (path = 'examples/data/access.log') {
  for await (const batch of sawlog.open(path, { columns: ['method', 'status', 'bytes'] })) {
    const table = batch.toArrow()
    console.log(table.numRows, 'rows,', table.numCols, 'columns')
    for (const field of table.schema.fields) console.log(field.name, String(field.type))
  }
}

main(...process.argv.slice(2))
