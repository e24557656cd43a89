import { fstatSync, lstatSync, readlinkSync, realpathSync, type BigIntStats } from 'node:fs'
import { basename, join } from 'node:path'
import type { SessionLayout } from '@nanoclaw/schema/untrusted'
import { descriptorFolder, lowestFreeDescriptor, openDescriptors } from './descriptors.ts'
import { Violation } from './violation.ts'

const mebibyte = 2 ** 20

/**
 * The names SQLite may open for one database, and the largest each may be, in bytes. The sum
 * bounds what a read can be made to load; a runner's own checkpoints keep `-wal` near 4 MiB.
 */
const files = [
  { suffix: '', cap: BigInt(1024 * mebibyte) },
  { suffix: '-wal', cap: BigInt(256 * mebibyte) },
  { suffix: '-shm', cap: BigInt(16 * mebibyte) },
  { suffix: '-journal', cap: BigInt(256 * mebibyte) },
] as const

/** The index, in {@link files}, of those that SQLite holds open as long as it reads a log. */
const heldInWalMode = [0, 1, 2]

/** What was found under the four names, in their order; undefined where there was no file. */
export type SeenFiles = readonly (BigIntStats | undefined)[]

function soundFile(path: string, cap: bigint): BigIntStats | undefined {
  const found = lstatSync(path, { bigint: true, throwIfNoEntry: false })
  if (found === undefined) return undefined
  const name = basename(path)
  if (!found.isFile()) throw new Violation(`${name} is not a regular file`)
  if (found.nlink !== 1n) throw new Violation(`${name} has ${found.nlink} links, expected 1`)
  if (found.size > cap) {
    throw new Violation(`${name} is ${found.size} bytes long, at most ${cap} are read`)
  }
  return found
}

/** Looks at all four names without opening any: a FIFO would hang, a link lead elsewhere. */
export function lookAtFiles(session: Pick<SessionLayout, 'outbound' | 'outboundDb'>): SeenFiles {
  const folder = lstatSync(session.outbound, { throwIfNoEntry: false })
  if (folder?.isDirectory() !== true) throw new Violation('there is no outbound folder')
  const seen = files.map(({ suffix, cap }) => soundFile(session.outboundDb + suffix, cap))
  if (seen[0] === undefined) throw new Violation(`${basename(session.outboundDb)} is missing`)
  return seen
}

/** Whether two looks found the very same file, or none both times. Sizes may differ. */
export function sameFile(one: BigIntStats | undefined, other: BigIntStats | undefined): boolean {
  return one?.ino === other?.ino && one?.dev === other?.dev
}

/** Whether two looks found the very same files. */
export function sameFiles(one: SeenFiles, other: SeenFiles): boolean {
  return one.every((before, index) => sameFile(before, other[index]))
}

/** By index in {@link files}: the descriptors that SQLite holds. */
export type HeldDescriptors = readonly number[]

function isHeld(descriptor: number, seen: BigIntStats | undefined): boolean {
  const now = fstatSync(descriptor, { bigint: true })
  return now.isFile() && sameFile(seen, now)
}

/** Whether each of these is the file that was looked at. */
export function holds(held: HeldDescriptors, seen: SeenFiles): boolean {
  return held.every((descriptor, index) => isHeld(descriptor, seen[index]))
}

/** What is looked at once more after reading and before COMMIT, while SQLite holds its files open. */
export interface DescriptorCheck {
  /**
   * Throws {@link Violation} unless what is open is what was looked at. The descriptors that SQLite
   * will hold from now on and open no other, or undefined when it does not read a log.
   */
  check(seen: SeenFiles): HeldDescriptors | undefined
}

function exchanged(name: string): Violation {
  return new Violation(`${name} was exchanged while it was being read`)
}

/**
 * For a file that is about to be opened: whatever is open after reading that was not before must be
 * this session's and the very files that were looked at, the database among them. A check before
 * opening alone loses the race against a swap.
 */
export function checkOpening(session: SessionLayout): DescriptorCheck | undefined {
  const before = openDescriptors()
  if (before === undefined) return undefined
  const name = basename(session.outboundDb)
  const base = join(realpathSync.native(session.outbound), name)
  return {
    check: (seen) => {
      const held = new Map<number, number>()
      for (const descriptor of openDescriptors() ?? []) {
        // Nothing that was open before is closed in between: a number in both is the same file.
        if (before.has(descriptor)) continue
        const path = readlinkSync(join(descriptorFolder, descriptor))
        const index = files.findIndex(({ suffix }) => base + suffix === path)
        if (index === -1) {
          throw new Violation(`opening outbound.db led to another file, ${basename(path)}`)
        }
        const opened = fstatSync(Number(descriptor), { bigint: true })
        const known = seen[index] === undefined || sameFile(seen[index], opened)
        if (!known || !opened.isFile() || opened.nlink !== 1n) throw exchanged(basename(path))
        held.set(index, Number(descriptor))
      }
      if (!held.has(0)) throw exchanged(name)
      const descriptors = heldInWalMode.map((index) => held.get(index))
      const all = descriptors.filter((descriptor) => descriptor !== undefined)
      return all.length === descriptors.length && held.size === all.length ? all : undefined
    },
  }
}

/**
 * For a connection that holds its three files open, and so has no reason to open any: nothing more
 * may be open than before, and each of the three must be what was looked at.
 */
export function checkHolding(held: HeldDescriptors): DescriptorCheck {
  const lowestFree = lowestFreeDescriptor()
  return {
    check: (seen) => {
      if (lowestFreeDescriptor() !== lowestFree) {
        throw new Violation('reading outbound.db opened another file')
      }
      for (const [index, descriptor] of held.entries()) {
        if (isHeld(descriptor, seen[index])) continue
        throw exchanged(`outbound.db${files[index]?.suffix ?? ''}`)
      }
      return held
    },
  }
}
