import type { openUntrusted } from '@nanoclaw/schema/untrusted'

/** A connection to a file of which nothing is trusted. */
export type Untrusted = ReturnType<typeof openUntrusted>

/** What prepares statements: a connection, or one that prepares each only once. */
export type Statements = Pick<Untrusted, 'prepare'>
