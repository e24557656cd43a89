import { closeSync, openSync, readSync } from 'node:fs'
import type { JournalMode } from '@nanoclaw/schema'
import { openPlain, type PlainDatabase } from '@nanoclaw/schema/plain'
import { retryBusy, type Wait } from './retry-busy.ts'

/** How long SQLite itself may wait for a lock before the event loop gets its turn. */
const lockWaitMs = 20

/** The two files of a session, open. Nobody ever closes them: the process does, when it ends. */
export interface SessionDatabases {
  readonly inbound: PlainDatabase
  readonly outbound: PlainDatabase
}

/** Offset 18 of an SQLite file is 2 in WAL mode (SQLite file format §1.3.3). */
function journalModeOf(path: string): JournalMode {
  const file = openSync(path, 'r')
  try {
    const header = Buffer.alloc(19)
    readSync(file, header, 0, header.length, 0)
    return header[18] === 2 ? 'wal' : 'delete'
  } finally {
    closeSync(file)
  }
}

/**
 * Opens both files of a session, `outbound.db` with whatever migration it still needs. The journal
 * mode is the host's choice, which it made when it wrote the file. Throws what `openPlain`
 * throws.
 */
export async function openSessionDatabases(
  paths: { readonly inboundDb: string; readonly outboundDb: string },
  wait: Wait,
): Promise<SessionDatabases> {
  const inbound = await retryBusy(
    () =>
      openPlain({
        path: paths.inboundDb,
        kind: 'inbound',
        access: 'read-only',
        timeoutMs: lockWaitMs,
      }),
    wait,
  )
  const outbound = await retryBusy(
    () =>
      openPlain({
        path: paths.outboundDb,
        kind: 'outbound',
        journal: journalModeOf(paths.outboundDb),
        timeoutMs: lockWaitMs,
      }),
    wait,
  )
  // Some 4 MiB: in a conversation that does not pause, one message in hundreds pays for a checkpoint;
  // any other is made in a pause.
  outbound.sqlite.pragma('wal_autocheckpoint = 4000')
  return { inbound, outbound }
}
