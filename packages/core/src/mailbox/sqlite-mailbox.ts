import type { Clock, Ids } from '@nanoclaw/schema'
import type { EventRecorder } from '../events/event-log.ts'
import { createMailbox } from './create-mailbox.ts'
import type { InboundConnection } from './inbound-connection.ts'
import type { Mailbox } from './mailbox.ts'
import { portHere } from './mailbox-port.ts'

/** What a mailbox in this thread is made of. */
export interface MailboxDeps {
  readonly sessionId: string
  readonly connection: InboundConnection
  readonly clock: Clock
  readonly ids: Ids
  readonly record: EventRecorder
}

/** A mailbox whose `inbound.db` is open in this thread: one in memory. */
export function createSqliteMailbox({ connection, clock, ids, ...deps }: MailboxDeps): Mailbox {
  return createMailbox({ ...deps, port: portHere(connection, { clock, ids }) })
}
