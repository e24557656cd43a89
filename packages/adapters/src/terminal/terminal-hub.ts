import type { ChannelHealth } from '../contract/adapter.ts'
import type { ChannelCapabilities } from '../contract/capabilities.ts'
import type { AdapterContext, HandOverResult } from '../contract/context.ts'
import {
  isRetryableDeliveryError,
  RetryableDeliveryError,
  TerminalDeliveryError,
  UnknownOutcomeError,
} from '../contract/errors.ts'
import type {
  Author,
  DeliverOptions,
  DeliveryResult,
  Origin,
  OutboundPart,
  ReconcileResult,
} from '../contract/parts.ts'
import { ShownKeys } from './shown-keys.ts'
import { TypingBoard } from './typing-board.ts'
import type {
  AttachedTerminal,
  TerminalAdapter,
  TerminalAdapterOptions,
  TerminalConsole,
  TerminalMessage,
  TerminalPerson,
} from './types.ts'

const TYPING_MS = 6_000
const STOP_MS = 1_000
const TEXT_LENGTH = 1_000_000
const NOBODY: Author = { id: '', name: 'agent' }
const SOMEBODY: TerminalPerson = { id: 'terminal', name: 'you' }

const CAPABILITIES: ChannelCapabilities = {
  threads: false,
  edits: false,
  reactions: false,
  buttons: false,
  cards: false,
  typing: true,
  files: false,
  textLength: TEXT_LENGTH,
  markdown: 'none',
  idempotency: 'none',
  history: false,
  deliveryReceipts: false,
}

interface Seat {
  readonly console: TerminalConsole
  readonly shown: ShownKeys
}

type Outcome = { readonly shown: true } | { readonly shown: false; readonly error: unknown }

/** One chat, any number of consoles. What is delivered is shown on every one. */
export class TerminalHub implements TerminalAdapter {
  readonly channelType = 'terminal'
  readonly instance: string
  readonly capabilities = CAPABILITIES
  readonly #options: TerminalAdapterOptions
  readonly #chatId: string
  readonly #seats = new Set<Seat>()
  readonly #typing: TypingBoard
  readonly #deliveries = new Set<Promise<unknown>>()
  #ctx: AdapterContext | undefined
  #stopping = new AbortController()
  #lastHandOver: Promise<unknown> = Promise.resolve()
  #lastAuthor = NOBODY
  #since: string

