import type { Mailbox } from '@nanoclaw/core'
import type { HostLimits } from '../limits.ts'
import { RowRate } from './row-rate.ts'

/** What keeps the rows of a container from being taken for a while; an incident of that kind. */
export type HoldKind = 'outbound-backlog' | 'outbound-flood'

/** Rows wait in `outbound.db`. */
export interface Hold {
  readonly kind: HoldKind
  /** For people and for the agent. */
  readonly message: string
  /** Nobody has been told of it yet. */
  readonly isNew: boolean
  /** The container has been too fast for too long: why it is to be ended. */
  readonly verdict: string | undefined
}

/** What is missing between two looks beyond this was a sleep of the machine (S12). */
const longestStepMs = 3_000
/** A session that has been held back goes on when so much of what may wait has gone. */
const freedShare = 0.2

/** What a gate needs. */
export interface GateDeps {
  readonly limits: Pick<
    HostLimits,
    'undeliveredRows' | 'rowsPerSecond' | 'rowsBurst' | 'backPressureMs'
  >
  readonly mailbox: Pick<Mailbox, 'undelivered'>
  /** A monotonic clock in milliseconds. */
  readonly now?: () => number
}

/**
 * How many rows of one container may be taken. What it holds back stays in `outbound.db`: nothing is
 * lost, nothing is refused, and it goes on by itself.
 *
 * 1. No more wait to be sent than `undeliveredRows`. They are at most what was counted last and what has
 *    been taken since, so that a message costs an addition; they are counted, by index, when that comes
 *    near the limit.
 * 2. No more are taken than `rowsPerSecond`, beyond a burst.
 * 3. Only rows that are there are held back: `hold` is asked when a look has found some.
 */
export class OutboundGate {
  readonly #limits: GateDeps['limits']
  readonly #mailbox: GateDeps['mailbox']
  readonly #now: () => number
  readonly #rate: RowRate
  /** Unknown until they have been counted. */
  #waitingAtMost = Infinity
  #closedBy: HoldKind | undefined
  #heldBy: HoldKind | undefined
  /** What an earlier process has told may still be open. */
  #told = new Set<HoldKind>(['outbound-backlog', 'outbound-flood'])
  #isFirst = true
  /** How long the container has been too fast, without a moment in which all was taken. */
  #aheadMs = 0
  #lastHold: number | undefined

  constructor({ limits, mailbox, now = () => performance.now() }: GateDeps) {
    this.#limits = limits
    this.#mailbox = mailbox
    this.#now = now
    this.#rate = new RowRate(limits, now)
  }

  /** Rows wait that may not be taken now, as the last look found. */
  get isHolding(): boolean {
    return this.#heldBy !== undefined
  }

  /** How many rows may be taken now, at most `wanted`; 0: none. */
  admit(wanted: number): number | Promise<number> {
    this.#closedBy = undefined
    const rows = this.#rate.admit(wanted)
    if (rows === 0) {
      this.#closedBy = 'outbound-flood'
      return 0
    }
    const isNear = this.#waitingAtMost + rows > this.#limits.undeliveredRows
    return isNear || this.#heldBy === 'outbound-backlog' ? this.#count(rows) : rows
  }

  /** So many rows have been taken. */
  took(rows: number): void {
    this.#rate.took(rows)
    this.#waitingAtMost += rows
  }

  /** To be asked when none may be taken, and there are some. */
  hold(): Hold {
    const kind = this.#closedBy ?? 'outbound-flood'
    const now = this.#now()
    const step = now - (this.#lastHold ?? now)
    this.#lastHold = now
    if (kind === 'outbound-flood') this.#aheadMs += Math.min(step, longestStepMs)
    if (this.#isFirst) this.#told.clear()
    this.#isFirst = false
    const isNew = !this.#told.has(kind)
    this.#told.add(kind)
    this.#heldBy = kind
    return { kind, isNew, message: this.#wordsOf(kind), verdict: this.#verdict() }
  }

  /** All that is there has been taken. Gives what is over now. */
  caughtUp(): readonly HoldKind[] {
    this.#heldBy = undefined
    this.#lastHold = undefined
    this.#aheadMs = 0
    this.#isFirst = false
    if (this.#told.size === 0) return []
    const over = [...this.#told]
    this.#told.clear()
    return over
  }

  async #count(rows: number): Promise<number> {
    const { undeliveredRows } = this.#limits
    this.#waitingAtMost = await this.#mailbox.undelivered(undeliveredRows)
    const share = this.#heldBy === 'outbound-backlog' ? 1 - freedShare : 1
    if (this.#waitingAtMost < undeliveredRows * share) {
      return Math.min(rows, undeliveredRows - this.#waitingAtMost)
    }
    this.#closedBy = 'outbound-backlog'
    return 0
  }

  #verdict(): string | undefined {
    const { rowsPerSecond, backPressureMs } = this.#limits
    if (this.#aheadMs <= backPressureMs) return undefined
    return `it has written more than ${rowsPerSecond} messages a second for ${Math.round(backPressureMs / 1_000)} s`
  }

  #wordsOf(kind: HoldKind): string {
    const { undeliveredRows, rowsPerSecond, rowsBurst } = this.#limits
    return kind === 'outbound-backlog'
      ? `${undeliveredRows} messages wait to be sent; what else was written is kept, and goes out when some of them have`
      : `after ${rowsBurst} messages at once, more were written than ${rowsPerSecond} a second; what else was written is kept, and goes out at that pace`
  }
}
