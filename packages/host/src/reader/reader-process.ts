import type { Logger, OutboundReader, ReadOutcome, ReadRequest } from '@nanoclaw/core'
import { NanoclawError, type HomeLayout, type JournalMode } from '@nanoclaw/schema'
import { silentLogger } from '../silent-logger.ts'
import { readerEntry } from './reader-child.ts'
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
  /** The program to run. Default: the one of this package. */
  readonly entry?: string
  /** The node that runs it. Default: the one that runs this process. */
  readonly nodePath?: string
}

/** An {@link OutboundReader} that must be stopped. */
export interface ReaderProcess extends OutboundReader, AsyncDisposable {}

interface Job {
  readonly request: ReadRequest
  readonly resolve: (outcome: ReadOutcome) => void
  readonly reject: (reason: unknown) => void
}

function closed(): NanoclawError {
  return new NanoclawError('closed', 'the outbound reader has been stopped; make a new one')
}

/**
 * Reads outbound files in a process of its own, started at the first read and kept warm, one
 * request at a time in the order they were made. A read that overruns its deadline ends in
 * `deadline`, one that kills the process in `violation`; either way the process is replaced and
 * the next request served. The host's event loop waits for none of it.
 *
 * A read rejects with `io` when no process can be started or the file cannot be looked at for a
 * reason of the host's own; with `closed` after `stop`; with the signal's reason.
 */
export function createReaderProcess(options: ReaderProcessOptions): ReaderProcess {
  const { layout, logger = silentLogger, journal = 'wal', deadlineMs = 1_000 } = options
  const slot = new ReaderSlot({
    child: {
      nodePath: options.nodePath ?? process.execPath,
      entry: options.entry ?? readerEntry(),
      args: [layout.home, journal],
    },
    deadlineMs,
    logger,
  })
  const queue: Job[] = []
  let current: Job | undefined
  let stopped = false

  async function serve(): Promise<void> {
    if (current !== undefined) return
    while ((current = queue.shift()) !== undefined) {
      const { request, resolve, reject } = current
      try {
        resolve(await slot.read(request))
      } catch (error) {
        reject(error)
      }
    }
  }

  async function read(request: ReadRequest, signal?: AbortSignal): Promise<ReadOutcome> {
    signal?.throwIfAborted()
    if (stopped) throw closed()
    let abort: () => void = () => undefined
    const outcome = new Promise<ReadOutcome>((resolve, reject) => {
      const job: Job = { request, resolve, reject }
      // A read that has begun goes on to its end or deadline; only nobody waits for it.
      abort = () => {
        const waiting = queue.indexOf(job)
        if (waiting !== -1) queue.splice(waiting, 1)
        reject(signal?.reason)
      }
      queue.push(job)
    })
    signal?.addEventListener('abort', abort, { once: true })
    void serve()
    try {
      return await outcome
    } finally {
      signal?.removeEventListener('abort', abort)
    }
  }

  /** The answer tells nothing, but that there is one. */
  async function ready(): Promise<void> {
    const nobody = { agentGroupId: 'none', sessionId: 'none' }
    await read({ ...nobody, after: 0, largestSeq: 0, limit: 0, ackIds: [] })
  }

  async function stop(): Promise<void> {
    stopped = true
    for (const job of queue.splice(0)) job.reject(closed())
    current?.reject(closed())
    await slot.stop()
  }

  return { ready, read, stop, [Symbol.asyncDispose]: stop }
}
