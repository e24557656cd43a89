export {
  isAdapterError,
  isRetryableDeliveryError,
  isTerminalDeliveryError,
  isUnknownOutcomeError,
  meaningOfDeliveryError,
  RetryableDeliveryError,
  TerminalDeliveryError,
  UnknownOutcomeError,
} from './contract/errors.ts'
export type {
  AdapterError,
  DeliveryErrorMeaning,
  DeliveryErrorOptions,
  RetryableDeliveryErrorOptions,
} from './contract/errors.ts'
export type { ChannelAdapter, ChannelHealth } from './contract/adapter.ts'
export type {
  ButtonCapability,
  ChannelCapabilities,
  FileCapability,
} from './contract/capabilities.ts'
export type {
  AdapterContext,
  AdapterState,
  Clock,
  HandOverResult,
  Logger,
} from './contract/context.ts'
export type { AdapterDefinition, AdapterIdentity, StandardSchemaV1 } from './contract/definition.ts'
export type {
  Addressed,
  ButtonEvent,
  ByteStream,
  ChatKind,
  DeleteEvent,
  EditEvent,
  InboundAttachment,
  InboundEvent,
  InboundEventBase,
  MembershipEvent,
  MessageEvent,
  ReactionEvent,
  ReplyReference,
  Sender,
} from './contract/events.ts'
export type {
  Author,
  CardPart,
  DeliverOptions,
  DeliveryResult,
  DeliveryUpdate,
  EditPart,
  FilePart,
  Origin,
  OutboundPart,
  QuestionButton,
  QuestionPart,
  ReactionPart,
  ReconcileResult,
  TextPart,
} from './contract/parts.ts'
