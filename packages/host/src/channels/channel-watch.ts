import type { ChannelAdapter } from '@nanoclaw/adapters'
import type { Core, Incident, Logger } from '@nanoclaw/core'
import { errorMessage } from '@nanoclaw/schema'
import { backoffMs } from '../delivery/backoff.ts'
import { channelName } from './channel-name.ts'
import type { Channels } from './channels.ts'
import { WatchedChannel, type ChannelWatchTimes } from './watched-channel.ts'

/** What a watch works with. */
export interface ChannelWatchDeps {
  readonly channels: Channels
  readonly incidents: Pick<Core['incidents'], 'open' | 'resolve' | 'list'>
  readonly settings: ChannelWatchTimes & {
    /** One call of an adapter, in milliseconds: what is being sent has ended by itself then. */
    readonly deliveryTimeoutMs: number
  }
  readonly logger: Logger
  /** 0 to 1, for the jitter. */
  random(): number
  /** A monotonic clock in milliseconds. Default: the process's. */
  now?(): number
}

/** Tells the operator of channels that do not work, and starts them again. */
export interface ChannelWatch {
  start(): void
  /** Looks at once; resolves when what is to be told has been noted. For tests. */
  look(): Promise<void>
  /** Waits for no restart: a channel that is stopped for good is not started again. */
  stop(): Promise<void>
}

const kind = 'channel-down'
const looksPerDown = 5
const longestLookMs = 30_000
const longestPauseMs = 3_600_000
const stopSpareMs = 5_000

/**
 * A channel that is not connected for longer than `channelDownMs` is an incident, which is over when
 * it is connected again; and it is stopped and started again every `channelRestartMs`, twice as long
 * after each time, up to an hour. Time is counted from look to look, so that a machine, or a process,
 * that stood still finds no channel guilty.
 */
export function createChannelWatch(deps: ChannelWatchDeps): ChannelWatch {
  return new HealthWatch(deps)
}

class HealthWatch implements ChannelWatch {
  readonly #deps: ChannelWatchDeps
  readonly #everyMs: number
  readonly #watched = new Map<ChannelAdapter, WatchedChannel>()
  /** Subjects of incidents that were open at the last look; undefined: not known yet. */
  #open: Set<string> | undefined
  /** Time in which we were awake, in milliseconds. */
  #awakeMs = 0
  #lookedAt: number
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> | undefined
  #isStopped = false

  constructor(deps: ChannelWatchDeps) {
    this.#deps = deps
    this.#everyMs = Math.min(longestLookMs, deps.settings.channelDownMs / looksPerDown)
    this.#lookedAt = this.#now()
  }

  start(): void {
    this.#lookedAt = this.#now()
    this.#timer = setInterval(() => void this.look(), this.#everyMs)
  }

  look(): Promise<void> {
    return (this.#looking ??= this.#lookAtAll().finally(() => (this.#looking = undefined)))
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    clearInterval(this.#timer)
    await this.#looking
  }

  #now(): number {
    return this.#deps.now?.() ?? performance.now()
  }

  async #lookAtAll(): Promise<void> {
    const now = this.#now()
    this.#awakeMs += Math.min(now - this.#lookedAt, 2 * this.#everyMs)
    this.#lookedAt = now
    try {
      // Where one is open it may have been resolved by hand: it is opened again as long as it is so.
      if (this.#open === undefined || this.#open.size > 0) this.#open = await this.#openNow()
    } catch (error) {
      return this.#notNoted(error)
    }
    const open = this.#open
    for (const adapter of this.#deps.channels.list()) {
      // What is wrong with one hides none of the others.
      await this.#lookAt(adapter, open).catch((error: unknown) => this.#notNoted(error))
    }
    await this.#settleOthers(open).catch((error: unknown) => this.#notNoted(error))
  }

  #notNoted(error: unknown): void {
    const message = `an incident of a channel could not be noted: ${errorMessage(error)}`
    this.#deps.logger.error({ err: error }, message)
  }

  async #openNow(): Promise<Set<string>> {
    const open = await this.#deps.incidents.list({ open: true })
    return new Set(
      open.filter((each: Incident) => each.kind === kind).map(({ subject }) => subject),
    )
  }

  async #lookAt(adapter: ChannelAdapter, open: Set<string>): Promise<void> {
    const { channels, settings, incidents } = this.#deps
    const watched = this.#watchedOf(adapter)
    watched.look(this.#awakeMs, channels.health(adapter), channels.failedSends(adapter))
    const { trouble } = watched
    const subject = channelName(adapter)
    if (trouble === undefined && open.has(subject)) {
      await incidents.resolve(kind, subject)
      open.delete(subject)
    }
    if (trouble !== undefined && trouble.ms >= settings.channelDownMs && !open.has(subject)) {
      const minutes = Math.max(1, Math.round(trouble.ms / 60_000))
      const message = `the channel ${subject} has been in trouble for ${minutes} min: ${trouble.why}`
      await incidents.open({ kind, subject, message })
      open.add(subject)
    }
    if (channels.hasStarted(adapter) && watched.wantsRestart) void this.#restart(adapter, watched)
  }

  #watchedOf(adapter: ChannelAdapter): WatchedChannel {
    const known = this.#watched.get(adapter)
    if (known !== undefined) return known
    const { settings, random } = this.#deps
    const watched = new WatchedChannel({
      times: settings,
      pauseMs: (restarts) =>
        backoffMs({
          attempts: restarts + 1,
          baseMs: settings.channelRestartMs,
          longestMs: longestPauseMs,
          random: random(),
        }),
    })
    this.#watched.set(adapter, watched)
    return watched
  }

  /** Channels that are configured no more, once late ones have had the time to come. */
  async #settleOthers(open: Set<string>): Promise<void> {
    const { channels, incidents, settings } = this.#deps
    const adapters = channels.list()
    for (const adapter of this.#watched.keys()) {
      if (!adapters.includes(adapter)) this.#watched.delete(adapter)
    }
    if (this.#awakeMs < settings.channelDownMs) return
    const names = new Set(adapters.map(channelName))
    for (const subject of open) {
      if (names.has(subject)) continue
      await incidents.resolve(kind, subject)
      open.delete(subject)
    }
  }

  async #restart(adapter: ChannelAdapter, watched: WatchedChannel): Promise<void> {
    if (this.#isStopped) return
    const { channels, logger, settings } = this.#deps
    const channel = channelName(adapter)
    watched.restartBegins()
    logger.warn({ channel }, `the channel ${channel} is started again: ${watched.reason}`)
    try {
      await channels.restart(adapter, settings.deliveryTimeoutMs + stopSpareMs)
    } catch (error) {
      const why = errorMessage(error)
      logger.error({ channel, err: error }, `the channel ${channel} could not be started: ${why}`)
    } finally {
      watched.restartEnds(this.#awakeMs)
    }
  }
}
