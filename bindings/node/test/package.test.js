'use strict'

const { test } = require('node:test')
const assert = require('node:assert')
const fs = require('node:fs')
const path = require('node:path')
const zlib = require('node:zlib')
const { spawnSync } = require('node:child_process')
const { folder } = require('../support/samples')
const { linked } = require('../support/page')

const ROOT = path.join(__dirname, '..')
const REPOSITORY = 'https://github.com/sawlog/sawlog/blob/HEAD/'
const links = page => [...page.matchAll(/\]\(([^)#][^)]*)\)/g)].map(([, link]) => link)
const npm = spawnSync('npm', ['--version']).status === 0

test('links of the page', () => {
  assert.strictEqual(linked('[a](../../lib/x.md#y) [b](https://a.org/) [c](#d) [e](bench/)'),
    `[a](${REPOSITORY}lib/x.md#y) [b](https://a.org/) [c](#d) [e](${REPOSITORY}bindings/node/bench/)`)
})

test('the page that npm packs has no link that leads nowhere', { skip: !npm && 'no npm' }, () => {
  const before = fs.readFileSync(path.join(ROOT, 'README.md'), 'utf8')
  const [copy, out] = [folder(), folder()] // a copy, since the page is another one while npm packs
  for (const name of ['package.json', 'README.md', 'support', ...require('../package.json').files]) fs.cpSync(path.join(ROOT, name), path.join(copy, name), { recursive: true })
  const { status, stderr } = spawnSync('npm', ['pack', '--silent', '--pack-destination', out], { cwd: copy })
  assert.strictEqual(status, 0, stderr.toString())
  assert.strictEqual(fs.readFileSync(path.join(copy, 'README.md'), 'utf8'), before)
  const files = unpacked(path.join(out, fs.readdirSync(out)[0]))
  const page = files['package/README.md']
  assert.strictEqual(page, linked(before))
  assert.strictEqual(links(page).length, links(before).length)
  for (const link of links(page)) {
    assert.match(link, /^https:/)
    if (link.startsWith(REPOSITORY)) assert.ok(fs.existsSync(path.join(ROOT, '../..', link.slice(REPOSITORY.length).split('#')[0])), link)
  }
  assert.deepStrictEqual(Object.keys(files).filter(name => /test|support|kept/.test(name)), [])
})

// The texts in a tar.gz, by name.
function unpacked (file) {
  const data = zlib.gunzipSync(fs.readFileSync(file))
  const files = {}
  const field = (at, n) => data.toString('utf8', at, at + n).split('\0')[0]
  for (let at = 0; data[at] !== 0; at += 512) {
    const size = parseInt(field(at + 124, 12), 8)
    files[field(at, 100)] = data.toString('utf8', at + 512, at + 512 + size)
    at += Math.ceil(size / 512) * 512
  }
  return files
}
