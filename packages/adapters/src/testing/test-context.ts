import type { AdapterContext, HandOverResult } from '../contract/context.ts'
import type { InboundEvent } from '../contract/events.ts'
import type { DeliveryUpdate } from '../contract/parts.ts'

/** How the host of a test answers one hand-over; a rejection: it could not be made durable. */
export type HandOverAnswer = (event: InboundEvent) => Promise<HandOverResult>

/** One line that the adapter logged. */
export interface LogLine {
  /** Which function of the logger was called. */
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  /** As the adapter gave them. */
  readonly details: object
  /** The line itself. */
  readonly message: string
}

/** What a caller of `createTestContext` chooses. */
export interface TestContextOptions {
  /** What the adapter gets as `ctx.fetch`. Default the system's. */
  readonly fetch?: typeof fetch
  /** What `ctx.state` holds at first, such as the `state` of a context before. Default nothing. */
  readonly state?: Iterable<readonly [string, string]>
}

/** A host for one test: answers as it is told, and writes down what the adapter did. */
export interface TestContext {
  /** For `adapter.start`; another one after `crash()`. Its clock is the system's. */
  readonly ctx: AdapterContext
  /** What was handed over, every try of it, in order. */
  readonly events: readonly InboundEvent[]
  /** How hand-overs are answered from now on. Default: accepted. */
  answer: HandOverAnswer
  /** What the adapter keeps in `ctx.state`. */
  readonly state: ReadonlyMap<string, string>
  /** What it logged, at every level. */
  readonly log: readonly LogLine[]
  /** Its calls of `deliveryUpdate`. */
  readonly updates: readonly { readonly key: string; readonly update: DeliveryUpdate }[]
  /** How often it called `healthChanged`. */
  readonly healthChanges: number
  /** How often it called `fetch`. */
  readonly requests: number
  /**
   * The first event that fits, or the nth (from 1), once it is handed over. Rejects with the
   * signal's reason.
   */
  waitForEvent(
    wanted: number | ((event: InboundEvent) => boolean),
    signal?: AbortSignal,
  ): Promise<InboundEvent>
  /**
   * The process dies: what the adapter does through `ctx` comes to nothing, its requests are cut.
   * `ctx` is the next process's then, with the same state.
   */
  crash(): void
  /** Aborts `ctx.signal`, and lets go of a hand-over that is not answered yet: it rejects. */
  end(): void
}
