import {
  explainSqliteError,
  NanoclawError,
  type JournalMode,
  type SyncMode,
  openPlain,
  type PlainDatabase,
} from '@nanoclaw/schema/plain'
import { bindStatements } from '../statements/bind-statements.ts'
import { inboundSql } from './inbound-statements.generated.ts'
import type { MailboxStatements } from './inbound-statements.ts'

/** One session's `inbound.db`, however it is kept open. */
export interface InboundConnection {
  read<T>(work: (statements: MailboxStatements) => T): T
  write<T>(sync: SyncMode, work: (statements: MailboxStatements) => T): T
  /** Nobody waits: makes a checkpoint, if there is something to gain by it. Says whether it did. */
  pause(): boolean
  close(): void
}

interface Opened {
  readonly database: PlainDatabase
  readonly statements: MailboxStatements
  sync: SyncMode
}

function withStatements(database: PlainDatabase): Opened {
  return { database, statements: bindStatements(database.sqlite, inboundSql), sync: 'full' }
}

/**
 * A checkpoint inside a commit that somebody waits for takes ten times as long as the commit. Of some
 * 4 MiB: in a conversation that never pauses one message in 250 pays for one.
 */
const checkpointPages = 4_000
/** Two thirds of a megabyte: less is left, since a checkpoint has two syncs, whatever it finds. */
const checkpointCommits = 64

function open(path: string, journal: JournalMode): Opened {
  // No waiting inside SQLite: a container can hold a read lock as long as it likes.
  const database = openPlain({ path, kind: 'inbound', journal, timeoutMs: 0 })
  database.sqlite.exec(`PRAGMA wal_autocheckpoint = ${checkpointPages}`)
  return withStatements(database)
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

/** One connection from now to `close`; in WAL mode it also keeps `-wal` and `-shm` there. */
function keptConnection(opened: Opened, path: string): InboundConnection {
  let commits = 0
  return {
    read: (work) => guarded(path, () => read(opened, work)),
    write(sync, work) {
      commits += 1
      return guarded(path, () => write(opened, sync, work))
    },
    pause() {
      if (commits < checkpointCommits) return false
      commits = 0
      opened.database.sqlite.pragma('wal_checkpoint(PASSIVE)')
      return true
    },
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
    pause: () => false,
    close: () => undefined,
  }
}

/** After `close` everything throws `closed`. */
function closable(inner: InboundConnection, path: string): InboundConnection {
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
    pause: () => inner.pause(),
    close() {
      if (closed) return
      closed = true
      inner.close()
    },
  }
}

/** Opens `inbound.db` as its journal mode wants it. After `close` everything throws `closed`. */
export function openInbound(path: string, journal: JournalMode): InboundConnection {
  return closable(
    journal === 'wal' ? keptConnection(open(path, 'wal'), path) : passingConnection(path),
    path,
  )
}

/** Connections, as many as are asked for, to a database that outlives them: one in memory. */
export function sharedInbound(database: PlainDatabase, name: string): () => InboundConnection {
  const kept = keptConnection(withStatements(database), name)
  return () => closable({ ...kept, close: () => undefined }, name)
}
