'use strict'

// Threads of Node.js' pool are few (four, unless UV_THREADPOOL_SIZE says otherwise), and all that is done with files, names of hosts and
// compression needs them. So calls whose input is silent wait in turns, on half of them.

const SEATS = Math.max(1, (Number(process.env.UV_THREADPOOL_SIZE) || 4) >> 1)
const ROUND_MS = 200 // in which each has its turn
const LEAST_MS = 5 // where there are very many a round takes longer

let taken = 0
const standing = []

// The result of wait(ms), a call that waits for so long, when its turn has come. When the flag is raised before, nothing is waited for.
async function inTurn (flag, wait) {
  const seated = taken < SEATS ? ++taken > 0 : await turn(flag)
  if (!seated) return wait(LEAST_MS)
  try {
    return await wait(Math.max(LEAST_MS, Math.floor(ROUND_MS * SEATS / (SEATS + standing.length))))
  } finally {
    if (standing.length > 0) standing.shift()(true)
    else taken--
  }
}

// true: somebody has left a thread to this one. false: the flag was raised.
function turn (flag) {
  return new Promise(resolve => {
    const called = seated => {
      flag.awake = null
      resolve(seated)
    }
    standing.push(called)
    flag.awake = () => {
      standing.splice(standing.indexOf(called), 1)
      called(false)
    }
  })
}

module.exports = { inTurn }
