import { isBusy, NanoclawError, timestamp } from '@nanoclaw/schema'
import type { CentralStore } from '../central/central-store.ts'
import { createInTurn } from '../central/in-turn.ts'
import { retryBusy } from '../central/retry-busy.ts'
import { centralEvents, type CentralEvents } from './central-events.ts'
import { createCursors, type Cursors } from './cursor.ts'
import type { ToldWrite } from './event-writes.ts'
import { RecentEvents } from './recent-events.ts'
import { StampLine } from './stamp-line.ts'
import type { KnownStamps } from './stamps.ts'
import type { MailboxEvent, StampedEvent } from './types.ts'
import { UnknownOutcome } from '../threads/unknown-outcome.ts'

/** Stamps that one commit of the central database reserves. */
const reservedAtOnce = 65_536
/** More marks are not remembered; then all are forgotten, which costs a query each. */
const mostMarks = 10_000

/** What the events of one commit are stamped with. Plain data. */
export interface EventRange {
  /** The stamp of the first; the others follow it. */
  readonly first: number
  /** ISO-8601 UTC. */
  readonly at: string
}

/** What a commit gives, and the events that it has written, in order. Plain data. */
export interface Recorded<T> {
  readonly value: T
  readonly events: readonly MailboxEvent[]
}

/**
 * How the mailbox of one session tells what happens in it. `commit` makes one transaction, in
 * whichever thread, in which it stamps at most `most` events and writes them; they are told when it
 * resolves, and forgotten when it rejects. Where it rejects with {@link UnknownOutcome}, subscribers
 * read the databases, which know. It is called again, with other stamps, where the session
 * has used these: the central database is a copy from earlier then. Rejects before `commit` is called
 * when no stamps can be had.
 */
export type EventRecorder = <T>(
  most: number,
  commit: (range: EventRange) => Recorded<T> | Promise<Recorded<T>>,
) => Promise<T>

/** Where a store of mailboxes gets its recorders. */
export type MakeRecorder = (agentGroupId: string, sessionId: string) => EventRecorder

/** Whether the session has an event under this stamp already. */
function isTaken(error: unknown): boolean {
  return (
    error instanceof Error &&
    Reflect.get(error, 'code') === 'SQLITE_CONSTRAINT_PRIMARYKEY' &&
    error.message.endsWith(' events.id')
  )
}

/** Made only where somebody subscribes. */
type MakeStamped = () => StampedEvent

/**
 * The events of one home, as the process that writes them knows them.
 *
 * 1. A session's mark in the central database says `anyStamp` before its first event is committed,
 *    and a number only when no event above that has been: whoever looks for events after a stamp
 *    finds every session that has some, whatever crash came between.
 * 2. A message in a session that is awake costs no query here: marks and stamps are in memory. Where
 *    nobody subscribes, nothing more is kept.
 */
export class EventLog {
  readonly recent = new RecentEvents()
  readonly cursors: Cursors
  readonly central: CentralEvents
  readonly #store: CentralStore
  readonly #line: StampLine<MakeStamped>
  readonly #marked = new Set<string>()
  readonly #listeners = new Set<() => void>()
  readonly #readers = new Set<Promise<void>>()
  readonly #end = new AbortController()
  readonly #inTurn = createInTurn()
  #reserving: Promise<void> | undefined
  #subscriptions = 0

