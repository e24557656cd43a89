import type { ChannelAdapter } from '../contract/adapter.ts'
import type { Clock, HandOverResult } from '../contract/context.ts'
import type { Author, Origin } from '../contract/parts.ts'

/** What a caller of `createTerminalAdapter` chooses. */
export interface TerminalAdapterOptions {
  /** Default `''`. */
  readonly instance?: string
  /** Id of the one chat that all consoles share. Default `terminal`. */
  readonly chatId?: string
  /** Time for `health` before `start`; afterwards the host's clock is used. Default the system's. */
  readonly clock?: Clock
  /** How long a sign of typing stays without a new one, in milliseconds. Default 6,000. */
  readonly typingMs?: number
  /** How long `stop()` waits for what is being shown, in milliseconds. Default 1,000. */
  readonly stopMs?: number
}

/** One answer, on its way to a person. Neither name nor text is trusted. */
export interface TerminalMessage {
  /** The delivery's key. */
  readonly key: string
  /** Who speaks. */
  readonly author: Author
  readonly text: string
}

/** Where a person reads. Two are here; anything that can show a text can be one. */
export interface TerminalConsole {
  /**
   * Resolves when it was really shown (flushed). Rejects with `RetryableDeliveryError` when it
   * surely was not, with anything else when that is not known. The hub then detaches the console.
   */
  show(message: TerminalMessage): Promise<void>
  /** This agent is at work now; undefined: nobody is. */
  typing?(author: Author | undefined): void
}

/** Who sits at a console. */
export interface TerminalPerson {
  /** Default `terminal`. */
  readonly id: string
  /** Default `you`. */
  readonly name: string
}

/** Where what a person writes is handed over. `AttachedTerminal` is one; a socket can be another. */
export interface SubmitTarget {
  /**
   * Resolves with the host's answer; rejects when it could not be handed over. `messageId` names
   * the text: submitted again under the same id, it is taken once. Default a new id.
   */
  submit(text: string, options?: { readonly messageId?: string }): Promise<HandOverResult>
}

/** A console's side of the hub. */
export interface AttachedTerminal extends SubmitTarget {
  /** Ends it; `submit` rejects from now on. May be called twice. */
  detach(): void
}

/** The hub: one chat, any number of consoles. */
export interface TerminalAdapter extends ChannelAdapter {
  /** From now on the console shows what is delivered. May be called before `start`. */
  attach(console: TerminalConsole, person?: TerminalPerson): AttachedTerminal
  /** Shows that an agent is at work, by name where `author` is given. */
  typing(origin: Origin, author?: Author): Promise<void>
  /** The same as `stop()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>
}
