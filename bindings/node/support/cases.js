'use strict'

// The cases that all languages share: those under lib/testdata/cases, and the samples of every built-in format.

const fs = require('node:fs')
const path = require('node:path')

const LIB = path.join(__dirname, '../../../lib')

function names (folder, ending) {
  const place = path.join(LIB, folder)
  return fs.existsSync(place) ? fs.readdirSync(place).filter(name => name.endsWith(ending)).sort() : []
}

// { subject: [{ name, definition, input, rows, rejects }] }
function sharedCases () {
  const read = name => JSON.parse(fs.readFileSync(path.join(LIB, 'testdata/cases', name), 'utf8'))
  return names('testdata/cases', '.json').map(name => ({ subject: path.basename(name, '.json'), cases: read(name) }))
}

// [{ format, definition, samples: [{ input, row, fault }] }]. A file is a definition, then lines and the row or the fault that they must give.
function formatSamples () {
  return names('formats', '.fmt').map(name => {
    const [head, ...blocks] = fs.readFileSync(path.join(LIB, 'formats', name), 'utf8').split('\n\n')
    const year = JSON.parse(head).sample_year
    const lines = blocks.map(block => block.replace(/\n+$/, '').split('\n').filter(line => !line.startsWith('#> ')))
    const samples = lines.filter(([first]) => first !== '').map(lines => {
      const verdict = lines.pop()
      const input = lines.join('\n')
      return verdict.startsWith('=> ') ? { input, row: JSON.parse(verdict.slice(3)) } : { input, fault: verdict.split(' ')[1] }
    })
    const format = path.basename(name, '.fmt')
    return { format, definition: year ? { format, year } : format, samples }
  })
}

module.exports = { sharedCases, formatSamples }
