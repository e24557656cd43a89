import { appendFileSync, statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { errorMessage, isNanoclawError, NanoclawError } from '@nanoclaw/schema'

/** What a command ends with. */
export const exitCodes = {
  ok: 0,
  /** Something went wrong; a sentence on standard error says what. */
  failed: 1,
  /** The command line is not understood. */
  usage: 2,
  /** No daemon runs on this home. */
  notRunning: 3,
  /** A daemon runs, and something needs attention. */
  incidentsOpen: 4,
} as const

/** Ends a command with this code and sentence. */
export class CommandFailure extends Error {
  readonly exitCode: number
  readonly code: string

  constructor(exitCode: number, code: string, message: string) {
    super(message)
    this.name = 'CommandFailure'
    this.exitCode = exitCode
    this.code = code
  }
}

/** What is said about a failure: a sentence, a code for programs, the exit code. */
export interface FailureReport {
  readonly exitCode: number
  readonly code: string
  readonly message: string
}

/**
 * Makes of anything that was thrown what the person at the keyboard reads. What nobody expected
 * goes with its stack into the log, whose path is named; never to the screen.
 */
export function describeFailure(error: unknown, logFile?: string): FailureReport {
  if (error instanceof CommandFailure) return error
  const known = fullDisk(error, logFile) ?? explainSystemError(error)
  if (isNanoclawError(known)) {
    return { exitCode: exitCodes.failed, code: known.code, message: known.message }
  }
  const what = oneLine(errorMessage(error))
  const where = logFile === undefined ? '' : recordStack(error, logFile)
  return {
    exitCode: exitCodes.failed,
    code: 'unexpected',
    message: `something went wrong that should not: ${what}${where}`,
  }
}

const nearlyFullBytes = 256 * 1024

/** SQLite says "disk I/O error" where its shared memory cannot grow: a full disk, in fact. */
function fullDisk(error: unknown, logFile: string | undefined): NanoclawError | undefined {
  if (!isNanoclawError(error) || error.code !== 'io' || logFile === undefined) return undefined
  const code: unknown = error.cause instanceof Error ? Reflect.get(error.cause, 'code') : undefined
  if (typeof code !== 'string' || !code.startsWith('SQLITE_IOERR')) return undefined
  const folder = dirname(logFile)
  try {
    const { bavail, bsize } = statfsSync(folder)
    if (bavail * bsize >= nearlyFullBytes) return undefined
  } catch {
    return undefined
  }
  const message = `no space left on the disk that holds ${folder}; free some and retry`
  return new NanoclawError('disk-full', message, { cause: error })
}

function recordStack(error: unknown, logFile: string): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const entry = { level: 60, time: new Date().toISOString(), msg: 'unexpected error', stack }
  try {
    appendFileSync(logFile, `${JSON.stringify(entry)}\n`, { mode: 0o600 })
    return `; the details are in ${logFile}`
  } catch (failure) {
    return `; the details could not be written to ${logFile} (${oneLine(errorMessage(failure))})`
  }
}

const systemReasons: Readonly<Record<string, string>> = {
  EACCES: 'this user may not use it; check its owner and its rights',
  EPERM: 'this user may not use it; check its owner and its rights',
  EROFS: 'it is on a read-only file system; choose another place',
  EEXIST: 'something that is no folder stands there; move it away, or choose another place',
  ENOTDIR: 'something on its path is no folder; choose another place',
  ENOENT: 'it is not there and cannot be made',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'its name is too long; choose a shorter one',
  EMFILE: 'too many files are open; raise the limit (ulimit -n)',
  ENFILE: 'too many files are open on this machine',
}

/** The operating system's errors about files, in words; everything else as it is. */
export function explainSystemError(error: unknown): unknown {
  if (!(error instanceof Error) || isNanoclawError(error)) return error
  const code: unknown = Reflect.get(error, 'code')
  const path: unknown = Reflect.get(error, 'path')
  if (typeof code !== 'string') return error
  const place = typeof path === 'string' ? path : 'a file'
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    const where = typeof path === 'string' ? ` to write ${path}` : ''
    const message = `no space left on the disk${where}; free some and retry`
    return new NanoclawError('disk-full', message, { cause: error })
  }
  const reason = systemReasons[code]
  if (reason === undefined || typeof path !== 'string') return error
  return new NanoclawError('io', `${place} cannot be used: ${reason}`, { cause: error })
}

/** Text that may hold line breaks or control characters, for one line on a screen. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').trim()
}
