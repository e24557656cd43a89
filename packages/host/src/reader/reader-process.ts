import { tmpdir } from 'node:os'
import type { Logger, OutboundReader, ReadOutcome, ReadRequest } from '@nanoclaw/core'
import { NanoclawError, type HomeLayout, type JournalMode } from '@nanoclaw/schema'
import { silentLogger } from '../silent-logger.ts'
import { readerEntry } from './reader-child.ts'
import { ReaderPool } from './reader-pool.ts'
import { ReaderSlot } from './reader-slot.ts'

/** What a reader process is made of. */
export interface ReaderProcessOptions {
  /** Of the home whose sessions are read: `core.layout`. */
  readonly layout: HomeLayout
  /** Default: silent. */
  readonly logger?: Logger | undefined
  /** How the runners write, by the driver's `sharedKernel`. Default `wal`. */
  readonly journal?: JournalMode
  /** What one read may take, in milliseconds, from when the process has begun it. Default 1,000. */
  readonly deadlineMs?: number
  /**
   * How many processes may read for sessions that have nothing against them; they are started as they
   * are wanted. At least 1, default 4. A session with a strike against it has one of its own.
   */
  readonly processes?: number
  /** The program to run. Default: the one of this package. */
  readonly entry?: string
  /** The node that runs it. Default: the one that runs this process. */
  readonly nodePath?: string
}

/** An {@link OutboundReader} that must be stopped. */
export interface ReaderProcess extends OutboundReader, AsyncDisposable {
  /** Has the file of a session closed, so that its disk space is free once its folder is removed. */
  forget(agentGroupId: string, sessionId: string): void
}

/** The rest of them share: a host that is attacked must not start processes without end. */
const wardsAtMost = 4
const minute = 60_000

function closed(): NanoclawError {
  return new NanoclawError('closed', 'the outbound reader has been stopped; make a new one')
}

function createPool(options: ReaderProcessOptions): ReaderPool {
  const { layout, logger = silentLogger, journal = 'wal', deadlineMs = 1_000 } = options
  const { processes = 4 } = options
  if (!Number.isInteger(processes) || processes < 1) {
    throw new NanoclawError('bad-option', `processes: expected 1 or more, got ${processes}`)
  }
  const child = {
    nodePath: options.nodePath ?? process.execPath,
    entry: options.entry ?? readerEntry(),
    args: [layout.home, journal],
    folders: [tmpdir(), layout.home],
  }
  return new ReaderPool({
    logger,
    createSlot: () => new ReaderSlot({ child, deadlineMs, logger }),
    limits: {
      lanes: processes,
      wards: wardsAtMost,
      // A busy host hears of an answer only so late: to open the file elsewhere takes ten times a read.
      patienceMs: 25,
      slowMs: deadlineMs / 4,
      // As long as evidence counts.
      strikeMs: 10 * minute,
      idleMs: 5 * minute,
      wardIdleMs: minute / 4,
      closeMs: 5 * minute,
    },
  })
}

/**
 * Reads outbound files in processes of its own: one that is kept warm, more while there is work for
 * them. A read that overruns its deadline ends in `deadline`, one that kills the process in
 * `violation`; either way the process is replaced, others are read by another meanwhile, and the
 * session is read by a process of its own until ten minutes after its last strike. Reads of one
 * session are served in the order they were made. The host's event loop waits for none of it.
 *
 * A read rejects with `io` when no process can be started or the file cannot be looked at for a
 * reason of the host's own; with `closed` after `stop`; with the signal's reason.
 */
export function createReaderProcess(options: ReaderProcessOptions): ReaderProcess {
  const pool = createPool(options)
  let stopping: Promise<void> | undefined

  async function read(request: ReadRequest, signal?: AbortSignal): Promise<ReadOutcome> {
    signal?.throwIfAborted()
    if (stopping !== undefined) throw closed()
    const { promise, resolve, reject } = Promise.withResolvers<ReadOutcome>()
    const takeOut = pool.add(request, resolve, reject)
    if (signal === undefined) return promise
    // A read that has begun goes on to its end or deadline; only nobody waits for it.
    const abort = () => {
      takeOut()
      reject(signal.reason)
    }
    signal.addEventListener('abort', abort, { once: true })
    return promise.finally(() => signal.removeEventListener('abort', abort))
  }

  async function ready(): Promise<void> {
    if (stopping !== undefined) throw closed()
    await pool.ready()
  }

  function forget(agentGroupId: string, sessionId: string): void {
    if (stopping === undefined) pool.forget({ agentGroupId, sessionId })
  }

  function stop(): Promise<void> {
    stopping ??= pool.stop(closed)
    return stopping
  }

  return { ready, read, forget, stop, [Symbol.asyncDispose]: stop }
}
