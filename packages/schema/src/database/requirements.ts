import { NanoclawError } from '../errors.ts'

const minimumNode = [22, 18, 0] as const
/** 3.51.3 mends the WAL-reset bug, which could lose commits. */
const minimumSqlite = [3, 51, 3] as const

function atLeast(version: string, minimum: readonly number[]): boolean {
  const parts = version.split('.').map(Number)
  for (const [index, least] of minimum.entries()) {
    const part = parts[index] ?? 0
    if (part !== least) return part > least
  }
  return true
}

/**
 * Throws `node-too-old` below Node 22.18. To be called before the first database is opened: the
 * native addon ends an older Node by a segmentation fault.
 */
export function assertNodeVersion(version: string): void {
  if (atLeast(version, minimumNode)) return
  throw new NanoclawError(
    'node-too-old',
    `NanoClaw needs Node ${minimumNode.join('.')} or newer, this is ${version}; install a newer Node, or start through npm, which brings its own`,
  )
}

/** Throws `sqlite-too-old` below SQLite 3.51.3. */
export function assertSqliteVersion(version: string): void {
  if (atLeast(version, minimumSqlite)) return
  throw new NanoclawError(
    'sqlite-too-old',
    `NanoClaw needs SQLite ${minimumSqlite.join('.')} or newer, this better-sqlite3 brings ${version}; update better-sqlite3`,
  )
}
