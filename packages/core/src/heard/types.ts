import type { Place } from '@nanoclaw/schema'
import type { NewInbound } from '../mailbox/inbound-types.ts'
import type { Session } from '../sessions/types.ts'

/** Somebody whose words the agent of a session has been given, and where they came from. */
export interface HeardFrom {
  readonly place: Place
  /**
   * A user's id (`userId` of `@nanoclaw/schema`); that of an agent which sent mail is of the channel
   * type `agent`. `''`: nobody's, such as a webhook's.
   */
  readonly userId: string
}

/** Whom the agents of sessions have heard: by it grants that are for members alone are judged. */
export interface Heard {
  /**
   * Notes whom a session's agent will hear by rows that are about to be appended; with mail, the
   * strangers too whom its sender's session has heard. To be called before the rows are appended, so
   * that no crash leaves an agent that has heard more than is known. Writes only what is new; durable.
   */
  note(session: Session, rows: readonly NewInbound[]): Promise<void>
  /** In no order. */
  list(sessionId: string): Promise<readonly HeardFrom[]>
  /**
   * Whether its containers must not have the agent's shared folder: strangers may speak in a chat that
   * feeds it, or it has heard one, by the roles of now. By index, and remembered until anybody writes.
   */
  isOpen(session: Session): Promise<boolean>
  /**
   * Forgets whom a session has heard, for one whose agent knows nothing of it any more (`clearSession`
   * sees to both). `keep`: places whose words it will be given still. `by` is whose word it is, for the
   * audit log: an id, or `operator`, the default. Durable.
   */
  clear(sessionId: string, keep?: readonly Place[], by?: string): Promise<void>
}
