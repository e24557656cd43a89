import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Failure } from './say.mjs'

const TAIL = 16_384

/**
 * Runs a helper program: without standard input (it would eat the lines that are piped to us), its
 * output kept for the case that it fails. It is stopped with us.
 * @param {string} command
 * @param {string[]} args
 * @param {{cwd: string, env?: NodeJS.ProcessEnv}} options
 * @returns {Promise<{code: number, tail: string}>} `tail`: the last of what it printed
 */
export function runHelper(command, args, { cwd, env = process.env }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let tail = ''
    /** @param {Buffer} chunk */
    const keep = (chunk) => {
      tail = (tail + chunk.toString('utf8')).slice(-TAIL)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    const release = onStopSignals((signal) => child.kill(signal))
    child.on('error', (error) => {
      release()
      reject(new Failure(`could not run ${command}: ${error.message}`))
    })
    child.on('close', (code, signal) => {
      const stopped = release()
      if (stopped) process.kill(process.pid, stopped)
      else resolve({ code: code ?? (signal ? 1 : 0), tail })
    })
  })
}

/**
 * Runs the program that was asked for with our own standard streams, and ends as it ended.
 * @param {string} command
 * @param {string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv}} [options]
 * @returns {Promise<void>}
 */
export function runTarget(command, args, { cwd, env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: 'inherit' })
    const release = onStopSignals((signal) => {
      // A terminal has already sent Ctrl-C to the whole group.
      if (signal !== 'SIGINT' || !existsControllingTerminal()) child.kill(signal)
    })
    const watch = stopWithParent(() => child.kill('SIGTERM'))
    child.on('error', (error) => {
      release()
      clearInterval(watch)
      reject(new Failure(`could not run ${command}: ${error.message}`))
    })
    child.on('exit', (code, signal) => {
      release()
      clearInterval(watch)
      if (signal) process.kill(process.pid, signal)
      else process.exitCode = code ?? 1
      resolve()
    })
  })
}

/**
 * @param {(signal: NodeJS.Signals) => void} handle
 * @returns {() => NodeJS.Signals | undefined} stops listening; gives the last signal that came
 */
function onStopSignals(handle) {
  /** @type {NodeJS.Signals | undefined} */
  let last
  /** @param {NodeJS.Signals} signal */
  const listener = (signal) => {
    last = signal
    handle(signal)
  }
  /** @type {NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, listener)
  return () => {
    for (const signal of signals) process.off(signal, listener)
    return last
  }
}

/**
 * npm passes a signal on to the shell between it and us, which dies of it without telling us.
 * @param {() => void} stop
 */
function stopWithParent(stop) {
  if (process.env.npm_lifecycle_event === undefined) return undefined
  const parent = process.ppid
  return setInterval(() => {
    if (process.ppid !== parent) stop()
  }, 500)
}

function existsControllingTerminal() {
  try {
    closeSync(openSync('/dev/tty', 'r'))
    return true
  } catch {
    return false
  }
}

/**
 * How to call npm's own programs whatever PATH says: beside the npm that started us, else beside
 * the running Node, else by name.
 * @param {'npm' | 'npx'} name
 * @returns {{command: string, args: string[]}}
 */
export function npmProgram(name) {
  const candidates = [
    process.env.npm_execpath && join(dirname(process.env.npm_execpath), `${name}-cli.js`),
    join(dirname(process.execPath), `../lib/node_modules/npm/bin/${name}-cli.js`),
    join(dirname(process.execPath), `node_modules/npm/bin/${name}-cli.js`),
  ]
  const script = candidates.find((file) => file && existsSync(file))
  return script ? { command: process.execPath, args: [script] } : { command: name, args: [] }
}

const KEPT_NPM_SETTINGS =
  /^npm_config_(.*registry|.*proxy|ca|cafile|strict_ssl|userconfig|globalconfig|cache|store_dir|fetch_.*|prefer_offline|offline)$/i

/**
 * The environment for installing: what `npm run` adds about itself (its log level, its package)
 * must not reach another package manager, and development dependencies are always needed.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {NodeJS.ProcessEnv}
 */
export function cleanEnvironment(env = process.env) {
  return Object.fromEntries(
    Object.entries(env).filter(
      ([name]) => name !== 'NODE_ENV' && (!/^npm_/i.test(name) || KEPT_NPM_SETTINGS.test(name)),
    ),
  )
}
