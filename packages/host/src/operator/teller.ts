import type { Core, IncidentRecord, Logger } from '@nanoclaw/core'
import { errorMessage, timestamp } from '@nanoclaw/schema'
import { backoffMs } from '../delivery/backoff.ts'
import { createAskedSinks, type AskedSinks } from './ask-sinks.ts'
import { createOperatorNotice } from './operator-notice.ts'
import type { OperatorSink, OperatorStatus } from './operator-sink.ts'
import { createTellingPace, type TellingPace } from './telling-pace.ts'

/** How telling goes, in milliseconds of a clock that does not jump. */
export interface TellerTimes {
  /** One sink's. Default 30 s. */
  readonly sinkTimeoutMs: number
  /** How often it is asked what other processes have opened. Default 30 s. */
  readonly lookMs: number
  /** First pause when no sink takes a notice; it doubles, up to 20 minutes. Default 5 s. */
  readonly retryBaseMs: number
  /** In this time at most {@link noticesAtMost} notices are told. Default 10 minutes. */
  readonly paceMs: number
  /** Pause after an error of the database. Default 5 s. */
  readonly troublePauseMs: number
}

/** What a teller works with. */
export interface TellerDeps {
  readonly core: Pick<Core, 'incidents' | 'clock' | 'installId'>
  /** Asked in this order until one takes a notice. */
  readonly sinks: readonly OperatorSink[]
  readonly logger: Logger
  /** 0 to 1, for the jitter. */
  random(): number
  readonly times?: Partial<TellerTimes>
}

/** Tells the operator of open incidents. */
export interface Teller {
  start(): void
  /** Waits for no sink: what is being told is told again by the next process, under the same key. */
  stop(): Promise<void>
  status(): OperatorStatus
}

/** Notices that may go out at once, each about one incident; what is more becomes one notice. */
export const noticesAtMost = 5

const defaultTimes: TellerTimes = {
  sinkTimeoutMs: 30_000,
  lookMs: 30_000,
  retryBaseMs: 5_000,
  paceMs: 600_000,
  troublePauseMs: 5_000,
}
const longestMs = 20 * 60_000
const waitingAtMost = 1_000

/**
 * Tells the operator of every open incident once, however often it recurs.
 *
 * 1. An incident is told at least once: it is marked in the database after a sink has taken it, and a
 *    crash in between tells it again: under the same key where it was told alone.
 * 2. What has been told and could not be marked is kept in memory, and marked before anything else is
 *    told.
 * 3. More incidents than may go out one by one are one notice, of at most 1,000.
 * 4. What no sink takes, and what recurs, has its next time in the database; what an earlier process
 *    told counts for the pace. So a restart forgets neither.
 */
export function createTeller(deps: TellerDeps): Teller {
  return new IncidentTeller(deps)
}

class IncidentTeller implements Teller {
  readonly #deps: TellerDeps
  readonly #times: TellerTimes
  readonly #sinks: AskedSinks
  readonly #pace: TellingPace
  readonly #abort = new AbortController()
  /** Told, and not marked yet: ids by the sink that took them. */
  readonly #unmarked: { readonly through: string; readonly ids: readonly string[] }[] = []
  #untold = 0
  #knowsPace = false
  #failuresInARow = 0
  /** On our own clock; a new incident does not make a sink that is down work. */
  #notBefore = 0
  #isWanted = false
  #running: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #endListening = (): void => undefined

  constructor(deps: TellerDeps) {
    this.#deps = deps
    this.#times = { ...defaultTimes, ...deps.times }
    const { sinkTimeoutMs: timeoutMs, paceMs: windowMs } = this.#times
    this.#sinks = createAskedSinks({ ...deps, clock: deps.core.clock, timeoutMs })
    this.#pace = createTellingPace({ most: noticesAtMost, windowMs, now: () => performance.now() })
  }

