import {
  errorMessage,
  isBusy,
  NanoclawError,
  openUntrusted,
  outboundSchemaProblem,
  type JournalMode,
  type OutboundSchema,
  type SessionLayout,
} from '@nanoclaw/schema/untrusted'
import type { ReadOutcome, ReadRequest } from '../mailbox/outbound-reader.ts'
import { checkOpened, lookAtFiles, openDescriptors } from './file-identity.ts'
import { readAcks } from './outbound-acks.ts'
import { readRows } from './outbound-rows.ts'
import { printable, Violation } from './violation.ts'

/** What a read has to know besides the request. */
export interface ReadOutboundOptions {
  /** From `knownOutboundSchemas()`, made once. */
  readonly schemas: readonly OutboundSchema[]
  /**
   * How the runner writes (default `wal`). A hot rollback journal is what a killed runner leaves in
   * `delete` mode (`busy` until the next one recovers it), and forged in `wal` mode.
   */
  readonly journal?: JournalMode
  /**
   * Whether nothing else opens files in this process, so that every new descriptor must be of the
   * session (Linux). Without it, a file that is exchanged at the right moment is not noticed.
   */
  readonly dedicated: boolean
}

/** Most acknowledgements one read may ask for. */
const mostAckIds = 1_000

function sqliteCode(error: unknown): string | undefined {
  const code: unknown =
    typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : undefined
}

/** Lack of room for `-wal` or `-shm` says nothing about the container. */
const hostsOwnTrouble = ['SQLITE_FULL', 'SQLITE_IOERR_SHMSIZE', 'SQLITE_IOERR_WRITE']

function outcomeOf(error: unknown, journal: JournalMode): ReadOutcome {
  if (error instanceof Violation) return { outcome: 'violation', reason: error.message }
  const code = sqliteCode(error)
  if (code === undefined) throw error
  const hotJournal = code === 'SQLITE_READONLY_ROLLBACK'
  if (isBusy(error) || hostsOwnTrouble.includes(code) || (hotJournal && journal === 'delete')) {
    return { outcome: 'busy' }
  }
  const reason = hotJournal
    ? 'a rollback journal lies beside a database that is in WAL mode'
    : `outbound.db cannot be read: ${errorMessage(error)} (${code})`
  return { outcome: 'violation', reason: printable(reason) }
}

function readFile(
  session: SessionLayout,
  request: ReadRequest,
  options: ReadOutboundOptions,
): ReadOutcome {
  const before = options.dedicated ? openDescriptors() : undefined
  const seen = lookAtFiles(session)
  const sqlite = openUntrusted(session.outboundDb)
  try {
    sqlite.exec('BEGIN')
    const problem = outboundSchemaProblem(sqlite, options.schemas)
    if (problem !== undefined) throw new Violation(`outbound.db: ${problem}`)
    const { rows, more } = readRows(sqlite, request)
    const acks = readAcks(sqlite, request.ackIds)
    checkOpened(seen, before)
    sqlite.exec('COMMIT')
    return { outcome: 'rows', rows, acks, more }
  } finally {
    sqlite.close()
  }
}

/**
 * Reads one session's outbound file, which a hostile container may have written: with every check
 * there is, in one read transaction, opening the file afresh. Synchronous, and a hostile file can
 * make it hang, spin or die, so it belongs into a process of its own wherever the writer is not
 * trusted. Never throws for what is in the file.
 *
 * Throws `bad-option` for a request that is none, and the system's errors (`EACCES`, `EMFILE` …).
 */
export function readOutbound(
  session: SessionLayout,
  request: ReadRequest,
  options: ReadOutboundOptions,
): ReadOutcome {
  if (request.ackIds.length > mostAckIds) {
    throw new NanoclawError(
      'bad-option',
      `expected at most ${mostAckIds} ids to look for, got ${request.ackIds.length}; ask in several reads`,
    )
  }
  try {
    return readFile(session, request, options)
  } catch (error) {
    return outcomeOf(error, options.journal ?? 'wal')
  }
}
