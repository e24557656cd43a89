import type { ChannelHealth } from '../contract/adapter.ts'
import type { ChannelCapabilities } from '../contract/capabilities.ts'
import type { AdapterContext, HandOverResult } from '../contract/context.ts'
import {
  RetryableDeliveryError,
  TerminalDeliveryError,
  UnknownOutcomeError,
} from '../contract/errors.ts'
import type { InboundEvent } from '../contract/events.ts'
import type {
  DeliverOptions,
  DeliveryResult,
  DeliveryUpdate,
  Origin,
  OutboundPart,
  ReconcileResult,
} from '../contract/parts.ts'
import { untilAborted } from '../until-aborted.ts'
import type { MemoryPlatform } from './memory-platform.ts'
import { readAll } from './part-content.ts'
import { refusePart } from './refuse-part.ts'
import type { MemoryAdapter, MemoryDelivery, MemoryEventInput, MemoryFault } from './types.ts'

/** One adapter on a platform, with the platform's own doings beside it for a test to play. */
export class MemoryChannel implements MemoryAdapter {
  readonly channelType: string
  readonly instance: string
  readonly capabilities: ChannelCapabilities
  readonly typing?: (origin: Origin) => Promise<void>
  readonly resolve?: (name: string) => Promise<string | undefined>
  readonly history?: (chatId: string, since: string) => AsyncIterable<InboundEvent>
  readonly reconcile?: (key: string) => Promise<ReconcileResult>
  readonly #platform: MemoryPlatform
  readonly #inFlight = new Set<Promise<unknown>>()
  readonly #dead = new AbortController()
  #ctx: AdapterContext | undefined

  constructor(platform: MemoryPlatform) {
    const { options, capabilities } = platform
    this.#platform = platform
    this.channelType = options.channelType ?? 'memory'
    this.instance = options.instance ?? ''
    this.capabilities = capabilities
    if (capabilities.typing) this.typing = async (origin) => void platform.typed.push(origin)
    if (capabilities.history) this.history = (chatId, since) => platform.history(chatId, since)
    if (options.reconcile === true) this.reconcile = async (key) => this.#lookUp(key)
    const names = new Map(Object.entries(options.names ?? {}))
    if (options.names !== undefined) this.resolve = async (name) => names.get(name)
  }

  async start(ctx: AdapterContext): Promise<void> {
    if (this.#ctx !== undefined) return
    this.#ctx = ctx
    this.#platform.connect(ctx)
  }

  async stop(): Promise<void> {
    const wasStarted = this.#ctx !== undefined
    this.#ctx = undefined
    if (wasStarted) await this.#platform.disconnect()
    await Promise.allSettled([...this.#inFlight])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  crash(): MemoryAdapter {
    this.#ctx = undefined
    this.#dead.abort()
    this.#platform.cut()
    return new MemoryChannel(this.#platform)
  }

  health(): ChannelHealth {
    const { health } = this.#platform
    if (this.#ctx !== undefined) return health
    return { state: 'down', since: health.since, why: 'The adapter is not started.' }
  }

  async deliver(
    origin: Origin,
    part: OutboundPart,
    options: DeliverOptions,
  ): Promise<DeliveryResult> {
    const work = this.#deliver(origin, part, options)
    this.#inFlight.add(work)
    try {
      return await work
    } finally {
      this.#inFlight.delete(work)
    }
  }

  async #deliver(
    origin: Origin,
    part: OutboundPart,
    options: DeliverOptions,
  ): Promise<DeliveryResult> {
    this.#refuse(origin, part, options)
    const platform = this.#platform
    const fault = platform.faults.shift()
    if (fault instanceof Error) throw fault
    const ended = AbortSignal.any([options.signal, this.#dead.signal])
    if (fault === 'timeout') {
      await untilAborted(ended)
      throw new UnknownOutcomeError('The platform did not answer.')
    }
    if (fault === 'throw') throw new UnknownOutcomeError('The connection was cut.')
    const content = part.type === 'file' ? await readAll(part.open(), this.#maxBytes()) : undefined
    const taken = platform.take(origin, part, options, content)
    if (fault !== undefined) {
      if (fault === 'take-then-timeout') await untilAborted(ended)
      throw new UnknownOutcomeError("The platform's answer was lost.")
    }
    if (platform.options.queued === true) return { status: 'queued' }
    return { status: 'sent', platformMessageId: taken.platformMessageId }
  }

  #refuse(origin: Origin, part: OutboundPart, options: DeliverOptions): void {
    const { health, gone, shown } = this.#platform
    if (this.#ctx === undefined) throw new RetryableDeliveryError('The adapter is not started.')
    if (options.signal.aborted) throw new RetryableDeliveryError('Aborted before it was sent.')
    if (health.state === 'down') {
      throw new RetryableDeliveryError(health.why ?? 'The platform is down.')
    }
    if (gone.has(origin.chatId)) throw new TerminalDeliveryError('The chat is gone.')
    refusePart(part, this.capabilities)
    if (part.type === 'edit' && !shown.hasId(part.platformMessageId)) {
      throw new TerminalDeliveryError('There is no message of this bot with that id to edit.')
    }
  }

  #lookUp(key: string): ReconcileResult {
    const isAway = this.health().state === 'down'
    return isAway ? { outcome: 'unknown' } : this.#platform.lookUp(key)
  }

  #maxBytes(): number {
    return this.capabilities.files === false ? 0 : this.capabilities.files.maxBytes
  }

  get unconfirmed(): readonly string[] {
    return this.#platform.unconfirmed
  }

  get delivered(): readonly MemoryDelivery[] {
    return this.#platform.shown.all
  }

  get typed(): readonly Origin[] {
    return [...this.#platform.typed]
  }

  async receive(event: MemoryEventInput = {}): Promise<HandOverResult> {
    return await this.#platform.receive(event)
  }

  redeliver(): Promise<void> {
    return this.#platform.redeliver()
  }

  waitForDelivery(
    wanted: number | ((delivery: MemoryDelivery) => boolean),
    signal?: AbortSignal,
  ): Promise<MemoryDelivery> {
    return this.#platform.shown.wait(wanted, signal)
  }

  failNext(fault: MemoryFault): void {
    this.#platform.faults.push(fault)
  }

  setHealth(state: ChannelHealth['state'], why?: string): void {
    this.#platform.setHealth(state, why)
  }

  removeChat(chatId: string): void {
    this.#platform.gone.add(chatId)
  }

  async settle(key: string, update: DeliveryUpdate): Promise<void> {
    await this.#platform.settle(key, update)
  }
}
