import type { Approval, ApprovalCard, Core, Logger } from '@nanoclaw/core'
import type { Appended, NewInbound, Session } from '@nanoclaw/core'
import { errorMessage, timestamp } from '@nanoclaw/schema'
import { backoffMs } from '../delivery/backoff.ts'
import type { ApprovalActions } from './applier.ts'
import type { CardSender } from './card-sender.ts'
import { createFinisher, type Finisher } from './finish-approval.ts'

/** How the desk works, in milliseconds. */
export interface DeskTimes {
  /** How often it looks for what other processes have decided, and what channels are back. Default 30 s. */
  readonly lookMs: number
  /** First pause after an error; it doubles, up to 20 minutes. Default 5 s. */
  readonly retryBaseMs: number
  /** When nobody has been reached for so long, the next are asked. Default 5 minutes. */
  readonly reachMs: number
}

/** What a desk works with. */
export interface DeskDeps {
  readonly core: Core
  readonly actions: ApprovalActions
  readonly cards: CardSender
  readonly logger: Logger
  append(session: Session, rows: readonly NewInbound[]): Promise<readonly Appended[]>
  /** 0 to 1, for the jitter. */
  random(): number
  readonly times?: Partial<DeskTimes>
}

/** Where requests are brought to people, and their decisions are carried out. */
export interface ApprovalDesk {
  start(): void
  /** A channel, or who can be reached, may have changed. */
  lookAgain(): void
  /** What is being carried out is gone on with by the next process. */
  stop(): Promise<void>
}

const defaultTimes: DeskTimes = { lookMs: 30_000, retryBaseMs: 5_000, reachMs: 300_000 }
const longestMs = 20 * 60_000
const mostAtOnce = 1_000

/**
 * Brings requests to those who decide, and does what they have decided:
 *
 * 1. All of its state is in the database: it may be killed anywhere, and the next one goes on.
 * 2. What was approved is applied before anybody is shown that it was, and the agent is told after it.
 * 3. A request that nobody can be asked about is told to the operator.
 */
export function createApprovalDesk(deps: DeskDeps): ApprovalDesk {
  return new Desk(deps)
}

class Desk implements ApprovalDesk {
  readonly #deps: DeskDeps
  readonly #times: DeskTimes
  readonly #finisher: Finisher
  readonly #abort = new AbortController()
  /** Requests for which people have been asked by this process, or the next ones after them. */
  readonly #asked = new Map<string, 'first' | 'all'>()
  #failuresInARow = 0
  #isWanted = false
  #running: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #endListening = (): void => undefined

  constructor(deps: DeskDeps) {
    this.#deps = deps
    this.#times = { ...defaultTimes, ...deps.times }
    const { retryBaseMs } = this.#times
    this.#finisher = createFinisher({ ...deps, retryBaseMs })
  }

  start(): void {
    if (this.#abort.signal.aborted) return
    this.#endListening = this.#deps.core.approvals.onChange(() => this.#wake())
    this.#wake()
  }

  lookAgain(): void {
    this.#asked.clear()
    this.#wake()
  }

  async stop(): Promise<void> {
    this.#abort.abort()
    this.#endListening()
    clearTimeout(this.#timer)
    await this.#running
  }

  #wake(): void {
    if (this.#abort.signal.aborted) return
    this.#isWanted = true
    this.#running ??= this.#work().finally(() => {
      this.#running = undefined
      if (this.#isWanted) this.#wake()
    })
  }

  async #work(): Promise<void> {
    clearTimeout(this.#timer)
    let pauseMs = 0
    while (this.#isWanted) {
      if (this.#abort.signal.aborted) return
      this.#isWanted = false
      try {
        pauseMs = await this.#round()
        this.#failuresInARow = 0
      } catch (error) {
        if (this.#abort.signal.aborted) return
        this.#failuresInARow += 1
        const message = `what people are to decide: ${errorMessage(error)}`
        this.#deps.logger.error({ err: error }, message)
        pauseMs = this.#backOff(this.#failuresInARow)
      }
    }
    if (this.#abort.signal.aborted) return
    this.#timer = setTimeout(() => this.#wake(), pauseMs)
  }

  /** Milliseconds until the next look. */
  async #round(): Promise<number> {
    const { approvals, approvalCards, clock } = this.#deps.core
    const now = timestamp(clock)
    const expiresAt = await approvals.nextExpiry()
    if (expiresAt !== undefined && expiresAt <= now) await approvals.expire(mostAtOnce)
    await this.#finisher.finish(await approvals.unfinished(mostAtOnce))
    for (const approval of await approvals.list({ status: 'pending', limit: mostAtOnce })) {
      await this.#askSomebody(approval)
    }
    const due = await approvalCards.due(now, mostAtOnce)
    await Promise.all(due.map((card) => this.#step(card)))
    const times = [await approvals.nextExpiry(), await approvalCards.nextAt()]
    const waits = times.map((time) => Date.parse(time ?? '') - clock.now())
    const { lookMs } = this.#times
    // What was due before now waits for its channel.
    const ahead = [...waits, this.#finisher.waitMs].filter((ms) => ms > 0)
    return Math.min(lookMs, ...ahead)
  }

  async #step(card: ApprovalCard): Promise<void> {
    const approval = await this.#deps.core.approvals.get(card.approvalId)
    const { signal } = this.#abort
    if (approval === undefined || signal.aborted) return
    const stepped = await this.#deps.cards.step(card, approval, signal)
    // Somebody else has to be asked, or it has to be tried again.
    if (stepped?.status === 'failed') this.#asked.delete(card.approvalId)
    if (stepped !== undefined) this.#isWanted = true
  }

  /** Those in line, and, when none of them was reached for some minutes, all others. */
  async #askSomebody({ id, action, createdAt, summary }: Approval): Promise<void> {
    const { approvalCards, clock, incidents } = this.#deps.core
    const isLate = clock.now() - Date.parse(createdAt) >= this.#times.reachMs
    const known = this.#asked.get(id)
    if (known === 'all' || (known === 'first' && !isLate)) return
    const before = await approvalCards.of(id)
    if (before.some(({ status }) => status === 'shown')) return
    const cards = await approvalCards.ask(id, isLate)
    this.#asked.set(id, isLate ? 'all' : 'first')
    if ((cards.length > 0 && !isLate) || this.#deps.actions.toldApart?.has(action) === true) return
    const message = `nobody could be asked: ${summary}; look with "nanoclaw approvals show ${id}", then approve or reject it`
    await incidents.open({ kind: 'approval-unasked', subject: id, message })
  }

  #backOff(attempts: number): number {
    const { retryBaseMs: baseMs } = this.#times
    return backoffMs({ attempts, baseMs, longestMs, random: this.#deps.random() })
  }
}
