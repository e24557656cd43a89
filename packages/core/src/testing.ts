export { createConversation } from './testing/conversation.ts'
export type { TestConversation } from './testing/conversation.ts'
export { createFakeClock } from './testing/fake-clock.ts'
export type { FakeClock } from './testing/fake-clock.ts'
export { faultOperations } from './testing/fault-operations.ts'
export type { FaultOperation } from './testing/fault-operations.ts'
export { createFaultPlan } from './testing/fault-plan.ts'
export type { Fault, FaultPlan } from './testing/fault-plan.ts'
export { createFaultyCore } from './testing/faulty-core.ts'
export type { FaultyCoreOptions } from './testing/faulty-core.ts'
export { mailboxConformance } from './testing/mailbox-conformance.ts'
export type { MailboxFixture } from './testing/mailbox-conformance.ts'
export { createMemoryCore } from './testing/memory-core.ts'
export { readerConformance } from './testing/reader-conformance.ts'
export type { ConformanceCase, ReaderFixture } from './testing/reader-conformance.ts'
export { createSequentialIds } from './testing/sequential-ids.ts'
export { isSimulatedCrash } from './testing/simulated-crash.ts'
export type {
  MemoryCore,
  MemoryCoreOptions,
  PlayedContainer,
  ReceivedRow,
} from './testing/types.ts'
