// Loaded before all else (NODE_OPTIONS=--require), in processes and in their threads: writes down each
// database that is opened, each statement that is run, and how many rows it gives, one line each, into
// BENCH_STATEMENTS/<process>-<thread>. It stands around the addon of better-sqlite3, wherever that is
// loaded from, so that nothing of the product has to know.
'use strict'
const { appendFileSync } = require('node:fs')
const { basename, join } = require('node:path')
const { syncBuiltinESMExports } = require('node:module')
const threads = require('node:worker_threads')

const folder = process.env.BENCH_STATEMENTS
const note = (entry) => {
  appendFileSync(join(folder, `${process.pid}-${threads.threadId}`), `${JSON.stringify(entry)}\n`)
}

/** Rows that a statement gives are counted, not kept. */
function watchRows(statement, file) {
  for (const method of ['all', 'get']) {
    const read = statement[method]
    if (typeof read !== 'function') continue
    statement[method] = function (...values) {
      const result = read.apply(this, values)
      const rows =
        Array.isArray(result) && method === 'all' ? result.length : Number(result !== undefined)
      note({ file, rows })
      return result
    }
  }
  return statement
}

/** The addon's class, with `verbose` always set: it is called with each statement that runs. */
function watched(Database) {
  const { prepare } = Database.prototype
  const files = new WeakMap()
  Database.prototype.prepare = function (...args) {
    const statement = prepare.apply(this, args)
    const file = files.get(this)
    return file === undefined ? statement : watchRows(statement, file)
  }
  return new Proxy(Database, {
    construct(target, [path, given, anonymous, readonly, exists, timeout, _verbose, ...rest], as) {
      const file = basename(path)
      const verbose = anonymous ? null : (sql) => note({ file, sql })
      const args = [path, given, anonymous, readonly, exists, timeout, verbose, ...rest]
      const made = Reflect.construct(target, args, as)
      if (anonymous) return made
      files.set(made, file)
      note({ file, open: true })
      return made
    },
  })
}

/** Threads that are started without our environment get this all the same. */
class HookedWorker extends threads.Worker {
  constructor(program, { env = process.env, execArgv = process.execArgv, ...options } = {}) {
    super(program, {
      ...options,
      env: typeof env === 'symbol' ? env : { ...env, BENCH_STATEMENTS: folder },
      execArgv: [...execArgv, '--require', __filename],
    })
  }
}

if (folder !== undefined) {
  threads.Worker = HookedWorker
  syncBuiltinESMExports()
  const { dlopen } = process
  process.dlopen = function (module, ...rest) {
    dlopen.call(this, module, ...rest)
    const { Database } = module.exports
    if (typeof Database !== 'function') return
    // The addon is shared by all that load it in this process: it is wrapped for each of them.
    module.exports = { ...module.exports, Database: watched(Database) }
  }
}
