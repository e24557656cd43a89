// What the process needs that reads files of containers, and nothing that is slow to load: it is
// killed and started anew whenever such a file makes it hang.
export { openUntrusted } from './database/connection.ts'
export type { JournalMode } from './database/modes.ts'
export { knownOutboundSchemas, outboundSchemaProblem } from './database/outbound-schema.ts'
export type { OutboundColumn, OutboundSchema } from './database/outbound-schema.ts'
export { isBusy } from './database/sqlite-errors.ts'
export { errorMessage, NanoclawError } from './errors.ts'
export { isId } from './ids.ts'
export { createLayout } from './layout.ts'
export type { HomeLayout, SessionLayout } from './layout.ts'
export { seqWindow } from './seq.ts'
export type { AckStatus } from './statuses.ts'
export { isTimestamp } from './time.ts'
