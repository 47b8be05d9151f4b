import { test } from 'node:test'
import assert from 'node:assert'
import { createRequire } from 'node:module'
import sawlog, * as names from '../index.mjs'

const common = createRequire(import.meta.url)('..')

test('import and require give the same', () => {
  assert.strictEqual(sawlog, common)
  assert.deepStrictEqual(Object.keys(names).filter(name => name !== 'default').sort(), Object.keys(common).sort())
  for (const name of Object.keys(common)) assert.strictEqual(names[name], common[name])
})
