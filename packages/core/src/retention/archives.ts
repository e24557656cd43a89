import { open, readdir, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { NanoclawError, type HomeLayout } from '@nanoclaw/schema'
import { exists, makeFolder, syncFolder } from '../files/durable-files.ts'
import { explainFileError, systemCode } from '../files/file-errors.ts'
import { sessionLayout } from '../mailbox/init-session.ts'
import { readArchive } from './read-archive.ts'
import type { ArchivePosition, PrunedRow } from './types.ts'

/** Whose archive it is. */
export interface ArchivedSession {
  readonly agentGroupId: string
  readonly sessionId: string
}

/** What the archive of a session takes. */
export interface ArchiveEntry {
  readonly rows: readonly PrunedRow[]
  /** Where the mailbox says that the archive ends; what lies beyond has not been pruned. */
  readonly at: ArchivePosition | null
  /** The month in which it is pruned, such as `2026-01`: each has a file of its own. */
  readonly month: string
}

/** Where sessions keep what has been pruned, and the files of the rows that are. */
export interface Archives {
  /** Appends rows; durable when it resolves to where the archive ends then. Throws `io`, `disk-full`. */
  append(session: ArchivedSession, entry: ArchiveEntry): Promise<ArchivePosition>
  /** Removes what was put into the inbox with these rows. */
  removeInbox(session: ArchivedSession, rowIds: readonly string[]): Promise<number>
  /** All that is in the archive of a session, oldest first. */
  read(session: ArchivedSession): AsyncIterable<PrunedRow>
  /**
   * Leaves only rows for which `stays` says so, in files of new names, and gives how many others
   * there were. The mailbox has to be told that the archive has no end that is known.
   */
  rewrite(session: ArchivedSession, stays: (row: PrunedRow) => boolean): Promise<number>
}

const compress = promisify(gzip)
const hostOnlyFolder = 0o700
const hostOnlyFile = 0o600
const isArchive = (name: string) => /^\d{4}-\d{2}(-\d+)?\.jsonl\.gz$/.test(name)

function toLines(rows: readonly PrunedRow[]): Promise<Buffer> {
  return compress(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
}

/** The archive's file and where to go on in it; undefined where it is not as the mailbox says. */
async function reopen(
  folder: string,
  { at, month }: ArchiveEntry,
): Promise<{ file: FileHandle; at: ArchivePosition } | undefined> {
  if (at === null || !isArchive(at.file) || !at.file.startsWith(month)) return undefined
  let file: FileHandle
  try {
    file = await open(join(folder, at.file), 'r+')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
  const { size } = await file.stat()
  // From before a crash: those rows have not been pruned, and are in what is written now.
  if (size > at.bytes) await file.truncate(at.bytes)
  if (size >= at.bytes) return { file, at }
  await file.close()
  return undefined
}

/** A file of this month that nobody has used. */
async function begin(
  folder: string,
  month: string,
): Promise<{ file: FileHandle; at: ArchivePosition }> {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? `${month}.jsonl.gz` : `${month}-${number}.jsonl.gz`
    try {
      const file = await open(join(folder, name), 'wx', hostOnlyFile)
      return { file, at: { file: name, bytes: 0 } }
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error
    }
  }
}

/** All of it: a disk that fills up takes a part first, which is no error. */
async function writeAll(file: FileHandle, bytes: Buffer, from: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, from + done)
    if (bytesWritten === 0) throw new NanoclawError('io', 'the disk takes no more of an archive')
    done += bytesWritten
  }
}

async function write(folder: string, entry: ArchiveEntry): Promise<ArchivePosition> {
  const bytes = await toLines(entry.rows)
  const known = await reopen(folder, entry)
  const { file, at } = known ?? (await begin(folder, entry.month))
  try {
    await writeAll(file, bytes, at.bytes)
    await file.sync()
  } finally {
    await file.close()
  }
  if (known === undefined) await syncFolder(folder)
  return { file: at.file, bytes: at.bytes + bytes.length }
}

async function filesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter(isArchive).toSorted()
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return []
    throw error
  }
}

/** One file with the rows that stay, under another name, in place of the old one. */
async function rewriteFile(
  folder: string,
  name: string,
  stays: (row: PrunedRow) => boolean,
): Promise<number> {
  const kept: PrunedRow[] = []
  let removed = 0
  for await (const row of readArchive(join(folder, name))) {
    if (stays(row)) kept.push(row)
    else removed += 1
  }
  if (removed === 0) return 0
  // A crash in between leaves both: the next time the old one is cleared again.
  if (kept.length > 0) await write(folder, { rows: kept, at: null, month: name.slice(0, 7) })
  await rm(join(folder, name))
  await syncFolder(folder)
  return removed
}

/** Archives below a home, in the folders that only the host can enter. */
export function createArchives(layout: HomeLayout): Archives {
  const of = ({ agentGroupId, sessionId }: ArchivedSession) =>
    sessionLayout(layout, agentGroupId, sessionId)
  const folderOf = (session: ArchivedSession) => join(of(session).private, 'archive')
  const guarded = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      throw explainFileError(error, path)
    }
  }
  return {
    append(session, entry) {
      const folder = folderOf(session)
      return guarded(folder, async () => {
        await makeFolder(folder, hostOnlyFolder)
        return await write(folder, entry)
      })
    },
    removeInbox(session, rowIds) {
      const files = of(session)
      return guarded(files.inbound, async () => {
        let removed = 0
        for (const rowId of rowIds) {
          const folder = files.inbox(rowId)
          if (!(await exists(folder))) continue
          await rm(folder, { recursive: true, force: true })
          removed += 1
        }
        return removed
      })
    },
    async *read(session) {
      const folder = folderOf(session)
      for (const name of await filesIn(folder)) yield* readArchive(join(folder, name))
    },
    rewrite(session, stays) {
      const folder = folderOf(session)
      return guarded(folder, async () => {
        let removed = 0
        for (const name of await filesIn(folder)) removed += await rewriteFile(folder, name, stays)
        return removed
      })
    },
  }
}
