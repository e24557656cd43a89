import type { Author } from '@nanoclaw/adapters'
import type { Delivery, DeliveryOperation, Logger, Mailbox, Receipts } from '@nanoclaw/core'
import type { Clock, Place } from '@nanoclaw/schema'
import type { ActionWay } from '../actions/action.ts'
import type { Channels } from '../channels/channels.ts'
import type { LoopBudget } from '../loop-budget.ts'
import type { MailWay } from '../mail/letter.ts'
import type { SessionTrace } from '../telemetry/session-trace.ts'
import type { GoingMeaning } from './interpret-row.ts'
import type { PolicyOf } from './policies.ts'
import type { UnderWay } from './under-way.ts'

/** Whether the address book lets a session send somewhere, and why not. */
export type Verdict =
  | { readonly allowed: true }
  | {
      readonly allowed: false
      readonly reason: string
      /** A person may let a single message through. */
      readonly mayAsk?: boolean
    }

/** What nobody can say of a message. */
export interface Doubt {
  /** What may have arrived, for people: `part 2 of 3 of a message to room`. */
  readonly what: string
  readonly reason: string
}

/** What the deliveries of one session need of the rest of the host. */
export interface DeliveryDeps {
  readonly sessionId: string
  readonly mailbox: Mailbox
  readonly channels: Channels
  /** The agent; the host's own messages have an author of their own. */
  readonly author: Author
  readonly policyOf: PolicyOf
  readonly clock: Clock
  readonly logger: Logger
  /** Asked before each step: of many queues none has the loop for itself. */
  readonly loop: LoopBudget
  readonly trace: Pick<SessionTrace, 'taken' | 'called' | 'settled'>
  readonly underWay: UnderWay
  readonly receipts: Pick<Receipts, 'note'>
  /** Aborted when the session's actor stops. */
  readonly signal: AbortSignal
  /** 0 to 1. */
  random(): number
  /** Ends early when the signal aborts. */
  sleep(ms: number): Promise<void>
  authorize(place: Place, operation: DeliveryOperation): Promise<Verdict>
  /**
   * Whether a person has let through what the address book does not, `reason` says why: undefined, or
   * why not. Who was not asked yet is.
   */
  mayPass(
    delivery: Delivery,
    meaning: Exclude<GoingMeaning, { readonly type: 'action' }>,
    reason: string,
  ): Promise<string | undefined>
  /** How what is for other agents gets to them. */
  readonly mail: MailWay
  /** How what it asks the host for is done. */
  readonly actions: ActionWay
  /** The agent's name of a place, for people and agents. */
  nameOf(place: Place): Promise<string>
  keyOf(rowId: string, part: number): string
  /** Tells the operator of an end, once per incident; durable when it resolves. */
  tell(kind: string, message: string): Promise<void>
  /** What he was told of ends of a kind is over; durable when it resolves. */
  over(kind: string): Promise<void>
  /** Tells the operator soon of what stands in the way. */
  trouble(kind: string, message: string): void
  /** Messages that an earlier process has asked about, as far as the operator knows. */
  readonly askedBefore: readonly string[]
  /** Something waits for a channel that nobody serves. */
  missing(place: Place): void
  /** Asks a person whether a message arrived; durable when it resolves. */
  ask(messageOutId: string, doubt: Doubt): Promise<void>
  /** What was asked about a message is answered; durable when it resolves. */
  answered(messageOutId: string): Promise<void>
  /** A row for the agent has been appended that tells it what became of its message. */
  onNotice(): void
  /** A queue has begun to wait or has nothing left. */
  onChange(): void
}
