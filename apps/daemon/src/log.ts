import { closeSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { errorMessage } from '@nanoclaw/schema'
import { pino, stdSerializers, stdTimeFunctions } from 'pino'
import { explainSystemError, oneLine } from './failure.ts'

/** The daemon's log; fits the `Logger` of core, host and adapters. */
export interface DaemonLog {
  debug(details: object, message: string): void
  info(details: object, message: string): void
  warn(details: object, message: string): void
  error(details: object, message: string): void
  close(): void
}

/** Where and how much to log. */
export interface LogOptions {
  /** Such as `logs/daemon.log`; older ones become `daemon.log.1` to `.3`. */
  readonly path: string
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  /** Takes warnings and errors, one readable line each, for the person who watches. */
  readonly notice: (line: string) => void
  /** A file that has grown past this is put aside. Default 10 MiB. */
  readonly maxBytes?: number
  /** The same message is said aloud once in so many milliseconds. Default 60,000. */
  readonly repeatMs?: number
}

const olderFiles = 3

/**
 * Logs as JSON lines to a file, warnings and errors also in plain words to `notice`. A log that
 * cannot be written stops nothing; that is said once.
 * @throws NanoclawError `io` or `disk-full` when the file cannot be opened at all.
 */
export function createLog(options: LogOptions): DaemonLog {
  const file = createLogFile(options)
  const logger = pino(
    {
      level: options.level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      serializers: { error: stdSerializers.err, err: stdSerializers.err },
      // Nobody ought to log these; a slip must not put what people write onto the disk.
      redact: ['text', 'content', 'token', '*.text', '*.content', '*.token'],
    },
    file,
  )
  const repeats = createRepeats(options.repeatMs ?? 60_000)
  const aloud = (level: 'warn' | 'error') => (details: object, message: string) => {
    logger[level](details, message)
    const before = repeats.count(`${level} ${message}`)
    if (before === undefined) return
    const often = before === 0 ? '' : ` (and ${before} times before)`
    const word = level === 'warn' ? 'warning' : 'error'
    options.notice(`${word}: ${noticeText(details, message)}${often}`)
  }
  return {
    debug: (details, message) => logger.debug(details, message),
    info: (details, message) => logger.info(details, message),
    warn: aloud('warn'),
    error: aloud('error'),
    close: () => file.close(),
  }
}

function createLogFile(options: LogOptions): { write(line: string): void; close(): void } {
  const maxBytes = options.maxBytes ?? 10 * 1024 * 1024
  let opened: OpenLog | undefined = openLog(options.path, maxBytes)
  let broken = false
  return {
    write(line) {
      if (opened === undefined) return
      try {
        if (opened.bytes > maxBytes) {
          closeSync(opened.fd)
          opened = openLog(options.path, maxBytes)
        }
        opened.bytes += writeSync(opened.fd, line)
        broken = false
      } catch (error) {
        if (!broken) options.notice(`warning: the log cannot be written: ${errorMessage(error)}`)
        broken = true
      }
    },
    close() {
      if (opened !== undefined) closeSync(opened.fd)
      opened = undefined
    },
  }
}

interface OpenLog {
  readonly fd: number
  bytes: number
}

function openLog(path: string, maxBytes: number): OpenLog {
  try {
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
    if (size > maxBytes) rotate(path)
    return { fd: openSync(path, 'a', 0o600), bytes: size > maxBytes ? 0 : size }
  } catch (error) {
    throw explainSystemError(error)
  }
}

function rotate(path: string): void {
  rmSync(`${path}.${olderFiles}`, { force: true })
  for (let n = olderFiles - 1; n >= 0; n -= 1) {
    const from = n === 0 ? path : `${path}.${n}`
    if (statSync(from, { throwIfNoEntry: false })) renameSync(from, `${path}.${n + 1}`)
  }
}

const longestNotice = 300
const rememberedNotices = 100

/** Keeps a failure that recurs by the second from filling the screen. */
function createRepeats(everyMs: number) {
  const said = new Map<string, { at: number; kept: number }>()
  return {
    /** How many were kept back since it was last said; undefined: keep this one back, too. */
    count(message: string): number | undefined {
      const now = performance.now()
      const last = said.get(message)
      if (last !== undefined && now - last.at < everyMs) {
        last.kept += 1
        return undefined
      }
      if (said.size >= rememberedNotices) said.clear()
      said.set(message, { at: now, kept: 0 })
      return last?.kept ?? 0
    },
  }
}

/** The message, and the details that are words or numbers, for one line on a screen. */
function noticeText(details: object, message: string): string {
  const shown = Object.entries(details).flatMap(([name, value]: [string, unknown]) => {
    if (name === 'text' || name === 'content' || name === 'token') return []
    if (value instanceof Error) return [`${name}: ${value.message}`]
    const isPlain = typeof value === 'string' || typeof value === 'number'
    return isPlain ? [`${name}: ${value}`] : []
  })
  const all = shown.length === 0 ? message : `${message} (${shown.join(', ')})`
  return oneLine(all).slice(0, longestNotice)
}
