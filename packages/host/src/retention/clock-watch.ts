import type { Core, Logger, SeenClock } from '@nanoclaw/core'
import { lookAtClock, unremarkableMs } from './plausible-clock.ts'

/** What a {@link ClockWatch} works with. */
export interface ClockWatchDeps {
  readonly core: Pick<Core, 'agents' | 'retention' | 'clock'>
  readonly logger: Logger
  /** Milliseconds of a clock that does not jump. */
  readonly monotonic: () => number
}

/** A reading of the wall clock. */
export interface ClockReading {
  readonly now: number
  /** Whether things may be judged by it that are kept for so many days. */
  readonly isBelieved: (retentionDays: number) => boolean
}

/** What is believed is noted when it has gone on by so much: it is a write to the disk. */
const shortestNoteMs = 60_000
const longestNoteMs = 3_600_000

/** Looks at the wall clock beside one that does not jump; what it knows outlasts restarts. */
export class ClockWatch {
  readonly #deps: ClockWatchDeps
  #lastLook: number
  #seen: readonly SeenClock[] | undefined
  #noted: readonly SeenClock[] = []

  constructor(deps: ClockWatchDeps) {
    this.#deps = deps
    this.#lastLook = deps.monotonic()
  }

  /** Another look. */
  async look(): Promise<ClockReading> {
    const { core, monotonic } = this.#deps
    const agents = await core.agents.list()
    const days = new Set(agents.flatMap(({ retentionDays }) => retentionDays ?? []))
    const known = this.#seen ?? (await this.#recall())
    const now = core.clock.now()
    const elapsed = monotonic() - this.#lastLook
    this.#lastLook += elapsed
    const seen = [...days].map((retentionDays) => {
      // A time that is new is judged by what is least sure.
      const own = known.find((one) => one.retentionDays === retentionDays) ?? leastSure(known)
      const before = own ?? { at: now, doubtMs: null, shown: null }
      return lookAtClock({ ...before, retentionDays }, now, elapsed)
    })
    this.#warn(seen)
    this.#seen = seen
    await this.#note(seen)
    const doubted = new Set(
      seen.flatMap(({ retentionDays, doubtMs }) => (doubtMs === null ? [] : [retentionDays])),
    )
    return { now, isBelieved: (one) => days.has(one) && !doubted.has(one) }
  }

  async #recall(): Promise<readonly SeenClock[]> {
    const { retention } = this.#deps.core
    this.#noted = await retention.seenClock()
    if (this.#noted.length > 0) return this.#noted
    const at = await retention.newestActivity()
    return at === undefined ? [] : [{ retentionDays: Infinity, at, doubtMs: null, shown: null }]
  }

  #warn(seen: readonly SeenClock[]): void {
    const wasDoubted = this.#seen?.some(({ doubtMs }) => doubtMs !== null) ?? false
    const doubt = seen.find(({ doubtMs }) => doubtMs !== null)
    if (doubt === undefined || wasDoubted) return
    const { retentionDays, at } = doubt
    const message =
      'the clock is ahead of what was expected; what is kept for so many days is not pruned before it has said so for a tenth of that time, or a day'
    this.#deps.logger.warn({ expected: new Date(at).toISOString(), retentionDays }, message)
  }

  async #note(seen: readonly SeenClock[]): Promise<void> {
    const isSame = (one: SeenClock): boolean => {
      const noted = this.#noted.find(({ retentionDays }) => retentionDays === one.retentionDays)
      if (noted?.doubtMs !== one.doubtMs) return false
      const remarkable = Math.max(unremarkableMs(one.retentionDays), shortestNoteMs)
      return Math.abs(one.at - noted.at) < Math.min(remarkable, longestNoteMs)
    }
    if (seen.every(isSame)) return
    await this.#deps.core.retention.noteClock(seen)
    this.#noted = seen
  }
}

function leastSure(known: readonly SeenClock[]): SeenClock | undefined {
  return known.reduce<SeenClock | undefined>(
    (least, one) => (least !== undefined && least.at <= one.at ? least : one),
    undefined,
  )
}
