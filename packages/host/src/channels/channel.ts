import type { AdapterContext, ChannelAdapter, ChannelHealth } from '@nanoclaw/adapters'
import type { Logger } from '@nanoclaw/core'
import { errorMessage, timestamp, type Clock } from '@nanoclaw/schema'
import { withinDeadline } from '../deadline.ts'
import { channelName } from './channel-name.ts'
import { healthOf } from './health-of.ts'

/** Sends in a row of which none has got through. */
export interface FailedSends {
  /** From 0. */
  readonly count: number
  /** Of the last one. */
  readonly reason: string
}

/** What a channel works with. */
export interface ChannelDeps {
  readonly logger: Logger
  readonly clock: Clock
  /** A start that takes longer, in milliseconds, is mentioned. */
  readonly lateMs: number
}

const noFailures: FailedSends = { count: 0, reason: '' }

/**
 * One adapter from its start to its end.
 *
 * 1. What has been stopped for good is not started again: a start that comes to its end later is
 *    followed by another stop.
 * 2. An old run's hand-overs may come late: what was handed over before is a duplicate then.
 * 3. A start that ends when a newer one has begun says nothing of how things stand; the newer one does.
 */
export class Channel {
  readonly adapter: ChannelAdapter
  readonly name: string
  readonly #deps: ChannelDeps
  #isBegun = false
  #isOver = false
  #hasStarted = false
  /** Stands for what the adapter says of itself: between a stop and a start that has worked. */
  #standing: ChannelHealth | undefined
  #failed = noFailures
  #runs = 0
  /** Of the run that was begun last; aborted when that has been stopped. */
  #run = new AbortController()
  #stopping: Promise<void> | undefined

  constructor(adapter: ChannelAdapter, deps: ChannelDeps) {
    this.adapter = adapter
    this.name = channelName(adapter)
    this.#deps = deps
  }

  /** Its first start has come to a good end. */
  get hasStarted(): boolean {
    return this.#hasStarted
  }

  get failedSends(): FailedSends {
    return this.#failed
  }

  health(): ChannelHealth {
    return this.#standing ?? healthOf(this.adapter, this.#deps.clock)
  }

  noteSend(failure: string | undefined): void {
    this.#failed =
      failure === undefined ? noFailures : { count: this.#failed.count + 1, reason: failure }
  }

  async start(ctx: AdapterContext): Promise<void> {
    const { lateMs, logger } = this.#deps
    this.#isBegun = true
    this.#runs += 1
    const run = this.#runs
    this.#run = new AbortController()
    const signal = AbortSignal.any([ctx.signal, this.#run.signal])
    const late = setTimeout(() => {
      const message = `a channel has not started after ${lateMs} ms; the others work`
      logger.warn({ channel: this.name }, message)
    }, lateMs)
    const noMention = () => clearTimeout(late)
    ctx.signal.addEventListener('abort', noMention, { once: true })
    try {
      await this.adapter.start({ ...ctx, signal })
    } finally {
      noMention()
      ctx.signal.removeEventListener('abort', noMention)
    }
    this.#hasStarted = true
    if (this.#isOver) return this.adapter.stop()
    if (run !== this.#runs) return
    this.#standing = undefined
    ctx.healthChanged()
  }

  /**
   * Stops it and starts it again, each for at most `timeoutMs` milliseconds. Rejects with the error of
   * the start, or when that is late; the channel is down then, until a start has come to a good end.
   */
  async restart(ctx: AdapterContext, timeoutMs: number): Promise<void> {
    if (this.#isOver) return
    this.#runs += 1
    this.#stand('it is being started again')
    await this.#stop(timeoutMs)
    if (this.#isOver) return
    try {
      await withinDeadline(() => this.start(ctx), { timeoutMs })
    } catch (error) {
      this.#stand(`it could not be started again: ${errorMessage(error)}`)
      throw error
    }
  }

  /** Ends it for good, if its start was begun. Never rejects. */
  async end(timeoutMs: number): Promise<void> {
    this.#isOver = true
    if (this.#isBegun) await this.#stop(timeoutMs)
  }

  #stand(why: string): void {
    this.#standing = { state: 'down', since: timestamp(this.#deps.clock), why }
  }

  async #stop(timeoutMs: number): Promise<void> {
    const stopping = (this.#stopping ??= this.#stopAdapter())
    try {
      await withinDeadline(() => stopping, { timeoutMs })
    } catch (error) {
      const why = errorMessage(error)
      this.#deps.logger.error({ channel: this.name, err: error }, `a channel does not stop: ${why}`)
    } finally {
      if (this.#stopping === stopping) this.#stopping = undefined
      this.#run.abort()
    }
  }

  async #stopAdapter(): Promise<void> {
    await this.adapter.stop()
  }
}
