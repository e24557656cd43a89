import { openUntrusted } from '@nanoclaw/schema/untrusted'
import { sameFile, sameFiles, type SeenFiles } from './file-identity.ts'

/** A connection to a file of which nothing is trusted. */
export type Untrusted = ReturnType<typeof openUntrusted>

/** What prepares statements: a connection, or one that prepares each only once. */
export type Statements = Pick<Untrusted, 'prepare'>

/** An open file, the identities it was found to have, and its statements, prepared once. */
export interface OpenFile {
  readonly seen: SeenFiles
  readonly sqlite: Untrusted
  /** As `sqlite.prepare`, the same statement for the same SQL. */
  readonly statements: Statements
}

/** Prepares each statement only once. */
export function prepareOnce(sqlite: Untrusted): Statements {
  const prepared = new Map<string, ReturnType<Untrusted['prepare']>>()
  const prepare = (sql: string): ReturnType<Untrusted['prepare']> => {
    const known = prepared.get(sql)
    if (known !== undefined) return known
    const statement = sqlite.prepare(sql)
    prepared.set(sql, statement)
    return statement
  }
  return { prepare: prepare as Untrusted['prepare'] }
}

/** Opens the file that was looked at. */
export function openFile(path: string, seen: SeenFiles): OpenFile {
  const sqlite = openUntrusted(path)
  return { seen, sqlite, statements: prepareOnce(sqlite) }
}

/**
 * Files that stay open between reads, since opening and preparing is most of what a read costs. A
 * connection stays bound to the inode that was checked when it was opened, so that a name that
 * leads elsewhere later cannot make it read something else; what is not the same any more is
 * opened, and checked, afresh.
 */
export class KeptFiles {
  readonly #most: number
  readonly #files = new Map<string, OpenFile>()

  /** `most`: how many are kept; the one that was used longest ago is closed first. */
  constructor(most: number) {
    this.#most = most
  }

  /**
   * Takes a file out, if it is still what was opened; whoever takes it keeps or closes it.
   * @internal
   */
  take(path: string, seen: SeenFiles): OpenFile | undefined {
    const file = this.#files.get(path)
    if (file === undefined) return undefined
    this.#files.delete(path)
    if (sameFiles(file.seen, seen)) return file
    file.sqlite.close()
    return undefined
  }

  /**
   * Puts a file back after a read that found nothing wrong. False, and then not kept: it is not
   * what stands under its name any more. What the read itself has made (`-wal`, `-shm`) is taken as
   * it stands.
   * @internal
   */
  keep(path: string, file: OpenFile, now: SeenFiles): boolean {
    if (!sameFile(file.seen.get(path), now.get(path))) return false
    this.#files.set(path, { ...file, seen: now })
    for (const [oldest, { sqlite }] of this.#files) {
      if (this.#files.size <= this.#most) break
      this.#files.delete(oldest)
      sqlite.close()
    }
    return true
  }
}
