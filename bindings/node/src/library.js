'use strict'

// Finds and loads the shared library: SAWLOG_LIBRARY, else the package for this platform, else the build of the checkout.

const fs = require('node:fs')
const path = require('node:path')
const ffi = require('../ffi')

const ABI_VERSION = 1
const MUSL = 'sawlog: Go shared libraries cannot be loaded into musl processes such as those of Alpine (golang/go#54805). Use an image with ' +
  'glibc, such as node:22-slim, or start Node.js with LD_PRELOAD set to a musl build of libsawlog.so.1.'
const FILES = { linux: 'libsawlog.so.1', darwin: 'libsawlog.1.dylib', win32: 'sawlog.dll' }

// Go's shared libraries cannot be loaded into a running musl process; one that is there already (LD_PRELOAD) works.
function isMusl (report = systemReport()) {
  if (!report || report.header.glibcVersionRuntime) return false
  return (report.sharedObjects ?? []).some(file => /libc\.musl-|ld-musl-/.test(file))
}

function systemReport () {
  if (process.platform !== 'linux' || !process.report) return null
  process.report.excludeNetwork = true // no look-ups of names
  return process.report.getReport()
}

function findLibrary (platform = process.platform, arch = process.arch, environment = process.env) {
  if (environment.SAWLOG_LIBRARY) return environment.SAWLOG_LIBRARY
  const file = FILES[platform]
  if (!file) throw new Error(`sawlog: there is no library for ${platform} ${arch}; set SAWLOG_LIBRARY to the path of one that you built`)
  const name = `@sawlog/${platform}-${arch}`
  try {
    return unpacked(require.resolve(`${name}/${file}`), name)
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND' && error.code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') throw error
  }
  const built = path.join(__dirname, '../../../build/lib', file)
  if (fs.existsSync(built)) return built
  throw new Error(`sawlog: the package ${name} is not installed. Either this platform is not supported, or the installation left out optional ` +
    'dependencies (--no-optional, --omit=optional), or node_modules came from another platform. In a checkout: ./build.sh lib. ' +
    'SAWLOG_LIBRARY can name the path of a library.')
}

function unpacked (file, name) {
  if (/\.zip[\\/]/.test(file)) {
    throw new Error(`sawlog: Yarn Plug'n'Play keeps ${name} zipped; add "dependenciesMeta": {"${name}": {"unplugged": true}} to package.json`)
  }
  return file
}

function load (file, report) {
  if (!fs.existsSync(file)) throw new Error(`sawlog: there is no library at ${file}`)
  let driver
  try {
    driver = ffi.open(file)
  } catch (error) {
    throw isMusl(report) ? new Error(MUSL, { cause: error }) : error
  }
  const abi = driver.call.sawlog_abi_version()
  if (abi < ABI_VERSION) {
    throw new Error(`sawlog: ${file} is too old: its ABI has the number ${abi}, this package needs ${ABI_VERSION}`)
  }
  return driver
}

const file = findLibrary()

module.exports = { ...load(file), path: file, load, isMusl, findLibrary }
