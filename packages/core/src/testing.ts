export { mailboxConformance } from './testing/mailbox-conformance.ts'
export type { MailboxFixture } from './testing/mailbox-conformance.ts'
export { readerConformance } from './testing/reader-conformance.ts'
export type { ConformanceCase, ReaderFixture } from './testing/reader-conformance.ts'
