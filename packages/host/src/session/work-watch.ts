import type { Mailbox, PendingRow } from '@nanoclaw/core'
import { timestamp, type Clock, type Place } from '@nanoclaw/schema'
import { longestTimerMs } from '../deadline.ts'
import { isPlace } from './workload.ts'

/** The oldest rows of either sort that are known; the others have their turn when these have ended. */
const knownAtMost = 400

/** What a watch needs. */
export interface WorkWatchDeps {
  readonly mailbox: Mailbox
  readonly clock: Clock
  /** A row's time has come. */
  onDue(): void
}

/** What has come and ended while the database was asked. */
interface Meanwhile {
  readonly added: PendingRow[]
  readonly ended: Set<string>
}

const noMatter = (): void => undefined

/**
 * The rows that have not ended, as this host knows them, and the timer for what waits for its time.
 * What the host itself appends and ends is kept in memory, so that a warm message costs no query;
 * `look` asks the database, for what others have written.
 */
export class WorkWatch {
  readonly #deps: WorkWatchDeps
  readonly #rows = new Map<string, PendingRow>()
  readonly #due = new Map<string, PendingRow>()
  readonly #later = new Map<string, PendingRow>()
  /** Of `#rows` and `#due`, until they change. */
  #lists:
    { readonly pending: readonly PendingRow[]; readonly due: readonly PendingRow[] } | undefined
  /** There may be more than the oldest ones that are known. */
  #isCut = false
  #isStale = false
  /** The look that is under way, and the one that follows it. */
  #looking: Promise<void> | undefined
  #next: Promise<void> | undefined
  #meanwhile: Meanwhile | undefined
  #timer: NodeJS.Timeout | undefined
  #stopped = false

  constructor(deps: WorkWatchDeps) {
    this.#deps = deps
  }

  /** The oldest rows that have not ended, context rows included. */
  get pending(): readonly PendingRow[] {
    return this.#listed().pending
  }

  /** Rows that want a container now. */
  get due(): readonly PendingRow[] {
    return this.#listed().due
  }

  /** Whether there are any; costs nothing. */
  get isDue(): boolean {
    return this.#due.size > 0
  }

  /** When the next row will want one, if none does now. */
  get nextDueAt(): string | null {
    const times = [...this.#later.values()].map(({ processAfter }) => processAfter ?? '')
    return times.sort()[0] ?? null
  }

  /** Rows from a place that want an answer now. */
  dueFrom(place: Place): readonly PendingRow[] {
    return this.due.filter(({ origin }) => origin !== null && isPlace(origin, place))
  }

  /** The last look failed: there may be rows that this does not know. */
  get isStale(): boolean {
    return this.#isStale
  }

  /**
   * Asks the database. One look at a time: who asks while one is under way gets the next, which begins
   * after that. It ends however much is appended meanwhile.
   */
  look(): Promise<void> {
    const under = this.#looking
    if (under === undefined) return this.#begin()
    this.#next ??= under.then(noMatter, noMatter).then(() => {
      this.#next = undefined
      return this.#begin()
    })
    return this.#next
  }

  /** Rows have been appended, in `seq` order. */
  added(rows: readonly PendingRow[]): void {
    this.#meanwhile?.added.push(...rows)
    // Younger than what the last look left out: they are seen when their turn comes.
    if (this.#isCut) return
    this.#isCut = this.#rows.size + rows.length > knownAtMost
    if (this.#isCut) return
    this.#add(rows)
    this.#wait()
  }

  /** Rows have ended. */
  async ended(rows: readonly PendingRow[]): Promise<void> {
    this.#lists = undefined
    for (const { id } of rows) {
      this.#meanwhile?.ended.add(id)
      for (const known of [this.#rows, this.#due, this.#later]) known.delete(id)
    }
    this.#wait()
    if (this.#isCut) await this.look()
  }

  /** Sets no timer any more. */
  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }

  #begin(): Promise<void> {
    const look = this.#read().finally(() => {
      this.#looking = this.#next
    })
    this.#looking = look
    return look
  }

  async #read(): Promise<void> {
    const { mailbox } = this.#deps
    // What is found may be older than what comes or ends while it is read.
    const meanwhile: Meanwhile = { added: [], ended: new Set() }
    this.#meanwhile = meanwhile
    this.#isStale = false
    try {
      const pending = await mailbox.pending(knownAtMost)
      // Where these are all, what wants an answer is among them.
      const isAll = pending.length < knownAtMost
      this.#found(isAll ? [pending] : [await mailbox.wanting(knownAtMost), pending], meanwhile)
    } catch (error) {
      this.#isStale = true
      throw error
    } finally {
      this.#meanwhile = undefined
    }
  }

  #found(found: readonly (readonly PendingRow[])[], { added, ended }: Meanwhile): void {
    const isLeft = ({ id }: PendingRow): boolean => !ended.has(id)
    for (const known of [this.#rows, this.#due, this.#later]) known.clear()
    this.#add(found.flat().filter(isLeft))
    this.#isCut = found.some(({ length }) => length === knownAtMost)
    this.added(added.filter(isLeft))
    this.#wait()
  }

  #listed() {
    return (this.#lists ??= { pending: [...this.#rows.values()], due: [...this.#due.values()] })
  }

  #add(rows: readonly PendingRow[]): void {
    this.#lists = undefined
    for (const row of rows) {
      if (this.#rows.has(row.id)) continue
      this.#rows.set(row.id, row)
      if (!row.trigger) continue
      const { processAfter } = row
      const isLater = processAfter !== null && processAfter > timestamp(this.#deps.clock)
      const known = isLater ? this.#later : this.#due
      known.set(row.id, row)
    }
  }

  /** What is put off is looked at again when its time has come; what is due wakes by itself. */
  #wait(): void {
    clearTimeout(this.#timer)
    if (this.#later.size === 0 || this.#due.size > 0 || this.#stopped) return
    const ms = Date.parse(this.nextDueAt ?? '') - this.#deps.clock.now()
    this.#timer = setTimeout(() => this.#deps.onDue(), Math.min(Math.max(ms, 0), longestTimerMs))
  }
}
