'use strict'

const { parseJSON, setKey, merge } = require('./json')

// How rows are made from the columns of a schema. Made once for a schema and used for all its batches.
class Plan {
  constructor (text) {
    this.fields = JSON.parse(text)
    this.names = this.fields.map(field => field.name)
    this.index = new Map(this.names.map((name, i) => [name, i]))
    this.overflow = this.fields.findIndex(field => field.overflow)
    this.flat = this.overflow < 0 && this.fields.every(field => !field.path || field.path.length === 1)
    this.keys = this.fields.map(field => field.path?.[0] ?? field.name)
    this.template = {}
    for (const key of this.keys) setKey(this.template, key, null)
    this.plain = this.flat && !this.keys.includes('__proto__')
    this.tree = this.flat ? null : tree(this.fields)
  }

  // Row i, given a column (or nothing, for those left out) for each field.
  row (columns, i) {
    if (this.tree !== null) return this.nested(columns, i)
    const row = { ...this.template }
    const keys = this.keys
    if (this.plain) for (let c = 0; c < keys.length; c++) row[keys[c]] = columns[c].rowValue(i)
    else for (let c = 0; c < keys.length; c++) setKey(row, keys[c], columns[c].rowValue(i))
    return row
  }

  nested (columns, i) {
    const row = branch(this.tree, columns, i).object
    const more = this.overflow < 0 ? null : columns[this.overflow].rowValue(i)
    if (more !== null) merge(row, parseJSON(more))
    return row
  }
}

// The fields by their paths: a leaf is the number of a column, a branch a map.
function tree (fields) {
  const root = new Map()
  fields.forEach((field, i) => {
    if (field.overflow) return
    const path = field.path ?? [field.name]
    let at = root
    for (const key of path.slice(0, -1)) {
      if (!(at.get(key) instanceof Map)) at.set(key, new Map())
      at = at.get(key)
    }
    at.set(path.at(-1), i)
  })
  return root
}

// An object without the inner ones that hold nothing but nulls.
function branch (node, columns, i) {
  const object = {}
  let empty = true
  for (const [key, child] of node) {
    if (child instanceof Map) {
      const inner = branch(child, columns, i)
      if (inner.empty) continue
      setKey(object, key, inner.object)
      empty = false
    } else {
      const value = columns[child].rowValue(i)
      setKey(object, key, value)
      if (value !== null) empty = false
    }
  }
  return { object, empty }
}

const MOST = 64
const plans = new Map()

function planOf (text) {
  let plan = plans.get(text)
  if (plan === undefined) {
    if (plans.size === MOST) plans.delete(plans.keys().next().value)
    plans.set(text, plan = new Plan(text))
  }
  return plan
}

module.exports = { planOf }
