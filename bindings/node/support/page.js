'use strict'

// README.md as npm shows it, where no other file of the repository is: links to such go there. npm runs this around packing:
// node support/page.js pack, node support/page.js restore.

const fs = require('node:fs')
const path = require('node:path')

const REPOSITORY = 'https://github.com/sawlog/sawlog/blob/HEAD/'
const { directory } = require('../package.json').repository
const PAGE = path.join(__dirname, '../README.md')
const KEPT = path.join(__dirname, 'page.kept') // not beside it: npm packs README.anything

function linked (page) {
  return page.replace(/\]\((?![a-z]+:|#)([^)\s]+)\)/g, (_, link) => {
    const [file, ...anchor] = link.split('#')
    return `](${[REPOSITORY + path.posix.join(directory, file), ...anchor].join('#')})`
  })
}

function pack () {
  if (!fs.existsSync(KEPT)) fs.copyFileSync(PAGE, KEPT) // else the last packing was interrupted: that one is the page
  fs.writeFileSync(PAGE, linked(fs.readFileSync(KEPT, 'utf8')))
}

function restore () {
  if (fs.existsSync(KEPT)) fs.renameSync(KEPT, PAGE)
}

if (require.main === module) ({ pack, restore })[process.argv[2]]()

module.exports = { linked }
