import {
  closeSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  statSync,
  type BigIntStats,
} from 'node:fs'
import { basename, join } from 'node:path'
import type { SessionLayout } from '@nanoclaw/schema/untrusted'
import { Violation } from './violation.ts'

const mebibyte = 2 ** 20

/**
 * The names SQLite may open for one database, and the largest each may be, in bytes. The sum
 * bounds what a read can be made to load; a runner's own checkpoints keep `-wal` near 4 MiB.
 */
const files = [
  { suffix: '', cap: 1024 * mebibyte },
  { suffix: '-wal', cap: 256 * mebibyte },
  { suffix: '-shm', cap: 16 * mebibyte },
  { suffix: '-journal', cap: 256 * mebibyte },
] as const

/** What was found before opening, by absolute path; undefined where there was no file. */
export type SeenFiles = ReadonlyMap<string, BigIntStats | undefined>

function soundFile(path: string, cap: number): BigIntStats | undefined {
  const found = lstatSync(path, { bigint: true, throwIfNoEntry: false })
  if (found === undefined) return undefined
  const name = basename(path)
  if (!found.isFile()) throw new Violation(`${name} is not a regular file`)
  if (found.nlink !== 1n) throw new Violation(`${name} has ${found.nlink} links, expected 1`)
  if (found.size > BigInt(cap)) {
    throw new Violation(`${name} is ${found.size} bytes long, at most ${cap} are read`)
  }
  return found
}

/** Looks at all four names without opening any: a FIFO would hang, a link lead elsewhere. */
export function lookAtFiles(session: SessionLayout): SeenFiles {
  const folder = lstatSync(session.outbound, { throwIfNoEntry: false })
  if (folder?.isDirectory() !== true) throw new Violation('there is no outbound folder')
  const base = join(realpathSync.native(session.outbound), basename(session.outboundDb))
  const seen = new Map(
    files.map(({ suffix, cap }) => [base + suffix, soundFile(base + suffix, cap)]),
  )
  if (seen.get(base) === undefined) throw new Violation(`${basename(base)} is missing`)
  return seen
}

const descriptors = '/proc/self/fd'

/**
 * The open descriptors of this process, by number; undefined where there is no /proc. The listing's
 * own, which is closed by now, is left out: it is the lowest free one, as an open just before tells.
 */
export function openDescriptors(): ReadonlySet<string> | undefined {
  if (process.platform !== 'linux') return undefined
  const lowestFree = openSync('/', 'r')
  closeSync(lowestFree)
  const open = new Set(readdirSync(descriptors))
  open.delete(String(lowestFree))
  return open
}

/** Whether two looks found the very same file, or none both times. Sizes may differ. */
export function sameFile(one: BigIntStats | undefined, other: BigIntStats | undefined): boolean {
  return one?.ino === other?.ino && one?.dev === other?.dev
}

/** Whether two looks found the very same files. */
export function sameFiles(one: SeenFiles, other: SeenFiles): boolean {
  return [...one].every(([path, before]) => sameFile(before, other.get(path)))
}

function checkDescriptor(descriptor: string, path: string, seen: SeenFiles): void {
  const name = basename(path)
  if (!seen.has(path)) throw new Violation(`opening outbound.db led to another file, ${name}`)
  const opened = statSync(join(descriptors, descriptor), { bigint: true })
  const before = seen.get(path)
  const same = before === undefined || (before.dev === opened.dev && before.ino === opened.ino)
  if (!same || !opened.isFile() || opened.nlink !== 1n) {
    throw new Violation(`${name} was exchanged while it was being read`)
  }
}

/**
 * To be asked after reading and before COMMIT, while SQLite holds its files open: whatever has been
 * opened since `before` must be this session's and the very files that were looked at. A check
 * before opening alone loses the race against a swap. The database itself must be among them, unless
 * it was `alreadyOpen`, and checked when it was opened.
 */
export function checkOpened(
  seen: SeenFiles,
  before: ReadonlySet<string> | undefined,
  alreadyOpen: boolean,
): void {
  const now = openDescriptors()
  if (now === undefined || before === undefined) return
  const database = [...seen.keys()][0]
  let found = false
  for (const descriptor of now) {
    // Nothing that was open before is closed in between: a number in both is the same file.
    if (before.has(descriptor)) continue
    const path = readlinkSync(join(descriptors, descriptor))
    checkDescriptor(descriptor, path, seen)
    found ||= path === database
  }
  if (!found && !alreadyOpen)
    throw new Violation('outbound.db was exchanged while it was being read')
}
