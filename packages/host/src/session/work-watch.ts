import type { HeardFrom, Mailbox, PendingRow } from '@nanoclaw/core'
import { timestamp, type Clock, type Place } from '@nanoclaw/schema'
import { longestTimerMs } from '../deadline.ts'
import { isPlace, summarise, type Workload } from './workload.ts'

/** The oldest rows of either sort that are known; the others have their turn when these have ended. */
const knownAtMost = 400

/** What a watch needs. */
export interface WorkWatchDeps {
  readonly mailbox: Mailbox
  readonly clock: Clock
  /** A row's time has come. */
  onDue(): void
}

/**
 * The rows that have not ended, as this host knows them, and the timer for what waits for its time.
 * What the host itself appends and ends is kept in memory, so that a warm message costs no query;
 * `look` asks the database, for what others have written.
 */
export class WorkWatch {
  readonly #deps: WorkWatchDeps
  #rows: readonly PendingRow[] = []
  /** There may be more than the oldest ones that are known. */
  #isCut = false
  #changes = 0
  #work: Workload = { due: [], nextDueAt: null }
  #heard: HeardFrom[] = []
  #timer: NodeJS.Timeout | undefined
  #stopped = false

  constructor(deps: WorkWatchDeps) {
    this.#deps = deps
  }

  /** The oldest rows that have not ended, context rows included. */
  get pending(): readonly PendingRow[] {
    return this.#rows
  }

  /** Rows that want a container now. */
  get due(): readonly PendingRow[] {
    return this.#work.due
  }

  /** When the next row will want one, if none does now. */
  get nextDueAt(): string | null {
    return this.#work.nextDueAt
  }

  /** Where rows came from that the running container may have been given. */
  get heard(): readonly HeardFrom[] {
    return this.#heard
  }

  /** A new container has heard nobody. */
  forgetHeard(): void {
    this.#heard = []
  }

  /** Rows from a place that want an answer now. */
  dueFrom(place: Place): readonly PendingRow[] {
    return this.due.filter(({ origin }) => origin !== null && isPlace(origin, place))
  }

  /** Asks the database. */
  async look(): Promise<void> {
    const { mailbox } = this.#deps
    for (;;) {
      const changes = this.#changes
      const wanting = await mailbox.wanting(knownAtMost)
      const pending = await mailbox.pending(knownAtMost)
      // What was found may be older than what has come or ended meanwhile.
      if (changes !== this.#changes) continue
      this.#isCut = wanting.length === knownAtMost || pending.length === knownAtMost
      const known = new Set(wanting.map(({ id }) => id))
      return this.#set([...wanting, ...pending.filter(({ id }) => !known.has(id))])
    }
  }

  /** Rows have been appended, in `seq` order. */
  added(rows: readonly PendingRow[]): void {
    this.#changes += 1
    // Younger than what the last look left out: they are seen when their turn comes.
    if (this.#isCut) return
    this.#isCut = this.#rows.length + rows.length > knownAtMost
    if (this.#isCut) return
    const known = new Set(this.#rows.map(({ id }) => id))
    this.#set([...this.#rows, ...rows.filter(({ id }) => !known.has(id))])
  }

  /** Rows have ended. */
  async ended(rows: readonly PendingRow[]): Promise<void> {
    this.#changes += 1
    const ids = new Set(rows.map(({ id }) => id))
    this.#set(this.#rows.filter(({ id }) => !ids.has(id)))
    if (this.#isCut) await this.look()
  }

  /** Sets no timer any more. */
  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }

  #set(rows: readonly PendingRow[]): void {
    this.#rows = rows
    this.#work = summarise(rows, timestamp(this.#deps.clock))
    for (const row of rows) this.#hear(row)
    clearTimeout(this.#timer)
    if (this.nextDueAt === null || this.due.length > 0 || this.#stopped) return
    const ms = Date.parse(this.nextDueAt) - this.#deps.clock.now()
    this.#timer = setTimeout(() => this.#deps.onDue(), Math.min(Math.max(ms, 0), longestTimerMs))
  }

  #hear({ origin }: PendingRow): void {
    if (origin === null || this.#heard.some((heard) => isPlace(heard.place, origin))) return
    this.#heard.push({ place: origin, senderId: null })
  }
}
