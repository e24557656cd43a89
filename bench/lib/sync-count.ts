import { execFile } from 'node:child_process'
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const source = join(import.meta.dirname, '../native/syncs.c')

/** As `names` of `syncs.c` has them. */
const files = [
  'inbound.db',
  'inbound.db-wal',
  'outbound.db',
  'outbound.db-wal',
  'central.db',
  'central.db-wal',
  'other files',
] as const

/** What a tree of processes has asked of the disk so far. */
export interface DiskCounts {
  readonly syncs: Readonly<Record<string, number>>
  readonly opens: Readonly<Record<string, number>>
}

/** The counters of one tree of processes, which is to be started with `env`. */
export interface SyncCount {
  readonly env: Readonly<Record<string, string>>
  /** Each sync takes so much longer, from now on. */
  setDelay(ms: number): void
  close(): void
}

function bytes(): Buffer {
  return Buffer.alloc(8 * (1 + 2 * files.length))
}

function counts(all: Buffer): DiskCounts {
  const from = (first: number): Record<string, number> =>
    Object.fromEntries(
      files.map((name, index) => [name, Number(all.readBigInt64LE(8 * (first + index)))]),
    )
  return { syncs: from(1), opens: from(1 + files.length) }
}

/** What is in the counters, at the path that `BENCH_SYNCS` says. */
export function readDiskCounts(path: string): DiskCounts {
  return counts(readFileSync(path))
}

/**
 * Builds the library and makes its counters in a folder. Undefined where there is no C compiler, and
 * elsewhere than on Linux.
 */
export async function countSyncs(folder: string): Promise<SyncCount | undefined> {
  if (process.platform !== 'linux') return undefined
  const library = join(folder, 'syncs.so')
  try {
    await run('cc', ['-O1', '-fPIC', '-shared', '-o', library, source, '-ldl'])
  } catch {
    return undefined
  }
  const path = join(folder, 'syncs')
  const file = openSync(path, 'w+')
  writeSync(file, bytes())
  return {
    env: { LD_PRELOAD: library, BENCH_SYNCS: path },
    setDelay(ms) {
      const value = Buffer.alloc(8)
      value.writeBigInt64LE(BigInt(ms))
      writeSync(file, value, 0, 8, 0)
    },
    close: () => closeSync(file),
  }
}
