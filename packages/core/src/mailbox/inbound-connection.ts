import {
  explainSqliteError,
  NanoclawError,
  type JournalMode,
  type SyncMode,
} from '@nanoclaw/schema'
import { openDatabase, type OpenDatabase } from '@nanoclaw/schema/database'
import { mailboxStatements, type MailboxStatements } from './inbound-statements.ts'

/** One session's `inbound.db`, however it is kept open. */
export interface InboundConnection {
  read<T>(work: (statements: MailboxStatements) => T): T
  write<T>(sync: SyncMode, work: (statements: MailboxStatements) => T): T
  close(): void
}

interface Opened {
  readonly database: OpenDatabase
  readonly statements: MailboxStatements
  sync: SyncMode
}

function open(path: string, journal: JournalMode): Opened {
  // No waiting inside SQLite: a container can hold a read lock as long as it likes.
  const database = openDatabase({ path, kind: 'inbound', journal, timeoutMs: 0 })
  return { database, statements: mailboxStatements(database.orm), sync: 'full' }
}

function write<T>(opened: Opened, sync: SyncMode, work: (statements: MailboxStatements) => T): T {
  if (opened.sync !== sync) {
    opened.database.setSync(sync)
    opened.sync = sync
  }
  return opened.database.transact('immediate', () => work(opened.statements))
}

function read<T>(opened: Opened, work: (statements: MailboxStatements) => T): T {
  return opened.database.transact('deferred', () => work(opened.statements))
}

function guarded<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw explainSqliteError(error, path)
  }
}

/** WAL: one connection from now to `close`, which also keeps `-wal` and `-shm` there. */
function keptConnection(path: string): InboundConnection {
  const opened = open(path, 'wal')
  return {
    read: (work) => guarded(path, () => read(opened, work)),
    write: (sync, work) => guarded(path, () => write(opened, sync, work)),
    close: () => opened.database.close(),
  }
}

/**
 * DELETE mode: shared memory is not coherent there, so each operation opens, works and closes.
 * Every commit is fully synced: with a rollback journal a normal one can corrupt the file.
 */
function passingConnection(path: string): InboundConnection {
  const using = <T>(work: (opened: Opened) => T): T =>
    guarded(path, () => {
      const opened = open(path, 'delete')
      try {
        return work(opened)
      } finally {
        opened.database.close()
      }
    })
  using(() => undefined)
  return {
    read: (work) => using((opened) => read(opened, work)),
    write: (_sync, work) => using((opened) => write(opened, 'full', work)),
    close: () => undefined,
  }
}

/** Opens `inbound.db` as its journal mode wants it. After `close` everything throws `closed`. */
export function openInbound(path: string, journal: JournalMode): InboundConnection {
  const inner = journal === 'wal' ? keptConnection(path) : passingConnection(path)
  let closed = false
  const assertOpen = () => {
    if (closed) throw new NanoclawError('closed', `the mailbox at ${path} has been closed; open it`)
  }
  return {
    read(work) {
      assertOpen()
      return inner.read(work)
    },
    write(sync, work) {
      assertOpen()
      return inner.write(sync, work)
    },
    close() {
      if (closed) return
      closed = true
      inner.close()
    },
  }
}