  /** Reads where the number line stands; to be made in a read of the store. */
  constructor(store: CentralStore, installId: string) {
    this.#store = store
    this.cursors = createCursors(installId)
    this.central = centralEvents(store, this.cursors)
    const tell = (add: () => void) => {
      if (this.#subscriptions === 0) return
      add()
      for (const listener of [...this.#listeners]) listener()
    }
    this.#line = new StampLine(this.central.ceiling(), {
      told: (events) => tell(() => this.recent.add(events.map((make) => make()))),
      unknown: (last) => tell(() => this.recent.leave(last)),
    })
  }

  /** Aborted when the log is closed. */
  get ended(): AbortSignal {
    return this.#end.signal
  }

  /**
   * The largest stamp that may have been given, as the central database knows it. Where another
   * process has reserved more, this one goes on above that, and whoever subscribes reads what that
   * one has written from the databases.
   */
  lastStamp(): number {
    const ceiling = this.central.ceiling()
    if (ceiling > this.#line.ceiling) {
      this.#line.reserved(ceiling, ceiling)
      this.recent.restart(ceiling)
    }
    return this.#line.last
  }

  /** Everything up to this stamp is in the databases. */
  get settled(): number {
    return this.#line.settled
  }

  /** An event of a mailbox as subscribers get it. */
  toStamped(event: MailboxEvent, agentGroupId: string, sessionId: string): StampedEvent {
    const { stamp, ...rest } = event
    const cursor = this.cursors.toCursor(stamp)
    return { stamp, event: { cursor, ...rest, agentGroupId, sessionId } }
  }

  recorder(agentGroupId: string, sessionId: string): EventRecorder {
    return async (most, commit) => {
      for (;;) {
        while (!this.#isReady(most, sessionId)) await this.#prepare(most, sessionId)
        const batch = this.#line.begin(most)
        const at = timestamp(this.#store.clock)
        try {
          const { value, events } = await commit({ first: batch.first, at })
          batch.finish(events.map((event) => () => this.toStamped(event, agentGroupId, sessionId)))
          return value
        } catch (error) {
          if (error instanceof UnknownOutcome) batch.giveUp()
          if (!isTaken(error)) throw error
          this.#line.reserved(this.#line.ceiling, this.#line.ceiling)
        } finally {
          batch.finish([])
        }
      }
    }
  }

  /** One transaction of the central database that may tell of one change of an incident. */
  async writeIncident<T>(commit: (stamp: number) => Promise<ToldWrite<T>>): Promise<T> {
    return retryBusy(async () => {
      while (!this.#line.has(1)) await this.#reserve(1)
      // A new one at each try: what waits for a lock holds up no other.
      const batch = this.#line.begin(1)
      try {
        const { value, told } = await commit(batch.first)
        if (told !== undefined) {
          batch.finish([() => this.central.toEvent(batch.first, told)])
        }
        return value
      } catch (error) {
        if (error instanceof UnknownOutcome) batch.giveUp()
        throw error
      } finally {
        batch.finish([])
      }
    })
  }

  /** A subscription begins: from now on the last events are kept in memory, until it ends. */
  subscribed(): () => void {
    if (this.#subscriptions === 0) this.recent.restart(this.#line.settled)
    this.#subscriptions += 1
    return () => {
      this.#subscriptions -= 1
      if (this.#subscriptions === 0) this.recent.restart()
    }
  }

  /** Does what makes the session's mark `anyStamp`, or finds that it is. */
  marking<T>(sessionId: string, work: () => Promise<T>): Promise<T> {
    return this.#inTurn(sessionId, async () => {
      const done = await work()
      if (this.#marked.size >= mostMarks) this.#marked.clear()
      this.#marked.add(sessionId)
      return done
    })
  }

  /**
   * Does what makes the session's mark a number: that of `known`, or a larger one. What would tell of
   * an event in the meantime waits, and asks for the mark again.
   */
  unmarking<T>(sessionId: string, work: (known: KnownStamps) => Promise<T>): Promise<T> {
    return this.#inTurn(sessionId, async () => {
      this.#marked.delete(sessionId)
      const { last, ceiling } = this.#line
      const done = await work({ last, ceiling })
      // What another process has come and gone with lies below the mark: this one goes on above it.
      if (this.#reserving === undefined) this.lastStamp()
      return done
    })
  }

  /** Resolves with the next event, or with the signal; whoever calls it looks for what happened. */
  changed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#listeners.delete(done)
        signal.removeEventListener('abort', done)
        resolve()
      }
      this.#listeners.add(done)
      signal.addEventListener('abort', done)
      if (signal.aborted) done()
    })
  }

  /** Keeps `close` waiting until the function that it gives is called. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#readers.add(promise)
    return () => {
      this.#readers.delete(promise)
      resolve()
    }
  }

  /** Ends every subscription; resolves when none has a mailbox open any more. */
  async close(): Promise<void> {
    this.#end.abort()
    await Promise.all(this.#readers)
  }

  #isReady(most: number, sessionId: string): boolean {
    return most === 0 || (this.#line.has(most) && this.#marked.has(sessionId))
  }

  /** Reserves stamps and marks the session, whichever is missing. */
  async #prepare(most: number, sessionId: string): Promise<void> {
    if (!this.#line.has(most)) await this.#reserve(most)
    if (this.#marked.has(sessionId)) return
    await this.marking(sessionId, async () => {
      if (await this.#store.read(() => this.central.isOpen(sessionId))) return
      await this.#store.write('events', 'markOpen', sessionId)
    }).catch(explainLock)
  }

  /** Whoever needs stamps meanwhile gets of these. */
  #reserve(most: number): Promise<void> {
    return (this.#reserving ??= this.#store
      .write('events', 'reserve', most + reservedAtOnce)
      .then(({ from, ceiling }) => this.#line.reserved(from, ceiling), explainLock)
      .finally(() => (this.#reserving = undefined)))
  }
}

/** Not as it is: callers of a mailbox take a lock for one of the container. */
function explainLock(error: unknown): never {
  if (!isBusy(error)) throw error
  throw new NanoclawError(
    'io',
    'another program holds the lock of the central database; end it, or try again',
    { cause: error },
  )
}
