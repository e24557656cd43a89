import { setTimeout as sleep } from 'node:timers/promises'
import type { HostLimits } from '../limits.ts'
import {
  drainOutbound,
  type DrainDeps,
  type DrainOutcome,
  type EndedRow,
} from './outbound-drain.ts'
import { OutboundGate } from './outbound-gate.ts'
import { Strikes } from './strikes.ts'

const busyPauseMs = 20
const troublePauseMs = 1_000
/** Between two looks at whether more may be taken; a tenth of what a burst takes to come back. */
const heldPauseMs = 1_000

const pauseAfter: Readonly<Record<DrainOutcome['outcome'], number>> = {
  drained: 0,
  held: heldPauseMs,
  flood: 0,
  busy: busyPauseMs,
  violation: busyPauseMs,
  deadline: busyPauseMs,
}

/** What a drainer needs. */
export interface DrainerDeps extends Omit<DrainDeps, 'gate'> {
  readonly limits: HostLimits
  /** After every drain that found something. */
  onProgress(ended: readonly EndedRow[]): Promise<void>
  /** There is enough evidence against the container. */
  onVerdict(reason: string): Promise<void>
  onError(error: unknown): void
  /** No drain is under way any more. */
  onIdle(): void
}

/**
 * Copies what the runner writes, one drain at a time: two at once would send a row twice. A ring
 * during a drain makes another follow.
 */
export class Drainer {
  readonly #deps: DrainerDeps & DrainDeps
  readonly #strikes = new Strikes()
  #loop: Promise<void> | undefined
  #last: Promise<unknown> = Promise.resolve()
  #again = false
  #rings = 0
  readonly #stopping = new AbortController()

  constructor(deps: DrainerDeps) {
    this.#deps = { ...deps, gate: new OutboundGate(deps) }
  }

  get isDraining(): boolean {
    return this.#loop !== undefined
  }

  /** Rows are there that may not be taken now: they are looked at again by themselves. */
  get isHeldBack(): boolean {
    return this.#deps.gate.isHolding
  }

  /** How often it has been rung. */
  get rings(): number {
    return this.#rings
  }

  /** Drains soon; returns at once. */
  ring(): void {
    this.#rings += 1
    this.#again = true
    if (this.#loop !== undefined || this.#isStopped) return
    this.#loop = this.#drainAll().finally(() => {
      this.#loop = undefined
      if (this.#again) this.ring()
      this.#deps.onIdle()
    })
  }

  /** Drains once and says what came of it. */
  once(): Promise<DrainOutcome> {
    const drain = this.#last.then(() => this.#drain())
    this.#last = drain.catch(() => undefined)
    return drain
  }

  /** Begins none any more; resolves when none is under way. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#loop
    await this.#last
  }

  async #drainAll(): Promise<void> {
    while (this.#again && !this.#isStopped) {
      this.#again = false
      const pauseMs = await this.once().then(
        ({ outcome }) => pauseAfter[outcome],
        (error: unknown) => {
          this.#deps.onError(error)
          return troublePauseMs
        },
      )
      if (pauseMs === 0) continue
      this.#again = true
      await this.#pause(pauseMs)
    }
  }

  get #isStopped(): boolean {
    return this.#stopping.signal.aborted
  }

  /** Ended early by `stop`. */
  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined)
  }

  async #drain(): Promise<DrainOutcome> {
    const wasHeld = this.isHeldBack
    const outcome = await drainOutbound(this.#deps)
    if ('progress' in outcome && outcome.progress) {
      await this.#deps.onProgress(outcome.outcome === 'drained' ? outcome.ended : [])
    }
    if (wasHeld && !this.isHeldBack) this.#deps.onNotice()
    const verdict = this.#strikes.count(outcome)
    if (verdict !== undefined) {
      this.#stopping.abort()
      await this.#deps.onVerdict(verdict)
    }
    return outcome
  }
}
