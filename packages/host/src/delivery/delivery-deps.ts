import type { Author } from '@nanoclaw/adapters'
import type { Logger, Mailbox } from '@nanoclaw/core'
import type { Clock, Place } from '@nanoclaw/schema'
import type { Channels } from '../channels/channels.ts'
import type { HostSettings } from '../settings.ts'
import type { SessionTrace } from '../telemetry/session-trace.ts'

/** Whether the address book lets a session send somewhere, and why not. */
export type Verdict =
  { readonly allowed: true } | { readonly allowed: false; readonly reason: string }

/** What the deliveries of one session need of the rest of the host. */
export interface DeliveryDeps {
  readonly mailbox: Mailbox
  readonly channels: Channels
  readonly author: Author
  readonly settings: HostSettings
  readonly clock: Clock
  readonly logger: Logger
  readonly trace: Pick<SessionTrace, 'taken' | 'called' | 'settled'>
  /** Aborted when the session's actor stops. */
  readonly signal: AbortSignal
  /** 0 to 1. */
  random(): number
  /** Ends early when the signal aborts. */
  sleep(ms: number): Promise<void>
  authorize(place: Place): Promise<Verdict>
  /** The agent's name of a place, for people and agents. */
  nameOf(place: Place): Promise<string>
  keyOf(rowId: string, part: number): string
  /** Tells the operator, once per incident. */
  trouble(kind: string, message: string): void
  /** A row for the agent has been appended that tells it what became of its message. */
  onNotice(): void
  /** A queue has begun to wait or has nothing left. */
  onChange(): void
}
