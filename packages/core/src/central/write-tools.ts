import type { Clock, Ids } from '@nanoclaw/schema/plain'
import type { CentralStatements } from './central-statements.ts'

/** What the central database is read and written by. */
export interface CentralSql {
  readonly sql: CentralStatements
}

/** What a write works with, inside its transaction. The time and the ids are its caller's. */
export interface WriteTools extends CentralSql {
  readonly clock: Clock
  readonly ids: Ids
}
