import type { ChannelHealth } from '@nanoclaw/adapters'
import type { FailedSends } from './channel.ts'

/** When a channel counts as down, in milliseconds. */
export interface ChannelWatchTimes {
  /** Not connected for longer: an incident. */
  readonly channelDownMs: number
  /** Not connected for longer: it is started again; the pause doubles. */
  readonly channelRestartMs: number
  /** Connected without a new proof of it for longer: it is started again, to prove itself. */
  readonly channelSilentMs: number
}

/** What is wrong with a channel, and for how long, in milliseconds. */
export interface ChannelTrouble {
  readonly why: string
  readonly ms: number
}

/** So many sends of which none gets through are no chance. */
const failuresAtLeast = 3
/** So much longer than one that is down a channel may be `degraded`. */
const degradedMs = 3_600_000
/** What a first start may take before another is tried. */
const startingMs = 3_600_000

/**
 * What one channel's words and deeds add up to, on a clock that only runs while we look.
 *
 * 1. `connected` is believed until sends say otherwise, three in a row of which the platform has
 *    answered none, or until it is silent: its `lastProof` stays the same for too long. Silence alone
 *    may be a quiet night, so it is started again first; if it gives no new proof then, it is down.
 * 2. What is `idle` is not in trouble. What is `starting` is, but has an hour for it. What is
 *    `degraded` has an hour more, and is not started again: what works may be lost by that.
 * 3. Restarts come later and later; only when it has worked for a while do they begin anew.
 */
export class WatchedChannel {
  readonly #times: ChannelWatchTimes
  readonly #pauseMs: (restarts: number) => number
  #now = 0
  #why: string | undefined
  #since = 0
  /** Since when nothing is wrong; undefined: something is. */
  #fineSince: number | undefined
  #proof: string | undefined
  #proofAt = 0
  /** It was started again because it was silent, and has given no proof since. */
  #isAsked = false
  #restarts = 0
  #restartAt = Infinity
  #isRestarting = false
  #failures = 0
  /** Failed sends when it was started again: as long as there are no others, another start is in vain. */
  #failuresAtRestart = 0
  #isOfSends = false
  #isStarting = false
  #isDegraded = false

  /** `pauseMs`: before the next restart, after so many. */
  constructor(deps: { times: ChannelWatchTimes; pauseMs: (restarts: number) => number }) {
    this.#times = deps.times
    this.#pauseMs = deps.pauseMs
  }

  get trouble(): ChannelTrouble | undefined {
    if (this.#why === undefined) return undefined
    const ms = this.#now - this.#since
    // It works in part: as long as that is so, it may mend itself.
    return { why: this.#why, ms: this.#isDegraded ? Math.max(0, ms - degradedMs) : ms }
  }

  /** Why it would be started again. */
  get reason(): string {
    return this.#why ?? 'it says that it is connected, but has given no new proof of it for long'
  }

  get wantsRestart(): boolean {
    if (this.#isRestarting || this.#isDegraded) return false
    if (this.#why === undefined) return this.#isSilent
    if (this.#isStarting && this.#now - this.#since < startingMs) return false
    if (this.#isOfSends && this.#failures === this.#failuresAtRestart) return false
    return this.#now >= this.#restartAt
  }

  /** `now` in milliseconds, rising only while somebody looks. */
  look(now: number, health: ChannelHealth, failed: FailedSends): void {
    this.#now = now
    this.#failures = failed.count
    if (health.lastProof !== undefined && health.lastProof !== this.#proof) {
      this.#proof = health.lastProof
      this.#proofAt = now
      this.#isAsked = false
    }
    // While it is started again it is down for that; what it is started again for is the better word.
    if (this.#isRestarting && this.#why !== undefined) return
    const why = this.#troubleOf(health, failed)
    if (why === undefined) return this.#isFine()
    if (this.#why === undefined) {
      this.#since = now
      this.#restartAt = now + this.#pauseMs(this.#restarts)
    }
    this.#isStarting = health.starting === true
    this.#isDegraded = health.state === 'degraded'
    this.#fineSince = undefined
    this.#why = why
    this.#isOfSends = health.state === 'connected' && failed.count >= failuresAtLeast
  }

  restartBegins(): void {
    this.#isRestarting = true
    this.#failuresAtRestart = this.#failures
    if (this.#why === undefined) this.#isAsked = true
    else this.#restarts += 1
  }

  restartEnds(now: number): void {
    this.#isRestarting = false
    this.#restartAt = now + this.#pauseMs(this.#restarts)
  }

  get #isSilent(): boolean {
    return this.#proof !== undefined && this.#now - this.#proofAt >= this.#times.channelSilentMs
  }

  #troubleOf(health: ChannelHealth, { count, reason }: FailedSends): string | undefined {
    if (health.idle === true) return undefined
    if (health.state !== 'connected') return health.why ?? `it is ${health.state}`
    if (count >= failuresAtLeast) {
      return `it says that it is connected, but none of its last ${count} sends got through: ${reason}`
    }
    if (this.#isAsked) {
      return `it says that it is connected, but the last proof of it is of ${this.#proof}, also after a new start`
    }
    return undefined
  }

  #isFine(): void {
    this.#why = undefined
    this.#fineSince ??= this.#now
    if (this.#now - this.#fineSince >= this.#times.channelRestartMs) this.#restarts = 0
  }
}
