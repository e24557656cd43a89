import type { HeardFrom, Mailbox, PendingRow } from '@nanoclaw/core'
import { timestamp, type Clock, type Place } from '@nanoclaw/schema'
import { isPlace, summarise, type Workload } from './workload.ts'

/** The oldest rows that are looked at; the others have their turn when these have ended. */
const pendingAtMost = 500
const longestTimerMs = 2 ** 31 - 1

/** What a watch needs. */
export interface WorkWatchDeps {
  readonly mailbox: Mailbox
  readonly clock: Clock
  /** A row's time has come. */
  onDue(): void
}

/** What waits for the agent, as of the last look, and the timer for what waits for its time. */
export class WorkWatch {
  readonly #deps: WorkWatchDeps
  #work: Workload = { due: [], nextDueAt: null }
  #heard: HeardFrom[] = []
  #timer: NodeJS.Timeout | undefined

  constructor(deps: WorkWatchDeps) {
    this.#deps = deps
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

  isWaitedForAt(place: Place): boolean {
    return this.due.some(({ origin }) => origin !== null && isPlace(origin, place))
  }

  async look(): Promise<void> {
    const rows = await this.#deps.mailbox.pending(pendingAtMost)
    this.#work = summarise(rows, timestamp(this.#deps.clock))
    for (const row of this.#work.due) this.#hear(row)
    this.stop()
    if (this.nextDueAt === null || this.due.length > 0) return
    const ms = Date.parse(this.nextDueAt) - this.#deps.clock.now()
    this.#timer = setTimeout(() => this.#deps.onDue(), Math.min(Math.max(ms, 0), longestTimerMs))
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #hear({ origin }: PendingRow): void {
    if (origin === null || this.#heard.some((heard) => isPlace(heard.place, origin))) return
    this.#heard.push({ place: origin, senderId: null })
  }
}
