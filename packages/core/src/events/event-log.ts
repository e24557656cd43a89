import { isBusy, NanoclawError, timestamp } from '@nanoclaw/schema'
import type { CentralStore } from '../central/central-store.ts'
import { centralEventStatements } from './central-events.ts'
import type { CentralEventStatements, IncidentChange } from './central-events.ts'
import { createCursors, type Cursors } from './cursor.ts'
import { RecentEvents } from './recent-events.ts'
import { StampLine, type StampBatch } from './stamp-line.ts'
import type { MailboxEvent, MailboxFacts, StampedEvent } from './types.ts'

/** Stamps that one commit of the central database reserves. */
const reservedAtOnce = 65_536
/** More marks are not remembered; then all are forgotten, which costs a query each. */
const mostMarks = 10_000

/** Gives what has happened its stamp, to be written in the transaction under way. */
export type StampFacts = (facts: MailboxFacts) => MailboxEvent

/**
 * How the mailbox of one session tells what happens in it. `commit` makes one transaction, in which
 * it stamps at most `most` events and writes them; they are told when it resolves, and forgotten
 * when it rejects. It is called again, with other stamps, where the session has used these: the
 * central database is a copy from earlier then. Rejects before `commit` is called when no stamps can
 * be had.
 */
export type EventRecorder = <T>(
  most: number,
  commit: (stamp: StampFacts) => T | Promise<T>,
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
  readonly statements: CentralEventStatements
  readonly #store: CentralStore
  readonly #line: StampLine<MakeStamped>
  readonly #marked = new Set<string>()
  readonly #listeners = new Set<() => void>()
  readonly #readers = new Set<Promise<void>>()
  readonly #end = new AbortController()
  #subscriptions = 0

  /** Reads where the number line stands; to be made in a read of the store. */
  constructor(store: CentralStore, installId: string) {
    this.#store = store
    this.cursors = createCursors(installId)
    this.statements = centralEventStatements(store, this.cursors)
    this.#line = new StampLine(this.statements.ceiling(), (events) => {
      if (this.#subscriptions === 0) return
      this.recent.add(events.map((make) => make()))
      for (const listener of [...this.#listeners]) listener()
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
    const ceiling = this.statements.ceiling()
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
        const events: MakeStamped[] = []
        try {
          const result = await commit((facts) => {
            const event: MailboxEvent = { ...facts, stamp: batch.next(), at }
            events.push(() => this.toStamped(event, agentGroupId, sessionId))
            return event
          })
          batch.finish(events)
          return result
        } catch (error) {
          if (!isTaken(error)) throw error
          this.#line.reserved(this.#line.ceiling, this.#line.ceiling)
        } finally {
          batch.finish([])
        }
      }
    }
  }

  /** One transaction of the central database that may tell of one change of an incident. */
  async writeIncident<T>(work: (tell: (change: IncidentChange) => void) => T): Promise<T> {
    for (;;) {
      while (!this.#isReady(1)) await this.#prepare(1)
      let batch: StampBatch<MakeStamped> | undefined
      let events: MakeStamped[] = []
      try {
        const outcome = await this.#store.write(
          'full',
          () => {
            // From a try that was rolled back.
            batch?.finish([])
            // While the lock was waited for, others may have used the stamps up.
            if (!this.#isReady(1)) return undefined
            const begun = this.#line.begin(1)
            batch = begun
            events = []
            const tell = (told: IncidentChange) => {
              const stamped = this.statements.insert(begun.next(), told)
              events.push(() => stamped)
            }
            return { value: work(tell) }
          },
          () => batch?.finish(events),
        )
        if (outcome !== undefined) return outcome.value
      } finally {
        batch?.finish([])
      }
    }
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

  /** The session's mark is known to be `anyStamp`; to be said when that has been committed. */
  marked(sessionId: string): void {
    if (this.#marked.size >= mostMarks) this.#marked.clear()
    this.#marked.add(sessionId)
  }

  /** The mark is about to change; it is asked for again. */
  unmarked(sessionId: string): void {
    this.#marked.delete(sessionId)
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

  #isReady(most: number, sessionId?: string): boolean {
    if (most === 0) return true
    return this.#line.has(most) && (sessionId === undefined || this.#marked.has(sessionId))
  }

  /** Reserves stamps and marks the session, whichever is missing. */
  async #prepare(most: number, sessionId?: string): Promise<void> {
    const { statements } = this
    const isMarked = () => sessionId === undefined || statements.isOpen(sessionId)
    const note = () => {
      if (sessionId !== undefined) this.marked(sessionId)
    }
    try {
      const found = await this.#store.read(() => {
        if (!this.#line.has(most) || !isMarked()) return false
        note()
        return true
      })
      if (found) return
      await this.#store.write(
        'full',
        () => {
          if (sessionId !== undefined) statements.markOpen(sessionId)
          if (this.#line.has(most)) return undefined
          const from = statements.ceiling()
          const ceiling = from + most + reservedAtOnce
          statements.setCeiling(ceiling)
          return { from, ceiling }
        },
        (range) => {
          if (range !== undefined) this.#line.reserved(range.from, range.ceiling)
          note()
        },
      )
    } catch (error) {
      // Not as it is: callers of a mailbox take a lock for one of the container.
      if (!isBusy(error)) throw error
      throw new NanoclawError(
        'io',
        'another program holds the lock of the central database; end it, or try again',
        { cause: error },
      )
    }
  }
}
