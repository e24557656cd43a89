import type { ChannelHealth } from '../contract/adapter.ts'
import type { ChannelCapabilities } from '../contract/capabilities.ts'
import type { AdapterContext, HandOverResult } from '../contract/context.ts'
import type { InboundEvent } from '../contract/events.ts'
import type {
  DeliverOptions,
  DeliveryUpdate,
  Origin,
  OutboundPart,
  ReconcileResult,
} from '../contract/parts.ts'
import { completeEvent } from './complete-event.ts'
import { DeliveryLog } from './delivery-log.ts'
import { MemoryInbox } from './inbox.ts'
import { textOf } from './part-content.ts'
import type {
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
  deliveryReceipts: false,
}

/** The far side of the memory adapter: it outlives `stop()` and `crash()`, as a real one does. */
export class MemoryPlatform {
  readonly options: MemoryAdapterOptions
  readonly capabilities: ChannelCapabilities
  readonly shown = new DeliveryLog()
  readonly typed: Origin[] = []
  readonly faults: MemoryFault[] = []
  readonly gone = new Set<string>()
  readonly #inbox = new MemoryInbox()
  readonly #log: InboundEvent[] = []
  #ctx: AdapterContext | undefined
  #health: ChannelHealth

  constructor(options: MemoryAdapterOptions) {
    this.options = options
    const deliveryReceipts = options.queued === true
    this.capabilities = { ...EVERYTHING, deliveryReceipts, ...options.capabilities }
    this.#health = { state: 'connected', since: this.now() }
  }

  get health(): ChannelHealth {
    return this.#health
  }

  get unconfirmed(): readonly string[] {
    return this.#inbox.unconfirmed.map((event) => event.platformMessageId)
  }

  connect(ctx: AdapterContext): void {
    this.#ctx = ctx
    this.#inbox.open(async (event) => {
      if (event.sender.isSelf) return { outcome: 'duplicate' }
      return await ctx.handOver(event)
    })
  }

  async disconnect(): Promise<void> {
    this.#ctx = undefined
    await this.#inbox.close()
  }

  cut(): void {
    this.#ctx = undefined
    this.#inbox.cut()
  }

  async receive(input: MemoryEventInput): Promise<HandOverResult> {
    const event = completeEvent(input, {
      instance: this.options.instance ?? '',
      now: this.now(),
      newId: () => this.#newId(),
    })
    if (event.type === 'message') this.#log.push(event)
    return await this.#inbox.add(event)
  }

  redeliver(): Promise<void> {
    return this.#inbox.pumpAll()
  }

  /** Shows it, or finds what it has shown under this key inside its window. */
  take(
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
      at: this.now(),
    }
    this.shown.add(delivery)
    if (this.options.echo === true) this.#echo(delivery)
    return delivery
  }

  setHealth(state: ChannelHealth['state'], why?: string): void {
    const reason = state === 'connected' ? why : (why ?? `The platform was set ${state}.`)
    this.#health = { state, since: this.now(), ...(reason !== undefined && { why: reason }) }
    this.#ctx?.healthChanged()
  }

  async settle(key: string, update: DeliveryUpdate): Promise<void> {
    await this.#ctx?.deliveryUpdate(key, update)
  }

  lookUp(key: string): ReconcileResult {
    const found = this.shown.byKey(key)
    if (found === undefined) return { outcome: 'not-sent' }
    return { outcome: 'sent', platformMessageId: found.platformMessageId }
  }

  async *history(chatId: string, since: string): AsyncIterable<InboundEvent> {
    for (const event of this.#log) {
      if (event.chatId === chatId && event.sentAt > since && !event.sender.isSelf) yield event
    }
  }

  now(): string {
    return this.options.clock?.now() ?? new Date().toISOString()
  }

  #seen(key: string): MemoryDelivery | undefined {
    const { idempotency } = this.capabilities
    if (idempotency === 'none') return undefined
    const earliest = Date.parse(this.now()) - idempotency.windowMs
    const found = this.shown.byKey(key)
    return found !== undefined && Date.parse(found.at) >= earliest ? found : undefined
  }

  #echo(delivery: MemoryDelivery): void {
    const sender = { id: 'bot', name: 'Bot', isBot: true, isSelf: true }
    const { chatId, threadId } = delivery.origin
    const { platformMessageId, text } = delivery
    this.receive({ chatId, threadId, platformMessageId, text, sender }).catch(() => undefined)
  }

  #newId(): string {
    return this.options.newId?.() ?? crypto.randomUUID()
  }
}
