import type { Claim } from './claim.ts'
import type { PendingRow } from './inbox.ts'
import { originKey } from './places.ts'
import { readOpenRows } from './read-rows.ts'
import { selectPush } from './select-work.ts'
import type { RunnerSession } from './session.ts'

/** Past this many rows a turn takes no more, so that it ends some time. */
const mostRows = 200

/** The rows of a turn, by the batch they came in, and what more may come. */
export class TurnIntake {
  readonly #session: RunnerSession
  readonly #claim: Claim
  readonly #woken: (id: string) => boolean
  readonly #unanswered = new Map<number, readonly PendingRow[]>()
  #rows: readonly PendingRow[]
  #nextIndex = 1
  #closed: boolean

  /** `woken`: as for choosing work. */
  constructor(session: RunnerSession, claim: Claim, woken: (id: string) => boolean) {
    this.#session = session
    this.#claim = claim
    this.#woken = woken
    this.#rows = claim.rows
    this.#unanswered.set(0, claim.rows)
    this.#closed = claim.alone
  }

  /** All rows so far, in the order they came. */
  get rows(): readonly PendingRow[] {
    return this.#rows
  }

  /** The index that the next batch will have. */
  get nextIndex(): number {
    return this.#nextIndex
  }

  /** No rows are taken any more. */
  close(): void {
    this.#closed = true
  }

  /**
   * Rows that could come in now. `fair`: none while rows of other origins have waited longer.
   */
  candidates(fair: boolean): readonly PendingRow[] {
    const { inbox, outbox, clock } = this.#session
    const first = this.#claim.rows.find((row) => row.trigger !== 0)
    if (first === undefined || this.#closed || this.#rows.length >= mostRows) return []
    const open = readOpenRows(inbox, outbox, clock).rows
    const context = {
      ack: (id: string) => outbox.ack(id),
      woken: this.#woken,
      backingOff: () => false,
    }
    return selectPush(open, originKey(first), context, fair)
  }

  /** Claims the candidates for this turn. Inside a write; `accept` them when it is committed. */
  claim(fair: boolean): readonly PendingRow[] {
    const { outbox } = this.#session
    const { turnId } = this.#claim
    const rows = this.candidates(fair)
    if (rows.length === 0) return rows
    for (const row of rows) outbox.setAck(row.id, 'processing', turnId)
    const all = [...this.#rows, ...rows].map((row) => row.id)
    outbox.setTurnRows(turnId, all)
    return rows
  }

  /** Gives a batch its index. Without rows it is the runner's own word to the model. */
  accept(rows: readonly PendingRow[]): number {
    const index = this.#nextIndex
    this.#nextIndex += 1
    this.#rows = [...this.#rows, ...rows]
    if (rows.length > 0) this.#unanswered.set(index, rows)
    return index
  }

  /** Rows of the batches up to an index that nothing has answered yet. */
  unansweredThrough(through: number): readonly PendingRow[] {
    return [...this.#unanswered].flatMap(([index, rows]) => (index <= through ? rows : []))
  }

  /** Rows of later batches. */
  unansweredAfter(through: number): readonly PendingRow[] {
    return [...this.#unanswered].flatMap(([index, rows]) => (index > through ? rows : []))
  }

  /** Batches up to an index have been answered, and that is committed. */
  forgetThrough(through: number): void {
    for (const index of this.#unanswered.keys()) {
      if (index <= through) this.#unanswered.delete(index)
    }
  }
}
