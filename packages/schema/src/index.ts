export {
  chatContent,
  inboundContent,
  inboundKind,
  systemContent,
  taskContent,
  webhookContent,
} from './content/inbound.ts'
export type {
  ChatContent,
  InboundContent,
  InboundKind,
  SystemContent,
  TaskContent,
  WebhookContent,
} from './content/inbound.ts'
export {
  chatOutput,
  chatSdkOutput,
  outboundContent,
  outboundKind,
  systemAction,
  systemOutput,
} from './content/outbound.ts'
export type {
  ChatOutput,
  ChatSdkOutput,
  OutboundContent,
  OutboundKind,
  SystemOutput,
} from './content/outbound.ts'
export { parseCreateAgent, type CreateAgentAction } from './content/actions.ts'
export { longestContent } from './content/longest-content.ts'
export { parseInboundContent, parseOutboundContent } from './content/parse.ts'
export { readInboundContent } from './content/read-inbound.ts'
export { contractOf, databaseKinds, latestVersion } from './database/kinds.ts'
export type { DatabaseKind, DatabaseKindInfo } from './database/kinds.ts'
export type { Migration } from './database/migrate.ts'
export type { JournalMode, SyncMode } from './database/modes.ts'
export { assertNodeVersion } from './database/requirements.ts'
export { explainSqliteError, isBusy, isCorrupt } from './database/sqlite-errors.ts'
export { errorMessage, isNanoclawError, NanoclawError } from './errors.ts'
export type { NanoclawErrorCode } from './errors.ts'
export { hostStateKeys, leaveLine, ringLine, runnerEnv, runnerExit } from './host-state.ts'
export { idempotencyKey } from './idempotency-key.ts'
export { createIds, idPattern, isId } from './ids.ts'
export type { IdPrefix, Ids } from './ids.ts'
export {
  agentChannelType,
  dedupeKey,
  actionResultKey,
  mailDedupeKey,
  originKey,
  parseUserId,
  placeKey,
  sessionKeys,
  userId,
} from './keys.ts'
export type { Account, DedupeParts, Origin, Place } from './keys.ts'
export { createLayout, sessionFiles } from './layout.ts'
export type { HomeLayout, SessionLayout } from './layout.ts'
export { nextHostSeq, nextRunnerSeq, seqWindow } from './seq.ts'
export type {
  AckStatus,
  ActionPolicy,
  ApprovalStatus,
  DeliveryStatus,
  EngageMode,
  InboundStatus,
  Role,
  SessionMode,
  TurnStatus,
  UnknownSenders,
} from './statuses.ts'
export { isTimestamp, systemClock, timestamp } from './time.ts'
export type { Clock } from './time.ts'
