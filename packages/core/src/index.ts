export type { Agent, AgentFolder, Agents, NewAgent } from './agents/types.ts'
export type { ChannelState } from './chats/channel-state.ts'
export type { Chat, Chats, NewChat } from './chats/types.ts'
export type { Core, CoreOptions } from './core.ts'
export { createCore } from './create-core.ts'
export { normalizeName } from './destinations/normalize-name.ts'
export type {
  Authorization,
  AuthorizeRequest,
  DeliveryOperation,
  Destination,
  Destinations,
  DestinationTarget,
  GrantWhen,
  HeardFrom,
  NewGrant,
} from './destinations/types.ts'
export type {
  AcceptedEvent,
  CoreEvent,
  DeliveryEvent,
  EventRow,
  IncidentEvent,
  MailboxEvent,
  MailboxFacts,
  SessionEvent,
  SubscribeOptions,
  TurnEvent,
} from './events/types.ts'
export { isNanoclawError, NanoclawError } from '@nanoclaw/schema'
export type { NanoclawErrorCode } from '@nanoclaw/schema'
export type { HomeLock } from './files/home-files.ts'
export type { Incident, Incidents, NewIncident } from './incidents/types.ts'
export type { Logger } from './logger.ts'
export type {
  Appended,
  Delivery,
  DeliveryChange,
  DeliveryPart,
  Mailbox,
  MailboxStore,
  NewInbound,
  OutboundAck,
  OutboundRow,
  PartChange,
  PendingRow,
  ProjectedDestination,
  SessionProjection,
  Taken,
  TakenAlong,
  TakenRow,
} from './mailbox/mailbox.ts'
export { outboundLimits } from './mailbox/outbound-reader.ts'
export type { OutboundReader, ReadOutcome, ReadRequest } from './mailbox/outbound-reader.ts'
export { createInProcessReader } from './reader/in-process-reader.ts'
export type { InProcessReaderOptions } from './reader/in-process-reader.ts'
export { readOutbound } from './reader/read-outbound.ts'
export type { ReadOutboundOptions } from './reader/read-outbound.ts'
export type { SessionManager } from './sessions/session-manager.ts'
export type {
  ChatSessionRequest,
  ContainerStatus,
  ResolvedSession,
  Session,
  SessionRequest,
  Sessions,
} from './sessions/types.ts'
export type { NewWiring, Wiring, Wirings } from './wirings/types.ts'