  start(): void {
    if (this.#deps.sinks.length === 0 || this.#abort.signal.aborted) return
    this.#endListening = this.#deps.core.incidents.onOpened(() => this.#wake())
    this.#wake()
  }

  async stop(): Promise<void> {
    this.#abort.abort()
    this.#endListening()
    clearTimeout(this.#timer)
    await this.#running
  }

  status(): OperatorStatus {
    return { untold: this.#untold, sinks: this.#sinks.status() }
  }

  #wake(): void {
    this.#isWanted = true
    this.#running ??= this.#work().finally(() => {
      this.#running = undefined
      if (this.#isWanted && !this.#abort.signal.aborted) this.#wake()
    })
  }

  async #work(): Promise<void> {
    clearTimeout(this.#timer)
    let pauseMs = 0
    while (pauseMs <= 0 || this.#isWanted) {
      if (this.#abort.signal.aborted) return
      this.#isWanted = false
      try {
        pauseMs = await this.#round()
      } catch (error) {
        if (this.#abort.signal.aborted) return
        const message = `what the operator is to be told: ${errorMessage(error)}`
        this.#deps.logger.error({ err: error }, message)
        pauseMs = this.#times.troublePauseMs
        this.#notBefore = performance.now() + pauseMs
      }
    }
    if (this.#abort.signal.aborted) return
    this.#timer = setTimeout(() => this.#wake(), Math.min(pauseMs, this.#times.lookMs))
  }

  /** Tells what is to be told. Milliseconds until the next look; 0: there may be more. */
  async #round(): Promise<number> {
    const waitMs = this.#notBefore - performance.now()
    if (waitMs > 0) return waitMs
    await this.#mark()
    const { incidents, clock } = this.#deps.core
    await this.#recallPace()
    const waiting = await incidents.untold(timestamp(clock), waitingAtMost)
    this.#untold = await incidents.countUntold()
    if (waiting.length === 0) return this.#times.lookMs
    const { allowance } = this.#pace
    if (allowance === 0) return Math.max(1, this.#pace.waitMs)
    const notices = waiting.length <= allowance ? waiting.map((one) => [one]) : [waiting]
    for (const notice of notices) {
      const pauseMs = await this.#tell(notice)
      if (pauseMs > 0) return pauseMs
    }
    return 0
  }

  async #recallPace(): Promise<void> {
    if (this.#knowsPace) return
    const { incidents, clock } = this.#deps.core
    const now = clock.now()
    for (const time of await incidents.lastTold(noticesAtMost)) {
      // One that lies ahead is of a clock that has been set back since.
      if (Date.parse(time) <= now) this.#pace.note(now - Date.parse(time))
    }
    this.#knowsPace = true
  }

  /** Milliseconds to wait when no sink has taken it, else 0. */
  async #tell(about: readonly IncidentRecord[]): Promise<number> {
    const { core } = this.#deps
    const notice = createOperatorNotice(about, core.installId)
    const through = await this.#sinks.ask(notice, this.#abort.signal)
    if (through === undefined) return this.#putOff(about)
    this.#failuresInARow = 0
    this.#pace.note()
    this.#untold -= about.length
    this.#unmarked.push({ through, ids: about.map(({ id }) => id) })
    await this.#mark()
    return 0
  }

  async #putOff(about: readonly IncidentRecord[]): Promise<number> {
    const { core, logger } = this.#deps
    this.#failuresInARow += 1
    const pauseMs = this.#backOff(this.#failuresInARow)
    this.#notBefore = performance.now() + pauseMs
    const names = this.#deps.sinks.map(({ name }) => name).join(', ')
    logger.error(
      { incidents: about.length, sinks: names },
      `the operator could not be told of ${about.length} incidents by any sink; see nanoclaw incidents`,
    )
    const attempts = 1 + Math.max(...about.map(({ tellAttempts }) => tellAttempts))
    const at = timestamp(core.clock, this.#backOff(attempts))
    await core.incidents.tellLater(
      about.map(({ id }) => id),
      at,
    )
    return pauseMs
  }

  #backOff(attempts: number): number {
    const { retryBaseMs: baseMs } = this.#times
    return backoffMs({ attempts, baseMs, longestMs, random: this.#deps.random() })
  }

  async #mark(): Promise<void> {
    for (let first = this.#unmarked[0]; first !== undefined; first = this.#unmarked[0]) {
      await this.#deps.core.incidents.told(first.ids, first.through)
      this.#unmarked.shift()
    }
  }
}
