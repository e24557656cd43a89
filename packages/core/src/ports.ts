import type { Agents } from './agents/types.ts'
import type { ApprovalCards } from './approvals/card-types.ts'
import type { Approvals } from './approvals/types.ts'
import type { Audit } from './audit/types.ts'
import type { ChannelState } from './chats/channel-state.ts'
import type { Chats } from './chats/types.ts'
import type { Children } from './children/types.ts'
import type { Core } from './core.ts'
import type { Destinations } from './destinations/types.ts'
import type { HomeFiles } from './files/home-files.ts'
import type { Heard } from './heard/types.ts'
import type { HeldEvents } from './held/types.ts'
import type { Incidents } from './incidents/types.ts'
import type { Receipts } from './ledger/receipts.ts'
import type { Mailbox, MailboxStore } from './mailbox/mailbox.ts'
import type { People } from './people/types.ts'
import type { Policies } from './policies/types.ts'
import type { Archives } from './retention/archives.ts'
import type { Retention } from './retention/retention.ts'
import type { Sessions } from './sessions/types.ts'
import type { Wirings } from './wirings/types.ts'

/** What a core is put together from, by name; `core` stands for the functions of the whole. */
export interface Ports {
  readonly agents: Agents
  readonly approvalCards: ApprovalCards
  readonly approvals: Approvals
  readonly archives: Archives
  readonly audit: Audit
  readonly channelState: ChannelState
  readonly chats: Chats
  readonly children: Children
  readonly core: Core
  readonly destinations: Destinations
  readonly files: HomeFiles
  readonly heard: Heard
  readonly held: HeldEvents
  readonly incidents: Incidents
  readonly mailbox: Mailbox
  readonly mailboxes: MailboxStore
  readonly people: People
  readonly policies: Policies
  readonly receipts: Receipts
  readonly retention: Retention
  readonly sessions: Sessions
  readonly wirings: Wirings
}

/** Stands around every port, also where one part of the core calls another. */
export type AroundPort = <P extends object>(name: keyof Ports, port: P) => P

/** Nothing stands around the ports. */
export const plainPort: AroundPort = (_name, port) => port
