import type { InboundEvent } from './events.ts'
import type { DeliveryUpdate } from './parts.ts'

/**
 * `accepted`: the row is durable. `duplicate`: it was before. `rejected`: it never will be, for
 * this reason. The adapter confirms to its platform after each of the three.
 */
export type HandOverResult =
  | { readonly outcome: 'accepted' }
  | { readonly outcome: 'duplicate' }
  | { readonly outcome: 'rejected'; readonly reason: string }

/**
 * A durable key-value store of this adapter's own: offsets, sync tokens. Keys and values are any
 * texts. Each call rejects when the store cannot be used; an adapter that could not write its
 * offset has not confirmed, and its health is `down` and says that the host cannot keep it.
 */
export interface AdapterState {
  /** The value, or undefined. */
  get(key: string): Promise<string | undefined>
  /** Resolves when it is durable. */
  set(key: string, value: string): Promise<void>
  /** Resolves when it is durably gone; no error when there was none. */
  delete(key: string): Promise<void>
}

/** Writes a log line; pino's loggers fit. No message text and no token, at any level. */
export interface Logger {
  debug(details: object, message: string): void
  info(details: object, message: string): void
  warn(details: object, message: string): void
  error(details: object, message: string): void
}

/** Where the time comes from. */
export interface Clock {
  /** Now, ISO-8601 UTC with milliseconds and `Z`. */
  now(): string
}

/** What the host gives to an adapter at `start`. */
export interface AdapterContext {
  /**
   * Resolves after the event is durable; only then may the adapter confirm it to its platform.
   * When it rejects, the adapter does **not** confirm, so that the platform sends it again.
   * May take long: the adapter waits (back-pressure), and keeps the order within a chat.
   */
  handOver(event: InboundEvent): Promise<HandOverResult>
  /** Durable, this adapter's own: the same after a restart, whatever process it is. */
  readonly state: AdapterState
  /** Where log lines go. */
  readonly logger: Logger
  /** What time it is; `sentAt` is the platform's, where it says one. */
  readonly clock: Clock
  /** The only way out to the network, so that the host can proxy and tests can fake. */
  readonly fetch: typeof fetch
  /** Aborted when the host shuts down for good, and once this start's `stop()` has ended. */
  readonly signal: AbortSignal
  /**
   * Tells what became of a delivery that was `queued`, by its key: `failed` makes it a failure in
   * the ledger, however late. Resolves when it is written down; when it rejects, do not confirm the
   * report to the platform.
   */
  deliveryUpdate(key: string, update: DeliveryUpdate): Promise<void>
  /** `health()` would now answer differently. On `connected`, what waits is retried at once. Never throws. */
  healthChanged(): void
}