  constructor(options: TerminalAdapterOptions = {}) {
    this.#options = options
    this.instance = options.instance ?? ''
    this.#chatId = options.chatId ?? 'terminal'
    this.#since = this.#now()
    this.#typing = new TypingBoard(options.typingMs ?? TYPING_MS, (author) => {
      for (const seat of this.#seats) this.#sign(seat, author)
    })
  }

  async start(ctx: AdapterContext): Promise<void> {
    if (this.#ctx !== undefined) return
    this.#ctx = ctx
    this.#stopping = new AbortController()
    this.#since = this.#now()
  }

  async stop(): Promise<void> {
    if (this.#ctx !== undefined) this.#since = this.#now()
    this.#ctx = undefined
    this.#typing.clear()
    const patience = setTimeout(() => this.#stopping.abort(), this.#options.stopMs ?? STOP_MS)
    await Promise.allSettled([...this.#deliveries, this.#lastHandOver])
    clearTimeout(patience)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  health(): ChannelHealth {
    const since = this.#since
    if (this.#ctx === undefined) return { state: 'down', since, why: 'It is not started.' }
    if (this.#seats.size > 0) return { state: 'connected', since }
    const why = 'No terminal is attached; open one to see the answers.'
    return { state: 'down', since, why, idle: true }
  }

  attach(console: TerminalConsole, person: TerminalPerson = SOMEBODY): AttachedTerminal {
    const seat: Seat = { console, shown: new ShownKeys() }
    const prefix = crypto.randomUUID()
    let count = 0
    this.#changeSeats(() => this.#seats.add(seat))
    if (this.#typing.current !== undefined) this.#sign(seat, this.#typing.current)
    return {
      submit: async (text, { messageId } = {}) => {
        if (!this.#seats.has(seat)) throw new Error('This terminal is detached: attach it again.')
        count += 1
        return await this.#submit(text, messageId ?? `${prefix}-${count}`, person)
      },
      detach: () => this.#leave(seat),
    }
  }

  async typing(_origin: Origin, author: Author = this.#lastAuthor): Promise<void> {
    if (this.#ctx !== undefined) this.#typing.begin(author)
  }

  async reconcile(key: string): Promise<ReconcileResult> {
    const shown = [...this.#seats].some((seat) => seat.shown.has(key))
    return { outcome: shown ? 'sent' : 'unknown' }
  }

  async deliver(
    origin: Origin,
    part: OutboundPart,
    options: DeliverOptions,
  ): Promise<DeliveryResult> {
    const text = this.#accept(origin, part, options)
    const { key, author } = options
    this.#lastAuthor = author
    this.#typing.end(author.id)
    return await this.#showAll({ key, author, text }, options.signal)
  }

  #accept(origin: Origin, part: OutboundPart, options: DeliverOptions): string {
    if (this.#ctx === undefined) throw new RetryableDeliveryError('The terminal is not started.')
    if (options.signal.aborted) throw new RetryableDeliveryError('Aborted before it was shown.')
    if (origin.chatId !== this.#chatId) {
      throw new TerminalDeliveryError(
        `There is one chat here, "${this.#chatId}"; "${origin.chatId}" is not it.`,
      )
    }
    if (part.type !== 'text') {
      throw new TerminalDeliveryError(`A terminal shows text only, and this is a "${part.type}".`)
    }
    if (this.#seats.size === 0) throw new RetryableDeliveryError('No terminal is attached.')
    return part.text
  }

  async #showAll(message: TerminalMessage, signal: AbortSignal): Promise<DeliveryResult> {
    const ended = AbortSignal.any([signal, this.#stopping.signal])
    const shows = [...this.#seats].map((seat) => this.#showOn(seat, message, ended))
    const all = Promise.all(shows)
    this.#deliveries.add(all)
    void all.then(() => this.#deliveries.delete(all))
    // One terminal whose reader has paused it does not hold up the others.
    if (await anyShown(shows)) return { status: 'sent', platformMessageId: message.key }
    const outcomes = await all
    const errors = outcomes.flatMap((outcome) => (outcome.shown ? [] : [outcome.error]))
    const cause = errors.length === 1 ? errors[0] : new AggregateError(errors)
    if (errors.every(isRetryableDeliveryError)) {
      throw new RetryableDeliveryError('Every attached terminal was closed.', { cause })
    }
    throw new UnknownOutcomeError('Nobody can tell whether a terminal has shown it.', { cause })
  }

  async #showOn(seat: Seat, message: TerminalMessage, signal: AbortSignal): Promise<Outcome> {
    const work = seat.shown.show(message.key, async () => await seat.console.show(message))
    const result = work.then(
      (): Outcome => ({ shown: true }),
      (error: unknown): Outcome => {
        this.#ctx?.logger.warn({ err: error }, 'a terminal failed and was detached')
        this.#leave(seat)
        return { shown: false, error }
      },
    )
    return await orAborted(result, signal)
  }

  async #submit(
    text: string,
    platformMessageId: string,
    person: TerminalPerson,
  ): Promise<HandOverResult> {
    const before = this.#lastHandOver
    const work = before.then(async () => {
      const ctx = this.#ctx
      if (ctx === undefined) throw new Error('The terminal is not started: nobody takes messages.')
      return await ctx.handOver({
        type: 'message',
        instance: this.instance,
        chatId: this.#chatId,
        threadId: null,
        chatKind: 'direct',
        addressed: 'direct',
        sender: { ...person, isBot: false, isSelf: false },
        platformMessageId,
        sentAt: ctx.clock.now(),
        text,
        attachments: [],
      })
    })
    this.#lastHandOver = work.catch(() => undefined)
    return await work
  }

  #sign(seat: Seat, author: Author | undefined): void {
    try {
      seat.console.typing?.(author)
    } catch (err) {
      this.#ctx?.logger.debug({ err }, 'a terminal could not show that somebody is at work')
    }
  }

  #leave(seat: Seat): void {
    if (this.#seats.has(seat)) this.#changeSeats(() => this.#seats.delete(seat))
  }

  #changeSeats(change: () => void): void {
    const before = this.#seats.size > 0
    change()
    if (before === this.#seats.size > 0) return
    this.#since = this.#now()
    this.#ctx?.healthChanged()
  }

  #now(): string {
    return this.#ctx?.clock.now() ?? this.#options.clock?.now() ?? new Date().toISOString()
  }
}

/** The outcome, or, once the signal aborts, that nobody knows it. */
function orAborted(result: Promise<Outcome>, signal: AbortSignal): Promise<Outcome> {
  return new Promise((resolve) => {
    const abort = (): void => {
      resolve({ shown: false, error: new UnknownOutcomeError('It was given up while it waited.') })
    }
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    void result.then((outcome) => {
      signal.removeEventListener('abort', abort)
      resolve(outcome)
    })
  })
}

/** True as soon as one was shown, false when all have ended and none was. */
async function anyShown(shows: readonly Promise<Outcome>[]): Promise<boolean> {
  const shown = shows.map(async (show) => {
    if (!(await show).shown) throw new Error('not shown')
  })
  return await Promise.any(shown).then(
    () => true,
    () => false,
  )
}
