import {
  errorMessage,
  isBusy,
  NanoclawError,
  type JournalMode,
  type OutboundSchema,
  type SessionLayout,
} from '@nanoclaw/schema/untrusted'
import type { ReadOutcome, ReadRequest } from '../mailbox/outbound-reader.ts'
import {
  checkHolding,
  checkOpening,
  lookAtFiles,
  type DescriptorCheck,
  type HeldDescriptors,
} from './file-identity.ts'
import { openFile, type KeptFiles, type OpenFile } from './kept-files.ts'
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
  /** Files that stay open from one read to the next. Default: each read opens its own. */
  readonly kept?: KeptFiles
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

/** One read transaction, and every check of what it reads. Throws {@link Violation}. */
export function readTransaction(
  { statements, schema }: Pick<OpenFile, 'statements' | 'schema'>,
  request: ReadRequest,
  checkFiles: () => void,
): ReadOutcome {
  statements.prepare('BEGIN').run()
  const problem = schema()
  if (problem !== undefined) throw new Violation(`outbound.db: ${problem}`)
  const { rows, more } = readRows(statements, request)
  const acks = readAcks(statements, request.ackIds)
  checkFiles()
  statements.prepare('COMMIT').run()
  return { outcome: 'rows', rows, acks, more }
}

/** To be made before anything is opened, and after whatever is closed. */
function descriptorCheck(
  session: SessionLayout,
  { dedicated }: ReadOutboundOptions,
  kept: OpenFile | undefined,
): DescriptorCheck | undefined {
  if (!dedicated) return undefined
  return kept?.held === undefined ? checkOpening(session) : checkHolding(kept.held)
}

function readFile(
  session: SessionLayout,
  request: ReadRequest,
  options: ReadOutboundOptions,
): ReadOutcome {
  const path = session.outboundDb
  const seen = lookAtFiles(session)
  const kept = options.kept?.take(path, seen)
  const descriptors = descriptorCheck(session, options, kept)
  const file = kept ?? openFile(path, seen, options.schemas)
  let isKept = false
  try {
    let held: HeldDescriptors | undefined
    const outcome = readTransaction(file, request, () => {
      held = descriptors?.check(seen)
    })
    // What may open further files is not kept: only a whole look at the descriptors can tell.
    if (options.kept !== undefined && (descriptors === undefined || held !== undefined)) {
      // A first read may have made -wal and -shm.
      const now = kept === undefined ? lookAtFiles(session) : file.seen
      isKept = options.kept.keep(path, file, now, held)
    }
    return outcome
  } finally {
    if (!isKept) file.sqlite.close()
  }
}

/** Checks a request, reads, and makes an outcome of whatever is wrong with what was read. */
export function outcomeOfRead(
  request: ReadRequest,
  journal: JournalMode,
  read: () => ReadOutcome,
): ReadOutcome {
  if (request.ackIds.length > mostAckIds) {
    throw new NanoclawError(
      'bad-option',
      `expected at most ${mostAckIds} ids to look for, got ${request.ackIds.length}; ask in several reads`,
    )
  }
  try {
    return read()
  } catch (error) {
    return outcomeOf(error, journal)
  }
}

/**
 * Reads one session's outbound file, which a hostile container may have written: with every check
 * there is, in one read transaction. Synchronous, and a hostile file can
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
  return outcomeOfRead(request, options.journal ?? 'wal', () => readFile(session, request, options))
}
