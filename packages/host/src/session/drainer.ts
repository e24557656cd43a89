import { setTimeout as sleep } from 'node:timers/promises'
import { drainOutbound, type DrainDeps, type DrainOutcome } from './outbound-drain.ts'
import { Strikes } from './strikes.ts'

const busyPauseMs = 20

/** What a drainer needs. */
export interface DrainerDeps extends DrainDeps {
  /** After every drain that found something. */
  onProgress(outcome: Extract<DrainOutcome, { outcome: 'drained' }>): Promise<void>
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
  readonly #deps: DrainerDeps
  readonly #strikes = new Strikes()
  #loop: Promise<void> | undefined
  #last: Promise<unknown> = Promise.resolve()
  #again = false
  #stopped = false

  constructor(deps: DrainerDeps) {
    this.#deps = deps
  }

  get isDraining(): boolean {
    return this.#loop !== undefined
  }

  /** Evidence against the last container does not count against the next. */
  newContainer(): void {
    this.#strikes.newContainer()
  }

  /** Drains soon; returns at once. */
  ring(): void {
    this.#again = true
    if (this.#loop !== undefined || this.#stopped) return
    this.#loop = this.#drainAll()
      .catch((error: unknown) => this.#deps.onError(error))
      .finally(() => {
        this.#loop = undefined
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
    this.#stopped = true
    await this.#loop
    await this.#last
  }

  async #drainAll(): Promise<void> {
    while (this.#again && !this.#stopped) {
      this.#again = false
      const outcome = await this.once()
      if (outcome.outcome === 'drained') continue
      this.#again = true
      await sleep(busyPauseMs)
    }
  }

  async #drain(): Promise<DrainOutcome> {
    const outcome = await drainOutbound(this.#deps)
    if (outcome.outcome === 'drained' && outcome.progress) await this.#deps.onProgress(outcome)
    const verdict = this.#strikes.count(outcome)
    if (verdict !== undefined) {
      this.#stopped = true
      await this.#deps.onVerdict(verdict)
    }
    return outcome
  }
}
