import { openUntrusted, type OutboundSchema } from '@nanoclaw/schema/untrusted'
import {
  holds,
  sameFile,
  sameFiles,
  type HeldDescriptors,
  type SeenFiles,
} from './file-identity.ts'
import { createSchemaCheck, type SchemaCheck } from './schema-check.ts'
import { prepareOnce, type Statements, type Untrusted } from './statements.ts'

/** An open file, the identities it was found to have, and its statements, prepared once. */
export interface OpenFile {
  readonly seen: SeenFiles
  readonly sqlite: Untrusted
  readonly statements: Statements
  readonly schema: SchemaCheck
  /** The descriptors that SQLite holds and reads from, where that is known. */
  readonly held?: HeldDescriptors | undefined
}

/** A connection that is open, with its statements. */
export function openedFile(
  sqlite: Untrusted,
  seen: SeenFiles,
  schemas: readonly OutboundSchema[],
): OpenFile {
  const statements = prepareOnce(sqlite)
  return { seen, sqlite, statements, schema: createSchemaCheck(statements, schemas) }
}

/** Opens the file that was looked at. */
export function openFile(
  path: string,
  seen: SeenFiles,
  schemas: readonly OutboundSchema[],
): OpenFile {
  return openedFile(openUntrusted(path), seen, schemas)
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

  /** Closes a file, if it is kept: its disk space is free once its name is gone as well. */
  forget(path: string): void {
    const file = this.#files.get(path)
    this.#files.delete(path)
    file?.sqlite.close()
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
   * what stands under its names any more. What the read itself has made (`-wal`, `-shm`) is taken as
   * it stands now.
   * @internal
   */
  keep(path: string, file: OpenFile, now: SeenFiles, held: HeldDescriptors | undefined): boolean {
    const isNew = file.seen !== now || file.held !== held
    if (isNew) {
      if (!sameFile(file.seen[0], now[0]) || !holds(held ?? [], now)) return false
    }
    this.#files.set(path, isNew ? { ...file, seen: now, held } : file)
    for (const [oldest, { sqlite }] of this.#files) {
      if (this.#files.size <= this.#most) break
      this.#files.delete(oldest)
      sqlite.close()
    }
    return true
  }
}
