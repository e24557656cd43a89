export type { ChildOutcome, Children, ChildSpec, NewChild } from './children/types.ts'
export type { Agent, AgentChange, AgentFolder, Agents, NewAgent } from './agents/types.ts'
export type { ApprovalCard, ApprovalCards, CardStatus } from './approvals/card-types.ts'
export type {
  Approval,
  ApprovalFilter,
  ApprovalRequested,
  Approvals,
  Decided,
  DecidedBy,
  Decision,
  DecisionRefusal,
  NewApproval,
} from './approvals/types.ts'
export { canonicalJson, type Json } from './audit/canonical-json.ts'
export type {
  Audit,
  AuditEntry,
  AuditKind,
  AuditMark,
  AuditVerdict,
  NewAuditEntry,
} from './audit/types.ts'
export type { ChannelState } from './chats/channel-state.ts'
export type { Chat, ChatChange, ChatKind, Chats, NewChat } from './chats/types.ts'
export type { Core, CoreOptions } from './core.ts'
export { createCore } from './create-core.ts'
export { normalizeName } from './destinations/normalize-name.ts'
export { outsideWhenRequest, type OutsideWhenMessage } from './destinations/outside-when.ts'
export type {
  Authorization,
  AuthorizeRequest,
  DeliveryOperation,
  Destination,
  Destinations,
  DestinationTarget,
  GrantWhen,
  NewGrant,
  RefusalCause,
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
export type { ForgetOptions, ForgetReport, ForgottenInSession, Person } from './forget/types.ts'
export { heardInRow } from './heard/heard-in-row.ts'
export type { Heard, HeardFrom } from './heard/types.ts'
export type { HomeLock } from './files/home-files.ts'
export type { HeldEvent, HeldEvents, HoldOutcome, LetInEffect, NewHeldEvent } from './held/types.ts'
export type { Incident, IncidentRecord, Incidents, NewIncident } from './incidents/types.ts'
export type { Logger } from './logger.ts'
export type { NewReceipt } from './ledger/receipt-writes.ts'
export type { Receipt, Receipts } from './ledger/receipts.ts'
export {
  canBecome,
  deliveryBeginnings,
  deliveryTransitions,
  isAsked,
} from './ledger/transitions.ts'
export type {
  ChatWords,
  Delivery,
  DeliveryChange,
  DeliveryFilter,
  DeliveryPart,
  HostWords,
  OutboundAck,
  OutboundRow,
  PartChange,
  SaidWords,
  SettledAlong,
  Taken,
  TakenAlong,
  TakenRow,
} from './ledger/types.ts'
export type { Appended, NewInbound, PendingRow } from './mailbox/inbound-types.ts'
export type {
  InboundRecord,
  Mailbox,
  MailboxStore,
  ProjectedDestination,
  Rerun,
  SessionProjection,
} from './mailbox/mailbox.ts'
export { outboundLimits } from './mailbox/outbound-reader.ts'
export type { OutboundReader, ReadOutcome, ReadRequest } from './mailbox/outbound-reader.ts'
export type { KnownPerson, NewRole, NewUser, People, RoleGrant, User } from './people/types.ts'
export { createInProcessReader } from './reader/in-process-reader.ts'
export type { InProcessReaderOptions } from './reader/in-process-reader.ts'
export { readOutbound } from './reader/read-outbound.ts'
export type { ReadOutboundOptions } from './reader/read-outbound.ts'
export { policyRules, type PolicyRule } from './policies/policy-rows.ts'
export type { NewPolicy, Policies, Policy, PolicyAction } from './policies/types.ts'
export type {
  ArchivePosition,
  Prunable,
  PrunedRow,
  PruneRequest,
  Removed,
} from './retention/types.ts'
export { readArchive } from './retention/read-archive.ts'
export type { DueOptions, PrunableSession, Pruned, Retention } from './retention/retention.ts'
export type { SeenClock } from './retention/retention-writes.ts'
export { dueAtOnce, type SessionManager } from './sessions/session-manager.ts'
export type {
  ChatSessionRequest,
  ContainerStatus,
  ResolvedSession,
  Session,
  SessionRequest,
  Sessions,
} from './sessions/types.ts'
export type {
  FoundMessage,
  MessageTrace,
  TraceHop,
  TraceMoment,
  TraceOptions,
} from './trace/types.ts'
export { compilePattern } from './wirings/engage-pattern.ts'
export type { EngagePattern } from './wirings/engage-pattern.ts'
export type { NewWiring, Wiring, WiringChange, Wirings } from './wirings/types.ts'
