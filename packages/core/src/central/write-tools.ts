import type { Clock, Ids } from '@nanoclaw/schema'
import type { OpenDatabase } from '@nanoclaw/schema/database'

/** What statements on the central database are made of. */
export interface CentralOrm {
  readonly orm: OpenDatabase['orm']
}

/** What a write works with, inside its transaction. The time and the ids are its caller's. */
export interface WriteTools extends CentralOrm {
  readonly clock: Clock
  readonly ids: Ids
}
