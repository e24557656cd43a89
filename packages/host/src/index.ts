export { isNanoclawError, NanoclawError } from '@nanoclaw/schema'
export type { NanoclawErrorCode } from '@nanoclaw/schema'
export { createBwrapDriver } from './drivers/bwrap.ts'
export type { BwrapDriverOptions } from './drivers/bwrap.ts'
export { chooseDriver } from './drivers/choose-driver.ts'
export type { ChooseDriverOptions, ChosenDriver } from './drivers/choose-driver.ts'
export type {
  Container,
  ContainerExit,
  ContainerFolders,
  ContainerInfo,
  ContainerSpec,
  DriverCapabilities,
  ProbeResult,
  RunnerProgram,
  SessionDriver,
} from './drivers/port.ts'
export { createProcessDriver } from './drivers/process.ts'
export type { DriverDeps } from './drivers/process.ts'
export { defaultChatWords } from './chat-words.ts'
export { createHost } from './create-host.ts'
export type { PolicyChannel, PolicyOverride } from './delivery/policies.ts'
export type {
  ChannelStatus,
  Host,
  HostOptions,
  HostRunner,
  HostStatus,
  MakeSessionDriver,
} from './host.ts'
export { defaultLimits, defaultMaxContainers } from './limits.ts'
export type { HostLimits, Machine } from './limits.ts'
export { createCommandSink } from './operator/command-sink.ts'
export type { CommandSinkOptions } from './operator/command-sink.ts'
export type {
  OperatorNotice,
  OperatorPlace,
  OperatorSink,
  OperatorSinkStatus,
  OperatorStatus,
} from './operator/operator-sink.ts'
export { createWebhookSink } from './operator/webhook-sink.ts'
export type { WebhookSinkOptions } from './operator/webhook-sink.ts'
export { createReaderProcess } from './reader/reader-process.ts'
export type { ReaderProcess, ReaderProcessOptions } from './reader/reader-process.ts'
export { containerQuestions } from './retention/ask-container.ts'
export type { ContainerQuestions, ContainerQuestionsDeps } from './retention/ask-container.ts'
export type { ForgetPersonOptions, RequeueResult } from './session/by-hand.ts'
export type { Quiet } from './session/quiet-watch.ts'
export { defaultSettings } from './settings.ts'
export type { DeliveryPolicy, HostSettings } from './settings.ts'
