// What a reader process loads: see `@nanoclaw/schema/untrusted`.
export type { ReadOutcome, ReadRequest } from './mailbox/outbound-reader.ts'
export { KeptFiles } from './reader/kept-files.ts'
export { readOutbound } from './reader/read-outbound.ts'
export type { ReadOutboundOptions } from './reader/read-outbound.ts'
