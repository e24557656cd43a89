import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One change of a file since its last sync, as `../library/data.c` records it. */
export interface Change {
  /** `kept` is more of what the resize before it took away. */
  readonly kind: 'written' | 'resized' | 'kept'
  readonly offset: number
  /** How many bytes were written; the new size for `resized`. */
  readonly length: number
  /** Of the file before. */
  readonly size: number
  /** What stood at `offset` before. */
  readonly before: Buffer
}

/** One change of a name in a folder since its last sync, as `../library/names.c` records it. */
export interface Renaming {
  /** The same for both ends of a rename. */
  readonly operation: bigint
  /** The inode that had the name; 0: none. */
  readonly before: number
  readonly after: number
  readonly name: string
}

/** Records by the inode that they are about. */
export type Records<T> = ReadonlyMap<number, readonly T[]>

interface Cursor {
  number(): number
  long(): bigint
  bytes(length: number): Buffer
}

const kinds = ['written', 'resized', 'kept'] as const

function readChange(from: Cursor): Change {
  const kind = kinds[from.number()]
  if (kind === undefined) throw new Error('expected a record of a change, got another one')
  const [offset, length, size] = [from.number(), from.number(), from.number()]
  return { kind, offset, length, size, before: from.bytes(from.number()) }
}

function readRenaming(from: Cursor): Renaming {
  const operation = from.long()
  const [before, after] = [from.number(), from.number()]
  return { operation, before, after, name: from.bytes(from.number()).toString() }
}

/** The records of one file: a number says how many bytes of what follows count. */
function readRecords<T>(file: string, readOne: (from: Cursor) => T): T[] {
  const bytes = readFileSync(file)
  const end = bytes.length < 8 ? 0 : 8 + Number(bytes.readBigUInt64LE())
  let at = 8
  const take = (length: number): number => (at += length) - length
  const long = (): bigint => bytes.readBigUInt64LE(take(8))
  const from: Cursor = {
    long,
    number: () => Number(long()),
    bytes(length) {
      const start = take(length)
      return bytes.subarray(start, start + length)
    },
  }
  const records: T[] = []
  while (at < end) records.push(readOne(from))
  return records
}

function readFolder<T>(folder: string, readOne: (from: Cursor) => T): Records<T> {
  const inodes = readdirSync(folder).filter((name) => name !== '0')
  return new Map(inodes.map((name) => [Number(name), readRecords(join(folder, name), readOne)]))
}

/** All that has not been synced. */
export function readState(state: string): {
  readonly data: Records<Change>
  readonly names: Records<Renaming>
} {
  return {
    data: readFolder(join(state, 'data'), readChange),
    names: readFolder(join(state, 'names'), readRenaming),
  }
}
