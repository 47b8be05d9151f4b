'use strict'
// Parses a stream as it arrives: tail -F access.log | node follow.js
const sawlog = require('../../bindings/node') // elsewhere: require('sawlog')

async function main () {
  const parser = new sawlog.Parser('combined')
  // a Transform with back-pressure: bytes in, rows out
  for await (const row of process.stdin.pipe(parser.stream({ rows: true }))) {
    if (row.status >= 500) console.log(Number(row.status), row.target)
  }
}

main()
