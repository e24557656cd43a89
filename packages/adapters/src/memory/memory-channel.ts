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
import { completeEvent } from './complete-event.ts'
import { MemoryInbox } from './inbox.ts'
import { readAll, textOf, untilAborted } from './part-content.ts'
import { refusePart } from './refuse-part.ts'
import type {
  MemoryAdapter,
  MemoryAdapterOptions,
  MemoryDelivery,
  MemoryEventInput,
  MemoryFault,
} from './types.ts'

const FIVE_MINUTES_MS = 300_000

const EVERYTHING: ChannelCapabilities = {
  threads: true,
  edits: true,
  reactions: true,
  buttons: { max: 10, labelLength: 80 },
  cards: true,
  typing: true,
  files: { maxBytes: 100_000_000 },
  textLength: 4_000,
  markdown: 'commonmark',
  idempotency: { windowMs: FIVE_MINUTES_MS },
  history: true,
  deliveryReceipts: true,
}

/** The adapter and its platform. The platform's side outlives `stop()`, as a real one does. */
export class MemoryChannel implements MemoryAdapter {
  readonly channelType: string
  readonly instance: string
  readonly capabilities: ChannelCapabilities
  readonly typing?: (origin: Origin) => Promise<void>
  readonly history?: (chatId: string, since: string) => AsyncIterable<InboundEvent>
  readonly reconcile?: (key: string) => Promise<ReconcileResult>
  readonly #options: MemoryAdapterOptions
  readonly #inbox = new MemoryInbox()
  readonly #log: InboundEvent[] = []
  readonly #delivered: MemoryDelivery[] = []
  readonly #typed: Origin[] = []
  readonly #faults: MemoryFault[] = []
  readonly #gone = new Set<string>()
  readonly #inFlight = new Set<Promise<unknown>>()
  readonly #waiting = new Set<() => void>()
  readonly #byKey = new Map<string, MemoryDelivery>()
  readonly #ids = new Set<string>()
  #stopping = new AbortController()
  #ctx: AdapterContext | undefined
  #health: ChannelHealth

  constructor(options: MemoryAdapterOptions = {}) {
    this.#options = options
    this.channelType = options.channelType ?? 'memory'
    this.instance = options.instance ?? ''
    this.capabilities = { ...EVERYTHING, ...options.capabilities }
    this.#health = { state: 'connected', since: this.#now() }
    if (this.capabilities.typing) {
      this.typing = async (origin) => void this.#typed.push(origin)
    }
    if (this.capabilities.history) {
      this.history = (chatId, since) => this.#history(chatId, since)
    }
    if (options.reconcile === true) {
      this.reconcile = async (key) => this.#lookUp(key)
    }
  }

  get unconfirmed(): readonly string[] {
    return this.#inbox.unconfirmed.map((event) => event.platformMessageId)
  }

