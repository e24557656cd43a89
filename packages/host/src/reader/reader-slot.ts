import type { Logger, ReadOutcome, ReadRequest } from '@nanoclaw/core'
import { errorMessage, NanoclawError } from '@nanoclaw/schema'
import { converse, untilReady, type LiveReader, type ReadEnd } from './conversation.ts'
import { Overdue } from './overdue.ts'
import { startReaderChild, type ReaderChildOptions } from './reader-child.ts'
import { encodeForget } from './wire.ts'

/** What a slot is made of. */
export interface ReaderSlotOptions {
  readonly child: ReaderChildOptions
  readonly deadlineMs: number
  readonly logger: Logger
}

/** What came of a read, and what reading took, in milliseconds of the process that read. */
export interface SlotRead {
  readonly outcome: ReadOutcome
  readonly ms: number
}

/** How often a process that ends before it reads is replaced for the same request. */
const attemptsAtMost = 3

const stoppedError = () => new NanoclawError('closed', 'the outbound reader has been stopped')

/**
 * The place of one reader process.
 * 1. At most one process is in use; it is asked one thing at a time.
 * 2. A process that was killed or has ended is never asked again.
 * 3. Only a process that had begun a read can give evidence by its end.
 * 4. After `stop` none is left and none is started.
 */
export class ReaderSlot {
  readonly #options: ReaderSlotOptions
  readonly #living = new Set<LiveReader>()
  #live: LiveReader | undefined
  #starting: Promise<LiveReader> | undefined
  #stopped = false

  constructor(options: ReaderSlotOptions) {
    this.#options = options
  }

  /** Whether a process waits to be asked, or is being asked. */
  get isUp(): boolean {
    return this.#live !== undefined && this.#live.gone === undefined
  }

  /** One at a time; the caller queues. */
  async read(request: ReadRequest): Promise<SlotRead> {
    for (let attempt = 1; attempt <= attemptsAtMost; attempt += 1) {
      const used = await this.#filled()
      const end = await converse(used, request, this.#options.deadlineMs)
      if (this.#stopped) break
      if (end.type !== 'answer') {
        this.#options.logger.warn({ session: request.sessionId, end }, 'A read did not end well')
      }
      const outcome = this.#judge(used, end)
      if (outcome !== undefined) return { outcome, ms: end.type === 'answer' ? end.ms : 0 }
    }
    throw new NanoclawError(
      'io',
      'the reader process keeps ending before it reads anything; look for memory or limits that are too small',
    )
  }

  /** Resolves when there is a process; rejects when none can be started. */
  async warm(): Promise<void> {
    await this.#filled()
  }

  /** Has the file of a session closed, if the process keeps it open. */
  forget(session: Pick<ReadRequest, 'agentGroupId' | 'sessionId'>): void {
    if (this.isUp) this.#live?.child.send(encodeForget(session))
  }

  /** Ends the process, which must be idle; the next read starts another. */
  rest(): void {
    if (this.#live !== undefined) this.#discard(this.#live, 'idle')
  }

  async stop(): Promise<void> {
    this.#stopped = true
    const ends = [...this.#living].map((one) => {
      this.#discard(one, 'stopped')
      return one.child.exited
    })
    await Promise.all(ends)
  }

  /** The outcome, or undefined when another process has to be asked. */
  #judge(used: LiveReader, end: ReadEnd): ReadOutcome | undefined {
    switch (end.type) {
      case 'answer':
        if (end.worn) this.#replace(used, 'worn')
        return end.outcome
      case 'trouble':
        throw new NanoclawError('io', `the outbound file cannot be looked at: ${end.message}`)
      case 'deadline':
        this.#replace(used, 'killed at its deadline')
        return {
          outcome: 'deadline',
          reason: `reading took more than ${this.#options.deadlineMs} ms`,
        }
      case 'garbled':
        this.#replace(used, 'killed for what it said')
        return { outcome: 'violation', reason: 'reading the file confused the reader process' }
      case 'died':
        this.#replace(used, end.how)
        if (!end.begun) return undefined
        return { outcome: 'violation', reason: `reading the file ended its reader (${end.how})` }
      default:
        return end satisfies never
    }
  }

  async #filled(): Promise<LiveReader> {
    if (this.#live !== undefined && this.#live.gone === undefined) return this.#live
    this.#starting ??= this.#start().finally(() => {
      this.#starting = undefined
    })
    this.#live = await this.#starting
    return this.#live
  }

  async #start(): Promise<LiveReader> {
    const launched = this.#launch()
    const how = await untilReady(launched)
    if (how === undefined) return launched
    this.#discard(launched, how)
    if (this.#stopped) throw stoppedError()
    throw this.#notStarted(how)
  }

  #notStarted(how: string, cause?: unknown): NanoclawError {
    const { entry, nodePath } = this.#options.child
    return new NanoclawError(
      'io',
      `the reader process ${entry} cannot be started by ${nodePath} (${how}); reinstall NanoClaw, or start it with a newer Node`,
      { cause },
    )
  }

  #launch(): LiveReader {
    if (this.#stopped) throw stoppedError()
    const live: LiveReader = {
      listener: undefined,
      overdue: new Overdue(),
      asked: 0,
      gone: undefined,
      child: this.#child({
        message: (message) => live.listener?.(message),
        garbled: () => live.listener?.({ type: 'garbled' }),
        exited: (how) => {
          live.gone ??= how
          this.#living.delete(live)
          live.listener?.({ type: 'exited', how })
        },
      }),
    }
    this.#living.add(live)
    return live
  }

  #child(events: Parameters<typeof startReaderChild>[1]): LiveReader['child'] {
    try {
      return startReaderChild(this.#options.child, events)
    } catch (error) {
      throw this.#notStarted(errorMessage(error), error)
    }
  }

  #discard(live: LiveReader, how: string): void {
    live.gone ??= how
    live.child.kill()
  }

  /** At once, so that the next request finds a process that is warm. */
  #replace(live: LiveReader, how: string): void {
    this.#discard(live, how)
    if (this.#stopped) return
    this.#filled().catch((error: unknown) => {
      if (this.#stopped) return
      this.#options.logger.error({ error: errorMessage(error) }, 'There is no reader process')
    })
  }
}
