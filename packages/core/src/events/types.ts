import type { DeliveryStatus, Origin, Place } from '@nanoclaw/schema'
import type { Incident } from '../incidents/types.ts'

/** What every event of a session says. */
export interface SessionEvent {
  /**
   * Where to go on after this event: for `subscribe(from)`. Opaque; of one home, later ones sort
   * later. No other home takes it.
   */
  readonly cursor: string
  /** When it was recorded (ISO-8601 UTC). The clock may jump; the cursor does not. */
  readonly at: string
  readonly sessionId: string
  readonly agentGroupId: string
}

/** An inbound row as events name it. */
export interface EventRow {
  readonly id: string
  readonly seq: number
  /** `chat`, `task`, `webhook`, `system` … (session protocol §5). */
  readonly kind: string
  /** Null for what came from no place. */
  readonly origin: Origin | null
}

/** A row for the agent has been accepted: it is in the mailbox. */
export interface AcceptedEvent extends SessionEvent, EventRow {
  readonly type: 'accepted'
}

/** Rows have ended together: a turn answered or failed them, or the host ended them itself. */
export interface TurnEvent extends SessionEvent {
  readonly type: 'turn'
  readonly status: 'completed' | 'failed'
  /** In `seq` order, at least one; read again later, those that are still there. */
  readonly rows: readonly EventRow[]
  /** As the container says; null where the host ended the rows without its word. */
  readonly turnId: string | null
  /** As the container says, at most 500 characters; not to be trusted. */
  readonly error: string | null
}

/** A message of the agent is in another state of delivery, or in the same one by another try. */
export interface DeliveryEvent extends SessionEvent {
  readonly type: 'delivery'
  readonly id: string
  readonly seq: number
  readonly status: DeliveryStatus
  /** Null for what goes to no place. */
  readonly place: Place | null
  readonly threadId: string | null
  /** At most 500 characters. */
  readonly error: string | null
  /** Only where the status is `delivered`, and not of every platform. */
  readonly platformMessageId: string | null
}

/**
 * Something the operator has to know has begun, has happened again, or is over. Of the repeats of
 * an incident the databases keep the last, which has their number.
 */
export interface IncidentEvent extends Omit<SessionEvent, 'sessionId' | 'agentGroupId'> {
  readonly type: 'incident'
  readonly sessionId: string | null
  readonly agentGroupId: string | null
  readonly change: 'opened' | 'again' | 'resolved'
  /** As it was then. */
  readonly incident: Incident
}

/** What `subscribe` tells of. Plain data: it can be sent as JSON. */
export type CoreEvent = AcceptedEvent | TurnEvent | DeliveryEvent | IncidentEvent

/** How to subscribe. */
export interface SubscribeOptions {
  /** Ends the loop, without an error. Default: it goes on until it is left. */
  readonly signal?: AbortSignal | undefined
}

type Facts<T> = T extends SessionEvent ? Omit<T, keyof SessionEvent> : never

/** What has happened in a mailbox. */
export type MailboxFacts = Facts<AcceptedEvent | TurnEvent | DeliveryEvent>

/** What has happened in a mailbox, with its place on the number line of the home. */
export type MailboxEvent = MailboxFacts & {
  /** A safe integer; larger than that of everything that was committed before. */
  readonly stamp: number
  /** ISO-8601 UTC. */
  readonly at: string
}

/** An event with its place on the number line. */
export interface StampedEvent {
  readonly stamp: number
  readonly event: CoreEvent
}