  get delivered(): readonly MemoryDelivery[] {
    return [...this.#delivered]
  }

  get typed(): readonly Origin[] {
    return [...this.#typed]
  }

  async start(ctx: AdapterContext): Promise<void> {
    if (this.#ctx !== undefined) return
    this.#ctx = ctx
    this.#stopping = new AbortController()
    this.#inbox.open(async (event) => {
      if (event.sender.isSelf) return { outcome: 'duplicate' }
      return await ctx.handOver(event)
    })
  }

  async stop(): Promise<void> {
    this.#ctx = undefined
    this.#stopping.abort()
    await this.#inbox.close()
    await Promise.allSettled([...this.#inFlight])
  }

  health(): ChannelHealth {
    if (this.#ctx !== undefined) return this.#health
    return { state: 'down', since: this.#health.since, why: 'The adapter is not started.' }
  }

  async resolve(name: string): Promise<string | undefined> {
    const names = this.#options.names ?? {}
    return Object.hasOwn(names, name) ? names[name] : undefined
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

  async receive(input: MemoryEventInput = {}): Promise<HandOverResult> {
    const event = completeEvent(input, {
      instance: this.instance,
      now: this.#now(),
      newId: () => this.#newId(),
    })
    this.#log.push(event)
    return await this.#inbox.add(event)
  }

  redeliver(): Promise<void> {
    return this.#inbox.pumpAll()
  }

  waitForDelivery(
    wanted: number | ((delivery: MemoryDelivery) => boolean),
    signal?: AbortSignal,
  ): Promise<MemoryDelivery> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found =
          typeof wanted === 'number' ? this.#delivered[wanted - 1] : this.#delivered.find(wanted)
        if (found === undefined) return
        end()
        resolve(found)
      }
      const abort = (): void => {
        end()
        reject(signal?.reason)
      }
      const end = (): void => {
        this.#waiting.delete(look)
        signal?.removeEventListener('abort', abort)
      }
      this.#waiting.add(look)
      signal?.addEventListener('abort', abort)
      if (signal?.aborted === true) abort()
      else look()
    })
  }

  failNext(fault: MemoryFault): void {
    this.#faults.push(fault)
  }

  setHealth(state: ChannelHealth['state'], why?: string): void {
    const reason = state === 'connected' ? why : (why ?? `The platform was set ${state}.`)
    this.#health = { state, since: this.#now(), ...(reason !== undefined && { why: reason }) }
    this.#ctx?.healthChanged()
  }

  removeChat(chatId: string): void {
    this.#gone.add(chatId)
  }

  async settle(key: string, update: DeliveryUpdate): Promise<void> {
    await this.#ctx?.deliveryUpdate(key, update)
  }

  async #deliver(
    origin: Origin,
    part: OutboundPart,
    options: DeliverOptions,
  ): Promise<DeliveryResult> {
    this.#refuse(origin, part, options)
    const fault = this.#faults.shift()
    if (fault instanceof Error) throw fault
    const ended = AbortSignal.any([options.signal, this.#stopping.signal])
    if (fault === 'timeout') {
      await untilAborted(ended)
      throw new UnknownOutcomeError('The platform did not answer.')
    }
    const content = part.type === 'file' ? await readAll(part.open(), this.#maxBytes()) : undefined
    const taken = this.#take(origin, part, options, content)
    if (fault !== undefined) {
      if (fault === 'take-then-timeout') await untilAborted(ended)
      throw new UnknownOutcomeError("The platform's answer was lost.")
    }
    if (this.#options.queued === true) return { status: 'queued' }
    return { status: 'sent', platformMessageId: taken.platformMessageId }
  }

  #refuse(origin: Origin, part: OutboundPart, options: DeliverOptions): void {
    if (this.#ctx === undefined) throw new RetryableDeliveryError('The adapter is not started.')
    if (options.signal.aborted) throw new RetryableDeliveryError('Aborted before it was sent.')
    if (this.#health.state === 'down') {
      throw new RetryableDeliveryError(this.#health.why ?? 'The platform is down.')
    }
    if (this.#gone.has(origin.chatId)) throw new TerminalDeliveryError('The chat is gone.')
    refusePart(part, this.capabilities)
    if (part.type === 'edit' && !this.#ids.has(part.platformMessageId)) {
      throw new TerminalDeliveryError('There is no message of this bot with that id to edit.')
    }
  }

  #take(
    origin: Origin,
    part: OutboundPart,
    options: DeliverOptions,
    content: Uint8Array | undefined,
  ): MemoryDelivery {
    const seen = this.#seen(options.key)
    if (seen !== undefined) return seen
    const changes = part.type === 'edit' || part.type === 'reaction'
    const delivery: MemoryDelivery = {
      key: options.key,
      origin,
      part,
      author: options.author,
      platformMessageId: changes ? part.platformMessageId : this.#newId(),
      text: textOf(part),
      ...(content !== undefined && { content }),
      at: this.#now(),
    }
    this.#delivered.push(delivery)
    this.#byKey.set(delivery.key, delivery)
    this.#ids.add(delivery.platformMessageId)
    for (const look of [...this.#waiting]) look()
    if (this.#options.echo === true) this.#echo(delivery)
    return delivery
  }

  #seen(key: string): MemoryDelivery | undefined {
    const { idempotency } = this.capabilities
    if (idempotency === 'none') return undefined
    const earliest = Date.parse(this.#now()) - idempotency.windowMs
    const found = this.#byKey.get(key)
    return found !== undefined && Date.parse(found.at) >= earliest ? found : undefined
  }

  #echo(delivery: MemoryDelivery): void {
    const sender = { id: 'bot', name: 'Bot', isBot: true, isSelf: true }
    const { chatId, threadId } = delivery.origin
    const { platformMessageId, text } = delivery
    void this.receive({ chatId, threadId, platformMessageId, text, sender })
  }

  #lookUp(key: string): ReconcileResult {
    const found = this.#byKey.get(key)
    if (found === undefined) return { outcome: 'not-sent' }
    return { outcome: 'sent', platformMessageId: found.platformMessageId }
  }

  async *#history(chatId: string, since: string): AsyncIterable<InboundEvent> {
    for (const event of this.#log) {
      if (event.chatId === chatId && event.sentAt > since && !event.sender.isSelf) yield event
    }
  }

  #maxBytes(): number {
    return this.capabilities.files === false ? 0 : this.capabilities.files.maxBytes
  }

  #now(): string {
    return this.#options.clock?.now() ?? new Date().toISOString()
  }

  #newId(): string {
    return this.#options.newId?.() ?? crypto.randomUUID()
  }
}
