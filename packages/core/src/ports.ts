import type { Agents } from './agents/types.ts'
import type { ChannelState } from './chats/channel-state.ts'
import type { Chats } from './chats/types.ts'
import type { Core } from './core.ts'
import type { Destinations } from './destinations/types.ts'
import type { HomeFiles } from './files/home-files.ts'
import type { Incidents } from './incidents/types.ts'
import type { Receipts } from './ledger/receipts.ts'
import type { Mailbox, MailboxStore } from './mailbox/mailbox.ts'
import type { Archives } from './retention/archives.ts'
import type { Retention } from './retention/retention.ts'
import type { Sessions } from './sessions/types.ts'
import type { Wirings } from './wirings/types.ts'

/** What a core is put together from, by name; `core` stands for the functions of the whole. */
export interface Ports {
  readonly agents: Agents
  readonly archives: Archives
  readonly channelState: ChannelState
  readonly chats: Chats
  readonly core: Core
  readonly destinations: Destinations
  readonly files: HomeFiles
  readonly incidents: Incidents
  readonly mailbox: Mailbox
  readonly mailboxes: MailboxStore
  readonly receipts: Receipts
  readonly retention: Retention
  readonly sessions: Sessions
  readonly wirings: Wirings
}

/** Stands around every port, also where one part of the core calls another. */
export type AroundPort = <P extends object>(name: keyof Ports, port: P) => P

/** Nothing stands around the ports. */
export const plainPort: AroundPort = (_name, port) => port
